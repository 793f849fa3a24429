"""Whether a ticket that was handed over becomes a case: whose it is, who submits it, and what is missing. Pure but for one question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from adapters.base import Event
from connector.mapping.creation import Creation
from connector.rasci.installation import Installation
from connector.rasci.intake import Entry, Submission, authorised, enter
from connector.rasci.ladder import Gate
from connector.rasci.replies import SIGN, Topic, last
from connector.rasci.routing import Destination, Way, destination, plainly
from connector.rasci.table import Letter
from connector.sync.replies import facts
from connector.sync.scene import Scene
from connector.words import Party, Reply, Ruling, Side

URGENT = 1
"""The priority of a P1."""


@dataclass(frozen=True)
class Submitter:
    """Whose act handed the ticket over. ``assumed``: its history does not say, so it is who has the ticket."""

    login: str
    assumed: bool
    been: frozenset[str] | None = None  # the levels of the customer's side that had it; None: nobody knows


@dataclass(frozen=True)
class Waits:
    """Why a candidate does not go now. ``topic`` names the note to level 1, and ``text`` is that note; "" for none."""

    reason: str
    ruling: Ruling | None = None
    topic: str = ""
    text: str = ""
    task: str | None = None  # id of the row that the ticket is about; None: that was not asked
    party: Party = Party.CUSTOMER  # whose letters the ruling names
    stays: bool = False  # it is level 1's own work: nothing is missing, and nobody waits for anything


@dataclass(frozen=True)
class Goes:
    """It goes. ``asked``: the reply by which a person involves the vendor in what stays the customer's."""

    destination: Destination
    entry: Entry | None = None
    asked: Reply | None = None


def decide(scene: Scene, whose_act: Callable[[], Submitter]) -> Waits | Goes:
    """:param whose_act: asked only where the roster is; may read the ticket's history."""
    here = scene.installation
    if here is None:
        return Goes(plainly(scene.model))
    where = where_to(scene)
    asked = _asked(scene, here, where)
    if where.way is not Way.CASE and asked is None:
        return stays(scene, where)
    if asked:
        return Goes(where, asked=asked)
    told = here.roster or scene.mapping.levels
    entry = enter(scene.model, here, submission(scene, where, whose_act() if told else Submitter("", assumed=False)))
    return Goes(where, entry) if entry.open else replace(_incomplete(scene, here, entry), task=_row(scene, where))


def involved(scene: Scene) -> bool:
    """Whether a person asks for the vendor's advice or help with what stays: the ticket need not be handed over for that."""
    here = scene.installation
    return here is not None and _asked(scene, here, where_to(scene)) is not None


def submitter(scene: Scene, history: tuple[Event, ...] | None) -> Submitter:
    """Whose act handed the ticket over (setting ``submitter_is``): who changed last what makes it the vendor's, else who created it so.

    :param history: None where the system shows none: then it is assumed to be who has the ticket, or created it.
    """
    snapshot, fields = scene.snapshots[Side.CUSTOMER], scene.mapping.trigger_fields
    assignee = scene.mapping.assignee(snapshot)
    been = None if history is None else _been(scene, history)
    if scene.model.setting("submitter_is") == "assignee":
        return Submitter(assignee, assumed=False, been=been)
    if history is None:
        return Submitter(assignee or snapshot.creator, assumed=True)
    acts = [event for event in history if event.field in fields and not event.by_us]
    return Submitter(acts[-1].author if acts else snapshot.creator, assumed=False, been=been)


def _been(scene: Scene, history: tuple[Event, ...]) -> frozenset[str] | None:
    levels = scene.mapping.levels
    return levels.been(scene.snapshots[Side.CUSTOMER], history) | {scene.bond.level} if levels else None


def described(scene: Scene, creation: Creation, goes: Goes) -> str:
    """The case's first text: the mapping's, then the statements and questions of named persons, and what a P1 went without."""
    names, note = _names(scene), scene.mapping.phrase
    entry, asked = goes.entry, goes.asked
    lines = [note("case_statement", who=names(one.by), text=one.text) for one in (entry.stated if entry else ())]
    lines += [note("case_asked", who=names(asked.by), text=asked.text)] if asked else []
    lines += [note("case_gaps", missing=entry.gaps)] if entry and entry.gaps else []
    lines += [note("case_unsupported", clause=entry.unsupported)] if entry and entry.unsupported else []
    return "\n\n".join([creation.description, *lines])


