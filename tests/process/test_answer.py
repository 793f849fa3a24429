"""``connector answer``: what is kept of a person's word, whose word counts, and what is refused."""

from __future__ import annotations

import getpass

import pytest

from connector.store.codec import bond_of, bond_row
from connector.store.records import Birth, Bond, BondState
from connector.store.store import Store
from connector.words import Reply, Side
from tests.process.place import ROOT, Place

EXAMPLE = ROOT / "config" / "installation.example.yaml"


def born(store: Store, bond: Bond, ref: str, number: str, state: BondState = BondState.LINKED) -> None:
    bond.state = state
    bond.side(Side.CUSTOMER).ref, bond.side(Side.CUSTOMER).number = ref, number
    event = {"kind": "born", "side": "customer", "ref": ref, "number": number, "intake": "it is meant"}
    store.advance(bond.connection, Side.CUSTOMER, "x", [Birth(bond, Side.CUSTOMER, ref, store.clock() + 3600, event)])


@pytest.fixture
def there(here: Place) -> Place:
    """A ticket with a case that another ticket follows, and one whose exchange is over. Nothing is due for an hour."""
    store = Store.open(f"sqlite:///{here.folder}/store.db")
    lead, follower = (Bond("b1", "acme", BondState.LINKED, store.clock(), title="Calls drop") for _ in range(2))
    lead.side(Side.VENDOR).ref, lead.side(Side.VENDOR).number = "77", "2026077"
    born(store, lead, "r1", "INC1")
    born(store, Bond("b2", "acme", BondState.LINKED, store.clock()), "r2", "INC2", BondState.UNLINKED)
    follower.side(Side.CUSTOMER).ref, follower.side(Side.CUSTOMER).number = "r7", "INC7"
    with store.operator_transaction("b1") as tx:
        bond = tx.load().bond
        bond.followers = [follower]
        for name in ("r7", "number:inc7"):
            tx.link(Side.CUSTOMER, name)
        tx.save(bond)
    [claim] = store.claim("acme", "test")
    with store.transaction(claim) as tx:
        tx.done(store.clock() + 3600)
    store.close()
    return here


def with_roster(place: Place, *changes: tuple[str, str]) -> Place:
    text = EXAMPLE.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    (place.folder / "installation.yaml").write_text(text, encoding="utf-8")
    settings = place.config.read_text(encoding="utf-8")
    place.config.write_text(
        settings.replace("    customer:\n", "    installation: installation.yaml\n    customer:\n", 1), "utf-8"
    )
    return place


def stored(place: Place, name: str = "b1") -> tuple[Bond, int]:
    """The bond, and how much is due now."""
    store = Store.open(f"sqlite:///{place.folder}/store.db")
    try:
        return store.load([name])[name].bond, store.backlog("acme").due
    finally:
        store.close()


def replies(place: Place) -> list[tuple[str, str, str]]:
    return [(reply.topic, reply.text, reply.by) for reply in stored(place)[0].replies]


def test_a_persons_word_is_kept_recorded_told_and_acted_on_at_once(there: Place) -> None:
    assert stored(there)[1] == 0
    done = with_roster(there).json("answer", "inc1", "CALLED", "14:05,", "spoke to  Vera", "--by", "Maria Bakker")
    assert done == {
        "ok": True,
        "bond": "b1",
        "ticket": "INC1",
        "topic": "called",
        "text": "14:05, spoke to Vera",
        "by": "maria.bakker",
        "heeded": True,
    }
    bond, due = stored(there)
    assert due == 1
    [reply] = bond.replies
    assert (reply.topic, reply.text, reply.by, reply.item) == ("called", "14:05, spoke to Vera", "maria.bakker", "")
    assert reply.at > bond.born - 1
    [told] = [line for line in there.json("explain", "INC1")["story"] if line["kind"] == "replied"]
    assert told["text"] == (
        "Maria.bakker told the connector through an operator's command on ticket INC1: called: 14:05, spoke to Vera."
    )
    there.json("audit", "verify", code=0)


