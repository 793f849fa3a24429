"""Sentences about what operators ordered, and what follows from it. Pure."""

from __future__ import annotations

from connector.audit.record import moment
from connector.sync.story_memory import Event, Memory, Said, because, one
from connector.sync.story_words import named, plain
from connector.words import Side


def mapping_changed(_: Memory, e: Event) -> list[Said]:
    return one(
        f"the mapping changed from {e['before'] or 'none'} to {e['now']}: differences it makes stand until they are asked for"
    )


def restored(_: Memory, e: Event) -> list[Said]:
    what = "the connector's records went back to a backup"
    return one(f"{operator(e)} restored the store: {what} of {moment(e['backup_at'])}; what was recorded since is not here")


def accepted(_: Memory, e: Event) -> list[Said]:
    return one(f"{operator(e)} accepted the {e['side']}'s system as it is now, which does not show what it showed before")


def taken_up(_: Memory, e: Event) -> list[Said]:
    differ = f"; these stay different until somebody asks: {', '.join(map(named, e['stands']))}" if e["stands"] else ""
    return one(f"both tickets were taken as they are{differ}")


def case_found(m: Memory, e: Event) -> list[Said]:
    if e["side"] == Side.CUSTOMER:
        return one(
            f"a ticket that tells of {m.words.ticket(Side.VENDOR)} was found by its mark, opened before the restore: it is used"
        )
    return one(f"a case for {m.words.ticket(Side.CUSTOMER)} was found by its mark, opened before the restore: it is used")


def parked(_: Memory, e: Event) -> list[Said]:
    return one(f"it cannot go on without an operator{because(e)}")


def released(_: Memory, e: Event) -> list[Said]:
    return one(f"{operator(e)} let it go on as it is{because(e)}")


def retried(m: Memory, e: Event) -> list[Said]:
    what = [*(named(unit) for unit in e.get("units", ())), *(m.words.item(item) for item in e.get("items", ()))]
    return one(f"{operator(e)} had it tried again{': ' if what else ''}{', '.join(what)}{because(e)}")


def redacted(_: Memory, e: Event) -> list[Said]:
    return one(f"{operator(e)} erased the content of record {e['n']}{because(e)}")


def operator(e: Event) -> str:
    return f"an operator ({plain(e['by'])})" if e.get("by") else "an operator"
