"""What is to be proved of an instance before the first pass, and learned from it. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.base import Gone, Misconfigured, Problem, Uses
from adapters.servicenow_api import Api, NoRight, Row
from adapters.servicenow_journal import PLACES, shows_entries

_UTC = frozenset({"", "UTC", "GMT", "Etc/UTC", "Etc/GMT", "Etc/UCT"})
_QUERY_FIELD = re.compile(r"(?:^|\^)(?:OR)?([a-z_][a-z0-9_.]*)")
_SAMPLE = 20  # tickets looked at where a right can only be seen from records


@dataclass
class Learned:
    """Facts about an instance."""

    login: str
    display_name: str
    history: bool | None = None  # None: nothing has shown yet whether we may read sys_audit
    labels: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)


class Check:
    """One run; :attr:`problems` and :attr:`learned` hold what it found."""

    def __init__(self, api: Api) -> None:
        s = api.settings
        self._api = api
        self._s = s
        self.problems: list[Problem] = []
        self.learned = Learned(s.user, s.display_name)

    def run(self, uses: Uses) -> None:
        read = uses.read | {self._s.marker_field, *_QUERY_FIELD.findall(self._s.query)}
        write = uses.write | uses.creates | {self._s.marker_field}
        try:
            sample = self._sample(read | write)
        except (Misconfigured, Gone, NoRight) as trouble:
            remedy = "Check the address, the log-in, and that the account may read the table through the REST API (docs/systems)."
            self._add(self._s.table, str(trouble), remedy)
            return
        if self._s.marker_field in uses.creates:
            remedy = "Let the ticket begin without it, or name another field of your own as `marker_field`."
            self._add(f"{self._s.table}.{self._s.marker_field}", "tickets that we open bear our mark there", remedy)
        self._user()
        self._dictionary(read, write)
        self._readable(sample, read)
        self._choices(uses.choices)
        self._journal(sample)
        self._files()
        audited = self._probe("sys_audit", f"tablename={self._s.table}")
        self.learned.history = False if audited is None else audited or None

    def _add(self, place: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(f"servicenow.{place}", message, remedy))

    def _sample(self, fields: Iterable[str]) -> list[dict[str, Any]]:
        query = f"{self._s.query}^ORDERBYDESCsys_updated_on"
        wanted = {"sys_id", "sys_mod_count", *PLACES, *(name for name in fields if name not in PLACES)}
        return self._api.page(self._s.table, query, wanted, _SAMPLE, display="all").rows

    def _user(self) -> None:
        """The account as ServiceNow spells it. Without the right to look, the settings are believed."""
        fields = {"user_name", "name", "time_zone"}
        rows = self._optional(
            "sys_user", f"user_name={self._s.user}", fields, lambda r: same_login(r.get("user_name"), self._s.user)
        )
        if not rows:
            return
        self.learned.login = rows[0].get("user_name") or self._s.user
        self.learned.display_name = self._s.display_name or rows[0].get("name", "")
        zone = rows[0].get("time_zone", "")
        if zone not in _UTC:
            self._add("sys_user.time_zone", f"the account's time zone is {zone}", "Set the time zone of the account to GMT.")

    def _optional(self, table: str, query: str, fields: set[str], belongs: Callable[[Row], bool]) -> list[Row]:
        """Rows of a table that we may lack the right to read."""
        try:
            return self._api.rows(table, query, fields | {"sys_id"}, belongs)
        except Misconfigured:
            return []

    # --- fields ---

    def _dictionary(self, read: frozenset[str], write: frozenset[str]) -> None:
        """Every field exists and can be written; learns labels and lengths. A dot-walked field is looked up by its first part."""
        names = {name.partition(".")[0] for name in read | write}
        tables = {self._s.table, "task"}
        rows = self._optional(
            "sys_dictionary",
            f"nameIN{','.join(sorted(tables))}^elementIN{','.join(sorted(names))}",
            {"name", "element", "column_label", "max_length", "read_only"},
            lambda row: row.get("element") in names and row.get("name") in tables,
        )
        if not rows:  # no right to the dictionary: what the sample record shows must do
            return
        known = {row["element"]: row for row in rows}
        for name in sorted(names - known.keys()):
            self._add(f"{self._s.table}.{name}", f"the field {name} does not exist", "Correct the mapping, or create the field.")
        for name in sorted(write & known.keys()):
            if known[name].get("read_only") == "true":
                remedy = "Take it out of the fields that the mapping writes, or make it writable."
                self._add(f"{self._s.table}.{name}", f"the field {name} is read-only", remedy)
        self.learned.labels = {row.get("column_label", ""): name for name, row in known.items()}
        self.learned.lengths = {n: int(r["max_length"]) for n, r in known.items() if r.get("max_length", "").isdigit()}

    def _readable(self, sample: list[dict[str, Any]], read: frozenset[str]) -> None:
        """A field that access rules hide is left out of a record, and so is one that does not exist."""
        if not sample:
            return
        told = {problem.place for problem in self.problems}
        for name in sorted(read):
            place = f"{self._s.table}.{name}"
            if place not in told and not any(name in record for record in sample):
                remedy = "Grant the account's role read on this field, or correct the mapping."
                self._add(place, f"the field {name} does not come back: hidden by an access rule, or it does not exist", remedy)

    def _choices(self, choices: Mapping[str, frozenset[str]]) -> None:
        if not choices:
            return
        query = f"nameIN{self._s.table},task^elementIN{','.join(sorted(choices))}^inactive=false"
        rows = self._optional("sys_choice", query, {"name", "element", "value"}, lambda row: row.get("element") in choices)
        if not rows:
            self._add("sys_choice", "the choice lists cannot be read", "Grant the account read on sys_choice.")
            return
        for name, wanted in sorted(choices.items()):
            offered = {row["value"] for row in rows if row["element"] == name}
            for value in sorted(wanted - offered - {""}) if offered else ():
                remedy = f"Use one of: {', '.join(sorted(offered))}."
                self._add(f"{self._s.table}.{name}", f"the field {name} has no choice {value!r}", remedy)

    # --- rights that show only in records ---

    def _journal(self, sample: list[dict[str, Any]]) -> None:
        """Without the right, ``sys_journal_field`` answers 200 and no rows; only records that show entries tell the difference."""
        rows = self._probe("sys_journal_field", f"name={self._s.table}^elementIN{','.join(PLACES)}")
        shown = any(shows_entries(record) for record in sample)
        refused = rows is None or (shown and not rows)
        if self._s.journal != "display" and refused:
            remedy = (
                "Grant the account read on sys_journal_field; or set journal: display, which has limits (docs/systems). "
                "Changing from one to the other later makes every comment look new."
            )
            self._add("sys_journal_field", "the journal table shows us no comments", remedy)
        if self._s.journal == "display" and not self.learned.display_name:
            remedy = "Set display_name to the account's name as the journals show it, or grant read on sys_user."
            self._add("display_name", "our own comments cannot be told from others", remedy)

    def _files(self) -> None:
        if self._probe("sys_attachment", f"table_name={self._s.table}") is None:
            self._add("sys_attachment", "attachments cannot be listed", "Grant the account read on sys_attachment.")

    def _probe(self, table: str, query: str) -> bool | None:
        """Whether rows come; None where the question itself is refused."""
        try:
            return bool(self._api.page(table, query, {"sys_id"}, _SAMPLE).rows)
        except Misconfigured:
            return None


def same_login(one: str | None, other: str) -> bool:
    """Logins do not depend on case in ServiceNow."""
    return (one or "").casefold() == other.casefold()