def test_the_same_word_twice_is_two_words(there: Place) -> None:
    with_roster(there)
    for _ in range(2):
        shown = there.call("answer", "2026077", "accept", "--by", "jonas.weber")
        assert shown.exit_code == 0
        assert shown.stdout == "INC1: jonas.weber said accept (b1)\n"
    assert replies(there) == [("accept", "", "jonas.weber")] * 2


def test_a_word_on_a_ticket_that_follows_is_that_tickets(there: Place) -> None:
    assert with_roster(there).json("answer", "INC7", "accept", "--by", "maria.bakker")["ticket"] == "INC7"
    bond = stored(there)[0]
    assert (bond.replies, [reply.topic for reply in bond.followers[0].replies]) == ([], ["accept"])
    assert [line["kind"] for line in there.json("explain", "INC7")["story"]][-1] == "replied"


def test_without_a_roster_it_is_the_operators_word_and_is_said_to_come_to_nothing(there: Place) -> None:
    shown = there.call("answer", "INC1", "accept")
    assert shown.exit_code == 0
    assert "nothing acts on it" in shown.stderr
    assert replies(there) == [("accept", "", getpass.getuser())]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cheer", "hooray"], "there is no topic 'cheer': name one of statement, submit, consult"),
        (["statement"], "statement needs some words: on what basis"),
        (["cause", "the moon"], "cause begins with one of vendor, other, mixed"),
        (["fact", "plan", "other"], "fact NAME VALUE takes what a person can find out under this model: record_type"),
        (["accept", "--by", "nobody"], "'nobody' is not on the roster of acme"),
        (["accept"], "is not on the roster of acme: name by --by whose word it is"),
        (["accept", "--by", "jonas.weber"], "Jonas Weber is on the roster of acme, but not among those who submit"),
    ],
)
def test_what_is_refused_ends_with_2_and_leaves_nothing(there: Place, words: list[str], said: str) -> None:
    jonas_has_no_role = ("    role: trained-l1\n    portal_user: acme-jweber", "    portal_user: acme-jweber")
    by = [] if "accept" in words else ["--by", "maria.bakker"]
    found = with_roster(there, jonas_has_no_role).json("answer", "INC1", *words, *by, code=2)
    assert found["ok"] is False
    assert said in found["error"]
    assert replies(there) == []


def test_a_ticket_that_is_not_known_or_whose_exchange_is_over_ends_with_1(there: Place) -> None:
    with_roster(there)
    assert "no bond has the ticket" in there.json("answer", "INC9", "accept", "--by", "maria.bakker", code=1)["error"]
    assert "is over (unlinked)" in there.json("answer", "INC2", "accept", "--by", "maria.bakker", code=1)["error"]
    assert stored(there, "b2")[0].replies == []


def test_a_cause_and_a_fact_are_taken_as_the_rules_read_them(there: Place) -> None:
    with_roster(there)
    there.json("answer", "INC1", "cause", "other: a cable", "--by", "maria.bakker")
    there.json("answer", "INC1", "fact", "record_type", "request", "--by", "maria.bakker")
    assert [reply[:2] for reply in replies(there)] == [("cause", "other: a cable"), ("fact", "record_type request")]


def test_replies_come_back_from_the_store_as_they_were() -> None:
    bond = Bond("b", "acme", BondState.LINKED, 1.0)
    bond.replies = [
        Reply("statement", "„Zwei Anwender“ \x00 \ud800", "lena.l1", 1.5, "c4#0"),
        Reply("accept", "", "lena.l1", 2.0),
    ]
    bond.followers = [Bond("b", "acme", BondState.LINKED, 1.0, replies=[Reply("called", "x", "jo", 3.0)])]
    back = bond_of(bond_row(bond, 2.0)["doc"])
    assert back == bond
    assert isinstance(back.replies[0], Reply)
    assert bond_of(bond_row(Bond("b", "acme", BondState.LINKED, 1.0), 2.0)["doc"].replace('"replies":[],', "")).replies == []
