"""One change before one model: looks up letters and words the ruling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.rasci.ladder import Gate
from connector.rasci.parts import ACTORS, capital
from connector.rasci.routing import case_of
from connector.rasci.table import Letter, OperatingModel, Task
from connector.words import Change, Party, Ruling, Side, Verdict

ASK_AND_ANSWER = "floor right (ours): either side may always ask and answer"
SUBMITTER = "floor right (ours): who submitted a case is informed of all on it and may comment and attach"
OWN_VALUE = "floor right (ours): a party's own value may be restored in its own system"
HEARS = {Letter.S: "helps when asked", Letter.C: "is consulted", Letter.I: "is informed"}
"""What a letter makes of a party that a text is for."""
TELL_STAFF = "floor right (ours): the connector tells staff on either side what it did and did not do"


@dataclass(frozen=True)
class Hearing:
    """A change with the model that it is judged by."""

    model: OperatingModel
    change: Change

    @property
    def actor(self) -> str:
        return ACTORS[self.parties[0]] if len(self.parties) == 1 else f"{ACTORS[self.change.actor]}'s side"

    @property
    def parties(self) -> tuple[Party, ...]:
        """Who may be meant. What comes from a side comes from its staff: a party is not a side, and who it was is not known yet."""
        side = next((side for side in Side if side.value == self.change.actor.value), None)
        return (self.model.staff(side) if side else ()) or (self.change.actor,)

    @property
    def at_home(self) -> bool:
        """Whether the change goes to the actor's own system: a value of its own that is restored (D3, D8)."""
        return self.change.actor.value == self.change.target.value

    @property
    def to_customer(self) -> bool:
        return self.change.target is Side.CUSTOMER

    def row(self, gate: Gate) -> Task:
        """The row that decides: the work on a case is that of its own topic."""
        return case_of(self.model, self.change.topic) if gate is Gate.WORK else self.model.row(gate)

    def letters(self, gate: Gate) -> tuple[Letter, ...]:
        """What any of them holds, in the order of the document."""
        return self.model.letters(self.parties, self.row(gate))

    def has(self, gate: Gate, *any_of: Letter) -> bool:
        return any(letter in any_of for letter in self.letters(gate))

    def received(self, words: Mapping[Letter, str]) -> str:
        """By which letters the staff over there takes part, in these words; "" where by none."""
        row = self.row(Gate.WORK)
        held = ((letter, party) for party in self.model.staff(self.change.target) for letter in row.letters(party))
        said = [f"{ACTORS[party]} {words[letter]} ({letter.value})" for letter, party in held if letter in words]
        return f"{row.short}: {', '.join(said)}" if said else ""

    @property
    def submitter(self) -> bool:
        """Whether the actor is the customer that may submit: the floor rights are its own."""
        return self.change.actor is Party.CUSTOMER and self.has(Gate.SUBMIT, Letter.R)

    def by_setting(self, name: str) -> str:
        """The clause for a rule that rests on a setting, with where its value comes from."""
        return f"setting {name} ({self.model.settings[name].source})"

    def allow(self, gate: Gate, reason: str, clause: str = "") -> Ruling:
        """``clause``: what it rests on besides the row: a floor right or a setting."""
        return self._rule(Verdict.ALLOW, gate, reason, clause)

    def hold(self, gate: Gate, reason: str, clause: str = "") -> Ruling:
        return self._rule(Verdict.HOLD, gate, reason, clause)

    def refuse(self, gate: Gate, reason: str, clause: str = "", topic: str = "") -> Ruling:
        """``topic`` is appended to the task's id where a refusal has a consequence of its own."""
        return self._rule(Verdict.REFUSE, gate, reason, clause, topic)

    def lacking(self, gate: Gate, need: str, attempt: str) -> Ruling:
        """Refused because the actor's cell does not hold the letter that the attempt needs."""
        row, letters = self.row(gate), ",".join(self.letters(gate))
        cell = f"holds {letters} there, which is not enough (it needs {need})" if letters else "has an empty cell there"
        return self.refuse(gate, f"{capital(self.actor)} may not {attempt}: {row.called}, {self.actor} {cell}.")

    def _rule(self, verdict: Verdict, gate: Gate, reason: str, clause: str, topic: str = "") -> Ruling:
        row = self.row(gate)
        return Ruling(
            verdict=verdict,
            task=f"{row.id}/{topic}" if topic else row.id,
            title=row.title,
            letters=",".join(self.letters(gate)),
            clause=f"{row.source}; {clause}" if clause else row.source,
            reason=reason,
        )
