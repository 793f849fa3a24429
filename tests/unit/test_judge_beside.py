"""The judge on several incidents of one case: a second incident follows the first, the connector's hand is led by the test."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from connector.sandbox.judge import Sentence, Table, judge
from tests.unit.test_judge import DONE, HEAD, L1, ON_HOLD, VENDOR, Play

CLOSED = {"state": "7", **DONE}


class Both(Play):
    """``ref`` leads the case, ``other`` follows it from the start of the quiet."""

    def __init__(self) -> None:
        super().__init__()
        self.other = self.sn.create(L1, {"short_description": "Calls drop too", "impact": "2", "urgency": "2", **ON_HOLD})
        self.second = self.sn.ticket(self.other).number
        self.follower: dict[str, Any] = {
            **self.row,
            "number": self.second,
            "ref": self.other,
            "follows": f"{self.row['case']}/{self.number}",
            "since": self.now,
            "standing": {},
            "withheld": [],
        }
        self.patch(self.other, correlation_id=self.row["case"])
        self.wait(600)

    def judge(self, **table: Any) -> Sentence:
        return judge(self.world, self.sn, self.portal, [self.row, self.follower], Table(**table))

    def of(self, number: str, text: str) -> str:
        """A copy in the case, named with its incident."""
        return f"Somebody ({number}, now):\n{text}"


@pytest.fixture
def play() -> Both:
    return Both()


def test_two_incidents_of_one_case_may_be_in_order(play: Both) -> None:
    play.says("ok")
    play.sn.comment(play.other, L1, "ok", public=True)
    play.update(text=play.of(play.number, "ok"))
    play.update(text=play.of(play.second, "ok"))
    play.vendor_says("we look at both")
    for ref in (play.ref, play.other):
        play.patch(ref, work_notes=HEAD + "we look at both")
    sentence = play.judge()
    assert sentence.ok, sentence.findings
    assert (sentence.tickets, sentence.bonds, sentence.agree) == (2, 2, 2)


@pytest.mark.parametrize("named", ["number", "second"])
def test_a_followers_comment_needs_a_copy_of_its_own(play: Both, named: str) -> None:
    """Two say the same; one copy is missing, whichever it is."""
    play.says("it is still down")
    play.sn.comment(play.other, L1, "it is still down", public=True)
    play.update(text=play.of(getattr(play, named), "it is still down"))
    assert play.found() == ["lost"]


def test_copies_in_a_merged_case_are_those_of_the_bond_that_could_not_follow_it(play: Both) -> None:
    """Two incidents with a case each say the same; the vendor merges one case into the other."""
    own, play.number = play.number, play.second
    merged = play.open_case()
    play.number = own
    number = play.portal.ticket(merged).number
    play.follower |= {"case_ref": merged, "case": number, "follows": None, "since": 0.0, "held": "it was merged"}
    play.patch(play.other, correlation_id=number)
    for ref, case, name in ((play.ref, play.case, own), (play.other, merged, play.second)):
        play.sn.comment(ref, L1, "ok", public=True)
        play.update(text=play.of(name, "ok"), case=case)
    play.portal.merge(merged, play.case, VENDOR)
    assert play.found() == []
    play.update(text=play.of(own, "ok"))
    assert play.found() == ["duplicates"]


def test_a_copy_under_the_wrong_number_is_none(play: Both) -> None:
    play.sn.comment(play.other, L1, "mine alone, not theirs", public=True)
    play.update(text=play.of(play.number, "mine alone, not theirs"))
    assert "lost" in play.found()


def test_the_vendors_word_is_lost_where_one_incident_lacks_it(play: Both) -> None:
    play.vendor_says("we look at both")
    play.patch(work_notes=HEAD + "we look at both")
    assert play.found() == ["lost"]


def test_what_one_incident_says_is_not_shown_in_another(play: Both) -> None:
    play.says("the password is swordfish")
    play.update(text=play.of(play.number, "the password is swordfish"))
    assert play.found() == []
    play.patch(play.other, work_notes=HEAD + "the password is swordfish")
    assert play.found() == ["violations"]


def test_a_follower_keeps_its_title_and_priority(play: Both) -> None:
    play.patch(play.other, short_description="Calls drop")
    assert play.found() == ["violations"]


def test_the_case_is_not_closed_while_another_incident_is_open(play: Both) -> None:
    play.portal.edit(play.case, VENDOR, {"State": "pending auto close+"})
    for ref in (play.ref, play.other):
        play.patch(ref, state="2", hold_reason="")
    play.wait(600)
    play.sn.edit(play.ref, L1, CLOSED)
    play.update("<Ticket><State>closed successful</State></Ticket>")
    play.wait(600)
    assert play.found() == ["violations"]


def test_an_incident_that_was_deleted_keeps_no_case_open(play: Both) -> None:
    play.sn.delete(play.other)
    play.follower["held"] = "it is not there"
    play.portal.edit(play.case, VENDOR, {"State": "pending auto close+"})
    play.patch(state="2", hold_reason="")
    play.wait(600)
    play.sn.edit(play.ref, L1, CLOSED)
    play.update("<Ticket><State>closed successful</State></Ticket>")
    play.wait(600)
    assert play.found() == []


def test_a_file_of_an_incident_that_was_deleted_has_a_copy_of_its_own(play: Both) -> None:
    """Two incidents gave a file of the same bytes; a third copy is one too many."""
    for ref in (play.ref, play.other):
        play.sn.attach(ref, L1, "log.txt", b"same bytes", "text/plain")
    given = _attached("log.txt", b"same bytes")
    for _ in "ab":
        play.update(given)
    assert play.found() == []
    play.sn.delete(play.other)
    play.follower["held"] = "it is not there"
    assert play.found() == []
    play.update(given)
    assert play.found() == ["duplicates"]


def _attached(name: str, data: bytes) -> str:
    """An article of our user with a file."""
    file = (
        f"<Attachment><Content>{b64encode(data).decode()}</Content><ContentType>text/plain</ContentType>"
        f"<Filename>{name}</Filename></Attachment>"
    )
    return (
        f"<Article><Subject>{name}</Subject><Body>{name}</Body><ContentType>text/plain; charset=utf-8</ContentType>"
        f"<IsVisibleForCustomer>1</IsVisibleForCustomer></Article>{file}"
    )


def test_the_vendors_own_end_that_a_comment_of_ours_covered_may_be_put_back(play: Both) -> None:
    play.portal.comment_reopens = True
    play.portal.edit(play.case, VENDOR, {"State": "closed unsuccessful"})
    play.says("any news?")
    play.update(text=play.of(play.number, "any news?"))
    assert play.portal.ticket(play.case).fields["State"] == "open"
    play.update("<Ticket><State>closed unsuccessful</State></Ticket>")
    for ref in (play.ref, play.other):
        play.patch(ref, state="2", hold_reason="")
    assert play.found() == []


def test_a_follower_shows_where_the_case_stands(play: Both) -> None:
    play.portal.edit(play.case, VENDOR, {"State": "pending reminder"})
    play.patch(state="2", hold_reason="")
    play.wait(600)
    assert play.found() == ["unequal"]
    play.patch(play.other, state="2", hold_reason="")
    assert play.found() == []


def test_nobody_takes_back_a_followers_own_move(play: Both) -> None:
    play.sn.edit(play.other, L1, {"state": "2", "hold_reason": ""})
    play.wait(600)
    assert play.found() == []
    play.patch(play.other, **ON_HOLD)
    assert play.found() == ["unequal"]


def test_what_differed_when_an_incident_came_to_lead_may_stand_until_somebody_changes_it(play: Both) -> None:
    play.row, play.follower = (
        play.follower | {"follows": None, "since": play.now},
        play.row | {"follows": "x/y", "since": play.now},
    )
    assert play.found() == []
    play.wait(600)
    play.sn.edit(play.other, L1, {"short_description": "Calls drop, all of them"})
    play.wait(600)
    assert play.found() == ["unequal"]
