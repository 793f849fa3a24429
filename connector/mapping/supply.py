"""What the vendor starts: which of its cases are news for the customer, and how a ticket that tells of one is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.base import Snapshot
from connector.mapping.conditions import Condition
from connector.mapping.creation import OWN_NAMES
from connector.mapping.templates import Template
from connector.mapping.text import clean
from connector.words import Native, News

NEWS = ("maintenance", "new_versions", "alarms")
"""What a row calls its news: each can be switched off in the operating model (setting ``information_tickets``)."""


@dataclass(frozen=True)
class SupplyRow:
    """Cases of the vendor that are news of one kind; those with the same values of ``per`` are told of by one ticket."""

    when: Condition
    task: str
    what: str  # one of NEWS
    per: tuple[str, ...]


@dataclass(frozen=True)
class Supply:
    rows: tuple[SupplyRow, ...] = ()
    ticket: Mapping[str, Template] = field(default_factory=dict)  # the customer's native field -> what it begins with

    @property
    def reads(self) -> frozenset[str]:
        """The vendor's native fields that rows and templates ask."""
        asked = [row.when.fields() | frozenset(row.per) for row in self.rows]
        asked += [template.variables - OWN_NAMES for template in self.ticket.values()]
        return frozenset().union(*asked)

    def news(self, case: Snapshot) -> News | None:
        """What the case is news of, by the first row that holds; a case that does not say what it is about is news by itself."""
        for row in self.rows:
            holds, because = row.when.check(case)
            if holds:
                about = [case.fields.get(name, "").strip().casefold() for name in row.per]
                return News(row.task, row.what, "|".join(about) if any(about) else case.ref, because)
        return None

    def written(self, case: Snapshot) -> Native:
        """The native fields of the ticket that tells of the case."""
        values: dict[str, object] = {name: clean(value) for name, value in case.fields.items()}
        values |= {"number": case.number, "url": case.url}
        return {name: template.render(values).strip() for name, template in self.ticket.items()}
