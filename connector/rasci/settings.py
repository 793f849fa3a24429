"""The settings that a model may give. No source document has them, so every default is ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.rasci.calendars import Calendar, NotACalendar
from connector.rasci.source import Located, Reader

ON, OFF = "on", "off"
NOT_GIVEN = ""
"""Value of a setting that must be entered, and is not."""

PARTIES = ("vendor", "customer", "partner")


@dataclass(frozen=True)
class Known:
    """One setting: what it decides, its default, and what may stand there.

    ``choices``: one of these words. ``unit``: a whole number from 1 of these. Both: a word or a number. Neither: some text.
    A default of "" means that there is none: it must be entered where it is needed.
    """

    default: str | int
    meaning: str
    choices: tuple[str, ...] = ()
    unit: str = ""
    used: bool = False  # whether the engine acts on it today
    check: Callable[[str], object] | None = None  # reads a text that has a form; raises NotACalendar where it has another

    def read(self, reader: Reader, at: Located) -> str | int:
        """The value; a wrong one is reported."""
        word = self._word(at.value)
        if self.unit and word not in self.choices:
            return reader.number(at)
        return reader.one_of(at, word, self.choices) if self.choices else self._text(reader, at)

    def _text(self, reader: Reader, at: Located) -> str:
        text = reader.text(at)
        try:
            if text and self.check:
                self.check(text)
        except NotACalendar as wrong:
            reader.report(at, wrong.message, wrong.remedy)
            return NOT_GIVEN
        return text

    def _word(self, value: object) -> object:
        """YAML reads a bare `on` and `off` as yes and no."""
        word = {True: ON, False: OFF}[value] if isinstance(value, bool) else value
        return word if word in self.choices else value

    def schema(self) -> dict[str, Any]:
        kinds: list[dict[str, Any]] = []
        if self.unit:
            kinds.append({"type": "integer", "minimum": 1})
        if self.choices:
            kinds.append({"enum": [*self.choices, *(value for value in (True, False) if self._word(value) is not value)]})
        value = {"anyOf": kinds} if kinds else {"type": "string"}
        return {
            "type": "object",
            "description": f"{self.meaning}. Default: {self.default or 'none, it must be entered'}{f' ({self.unit})' if self.unit else ''}",
            "additionalProperties": False,
            "required": ["value", "source"],
            "properties": {"value": value, "source": {"type": "string"}},
        }


KNOWN: Mapping[str, Known] = {
    # priority
    "priority.authority": Known("customer", "whose change of the priority travels at once", ("customer", "vendor"), used=True),
    "priority.after_vendor_change": Known(
        "proposal",
        "a priority changed by the party without authority is shown as a proposal, or applied",
        ("proposal", "apply"),
        used=True,
    ),
    # a P1
    "p1.on_incomplete": Known("send_with_gaps", "a P1 whose evidence is incomplete", ("send_with_gaps",), used=True),
    "p1.on_unauthorised": Known(
        "tell_roster_and_hold", "a P1 that somebody without authority wants to submit", ("tell_roster_and_hold",), used=True
    ),
    "p1.on_portal_down": Known(
        5, "how long the portal may be silent to a P1 until people are told to phone", unit="minutes", used=True
    ),
    "p1.call_confirmed_by": Known("roster_member", "whose word confirms the call", ("roster_member",), used=True),
    "p1.reminder_every": Known(
        15, "how often a call that is owed is called to mind, beginning at once", unit="minutes", used=True
    ),
    "p1.reminders": Known(4, "how many reminders, until the service manager is told", unit="reminders", used=True),
    "p1.response_watch": Known(
        OFF, "when a missing response to a P1 is told; the contract has the figure", (OFF,), "minutes", used=True
    ),
    # whose hours count
    "calendars.customer": Known(
        NOT_GIVEN,
        "time zone and office hours of the customer, such as Europe/Amsterdam Mo-Fr 08:00-17:00",
        check=Calendar.of,
        used=True,
    ),
    "calendars.vendor": Known(NOT_GIVEN, "time zone and office hours of the vendor", check=Calendar.of, used=True),
    "calendars.partner": Known(NOT_GIVEN, "time zone and office hours of the partner", check=Calendar.of, used=True),
    # the end of a case
    "vendor_solved.customer_state": Known(
        "awaiting_confirmation", "where the customer's ticket goes when the vendor solves", ("awaiting_confirmation",), used=True
    ),
    "solved.unanswered": Known(
        3, "until a solution that nobody answers is called to mind; then weekly; it never closes", unit="working days", used=True
    ),
    "solved.at": Known(
        "vendor_solved", "when a fix that comes with a version counts as solved", ("vendor_solved", "release"), used=True
    ),
    "reopen.window": Known(14, "in which a case can be reopened, from the customer's close", unit="days", used=True),
    "vendor_rejects_case": Known("back_to_l1", "where it goes when the vendor cancels the case", ("back_to_l1",), used=True),
    "customer_close_unsolved": Known(
        "withdrawal_note",
        "what the vendor gets when the customer ends a ticket that is not solved",
        ("withdrawal_note",),
        used=True,
    ),
    "close_by_caller": Known(
        "l1_confirms", "an end user's own closing waits for level 1, or is refused", ("l1_confirms", "refuse"), used=True
    ),
    "close_by_auto_job": Known(
        "as_customer",
        "a close by the ITSM's own job counts as the customer's, marked as nobody's, or waits for level 1",
        ("as_customer", "l1_confirms"),
        used=True,
    ),
    "close_by_others": Known(
        "as_customer",
        "a close by staff who are not among those who speak to users counts as the customer's, marked so, or waits for level 1",
        ("as_customer", "l1_confirms"),
        used=True,
    ),
    # root cause analyses
    "rca.trigger": Known("solved", "what makes it owed", ("solved", "closed"), used=True),
    "rca.p1_basis": Known("any_time", "which cases count as P1", ("any_time", "at_solution"), used=True),
    "rca.cause_decided_by": Known(
        "customer_vendor_may_object", "who says what the cause was", ("customer_vendor_may_object",), used=True
    ),
    "rca.mixed": Known(
        "customer_leads", "who leads where the cause is mixed; the other supports", ("customer_leads", "vendor_leads"), used=True
    ),
    "rca.due": Known(10, "until it is due; a reminder comes at half", unit="working days", used=True),
    # asking, holding, submitting
    "answer.reminder": Known(
        2,
        "until a question or a wish for access that nobody answers is called to mind; then weekly",
        unit="working days",
        used=True,
    ),
    "consult.window": Known(5, "until silence lets the accountable party go on", unit="working days", used=True),
    "hold.override": Known("roster_member_with_reason", "who may send what is held", ("roster_member_with_reason",), used=True),
    "hold.limit": Known(1, "until the lead of level 1 is told of what is held", unit="working days", used=True),
    "submitter_is": Known("actor_of_trigger", "whose act submits a case", ("actor_of_trigger", "assignee"), used=True),
    # tickets that the vendor begins, and cases of several tickets
    "information_tickets.maintenance": Known(ON, "tell of maintenance by one ticket per system and window", (ON, OFF), used=True),
    "information_tickets.new_versions": Known(ON, "tell of a release by one ticket", (ON, OFF), used=True),
    "information_tickets.alarms": Known(OFF, "tell of alarms by one ticket per system and window", (ON, OFF), used=True),
    "information_tickets.window": Known(
        24, "how long one ticket tells of all that comes on one system; of a release, always", unit="hours", used=True
    ),
    "shared_case.close": Known("with_last_ticket", "when a case of several tickets is closed", ("with_last_ticket",), used=True),
    "shared_case.priority": Known(
        "highest",
        "the priority of a case of several tickets: the vendor is told of the highest where it is not the lead's, or the lead's alone counts",
        ("highest", "lead"),
        used=True,
    ),
    # states of affairs
    "backup.max_age": Known(OFF, "how old a backup of the configuration may be", (OFF,), "days", used=True),
    "version.unsupported": Known("remark", "what a case on an unsupported version gets", ("remark", "hold"), used=True),
    "training.max_age": Known(OFF, "how long ago training may be", (OFF,), "days", used=True),
    # levels
    "procedure.page": Known(
        NOT_GIVEN, "address of the page with the rules for a request of level 1; the note to level 1 names it", used=True
    ),
    "level4.owner": Known(NOT_GIVEN, "the party that staffs level 4, where the document names none", PARTIES, used=True),
}

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: known.schema() for name, known in KNOWN.items()},
}
