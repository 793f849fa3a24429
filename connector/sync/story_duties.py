"""What is owed on a ticket and on whom it waited, as ``explain`` shows it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.rasci.clock import Holder, clock
from connector.rasci.course import OVER, Stand
from connector.store.records import Bond
from connector.sync.story_words import day_and_time, plain, sentence

_OVER = frozenset(state.value for state in OVER)


def standing_duties(bond: Bond) -> list[dict[str, Any]]:
    """The duties that are not over, each with a sentence under ``text``."""
    return [{**one, "text": _text(one)} for one in bond.owed if one["state"] not in _OVER]


def unconfirmed(bond: Bond) -> list[dict[str, Any]]:
    """What was owed and is over without anybody's word that it was done."""
    return [{**one, "text": _text({**one, "how": "", "due": None})} for one in bond.owed if one["state"] == Stand.MOOT]


def _text(one: Mapping[str, Any]) -> str:
    due = f", by {day_and_time(one['due'])}" if one["due"] else ""
    how = f" Say that it is done by: {plain(one['how'])}." if one["how"] else ""
    cell = f"{one['party']} {one['letters'] or 'no letter'}"
    return f"{sentence(plain(one['what']) + due)}{how} It is the {one['party']}'s [{cell}]: {one['clause']}."


def waited(bond: Bond, now: float) -> dict[str, int]:
    """Seconds by whom the ticket waited on; held counts for the customer's side, parked and ended for nobody."""
    spent = clock([(at, Holder(name)) for at, name in bond.holders], now, {})
    return {holder.value: round(seconds) for holder, seconds in spent.by_holder.items() if seconds >= 1}
