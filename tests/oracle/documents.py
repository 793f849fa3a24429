"""Who may do what, copied by hand from the five documents and the reading of them. Nothing here comes from the product.

Four rows of each document decide what a connector may write: who speaks to the end users (``users``), who submits a
case (``submit``), who works on it (``case``), and what the vendor may start by itself (``supply``). Letters as the documents print them, without commas; "" is an empty cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

CUSTOMER, VENDOR = "customer", "vendor"
END_USER = "end user"


@dataclass(frozen=True)
class Document:
    """One document's answer.

    :param seats: in whose system each party works.
    :param rows: row -> party -> letters.
    :param proposals: a vendor's priority is shown as a proposal and changes nothing (the default of every model).
    """

    source: str
    seats: Mapping[str, str]
    rows: Mapping[str, Mapping[str, str]]
    proposals: bool = True

    def holds(self, side: str, row: str, any_of: str) -> bool:
        """Whether anybody of the staff in a system holds one of the letters. End users are nobody's staff."""
        staff = [party for party, seat in self.seats.items() if seat == side and party != END_USER]
        return any(letter in self.rows.get(row, {}).get(party, "") for party in staff for letter in any_of)

    def may(self, side: str, right: str) -> bool:
        """Whether the people of a side have a right of :data:`RIGHTS`."""
        return any(all(self.holds(side, row, letter) for letter in needed) for row, needed in RIGHTS[right])

    def with_cell(self, row: str, party: str, letters: str) -> Document:
        """The same document with another cell."""
        return replace(self, rows={**self.rows, row: {**self.rows[row], party: letters}})


RIGHTS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "open a case": (("submit", ("R",)),),
    "answer on the case": (("case", ("RS",)), ("submit", ("R",))),  # S answers; who submitted may always answer
    "end a solved case": (("users", ("R",)),),  # closing is the prime contact's
    "change a field": (("case", ("ARS",)),),
    "write a text": (("case", ("ARSC",)), ("submit", ("R",))),  # C is asked and answers
    "speak to end users": (("users", ("R",)),),
    "move the ticket": (("case", ("R",)),),
    "start something": (("supply", ("AR",)),),
    "be told of it": (("supply", ("IS",)),),
    "call the whole task solved": (("case", ("A", "R")),),  # R alone declares its own part done
}
"""Right -> any of these: a row, and the letters that it takes there (of each group one)."""

_TWO = {"customer": CUSTOMER, "vendor": VENDOR, END_USER: CUSTOMER}
_SUPPLY = {"vendor": "AR", "customer": "I"}
"""Row 14 (monitoring and maintenance) of 000 and 002; row 9 (the tenant) has the same letters. The other documents have no such row."""
_CUSTOMERS = {"customer": "AR", "vendor": "", END_USER: ""}

DOCUMENTS: Mapping[str, Document] = {
    "anywhere365-wsp": Document(
        "000, RASCI table: rows 1 to 3",
        _TWO,
        {"users": _CUSTOMERS, "submit": _CUSTOMERS, "case": {"vendor": "AR", "customer": "SCI", END_USER: ""}, "supply": _SUPPLY},
    ),
    "anywherenow-implementation": Document(
        "001, flow steps 1 to 3 (the document prints no table)",
        _TWO,
        {"users": _CUSTOMERS, "submit": _CUSTOMERS, "case": {"vendor": "AR", "customer": "S", END_USER: ""}},
    ),
    "anywhere365-dialogue-cloud": Document(
        "002, RASCI table: rows 1 to 3",
        _TWO,
        {"users": _CUSTOMERS, "submit": _CUSTOMERS, "case": {"vendor": "AR", "customer": "SCI", END_USER: ""}, "supply": _SUPPLY},
    ),
    "anywhere365-partner-on-premises": Document(
        "003, levels 1 to 3: the partner is the contact of whoever reports and elevates what is left to the vendor",
        {"partner": CUSTOMER, "vendor": VENDOR, END_USER: CUSTOMER},
        {
            "users": {"partner": "AR", "vendor": ""},
            "submit": {"partner": "AR", "vendor": ""},
            "case": {"vendor": "AR", "partner": "S"},
        },
    ),
    "workcube": Document(
        "004, levels 1 to 3: only level 2, the partner, opens tasks of level 3; experts of the company and the partner speak to users",
        {"partner": CUSTOMER, "customer": CUSTOMER, "vendor": VENDOR, END_USER: CUSTOMER},
        {
            "users": {"partner": "AR", "customer": "R", "vendor": ""},
            "submit": {"partner": "AR", "customer": "", "vendor": ""},
            "case": {"vendor": "AR", "partner": "SI", "customer": "I"},
        },
    ),
}
"""By the name of the shipped model."""
