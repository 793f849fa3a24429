"""What is told to people because of what happens on a case. Pure.

A question asked and answered, a solution refused, what caused a P1 and its analysis, the end user's part; and who may submit.
"""

from __future__ import annotations

from collections.abc import Sequence

from connector.rasci.course import Owed, Stand
from connector.rasci.installation import Person, to_be_known
from connector.rasci.owed import HOW_USERS
from connector.rasci.parts import toward_users
from connector.rasci.replies import Topic, first_word
from connector.rasci.routing import answers_for, case_of
from connector.sync.items import would_reopen
from connector.sync.scene import Scene
from connector.words import ENDED, Party, Phase, Reply, Side

_DONE = (Phase.SOLVED, Phase.CLOSED)
SHOWN = 20
"""How many of the further cases about the same a note lists, the newest."""


def speak(scene: Scene) -> None:
    """Each of these once. Needs the course of the case as it is now."""
    _of_the_question(scene)
    _of_a_refusal(scene)
    _of_the_users(scene)
    _of_the_roster(scene)


def tell_news(scene: Scene) -> None:
    """What is to be known of something that the vendor started: what else came about the same, and that it is over."""
    bond, note = scene.bond, scene.mapping.note
    if bond.beside:
        scene.note("news_also", Side.CUSTOMER, note("news_also", n=len(bond.beside), cases=bond.beside[-SHOWN:]))
    if scene.views[Side.VENDOR].phase in (*_DONE, Phase.CANCELLED):
        whole = answers_for(scene.model, case_of(scene.model, bond.topic))
        template = "news_done" if whole else "news_part_done"
        _once(scene, "news_done", Side.CUSTOMER, template, number=scene.snapshots[Side.VENDOR].number)


def speak_of_analyses(scene: Scene, found: Sequence[Owed]) -> None:
    """The vendor hears what the customer states as the cause, so that it can object, and gets what the customer released.

    On a case that is there; none is opened for it.
    """
    for one in found if Side.VENDOR in scene.views else ():
        if one.state is not Stand.DONE or one.party is Party.VENDOR:
            continue
        if one.id == "cause":
            cause = _CAUSES[first_word(one.said)]
            _once(scene, f"cause:{one.done_at:.0f}", Side.VENDOR, "cause_stated", cause=cause)
        if one.id == "rca":
            _release(scene, f"rca:{one.done_at:.0f}", one.said)


_CAUSES = {"vendor": "the vendor's component alone", "other": "something else", "mixed": "both together"}


def speak_of_urgency(scene: Scene) -> None:
    """The vendor hears that an open ticket which follows is more urgent than the one that drives the case, once for each priority.

    The case's own field stays the lead's: two tickets that both wrote it would take each other's value back for ever.
    """
    lead, others = scene.views[Side.CUSTOMER], [one.views[Side.CUSTOMER] for one in scene.followers]
    most = min((one for one in others if one.phase not in ENDED), key=lambda one: one.priority, default=lead)
    told = scene.model.setting("shared_case.priority") == "highest" and lead.phase not in ENDED
    if told and most.priority < lead.priority and scene.views[Side.VENDOR].phase not in ENDED:
        values = {"number": most.number, "priority": str(most.priority), "lead": lead.number}
        _once(scene, f"shared_priority:{most.priority}", Side.VENDOR, "shared_priority", **values)


def _release(scene: Scene, topic: str, analysis: str) -> None:
    number = scene.views[Side.VENDOR].number
    _once(scene, topic, Side.VENDOR, "rca_released", text=analysis)
    if would_reopen(scene, Side.VENDOR) and not scene.bond.notes[topic].written:
        _once(scene, f"{topic}:waits", Side.CUSTOMER, "rca_waits", number=number)


def _once(scene: Scene, topic: str, side: Side, template: str, **values: str) -> None:
    if topic not in scene.bond.notes:
        scene.note(topic, side, scene.mapping.note(template, **values))


