"""Which trouble the simulated systems were told to make: only that excuses a difference or a parked item."""

from __future__ import annotations

from connector.sandbox.core import Cast, SimItem
from connector.sandbox.judge_docket import Court, Docket
from connector.sandbox.judge_table import CASE_AWAY, UNITS
from connector.sandbox.otrs import Otrs
from connector.sandbox.servicenow import ServiceNow


def content_type(cast: Cast, ref: str, item: SimItem) -> str:
    """The content type of a ticket's file, as its system stores it."""
    if isinstance(cast, ServiceNow):
        return cast.tables["sys_attachment"].rows[item.id].values["content_type"]
    if isinstance(cast, Otrs):
        articles = cast.store.tickets[int(ref)].now.articles
        return next((f.content_type for a in articles for f in a.draft.files if f"{a.id}:{f.id}" == item.id), "")
    return ""


def refuses_file(cast: Cast, item: SimItem) -> bool:
    """Whether the destination takes no such file."""
    if isinstance(cast, ServiceNow):
        _, dot, extension = item.text.rpartition(".")
        return item.size > cast.max_attachment or (
            cast.extensions is not None and (extension if dot else "").lower() not in cast.extensions
        )
    return isinstance(cast, Otrs) and item.size > cast.max_attachment


def unit_cause(court: Court, docket: Docket, unit: str) -> bool:
    """Whether the world was set up so that a unit cannot follow."""
    if court.table.excuses(unit, docket.number):
        return True
    customer, vendor = court.customer, court.vendor
    fields, case_fields = UNITS[unit]
    hampered, moves = set[str](), False
    if isinstance(vendor, Otrs):
        hampered |= case_fields & vendor.read_only
        moves = bool(vendor.refuse_states or vendor.comment_reopens)
    if isinstance(customer, ServiceNow):
        hampered |= fields & (customer.read_only | customer.hidden_fields | customer.max_length.keys())
        moves = moves or bool(customer.refuse_moves or customer.mandatory)
    return bool(hampered) or (unit == "status" and moves)


def bond_cause(court: Court, docket: Docket) -> bool:
    """Whether the world gave a reason for a whole bond to stand still: a ticket that nobody can reach any more."""
    if court.table.excuses(docket.number) or docket.incident is None:
        return True
    if isinstance(court.customer, ServiceNow) and docket.ref in court.customer.hidden:
        return True
    linked = str(docket.row["case_ref"] or "") if docket.row else ""
    if linked and linked not in court.cases:
        return True
    return docket.case is not None and docket.case.fields["State"] in CASE_AWAY
