"""Who has to have a case and who must not, by the rules that the scenario states: whatever the connector made of them."""

from __future__ import annotations

from connector.sandbox.core import Deed
from connector.sandbox.judge_docket import Court, Docket

_STATEMENT = "#connector statement "
_OVERRIDE = "#connector submit "


def judge_rules(court: Court, docket: Docket) -> None:
    """What became of one incident of which the scenario says whose it is."""
    due = court.table.due.get(docket.number)
    if due is None:
        return
    if docket.cases and not due.case:
        docket.find("violations", "a case was opened, and by the rules the incident stays with its own people")
    if not docket.cases and due.case and docket.incident:
        docket.find("lost", "the incident never reached the vendor, and by the rules it is to have a case")
    if due.statement and not _stated_before(court, docket):
        docket.find("violations", "a case was opened before anybody had stated that the issue is the application's")
    if due.told and not _told(court, docket, due.told):
        docket.find("unexplained", f"no note of ours in the incident says {due.told!r}")


def _stated_before(court: Court, docket: Docket) -> bool:
    born = [deed.at for case in docket.cases for deed in court.case_deeds(case.ref) if deed.what == "create"]
    said = [deed.at for deed in docket.deeds if _states(deed)]
    return all(any(at <= birth for at in said) for birth in born)


def _states(deed: Deed) -> bool:
    """A person's own word in a work note, with the reason that belongs to it."""
    if deed.ours or deed.what != "comment" or deed.public:
        return False
    lines = [" ".join(line.split()).casefold() + " " for line in (deed.new or "").splitlines()]
    return any(line.startswith(sign) and line.strip() != sign.strip() for line in lines for sign in (_STATEMENT, _OVERRIDE))


def _told(court: Court, docket: Docket, words: str) -> bool:
    notes = [" ".join(one.text.split()) for one in docket.incident.comments if one.ours] if docket.incident else []
    return any(note.startswith(court.table.note_head) and words in note for note in notes)
