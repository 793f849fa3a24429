"""Fields at rest: both sides say the same, and it is what the last person meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby

from connector.sandbox.core import Deed
from connector.sandbox.judge_causes import unit_cause
from connector.sandbox.judge_docket import Court, Docket, last_person, writes_of
from connector.sandbox.judge_form import asked_for
from connector.sandbox.judge_status import Values, follower_status, status
from connector.sandbox.judge_table import CASE_AWAY, RACE, UNITS, never
from connector.sandbox.judge_text import squeeze


def judge_units(court: Court, docket: Docket) -> None:
    """Judge every unit of a bond whose both tickets are there and which nobody holds or has parked."""
    if docket.incident is None or docket.case is None or docket.held or docket.parked:
        return
    if docket.case.fields["State"] in CASE_AWAY:
        return
    checks: Mapping[str, Callable[[Court, Docket, Values, Values], str]] = {
        "title": _title,
        "priority": _priority,
        "status": status,
        "case_number": _case_number,
    }
    if docket.follows:
        checks = {"status": follower_status, "case_number": _case_number}
    for unit, check in checks.items():
        wrong = check(court, docket, docket.incident.fields, docket.case.fields)
        if wrong and (_stood_from_the_start(docket, unit) or asked_for(court, docket, unit) or _set_back(court, docket, unit)):
            continue
        if wrong and not (unit in docket.standing and unit_cause(court, docket, unit)):
            docket.find("unequal", wrong)


def _stood_from_the_start(docket: Docket, unit: str) -> bool:
    """Whether the two differed when the incident came to lead this case, and no person changed either of them since."""
    if docket.follows or not docket.since or unit == "case_number":
        return False
    sides = zip(UNITS[unit], (docket.deeds, docket.case_deeds), strict=True)
    people = [last_person(writes_of(deeds, fields)) for fields, deeds in sides]
    return all(deed is None or deed.at <= docket.since for deed in people)


def _set_back(court: Court, docket: Docket, unit: str) -> bool:
    """Whether the vendor took back at once what our user had written, and it stands as not kept: no history tells the two apart."""
    if not court.table.blind or docket.standing.get(unit, {}).get("why") != "dropped":
        return False
    writes = writes_of(docket.case_deeds, UNITS[unit][1])
    if len(writes) < 2:  # noqa: PLR2004 - ours, and theirs
        return False
    mine, back = writes[-2:]
    return mine.ours and not back.ours and back.new == mine.old and back.at - mine.at <= RACE


# --- title -------------------------------------------------------------------------------------------------------


def _of_a_former_case(court: Court, writes: list[Deed], title: str) -> bool:
    """Whether the vendor's people wrote the title in a case that is gone, from which it had been carried over before."""
    carried = any(d.ours and _same_title(court, d.new or "", title) for d in writes)
    gone = [deeds for deeds in court.deeds.values() if any(d.what == "delete" for d in deeds)]
    theirs = (d for deeds in gone for d in deeds if not d.ours and d.field in UNITS["title"][1])
    return carried and any(_same_title(court, d.new or "", title) for d in theirs)


def _title(court: Court, docket: Docket, incident: Values, case: Values) -> str:
    ours, theirs = incident["short_description"], case["Title"]
    if not _same_title(court, ours, theirs):
        return f"the titles differ: {ours!r} here, {theirs!r} in the case"
    fields, case_fields = UNITS["title"]
    writes = (writes_of(docket.deeds, fields), writes_of(docket.case_deeds, case_fields))
    last = [last_person(side) for side in writes]
    written = [deed for deed in last if deed is not None]
    fitting = [deed for deed in written if _same_title(court, deed.new or "", ours)]
    if not written or (len(fitting) == len(written)):
        return ""
    if not fitting:
        told = _of_a_former_case(court, writes[0], ours)
        return "" if told else f"the title {ours!r} is not what any person wrote last"
    newest = max(written, key=lambda deed: deed.at)
    if newest in fitting or _crossed(court, fitting[0], newest, writes):
        return ""
    return f"the title {newest.new!r}, which {newest.who} wrote last, was overwritten by {ours!r}"


