"""The packaged notes to people, in English. A mapping may replace each of them under ``notes:``.

Every text begins with the same words, so that people and their filters recognise the connector.
"""

from __future__ import annotations

from collections.abc import Mapping

HEAD = "[Ticket connector] "

ENGLISH: Mapping[str, str] = {
    "dropped": (
        "The {{ side }} system did not keep our change of {{ unit }}{% if number %} in {{ number }}{% endif %}."
        " Sent: {{ sent }}. It shows: {{ kept }}. The two tickets differ until somebody changes one of them."
    ),
    "conflict": (
        "Both sides changed {{ unit }} at the same time. The value of the {{ winner }} stays: {{ kept }}."
        " The other value was: {{ lost }}."
    ),
    "refused": "The {{ side }} system refused the change of {{ unit }}: {{ reason }}",
    "held": "This ticket waits before it goes to the vendor. {{ reason }}{% if missing %}\nMissing: {{ missing }}{% endif %}",
    "unmapped": "The value of {{ unit }} on the {{ side }} side cannot be passed on: {{ reason }}",
    "unclassified": "No rule says who is responsible for this ticket. {{ reason }} It stays here until it is classified.",
    "opened": "The vendor's case {{ number }} was opened for this ticket.{% if url %}\n{{ url }}{% endif %}",
    "vendor_waiting_customer": (
        "The vendor's case {{ number }} waits for the customer, so this ticket is back with level 1."
        " The vendor's question stands in the notes of this ticket."
    ),
    "vendor_solved": (
        "The vendor reports case {{ number }} as solved, so this ticket is back with level 1. Please ask the person concerned,"
        " then resolve this ticket, or give it back to the vendor if the problem persists."
    ),
    "vendor_closed": (
        "The vendor closed case {{ number }}, so this ticket is back with level 1. Please ask the person concerned,"
        " then resolve this ticket."
    ),
    "vendor_cancelled": (
        "The vendor ended case {{ number }} without a solution, so this ticket is back with level 1."
        " The vendor's reason stands in the notes of this ticket."
    ),
    "withdrawal": (
        "The customer's ticket {{ number }} is now {{ phase }}. Please stop the work on this case and close it on your side."
        "{% if reason %} {{ reason }}{% endif %}"
    ),
    "proposal": "The vendor proposes for case {{ number }}: {{ value }}. Change this ticket if you agree.",
    "put_back": "Our change of {{ unit }} covered a change of a person. {{ kept }} was put back in place of {{ lost }}.",
    "withheld": "Not passed on: {{ item }}. {{ reason }}",
    "parked": "Something could not be delivered to the {{ side }} system and waits for an operator: {{ reason }}",
    "gone": "The ticket {{ number }} on the {{ side }} side can no longer be read. Nothing was closed. {{ reason }}",
    "hidden": "A text that was passed on is no longer visible at its origin ({{ number }}). {{ reason }}",
    "edited": "A text that was passed on was changed or deleted at its origin ({{ number }}). {{ reason }}",
    "follows": (
        "This ticket follows the vendor's case {{ number }}, which ticket {{ lead }} leads: comments and files are passed on"
        " and the vendor's answers come back; its own status, title and priority do not change the case."
    ),
    "leads": (
        "This ticket now leads the vendor's case {{ number }}, since the ticket that led it ended."
        " What changes here from now on changes the case."
    ),
    "moved": "The vendor merged this ticket's case into another one: it goes on as case {{ number }}.",
    "unlinked": (
        "The exchange with {{ number }} has ended: an operator unlinked the two tickets."
        " What is written here from now on stays here, and nothing comes from there any more."
    ),
    "unfollowed": (
        "Ticket {{ number }} no longer belongs to this case: an operator unlinked it."
        " What it said stays here; what is written here from now on does not reach it."
    ),
    "outage": "The vendor's portal does not answer. {{ reason }}",
}
