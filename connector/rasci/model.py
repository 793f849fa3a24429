"""Load an operating model from its YAML file, with every problem reported together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from connector.rasci.settings import KNOWN
from connector.rasci.source import Located, ModelError, Problem, Reader
from connector.rasci.table import (
    Basis,
    Cell,
    Clause,
    ClauseState,
    Deployment,
    EvidenceItem,
    Gate,
    Kind,
    Letter,
    Level,
    Need,
    OperatingModel,
    PartyInfo,
    RecordType,
    Setting,
    Task,
)
from connector.words import Party, Side

__all__ = [
    "Basis",
    "Cell",
    "Clause",
    "Deployment",
    "EvidenceItem",
    "Gate",
    "Kind",
    "Letter",
    "Level",
    "ModelError",
    "OperatingModel",
    "PartyInfo",
    "Problem",
    "Setting",
    "Task",
    "load",
    "loads",
]

T = TypeVar("T")


def load(path: Path | str) -> OperatingModel:
    """The model in a file (UTF-8 YAML). Raises ModelError with all problems found, also where the file cannot be read."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError([Problem(str(path), 0, "", f"cannot be read: {error}", "check the path and its rights")]) from error
    return loads(text, str(path))


def loads(text: str, file: str = "<text>") -> OperatingModel:
    """The model in a text; ``file`` is its name in messages. Raises ModelError with all problems found."""
    read = _ModelReader(file)
    model = read.model(read.parse(text))
    if read.problems:
        raise ModelError(read.problems)
    return model


