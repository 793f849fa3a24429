"""What brings a connection back into order: looking at every bond, copies of the store, and putting them back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from adapters.base import Trouble
from connector.daemon import assemble, checks
from connector.daemon.errors import NoSuchTicket, Unusable
from connector.daemon.progress import Progress
from connector.settings import Configuration, Configured
from connector.store import backup as copies
from connector.store import restore as restores
from connector.store.store import Store
from connector.sync import drift, guard, operate
from connector.sync.polling import look_back_fact
from connector.sync.reconcile import TURN
from connector.words import Side

_EXAMPLES = 5


def backup(configuration: Configuration, path: Path, progress: Progress) -> dict[str, Any]:
    """Write the whole store to a new file; returns what the file says of itself.

    :raises Unusable: the store cannot be used, or the file cannot be written or is there already.
    """
    store = assemble.open_store(configuration.settings.store)
    try:
        with assemble.usable():
            return copies.write(store, path, progress).as_dict()
    finally:
        store.close()


def look(path: Path) -> dict[str, Any]:
    """What a backup says of itself.

    :raises Unusable: the file is no backup, or damaged.
    """
    with assemble.usable():
        return copies.read_manifest(path).as_dict()


def restore(configuration: Configuration, path: Path, by: str, progress: Progress) -> dict[str, Any]:
    """Put a backup in the place of the store, which is kept; no daemon may run.

    :raises Unusable: it cannot be done; then nothing was changed.
    """
    address = assemble.address(configuration.settings.store)
    with assemble.usable():
        done = restores.from_file(address, path, by, time.time, progress)
    return {"manifest": done.manifest.as_dict(), "bonds": done.bonds, "kept": done.kept}


def sweep(
    configuration: Configuration, tickets: Sequence[str], only: str, progress: Progress, *, report_only: bool
) -> dict[str, Any]:
    """Compare both tickets of every bond, or of these; unless ``report_only``, bonds that do not agree become due.

    May be cut short and begun again at any time: what was found so far is due. The keys are stable.

    :param only: one connection; "" for all.
    :raises Unusable: a system cannot be asked; :raises NoSuchTicket: no bond has one of the tickets.
    """
    store = assemble.open_store(configuration.settings.store)
    try:
        work = [(one, _bonds(store, one.name, tickets)) for one in _chosen(configuration, only)]
        missing = [t for t in tickets if not any(b.connection == one.name for one, _ in work for b in store.find_bonds(t))]
        if missing:
            raise NoSuchTicket(f"no bond has the ticket {missing[0]!r}; name a number of either side, an id, or a bond")
        done, total = 0, sum(len(bonds) for _, bonds in work)
        connections = []
        for one, bonds in work:
            found: list[drift.Found] = []
            for page in _looked_at(one, store, bonds):
                if not report_only:
                    store.mark_due([here.bond.id for here in page if here.findings], store.clock())
                found += page
                progress(done := done + len(page), total)
            connections.append(_swept(one.name, found))
        return {"connections": connections, "drifted": sum(c["drifted"] for c in connections), "marked_due": not report_only}
    finally:
        store.close()


def _chosen(configuration: Configuration, only: str) -> list[Configured]:
    known = [one for one in configuration.connections if only in {"", one.name}]
    if not known:
        names = ", ".join(one.name for one in configuration.connections)
        raise Unusable(f"there is no connection {only!r}; name one of {names}")
    return known


def _bonds(store: Store, connection: str, tickets: Sequence[str]) -> list[str]:
    if tickets:
        return sorted({bond.id for ticket in tickets for bond in store.find_bonds(ticket) if bond.connection == connection})
    return store.bond_ids(connection)


def _looked_at(one: Configured, store: Store, bonds: Sequence[str]) -> Iterator[list[drift.Found]]:
    """Page by page, so that few tickets are in memory and a sweep that ends early has done something."""
    if not bonds:
        return
    connection = assemble.connect(one, store)
    problems = checks.live(connection)  # learns what each system can do, as the daemon does before its first pass
    if problems:
        raise Unusable("; ".join(f"{p.place}: {p.message} ({p.remedy})" for p in problems))
    try:
        for start in range(0, len(bonds), TURN):
            yield drift.look(connection, store, store.clock, bonds[start : start + TURN])
    except Trouble as trouble:
        raise Unusable(f"{one.name}: {trouble}; begin again when the system answers, nothing is lost") from trouble


def _swept(name: str, found: Sequence[drift.Found]) -> dict[str, Any]:
    drifted = [one for one in found if one.findings]
    return {
        "connection": name,
        "bonds": len(found),
        "agree": len(found) - len(drifted),
        "drifted": len(drifted),
        "counts": drift.summary(found),
        "tickets": [one.as_dict() for one in drifted],
    }


def stopped(store: Store, connection: str) -> list[dict[str, Any]]:
    """Why nothing is written: one entry for each system that is not what it was; the keys are stable (``status --json``)."""
    return [
        {
            "side": side.value,
            "why": what["why"],
            "since": what["since"],
            "knew": what["knew"],
            "there": what["there"],
            "bonds": len(what["bonds"]),
            "examples": list(what["bonds"].values())[:_EXAMPLES],
        }
        for side, what in guard.states(store, connection).items()
    ]


def stopped_in_words(row: dict[str, Any]) -> str:
    """One line for people, with what helps."""
    what = f"it says it is {row['there']}, and was {row['knew']}"
    if row["why"] == "went_back":
        shown = "; ".join(f"{one['number']}: we knew {one['knew']}, there is {one['there']}" for one in row["examples"])
        what = f"{row['bonds']} tickets are not what they were ({shown})"
    return (
        f"nothing is written: the {row['side']}'s system went back in time or is another one: {what}. "
        f"Bring it back, or accept it as it is: connector release --system {row['side']}"
    )


def accept(configuration: Configuration, side: Side, only: str, by: str, progress: Progress) -> dict[str, Any]:
    """Take a system as it is now: each bond is taken up anew, differences stand, and nothing is stopped any more.

    May be cut short and begun again.

    :raises Unusable: there is no such connection, or nothing is stopped because of that side.
    """
    store = assemble.open_store(configuration.settings.store)
    try:
        names = [one.name for one in _chosen(configuration, only) if side in guard.states(store, one.name)]
        if not names:
            raise Unusable(f"nothing is stopped because of the {side}'s system; connector status shows what is")
        work = {name: store.bond_ids(name) for name in names}
        done, total = 0, sum(map(len, work.values()))
        for name, bonds in work.items():
            for start in range(0, len(bonds), TURN):
                page = bonds[start : start + TURN]
                restores.each(store, page, lambda tx, bond: operate.accept(tx, bond, side, store.clock(), by))
                progress(done := done + len(page), total)
            there = guard.states(store, name)[side]["there"]
            if there:
                store.set_fact(guard.identity_fact(name, side), there)
            store.set_fact(look_back_fact(name, side), "wanted")
            store.set_fact(guard.fact_of(name, side), "")
        return {"connections": names, "side": side.value, "bonds": total}
    finally:
        store.close()
