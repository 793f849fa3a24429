"""Seeded people, faults and crashes for one simulated run. The seed decides everything."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from connector.sandbox.core import Call
from tests.simulation import joining
from tests.simulation.rig import Rig

CANARY = "internal-canary"


class Crash(BaseException):
    """The process dies here; nobody may swallow it."""


@dataclass
class Plan:
    """How wild a run is; drawn from the seed."""

    acts: float  # chance that somebody acts at a call
    fault: float  # chance of a fault at a call
    crash: float  # chance of a crash at a call
    freeze: float  # chance that another worker runs in the middle of ours
    kinds: tuple[str, ...]
    tickets: int
    comment_reopens: bool
    people: int = 40  # acts in all


ALL_FAULTS = (
    "refused", "answer_lost", "late", "twice", "stale", "limited", "limited_bare",
    "html_502", "html_502_after", "html_200", "expired", "truncated",
)  # fmt: skip


def draw(seed: int) -> Plan:
    """Every fourth seed without faults, every second without crashes."""
    rng = random.Random(seed * 31 + 7)
    level = seed % 4
    return Plan(
        acts=rng.choice([0.02, 0.05, 0.15]),
        fault=0.03 * level,
        crash=rng.choice([0.0, 0.004]) if level > 1 else 0.0,
        freeze=rng.choice([0.0, 0.01]) if level > 1 else 0.0,
        kinds=tuple(rng.sample(ALL_FAULTS, rng.randint(3, len(ALL_FAULTS)))) if level else (),
        tickets=rng.randint(1, 3),
        comment_reopens=rng.random() < 0.3,
        people=rng.randint(8, 45),
    )


@dataclass
class Play:
    """Drives one rig: who acts when, what goes wrong when."""

    rig: Rig
    plan: Plan
    log: Callable[[str], None] = lambda _line: None
    rng: random.Random = field(init=False)
    left: int = field(init=False)
    quiet: bool = False
    n: int = 0
    depth: int = 0
    crashes: int = 0
    frozen: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.rig.seed * 101 + 3)
        self.left = self.plan.people
        self.rig.portal.comment_reopens = self.plan.comment_reopens
        self.restart()
        self.rig.world.on_call = self.on_call
        self.rig.world.choose_fault = self.choose_fault

    # --- what happens at each call -----------------------------------------------------------------------

    def on_call(self, call: Call) -> None:
        self.rig.clock.advance(self.rng.uniform(0.01, 0.4))
        if self.quiet:
            return
        self.log(f"   call {call.n} {call.phase} {call.system} {call.label}")
        if self.left and self.rng.random() < self.plan.acts:
            self.act()
        if self.rng.random() < self.plan.crash:
            self.crashes += 1
            self.log("   CRASH")
            raise Crash
        if self.depth == 0 and self.rng.random() < self.plan.freeze:
            self.freeze(sending=call.write and call.phase == "before")

    def freeze(self, *, sending: bool) -> None:
        """Our worker stands still here while time passes and another one works.

        A call that is on its way arrives within ``settle``: who freezes in the middle of sending for longer
        than that is out of what the engine can promise (docs/limits.md).
        """
        self.depth += 1
        self.frozen += 1
        self.rig.clock.advance(4.0 if sending else self.rng.choice([4.0, 12.0, 45.0]))
        self.log(f"   FREEZE until {self.rig.clock.now:.1f}")
        other, self.rig.worker = self.rig.worker, "other"
        try:
            self.rig.turn()
        finally:
            self.rig.worker = other
            self.depth -= 1

    def choose_fault(self, call: Call) -> str | None:
        chance = self.plan.fault * (4 if call.write else 1)  # writes are few, and the ones that matter
        if self.quiet or not self.plan.kinds or self.rng.random() >= chance:
            return None
        fault = self.rng.choice(self.plan.kinds)
        self.log(f"   FAULT {fault} at {call.n}")
        return fault

    # --- people ------------------------------------------------------------------------------------------

    def act(self) -> None:
        self.left -= 1
        acts = [
            self.l1_comments,
            self.l1_comments,
            self.l1_notes,
            self.l1_moves,
            self.l1_moves,
            self.l1_edits,
            self.l1_prioritises,
        ]
        acts += [self.l1_attaches, self.vendor_comments, self.vendor_comments, self.vendor_moves, self.vendor_moves]
        acts += [self.vendor_edits, self.vendor_attaches, self.quotes, self.clones, self.joins]
        act = self.rng.choice(acts)
        try:
            act()
        except (ValueError, LookupError) as no:
            self.log(f"   PERSON {act.__name__}: {no}")

    def incident(self) -> str:
        return self.rng.choice([t.ref for t in self.rig.servicenow.tickets()])

    def case(self) -> str:
        cases = [t.ref for t in self.rig.portal.tickets() if t.fields["State"] != "merged"]
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
        self.say("l1 comments", self.rig.servicenow.comment(self.incident(), "lena.l1", self.words(), public=True))

    def l1_notes(self) -> None:
        text = f"[vendor] {self.words()}" if self.rng.random() < 0.4 else f"{CANARY} {self.words()}"
        self.say("l1 notes", self.rig.servicenow.comment(self.incident(), "lena.l1", text, public=False))

    def l1_attaches(self) -> None:
        self.n += 1
        data = self.rng.choice([b"same bytes", f"bytes {self.n}".encode()])
        self.say("l1 attaches", self.rig.servicenow.attach(self.incident(), "lena.l1", "log.txt", data, "text/plain"))

    def l1_moves(self) -> None:
        done = {"close_code": "Solved (Permanently)", "close_notes": "done"}
        fields = self.rng.choice(
            [{"state": "2", "hold_reason": ""}, {"state": "3", "hold_reason": "4"}, {"state": "3", "hold_reason": "4"},
             {"state": "3", "hold_reason": "3"}, {"state": "6", **done}, {"state": "7", **done}, {"state": "8", **done}]
        )  # fmt: skip
        ref = self.incident()
        self.rig.servicenow.edit(ref, "lena.l1", fields)
        self.say("l1 moves", f"{ref} {fields}")

    def l1_edits(self) -> None:
        self.n += 1
        ref = self.incident()
        self.rig.servicenow.edit(ref, "lena.l1", {"short_description": self.rng.choice([f"title {self.n}", f"title {self.n}  "])})
        self.say("l1 edits", f"{ref} {self.n}")

    def l1_prioritises(self) -> None:
        ref = self.incident()
        fields = {"impact": str(self.rng.randint(1, 3)), "urgency": str(self.rng.randint(1, 3))}
        self.rig.servicenow.edit(ref, "lena.l1", fields)
        self.say("l1 prioritises", f"{ref} {fields}")

    def vendor_comments(self) -> None:
        self.say(
            "vendor comments", self.rig.portal.comment(self.case(), "vera.vendor", self.words(), public=self.rng.random() < 0.8)
        )

    def vendor_attaches(self) -> None:
        self.n += 1
        self.say("vendor attaches", self.rig.portal.attach(self.case(), "vera.vendor", "fix.bin", f"fix {self.n}".encode()))

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
        self.rig.portal.edit(ref, "vera.vendor", {"State": state})
        self.say("vendor moves", f"{ref} {state}")

    def vendor_edits(self) -> None:
        self.n += 1
        ref = self.case()
        fields = self.rng.choice(
            [{"Title": f"vendor title {self.n}"}, {"Priority": self.rng.choice(["2 low", "3 normal", "4 high"])}]
        )
        self.rig.portal.edit(ref, "vera.vendor", fields)
        self.say("vendor edits", f"{ref} {fields}")

    def quotes(self) -> None:
        """Somebody answers with our whole text quoted, marker and all."""
        ref = self.incident()
        ours = [c for c in self.rig.servicenow.ticket(ref).comments if c.ours]
        if ours:
            self.n += 1
            text = f"re {self.n}\n" + "\n".join("> " + line for line in self.rng.choice(ours).text.splitlines())
            if self.rng.random() < 0.5:
                text = f"again {self.n}\n{self.rng.choice(ours).text}"
            self.say("l1 quotes", self.rig.servicenow.comment(ref, "lena.l1", text, public=True))

    def clones(self) -> None:
        if len(self.rig.servicenow.tickets()) < 6:
            self.say("l1 clones", self.rig.servicenow.clone(self.incident(), "lena.l1"))

    def joins(self) -> None:
        """Several tickets come onto one case."""
        chance = self.rng.random()
        if chance < 0.4 and len(self.rig.servicenow.tickets()) < 7:
            self.say("operator links", joining.link(self.rig, self.rng))
        elif chance > 0.8:
            self.say("vendor merges", joining.merge(self.rig, self.rng))

    def say(self, what: str, detail: str) -> None:
        self.log(f"PERSON {self.rig.clock.now:.1f} {what} {detail}")

    # --- the run -----------------------------------------------------------------------------------------

    def run(self) -> None:
        for n in range(self.plan.tickets):
            fields = {"short_description": f"incident {n}", "description": "it is broken", "impact": "2", "urgency": "2"}
            self.rig.servicenow.create("lena.l1", {**fields, "state": "3", "hold_reason": "4"})
        for _ in range(400):
            if not self.left:
                break
            self.turn()
            if self.left and self.rng.random() < 0.2:
                self.act()
            self.rig.clock.advance(self.rng.choice([0.5, 2.0, 2.0, 6.0, 30.0]))
            self.rig.world.tick()
        self.quiet = True
        self.log("QUIET")
        self.turn()
        self.rig.settle(500.0, 5.0)

    def turn(self) -> None:
        try:
            self.rig.turn()
        except Crash:
            self.depth = 0
            self.restart()

    def restart(self) -> None:
        """Start the product again; faults and people wait for its first look at the systems."""
        self.quiet, was = True, self.quiet
        self.rig.start()
        self.rig.engine.check()
        self.quiet = was
