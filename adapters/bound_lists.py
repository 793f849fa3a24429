"""Lists of a bound portal: page after page, and which row belongs to which ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.base import Gone, NotApplied
from adapters.bound_model import Comments, Files, History, Listing
from adapters.bound_names import Names, uses
from adapters.bound_values import field_at, listed, text_at
from adapters.bound_wire import Got, Wire
from adapters.http import Garbled

_LINK = re.compile(r'<([^>]+)>\s*;[^,]*?rel="?next"?')
_MANY_PAGES = 10_000


@dataclass(frozen=True)
class Page:
    """One page. ``at``: the portal's clock when it answered, 0 where it does not tell."""

    rows: list[Any]
    at: float
    more: bool


class Lists:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def pages(self, what: str, listing: Listing, names: Names) -> Iterator[Page]:
        """One page after the other, asked for as they are wanted."""
        paging = listing.paging
        turn: dict[str, Any] = {"cursor": "", "size": "", "page": "", "offset": "", "offset_end": ""}
        link = ""
        for n in range(_MANY_PAGES):
            if paging:
                start = n * paging.size
                turn |= {"size": paging.size, "page": paging.first + n, "offset": start, "offset_end": start + paging.size}
            got = self._wire.call(
                what, listing, names.with_(**turn), write=False, link=link, parse=lambda got: self._must_list(listing, got)
            )
            rows = listed(listing.items, got.document)
            turn["cursor"], link = self._onward(listing, got)
            more = self._more(listing, rows, turn["cursor"], link)
            yield Page(rows, got.at, more)
            if not more:
                return
        raise NotApplied(f"{self._wire.system}: {what}: the list never ends", outage=False)

    def rows(self, what: str, listing: Listing, names: Names) -> list[Any]:
        """The whole list."""
        return [row for page in self.pages(what, listing, names) for row in page.rows]

    def _onward(self, listing: Listing, got: Got) -> tuple[str, str]:
        """The cursor of the next page, and the link to it."""
        paging = listing.paging
        if paging is None or paging.by not in ("cursor", "link"):
            return "", ""
        if paging.by == "cursor":
            return text_at(paging.next, got.document), ""
        link = text_at(paging.next, got.document)
        found = _LINK.search(got.headers.get("Link", ""))
        link = link or (found[1] if found else "")
        return "", link

    def _must_list(self, listing: Listing, got: Got) -> None:
        """A list that is missing from an answer is not an empty one; SOAP alone leaves out what is empty."""
        if not listing.method.startswith("ask") and (got.document == {} or field_at(listing.items, got.document) is None):
            raise Garbled(f"an answer without {listing.items or 'a list'}")

    @staticmethod
    def _more(listing: Listing, rows: Sequence[Any], cursor: str, link: str) -> bool:
        paging = listing.paging
        if paging is None:
            return False
        if paging.by in ("cursor", "link"):
            return bool(cursor or link)
        return bool(rows) if paging.short_pages else len(rows) >= paging.size

    # --- rows of tickets ---

    def tickets(self, what: str, listing: Listing, names: Names, refs: Sequence[str]) -> tuple[list[Any], float]:
        """The rows of these tickets, and the portal's clock when the first was asked for.

        In one call, or one call each; those that are not there are left out.
        """
        calls = [names.with_(ref=ref) for ref in refs] if "ref" in uses(listing) else [names.with_(refs=list(refs))]
        rows: list[Any] = []
        times: list[float] = []
        for named in calls if refs else ():
            try:
                for page in self.pages(what, listing, named):
                    rows += page.rows
                    times.append(page.at)
            except Gone:
                continue
        return rows, min(times, default=0.0)

    def items(
        self, what: str, listing: Comments | Files | History, names: Names, tickets: dict[str, Any]
    ) -> dict[str, list[Any]]:
        """The rows of comments, files or history by ticket.

        :param tickets: each ticket's own row by its ref.
        """
        if not listing.method:
            return {ref: self._within(what, listing.items, row) for ref, row in tickets.items()}
        used = uses(listing)
        if "ids" in used and not isinstance(listing, History):
            return self._by_ids(what, listing, names, tickets)
        if "refs" in used:
            found: dict[str, list[Any]] = {ref: [] for ref in tickets}
            for row in self.rows(what, listing, names.with_(refs=list(tickets))) if tickets else ():
                found.setdefault(text_at(listing.each.ticket, row), []).append(row)
            return found
        return {ref: self.rows(what, listing, names.with_(ref=ref)) for ref in tickets}

    def _within(self, what: str, path: str, row: Any) -> list[Any]:
        """:raises NotApplied: the ticket does not show its list: what it holds must not seem to be gone."""
        if self._wire.strict and field_at(path, row) is None:
            raise NotApplied(f"{self._wire.system}: {what}: the ticket shows no {path}", outage=False)
        return listed(path, row)

    def _by_ids(self, what: str, listing: Comments | Files, names: Names, tickets: dict[str, Any]) -> dict[str, list[Any]]:
        """What tickets name by ids, in the order in which they do.

        :raises NotApplied: one of them is not in the list: a comment must not seem to be gone.
        """
        ids = {ref: [str(one) for one in self._within(what, listing.ids, row)] for ref, row in tickets.items()}
        wanted = list(dict.fromkeys(one for several in ids.values() for one in several))
        rows: dict[str, Any] = {}
        for start in range(0, len(wanted), _IDS):
            some = wanted[start : start + _IDS]
            rows |= {text_at(listing.each.id, row): row for row in self.rows(what, listing, names.with_(ids=some))}
        if lacking := [one for one in wanted if one not in rows]:
            raise NotApplied(f"{self._wire.system}: {what}: {lacking[0]} is named by a ticket and not shown", outage=False)
        return {ref: [rows[one] for one in several] for ref, several in ids.items()}


_IDS = 200
"""In one call: addresses have a length that servers take."""
