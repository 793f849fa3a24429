"""What of a town's life is as its operating model wants it: told from the systems' own books, by a table of our own.

It knows nothing of the product's rules: who may what, and what a ticket of a subject needs, is said once more in
:class:`tests.installed.town.Town`. Of the connector it reads what only it can say: its replies, its list of what is owed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from connector.sandbox.core import Deed, SimTicket
from tests.installed.town import CARL, HANNA, LARS, LENA, NINA, Town
from tests.oracle.words import CASES, NOTE, SOLVED, TICKETS
from tests.simulation.rig import Rig

MAY_SUBMIT, HEARD = frozenset({LENA, LARS}), frozenset({LENA, LARS, NINA})
NOT_HEARD = frozenset({HANNA, CARL})
OVER = frozenset({"6", "7", "8"})
HANDS = frozenset({"state", "hold_reason", "assignment_group"})
RACE = 30.0
"""Seconds by which a write may be behind what people did."""

SEEN = 700.0
"""Seconds after which everything is seen, however many hints were lost: the longest between two looks without one."""


NEEDS_WORDS = frozenset({"statement", "submit", "consult", "support", "called", "rca", "access", "refuse", "bounce"})
"""Topics of which a line without words says nothing."""

TOPICS = NEEDS_WORDS | {"fact", "cause", "accept", "confirm"}


HOW_TO_OBJECT = "#connector object REASON"
"""The end of our note to the vendor on the cause of a P1."""

OPEN_AGAIN = "open again"


@dataclass(frozen=True)
class Word:
    """One line that somebody wrote to the connector. ``topic``: "" where there is none of this name."""

    at: float
    who: str
    topic: str
    text: str
    line: str
    item: str

    @property
    def may(self) -> bool:
        return bool(self.topic) and self.who in HEARD

    @property
    def counts(self) -> bool:
        """A word that has a form has it, and most topics need some words."""
        if self.topic == "cause":
            return self.may and self.text.split(" ")[0] in ("vendor", "other", "mixed")
        return self.may and (bool(self.text) or self.topic not in NEEDS_WORDS)


@dataclass(frozen=True)
class Moment:
    """How a ticket stood from a moment on, and who had handed it over or taken it back last."""

    at: float
    fields: Mapping[str, str]
    hand: str

    @property
    def handed(self) -> bool:
        return self.fields.get("hold_reason") == "4" and self.fields.get("state") not in OVER

    @property
    def urgent(self) -> bool:
        return self.fields.get("priority") == "1"


@dataclass
class Life:
    """One incident of the customer's, with all cases that were ever opened for it."""

    ref: str
    number: str
    there: bool
    moments: list[Moment] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    vendors: list[Word] = field(
        default_factory=list
    )  # lines of the vendor that count, in a text of a case that the customer sees
    notes: list[Deed] = field(default_factory=list)  # ours, in its internal place
    births: list[Deed] = field(default_factory=list)  # of its cases
    row: Mapping[str, Any] | None = None  # what the connector says of it

    def before(self, at: float) -> list[Word]:
        return [word for word in self.words if word.at <= at]

    def lately(self, at: float) -> list[Moment]:
        """How it may have been read by a write at this moment."""
        past = [one for one in self.moments if one.at <= at]
        recent = [one for one in past if one.at >= at - RACE]
        return past[-len(recent) - 1 :] if recent else past[-1:]


def lives(rig: Rig, rows: Sequence[Mapping[str, Any]]) -> list[Life]:
    """Every incident that ever was."""
    by_ref: dict[str, list[Deed]] = defaultdict(list)
    for deed in rig.world.deeds:
        if deed.system == TICKETS:
            by_ref[deed.ticket].append(deed)
    known = {str(row["ref"]): row for row in rows if row["ref"]}
    there = {ticket.ref for ticket in rig.servicenow.tickets()}
    names = {ref: row.values["number"] for ref, row in rig.servicenow.tables["incident"].rows.items()}
    found = [
        _life(Life(ref, names[ref], ref in there, row=known.get(ref)), deeds) for ref, deeds in by_ref.items() if ref in names
    ]
    of = {life.number: life for life in found}
    for deed in rig.world.deeds:
        if deed.ours and not deed.again and deed.field == "DynamicField_CustomerReference" and not deed.old and deed.new in of:
            of[deed.new].births.append(deed)
    _hear_vendor(rig, {birth.ticket: life for life in found for birth in life.births})
    return found


