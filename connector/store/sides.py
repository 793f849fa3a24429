"""What processes tell each other of the systems they call: until when one is to be spared, and how each process fares."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from connector.store.codec import storable
from connector.store.engine import upsert
from connector.store.intake import recall, remember
from connector.store.part import Part
from connector.store.tables import fact
from connector.words import Side

_WIDTH = 17  # of a time in seconds with its milliseconds, so that times are ordered as texts are


@dataclass(frozen=True)
class Asked:
    """A system asked not to be called before ``until`` (seconds since the epoch)."""

    until: float
    why: str


class Sides(Part):
    """Small facts, one row each; they need no audit, since they decide when something is done and never what."""

    def spare(self, connection: str, side: Side, until: float, why: str) -> None:
        """Make every process spare a side until then. An earlier time changes nothing."""
        value = f"{until:0{_WIDTH}.3f} {storable(why)}"
        new = upsert(fact).values(name=_spared(connection, side), value=value)
        later = new.on_conflict_do_update(index_elements=["name"], set_={"value": value}, where=fact.c.value < value)
        with self.db.write() as open_:
            open_.execute(later)

    def spared(self, connection: str) -> dict[Side, Asked]:
        """What the sides of a connection asked for last; it may be over."""
        names = {_spared(connection, side): side for side in Side}
        with self.db.read() as open_:
            found = recall(open_, list(names))
        return {names[name]: Asked(float(value[:_WIDTH]), value[_WIDTH + 1 :]) for name, value in found.items()}

    def tell_calls(self, connection: str, process: str, told: str) -> None:
        """Keep what one process says of its calls, in place of what it said before."""
        with self.db.write() as open_:
            remember(open_, _calls(connection) + process, told)

    def told_calls(self, connection: str) -> dict[str, str]:
        """What each process said last of its calls, dead ones too."""
        start = _calls(connection)
        with self.db.read() as open_:
            rows = open_.execute(select(fact.c.name, fact.c.value).where(fact.c.name.startswith(start, autoescape=True)))
            return {name[len(start) :]: value for name, value in rows}

    def forget_calls(self, connection: str, process: str) -> None:
        """A process has ended."""
        with self.db.write() as open_:
            open_.execute(delete(fact).where(fact.c.name == _calls(connection) + process))


def _spared(connection: str, side: Side) -> str:
    return f"spared {connection} {side}"


def _calls(connection: str) -> str:
    return f"calls {connection} "
