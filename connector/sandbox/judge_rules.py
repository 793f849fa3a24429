"""Who has to have a case and who must not, by the rules that the scenario states: whatever the connector made of them."""

from __future__ import annotations

from connector.sandbox.core import Deed
from connector.sandbox.judge_docket import Court, Docket

_PARTS = 3  # #connector, a topic, words


def judge_rules(court: Court, docket: Docket) -> None:
    """What became of one incident of which the scenario says whose it is."""
    due = court.table.due.get(docket.number)
    if due is None:
        return
    if docket.cases and not due.case:
        docket.find("violations", "a case was opened, and by the rules the incident stays with its own people")
    if not docket.cases and due.case and docket.incident:
        docket.find("lost", "the incident never reached the vendor, and by the rules it is to have a case")
    if due.after and not _said_before(court, docket, due.after):
        docket.find(
            "violations", f"a case was opened before anybody of the incident's people wrote #connector {' or '.join(due.after)}"
        )
    if due.told and not _told(court, docket, due.told):
        docket.find("unexplained", f"no note of ours in the incident says {due.told!r}")


def _said_before(court: Court, docket: Docket, topics: tuple[str, ...]) -> bool:
    born = [deed.at for case in docket.cases for deed in court.case_deeds(case.ref) if deed.what == "create"]
    said = [deed.at for deed in docket.deeds if _says(deed, topics)]
    return all(any(at <= birth for at in said) for birth in born)


def _says(deed: Deed, topics: tuple[str, ...]) -> bool:
    """A person's own line in a work note, with the words that belong to it."""
    if deed.ours or deed.what != "comment" or deed.public:
        return False
    lines = [line.split(maxsplit=2) for line in (deed.new or "").splitlines()]
    return any(len(line) == _PARTS and line[0] == "#connector" and line[1] in topics for line in lines)


def _told(court: Court, docket: Docket, words: str) -> bool:
    notes = [" ".join(one.text.split()) for one in docket.incident.comments if one.ours] if docket.incident else []
    return any(note.startswith(court.table.note_head) and words in note for note in notes)