def _same_title(court: Court, customer: str, vendor: str) -> bool:
    short, long = sorted((squeeze(customer or court.table.no_title), squeeze(vendor)), key=len)
    if short == long:
        return True
    # One of the systems was too narrow for it: what is there must be its beginning.
    narrow = min(len(customer), len(vendor)) >= min(court.table.title_max) - 2
    return narrow and long.startswith(short.rstrip("…"))


def _crossed(court: Court, stands: Deed, newest: Deed, writes: tuple[list[Deed], list[Deed]]) -> bool:
    """Whether the newer value was written before its author could see the one that stands."""
    if newest.at - stands.at < court.table.window:
        return True
    unseen = RACE if court.table.blind else 0.0  # who wrote first nobody can tell then, if our write was not answered
    carried = (d for side in writes for d in side if d.ours and d.system == newest.system and d.at < newest.at - unseen)
    return not any(squeeze(d.new or "") == squeeze(stands.new or "") for d in carried)


# --- priority ----------------------------------------------------------------------------------------------------


def _priority(court: Court, docket: Docket, incident: Values, case: Values) -> str:
    wanted = court.table.priorities.get(incident["priority"])
    fields, case_fields = UNITS["priority"]
    customer, vendor = writes_of(docket.deeds, fields), writes_of(docket.case_deeds, case_fields)
    last_customer, last_vendor = last_person(_without_excursion(customer, court.table.window)), last_person(vendor)
    when = last_customer.at if last_customer else never()
    vendor_last = last_vendor is not None and last_vendor.at >= when
    newest = customer[-1] if customer else None
    if newest and newest.ours and not vendor_last and last_customer and newest.at - last_customer.at > court.table.window:
        return "the customer's own priority was overwritten although the vendor had not changed it since"
    crossed = last_vendor is not None and abs(last_vendor.at - when) < court.table.window
    news = vendor_last or crossed or (last_vendor is not None and _said_nothing(docket, customer, last_vendor, when))
    if case["Priority"] == wanted or (news and "priority" in docket.standing):
        return ""
    return f"the case has priority {case['Priority']!r} where the customer's {incident['priority']} asks for {wanted!r}"


def _said_nothing(docket: Docket, writes: list[Deed], moved: Deed, when: float) -> bool:
    """Whether the customer's fields mean the same since the vendor's change, of which no note of ours had told when they were changed."""
    notes = (d for d in docket.deeds if d.ours and d.what == "comment" and moved.at <= d.at < when)
    told = any((moved.new or "") in (d.new or "") for d in notes)
    return not told and not any(d.field == "priority" and d.at > moved.at for d in writes)


def _without_excursion(deeds: list[Deed], window: float) -> list[Deed]:
    """Without what a person set and set back within a short time, since it may never have been seen."""
    saves = [list(save) for _, save in groupby(deeds, lambda deed: (deed.at, deed.ours))]
    shown: list[dict[str, str | None]] = [{}]
    for save in saves:
        shown.append({**shown[-1], **{deed.field: deed.new for deed in save}})
    while len(saves) > 1 and shown[-1] == shown[-3]:
        there, back = saves[-2][0], saves[-1][0]
        if there.ours or back.ours or back.at - there.at >= window:
            break
        del saves[-2:], shown[-2:]
    return [deed for save in saves for deed in save]


# --- case number -------------------------------------------------------------------------------------------------


def _case_number(_court: Court, docket: Docket, incident: Values, _case: Values) -> str:
    number = docket.case.number if docket.case else ""
    if incident["correlation_id"] == number:
        return ""
    last = writes_of(docket.deeds, UNITS["case_number"][0])
    if last and not last[-1].ours and "case_number" in docket.standing:
        return ""  # a person wrote something else there; the connector does not take it away
    return f"correlation_id is {incident['correlation_id']!r}, the case's number {number!r}"
