"""Where a ticket of each row goes: handed over together in one company, looked at one by one."""

from __future__ import annotations

from dataclasses import dataclass

from tests.installed.house import STATEMENT, House

CASE, STAYS = "case", "stays"


@dataclass(frozen=True)
class Handed:
    """A ticket about a row or system, and what is to stand in both systems soon afterwards."""

    row: str  # of the table, or the clause
    about: str  # the topic; with a colon: a system
    stands: str
    told: str = ""  # words of the note to level 1
    task: str = ""  # the row that the connector names, where it is another than the topic

    @property
    def name(self) -> str:
        return f"{self.row}: {self.about}"


def hand_over(house: House, tickets: list[Handed]) -> dict[str, str]:
    """All at once, each with a statement, so that nothing but whose it is decides. Answers the ticket of each."""
    refs = {}
    for one in tickets:
        system, _, _ = one.about.partition(":")
        given = {} if one.about.endswith(":") else {"subcategory": one.about}
        refs[one.name] = house.opens(f"{system}: broken", **given)
        house.notes(refs[one.name], STATEMENT)
    house.wait(90.0)
    return refs


def look(house: House, ref: str, one: Handed) -> None:
    """The vendor's portal, the ticket's notes, and beside them the connector's own account."""
    number = house.ticket(ref).number
    cases = [case for case in house.cases() if case.fields["DynamicField_CustomerReference"] == number]
    assert len(cases) == (one.stands == CASE)
    assert house.ticket(ref).fields["state"] == "3"
    notes = " ".join(house.told(ref))
    assert one.told in notes
    row = house.row(ref)
    assert bool(row["held"]) == (one.stands == STAYS)
    if one.stands == CASE:
        assert cases[0].fields["CustomerUserID"] == "lena@acme"
    told = [line.ruling["task"] for line in house.story(ref).told() if line.ruling]
    assert (one.task or one.about) in told
