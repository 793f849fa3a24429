"""What operators order: each is a process of its own, which may die as well and is called again then."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.daemon.backfill import Backfill
from connector.daemon.errors import NoSuchTicket, NotDone
from connector.daemon.linking import Linker
from connector.daemon.pairs import Row
from connector.daemon.parting import Parting
from connector.store.records import BondState
from connector.store.restore import put_back
from connector.store.transaction import Tx
from connector.sync import following, operate
from connector.sync.connection import Connection
from tests.crash.people import Ticket

if TYPE_CHECKING:
    from tests.crash.stage import Stage

BY = "olga.operator"
SOON = 5.0  # seconds until somebody who was told to wait tries again


def sync(stage: Stage, bond: str) -> None:
    """``connector sync``: a pass is due."""
    stage.command(lambda: stage.rig.store.mark_due([bond], stage.clock.now))


def retry(stage: Stage, bond: str) -> None:
    """``connector retry``."""

    def again(tx: Tx) -> None:
        known = tx.load().bond
        items, units = operate.try_again(known, stage.rig.mapping)
        tx.save(known)
        tx.record({"kind": "retried", "by": BY, "items": items, "units": units})

    _let_go(stage, bond, again)


def release(stage: Stage, bond: str) -> None:
    """``connector release``."""

    def as_it_is(tx: Tx) -> None:
        items, units = operate.set_aside(tx.load().bond)
        tx.record({"kind": "released", "by": BY, "items": items, "units": units})

    _let_go(stage, bond, as_it_is)


def _let_go(stage: Stage, bond: str, act: Callable[[Tx], None]) -> None:
    def ordered() -> None:
        with stage.rig.store.operator_transaction(bond) as tx:
            tx.release()
            act(tx)

    stage.command(ordered)


def follow(stage: Stage, ticket: Ticket, lead: Ticket) -> None:
    """``connector link --follow``: a ticket that waits without a case joins the case of another."""

    def join() -> None:
        store = stage.rig.store
        waiting = [b.id for b in store.find_bonds(ticket.number) if b.state is BondState.CANDIDATE]
        for bond in waiting:  # none: the command before this one died when all was done
            following.join(store, bond, lead.bond, by=BY)

    stage.command(join)


def link(stage: Stage, ticket: Ticket, case: str) -> None:
    """``connector link``: a ticket and a case that were there before."""
    row = Row(ticket.number, stage.portal.ticket(case).number)

    def tie() -> None:
        linker = Linker(_connection(stage), stage.rig.store)
        (checked,) = linker.check([row])
        if not linker.link(checked, BY):
            raise AssertionError(checked.problems)

    stage.command(tie)
    ticket.linked = case


def unlink(stage: Stage, ticket: Ticket) -> None:
    """``connector unlink``, again where a call is not answered yet.

    A second call finds nothing to end where the first one died after its end.
    """

    def part() -> None:
        with suppress(NoSuchTicket):
            Parting(_connection(stage), stage.rig.store).unlink(ticket.number, BY)

    while True:
        try:
            return stage.command(part)
        except NotDone:  # it says until when this may take
            stage.run(SOON)


def backfill(stage: Stage) -> None:
    """``connector backfill``; goes on where it died."""

    def fill() -> None:
        work = Backfill(_connection(stage), stage.rig.store)
        work.run(work.begin())

    stage.command(fill)


def restore(stage: Stage) -> Callable[[], None]:
    """``connector backup`` now; returns ``connector restore``, at which every process is stopped."""
    manifest, copied = stage.rig.copy()

    def back() -> None:
        stage.command(lambda: put_back(stage.rig.store, copied, manifest, BY))
        for process in stage.processes:
            process.start()

    return back


def _connection(stage: Stage) -> Connection:
    """Adapters of its own, as the command line makes them."""
    return replace(stage.rig.connection, adapters=stage.rig.adapters())
