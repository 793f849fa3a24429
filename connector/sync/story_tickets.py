"""Sentences about several tickets on one case, and about a case that became part of another. Pure."""

from __future__ import annotations

from connector.sync.afresh import FOLLOWS
from connector.sync.story_memory import Event
from connector.sync.story_words import Words, plain
from connector.words import Side


def followed(words: Words, e: Event) -> str:
    case = words.ticket(Side.VENDOR)
    return f"ticket {plain(e['ticket'])} follows {case}, which ticket {plain(e['lead'])} leads{_why(e)}"


def joined(words: Words, e: Event) -> str:
    lead = f"ticket {plain(e['lead'])}" if e["lead"] else "nobody"
    where = f"case {plain(e['case'])}, which {lead} leads"
    return f"{words.ticket(Side.CUSTOMER)} goes on with {where}{_why(e)}; see bond {e['bond']}"


def leads(words: Words, e: Event) -> str:
    case = words.ticket(Side.VENDOR)
    return f"ticket {plain(e['before'])} has ended; ticket {plain(e['ticket'])} leads {case} from now on"


def relinked(_: Words, e: Event) -> str:
    return f"the vendor merged case {plain(e['before'])} into case {plain(e['case'])}: the ticket goes on with that one"


def begun(words: Words, e: Event) -> str:
    what = "what it shows is the ticket's news" if e["why"] == FOLLOWS else "what differs stands until somebody changes it"
    return f"{words.ticket(Side.CUSTOMER)} and case {plain(e['case'])} are looked at together for the first time: {what}"


def _why(e: Event) -> str:
    if e.get("by"):
        return f", as an operator ({plain(e['by'])}) ordered"
    reason = plain(e.get("reason") or "").rstrip(".")
    return f": {reason}" if reason else ""
