"""``connector audit redact``: a content goes, the proof stays."""

from __future__ import annotations

from pathlib import Path

from connector.store.records import Birth, Bond, BondState
from connector.store.store import Store
from connector.words import Side
from tests.process.place import place


def test_an_erased_content_leaves_the_chain_intact_and_says_who_and_why(tmp_path: Path) -> None:
    with place(tmp_path) as here:
        store = Store.open(f"sqlite:///{tmp_path}/store.db")
        bond = Bond("b1", "acme", BondState.CANDIDATE, 1.0)
        first = {"kind": "born", "side": "customer", "ref": "r1", "number": "INC1", "intake": "meant for the vendor"}
        store.advance("acme", Side.CUSTOMER, "1", [Birth(bond, Side.CUSTOMER, "r1", 1.0, first)])
        store.close()
        order = ["audit", "redact", "b1", "1", "--reason", "asked for by the data subject", "--by", "alice"]
        done = here.call(*order)
        assert done.exit_code == 0, done.output
        found = here.json("audit", "verify")
        assert found["verified"]
        assert len(found["erased"]) == 1
        told = here.call("explain", "b1", "--all").output
        assert "asked for by the data subject" in told
        assert "alice" in told
        assert here.call(*order).exit_code != 0
