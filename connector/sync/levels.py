"""A ticket on its way from level to level within the customer's system: known, asked about, and left where it is.

The connector moves nobody's ticket from one level to another; it says what the next one needs, and counts what is asked back for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adapters.base import Snapshot
from connector.rasci.intake import Entry
from connector.rasci.levels import Received, handed_to, level_of, received, reports_to, stays_with
from connector.rasci.routing import Way, found_out, hand_over, owner_of
from connector.sync.connection import Connection
from connector.sync.hand_over import Submitter, Waits, stays, submission, where_to
from connector.sync.replies import facts
from connector.sync.scene import Scene
from connector.words import ENDED, Handed, Party, Phase, Side

_OVER = frozenset({Phase.SOLVED, *ENDED})


def waiting_at(connection: Connection, ticket: Snapshot) -> str:
    """The level that has a ticket from another one; "" where none has, or the ticket is over."""
    level = connection.mapping.levels.now(ticket)
    over = connection.mapping.phase(Side.CUSTOMER, ticket.fields) in _OVER
    known = connection.installation is not None and not over and handed_to(connection.model, level)
    return level if known else ""


def arrive(scene: Scene, been: Callable[[], frozenset[str] | None]) -> None:
    """The ticket came to another level: what that one needs is asked of the level before, once.

    :param been: the levels that had it; asked only where who reported it may bring it here directly. May read its history.
    """
    level = scene.mapping.levels.now(scene.snapshots[Side.CUSTOMER])
    if scene.installation is None or level in ("", scene.bond.level) or _found_out(scene):
        return
    scene.bond.level, scene.dirty = level, True
    direct = reports_to(scene.model, scene.installation, scene.snapshots[Side.CUSTOMER].creator) == level
    found = _received(scene, level, been() if direct else None)
    if found is None:
        return
    scene.bond.handed.append(found.handed(scene.now))
    scene.fact("handed", step=found.step, missing=list(found.absent))
    topic = f"asked:{found.step}"
    if (found.must or found.asked or found.leaving) and topic not in scene.bond.notes:
        page = str(scene.model.setting("procedure.page")) if found.must or found.asked else ""
        lists = {"missing": found.asked, "must": found.must, "leaving": found.leaving}
        text = scene.mapping.note("asked", level=level, giver=found.from_whom, page=page, **lists)
        scene.note(topic, Side.CUSTOMER, text)


def at_level(scene: Scene) -> Waits | None:
    """Why a ticket that was not handed over to the vendor stays with the level that has it; None where none is known to."""
    level = level_of(scene.model, scene.mapping.levels.now(scene.snapshots[Side.CUSTOMER]))
    if level is None or scene.installation is None or scene.views[Side.CUSTOMER].phase in _OVER:
        return None
    if waits := _found_out(scene):
        return waits
    found = _received(scene, level.id, frozenset(name for one in scene.bond.handed for name in one.step.split("-")))
    ruling, party = stays_with(scene.model, facts(scene), level, found)
    return Waits(ruling.reason, ruling, party=party, stays=not (found and found.must))


def submitted(scene: Scene, entry: Entry) -> None:
    """The hand-over to the vendor, once: what it was to carry, and came without."""
    step = hand_over(scene.model, facts(scene))
    if step and all(one.step != step for one in scene.bond.handed):
        scene.bond.handed.append(Handed(step, scene.now, entry.items, entry.absent))


def asks_back(scene: Scene) -> None:
    """The case began to wait for the customer: a question back, where its hand-over lacked something that it was to carry."""
    last = scene.bond.handed[-1] if scene.bond.handed else None
    if last and last.missing and last.step == hand_over(scene.model, facts(scene)):
        scene.bond.handed[-1] = replace(last, waits=(*last.waits, scene.now))
        scene.dirty = True


def staff_of(scene: Scene) -> Party | None:
    """Who staffs the level that has the ticket here; None where no level is known to have it."""
    level = level_of(scene.model, scene.bond.level)
    return owner_of(scene.model, level, facts(scene)) if level else None


def _found_out(scene: Scene) -> Waits | None:
    """What somebody found out already says whose it is: it ends at a level, or goes past them."""
    where = found_out(scene.model, facts(scene))
    return stays(scene, where) if where and where.way is not Way.CASE else None


def _received(scene: Scene, level: str, been: frozenset[str] | None) -> Received | None:
    here = scene.installation
    nobody = Submitter("", assumed=False, been=been)
    return received(scene.model, here, submission(scene, where_to(scene), nobody), level) if here else None
