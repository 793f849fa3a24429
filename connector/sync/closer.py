"""Who ended the customer's ticket: its trained staff, its caller, or a job of the ITSM. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.base import Event
from connector.rasci.intake import authorised
from connector.rasci.ladder import Gate
from connector.rasci.replies import SIGN, Topic
from connector.sync.scene import Scene
from connector.words import ENDED, Party, Side

HOW_CONFIRMED = f"{SIGN} {Topic.CONFIRM.value}"


@dataclass(frozen=True)
class Closer:
    party: Party
    by_job: bool = False  # the ITSM's own job did it, nobody's word
    untrained: bool = False  # staff, and not among those who speak to users


def ended_by(scene: Scene) -> Closer:
    """Whose act the customer's move is. The customer's staff, unless it is an end that the history gives to the caller or to a job.

    Level 1 may make such an end its own by a word (``#connector confirm``).
    """
    end, staff = _end(scene), Closer(Party.CUSTOMER)
    if end is None or confirmed(scene, int(end.at)):
        return staff
    if end.author == scene.mapping.caller(scene.snapshots[Side.CUSTOMER]):
        return Closer(Party.END_USER)
    if end.author == scene.mapping.auto_close:
        return Closer(Party.CUSTOMER, by_job=True)
    here = scene.installation
    return (
        staff if here is None or authorised(scene.model, here, end.author, Gate.SPEAK) else Closer(Party.CUSTOMER, untrained=True)
    )


def asks_who_ended(scene: Scene) -> bool:
    """Whether the history has to say who ended the ticket: an end that did not travel yet, where closers are told apart."""
    mapping, ticket = scene.mapping, scene.views[Side.CUSTOMER]
    status = mapping.status.name
    apart = mapping.caller_field or mapping.auto_close or scene.model.setting("close_by_others") == "l1_confirms"
    if not apart or ticket.phase not in ENDED:
        return False
    base, value = scene.bond.unit(status).base.get(Side.CUSTOMER), scene.native(status, Side.CUSTOMER)
    return bool(base) and value is not None and not scene.equal(status, Side.CUSTOMER, base or {}, value)


def confirmed(scene: Scene, since: float) -> bool:
    """Whether an authorised person has spoken for the end, or for the vendor's solution, since then."""
    return any(one.topic in (Topic.CONFIRM, Topic.ACCEPT) and one.at >= since for one in scene.whole.replies)


def _end(scene: Scene) -> Event | None:
    """The change that ended the ticket; None where it has not ended, or nothing tells who did it."""
    if scene.views[Side.CUSTOMER].phase not in ENDED or not asks_who_ended(scene):
        return None
    fields = scene.mapping.status.sides[Side.CUSTOMER].fields
    mine = [event for event in scene.history(Side.CUSTOMER) or () if event.field in fields and not event.by_us]
    return mine[-1] if mine else None
