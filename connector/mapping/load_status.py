"""Reading the status tables, with the checks that make them whole: no row in vain, no phase forgotten, no closing by the vendor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from connector.mapping.source import Item, Reader
from connector.mapping.status import Read, States, StatusUnit, When, Write
from connector.mapping.units import as_is
from connector.words import Native, Phase, Side

NONE = "none"
NOTHING = "nothing"
ANY_OTHER = "\0"  # stands for a value that the tables do not name
PHASES = tuple(phase.value for phase in Phase)
ENDING = (Phase.SOLVED, Phase.CLOSED, Phase.CANCELLED)
INVARIANT = "closing invariant: a change that comes from the vendor never resolves, closes or cancels the customer's ticket"


def read_status(reader: Reader, item: Item) -> StatusUnit:
    parts = reader.table(item, ("customer", "vendor"), ("owner",))
    owner = Side(reader.choice(parts["owner"], [side.value for side in Side])) if "owner" in parts else Side.CUSTOMER
    sides = {side: _States(reader, parts.get(side.value, item), side).read() for side in Side}
    notifying: tuple[When, ...] = ()
    if "customer" in parts:
        entries = reader.entries(parts["customer"])
        notifying = _whens(reader, entries.get("notifying", Item("", item.line, item.path)), sides[Side.CUSTOMER].fields)
        _check_closing(reader, entries.get("write", item), sides[Side.CUSTOMER], notifying)
    return StatusUnit(owner, sides, notifying, f"{reader.name}, status")


class _States:
    """Reads one side."""

    def __init__(self, reader: Reader, item: Item, side: Side) -> None:
        self.reader, self.item = reader, item
        needed = ("fields", "read", "write", "notifying") if side is Side.CUSTOMER else ("fields", "read", "write")
        self.parts = reader.table(item, needed)
        self.fields: tuple[str, ...] = reader.texts(self.parts["fields"]) if "fields" in self.parts else ()

    def read(self) -> States:
        rows = [self._row(row) for row in self.reader.items(self.parts["read"])] if "read" in self.parts else []
        if "read" in self.parts:
            self._check_rows(rows, self.reader.items(self.parts["read"]))
        states = States(self.fields, tuple(rows), self._writes())
        if rows:
            self._check_read_back(states)
        return states

    def _row(self, item: Item) -> Read:
        parts = self.reader.table(item, ("when",), ("phase", "unmapped", "because"))
        when = _when(self.reader, parts.get("when", item), self.fields)
        because = self.reader.text(parts["because"], empty=False) if "because" in parts else ""
        if ("phase" in parts) == ("unmapped" in parts):
            self.reader.wrong(
                item, "a row says either 'phase' or 'unmapped'", f"phase: {NONE} means that it says nothing to the other side"
            )
            return Read(when, None, because)
        if "unmapped" in parts:
            return Read(when, None, self.reader.text(parts["unmapped"], empty=False), unmapped=True)
        word = self.reader.choice(parts["phase"], (NONE, *PHASES))
        return Read(when, None if word == NONE else Phase(word), because)

    def _check_rows(self, rows: list[Read], items: tuple[Item, ...]) -> None:
        if not rows:
            self.reader.wrong(self.parts["read"], "no state is read", "add one row for each native state")
        for n, row in enumerate(rows):
            earlier = next((k for k in range(n) if rows[k].when.covers(row.when)), None)
            if earlier is not None:
                kind = (
                    "contradicts"
                    if rows[earlier].when == row.when and rows[earlier].phase is not row.phase
                    else "can never match after"
                )
                self.reader.wrong(items[n], f"this row {kind} the row in line {items[earlier].line}", "remove one, or move it up")

    def _writes(self) -> dict[Phase, Write]:
        entries = dict(self.reader.table(self.parts["write"], PHASES)) if "write" in self.parts else {}
        return {phase: self._write(entries[phase]) if phase in entries else Write(None) for phase in Phase}

    def _write(self, item: Item) -> Write:
        if isinstance(item.value, str):
            self.reader.choice(item, (NOTHING,))
            return Write(None)
        parts = self.reader.table(item, (), ("set", "keep", NOTHING, "unmapped"))
        if sum(key in parts for key in ("set", NOTHING, "unmapped")) != 1:
            self.reader.wrong(
                item, "an entry holds exactly one of set, nothing, unmapped", "write {set: {FIELD: VALUE}} or {nothing: why}"
            )
            return Write(None)
        if "set" not in parts:
            because = self.reader.text(parts.get(NOTHING, parts.get("unmapped", item)), empty=False)
            return Write(None, because=because, unmapped="unmapped" in parts)
        value = {name: self.reader.text(one) for name, one in self.reader.entries(parts["set"]).items()}
        if not value.keys() & set(self.fields):
            self.reader.wrong(parts["set"], "none of the status fields is set", f"set one of {', '.join(self.fields)}")
            return Write(None)
        keep = _whens(self.reader, parts["keep"], self.fields) if "keep" in parts else ()
        return Write(value, keep)

    def _check_read_back(self, states: States) -> None:
        """What is written must be a state that the reading table knows, or our own write would look like a foreign one."""
        places = self.reader.entries(self.parts["write"]) if "write" in self.parts else {}
        for phase, write in states.writes.items():
            if write.value is None or phase not in places:
                continue
            row = states.read(write.value, as_is)
            if row is None or row.unmapped:
                self.reader.wrong(
                    places[phase], "the written state has no row under 'read'", "add the row, or write another state"
                )


def _when(reader: Reader, item: Item, fields: tuple[str, ...]) -> When:
    allowed = {}
    for name, value in reader.entries(item).items():
        reader.known(value, name, fields, "status field")
        allowed[name] = frozenset(reader.texts(value))
    if not allowed:
        reader.wrong(item, "this names no state", f"write {{FIELD: VALUE}} with a field of {', '.join(fields)}")
    return When(allowed)


def _whens(reader: Reader, item: Item, fields: tuple[str, ...]) -> tuple[When, ...]:
    return tuple(_when(reader, one, fields) for one in reader.items(item))


def _check_closing(reader: Reader, item: Item, states: States, notifying: tuple[When, ...]) -> None:
    places: Mapping[str, Item] = reader.entries(item)
    for phase, write in states.writes.items():
        if write.value is None:
            continue
        becomes = _completions(states, write.value, notifying)
        why = next((found for native in becomes if (found := _ends(states, native, notifying))), "")
        if why:
            reader.wrong(places.get(phase, item), f"{why}; {INVARIANT}", "write a state in which level 1 has the ticket")


def _completions(states: States, value: Native, notifying: tuple[When, ...]) -> Iterator[Native]:
    """What a ticket can become by a write: a status field that it leaves out keeps whatever value stands there."""
    left = [name for name in states.fields if name not in value]
    named = [when.allowed for when in (*notifying, *(row.when for row in states.reads))]
    candidates = [sorted({"", ANY_OTHER}.union(*(allowed.get(name, frozenset()) for allowed in named))) for name in left]
    return ({**value, **dict(zip(left, values, strict=True))} for values in product(*candidates))


def _ends(states: States, native: Native, notifying: tuple[When, ...]) -> str:
    """Why the customer's ticket must not be brought into a state on the vendor's word, or ``""``."""
    row = states.read(native, as_is)
    if row is not None and row.phase in ENDING:
        return f"this state reads as {row.phase}"
    if any(when.matches(native, as_is) for when in notifying):
        return "this state stands under 'notifying': it mails the caller or starts an automatic close"
    return ""
