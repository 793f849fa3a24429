"""Several incidents on one case: what each may know of the others, and who may end the case.

Who leads is the connector's own word; all that follows from it is looked up in the world.
"""

from __future__ import annotations

from connector.sandbox.core import Deed
from connector.sandbox.judge_deeds import put_back
from connector.sandbox.judge_docket import Court, Docket
from connector.sandbox.judge_table import CASE_ENDED, RACE, TICKET_ENDED, UNITS
from connector.sandbox.judge_text import squeeze, unreferenced

_TELLING = 12  # characters: shorter texts ("ok") prove nothing by standing within another text


def judge_beside(court: Court, docket: Docket) -> None:
    """What only a case with several incidents can have wrong."""
    if len(docket.beside) == 1 or docket.incident is None or docket.case is None:
        return
    _other_incidents_texts(court, docket)
    if docket.follows:
        _only_the_case_writes(docket)
    else:
        _ended_before_the_last(docket)


def _other_incidents_texts(court: Court, docket: Docket) -> None:
    """What people said in one incident is not shown in another one, unless the vendor said it too."""
    assert docket.incident  # noqa: S101 - asked before
    assert docket.case  # noqa: S101 - asked before
    people = [i for i in (*docket.case.comments, *docket.incident.comments) if not i.ours]
    known = "\n".join(squeeze(unreferenced(item.text)) for item in people)
    ours = [
        squeeze(item.text) for item in docket.incident.comments if item.ours and not item.text.startswith(court.table.note_head)
    ]
    for one in docket.beside:
        for item in one.incident.comments if one.incident and one is not docket else ():
            key = squeeze(unreferenced(item.text))
            if not item.ours and len(key) >= _TELLING and key not in known and any(key in text for text in ours):
                docket.find("violations", f"a text of {one.number} was shown in this incident: {item.text[:40]!r}")


def _only_the_case_writes(docket: Docket) -> None:
    """An incident that follows gets no title and no priority of the case's."""
    for unit in ("title", "priority"):
        for deed in docket.deeds:
            if deed.ours and deed.field in UNITS[unit][0] and deed.at > docket.since + RACE:
                docket.find("violations", f"our user wrote the {unit} of an incident that follows another one")


def _ended_before_the_last(docket: Docket) -> None:
    """Our user ends a case only when none of its incidents is open."""
    states = [deed for deed in docket.case_deeds if deed.field in UNITS["status"][1]]
    for n, end in enumerate(states):
        if not end.ours or end.new not in CASE_ENDED or put_back(states[:n], end):  # the vendor's own end is its to have
            continue
        for one in docket.beside:
            joined = one.follows or one.since > 0
            gone = any(d.what == "delete" and d.at < end.at for d in one.deeds)
            if (not joined or one.since < end.at - RACE) and not gone and _open_all_the_time(one.deeds, end.at):
                docket.find("violations", f"our user ended the case although {one.number} was open")


def _open_all_the_time(deeds: list[Deed], at: float) -> bool:
    """Whether an incident was open at a moment, and had been for longer than a pass takes."""
    states = [d for d in deeds if d.what == "field" and d.field == "state" and d.at <= at]
    recent = [d for d in states if d.at > at - RACE]
    before = states[-len(recent) - 1 :] if recent else states[-1:]
    return bool(before) and all(d.new not in TICKET_ENDED for d in before)
