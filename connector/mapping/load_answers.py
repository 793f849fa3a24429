"""Reading what a ticket answers to the operating model: topics, facts and signs of evidence. No row is in vain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from connector.mapping.answers import KINDS, Answers, Fact, Topic
from connector.mapping.conditions import All, Condition
from connector.mapping.evidence import HasFile, HasLine, HasLink, Holds, Sign, has_words, stem
from connector.mapping.load_channels import read_extensions
from connector.mapping.load_conditions import read_condition
from connector.mapping.source import Item, Reader

SIGNS: Mapping[str, tuple[str, ...]] = {"when": (), "file": (), "label": ("in",), "link": ("in",)}
"""The forms of a sign, with the key that each needs besides."""
ANY = "any"
WRONG = Holds(All(()))  # stands for a sign that was reported


def read_answers(reader: Reader, parts: Mapping[str, Item], places: Iterable[str]) -> Answers:
    """:param places: the customer's places of comments, which no condition may read as a field."""
    section = _Section(reader, frozenset(places))
    return Answers(
        topics=section.topics(parts["topics"]) if "topics" in parts else (),
        facts=section.facts(parts["facts"]) if "facts" in parts else {},
        signs=section.signs(parts["evidence"]) if "evidence" in parts else {},
    )


class _Section:
    """Reads one section."""

    def __init__(self, reader: Reader, places: frozenset[str]) -> None:
        self.reader, self.places = reader, places

    # --- topics ---

    def topics(self, item: Item) -> tuple[Topic, ...]:
        rows = self._rows(item)
        topics = [self._topic(row) for row in rows]
        self._check_order(rows, [None if topic.when == All(()) else (topic.by, topic.when) for topic in topics])
        return tuple(sorted(topics, key=lambda topic: KINDS.index(topic.by)))

    def _topic(self, row: Item) -> Topic:
        parts = self.reader.table(row, ("by", "when"), ("topic", "system"))
        if ("topic" in parts) == ("system" in parts):
            self.reader.wrong(
                row, "a row says either 'topic' or 'system'", "name one row of the operating model's table, or one of its systems"
            )
        task, system = (self.reader.text(parts[key], empty=False) if key in parts else "" for key in ("topic", "system"))
        return Topic(self.reader.choice(parts["by"], KINDS) if "by" in parts else KINDS[0], self._when(parts), task, system)

    # --- facts ---

    def facts(self, item: Item) -> dict[str, tuple[Fact, ...]]:
        return {name: self._values(below) for name, below in self._entries(item).items()}

    def _values(self, item: Item) -> tuple[Fact, ...]:
        rows = self._rows(item)
        facts = tuple(self._fact(row) for row in rows)
        self._check_order(rows, [None if fact.when == All(()) else fact.when for fact in facts])
        return facts

    def _fact(self, row: Item) -> Fact:
        parts = self.reader.table(row, ("when", "value"))
        return Fact(self._when(parts), self.reader.text(parts["value"], empty=False) if "value" in parts else "")

    # --- evidence ---

    def signs(self, item: Item) -> dict[str, tuple[Sign, ...]]:
        return {name: self._choices(below) for name, below in self._entries(item).items()}

    def _choices(self, item: Item) -> tuple[Sign, ...]:
        rows = self._rows(item)
        signs = tuple(self._sign(row) for row in rows)
        self._check_order(rows, [None if sign == WRONG else sign for sign in signs])
        return signs

    def _sign(self, row: Item) -> Sign:
        entries = self.reader.entries(row)
        forms = [form for form in SIGNS if form in entries]
        if len(forms) != 1:
            remedy = "write {when: CONDITION}, {file: [har, zip]}, {label: WORDS, in: FIELD} or {link: any, in: FIELD}"
            self.reader.wrong(row, f"a sign says exactly one of {', '.join(SIGNS)}", remedy)
            return WRONG
        (form,) = forms
        parts = self.reader.table(row, (form, *SIGNS[form]))
        if len(parts) != 1 + len(SIGNS[form]):
            return WRONG  # the missing key was reported
        match form:
            case "when":
                return Holds(self._when(parts))
            case "file":
                return HasFile(self._any_or(parts["file"], read_extensions, "har", "."))
            case "label":
                return HasLine(self._label(parts["label"]), self._names(parts["in"]))
            case _:
                return HasLink(self._any_or(parts["link"], _hosts, "example.com", "/: "), self._names(parts["in"]))

    def _label(self, item: Item) -> str:
        label = self.reader.text(item, empty=False).strip().rstrip(":")
        if label and not has_words(stem(label)):
            self.reader.wrong(item, f"the label {label!r} has no letter", "write the words with which the line begins")
        return label

    def _any_or(self, item: Item, read: Callable[[Reader, Item], frozenset[str]], like: str, never: str) -> frozenset[str]:
        """Empty for ``any``. ``never``: characters that none of these names can have."""
        found = read(self.reader, item)
        if not found or "" in found:
            self.reader.wrong(item, "this names nothing", f"write {ANY}, or a list such as [{like}]")
        if ANY in found and len(found) > 1:
            self.reader.wrong(item, f"{ANY!r} says all that the others say", "keep one of both")
        for one in sorted(found):
            if set(one) & set(never):
                self.reader.wrong(item, f"{one!r} would never be found", f"write it like {like}")
        return found - {ANY}

    def _names(self, item: Item) -> tuple[str, ...]:
        names = self.reader.texts(item)
        if not names or "" in names:
            self.reader.wrong(item, "no field is named", "name the native fields to look in, such as [description]")
        self._check_fields(item, frozenset(names))
        return names

    # --- what all have ---

    def _entries(self, item: Item) -> Mapping[str, Item]:
        entries = self.reader.entries(item)
        if not entries and item.value in ("", {}):
            self.reader.wrong(item, "the section is empty", "add an entry, or remove the key")
        return entries

    def _rows(self, item: Item) -> tuple[Item, ...]:
        rows = self.reader.items(item)
        if not rows and item.value in ("", ()):
            self.reader.wrong(item, "the list is empty", "add a row, or remove the key")
        return rows

    def _when(self, parts: Mapping[str, Item]) -> Condition:
        if "when" not in parts:
            return All(())
        condition = read_condition(self.reader, parts["when"])
        self._check_fields(parts["when"], condition.fields())
        return condition

    def _check_fields(self, item: Item, names: frozenset[str]) -> None:
        """What people write to each other is no field: a note would decide by a word that somebody happened to use."""
        self.reader.no_place(item, names, self.places, "ask a field that people fill in for this")

    def _check_order(self, rows: tuple[Item, ...], asked: list[object | None]) -> None:
        """``asked``: what each row asks; None where that was not accepted."""
        for n, one in enumerate(asked):
            if one is not None and one in asked[:n]:
                message = f"this row asks the same as the row in line {rows[asked.index(one)].line}"
                self.reader.wrong(rows[n], message, "remove one, or change what it asks")


def _hosts(reader: Reader, item: Item) -> frozenset[str]:
    return frozenset(text.strip().strip(".").casefold() for text in reader.texts(item))
