"""Which trouble the simulated systems were told to make: only that excuses a difference or a parked item."""

from __future__ import annotations

from connector.sandbox.judge_docket import Court, Docket
from connector.sandbox.judge_table import CASE_AWAY, UNITS


def unit_cause(court: Court, docket: Docket, unit: str) -> bool:
    """Whether the world was set up so that a unit cannot follow."""
    if court.table.excuses(unit, docket.number):
        return True
    sides = tuple(zip((court.customer, court.vendor), UNITS[unit], strict=True))
    if any(fields & witness.hampered() for witness, fields in sides):
        return True
    return unit == "status" and any(witness.hampers_moves() for witness, _ in sides)


def bond_cause(court: Court, docket: Docket) -> bool:
    """Whether the world gave a reason for a whole bond to stand still: a ticket that nobody can reach any more."""
    if court.table.excuses(docket.number) or docket.incident is None:
        return True
    if docket.ref in court.customer.hidden:
        return True
    linked = str(docket.row["case_ref"] or "") if docket.row else ""
    if linked and linked not in court.cases:
        return True
    return docket.case is not None and docket.case.fields["State"] in CASE_AWAY
