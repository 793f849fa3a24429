"""What happened in a simulated instance before anybody looked."""

from __future__ import annotations

from connector.sandbox.servicenow import ServiceNow


def give_past(system: ServiceNow) -> None:
    """No instance is without history, and an empty audit table looks like one that we may not read.

    The incident is gone again, and its deeds are forgotten: they are nobody's to synchronise or to judge.
    """
    ref = system.create("admin", {"number": "INC0000001", "short_description": "Before the connector"})
    system.comment(ref, "admin", "An old comment.", public=True)
    system.edit(ref, "admin", {"impact": "2"})
    system.delete(ref)
    system.world.deeds.clear()
