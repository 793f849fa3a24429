"""Whatever happened stands in the audit, at whichever commit the process dies."""

from __future__ import annotations

import pytest

from tests.rules.moments import dying_after_commit
from tests.simulation.trouble_desk import L1, VENDOR, Desk

COPIES = ("copied", "recognised", "second_copy")


@pytest.mark.parametrize("number", range(1, 6))
def test_every_copy_has_its_record_wherever_the_process_dies(number: int) -> None:
    desk = Desk()
    bond = desk.row(desk.a)["bond"]
    desk.customer.comment(desk.a, L1, "any news?", public=True)
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "try this", public=True)
    with dying_after_commit(desk, number):
        desk.run(60)
    told = sum(desk.audited(desk.a, kind) for kind in COPIES)
    assert told == len(desk.rig.store.load([bond])[bond].identities)
