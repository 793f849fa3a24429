"""Whether a party may change the status over there. The closing invariant has been asked before."""

from __future__ import annotations

from connector.rasci.hearing import ASK_AND_ANSWER, OWN_VALUE, Hearing
from connector.rasci.ladder import Gate
from connector.rasci.table import Letter
from connector.words import ENDED, Party, Phase, Ruling

_ANSWERED = frozenset({Phase.WAITING_CUSTOMER, Phase.SOLVED, Phase.CLOSED})
_WEIGHT = (
    Phase.CANCELLED,
    Phase.CLOSED,
    Phase.SOLVED,
    Phase.WAITING_THIRD_PARTY,
    Phase.WAITING_CUSTOMER,
    Phase.NEW,
    Phase.WORKING,
)


def judge_move(hearing: Hearing) -> Ruling:
    if hearing.at_home:
        return hearing.allow(Gate.WORK, f"This restores a status that {hearing.actor} set in its own system.", OWN_VALUE)
    return _on_ticket(hearing) if hearing.to_customer else _on_case(hearing)


def _on_ticket(hearing: Hearing) -> Ruling:
    """A move of the customer's ticket by somebody else: for the party that works on the case (R)."""
    change = hearing.change
    if change.now in ENDED:
        return hearing.refuse(Gate.SPEAK, "The customer has ended this ticket; only its own staff may open it again.")
    if not hearing.has(Gate.WORK, Letter.R):
        return hearing.lacking(Gate.WORK, "R", "move the ticket")
    if change.to is Phase.SOLVED and not hearing.has(Gate.WORK, Letter.A):
        return hearing.lacking(Gate.WORK, "A and R", "declare the whole task solved")
    if change.source is Phase.SOLVED and change.unreleased and hearing.model.setting("solved.at") == "release":
        reason = "Solved, and not released yet: the ticket stays where it is until the release."
        return hearing.hold(Gate.WORK, reason, hearing.by_setting("solved.at"))
    return hearing.allow(Gate.WORK, _arrival(hearing), _asked(hearing) if change.source is Phase.WAITING_CUSTOMER else "")


def _asked(hearing: Hearing) -> str:
    """By what right the customer's side is asked for help: it holds S, or works on it too; else by the floor."""
    return hearing.received({Letter.S: "helps when asked", Letter.R: "works on it too"}) or ASK_AND_ANSWER


def _arrival(hearing: Hearing) -> str:
    match hearing.change.source:
        case Phase.SOLVED | Phase.CLOSED if hearing.has(Gate.WORK, Letter.A):
            return f"Solved by {hearing.actor}: the ticket goes back to level 1, awaiting confirmation."
        case Phase.SOLVED | Phase.CLOSED:
            return f"The part of {hearing.actor} is done: the ticket goes back to level 1, awaiting confirmation."
        case Phase.CANCELLED:
            return f"Rejected by {hearing.actor}: the ticket is returned to level 1 with the reason."
        case _:
            return f"Working on the case and saying how it stands is for {hearing.actor} to do."


def _on_case(hearing: Hearing) -> Ruling:
    """A move of the vendor's case by somebody else: an answer or an ending, nothing more."""
    meaning = _meaning(hearing)
    if meaning in ENDED:
        return _end(hearing, meaning)
    if meaning is Phase.WORKING:
        return _answer(hearing)
    if meaning is None:
        return hearing.refuse(Gate.WORK, f"The status that {hearing.actor} set says nothing about the case.")
    return _not_to_move(hearing, meaning)


def _not_to_move(hearing: Hearing, meaning: Phase) -> Ruling:
    if not hearing.letters(Gate.WORK):
        return hearing.lacking(Gate.WORK, "R", f"set the case to {meaning.value}")
    if meaning is Phase.SOLVED and hearing.has(Gate.WORK, Letter.R):
        return hearing.refuse(
            Gate.WORK, f"What {hearing.actor} solved is its own part; whether the vendor's part is done is for the vendor to say."
        )
    if meaning is Phase.SOLVED:
        return hearing.refuse(
            Gate.WORK, f"Only the party that works on the case declares it solved; {hearing.actor} closes its ticket afterwards."
        )
    return hearing.refuse(
        Gate.WORK, f"The case cannot be set to {meaning.value} by {hearing.actor}, which moves it only by answering."
    )


