"""The kinds of systems that can be simulated, by the names under which people choose them.

A new kind is one line here: how it is built, how judge and people know it (:mod:`connector.sandbox.witness`), and what an
adapter must be told to reach it. Nothing here imports an adapter: settings are plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from connector.sandbox import otrs
from connector.sandbox.core import System, World
from connector.sandbox.otrs import Otrs
from connector.sandbox.past import give_past
from connector.sandbox.servicenow import ServiceNow
from connector.sandbox.witness import Desk, Portal, Witness

W = TypeVar("W", bound=Witness)

USER, SECRET = "connector", "connector-secret"
"""The account that a connector has in every simulated system."""


@dataclass(frozen=True)
class Simulated(Generic[W]):
    """One simulated system in a world.

    :ivar served: answers requests. ``known`` is how judge and people know it.
    :ivar adapter: the adapter's name in its registry; ``settings`` what it is told beside the address and the secret.
    :ivar labels: how the world labels its calls that create and that change a ticket.
    :ivar secret: the setting that holds the secret.
    :ivar path: the adapter's address behind the server's.
    :ivar past: lets something have happened there before anybody looks.
    """

    served: System
    known: W
    adapter: str
    settings: Mapping[str, Any]
    labels: Mapping[str, str]
    secret: str = "password"  # noqa: S105 - the name of a setting
    path: str = ""
    past: Callable[[], None] = lambda: None


Build = Callable[[World], Simulated[W]]


def _servicenow(world: World) -> Simulated[Desk]:
    instance = ServiceNow(world, USER, SECRET)
    labels = {"create": "POST incident", "change": "PATCH incident"}
    return Simulated(instance, instance, "servicenow", {"user": USER}, labels, past=lambda: give_past(instance))


def _otrs(world: World) -> Simulated[Portal]:
    portal = Otrs(world, USER, SECRET)
    labels = {"create": "TicketCreate", "change": "TicketUpdate"}
    return Simulated(portal, portal, "otrs", {"user": USER, "customer_user": "acme"}, labels, path=otrs.PATH)


DESKS: Mapping[str, Build[Desk]] = {"servicenow": _servicenow}
"""The customer's side."""

PORTALS: Mapping[str, Build[Portal]] = {"otrs": _otrs}
"""The vendor's side."""


def mapping_name(desk: str, portal: str) -> str:
    """The shipped mapping between two kinds."""
    return f"{desk}-{portal}"
