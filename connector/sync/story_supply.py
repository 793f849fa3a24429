"""Sentences about what the vendor started, and the ticket that tells of it. Pure."""

from __future__ import annotations

from connector.sync.story_memory import Event, Memory, Said, one, told
from connector.sync.story_words import named, plain
from connector.words import Side


def news(m: Memory, e: Event) -> list[Said]:
    about = plain(e["about"])
    return one(
        f"{m.words.ticket(Side.VENDOR)} is news of {named(plain(e['what']))}, about {about}: {plain(e['because'])}",
        told(e["ruling"], Side.VENDOR),
    )


def opened(m: Memory, e: Event, *, late: bool) -> list[Said]:
    number = e["number"] or m.words.numbers.get(Side.CUSTOMER, "") or e["ref"]
    how = "was found: its opening had not been answered" if late else "was opened to tell the customer"
    return one(f"ticket {number} {how}, of {m.words.ticket(Side.VENDOR)}")


def beside(m: Memory, e: Event) -> list[Said]:
    return one(f"case {plain(e['case'])} is about the same: {m.words.ticket(Side.CUSTOMER)} tells of it too")
