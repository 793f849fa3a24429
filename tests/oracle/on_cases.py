"""What our user may write into the fields of a vendor's case: only what the customer's people caused."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.documents import CUSTOMER, Document
from tests.oracle.log import RACE, Log, Ref, Save
from tests.oracle.on_tickets import PRIORITY, STATUS, _says
from tests.oracle.words import ANSWERABLE, AT_VENDOR, CASE_ENDED, CLOSED, ENDED, NEVER, PRIORITIES, REJECTED, SOLVED, TICKETS

Found = Iterator[tuple[str, str]]
OURS = frozenset({"RealTillTimeNotUsed", "DynamicField_ConnectorMarker"})  # follow from a state, or are the connector's own


class CaseRules:
    """Judges one save of a case after the other."""

    def __init__(self, log: Log, document: Document) -> None:
        self.log, self.document = log, document

    def hear(self, save: Save) -> Found:
        names = save.changed.keys()
        if save.born:
            yield from self._opened(save)
            return
        if self.log.only_joined(save.ref):
            yield "only chosen findings", f"our user wrote {', '.join(sorted(names))} of a case that no ticket has"
            return
        if "State" in names:
            yield from self._move(save)
        if "Priority" in names:
            yield from self._priority(save)
        if "Title" in names:
            yield from self._title(save)
        if "DynamicField_CustomerReference" in names:
            yield from self._reference(save)
        for name in sorted(names - {*OURS, "State", "Priority", "Title", "DynamicField_CustomerReference"}):
            yield "only what is carried", f"our user wrote {name} of the case, which nothing of the customer's may change"

    # --- a new case ----------------------------------------------------------------------------------------------

    def _opened(self, save: Save) -> Found:
        number = save.changed.get("DynamicField_CustomerReference", "")
        ticket = next((ref for ref, name in self.log.numbers.items() if name == number and ref[0] == TICKETS), None)
        if ticket is None:
            yield "for whom", f"our user opened a case for {number or 'nobody'}: there is no such ticket"
            return
        if not self.document.may(CUSTOMER, "open a case"):
            yield "letters", f"our user opened a case for {number}, and nobody in the customer's system holds R on submitting"
        if self._asked(ticket, save.n):
            return  # a person involves the vendor by a word: the ticket need not be handed over for that
        past = self.log.about(ticket, (*STATUS, "assignment_group"), save.n)
        if not any(not one.ours and _hands_over(one.after) for one in past):
            yield "who submits", f"our user opened a case for {number}, which nobody of the customer had handed over"
        elif not any(_hands_over(one.after) for one in self.log.lately(ticket, (*STATUS, "assignment_group"), save)):
            yield "who submits", f"our user opened a case for {number} after its people had taken it back or ended it"
        if save.changed.get("State", "new") != "new":
            yield "the vendor takes it up", f"our user opened a case in state {save.changed['State']!r}"

    def _asked(self, ticket: Ref, n: int) -> bool:
        """Whether somebody wrote the line that asks the vendor (reading, setting ``consult``: a person's deliberate act)."""
        notes = (deed for at, deed in self.log.texts.get(ticket, ()) if at < n and not deed.ours and not deed.public)
        lines = (line.lower().split() for deed in notes for line in (deed.new or "").splitlines())
        return any(line[:1] == ["#connector"] and line[1:2] in (["consult"], ["support"]) and line[2:] for line in lines)

    # --- the status ----------------------------------------------------------------------------------------------

    def _move(self, save: Save) -> Found:
        if self._provoked(save) or self.log.restores(save, ("State",)):
            return  # the portal's own doing, or a value of the vendor's brought back
        to, stood = save.changed["State"], self._stood(save)
        if to == "open":
            yield from self._answer(save, stood)
        elif to == "closed successful":
            yield from self._close(save, stood)
        elif to in SOLVED:
            yield "declares nothing solved", f"our user set the case to {to!r}: only who works on it declares it solved"
        elif to == REJECTED:
            yield "cancels nothing", "our user cancelled the case: a withdrawal is a note, the case is the vendor's to end"
        else:
            yield "moves by answering", f"our user set the case to {to!r}: the customer moves it by answering alone"

    def _provoked(self, save: Save) -> bool:
        """Whether the portal itself moved the case because our text came in."""
        said = (deed for _, deed in self.log.texts.get(save.ref, ()) if deed.ours and deed.what == "comment")
        return save.changed["State"] == "open" and any(deed.at == save.at for deed in said)

    def _stood(self, save: Save) -> set[str]:
        """The states that the case may have been read in; what a text of ours provoked lately does not count for itself."""
        return {one.after["State"] for one in self.log.lately(save.ref, ("State",), save)}

    def _answer(self, save: Save, stood: set[str]) -> Found:
        if not self._shown(save, AT_VENDOR):
            yield "somebody answered", "our user moved the case to 'open', and no ticket of it was given back to the vendor"
        elif not stood & ANSWERABLE:
            yield "nobody waits for an answer", f"our user moved the case from {', '.join(sorted(stood))} to 'open'"
        elif not self.document.may(CUSTOMER, "answer on the case"):
            yield "letters", "our user answered on the case, and nobody in the customer's system may"

    def _shown(self, save: Save, wanted: tuple[str, str]) -> bool:
        """Whether a ticket of the case stood so, by its own people's hand, when it may have been read."""
        return any(
            (one.after.get("state"), one.after.get("hold_reason")) == wanted and not self._carried(one)
            for ticket in self.log.across(save.ref)
            for one in self.log.lately(ticket, STATUS, save)
        )

    def _carried(self, one: Save) -> bool:
        """Whether our user brought this to the ticket from its case; what it only brought back is its people's."""
        return one.ours and not one.again and not self.log.restores(one, STATUS)

    def _close(self, save: Save, stood: set[str]) -> Found:
        tickets = self.log.across(save.ref)
        lately = [one for ticket in tickets for one in self.log.lately(ticket, STATUS, save)]
        if not any(one.after.get("state") == CLOSED for one in lately):
            yield "somebody closed", "our user closed the case, and no ticket of it was closed by its people"
        elif not stood & (SOLVED | {"closed successful"}):
            yield "only a solved case", f"our user closed a case that stood at {', '.join(sorted(stood))}: it was not solved"
        elif open_ones := [ticket for ticket in tickets if self._still_open(ticket, save)]:
            names = ", ".join(self.log.numbers.get(ticket, ticket[1]) for ticket in open_ones)
            yield "with the last ticket", f"our user closed the case although {names} on it was open"
        elif not self.document.may(CUSTOMER, "end a solved case"):
            yield "letters", "our user closed the case, and nobody in the customer's system holds R on closing"

    def _still_open(self, ticket: Ref, save: Save) -> bool:
        """Whether a ticket that had been on this very case for a while was open all the time."""
        told = [one for one in self.log.about(ticket, ("correlation_id",), save.n) if one.ours]
        here = bool(told) and told[-1].changed["correlation_id"] == self.log.numbers[save.ref]
        joined = here and told[-1].at < save.at - RACE
        gone = self.log.gone.get(ticket, save.at) < save.at
        return joined and not gone and all(one.after.get("state") not in ENDED for one in self.log.lately(ticket, STATUS, save))

    # --- other fields --------------------------------------------------------------------------------------------

    def _priority(self, save: Save) -> Found:
        """Each write carries a change of the customer's that none before it carried: nothing is ever written back over."""
        if self.log.restores(save, ("Priority",)):
            return
        wanted = save.changed["Priority"]
        lately = [(t, one) for t in self.log.across(save.ref) for one in self.log.lately(t, PRIORITY, save)]
        fits = [t for t, one in lately if PRIORITIES.get(one.after.get("priority", "")) == wanted]
        if not fits:
            yield "whose value", f"our user set the case's priority to {wanted!r}, which no ticket of it has"
        elif not any(self._news(save, ticket) for ticket in fits):
            yield "never written back", f"our user set the case's priority to {wanted!r} again: no customer had changed it since"
        elif not self.document.may(CUSTOMER, "change a field"):
            yield "letters", "our user set the case's priority, and nobody in the customer's system holds A, R or S on it"

    def _news(self, save: Save, ticket: Ref) -> bool:
        """Whether the customer changed its priority after our user had carried it the last time, or crossed that."""
        past = self.log.about(save.ref, ("Priority",), save.n)
        ours = [one for n, one in enumerate(past) if one.ours and not one.again and self._seen(one, past[n + 1 :])]
        last = ours[-1] if ours else None
        theirs = [one for one in self.log.about(ticket, PRIORITY, save.n) if not one.ours]
        return last is None or any(
            one.at > last.at
            or (one.at > last.at - RACE and PRIORITIES.get(one.after.get("priority", "")) != last.changed["Priority"])
            for one in theirs
        )

    @staticmethod
    def _seen(write: Save, later: list[Save]) -> bool:
        """Whether a write of ours stood long enough to be known of: a lost answer and a quick change look like no write."""
        return not later or later[0].ours or later[0].at - write.at > RACE

    def _title(self, save: Save) -> Found:
        if self.log.restores(save, ("Title",)):
            return
        title, tickets = save.changed["Title"], self.log.across(save.ref)
        theirs = [one for t in tickets for one in self.log.about(t, ("short_description",), save.n) if not one.ours]
        if not any(_says(one.after["short_description"] or "(no title)", title) for one in theirs):
            yield "whose value", f"our user wrote the title {title!r}, which nobody of the customer gave the ticket"
        elif not self.document.may(CUSTOMER, "change a field"):
            yield "letters", "our user wrote the case's title, and nobody in the customer's system holds A, R or S on it"

    def _reference(self, save: Save) -> Found:
        number = save.changed["DynamicField_CustomerReference"]
        numbers = [self.log.numbers.get(ticket) for ticket in self.log.across(save.ref)]
        if number not in numbers and not self.log.restores(save, ("DynamicField_CustomerReference",)):
            yield "whose value", f"our user wrote the customer's number {number!r}, which is no ticket of this case"


def _hands_over(values: dict[str, str]) -> bool:
    """Whether a ticket with these values is the vendor's to work on: on hold for the vendor, or in a group of the vendor's."""
    meant = values.get("hold_reason") == AT_VENDOR[1] or "vendor" in values.get("assignment_group", "").casefold()
    return meant and values.get("state") not in NEVER


__all__ = ["CASE_ENDED", "CaseRules"]