def asked_for(scene: Scene, reply: Reply) -> str:
    """Why a case is opened for a ticket that stays."""
    what = "advice" if reply.topic == Topic.CONSULT else "help"
    return f"{_names(scene)(reply.by)} asked for the vendor's {what}; the ticket stays where it is."


def _names(scene: Scene) -> Callable[[str], str]:
    here = scene.installation
    return lambda login: person.name if here and (person := here.person(login)) else login


def where_to(scene: Scene) -> Destination:
    """Where the ticket goes by what it is about, and by what somebody found out."""
    if not scene.mapping.classifies:
        return plainly(scene.model, facts(scene))
    return destination(scene.model, facts(scene), scene.mapping.about(scene.snapshots[Side.CUSTOMER]))


def _asked(scene: Scene, here: Installation, where: Destination) -> Reply | None:
    """The word of an authorised person that involves the vendor in what stays; the engine alone never does."""
    reply = last([one for one in scene.bond.replies if one.text], *where.asks) if where.asks else None
    return reply if reply and authorised(scene.model, here, reply.by) else None


def stays(scene: Scene, where: Destination) -> Waits:
    """What does not go to the vendor, by what it is about or what somebody found out."""
    ruling, note = where.ruling(scene.model), scene.mapping.note
    match where.way:
        case Way.UNCLASSIFIED:
            text = note("unclassified", reason=where.reason)
        case Way.ENDS:
            text = note("exit", rule=ruling.clause, what=where.reason, to=_addressee(scene, where))
        case Way.STAYS:
            text = note("stays", row=ruling.clause, reason=where.reason, ask=_how_to_ask(where), to=_addressee(scene, where))
        case _:
            text = note("held", reason=where.reason)
    stays = where.way in (Way.STAYS, Way.ENDS)
    return Waits(where.reason, ruling, "whose", text, _row(scene, where), party=Party.VENDOR, stays=stays)


def _addressee(scene: Scene, where: Destination) -> str:
    """Whom it concerns, by name where the roster has such a person; "" where nobody is addressed."""
    roles = (role for info in scene.model.parties.values() for role in info.roles if where.tells)
    role = next((one for one in roles if one.id == where.tells), None)
    people = [one.name for one in (scene.installation.roster if scene.installation else ()) if role and one.role == role.id]
    return f"{', '.join(people)}{' - ' if people else ''}{role.title}" if role else ""


def _row(scene: Scene, where: Destination) -> str:
    """The row that it is about; "" where nobody knows."""
    return "" if where.way is Way.UNCLASSIFIED else (where.task or scene.model.row(Gate.WORK)).id


def _how_to_ask(where: Destination) -> str:
    return ", ".join(f"{SIGN} {topic.value} TEXT" for topic in where.asks)


def submission(scene: Scene, where: Destination, who: Submitter) -> Submission:
    """All that a gate looks at, for the ticket as it is."""
    snapshot, mapping = scene.snapshots[Side.CUSTOMER], scene.mapping
    return Submission(
        task=where.task or scene.model.row(Gate.WORK),
        facts=facts(scene),
        now=scene.now,
        p1=scene.views[Side.CUSTOMER].priority == URGENT,
        submitter=who.login,
        assumed=who.assumed,
        present=mapping.evidence(snapshot),
        looked_for=mapping.looked_for,
        replies=scene.bond.replies,
        reporter=snapshot.creator,
        been=who.been,
    )


def _submits(scene: Scene) -> Party:
    """Whose staff of the customer's side hands over: theirs are the letters that a ruling on it names."""
    row = scene.model.row(Gate.SUBMIT)
    return next((one for one in scene.model.staff(Side.CUSTOMER) if Letter.R in row.letters(one)), Party.CUSTOMER)


def _incomplete(scene: Scene, here: Installation, entry: Entry) -> Waits:
    reason, note = entry.ruling.reason, scene.mapping.note
    party = _submits(scene)
    if entry.missing:
        reason = f"{reason} Missing: {'; '.join(entry.missing)}"
        return Waits(reason, entry.ruling, "gate", note("gate", reason=entry.ruling.reason, missing=entry.missing), party=party)
    if scene.views[Side.CUSTOMER].priority == URGENT and entry.unauthorised:
        named = ", ".join(person.name for person in here.roster if authorised(scene.model, here, person.login))
        return Waits(reason, entry.ruling, "gate", note("unauthorised", who=reason, roster=named), party=party)
    return Waits(reason, entry.ruling, "gate", note("gate", reason=reason, missing=""), party=party)
