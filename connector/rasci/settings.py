"""The settings that a model may give. No source document has them, so every default is ours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """One setting: what it decides, its default, and what may stand there (no choices: a whole number from 1)."""

    default: str | int
    meaning: str
    choices: tuple[str, ...] = ()


KNOWN: dict[str, Known] = {
    "priority.authority": Known("customer", "whose change of the priority travels at once", ("customer", "vendor")),
    "priority.after_vendor_change": Known(
        "proposal",
        "a priority changed by the party without authority is shown as a proposal, or applied",
        ("proposal", "apply"),
    ),
    "vendor_solved.customer_state": Known(
        "awaiting_confirmation", "where the customer's ticket goes when the vendor solves", ("awaiting_confirmation",)
    ),
    "vendor_rejects_case": Known("back_to_l1", "where it goes when the vendor cancels the case", ("back_to_l1",)),
    "customer_close_unsolved": Known(
        "withdrawal_note", "what the vendor gets when the customer ends a ticket that is not solved", ("withdrawal_note",)
    ),
    "close_by_caller": Known(
        "l1_confirms", "an end user's own closing waits for level 1, or is refused", ("l1_confirms", "refuse")
    ),
    "reopen.window": Known(14, "days from the customer's close in which a case can be reopened"),
}