def _hear_vendor(rig: Rig, of: Mapping[str, Life]) -> None:
    for deed in rig.world.deeds:
        if deed.system == CASES and deed.what == "comment" and deed.public and not deed.ours and deed.ticket in of:
            for n, line in enumerate(_lines(deed)):
                topic, _, text = line.partition(" ")[2].strip().partition(" ")
                if topic.lower() in ("object", "access"):
                    of[deed.ticket].vendors.append(Word(deed.at, deed.who, topic.lower(), text, line, f"vendor:{deed.item}#{n}"))


def _life(life: Life, deeds: Sequence[Deed]) -> Life:
    values, hand = dict[str, str](), ""
    for deed in deeds:
        if deed.what == "field":
            values[deed.field] = deed.new or ""
            hand = deed.who if deed.field in HANDS and not deed.ours else hand
            if life.moments and life.moments[-1].at == deed.at:
                life.moments.pop()
            life.moments.append(Moment(deed.at, dict(values), hand))
        elif deed.what == "comment" and not deed.public:
            if deed.ours:
                life.notes.append(deed)
            else:
                life.words += _words(deed)
    return life


def _words(deed: Deed) -> Iterator[Word]:
    for n, line in enumerate(_lines(deed)):
        _, _, rest = line.partition(" ")
        topic, _, text = rest.strip().partition(" ")
        known = topic.lower() if topic.lower() in TOPICS else ""
        yield Word(deed.at, deed.who, known, text.strip(), line, f"{deed.item}#{n}")


def _lines(deed: Deed) -> list[str]:
    """Those to the connector."""
    lines = [line.strip() for line in (deed.new or "").splitlines()]
    return [line for line in lines if line.split(" ")[0].lower() == "#connector"]


# --- what may go, and what must -----------------------------------------------------------------------------------


def may_go(town: Town, moment: Moment, words: Sequence[Word], *, strict: bool, blind: bool = False) -> bool:
    """Whether a ticket that stands so, of which this was said, is to be a case.

    :param strict: it must be one; else it may.
    :param blind: nobody could see whose act handed it over.
    """
    heard, subject = [word for word in words if word.counts], moment.fields.get("subcategory", "")
    if moment.fields.get("state") in ("7", "8"):
        return False
    asks = town.asks.get(subject, frozenset())
    asked = [word for word in heard if word.topic in asks and word.text]
    if asked:
        return True
    if not moment.handed or subject not in town.goes or (town.ended_by and _fact(heard, "cause") == town.ended_by):
        return False
    overrides = [word for word in heard if word.topic == "submit" and word.text]
    counted = overrides[-1:] if strict else overrides
    if moment.hand not in MAY_SUBMIT and not blind and not any(word.who in MAY_SUBMIT for word in counted):
        return False
    record = _fact(heard, "record_type") or ("request" if subject in town.requests else "incident")
    needs = town.stated and record == "incident" and subject not in town.joint
    stated = any(word.topic == "statement" and word.text for word in heard)
    return not needs or stated or moment.urgent or bool(overrides)


def _fact(heard: Sequence[Word], name: str) -> str:
    said = [word.text.split() for word in heard if word.topic == "fact"]
    return next((pair[1] for pair in reversed(said) if len(pair) == 2 and pair[0] == name), "")


def _question(causes: Sequence[Word], objections: Sequence[Word]) -> str | None:
    """How it stands with the cause, as ``docs/replies.md`` has it; None where two words crossed, and nobody can say which came first."""
    every = sorted([*causes, *objections], key=lambda word: word.at)
    if any(two.at - one.at < SEEN and one.topic != two.topic for one, two in pairwise(every)):
        return None
    stated, objected, upheld = "", False, False
    for word in every:
        if word.topic == "object":
            objected = objected or bool(stated)
            continue
        said = word.text.split()[0]
        upheld = objected and said == stated
        objected, stated = objected and said == stated, said
    return OPEN_AGAIN if objected and not upheld else stated


