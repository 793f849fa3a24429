"""Where a backfill has got to. It never touches the cursor of the polls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from connector.store.engine import upsert
from connector.store.intake import bear, unborn
from connector.store.part import Part
from connector.store.records import Birth
from connector.store.tables import bond, fact, identity


@dataclass
class Progress:
    """How far one backfill is. Times in seconds since the epoch."""

    since: float  # 0: from the beginning
    until: float | None
    cursor: str  # opaque, of the customer's adapter
    done: bool = False
    seen: int = 0  # tickets looked at
    taken: int = 0
    known: int = 0  # had a bond already
    ours: int = 0  # opened by our own account
    outside: int = 0  # did not change last within the dates
    gone: int = 0  # deleted meanwhile
    unread: dict[str, str] = field(default_factory=dict)  # ref -> why it could not be read
    refused: dict[str, int] = field(default_factory=dict)  # why not for the vendor -> tickets
    next_due: float = 0.0  # when the ticket taken last is looked at


_progress = TypeAdapter(Progress)


class Backfilled(Part):
    """Old tickets come in, page by page."""

    def backfilled(self, connection: str) -> Progress | None:
        """How far the newest backfill is; None where there was none."""
        with self.db.read() as open_:
            found = open_.scalar(select(fact.c.value).where(fact.c.name == _name(connection)))
        return _progress.validate_json(found) if found else None

    def take_in(self, connection: str, births: Sequence[Birth], progress: Progress) -> None:
        """One page: bonds for tickets that none has, and how far that brings us, all or nothing.

        A ticket that got a bond meanwhile keeps that one, and counts as taken.
        """
        text = _progress.dump_json(progress).decode()
        now = self.clock()

        def take_in(open_: Connection) -> None:
            new, _ = unborn(open_, connection, births)
            bear(open_, new, now)
            if new:
                self.db.notify(open_)
            kept = upsert(fact).values(name=_name(connection), value=text)
            open_.execute(kept.on_conflict_do_update(index_elements=["name"], set_={"value": text}))

        self.db.run(take_in)

    def with_history(self, connection: str) -> list[str]:
        """The bonds that still hold comments or files back which were there before the link."""
        held_back = select(bond.c.id).join_from(identity, bond).where(bond.c.connection == connection, identity.c.copy == "")
        with self.db.read() as open_:
            return list(open_.scalars(held_back.distinct().order_by(bond.c.id)))


def _name(connection: str) -> str:
    return f"backfill:{connection}"