def _meaning(hearing: Hearing) -> Phase | None:
    """The weightiest of what the source shows and what the target would show: a mapping cannot soften an ending."""
    said = (hearing.change.source, hearing.change.to)
    return next((phase for phase in _WEIGHT if phase in said), None)


def _answer(hearing: Hearing) -> Ruling:
    now = hearing.change.now
    if now not in _ANSWERED:
        shown = now.value if now else "in no known state"
        return hearing.refuse(
            Gate.WORK, f"The case is {shown}: nobody waits for an answer of {hearing.actor}, so the status is not its to move."
        )
    reason = _ANSWERS[now].format(actor=hearing.actor, days=hearing.model.setting("reopen.window"))
    if hearing.has(Gate.WORK, Letter.S, Letter.R):
        return hearing.allow(Gate.WORK, reason, ASK_AND_ANSWER)
    if hearing.submitter:
        return hearing.allow(Gate.SUBMIT, reason, ASK_AND_ANSWER)
    return hearing.lacking(Gate.WORK, "S or R", "answer on the case")


_ANSWERS = {
    Phase.WAITING_CUSTOMER: "The case waited for {actor}, and this is the answer.",
    Phase.SOLVED: "The solution is not accepted by {actor}: the case goes on.",
    Phase.CLOSED: "The case is reopened by {actor}, which the model provides for within {days} days of the close.",
}


def _end(hearing: Hearing, meaning: Phase) -> Ruling:
    now, actor = hearing.change.now, hearing.change.actor
    if actor is Party.END_USER and hearing.model.setting("close_by_caller") == "l1_confirms":
        return hearing.hold(
            Gate.SPEAK, "Closed by the caller: level 1 confirms before the case follows.", hearing.by_setting("close_by_caller")
        )
    if hearing.change.by_job and hearing.model.setting("close_by_auto_job") == "l1_confirms":
        return hearing.hold(
            Gate.SPEAK, "Closed by a job: level 1 confirms before the case follows.", hearing.by_setting("close_by_auto_job")
        )
    if hearing.change.untrained and hearing.model.setting("close_by_others") == "l1_confirms":
        reason = "Closed by somebody who is not among those who speak to users: level 1 confirms before the case follows."
        return hearing.hold(Gate.SPEAK, reason, hearing.by_setting("close_by_others"))
    if actor is not Party.CUSTOMER and not hearing.has(Gate.SPEAK, Letter.R):
        return hearing.lacking(Gate.SPEAK, "R", "end the case")
    if now in ENDED and now is not meaning:
        return hearing.refuse(Gate.WORK, f"The case is {now.value} already; there is nothing left to end.")
    if meaning is Phase.CLOSED and now in (Phase.SOLVED, Phase.CLOSED):
        return _accept(hearing)
    return _withdrawal(hearing)


def _accept(hearing: Hearing) -> Ruling:
    """A owns the end; R alone speaks to users and never closes."""
    if not hearing.has(Gate.SPEAK, Letter.A):
        return hearing.lacking(Gate.SPEAK, "A", "close the case")
    if hearing.change.by_job:
        reason = (
            "The vendor solved the case and a job of the customer's system closed the ticket, not its staff: the case is closed."
        )
        return hearing.allow(Gate.SPEAK, reason, hearing.by_setting("close_by_auto_job"))
    if hearing.change.untrained:
        reason = "The vendor solved the case, and somebody who is not among those who speak to users closed the ticket: the case is closed."
        return hearing.allow(Gate.SPEAK, reason, hearing.by_setting("close_by_others"))
    return hearing.allow(Gate.SPEAK, f"The vendor solved the case and {hearing.actor} closed its ticket: the case is closed.")


def _withdrawal(hearing: Hearing) -> Ruling:
    return hearing.refuse(
        Gate.WORK,
        f"Withdrawal: {hearing.actor} ended its ticket, but a case that is not solved is the vendor's to end; a note tells the vendor.",
        hearing.by_setting("customer_close_unsolved"),
        "customer_close_unsolved",
    )