# --- the judge ----------------------------------------------------------------------------------------------------


@dataclass
class Ledger:
    """Judges one town at rest.

    :param met: the kinds of trouble that the run met.
    """

    town: Town
    rig: Rig
    rows: Sequence[Mapping[str, Any]]
    told: Sequence[str]  # the words of statements and questions
    met: Mapping[str, int]

    def __post_init__(self) -> None:
        self.lives = lives(self.rig, self.rows)
        self.cases = {ticket.ref: ticket for ticket in self.rig.portal.tickets()}

    def findings(self) -> list[str]:
        every = (self._births, self._goes, self._heard, self._answered, self._once, self._duties, self._reminded)
        return [f"{life.number}: {one}" for life in self.lives for check in every for one in check(life)] + [
            *self._said(),
            *self._leaks(),
        ]

    # --- cases ---

    def _births(self, life: Life) -> Iterator[str]:
        blind = bool(self.met.get("withdrawn: history rights"))
        for birth in life.births:
            lately, said = life.lately(birth.at), [life.before(at) for at in (birth.at, birth.at - RACE)]
            if not any(may_go(self.town, one, words, strict=False, blind=blind) for one in lately for words in said):
                yield f"a case at {birth.at:.1f}, and nobody who may had caused one ({_shown(lately[-1]) if lately else 'unborn'})"
        if len(life.births) > 1:
            yield f"{len(life.births)} cases"

    def _goes(self, life: Life) -> Iterator[str]:
        row, last = life.row, life.moments[-1]
        if life.births or not life.there or (row and (row["parked"] or row["case_ref"])):
            return
        if row is None and (self.met.get("withdrawn: a hidden incident") or not last.handed):
            return  # no poll ever named it while it was handed over
        if may_go(self.town, last, life.words, strict=True):
            yield f"it is complete and stands handed over, and there is no case: {row and row['held']}"

    def asked(self, life: Life) -> bool:
        """Whether its case, if it has one, may be one by which the vendor is only asked."""
        return any(word.counts and word.text and word.topic in ("consult", "support") for word in life.words)

    # --- replies ---

    def _reachable(self, life: Life) -> bool:
        """Whether the connector reads the ticket: it has a bond, and its case, if it has one, is there."""
        row = life.row
        if row is None or row["parked"] or not life.there:
            return False
        return not row["case_ref"] or (row["case_ref"] in self.cases and self.cases[row["case_ref"]].fields["State"] != "merged")

    def _heard(self, life: Life) -> Iterator[str]:
        """Each word that counts is kept once."""
        if life.row is None:
            return
        (loaded,) = self.rig.store.load([life.row["bond"]]).values()
        kept = Counter(reply.item for reply in loaded.bond.replies)
        wanted = {word.item for word in life.words if word.counts}
        theirs = {word.item for one in self.lives for word in one.vendors}  # cases are merged: whose ticket it is then changes
        yield from (f"the reply {item} is kept {n} times" for item, n in kept.items() if n > 1)
        yield from (f"the reply {item} is kept, and nobody who may said it" for item in kept.keys() - wanted - theirs)
        if self._reachable(life):
            yield from (f"the reply {item} was never heard" for item in sorted(wanted - kept.keys()))

    def _answered(self, life: Life) -> Iterator[str]:
        """Each word that does not count is answered once."""
        if not self._reachable(life):
            return
        wrong = Counter((word.line, "" if not word.topic else word.who) for word in life.words if not word.may)
        for (line, who), n in wrong.items():
            says = f"since {who} is not authorised to write it: {line}\n" if who else f"nothing was done: {line}\n"
            found = sum(says in (note.new or "") for note in self._ours(life))
            if found != n:
                yield f"{line!r} of {who or 'somebody'} was said {n} times and answered {found} times"

    @staticmethod
    def _ours(life: Life) -> list[Deed]:
        return [note for note in life.notes if not note.again and (note.new or "").startswith(NOTE)]

    # --- what reaches the vendor ---

    def _said(self) -> Iterator[str]:
        """What people state and ask is in the first text of their ticket's case, or in a note for a further question, in the name of who may."""
        of, firsts = {birth.ticket: life for life in self.lives for birth in life.births}, self._first_texts()
        for deed in self._to_vendor():
            for token in (one for one in self.told if one in (deed.new or "")):
                life = of.get(deed.ticket)
                further = (deed.new or "").startswith(NOTE) and "asks besides" in (deed.new or "")
                if life is None or not (deed.item in firsts or further):
                    yield f"{token} stands in {deed.what} {deed.item} of case {deed.ticket}, which is no case's first text"
                elif not any(word.counts and token in word.text for word in life.words):
                    yield f"{life.number}: {token} went to the vendor, and nobody who may had said it"

    def _leaks(self) -> Iterator[str]:
        lines = {word.line for life in self.lives for word in life.words}
        for deed in self._to_vendor():
            text = deed.new or ""
            text = text.removesuffix(HOW_TO_OBJECT) if text.startswith(NOTE) else text
            own = deed.item in self._first_texts() or text.startswith(NOTE)
            quoted = text.startswith(f"{NOTE} Not passed on")  # the vendor's own words
            if (own and "#connector" in text and not quoted) or not lines.isdisjoint(one.strip() for one in text.splitlines()):
                yield f"our user wrote a line for the connector into case {deed.ticket}: {(deed.new or '')[:200]!r}"

    def _to_vendor(self) -> list[Deed]:
        return [deed for deed in self.rig.world.deeds if deed.ours and deed.system == CASES and deed.new]

    def _first_texts(self) -> set[str]:
        firsts: dict[str, str] = {}
        for deed in self._to_vendor():
            if deed.what == "comment":
                firsts.setdefault(deed.ticket, deed.item)
        return set(firsts.values())

    # --- notes ---

    def _once(self, life: Life) -> Iterator[str]:
        """A note stands once; what is called to mind once more says so."""
        if self.met.get("store restored"):
            return
        count = Counter(note.new or "" for note in self._ours(life))
        for text, n in count.items():
            if n > 1 and any(sign in text for sign in ONCE):
                yield f"a note stands {n} times: {text!r}"

    # --- duties ---

    def _case(self, life: Life) -> SimTicket | None:
        return self.cases.get(str(life.row["case_ref"])) if life.row else None

    def _said_since(self, life: Life, since: float, *topics: str) -> list[Word]:
        return [word for word in life.words if word.counts and word.topic in topics and word.at >= since]

    def _duties(self, life: Life) -> Iterator[str]:
        case = self._case(life)
        if case is None or not self._reachable(life) or not life.row:
            return
        owed = {str(one["id"]) for one in life.row["owed"]}
        last, solved = life.moments[-1], case.fields["State"] in SOLVED | {"closed successful"}
        yield from self._call_owed(life, case, owed, solved=solved)
        ended = last.fields["state"] in ("7", "8")
        if not solved or ended:
            return
        at = self._solved_at(case)
        words = self._said_since(life, 0.0, "accept", "refuse", "confirm")
        answered = last.fields["state"] == "6" or any(word.at >= at - RACE for word in words)
        if (
            not answered and "confirm" not in owed and not self.asked(life)
        ):  # of a vendor that was only asked nothing is a solution
            yield "the vendor's solution is unanswered, and no word on it is owed"
        if "confirm" in owed and any(word.at >= at + SEEN for word in words):
            yield "a word on the vendor's solution is owed, although it was given"
        if self.town.solely and last.urgent:
            yield from self._analysis_owed(life, owed)

    def _solved_at(self, case: Any) -> float:
        moves = [d for d in self.rig.world.deeds if d.system == CASES and d.ticket == case.ref and d.field == "State"]
        at = moves[-1].at
        for move in reversed(moves):
            if move.new not in SOLVED | {"closed successful"}:
                break
            at = move.at
        return at

    def _call_owed(self, life: Life, case: Any, owed: set[str], *, solved: bool) -> Iterator[str]:
        last, called = life.moments[-1], self._said_since(life, self._urgent_since(life), "called")
        if "p1-call" in owed and (called or not self.town.calls):
            yield "a call is owed, although " + ("somebody called" if called else "the plan asks for none")
        over = solved or last.fields["state"] in ("7", "8") or case.fields["State"] in ("closed unsuccessful", "removed")
        before = self._said_since(life, 0.0, "called")
        if self.town.calls and last.urgent and not before and not over and "p1-call" not in owed:
            yield "it is a P1 under the plan, nobody called, and no call is owed"

    def _analysis_owed(self, life: Life, owed: set[str]) -> Iterator[str]:
        question = _question(
            [w for w in self._said_since(life, 0.0, "cause") if w.text.split()[:1] in (["vendor"], ["other"], ["mixed"])],
            [w for w in life.vendors if w.topic == "object"],
        )
        if question is None:
            return
        if question == OPEN_AGAIN:
            if "cause" not in owed or "rca" in owed:
                yield f"the vendor objects to the cause: a word on it is owed, and no analysis, but {sorted(owed)}"
            return
        causes = [w for w in self._said_since(life, 0.0, "cause") if w.text.split()[:1] in (["vendor"], ["other"], ["mixed"])]
        if ("cause" in owed) == bool(causes):
            yield f"the cause is {'' if 'cause' in owed else 'not '}owed, and {'was' if causes else 'was never'} said"
        said = [word.text.split()[0] for word in self._said_since(life, 0.0, "rca") if word.text]
        if causes and causes[-1].text.startswith("vendor"):
            done = "draft" in said and any(one != "draft" for one in said[said.index("draft") :])
        else:
            done = any(one != "draft" for one in said)
        if causes and ("rca" in owed) == done:
            yield f"the analysis is {'' if 'rca' in owed else 'not '}owed, and it is {'done' if done else 'not done'}: {said}"

    @staticmethod
    def _urgent_since(life: Life) -> float:
        return next((moment.at for moment in life.moments if moment.urgent), 0.0)

    def _reminded(self, life: Life) -> Iterator[str]:
        """No call to mind of what was done, or of what is nobody's to do."""
        notes = [note for note in self._ours(life) if any(sign in (note.new or "") for sign in REMINDERS)]
        called = [] if self.met.get("withdrawn: journal rights") else self._said_since(life, self._urgent_since(life), "called")
        late = [note for note in notes if CALL in (note.new or "") and called and note.at > called[0].at + RACE]
        if late:
            yield f"a call was called to mind at {late[0].at:.1f}, although it was confirmed at {called[0].at:.1f}"
        if not self.town.calls and any(CALL in (note.new or "") for note in notes):
            yield "a call is called to mind that nobody owes"
        for note in notes:
            if (
                HELD in (note.new or "")
                and "not readable" not in (note.new or "")
                and not any(self._waits(life, moment, note.at) for moment in life.lately(note.at))
            ):
                yield f"its people are told that it is held too long, and it is theirs: {note.new!r}"

    def _waits(self, life: Life, moment: Moment, at: float) -> bool:
        """Whether the ticket was handed over, and could have gone."""
        subject = moment.fields.get("subcategory", "")
        return moment.handed and (subject in self.town.goes or subject not in self.town.topics)


ONCE = ("Still to be done", "Overdue since", "is held", "does not go", "goes to the vendor at once", "No rule says")
REMINDERS = ("Still to be done", "Overdue since")
CALL, HELD = "24x7 number", "what the ticket is held for"


def _shown(moment: Moment) -> str:
    names = ("state", "hold_reason", "subcategory", "priority")
    return ", ".join(f"{name} {moment.fields.get(name, '')!r}" for name in names) + f", by {moment.hand}"
