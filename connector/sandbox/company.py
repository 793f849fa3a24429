"""What a company of the demo tells the connector: its operating model, what its mapping tells apart, and its installation.

Plain values, as they stand in the files: the sandbox knows nothing of how the product reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

Tree = Mapping[str, Any]

OFFICE_HOURS = "Europe/Amsterdam Mo-Fr 08:00-17:00"


@dataclass(frozen=True)
class Company:
    """One company under one operating model.

    :param mapping: sections that its mapping has beside the shipped ones: topics, facts, evidence.
    :param facts: what holds here, and was bought.
    :param settings: figures and choices beside the office hours.
    :param numbers: telephone numbers by their keys.
    """

    model: str
    mapping: Tree
    roster: Sequence[Tree]
    facts: Tree = field(default_factory=dict)
    settings: Tree = field(default_factory=dict)
    numbers: Tree = field(default_factory=dict)
    staff: tuple[str, ...] = ("customer", "vendor")  # the parties that keep office hours

    def installation(self) -> Tree:
        hours = {f"calendars.{party}": OFFICE_HOURS for party in self.staff}
        settings = {name: {"value": value, "source": "ours"} for name, value in {**hours, **self.settings}.items()}
        return {"facts": self.facts, "settings": settings, "roster": self.roster, **self.numbers}


def person(name: str, login: str, role: str, **more: str | date) -> Tree:
    """An entry of the roster, with everything that a vendor is told of a person."""
    first = login.partition(".")[0]
    reached = {"email": f"{first}@company.example", "phone": "+31 20 555 0100"}
    return {"name": name, "login": login, "role": role, "portal_user": f"{first}@company", **reached, **more}


def days_ago(days: int) -> date:
    return datetime.now(UTC).date() - timedelta(days=days)


def by(kind: str, name: str, value: str, **of: str) -> Tree:
    """A row of the mapping's topics: what a ticket with this value is about."""
    return {"by": kind, "when": {"field": name, "is": value}, **of}