def _of_the_question(scene: Scene) -> None:
    """The vendor was asked for advice or help, and answered: the ticket stays where it is, and level 1 hears of both."""
    course = scene.bond.course
    if not course.consulted or Side.VENDOR not in scene.views:
        return
    number, question = scene.views[Side.VENDOR].number, _question(scene)
    _once(scene, "consulted", Side.CUSTOMER, "consulted", number=number, question=question.text if question else "")
    if course.consult_answered:
        _once(scene, "answered", Side.CUSTOMER, "answered", number=number)
    for one in scene.bond.replies:
        if one.topic in (Topic.CONSULT, Topic.SUPPORT) and one != question:
            topic = f"asked_again:{one.at:.0f}:{one.item}"
            _once(scene, topic, Side.VENDOR, "asked_again", who=_name(scene, one), text=one.text)


def _question(scene: Scene) -> Reply | None:
    """The one with which the case was opened."""
    asked = [one for one in scene.bond.replies if one.topic == scene.bond.asked and one.at <= scene.bond.course.consulted]
    return asked[-1] if asked else None


def _of_a_refusal(scene: Scene) -> None:
    """Why a solution does not hold is told to the vendor's staff. It moves nothing: giving the ticket back does."""
    solved = scene.bond.course.solved
    for one in scene.bond.replies if solved and Side.VENDOR in scene.views else ():
        if one.topic == Topic.REFUSE and one.at >= int(solved):
            who = _name(scene, one)
            _once(scene, f"refuse:{one.at:.0f}:{one.item}", Side.VENDOR, "solution_refused", who=who, text=one.text)


def _name(scene: Scene, reply: Reply) -> str:
    person = scene.installation.person(reply.by) if scene.installation else None
    return person.name if person else reply.by


def _of_the_users(scene: Scene) -> None:
    """The letters of the end users never cause a write: who speaks to them is asked to."""
    row = next((task for task in scene.model.tasks if task.id == scene.bond.topic), None)
    users = toward_users(scene.model, row) if row else None
    ask, tell = "ask before it is decided what is to be done", "tell that it is done, and how"
    if users and users.before and scene.bond.course.consulted:
        _once(scene, "users:before", Side.CUSTOMER, "told_user", what=ask, how="")
    if users and users.after and scene.views[Side.CUSTOMER].phase in _DONE:
        _once(scene, "users:after", Side.CUSTOMER, "told_user", what=tell, how=HOW_USERS)


def _of_the_roster(scene: Scene) -> None:
    """Who may submit, and each change of it, is a message to the vendor: by the case of the ticket that the installation names.

    An end of that case keeps the message back; level 1 hears of it.
    """
    here, number = scene.installation, scene.snapshots[Side.CUSTOMER].number
    if here is None or Side.VENDOR not in scene.views or number.casefold() != here.roster_ticket.strip().casefold():
        return
    before, now = scene.bond.told_roster, {one.login: _particulars(one) for one in to_be_known(scene.model, here)}
    if now != before:
        people = {
            "people": list(now.values()),
            "new": [text for login, text in now.items() if before and before.get(login) != text],
            "gone": [text for login, text in before.items() if login not in now],
        }
        lines = {name: "\n".join(f"- {one}" for one in some) for name, some in people.items()}
        scene.note_again(_ROSTER, Side.VENDOR, scene.mapping.note(_ROSTER, **lines))
        scene.bond.told_roster = now
    told = [topic for topic in scene.bond.notes if topic.startswith(f"{_ROSTER}:")]
    if told and not scene.bond.notes[told[-1]].written and would_reopen(scene, Side.VENDOR):
        _once(scene, f"untold:{told[-1]}", Side.CUSTOMER, "roster_waits", number=scene.views[Side.VENDOR].number)


_ROSTER = "roster"


def _particulars(person: Person) -> str:
    """As the vendor authorises by them."""
    portal = f", {person.portal_user} in the portal" if person.portal_user else ""
    return f"{person.name}, {person.email}, {person.phone}{portal}"
