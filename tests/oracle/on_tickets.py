"""What our user may write into the fields of a customer's ticket: only what the vendor's people caused."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.documents import CUSTOMER, VENDOR, Document
from tests.oracle.log import RACE, Log, Ref, Save
from tests.oracle.words import ASKS, CASES, ENDED, NEVER, RESOLVED, SOLVED, key

Found = Iterator[tuple[str, str]]
STATUS = ("state", "hold_reason")
PRIORITY = ("impact", "urgency", "priority")
COMPUTED = frozenset({"active", "resolved_at", "resolved_by", "closed_at", "closed_by"})  # follow from the state by themselves
LINES = frozenset({"correlation_id", "correlation_display"})


class TicketRules:
    """Judges one save of a ticket after the other."""

    def __init__(self, log: Log, document: Document) -> None:
        self.log, self.document = log, document

    def hear(self, save: Save) -> Found:
        names = save.changed.keys()
        if save.born:
            yield from self._born(save)
            return
        if any(one.born and one.ours for one in self.log.saves[save.ref]):
            yield (
                "only tells",
                f"our user wrote {', '.join(sorted(names))} of a ticket that only tells of what the vendor started",
            )
            return
        if names & set(STATUS):
            yield from self._move(save)
        if names & set(PRIORITY):
            yield from self._priority(save)
        if "short_description" in names:
            yield from self._title(save)
        for name in sorted(names & LINES):
            yield from self._line(save, name)
        for name in sorted(names - {*STATUS, *PRIORITY, *COMPUTED, *LINES, "short_description"}):
            yield "only what is carried", f"our user wrote {name}, which nothing of the vendor's may change"

    def _born(self, save: Save) -> Found:
        """A ticket of ours tells of a case that somebody of the vendor opened, and begins where nobody is mailed."""
        began = [
            one for case in self._cases(save) for one in self.log.saves[case] if one.born and not one.ours and one.n < save.n
        ]
        if not began:
            yield "opens no ticket", "our user opened a ticket in the customer's system, of nothing that the vendor started"
        elif not (self.document.may(VENDOR, "start something") and self.document.may(CUSTOMER, "be told of it")):
            yield "letters", "our user opened a ticket for what the vendor started, and no row provides for that"
        if save.after.get("state", "") in NEVER:
            yield "closing invariant", "our user opened a ticket in a state that ends it or tells the caller"

    # --- the status ----------------------------------------------------------------------------------------------

    def _move(self, save: Save) -> Found:
        before, after = save.before.get("state", ""), save.after.get("state", "")
        if self.log.restores(save, STATUS):
            return  # the customer's own value, which a write of ours had covered
        if after in NEVER and after != before:
            yield "closing invariant", f"our user set the ticket to state {after}, which ends it or tells the caller"
            return
        if before in ENDED and not self._met_unread(save):
            yield "ended stays ended", f"our user moved a ticket from state {before}, in which its people had ended it"
        if before == RESOLVED and not self._met_unread(save):
            yield "resolved stays resolved", "our user moved a ticket that level 1 had resolved"
        yield from self._asked(save)

    def _met_unread(self, save: Save) -> bool:
        """Whether the end came so late that nobody could have read it, and what we did to it was mended, or nobody could know of it.

        With one of the two tickets gone nothing about the other can be cleared up.
        """
        past = self.log.about(save.ref, STATUS, save.n)
        race = bool(past) and not past[-1].ours and save.at - past[-1].at <= RACE
        later = [one for one in self.log.saves[save.ref] if one.n > save.n and set(STATUS) & one.changed.keys()]
        forgotten = save.at <= self.log.restored <= save.at + RACE
        gone = any(self.log.gone.get(one, -RACE) > save.at - RACE for one in self.log.related(save.ref))
        return race and (bool(later) or gone or self.log.blind or forgotten)

    def _asked(self, save: Save) -> Found:
        """A move carries one of the vendor's: the case stood, or stands, in a state that asks for it."""
        shows = (save.after.get("state", ""), save.after.get("hold_reason", ""))
        shown = [
            one
            for case in self.log.across(save.ref)
            for one in self.log.lately(case, ("State",), save)
            if ASKS.get(one.after["State"]) == shows
        ]
        if not shown:
            yield "somebody moved it", f"our user moved the ticket to {shows}, and no state of its case asks for that"
        elif not any(self._by_the_vendor(one) for one in shown):
            yield "somebody moved it", f"our user moved the ticket to {shows} on the customer's own word, not on the vendor's"
        elif not self.document.may(VENDOR, "move the ticket"):
            yield "letters", "our user moved the ticket, and the vendor does not hold R on the case"
        elif {one.after["State"] for one in shown} <= SOLVED and not self.document.may(VENDOR, "call the whole task solved"):
            yield "letters", "our user gave the ticket back as solved, and the vendor does not hold A and R on the case"

    def _by_the_vendor(self, moved: Save) -> bool:
        """Whether the case's state is news for this ticket: of the vendor's people, or another ticket's doing."""
        several = sum(one[0] != CASES for one in self.log.related(moved.ref)) > 1
        return several or not moved.ours or moved.born or self.log.restores(moved, ("State",)) or self._looks_the_vendors(moved)

    def _looks_the_vendors(self, moved: Save) -> bool:
        """Whether a text of ours brought the case there over a move of the vendor's, and no history tells the two hands apart."""
        past = self.log.about(moved.ref, ("State",), moved.n)
        return self.log.blind and bool(past) and not past[-1].ours and moved.at - past[-1].at <= RACE

    # --- other fields --------------------------------------------------------------------------------------------

    def _priority(self, save: Save) -> Found:
        if self.log.restores(save, PRIORITY):
            return
        if self.document.proposals:
            wrote = {name: save.changed[name] for name in PRIORITY if name in save.changed}
            yield "priority is a proposal", f"our user wrote the ticket's priority {wrote}: the vendor's is a proposal"
        elif not self.document.may(VENDOR, "change a field"):
            yield "letters", "our user wrote the ticket's priority, and the vendor does not hold A, R or S on the case"

    def _title(self, save: Save) -> Found:
        if self.log.restores(save, ("short_description",)):
            return
        title = save.changed["short_description"]
        if not any(_says(one.changed["Title"], title) for case in self._cases(save) for one in self._theirs(case, save)):
            yield "whose value", f"our user wrote the title {title!r}, which nobody of the vendor gave the case"
        elif not self.document.may(VENDOR, "change a field"):
            yield "letters", "our user wrote the title, and the vendor does not hold A, R or S on the case"

    def _cases(self, save: Save) -> list[Ref]:
        return self.log.across(save.ref)

    def _theirs(self, case: Ref, save: Save) -> list[Save]:
        return [one for one in self.log.about(case, ("Title",), save.n) if not one.ours]

    def _line(self, save: Save, name: str) -> Found:
        numbers = [self.log.numbers[case] for case in self._cases(save) if case in self.log.numbers]
        if self.log.restores(save, (name,)) or any(number in save.changed[name] for number in numbers):
            return
        yield "whose value", f"our user wrote {save.changed[name]!r} into {name}, which names no case of this ticket"


def _says(wanted: str, title: str) -> bool:
    """Whether one title is the other, or its beginning where a field is too narrow."""
    short, long = sorted((key(wanted), key(title)), key=len)
    return short == long or (len(short) > 100 and long.startswith(short))
