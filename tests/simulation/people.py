"""The people of a simulated run: who does what on which side. The seed decides everything."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.oracle.canaries import Secrets
from tests.oracle.words import CASES, TICKETS
from tests.simulation import joining
from tests.simulation.rig import Rig

L1, VENDOR = "lena.l1", "vera.vendor"
RARE = 0.02
"""How many of the acts are such that a ticket is hardly the same afterwards."""


@dataclass
class People:
    """Everybody who may act at any moment: at a call of ours, between two, while nothing of ours runs.

    :param left: how many acts are still to come.
    :ivar secrets: what they write for their own staff alone.
    """

    rig: Rig
    left: int
    log: Callable[[str], None] = lambda _line: None
    rare: float = RARE
    links: bool = True  # what an operator links is lost with a store that goes back to an older copy
    rng: random.Random = field(init=False)
    secrets: Secrets = field(init=False)
    n: int = 0
    acting: bool = False  # what an operator orders is no process of ours to be hit

    def __post_init__(self) -> None:
        self.rng = random.Random(self.rig.seed * 103 + 5)
        self.secrets = Secrets(self.rig.seed)

    def act(self, among: Sequence[Callable[[], None]] = ()) -> None:
        """Somebody does something (one of these acts, where they are named); what a system itself refuses a person is left."""
        self.left -= 1
        usual = among or [
            *[self.l1_comments, self.l1_moves, self.vendor_comments, self.vendor_moves] * 4,
            *[self.l1_notes, self.l1_edits, self.l1_prioritises, self.l1_attaches, self.vendor_edits] * 2,
            *[self.vendor_attaches, self.quotes, self.clones] * 2,
        ]
        rare = [
            self.vendor_opens,
            self.vendor_hides,
            self.operator_links,
            self.operator_links,
            self.vendor_merges,
            self.deletes_incident,
            self.deletes_case,
        ]
        act = self.rng.choice(rare) if self.rng.random() < self.rare and not among else self.rng.choice(usual)
        self.acting = True
        try:
            act()
        except (ValueError, LookupError) as no:
            self.log(f"   PERSON {act.__name__}: {no}")
        finally:
            self.acting = False

    def ticket(self, n: int) -> dict[str, str]:
        """What one of the first tickets is opened with."""
        fields = {"short_description": f"incident {n}", "description": "it is broken", "impact": "2", "urgency": "2"}
        return {**fields, **self.private(), "state": "3", "hold_reason": "4"}

    def incident(self) -> str:
        return self.rng.choice([t.ref for t in self.rig.desk.tickets()])

    def case(self) -> str:
        cases = [t.ref for t in self.rig.office.tickets() if t.fields["State"] != "merged"]
        if not cases:
            message = "no case yet"
            raise LookupError(message)
        return self.rng.choice(cases)

    def words(self) -> str:
        self.n += 1
        return self.rng.choice(
            ["ok", "ok", f"text {self.n}", f"line {self.n}\nand more  ", f"ünïcode 🙂 {self.n} שלום", f"<b>tag {self.n}</b> & co",
             f"control \x00\x07 {self.n}", "long " * 50 + str(self.n)]
        )  # fmt: skip

    def l1_comments(self) -> None:
        self.say("l1 comments", self.rig.desk.comment(self.incident(), L1, self.words(), public=True))

    def l1_notes(self) -> None:
        text = f"[vendor] {self.words()}" if self.rng.random() < 0.4 else f"{self.secrets.new(TICKETS)} {self.words()}"
        self.say("l1 notes", self.rig.desk.comment(self.incident(), L1, text, public=False))

    def l1_attaches(self) -> None:
        self.n += 1
        data = self.rng.choice([b"same bytes", f"bytes {self.n}".encode()])
        self.say("l1 attaches", self.rig.desk.attach(self.incident(), L1, "log.txt", data, "text/plain"))

    def l1_moves(self) -> None:
        done = {"close_code": "Solved (Permanently)", "close_notes": f"done {self.secrets.new(TICKETS)}"}
        fields = self.rng.choice(
            [{"state": "2", "hold_reason": ""}, {"state": "3", "hold_reason": "4"}, {"state": "3", "hold_reason": "4"},
             {"state": "3", "hold_reason": "3"}, {"state": "6", **done}, {"state": "7", **done}, {"state": "8", **done}]
        )  # fmt: skip
        ref = self.incident()
        self.rig.desk.edit(ref, L1, fields)
        self.say("l1 moves", f"{ref} {fields}")

    def l1_edits(self) -> None:
        self.n += 1
        ref = self.incident()
        title = {"short_description": self.rng.choice([f"title {self.n}", f"title {self.n}  "])}
        self.rig.desk.edit(ref, L1, title | self.private())
        self.say("l1 edits", f"{ref} {self.n}")

    def private(self) -> dict[str, str]:
        """Fields of a ticket that no rule of the mapping carries: whose it is, where and what for."""
        return {name: self.secrets.new(TICKETS) for name in ("caller_id", "location", "company", "contact_type")}

    def l1_prioritises(self) -> None:
        ref = self.incident()
        fields = {"impact": str(self.rng.randint(1, 3)), "urgency": str(self.rng.randint(1, 3))}
        self.rig.desk.edit(ref, L1, fields)
        self.say("l1 prioritises", f"{ref} {fields}")

    def vendor_comments(self) -> None:
        ref, text, public = self.case(), self.words(), self.rng.random() < 0.8
        kept = "" if public else self.secrets.new(CASES)
        said = self.rig.office.comment(ref, VENDOR, f"{kept} {text}" if kept else text, public=public, subject=kept or "Note")
        self.say("vendor comments", said)

    def vendor_attaches(self) -> None:
        """A file for the customer; every fourth is for the vendor's own staff, name and content."""
        self.n += 1
        ref = self.case()
        if self.n % 4:
            self.say("vendor attaches", self.rig.office.attach(ref, VENDOR, "fix.bin", f"fix {self.n}".encode()))
            return
        name, content = f"{self.secrets.new(CASES)}.txt", f"dump {self.secrets.new(CASES)}".encode()
        self.say("vendor keeps", self.rig.office.attach(ref, VENDOR, name, content, "text/plain", public=False))

    def vendor_moves(self) -> None:
        ref = self.case()
        state = self.rng.choice(
            [
                "open",
                "open",
                "pending reminder",
                "pending auto close+",
                "pending auto close+",
                "closed successful",
                "closed unsuccessful",
            ]
        )
        self.rig.office.edit(ref, VENDOR, {"State": state})
        self.say("vendor moves", f"{ref} {state}")

    def vendor_edits(self) -> None:
        self.n += 1
        ref = self.case()
        fields = self.rng.choice(
            [{"Title": f"vendor title {self.n}"}, {"Priority": self.rng.choice(["2 low", "3 normal", "4 high"])}]
        )
        kept = {name: self.secrets.new(CASES) for name in ("Service", "DynamicField_Severity")}
        self.rig.office.edit(ref, VENDOR, fields | kept)
        self.say("vendor edits", f"{ref} {fields}")

    def quotes(self) -> None:
        """Somebody answers with our whole text quoted, marker and all."""
        ref = self.incident()
        ours = [c for c in self.rig.desk.ticket(ref).comments if c.ours]
        if ours:
            self.n += 1
            text = f"re {self.n}\n" + "\n".join("> " + line for line in self.rng.choice(ours).text.splitlines())
            if self.rng.random() < 0.5:
                text = f"again {self.n}\n{self.rng.choice(ours).text}"
            self.say("l1 quotes", self.rig.desk.comment(ref, L1, text, public=True))

    def clones(self) -> None:
        if len(self.rig.desk.tickets()) < 6:
            self.say("l1 clones", self.rig.desk.clone(self.incident(), L1))

    def vendor_opens(self) -> None:
        """A case that no incident led to."""
        self.n += 1
        self.say("vendor opens", self.rig.office.create(VENDOR, {"Title": f"the vendor's own {self.n}"}))

    def vendor_hides(self) -> None:
        """An article is no longer for the customer, copied or not."""
        ref = self.case()
        shown = [c for c in self.rig.office.ticket(ref).comments if c.public and not c.ours]
        if shown:
            item = self.rng.choice(shown).id
            self.rig.office.set_visible(ref, item, VENDOR, visible=False)
            self.say("vendor hides", f"{ref} {item}")

    def operator_links(self) -> None:
        """A further ticket comes onto a case."""
        if self.links and len(self.rig.desk.tickets()) < 7:
            self.say("operator links", joining.link(self.rig, self.rng))

    def vendor_merges(self) -> None:
        self.say("vendor merges", joining.merge(self.rig, self.rng))

    def deletes_incident(self) -> None:
        ref = self.incident()
        if len(self.rig.desk.tickets()) > 1:
            self.rig.desk.delete(ref)
            self.say("admin deletes", ref)

    def deletes_case(self) -> None:
        ref = self.case()
        self.rig.office.delete(ref)
        self.say("admin deletes", ref)

    def say(self, what: str, detail: str) -> None:
        self.log(f"PERSON {self.rig.clock.now:.1f} {what} {detail}")
