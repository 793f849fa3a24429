"""An operator's order that a ticket follow the case of another, and what the commands then show."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.daemon.errors import NoSuchTicket
from connector.daemon.office import Office
from connector.settings import load
from connector.store.records import Birth, Bond, BondState
from connector.store.store import Store
from connector.words import Side
from tests.process.place import PASSWORD, Place


@pytest.fixture
def office(here: Place, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A ticket with a case, and one that waits."""
    monkeypatch.setenv("TEST_PASSWORD", PASSWORD)
    store = Store.open(f"sqlite:///{here.folder}/store.db")
    for n, state in enumerate((BondState.LINKED, BondState.CANDIDATE), 1):
        bond = Bond(f"b{n}", "acme", state, store.clock(), title=f"title {n}")
        bond.side(Side.CUSTOMER).ref, bond.side(Side.CUSTOMER).number = f"r{n}", f"INC{n}"
        if state is BondState.LINKED:
            bond.side(Side.VENDOR).ref, bond.side(Side.VENDOR).number = "77", "2026077"
        event = {"kind": "born", "side": "customer", "ref": f"r{n}", "number": f"INC{n}", "intake": "it is meant"}
        store.advance("acme", Side.CUSTOMER, "x", [Birth(bond, Side.CUSTOMER, f"r{n}", store.clock(), event)])
    store.close()
    return Office(load(Path(here.config)))


def test_a_ticket_that_waits_follows_at_an_operators_word(here: Place, office: Office) -> None:
    with office:
        assert office.follow("inc2", "2026077", "olga") == "b1"
    [connection] = here.json("status")["connections"]
    assert [(row["number"], row["case"], row["follows"]) for row in connection["tickets"]] == [
        ("INC1", "2026077", None),
        ("INC2", "2026077", "2026077/INC1"),
    ]
    assert connection["bonds"] == 1
    assert "follows 2026077/INC1" in here.call("status").stdout
    story = here.json("explain", "INC2")
    assert (story["ticket"], story["follows"], story["title"]) == ("INC2", "2026077/INC1", "title 2")
    assert "as an operator (olga) ordered" in story["story"][0]["text"]
    assert "follows 2026077/INC1" in here.call("explain", "INC2").stdout
    assert "goes on with case 2026077" in here.call("explain", "b2").stdout


def test_what_cannot_follow_is_refused_with_the_reason(office: Office) -> None:
    with office:
        with pytest.raises(NoSuchTicket, match="waits without a case"):
            office.follow("INC1", "INC2", "olga")
        with pytest.raises(NoSuchTicket, match="no bond has the ticket"):
            office.follow("INC9", "INC1", "olga")
