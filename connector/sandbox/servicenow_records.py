"""The simulated instance without its web face: tables, users, incidents, journals, files, and what a save does."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import partial
from itertools import count

from connector.sandbox.core import World
from connector.sandbox.servicenow_data import KEYS, TASK_CHOICES, Column, choices, columns
from connector.sandbox.servicenow_query import Query, Reader, Values, parse
from connector.sandbox.servicenow_rules import Refusal
from connector.sandbox.servicenow_store import Row, Table

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
NO_RECORD = (404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")
_BELONGS = ("sys_id", "element_id", "table_sys_id", "documentkey")


@dataclass
class Knobs:
    """How this instance is set up; change them at any time."""

    #: sys_ids whose rows (with their journal, audit and files) the access rules hide from the API.
    hidden: set[str] = field(default_factory=set)
    #: fields that the API user may not see: they are absent from answers.
    hidden_fields: set[str] = field(default_factory=set)
    #: fields whose writes through the API are answered 200 and dropped.
    read_only: set[str] = field(default_factory=set)
    #: further mandatory fields by state (data policies).
    mandatory: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: without them the table answers 200 and no rows.
    journal_rights: bool = True
    audit_rights: bool = True
    #: largest file in bytes, and the extensions allowed (None: all).
    max_attachment: int = 1024 * 1024 * 1024
    extensions: set[str] | None = None
    #: (old state, new state) that a business rule refuses to the connector's user.
    refuse_moves: set[tuple[str, str]] = field(default_factory=set)
    #: longest text by field, in characters, over the dictionary's; what is longer is cut silently.
    max_length: dict[str, int] = field(default_factory=dict)
    #: requests an hour, None: no limit.
    rate_limit: int | None = None
    #: a public comment by anyone, not the caller's alone, ends `Awaiting Caller`.
    any_comment_wakes: bool = False
    #: the zone of display values (the API user's profile).
    zone: tzinfo = UTC
    #: field → value → label.
    choices: dict[str, dict[str, str]] = field(default_factory=choices)
    #: system properties; `glide.invalid_query.returns_no_rows` is obeyed.
    properties: dict[str, str] = field(default_factory=lambda: {"instance_name": "sandbox", "instance_id": "5a4d"})


class Records(Knobs):
    """Tables and their rules. Callers hold ``world.lock``."""

    name = "servicenow"

    def __init__(self, world: World, user: str, number_from: int) -> None:
        super().__init__()
        self.world = world
        self.user = user
        self.columns = columns()
        self.tables = {table: Table(*KEYS.get(table, ())) for table in self.columns}
        self.data: dict[str, bytes] = {}  # files by sys_id
        self._numbers = count(number_from)
        self._generated: dict[str, Callable[[], Table]] = {
            "sys_choice": self._choice_rows,
            "sys_dictionary": self._dictionary_rows,
            "sys_properties": self._property_rows,
        }

    # -- time and identity

    def stamp(self) -> str:
        """Now, as the database keeps it: UTC, whole seconds."""
        return time.strftime(TIME_FORMAT, time.gmtime(self.world.now()))

    def new_id(self) -> str:
        return f"{self.world.rng.getrandbits(128):032x}"

    def add_row(self, table: str, who: str, values: Mapping[str, str]) -> Row:
        now = self.stamp()
        base = {
            "sys_id": self.new_id(),
            "sys_created_on": now,
            "sys_created_by": who,
            "sys_updated_on": now,
            "sys_updated_by": who,
            "sys_mod_count": "0",
        }
        return self.tables[table].add(Row({**base, **values}, self.world.now()))

    # -- people and named things

    def add_user(self, login: str, name: str = "", email: str = "") -> str:
        """Make a user known; returns the sys_id, the present one where the login exists."""
        known = self.tables["sys_user"].by("user_name", login)
        if known:
            return known[0].values["sys_id"]
        full = name or login.replace(".", " ").title()
        first, _, last = full.partition(" ")
        values = {
            "user_name": login,
            "name": full,
            "first_name": first,
            "last_name": last,
            "email": email or f"{login}@customer.example",
            "active": "true",
        }
        return self.add_row("sys_user", "admin", values).values["sys_id"]

    def add_group(self, name: str, email: str = "") -> str:
        """Make a group known by name; returns the sys_id."""
        known = self.tables["sys_user_group"].by("name", name)
        row = known[0] if known else self.add_row("sys_user_group", "admin", {"name": name, "email": email, "active": "true"})
        return row.values["sys_id"]

    def user_name(self, login: str) -> str:
        """The display name of a login."""
        return self.tables["sys_user"].by("user_name", login)[0].values["name"]

    def target(self, table: str, sys_id: str) -> Values:
        """The row a reference names. A plain text that names no row is its own display value."""
        known = self.tables[table].get(sys_id) if table in self.tables else None
        return known or {"sys_id": sys_id, "name": sys_id}

    def resolve(self, column: Column, value: str) -> str:
        """A reference as stored: the Table API takes a sys_id or a display value."""
        if not value or value in self.tables[column.reference].rows:
            return value
        for key in KEYS.get(column.reference, ()):
            if rows := self.tables[column.reference].by(key, value):
                return rows[0].values["sys_id"]
        return value

    def add_column(self, column: Column) -> None:
        """Give incidents a further field, as customers do (``u_...``)."""
        self.columns["incident"][column.element] = column

    # -- reading

    def table(self, name: str) -> Table:
        """:raises Refusal: 400 where there is no such table."""
        if name not in self.columns:
            raise Refusal(400, f"Invalid table {name}", "")
        make = self._generated.get(name)
        return make() if make else self.tables[name]

    def readable(self, table: str) -> bool:
        """Without the right to a table its list is empty: 200 and no rows."""
        return {"sys_journal_field": self.journal_rights, "sys_audit": self.audit_rights}.get(table, True)

    def visible(self, values: Values) -> bool:
        """False where access rules hide the row, or the incident it belongs to."""
        return self.hidden.isdisjoint(values.get(name, "") for name in _BELONGS)

    def seen(self, table: str, sys_id: str, as_of: float | None = None) -> Values:
        """One row as the API user sees it.

        :raises Refusal: 404, the same for a missing and for a hidden row.
        """
        values = self.table(table).get(sys_id, as_of) if self.readable(table) else None
        if values is None or not self.visible(values):
            raise Refusal(*NO_RECORD)
        return values

    def column(self, table: str, path: str) -> Column | None:
        """The column at the end of a dot-walked name."""
        head, _, rest = path.partition(".")
        column = self.columns.get(table, {}).get(head)
        return self.column(column.reference, rest) if column and rest else column

    def reader(self, table: str, path: str) -> Reader | None:
        head, _, rest = path.partition(".")
        column = self.columns.get(table, {}).get(head)
        if column is None:
            return None
        if not rest:
            return lambda values: values.get(head, "")
        inner = self.reader(column.reference, rest)
        if inner is None:
            return None
        return lambda values: inner(self.target(column.reference, values[head])) if values.get(head) else ""

    def query(self, table: str, text: str) -> Query:
        query = parse(text, partial(self.reader, table))
        if query.flawed and self.properties.get("glide.invalid_query.returns_no_rows") == "true":
            return Query(())
        return query

    def _choice_rows(self) -> Table:
        return _made(
            {
                "name": "task" if element in TASK_CHOICES else "incident",
                "element": element,
                "value": value,
                "label": label,
                "language": "en",
                "inactive": "false",
                "sequence": str(i),
            }
            for element, known in self.choices.items()
            for i, (value, label) in enumerate(known.items())
        )

    def _dictionary_rows(self) -> Table:
        return _made(
            {
                "name": column.owner,
                "element": column.element,
                "column_label": column.label,
                "internal_type": column.type,
                "max_length": str(self.max_length.get(column.element, column.max_length)),
                "mandatory": str(column.mandatory).lower(),
                "read_only": str(column.read_only or column.element in self.read_only).lower(),
                "reference": column.reference,
                "active": "true",
            }
            for column in self.columns["incident"].values()
        )

    def _property_rows(self) -> Table:
        return _made({"name": name, "value": value} for name, value in self.properties.items())


def _made(listed: Iterable[dict[str, str]]) -> Table:
    """A table of rows that follow from the configuration; their sys_ids follow from their content's place."""
    table = Table()
    for values in listed:
        identity = "/".join(values.get(name, "") for name in ("name", "element", "value"))
        base = {"sys_id": hashlib.sha256(identity.encode()).hexdigest()[:32], "sys_mod_count": "0"}
        table.add(Row({**base, **values}))
    return table
