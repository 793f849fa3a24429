"""Two installations whose people live through faults, and what they do there that concerns the operating model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from connector.mapping.load import loads as read_mapping
from connector.mapping.mapping import TicketMapping
from tests.oracle.words import TICKETS
from tests.simulation.people import VENDOR, People
from tests.simulation.rig import ROOT

LENA, LARS, NINA, HANNA, CARL = "lena.l1", "lars.l1", "nina.new", "hanna.help", "carl.caller"
"""Two who may all; one whose word counts and who may not submit yet; one of the roster without the role; an end user."""

STAFF = (LENA, LENA, LARS, LARS, NINA, HANNA, CARL)
ON_HOLD = {"state": "3", "hold_reason": "4"}


@dataclass(frozen=True)
class Town:
    """One installation: what its files say, and by hand what follows from them.

    :ivar goes: whether a ticket of a subject is the vendor's work; the others stay.
    :ivar stated: whether an incident goes with a named person's statement only; not those of ``joint`` subjects.
    :ivar asks: topics by which a person may ask the vendor about a subject that stays.
    """

    model: str
    topics: Mapping[str, str]  # subject -> row of the model, or its system with a "system:" before it
    here: str
    goes: frozenset[str]
    stated: bool
    joint: frozenset[str]
    asks: Mapping[str, frozenset[str]]
    calls: bool  # whether a P1 is to be called
    solely: bool  # whether a root cause analysis is owed
    ended_by: str = ""  # value of the condition `cause` with which a ticket ends before the vendor
    mute: frozenset[str] = frozenset()  # subjects on whose rows the customer's side holds neither A, R nor S: it changes no field
    requests: frozenset[str] = frozenset()  # subjects that are no incidents


def _roster(one: str) -> str:
    people = [
        (LENA, "Lena Lund", "+31 20 555 1111", one),
        (LARS, "Lars Lind", "+31 20 555 2222", one),
        (NINA, "Nina Nord", "+31 20 555 3333", one),
        (HANNA, "Hanna Helm", "+31 20 555 4444", ""),
    ]
    lines = []
    for login, name, phone, role in people:
        more = ", ".join(part for part in (role, "" if login == NINA else FULL) if part)
        first = login.split(".", maxsplit=1)[0]
        lines.append(
            f"  - {{name: {name}, email: {first}@people.example, phone: '{phone}', login: {login}, portal_user: {first}-at-the-portal"
            f"{', ' if more else ''}{more}}}"
        )
    return "roster:\n" + "\n".join(lines)


FULL = "known_to_vendor: 2026-01-12, certified_until: 2099-01-01, trained: 2026-01-10"
PRIVATE = tuple(f"{one}@people.example" for one in ("lena", "lars", "nina", "hanna")) + tuple(
    f"+31 20 555 {four}" for four in ("1111", "2222", "3333", "4444")
)
"""What the roster knows of persons and no system is told."""

HOURS = """
p1_number: "+31 10 000 00 00"
settings:
  calendars.customer: {value: "Europe/Amsterdam Mo-Fr 08:00-17:00", source: ours}
  calendars.partner: {value: "Europe/Amsterdam Mo-Fr 08:00-17:00", source: ours}
  calendars.vendor: {value: "Europe/Amsterdam Mo-Fr 08:00-17:00", source: ours}
