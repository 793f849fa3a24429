"""What operators and auditors ask of a store and order there. Works beside a running daemon: the store divides them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from adapters.base import Problem
from connector.audit.export import export, verify_export
from connector.audit.record import Checkpoint, Head, Record
from connector.audit.verify import Reader, verify
from connector.daemon import answering, assemble, checks, recovery, rosters, standing, webhooks
from connector.daemon.errors import NoSuchTicket, NotDone, Unusable
from connector.daemon.flows import sides
from connector.daemon.progress import Progress
from connector.mapping.mapping import TicketMapping
from connector.settings import Configuration
from connector.store import schema
from connector.store.ledger import LedgerReader
from connector.store.records import Bond, BondState
from connector.sync import following, operate
from connector.sync.connection import Connection
from connector.sync.report import report

_EVERY = 500  # records between two reports of progress


class Office:
    """Use as a context manager.

    :raises Unusable: the store cannot be used.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self.store = assemble.open_store(configuration.settings.store)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    # --- asking ---

    def status(self) -> dict[str, Any]:
        """Every connection with its counts and its tickets; the keys are stable."""
        return {"connections": [self._connection(name) for name in self._configuration.settings.connections]}

    def _connection(self, name: str) -> dict[str, Any]:
        tally, backlog = self.store.tally(name), self.store.backlog(name)
        waited = None if backlog.oldest_due is None else round(max(0.0, self.store.clock() - backlog.oldest_due), 1)
        return {
            "connection": name,
            "bonds": tally.bonds,
            "states": {state.value: count for state, count in tally.states.items()},
            "held": tally.held,
            "parked": backlog.parked,
            "due": backlog.due,
            "in_work": backlog.leased,
            "oldest_due_s": waited,
            "sides": sides(self.store, name),
            "stopped": recovery.stopped(self.store, name),
            "tickets": report(self.store, name),
        }

    def check(self) -> list[Problem]:
        """What the live systems lack, connection by connection."""
        connections = [assemble.connect(one, self.store) for one in self._configuration.connections]
        problems = webhooks.check(self._configuration.settings)
        return problems + [problem for connection in connections for problem in checks.live(connection)]

    def findings(self) -> list[Problem]:
        """What the operating models ask for and is not so, by the files and by what the store knows."""
        return [*standing.standing(self._configuration), *rosters.untold(self._configuration, self.store)]

    def parked(self) -> list[dict[str, Any]]:
        """All that waits for an operator: whole tickets, and single units or items of tickets that go on."""
        return [row for connection in self.status()["connections"] for row in _parked(connection)]

    # --- ordering ---

    def sync(self, ticket: str) -> list[str]:
        """Make a pass due now; returns the bonds."""
        bonds = [bond.id for bond in self._find(ticket)]
        self.store.mark_due(bonds, self.store.clock())
        return bonds

    def release(self, ticket: str, by: str) -> list[str]:
        """Let parked tickets go on as they are: what was refused stays aside, everything else travels again."""
        return [self._let_go(bond.id, by, again=False) for bond in self._find(ticket)]

    def retry(self, ticket: str, by: str) -> list[str]:
        """Let parked tickets go on; plan anew what was refused, and what differs only since the mapping changed."""
        return [self._let_go(bond.id, by, again=True) for bond in self._find(ticket)]

    def answer(self, ticket: str, topic: str, text: str, by: str) -> dict[str, Any]:
        """Keep what a person says about a ticket, as if it stood there; what was kept, with ``heeded``: whether rules ask for it.

        :raises Unusable: the topic is not known, its text says too little, or the person may not answer.
        :raises NotDone: the ticket is not known, not the only one, or its exchange is over.
        """
        said = answering.Answer(ticket, topic, text, by)
        return answering.answer(self.store, self._configuration, self._find(ticket), said)

    def follow(self, ticket: str, case: str, by: str) -> str:
        """Let a ticket that waits without a case follow a case that another ticket leads; returns the bond.

        :param case: a number or id of the case, or of a ticket that has it.
        :raises NoSuchTicket: one of the two is not known, or not one of its kind.
        """
        candidates = [bond for bond in self._find(ticket) if bond.state is BondState.CANDIDATE]
        leading = [bond for bond in self._find(case) if bond.state in (BondState.LINKED, BondState.ENDED)]
        pairs = [(one, other) for one in candidates for other in leading if one.connection == other.connection]
        if len(pairs) != 1:
            raise NoSuchTicket(
                f"{ticket!r} has to be a ticket that waits without a case, and {case!r} a case of the same connection that a"
                " ticket has; name them by their bonds where two connections use the same numbers (connector status --json)"
            )
        try:
            following.join(self.store, pairs[0][0].id, pairs[0][1].id, by=by)
        except following.CannotFollow as no:
            raise NoSuchTicket(str(no)) from no
        return pairs[0][1].id

    def _let_go(self, bond_id: str, by: str, *, again: bool) -> str:
        with self.store.operator_transaction(bond_id) as tx:
            tx.release()
            bond = tx.load().bond
            items, units = operate.try_again(bond, self._mapping(bond.connection)) if again else operate.set_aside(bond)
            if again or operate.accept_held(bond, self.store.clock()):
                tx.save(bond)
            tx.record({"kind": "retried" if again else "released", "by": by, "items": items, "units": units})
        return bond_id

    def _mapping(self, connection: str) -> TicketMapping:
        return next(one.mapping for one in self._configuration.connections if one.name == connection)

    def _find(self, ticket: str) -> list[Bond]:
        """The bonds of a ticket; those that are over only where no other has it."""
        bonds = self.store.find_bonds(ticket)
        if not bonds:
            raise NoSuchTicket(f"no bond has the ticket {ticket!r}; name a number of either side, an id, or a bond")
        return [bond for bond in bonds if bond.state is not BondState.UNLINKED] or bonds

    # --- both systems ---

    def connection(self, name: str = "", *, asked: bool = True) -> Connection:
        """A connection to work with; ``name`` may be left out where there is one only.

        :param asked: both systems are asked first whether they can be worked with.
        :raises Unusable: there is no such connection, or several and no name.
        :raises NotDone: a system lacks something.
        """
        known = {one.name: one for one in self._configuration.connections}
        wanted = name or (next(iter(known)) if len(known) == 1 else "")
        if wanted not in known:
            which = f"there is no connection {name!r}" if name else "there are several connections"
            raise Unusable(f"{which}: name one of {', '.join(known)} with --connection")
        made = assemble.connect(known[wanted], self.store)
        if asked and (problems := checks.live(made)):
            told = "; ".join(f"{p.place}: {p.message} ({p.remedy})" for p in problems)
            raise NotDone(f"{told}; nothing was done, see connector check")
        return made

    # --- the record ---

    def verify(self, anchor: str = "", progress: Progress | None = None) -> dict[str, Any]:
        """Recompute the whole audit."""
        with self.store.audit() as reader:
            return verify(self._counted(reader, progress), anchor).as_dict()

    def export(self, path: Path, progress: Progress | None = None) -> int:
        """Write the whole audit to a file; returns its number of lines. The file appears when it is complete."""
        partial = path.with_name(path.name + ".partial")
        with self.store.audit() as reader, partial.open("w", encoding="utf-8") as out:
            lines = export(self._counted(reader, progress), out, self.store.clock())
        partial.replace(path)
        return lines

    def redact(self, bond: str, record: int, *, by: str, reason: str) -> None:
        """Erase the content of one audit record, and record that and why.

        :raises Unusable: there is no such content.
        """
        with assemble.usable():
            self.store.redact(bond, record, by=by, reason=reason)

    def _counted(self, reader: LedgerReader, progress: Progress | None) -> Reader:
        return _Counted(reader, self.store.audit_size()[0], progress) if progress else reader


