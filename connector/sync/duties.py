"""What is owed on a case: kept from what each pass sees, called to mind in notes, recorded as it changes. Pure.

Everything is reckoned anew on each pass from the course of the case and from what people said, so that a restart changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.base import Attachment, Comment
from connector.rasci.clock import Holder, on_whom
from connector.rasci.course import OVER, Owed, Stand, calendars
from connector.rasci.ladder import Gate
from connector.rasci.owed import next_moment, owed
from connector.rasci.replies import OfVendor, last
from connector.rasci.routing import case_of
from connector.rasci.table import Letter
from connector.store.records import BondState, Held
from connector.sync.hand_over import URGENT
from connector.sync.items import sources
from connector.sync.levels import asks_back, staff_of
from connector.sync.marker import item_key
from connector.sync.replies import facts, take_replies
from connector.sync.scene import Scene
from connector.sync.speaking import speak, speak_of_analyses, tell_news
from connector.sync.stages import phase_of_case, tell_stage
from connector.sync.story_words import day_and_time
from connector.words import ACCESS, ANSWER, ENDED, Course, Party, Phase, Side

_DONE = (Phase.SOLVED, Phase.CLOSED)


def oblige(scene: Scene) -> None:
    """Take what people said, see how the case stands, call to mind what is owed, and come again for what is next.

    Only of the lead: a ticket that follows owes nothing of its own, and one that only tells of something nothing at all.
    """
    if scene.bond.supply:
        tell_news(scene)
        return
    if scene.installation is None or scene.lead is not None:
        return
    take_replies(scene)
    _keep_course(scene)
    speak(scene)
    tell_stage(scene)
    known = facts(scene)
    found = owed(scene.model, known, calendars(scene.model, known), scene.bond.course, scene.bond.replies, scene.now)
    speak_of_analyses(scene, found)
    _record(scene, found)
    for one in found:
        _call_to_mind(scene, one)
    again = next_moment(found, scene.now)
    if again is not None:
        scene.wait(again)


# --- what has happened ------------------------------------------------------------------------------------------


def _keep_course(scene: Scene) -> None:
    before = scene.bond.course
    course = _now(scene, before)
    if course != before:
        scene.bond.course, scene.dirty = course, True
    if course.waiting_since and not before.waiting_since:
        asks_back(scene)
    if scene.bond.held is None and Side.VENDOR not in scene.views:
        return  # it is on its way: that is nobody's time, or the portal's silence
    holder = _holder(scene).value
    if not scene.bond.holders or scene.bond.holders[-1][1] != holder:
        scene.bond.holders.append((scene.now, holder))
        scene.dirty = True


def _now(scene: Scene, course: Course) -> Course:
    customer, now = scene.views[Side.CUSTOMER], scene.now
    case = phase_of_case(scene)
    linked, held = scene.bond.state is not BondState.CANDIDATE, _held_for_somebody(scene)
    urgent, ended = customer.priority == URGENT, customer.phase in ENDED
    solved = _since(course.solved, case in _DONE, now)
    waits = case is Phase.WAITING_CUSTOMER
    course = replace(
        course,
        born=course.born or scene.bond.born,
        opened=_since(course.opened, linked or course.opened > 0, now),
        p1_since=_since(course.p1_since, urgent or course.p1_since > 0, now),
        p1_now=urgent,
        solved=solved,
        accepted=_since(course.accepted, bool(solved) and customer.phase in (Phase.SOLVED, Phase.CLOSED), now),
        ended=_since(course.ended, ended, now),
        finished=_since(course.finished, customer.phase in _DONE, now),
        withdrawn=ended and not solved,
        waiting_since=_since(course.waiting_since, waits, now),
        waiting_why=_why(scene, course) if waits else "",
        waited=now if course.waiting_since and not waits else course.waited,
        held_since=held.since if held and not linked else 0.0,
        held_why=held.reason if held and not linked else "",
        stays=bool(held and not linked and held.stays),
        consulted=_since(course.consulted, bool(scene.bond.asked) and linked, now),
        topic=scene.bond.topic,
    )
    return _spoken(scene, course)


def _held_for_somebody(scene: Scene) -> Held | None:
    """What keeps it back, where somebody is to do something about it: not what stays, ends or was taken back."""
    held, bond = scene.bond.held, scene.bond
    if held is None or not scene.mapping.intake(scene.snapshots[Side.CUSTOMER]).taken:
        return None
    of_the_gate = held.ruling is None or held.ruling["task"] == scene.model.row(Gate.SUBMIT).id
    return held if of_the_gate or not bond.topic else None


def _why(scene: Scene, course: Course) -> str:
    """The portal has one state for a question and for access: a line of the vendor since the last wait tells them apart."""
    asked = last(scene.bond.replies, OfVendor.ASKS_ACCESS)
    return ACCESS if asked and asked.at >= course.waited else ANSWER


def _since(before: float, holds: bool, now: float) -> float:
    return (before or now) if holds else 0.0


def _spoken(scene: Scene, course: Course) -> Course:
    """When a person of the vendor first spoke after it became a P1, or was consulted: what has no copy yet is new."""
    if not course.opened or not any(_new(scene, one) for one in sources(scene, Side.VENDOR, "comment")):
        return course
    spoke = course.vendor_spoke or (scene.now if course.p1_since else 0.0)
    answered = course.consult_answered or (scene.now if course.consulted else 0.0)
    return replace(course, vendor_spoke=spoke, consult_answered=answered)


def _new(scene: Scene, item: Comment | Attachment) -> bool:
    key = item_key(Side.VENDOR, scene.snapshots[Side.VENDOR].ref, "comment", item.id)
    travels = isinstance(item, Comment) and scene.mapping.route_comment(Side.VENDOR, item).allowed
    return travels and all(known.item != key for known in scene.identities)


def _holder(scene: Scene) -> Holder:
    """On whom it waits now (rasci-reading, D9): a joint row waits on both until one has done its part."""
    model, row = scene.model, case_of(scene.model, scene.bond.topic)
    staff = [party for party in model.staff(Side.CUSTOMER) if party in (Party.CUSTOMER, Party.PARTNER)]
    ours: Party = next((party for party in staff if Letter.R in row.letters(party)), staff[0] if staff else Party.CUSTOMER)
    if Side.VENDOR not in scene.views:
        ours = staff_of(scene) or ours
    joint = bool(scene.bond.topic) and any(Letter.R in row.letters(party) for party in staff)
    phase = phase_of_case(scene)
    if scene.bond.asked and scene.views[Side.CUSTOMER].phase not in ENDED:
        return Holder(ours.value)  # a vendor that was only asked holds no work
    phase = scene.views[Side.CUSTOMER].phase if scene.views[Side.CUSTOMER].phase in ENDED else phase
    return on_whom(phase or Phase.NEW, ours, held=Side.VENDOR not in scene.views, joint=joint)


# --- what follows from it ---------------------------------------------------------------------------------------


def _record(scene: Scene, found: Sequence[Owed]) -> None:
    """Each duty as it arises, changes and ends."""
    before = {(one["id"], one["since"]): one["state"] for one in scene.bond.owed}
    now = [_shown(one) for one in found if one.state is not Stand.WATCHED]
    for one in now:
        if one["state"] != before.get((one["id"], one["since"])):
            scene.fact("duty", **{name: value for name, value in one.items() if name not in _GROUND}, ruling=_grounds(one))
    if now != scene.bond.owed:
        scene.bond.owed, scene.dirty = now, True


_SHOWN = ("id", "party", "what", "how", "since", "due", "state", "by", "done_at", "said", "hours")
_GROUND = ("task", "letters", "clause", "basis")


def _shown(one: Owed) -> dict[str, Any]:
    """As it is kept, listed and recorded: without the times of its reminders."""
    plain = one.as_dict()
    return {name: plain[name] for name in (*_SHOWN, *_GROUND)}


def _grounds(one: Mapping[str, Any]) -> dict[str, str]:
    return {name: one[name] for name in _GROUND}


def _call_to_mind(scene: Scene, one: Owed) -> None:
    """The newest reminder that is due, once; older ones that nobody was there to write are not made up for."""
    side = scene.model.seats.get(one.party, Side.CUSTOMER)
    if side not in scene.snapshots:
        return
    key = f"owed:{one.id}:{one.since:.0f}"
    due = [n for n, at in enumerate(one.reminders) if at <= scene.now]
    if due and one.state not in OVER:
        values = {
            "what": _what(scene, one),
            "due": _moment(one.due),
            "how": "" if side is Side.VENDOR else one.how,
            "n": str(due[-1]) if due[-1] else "",
        }
        scene.note(f"{key}:{due[-1]}", side, scene.mapping.note("owed", **values))
    if one.tell_at is not None and one.tell_at <= scene.now and one.state is not Stand.DONE:
        text = scene.mapping.note("overdue", what=_what(scene, one), since=_moment(one.since), who=one.tells.value)
        scene.note(f"{key}:overdue", Side.CUSTOMER, text)


def _what(scene: Scene, one: Owed) -> str:
    number = scene.installation.p1_number if scene.installation and one.id == "p1-call" else ""
    return f"{one.what} ({number})" if number else one.what


def _moment(at: float | None) -> str:
    return "" if at is None else day_and_time(at)