class _ModelReader(Reader):
    """One method a section of the file."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.parties: dict[Party, PartyInfo] = {}

    def model(self, root: Located) -> OperatingModel:
        top = self.entries(root, "id title source parties seats levels tasks settings", "legend evidence clauses")
        self.parties = self._parties(top.get("parties"))
        levels = self._levels(top.get("levels"))
        return OperatingModel(
            id=self.text(top.get("id")),
            title=self.text(top.get("title")),
            source=self.text(top.get("source")),
            parties=self.parties,
            tasks=self._tasks(top.get("tasks")),
            settings=self._settings(top.get("settings")),
            legend=self._legend(top.get("legend")),
            seats=self._seats(top.get("seats")),
            levels=levels,
            evidence=self._evidence(top.get("evidence"), levels),
            clauses=self._clauses(top.get("clauses")),
        )

    # parties, seats, legend

    def _parties(self, at: Located | None) -> dict[Party, PartyInfo]:
        parties: dict[Party, PartyInfo] = {}
        for name, node in self.mapping(at).items():
            party = self.word(node, name, Party, Party.CONNECTOR)
            if name == Party.CONNECTOR.value:
                self.report(node, "is nobody's party", "leave it out: the connector holds no letters")
            found = self.entries(node, "name", "aliases")
            parties[party] = PartyInfo(self.text(found.get("name")), self.texts(found.get("aliases")))
        return parties

    def _party(self, at: Located, name: object) -> Party:
        party = self.word(at, name, Party, Party.CONNECTOR)
        if party.value == name and party not in self.parties:
            self.report(at, f"{name!r} is not among the parties of this model", "add it to `parties`, or leave it out")
        return party

    def _seats(self, at: Located | None) -> dict[Party, Side]:
        seats = {}
        for name, node in self.mapping(at).items():
            seats[self._party(node, name)] = self.choice(node, Side, Side.CUSTOMER)
        for party in self.parties:
            if at is not None and party not in seats:
                self.report(at, f"says nothing of {party.value}", "say in which system this party works: customer or vendor")
        return seats

    def _legend(self, at: Located | None) -> dict[Letter, str]:
        return {self.word(node, name, Letter, Letter.I): self.text(node) for name, node in self.mapping(at).items()}

    # tasks

    def _tasks(self, at: Located | None) -> tuple[Task, ...]:
        nodes = self.items(at)
        tasks = tuple(self._task(node) for node in nodes)
        self._once(nodes, [task.id for task in tasks], "id")
        self._once(nodes, [task.number for task in tasks], "number")
        for gate in Gate:
            rows = [node for node, task in zip(nodes, tasks, strict=True) if task.gate is gate]
            if not rows and at is not None:
                self.report(at, f"no row has `gate: {gate.value}`", "give it to the row that decides this act")
            for node in rows[1:]:
                self.report(node, f"is a second row with `gate: {gate.value}`", "leave it on one row")
        return tasks

    def _task(self, at: Located) -> Task:
        found = self.entries(at, "id number title kind rasci source", "also deployment basis placement condition gate why")
        basis = self.choice(found.get("basis"), Basis, Basis.STATED)
        return Task(
            id=self.text(found.get("id")),
            number=self.number(found.get("number")),
            title=self.text(found.get("title")),
            kind=self.choice(found.get("kind"), Kind, Kind.TOPIC),
            source=self.text(found.get("source")),
            cells=self._cells(found.get("rasci"), basis, self.text(found.get("why"))),
            also=tuple(self.choice(node, Kind, Kind.TOPIC) for node in self.items(found.get("also"))),
            deployment=self.choice(found.get("deployment"), Deployment, Deployment.ANY),
            basis=basis,
            placement=self._placement(found.get("placement")),
            condition=self.text(found.get("condition")),
            gate=self.choice(found["gate"], Gate, Gate.WORK) if "gate" in found else None,
        )

    def _placement(self, at: Located | None) -> str:
        if at is None:
            return "certain"
        placement = self.text(at)
        if placement and placement != "certain" and not placement.startswith("inferred from "):
            self.report(at, f"{placement!r} is not known", "write `certain`, or `inferred from` and the document")
        return placement

    def _cells(self, at: Located | None, basis: Basis, why: str) -> dict[Party, Cell]:
        cells = {self._party(node, name): self._cell(node, basis, why) for name, node in self.mapping(at).items()}
        if at is None:
            return cells
        count = Counter(letter for cell in cells.values() for letter in set(cell.letters))
        if count[Letter.A] != 1:
            self.report(at, f"has {count[Letter.A]} times A", "exactly one party is accountable")
        if not count[Letter.R]:
            self.report(at, "has no R", "at least one party does the work")
        return cells

    def _cell(self, at: Located, basis: Basis, why: str) -> Cell:
        """Letters alone ("A,R"), or with a basis of their own ({letters, basis, why})."""
        if not isinstance(at.value, dict):
            cell = Cell(self._letters(at), basis, why)
        else:
            found = self.entries(at, "letters basis", "why")
            own = self.choice(found.get("basis"), Basis, basis)
            cell = Cell(self._letters(found["letters"]) if "letters" in found else (), own, self.text(found.get("why")))
        if cell.basis is not Basis.STATED and not cell.why:
            self.report(at, f"is {cell.basis.value} without a reason", "say in `why:` what the letters rest on")
        return cell

    def _letters(self, at: Located) -> tuple[Letter, ...]:
        words = [word.strip() for word in self.text(at).split(",") if word.strip()]
        letters = tuple(self.word(at, word, Letter, Letter.I) for word in words)
        if len(set(words)) < len(words):
            self.report(at, "names a letter twice", "write each letter once")
        return letters

    # levels, evidence, clauses, settings

    def _levels(self, at: Located | None) -> tuple[Level, ...]:
        nodes = self.items(at)
        levels = tuple(self._level(node) for node in nodes)
        self._once(nodes, [level.id for level in levels], "id")
        known = {level.id for level in levels}
        for node, level in zip(nodes, levels, strict=True):
            for name in (name for name in level.next if name not in known):
                self.report(node, f"hands over to {name!r}, which is no level here", "name a level of this list")
        return levels

    def _level(self, at: Located) -> Level:
        found = self.entries(at, "id title owner source", "next")
        owner = found.get("owner")
        return Level(
            id=self.text(found.get("id")),
            title=self.text(found.get("title")),
            owner=self._party(owner, owner.value) if owner else Party.CONNECTOR,
            source=self.text(found.get("source")),
            next=self.texts(found.get("next")),
        )

    def _evidence(self, at: Located | None, levels: tuple[Level, ...]) -> tuple[EvidenceItem, ...]:
        nodes = self.items(at)
        items = tuple(self._evidence_item(node) for node in nodes)
        self._once(nodes, [(item.id, item.hand_over, item.record_type) for item in items], "id")
        steps = [f"{level.id}-{target}" for level in levels for target in level.next]
        for node, item in zip(nodes, items, strict=True):
            if item.hand_over and item.hand_over not in steps:
                self.report(node, f"{item.hand_over!r} is no hand-over of the levels", f"use one of: {', '.join(steps)}")
        return items

    def _evidence_item(self, at: Located) -> EvidenceItem:
        found = self.entries(at, "id title hand_over need basis source", "record_type")
        return EvidenceItem(
            id=self.text(found.get("id")),
            title=self.text(found.get("title")),
            hand_over=self.text(found.get("hand_over")),
            need=self.choice(found.get("need"), Need, Need.ASKED),
            basis=self.choice(found.get("basis"), Basis, Basis.STATED),
            source=self.text(found.get("source")),
            record_type=self.choice(found.get("record_type"), RecordType, RecordType.ANY),
        )

    def _clauses(self, at: Located | None) -> tuple[Clause, ...]:
        nodes = self.items(at)
        clauses = tuple(self._clause(node) for node in nodes)
        self._once(nodes, [clause.id for clause in clauses], "id")
        return clauses

    def _clause(self, at: Located) -> Clause:
        found = self.entries(at, "id clause state", "means deployment")
        clause = Clause(
            id=self.text(found.get("id")),
            clause=self.text(found.get("clause")),
            state=self.choice(found.get("state"), ClauseState, ClauseState.DOC_ONLY),
            means=self.text(found.get("means")),
            deployment=self.choice(found.get("deployment"), Deployment, Deployment.ANY),
        )
        if clause.state in (ClauseState.TODAY, ClauseState.LATER) and not clause.means:
            self.report(at, f"is `{clause.state.value}` without a meaning", "say in `means:` what is to happen")
        return clause

    def _settings(self, at: Located | None) -> dict[str, Setting]:
        settings = {name: Setting(known.default) for name, known in KNOWN.items()}
        if at is not None:
            for name, node in self.entries(at, "", " ".join(KNOWN)).items():
                settings[name] = self._setting(name, node)
        return settings

    def _setting(self, name: str, at: Located) -> Setting:
        found = self.entries(at, "value source")
        known, value = KNOWN.get(name), found.get("value")
        if known is None or value is None:
            return Setting("")
        if not known.choices:
            return Setting(self.number(value), self.text(found.get("source")))
        return Setting(self.one_of(value, value.value, known.choices), self.text(found.get("source")))

    def _once(self, nodes: Iterable[Located], keys: Iterable[T], what: str) -> None:
        """Report each node whose key has stood before."""
        seen: set[T] = set()
        for node, key in zip(nodes, keys, strict=True):
            if key and key in seen:
                self.report(node, f"has the same {what} as one before it", f"give each its own {what}")
            seen.add(key)
