"""The tasks of the vendor's that a ticket joined, as status lists and ``explain`` show them, and the sentences about them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.audit.record import moment
from connector.store.records import Bond, Joined
from connector.sync.conflicts import STATUS
from connector.sync.story_memory import Event, Memory, Said, because, one, told
from connector.sync.story_words import Words, day_and_time, plain, sentence, short
from connector.words import Side


def tasks(bond: Bond) -> list[dict[str, Any]]:
    """The ticket's list, in the order in which it joined them; times in seconds since the epoch."""
    return [_listed(joined) for joined in bond.tasks]


def _listed(joined: Joined) -> dict[str, Any]:
    pair, task = joined.pair, joined.pair.side(Side.VENDOR)
    findings = [note for note in pair.notes.values() if note.side is Side.VENDOR]
    return {
        "task": task.number,
        "ref": task.ref,
        "url": task.url,
        "title": pair.title,
        "by": joined.by,
        "since": pair.since,
        "status": dict(pair.units[STATUS].base.get(Side.VENDOR, {})) if STATUS in pair.units else {},
        "findings": len(findings),
        "waiting": sum(not note.written for note in findings),
        "parked": [held.reason for held in pair.withheld.values() if held.parked],
        "informed": not joined.left,
        "unreadable": pair.held.reason if pair.held else None,
    }


def told_tasks(bond: Bond, words: Words) -> list[dict[str, Any]]:
    """The same for people: each with a sentence under ``text``; times in UTC, ISO 8601."""
    return [{**task, "since": moment(task["since"]), "text": _text(task, words)} for task in tasks(bond)]


def _text(task: Mapping[str, Any], words: Words) -> str:
    stands = words.value(STATUS, Side.VENDOR, task["status"])
    joined = (
        f"joined on {day_and_time(task['since'])} by {plain(task['by'])}; findings: {task['findings']}; it stands at {stands}"
    )
    left = "" if task["informed"] else "; nothing more is told of it"
    gone = f"; it cannot be read: {plain(task['unreadable'])}" if task["unreadable"] else ""
    return sentence(f"{joined}{left}{gone}")


# --- sentences --------------------------------------------------------------------------------------------------


def joined(m: Memory, e: Event) -> list[Said]:
    where = f" ({plain(e['url'])})" if e["url"] else ""
    said = f"{m.words.ticket(Side.CUSTOMER)} joined the vendor's task {plain(e['number'])}{where}, as {plain(e['by'])} said"
    return one(said, told(e["ruling"], ""))


def finding(_: Memory, e: Event) -> list[Said]:
    return one(f"a finding of {plain(e['by'])} is for the vendor's task {plain(e['number'])}: {short(e['text'])}")


def left(_: Memory, e: Event) -> list[Said]:
    return one(f"nothing more is told of the vendor's task {plain(e['number'])}, as {plain(e['by'])} said")


def gone(_: Memory, e: Event) -> list[Said]:
    return one(f"the vendor's task {plain(e['number'])} cannot be read{because(e)}")


def moved(_: Memory, e: Event) -> list[Said]:
    return one(f"the vendor merged task {plain(e['before'])} into {plain(e['number'])}, which takes its place")
