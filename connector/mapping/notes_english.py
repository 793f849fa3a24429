"""The packaged notes to people, in English."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "dropped": (
        "The {{ side }} system did not keep our change of {{ unit }}{% if number %} in {{ number }}{% endif %}."
        " Sent: {{ sent }}. It shows: {{ kept }}. The two tickets differ until somebody changes one of them."
    ),
    "only_at_creation": (
        "A change of {{ unit }} is not carried to {{ number }}: our account sets it there only when a case is opened."
        " While that is open, the people there are asked in a comment to make the change, each time it changes here."
    ),
    "please_set": (
        "In ticket {{ number }}, {{ unit }} was changed to: {{ sent }}. Our account cannot change it here any more: please set it."
    ),
    "set_already": "In ticket {{ number }}, {{ unit }} is again what it is here: {{ sent }}. Nothing has to be set any more.",
    "conflict": (
        "Both sides changed {{ unit }} at the same time. The value of the {{ winner }} stays: {{ kept }}."
        " The other value was: {{ lost }}."
    ),
    "refused": "The {{ side }} system refused the change of {{ unit }}: {{ reason }}",
    "held": "This ticket waits before it goes to the vendor. {{ reason }}\n{% if missing %}Missing: {{ missing }}{% endif %}",
    "unmapped": "The value of {{ unit }} on the {{ side }} side cannot be passed on: {{ reason }}",
    "unclassified": "No rule says who is responsible for this ticket. {{ reason }} It stays here until it is classified.",
    "opened": "The vendor's case {{ number }} was opened for this ticket.\n{% if url %}{{ url }}{% endif %}",
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
    "unread": (
        "This ticket has ended, and the vendor's case {{ number }} stays as it is: {{ tickets }} on the same case cannot be read,"
        " and may still be open. If it is gone for good, an operator can part it from the case (connector unlink)."
    ),
    "shared_priority": (
        "Ticket {{ number }}, which this case serves too, has priority {{ priority }} (1 is the most urgent). Please treat this case as that urgent;"
        " its own priority is that of ticket {{ lead }}."
    ),
    "proposal": "The vendor proposes for case {{ number }}: {{ value }}. Change this ticket if you agree.",
    "put_back": "Our change of {{ unit }} covered a change of a person. {{ kept }} was put back in place of {{ lost }}.",
    "not_put_back": (
        "Our change of {{ unit }} covered a change of a person, and the system refuses to have it back. {{ reason }}"
        " What it was: {{ lost }}. Please set it again."
    ),
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
    "stays": (
        "This ticket does not go to the vendor: it stays here. {{ reason }}\n{{ row }}"
        "{% if to %}\nFor: {{ to }}{% endif %}"
        "{% if ask %}\n\nThe vendor can be asked all the same. An authorised person writes this line in an internal note:"
        " {{ ask }}{% endif %}"
    ),
    "gate": (
        "This ticket is held and has not gone to the vendor yet. {{ reason }}\n"
        "{% if missing %}Missing:\n{{ missing }}\n{% endif %}"
        "Once nothing is missing it goes by itself, as long as it stays handed over to the vendor."
        " To keep it here, take the handover back."
    ),
    "gate_p1": (
        "This P1 ticket goes to the vendor at once, although something is missing."
        " Please add it to this ticket as soon as you have it:\n{{ missing }}"
    ),
    "unauthorised": (
        "This P1 ticket is held: {{ who }} handed it over to the vendor and is not authorised to do so."
        " One of these people is needed now: {{ roster }}"
        "\nTo send it, one of them writes this line in an internal note: #connector submit"
    ),
    "part_done": (
        "The vendor reports its part as done (case {{ number }}). This ticket is level 1's and stays in work:"
        " please check what is left to do here, and write to the vendor again if you need its help."
    ),
    "owed": (
        "{% if n %}Reminder {{ n }}. {% endif %}Still to be done: {{ what }}\n"
        "{% if due %}Due: {{ due }}\n{% endif %}"
        "{% if how %}When it is done, say so by this line in an internal note: {{ how }}{% endif %}"
    ),
    "overdue": (
        "Overdue since {{ since }}: {{ what }}\n{{ who }} answers for it. Please see that it is done,"
        " or say in an internal note what it waits for."
    ),
    "news": (
        "For your information: the vendor's case {{ number }}, to which this ticket belongs. {{ rule }}\n"
        "Nothing has to be done for it; what the vendor writes there is noted here. Close this ticket when you like."
    ),
    "news_work": (
        "The vendor's case {{ number }}, to which this ticket belongs, needs work on your side. {{ rule }}\n"
        "What the vendor writes there is noted here. Close this ticket when your part is done."
    ),
    "news_also": "The vendor has {{ n }} more about the same, told by this ticket too:\n{{ cases }}",
    "news_done": "The vendor has ended its work on case {{ number }}. This ticket stays as it is: close it when you like.",
    "news_part_done": "The vendor has ended its part of the work on case {{ number }}. What is left is yours.",
    "consulted": (
        "The vendor was asked by case {{ number }}. This ticket stays with you meanwhile; the answer will stand in its notes.\n"
        "Question: {{ question }}"
    ),
    "asked_again": "{{ who }} asks besides: {{ text }}",
    "answered": (
        "The vendor answered the question of case {{ number }}. The answer stands in the notes of this ticket;"
        " please decide how to go on."
    ),
    "told_user": (
        "Please speak to the person concerned: {{ what }}\nNeither the vendor nor the connector writes to end users;"
        " only you can do this.{% if how %}\nWhen it is done, say so by this line in an internal note: {{ how }}{% endif %}"
    ),
    "exit": (
        "This ticket ends at this level and does not become a case of the vendor: {{ what }}\n{{ rule }}\n"
        "{% if to %}For: {{ to }}\n{% endif %}"
        "If this is not right, correct what was said about the ticket."
    ),
    "reply_unknown": (
        "A line to the connector was not understood, and nothing was done: {{ line }}\nKnown are: {{ known }}\n"
        "Please write it again in a new internal note."
    ),
    "reply_unusable": (
        "A line to the connector cannot be used, and nothing was done: {{ line }}\n{{ reason }}\n"
        "Please write it again in a new internal note."
    ),
    "reply_unauthorised": (
        "A line to the connector was not followed, since {{ who }} is not authorised to write it: {{ line }}\n"
        "Please ask an authorised person to write it in an internal note."
    ),
    "asked": (
        "{% if level %}This ticket is with {{ level }} now.\n{% if missing or must %}{{ giver }} is asked for what {{ level }} needs to go on"
        " without asking back.\n{% endif %}"
        "{% if must %}{{ level }} waits for this, unless it goes on without:\n{{ must }}\n{% endif %}"
        "{% if missing %}Please add, as soon as somebody knows it:\n{{ missing }}\n{% endif %}"
        "{% if page %}The rules for such a request: {{ page }}\n{% endif %}"
        "{% if leaving %}Before it goes on, {{ level }} is asked:\n{{ leaving }}{% endif %}"
        "{% else %}The vendor was asked at once. It would also like to have, as soon as somebody knows it:\n{{ missing }}{% endif %}"
    ),
    "confirm_end": (
        "This ticket was ended, but not by level 1. {{ reason }} Case {{ number }} stays as it is.\n"
        "{% if ask %}To let the case follow, an authorised person writes this line in an internal note: {{ ask }}\n{% endif %}"
        "If the problem persists, open this ticket again."
    ),
    "solution_refused": "The customer ({{ who }}) does not accept the solution of this case: {{ text }}",
    "upgrade": (
        "This ticket went to the vendor with the remark that the installed version is no longer supported ({{ clause }})."
        " Please plan an upgrade: the vendor may not mend what is wrong in this version."
    ),
    "case_unsupported": "Remark: the installed version is no longer supported ({{ clause }}).",
    "secret": (
        "Not passed on to the vendor, since it seems to hold a secret: {{ item }}\n{{ found }}\n"
        "Please attach it again without the secret. If it is to go as it is, an authorised person writes this line in an internal note:"
        " #connector submit REASON"
    ),
    "stage": "The vendor's work on case {{ number }} is now at the stage: {{ stage }}.",
    "unreleased": (
        "The vendor reports case {{ number }} as solved; it comes with a version, and is at the stage: {{ stage }}."
        " This ticket stays where it is until the release."
    ),
    "cause_stated": (
        "The customer states as the cause of this P1: {{ cause }}. To object, write this line in a text that the customer sees:"
        " #connector object REASON"
    ),
    "rca_released": "The customer's root cause analysis of this P1: {{ text }}",
    "rca_waits": (
        "The root cause analysis was not put into the vendor's case {{ number }}: it has ended, and a text of the connector would open"
        " it again. Please give it to the vendor in another way."
    ),
    "task_joined": (
        "This ticket joined the vendor's task {{ number }}: what becomes of it is told here, and moves nothing in this ticket.\n"
        "{% if url %}{{ url }}\n{% endif %}To end this, an authorised person writes this line in an internal note: {{ line }}"
    ),
    "finding": "{{ who }} adds for a similar call of the customer ({{ number }}): {{ text }}",
    "task_stands": "The vendor's task {{ number }}, which this ticket joined, is now: {{ state }}. This ticket stays as it is.",
    "task_gone": (
        "The vendor's task {{ number }}, which this ticket joined, can no longer be read; nothing is told of it meanwhile. {{ reason }}"
    ),
    "task_moved": "The vendor merged task {{ lost }}, which this ticket joined, into {{ number }}: what follows is about that one.",
    "task_left": "Nothing more is told here of the vendor's task {{ number }}. What was said there stays there.",
    "roster": (
        "These persons may submit cases for the customer from now on:\n{{ people or '- nobody' }}\n"
        "{% if new %}New among them, or with new particulars:\n{{ new }}\n{% endif %}"
        "{% if gone %}No longer among them:\n{{ gone }}\n{% endif %}"
        "This list takes the place of every earlier one. Please confirm that you know them."
    ),
    "roster_waits": (
        "Who may submit cases has changed, and the vendor was not told: its case {{ number }} has ended, and a text of the connector"
        " would open it again. Please name a ticket whose case is open (`roster_ticket` in the installation), or open this one again."
    ),
    "case_statement": "Stated by {{ who }}: {{ text }}",
    "case_asked": "Asked by {{ who }}: {{ text }}",
    "case_gaps": "Not complete when it was submitted, since it is a P1:\n{{ missing }}",
}
