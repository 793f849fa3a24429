"""Whatever happened stands in the audit, at whichever commit the process dies; and one daemon alone writes it."""

from __future__ import annotations

import tempfile

from connector.store.errors import StoreError
from connector.store.store import Store
from tests.rules.moments import dying_after_commit
from tests.simulation.trouble_desk import L1, Desk

COPIES = ("copied", "recognised", "second_copy")


def test_every_copy_has_its_record_wherever_the_process_dies() -> None:
    for number in range(1, 7):
        desk = Desk()
        bond = desk.row(desk.a)["bond"]
        desk.customer.comment(desk.a, L1, "any news?", public=True)
        with dying_after_commit(desk, number):
            desk.run(900, 60.0)
        told = sum(desk.audited(desk.a, kind) for kind in COPIES)
        assert told == len(desk.rig.store.load([bond])[bond].identities), f"a death after commit {number}"


def test_a_second_daemon_keeps_off_the_file() -> None:
    with tempfile.TemporaryDirectory() as place:
        first, second = (Store.open(f"sqlite:///{place}/store.db") for _ in range(2))
        first.lock_exclusive()
        try:
            second.lock_exclusive()
        except StoreError:
            kept_off = True
        else:
            kept_off = False
        first.close()
        second.close()
    assert kept_off
