"""Whether a comment, file or note may be shown over there."""

from __future__ import annotations

from connector.rasci.hearing import ASK_AND_ANSWER, HEARS, SUBMITTER, TELL_STAFF, Hearing
from connector.rasci.ladder import Gate
from connector.rasci.table import Letter
from connector.words import Act, Audience, Party, Ruling


def judge_text(hearing: Hearing) -> Ruling:
    """An audience that is not given counts as the one that needs the most right."""
    change = hearing.change
    if change.act is Act.NOTE or change.actor is Party.CONNECTOR:
        return _own_word(hearing)
    if hearing.at_home:
        return hearing.refuse(Gate.WORK, f"A text of {hearing.actor} is not copied into the system that it came from.")
    if hearing.to_customer and change.shown_to is not Audience.INTERNAL and not hearing.has(Gate.SPEAK, Letter.R):
        return hearing.lacking(Gate.SPEAK, "R", "be heard by the end user")
    if change.said_to is not Audience.PUBLIC and not change.channel:
        reason = (
            f"An internal text of {hearing.actor} leaves its system only by a channel that the mapping names, and none is named."
        )
        return hearing.refuse(Gate.WORK, reason, "default deny (ours)")
    return _speak_on_case(hearing)


def _own_word(hearing: Hearing) -> Ruling:
    """The connector's own word goes to staff only, on either side.

    Where our account is the customer of the vendor's portal it is for the staff too, and the customer's people who see the case read it.
    """
    if hearing.change.shown_to is Audience.INTERNAL:
        return hearing.allow(Gate.WORK, "A note of the connector tells the staff on this side what happened.", TELL_STAFF)
    if hearing.change.open_desk and not hearing.to_customer:
        reason = "A note of the connector tells the vendor's staff what happened, where the customer's people read it too."
        return hearing.allow(Gate.WORK, reason, TELL_STAFF)
    gate = Gate.SPEAK if hearing.to_customer else Gate.WORK
    return hearing.refuse(gate, "The connector speaks to staff only: this note would stand in a place that is not internal.")


def _speak_on_case(hearing: Hearing) -> Ruling:
    kind = hearing.change.act.value
    if hearing.has(Gate.WORK, Letter.A, Letter.R, Letter.S, Letter.C):
        return hearing.allow(Gate.WORK, f"A {kind} on the case is for {hearing.actor} to give.", _heard_by(hearing))
    if hearing.submitter:
        return hearing.allow(Gate.SUBMIT, f"Having submitted the case, {hearing.actor} may add a {kind}.", SUBMITTER)
    return hearing.lacking(Gate.WORK, "A, R, S or C", f"add a {kind} to the case")


def _heard_by(hearing: Hearing) -> str:
    """By what right the staff over there hears it: by its letters, else by the floor."""
    floor = SUBMITTER if hearing.to_customer else ASK_AND_ANSWER
    return hearing.received(HEARS) or floor