"""

CLOUD = Town(
    model="anywhere365-dialogue-cloud",
    topics={
        "software": "l2-3-support",
        "back-end": "system:back-end",
        "entry": "entry-points",
        "interfacing": "interfacing",
        "training": "training",
        "tenant": "provide-tenant",
        "change": "change-request",
        "configuration": "configure-tenant",
        "connections": "connections",
        "sbc": "system:sbc",
    },
    here=HOURS
    + "facts: {deployment: cloud, plan: premium_plus, purchased: [training], version: supported}\n"
    + _roster("role: trained-l1"),
    goes=frozenset({"software", "back-end", "entry", "interfacing", "training", "tenant"}),
    stated=True,
    joint=frozenset({"interfacing"}),
    asks={
        "change": frozenset({"consult", "support"}),
        "configuration": frozenset({"consult"}),
        "connections": frozenset({"consult", "support"}),
    },
    calls=True,
    solely=True,
    mute=frozenset({"tenant"}),
    requests=frozenset({"training", "tenant"}),
)

PARTNER = Town(
    model="anywhere365-partner-on-premises",
    topics={
        "software": "l3-support",
        "back-end": "application-infrastructure",
        "entry": "server-configuration",
        "interfacing": "defects",
        "configuration": "configuration",
        "connections": "other-causes",
    },
    here=HOURS
    + _roster("party: partner, role: certified-l2").replace(
        "phone: '+31 20 555 4444'", "phone: '+31 20 555 4444', party: partner"
    ),
    goes=frozenset({"software", "back-end", "entry", "interfacing"}),
    stated=False,
    joint=frozenset(),
    asks={},
    calls=False,
    solely=False,
    ended_by="user_error",
    mute=frozenset({"back-end", "entry", "interfacing"}),
)


@cache
def mapping_of(model: str) -> TicketMapping:
    """The shipped mapping, with the topics of a town."""
    town = next(one for one in (CLOUD, PARTNER) if one.model == model)
    rows = ["", "topics:"]
    for subject, row in town.topics.items():
        kind, _, system = row.partition(":")
        by, what = ("system", f"system: {system}") if system else ("service", f"topic: {kind}")
        rows.append(f"  - {{by: {by}, when: {{field: subcategory, is: {subject}}}, {what}}}")
    if town.requests:
        rows += ["facts:", "  record_type:"]
        rows.append(f"    - {{when: {{field: subcategory, in: [{', '.join(sorted(town.requests))}]}}, value: request}}")
    text = (ROOT / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8")
    return read_mapping(text + "\n".join(rows) + "\n", "servicenow-otrs.yaml")


@dataclass
class Townspeople(People):
    """Everybody as before, and beside that: who hands over what, answers the connector, and asks the vendor.

    :ivar told: words of statements and questions, none of which is anybody else's.
    """

    town: Town = CLOUD
    links: bool = False
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        for one in PRIVATE:
            self.secrets.keep(one)

    def act(self, among: Sequence[Callable[[], None]] = ()) -> None:
        super().act(among or self._usual())

    def _usual(self) -> list[Callable[[], None]]:
        return [
            *[self.hands_over, self.states, self.vendor_moves, self.vendor_comments] * 4,
            *[self.takes_back, self.replies, self.consults, self.urgent, self.l1_moves, self.l1_prioritises] * 2,
            *[self.opens, self.repeats, self.babbles, self.overrides, self.finds_out, self.reclassifies, self.speaks_twice],
            *[self.l1_comments, self.l1_notes, self.l1_edits, self.l1_attaches, self.vendor_edits, self.vendor_attaches],
            *[self.quotes, self.clones, self.vendor_opens, self.deletes, self.vendor_tells],
        ]

    # --- tickets -------------------------------------------------------------------------------------------------

    def ticket(self, n: int) -> dict[str, str]:
        """A new one, of some subject; some are urgent, some not handed over yet, some nobody classified."""
        subject = self.rng.choice([*self.town.topics, "software", "software", ""])
        urgency = "1" if self.rng.random() < 0.25 else "2"
        state = ON_HOLD if self.rng.random() < 0.8 else {"state": "2"}
        fields = {"short_description": f"ticket {n}", "description": "it is broken", "impact": urgency, "urgency": urgency}
        return {**fields, **state, "subcategory": subject, **self.private()}

    def opens(self) -> None:
        if len(self.rig.servicenow.tickets()) < 5:
            self.n += 1
            who = self.rng.choice(STAFF)
            self.say("opens", f"{who} {self.rig.servicenow.create(who, self.ticket(self.n))}")

    def hands_over(self) -> None:
        self._edits("hands over", ON_HOLD)

    def takes_back(self) -> None:
        self._edits("takes back", {"state": "2", "hold_reason": ""})

    def urgent(self) -> None:
        self._edits("makes a P1", {"impact": "1", "urgency": "1"})

    def reclassifies(self) -> None:
        self._edits("reclassifies", {"subcategory": self.rng.choice(list(self.town.topics))})

    def deletes(self) -> None:
        if self.rng.random() < 0.3:
            self.rng.choice([self.deletes_incident, self.deletes_case])()

    def _edits(self, what: str, fields: dict[str, str]) -> None:
        ref, who = self.incident(), self.rng.choice(STAFF)
        self.rig.servicenow.edit(ref, who, fields)
        self.say(f"{what}:", f"{who} {ref} {fields}")

    # --- words to the connector ----------------------------------------------------------------------------------

    def states(self) -> None:
        self.tells(f"statement {self.saying('basis')}")

    def consults(self) -> None:
        """Most about what stays, some about anything."""
        tickets = self.rig.servicenow.tickets()
        stay = [t.ref for t in tickets if t.fields.get("subcategory") in self.town.asks and self.rng.random() < 0.9]
        text = self.rng.choice(["consult", "consult", "support"]) + " " + self.rng.choice([self.saying("question")] * 5 + [""])
        self.tells(text, self.rng.choice(stay or [t.ref for t in tickets]))

    def overrides(self) -> None:
        self.tells(f"submit {self.rng.choice([self.secrets.new(TICKETS), ''])}")

    def finds_out(self) -> None:
        causes = ["cause user_error", "cause application"] if self.town.ended_by else []
        self.tells(f"fact {self.rng.choice(['record_type request', 'record_type incident', *causes])}")

    def replies(self) -> None:
        """A word on something that may be owed."""
        topic = self.rng.choice(
            ["called", "called", "cause vendor", "cause other", "rca draft", "rca done", "accept", "refuse", "confirm", "access"]
        )
        released = topic.startswith("rca")  # an analysis may be the vendor's to read
        self.tells(f"{topic} {f'knowledge {self.n}' if released else self.secrets.new(TICKETS)}")

    def vendor_tells(self) -> None:
        """A line of the vendor to the connector: of the two that are read there, or one that is not."""
        line = self.rng.choice(
            ["object", "object our proxy", "access", "access to the back-end", "cause other", "submit now", "called"]
        )
        text = f"{self.words()}\n#connector {line} {self.n}"
        self.say("vendor tells", self.rig.portal.comment(self.case(), VENDOR, text, public=self.rng.random() < 0.8))

    def babbles(self) -> None:
        """What nobody understands."""
        self.tells(f"{self.rng.choice(['statemnt', 'close', ''])} {self.secrets.new(TICKETS)}")

    def repeats(self) -> None:
        """Somebody says once more what was said to the connector before, on this ticket or on another."""
        said = [c.text for t in self.rig.servicenow.tickets() for c in t.comments if c.text.startswith("#connector")]
        if said:
            who, text = self.rng.choice(STAFF), self.rng.choice(said)
            self.say("repeats", f"{who} {self.rig.servicenow.comment(self.incident(), who, text, public=False)} {text!r}")

    def speaks_twice(self) -> None:
        """Two lines in one note; sometimes the note is for the vendor, too."""
        ref, who = self.incident(), self.rng.choice(STAFF)
        first = f"[vendor] please look {self.words()}" if self.rng.random() < 0.5 else f"for us {self.secrets.new(TICKETS)}"
        text = f"{first}\n#connector called {self.secrets.new(TICKETS)}\n#Connector Statement {self.saying('basis')}"
        self.say("speaks twice", f"{who} {self.rig.servicenow.comment(ref, who, text, public=False)} {text!r}")

    def saying(self, kind: str) -> str:
        """Words that nobody else says."""
        word = f"{kind}{self.rig.seed}y{len(self.told)}y"
        self.told.append(word)
        return word

    def tells(self, words: str, ref: str = "", who: str = "") -> None:
        """One line to the connector."""
        ref, who = ref or self.incident(), who or self.rng.choice(STAFF)
        text = f"#connector {words}".rstrip()
        self.say("tells", f"{who} {ref} {self.rig.servicenow.comment(ref, who, text, public=False)} {text!r}")

    # --- the days after ------------------------------------------------------------------------------------------

    def tidy(self) -> None:
        """A quiet day: somebody answers for what is owed, the vendor solves or asks, level 1 ends a ticket."""
        ref, case = self.incident(), None
        number = self.rig.servicenow.ticket(ref).number
        case = next((t for t in self.rig.portal.tickets() if t.fields.get("DynamicField_CustomerReference") == number), None)
        mine = [
            lambda: self.tells(f"statement {self.saying('basis')}", ref, LENA),
            lambda: self.tells(f"called {self.secrets.new(TICKETS)}", ref, LARS),
            lambda: self.tells(f"cause vendor {self.secrets.new(TICKETS)}", ref, LARS),
            lambda: self.tells(f"rca draft {self.n}", ref, LENA),
            lambda: self.tells(f"rca done {self.n}", ref, LENA),
            lambda: self.tells(f"accept {self.secrets.new(TICKETS)}", ref, LENA),
            lambda: self.rig.servicenow.edit(ref, LENA, {"state": "2", "hold_reason": ""}),
            lambda: self.rig.servicenow.edit(ref, LENA, ON_HOLD),
        ]
        if case and case.fields["State"] not in ("merged", "removed"):
            mine.append(
                lambda: self.say("objects", self.rig.portal.comment(case.ref, VENDOR, f"#connector object {self.n}", public=True))
            )
            states = ["open", "pending reminder", "pending auto close+", "pending auto close+"]
            mine += [lambda: self.rig.portal.edit(case.ref, VENDOR, {"State": self.rng.choice(states)})] * 3
            mine += [lambda: self.say("answers", self.rig.portal.comment(case.ref, VENDOR, f"answer {self.n}", public=True))]
        self.n += 1
        super().act([self.rng.choice(mine)])
