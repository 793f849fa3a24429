"""Old tickets become candidates: those that were there before the first start, and that no poll reaches back to.

Page by page, each with how far it brings us in one commit, so that a backfill that was interrupted goes on where it
stopped. The cursor of the polls is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from adapters.base import Gone, Misconfigured, NotApplied, Page, Snapshot
from connector.audit.record import moment
from connector.daemon.errors import NotDone
from connector.store.backfilled import Progress
from connector.store.records import Birth
from connector.store.restore import last_restore
from connector.store.store import Store
from connector.sync.connection import Connection
from connector.sync.polling import birth_of
from connector.sync.reading import read_all
from connector.words import Side

SPACING = 0.5
"""Seconds between the times at which two old tickets are first looked at: today's work finds its place between them."""

URGENT = 2
"""Up to this priority an old ticket is looked at at once, and stands behind today's priority 1."""

_REASONS = 50
"""How many different reasons are counted one by one."""


class Backfill:
    """One connection's old tickets. Works beside a running daemon: the store divides them."""

    def __init__(self, connection: Connection, store: Store) -> None:
        self._connection = connection
        self._store = store
        self._adapter = connection.adapters[Side.CUSTOMER]

    def begin(self, since: float | None = None, until: float | None = None, *, restart: bool = False) -> Progress:
        """Where to go on: where an earlier one was interrupted, else at the beginning. Writes nothing.

        :param since: tickets that changed last at this time or later; None: from the first one.
        :param until: before this time; None: up to now.
        :raises NotDone: one with other dates was interrupted.
        """
        old = self._store.backfilled(self._connection.name)
        if old is None or old.done or restart:
            return Progress(since or 0.0, until, self._adapter.cursor_at(since or 0.0))
        if (since is not None and since != old.since) or (until is not None and until != old.until):
            raise NotDone(
                f"a backfill of tickets {_dates(old)} was interrupted after {old.seen} of them: call it without dates to go on,"
                " or with --restart to begin this one"
            )
        return old

    def run(
        self, progress: Progress, told: Callable[[int, int], None] = lambda _done, _total: None, *, dry_run: bool = False
    ) -> Progress:
        """Go on to the end; returns how it went.

        :param told: called after each page with how many tickets were seen, and of how many as far as the system tells.
        :param dry_run: nothing is kept, neither the candidates nor how far it came.
        :raises NotDone: the customer's system is out of reach; what was done so far is kept.
        """
        while not progress.done:
            try:
                page = self._adapter.changed_since(progress.cursor)
                births, progress = self._page(page, progress)
            except (NotApplied, Misconfigured) as trouble:
                raise NotDone(f"interrupted after {progress.seen} tickets: {trouble}; call it again to go on") from trouble
            if not dry_run:
                self._store.take_in(self._connection.name, births, progress)
            told(progress.seen, progress.seen + max(0, page.left))
        return progress

    def _page(self, page: Page, before: Progress) -> tuple[list[Birth], Progress]:
        known = self._store.known(self._connection.name, Side.CUSTOMER, page.refs)
        new = [ref for ref in page.refs if ref not in known]
        reads = read_all(self._adapter, new) if new else {}
        snapshots = [read for read in reads.values() if isinstance(read, Snapshot)]
        inside = [s for s in snapshots if self._within(s, before)]
        meant, refused = self._sorted([s for s in inside if not s.created_by_us], Counter(before.refused))
        births, next_due = self._births(meant, before.next_due)
        later = [s for s in snapshots if before.until is not None and s.changed >= before.until]
        return births, replace(
            before,
            cursor=page.cursor,
            done=not page.more or (bool(later) and len(later) == len(page.refs)),
            seen=before.seen + len(page.refs),
            taken=before.taken + len(births),
            known=before.known + len(known),
            ours=before.ours + sum(s.created_by_us for s in inside),
            outside=before.outside + len(snapshots) - len(inside),
            gone=before.gone + sum(isinstance(read, Gone) for read in reads.values()),
            unread=before.unread | {ref: str(read) for ref, read in reads.items() if not isinstance(read, Snapshot | Gone)},
            refused=refused,
            next_due=next_due,
        )

    @staticmethod
    def _within(snapshot: Snapshot, progress: Progress) -> bool:
        return snapshot.changed >= progress.since and (progress.until is None or snapshot.changed < progress.until)

    def _sorted(self, found: Sequence[Snapshot], refused: Counter[str]) -> tuple[list[Snapshot], dict[str, int]]:
        """Those meant for the vendor; why not, of the others."""
        meant = []
        for snapshot in found:
            intake = self._connection.mapping.intake(snapshot)
            if intake.taken:
                meant.append(snapshot)
            else:
                refused[intake.reason if intake.reason in refused or len(refused) < _REASONS else "other reasons"] += 1
        return meant, dict(refused)

    def _births(self, meant: Sequence[Snapshot], next_due: float) -> tuple[list[Birth], float]:
        """Urgent ones now, the others one after another."""
        now, births, restored = self._store.clock(), [], last_restore(self._store)
        for snapshot in meant:
            birth = birth_of(self._connection, self._store.clock, Side.CUSTOMER, snapshot, restored)
            if birth is None:
                continue
            due = now
            if birth.bond.priority > URGENT:
                due = next_due = max(now, next_due + SPACING)
            birth.bond.priority = max(URGENT, birth.bond.priority)
            births.append(replace(birth, due=due, event={**birth.event, "backfill": True}))
        return births, next_due


def as_dict(progress: Progress, *, dry_run: bool) -> dict[str, Any]:
    """The keys are stable (``backfill --json``)."""
    return {
        "since": moment(progress.since) if progress.since else None,
        "until": None if progress.until is None else moment(progress.until),
        "dry_run": dry_run,
        "seen": progress.seen,
        "taken": progress.taken,
        "known": progress.known,
        "not_for_the_vendor": sum(progress.refused.values()),
        "why": dict(sorted(progress.refused.items(), key=lambda item: -item[1])),
        "ours": progress.ours,
        "outside": progress.outside,
        "gone": progress.gone,
        "unread": progress.unread,
    }


def _dates(progress: Progress) -> str:
    since = f"from {moment(progress.since)}" if progress.since else "from the first one"
    return f"{since} to {moment(progress.until)}" if progress.until is not None else since
