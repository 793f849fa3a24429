"""Fields that our user sets in the vendor's portal with a new case alone, as a customer fills in a form: a later change is asked for."""

from __future__ import annotations

from connector.sandbox.judge_docket import Court, Docket, last_person, writes_of
from connector.sandbox.judge_table import CASE_ENDED, UNITS
from connector.sandbox.judge_text import squeeze

_SHOWN = {"title": "short_description", "priority": "priority"}


def asked_for(court: Court, docket: Docket, unit: str) -> bool:
    """Whether it is right that the case does not follow: the customer changed it last, and the vendor was asked to set it so.

    What the vendor changed later, before it was asked, crossed that. A case that ended is left alone.
    """
    if unit not in court.table.form or unit not in docket.standing or docket.incident is None or docket.case is None:
        return False
    sides = zip((docket.deeds, docket.case_deeds), UNITS[unit], strict=True)
    changed, other = (last_person(writes_of(deeds, fields)) for deeds, fields in sides)
    if changed is None:
        return False
    value = docket.incident.fields[_SHOWN[unit]]
    wanted = squeeze(value if unit == "title" else court.table.read(court.table.priorities[value]))
    said = [d for d in docket.case_deeds if d.ours and d.what == "comment" and d.at >= changed.at]
    asked = [d for d in said if (d.new or "").startswith(court.table.note_head) and wanted in squeeze(d.new or "")]
    if other is not None and other.at >= changed.at + court.table.window:
        return bool(asked) and all(d.at >= other.at for d in asked)
    return bool(asked) or docket.case.fields["State"] in CASE_ENDED