class _Counted:
    """A reader that tells how far it is."""

    def __init__(self, reader: LedgerReader, total: int, progress: Progress) -> None:
        self._reader = reader
        self._total = total
        self._progress = progress

    def checkpoints(self) -> Iterator[Checkpoint]:
        return self._reader.checkpoints()

    def heads(self) -> Iterator[Head]:
        return self._reader.heads()

    def records(self) -> Iterator[Record]:
        done = 0
        for done, record in enumerate(self._reader.records(), 1):
            if done % _EVERY == 0:
                self._progress(done, self._total)
            yield record
        self._progress(done, max(done, self._total))

    def strays(self) -> Iterator[tuple[str, int]]:
        return self._reader.strays()


def verify_file(path: Path, anchor: str = "") -> dict[str, Any]:
    """Verify an export without any database."""
    with path.open(encoding="utf-8") as lines:
        return verify_export(lines, anchor).as_dict()


def migrate(configuration: Configuration, say: Callable[[str], None]) -> None:
    """Bring the database to this program's schema.

    :raises Unusable: it cannot be.
    """
    with assemble.usable():
        schema.migrate(assemble.address(configuration.settings.store), say)


def problems_as_dicts(problems: list[Problem]) -> list[dict[str, str]]:
    return [asdict(problem) for problem in problems]


def _parked(connection: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for ticket in connection["tickets"]:
        place = {"connection": connection["connection"], **{key: ticket[key] for key in ("bond", "number", "case", "title")}}
        if ticket["parked"]:
            yield {**place, "what": "ticket", "reason": ticket["parked"]}
        for name, tolerated in ticket["standing"].items():
            if tolerated["parked"]:
                yield {**place, "what": name, "reason": tolerated["reason"]}
        for item in ticket["withheld"]:
            if item["parked"]:
                yield {**place, "what": item["item"], "reason": item["reason"]}
