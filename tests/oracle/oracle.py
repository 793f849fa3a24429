"""The oracle: after a run it replays the log of deeds and says which writes of ours the operating model forbids.

It shares no code with the product's rules: its tables were written by hand (:mod:`tests.oracle.documents`), and what
a write was caused by is told from the deeds before it. A call that the world delivered twice is nobody's second act.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracle.documents import Document
from tests.oracle.log import Log
from tests.oracle.on_cases import CaseRules
from tests.oracle.on_tickets import TicketRules
from tests.oracle.texts import TextRules
from tests.oracle.words import CASES, TICKETS


@dataclass(frozen=True)
class Forbidden:
    """One write that the model forbids."""

    rule: str  # stable name, see ``docs`` of the rules' modules
    ticket: str  # its number
    text: str  # one sentence

    def __str__(self) -> str:
        return f"forbidden ({self.rule}) {self.ticket}: {self.text}"


def forbidden(log: Log, document: Document) -> list[Forbidden]:
    """Every write of our user that the document does not let anybody cause."""
    return list(_all(log, document))


def _all(log: Log, document: Document) -> Iterator[Forbidden]:
    saves = {TICKETS: TicketRules(log, document).hear, CASES: CaseRules(log, document).hear}
    items = TextRules(log, document)
    for ref, written in log.saves.items():
        for save in (save for save in written if save.ours and not save.again):
            for rule, text in saves[ref[0]](save):
                yield Forbidden(rule, log.numbers.get(ref, ref[1]), text)
    for deed_ref, texts in log.texts.items():
        for n, deed in texts:
            if deed.ours and not deed.again:
                for rule, text in items.hear(n, deed):
                    yield Forbidden(rule, log.numbers.get(deed_ref, deed_ref[1]), text)
    for deed in log.deeds:
        if deed.ours and deed.what in ("delete", "visibility", "merge"):
            number = log.numbers.get((deed.system, deed.ticket), deed.ticket)
            yield Forbidden(
                "takes away", number, f"our user did a {deed.what}: no row gives that to anybody but the people there"
            )
