"""What our user may say and attach: copies of what was meant for the other side, and its own notes to staff."""

from __future__ import annotations

from collections.abc import Iterator

from connector.sandbox.core import Deed
from tests.oracle.documents import CUSTOMER, VENDOR, Document
from tests.oracle.log import Log, Ref
from tests.oracle.words import CASES, ENDED, NOTE, TICKETS, WITHDRAWN, channelled, copied, key

Found = Iterator[tuple[str, str]]
NO_TEXT = key("(no text)")


class TextRules:
    """Judges one comment or file after the other."""

    def __init__(self, log: Log, document: Document) -> None:
        self.log, self.document = log, document

    def hear(self, n: int, deed: Deed) -> Found:
        ref = (deed.system, deed.ticket)
        if deed.what == "file":
            yield from self._file(n, ref, deed)
        elif deed.system == TICKETS:
            yield from self._on_ticket(n, ref, deed)
        elif not self._describes(n, ref) and not self._carries_a_file(ref, deed):
            yield from self._on_case(n, ref, deed)

    # --- to the customer -----------------------------------------------------------------------------------------

    def _on_ticket(self, n: int, ref: Ref, deed: Deed) -> Found:
        text = deed.new or ""
        if deed.public and not self.document.may(VENDOR, "speak to end users"):
            yield "speaks to nobody", f"our user wrote a comment that end users read: {_short(text)}"
            return
        if text.startswith(NOTE):
            return
        if copied(text) not in self._said_by_the_vendor(n, ref):
            yield "meant for the other side", f"our user carried a text that the vendor did not show the customer: {_short(text)}"
        elif not self.document.may(VENDOR, "write a text"):
            yield "letters", "our user carried a text of the vendor, which has an empty cell on the case"

    def _said_by_the_vendor(self, n: int, ref: Ref) -> set[str]:
        """The articles of people that the customer could see at some time before, on its case or on a task that it joined."""
        cases = {*self.log.across(ref), *self.log.joined(ref, n)}
        articles = (one for case in cases for one in self.log.texts.get(case, ()))
        return {
            key(deed.new or "") or NO_TEXT
            for _, deed in articles
            if deed.what == "comment" and not deed.ours and self.log.shown.get(deed.item, n) < n
        }

    # --- to the vendor -------------------------------------------------------------------------------------------

    def _describes(self, n: int, ref: Ref) -> bool:
        """Whether this is a new case's first text, which its fields make up."""
        first = self.log.texts[ref][0][0]
        return n == first and self.log.saves[ref][0].born and self.log.saves[ref][0].ours

    def _carries_a_file(self, ref: Ref, deed: Deed) -> bool:
        """Whether the article only carries a file, which is judged as one."""
        return any(one.what == "file" and one.item.partition(":")[0] == deed.item for _, one in self.log.texts[ref])

    def _on_case(self, n: int, ref: Ref, deed: Deed) -> Found:
        text = deed.new or ""
        if self.log.only_joined(ref):
            yield from self._finding(n, ref, deed)
        elif text.startswith(NOTE):
            yield from self._note(n, ref, deed)
        elif copied(text) not in self._said_by_the_customer(n, ref):
            yield (
                "meant for the other side",
                f"our user carried a text that the customer did not say to the vendor: {_short(text)}",
            )
        elif not self.document.may(CUSTOMER, "write a text"):
            yield "letters", "our user carried a text of the customer, whose people may not write on the case"

    def _said_by_the_customer(self, n: int, ref: Ref) -> set[str]:
        """Public comments, and the work notes that begin with the channel's word."""
        said = set[str]()
        for ticket in self.log.across(ref):
            for at, deed in self.log.texts.get(ticket, ()):
                text = (deed.new or "") if deed.public else channelled(deed.new or "")
                if at < n and deed.what == "comment" and not deed.ours and text is not None:
                    said.add(key(text) or NO_TEXT)
        return said

    def _finding(self, n: int, ref: Ref, deed: Deed) -> Found:
        """A case of no ticket of ours: what somebody chose for it by a line is all that may go there (004, step 6)."""
        text = key(deed.new or "")
        if (deed.public and not self.log.open_desk) or not any(key(words) in text for words in self.log.findings(ref, n)):
            yield "only chosen findings", f"our user wrote on a task what nobody had chosen for it: {_short(deed.new or '')}"

    def _note(self, n: int, ref: Ref, deed: Deed) -> Found:
        if deed.public and not self.log.open_desk:
            yield "notes are for staff", f"our user showed its own note to the customer: {_short(deed.new or '')}"
        ended = [
            one
            for ticket in self.log.across(ref)
            for one in self.log.about(ticket, ("state",), n)
            if not one.ours and one.after.get("state") in {*ENDED, "6"}
        ]
        if WITHDRAWN in (deed.new or "") and not ended:
            yield "somebody withdrew", "our user asked the vendor to stop, and no ticket of the case was ended by its people"

    # --- files ---------------------------------------------------------------------------------------------------

    def _file(self, n: int, ref: Ref, deed: Deed) -> Found:
        side = VENDOR if deed.system == TICKETS else CUSTOMER
        if deed.system == CASES and self.log.only_joined(ref):
            yield "only chosen findings", f"our user put a file into a task that was only joined: {deed.new!r}"
            return
        given = {
            one.new
            for other in self.log.across(ref)
            for at, one in self.log.texts.get(other, ())
            if at < n and one.what == "file" and not one.ours and self._open(one, n)
        }
        if deed.new not in given:
            yield "meant for the other side", f"our user carried a file that was not shown to the other side: {deed.new!r}"
        elif not self.document.may(side, "write a text"):
            yield "letters", f"our user carried a file of the {side}, whose people may not write on the case"

    def _open(self, file: Deed, n: int) -> bool:
        """A portal's file is as visible as its article; a ticket's files are the mapping's channel by themselves."""
        return file.system != CASES or self.log.shown.get(file.item.partition(":")[0], n) < n


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return repr(plain if len(plain) <= 60 else plain[:59] + "…")
