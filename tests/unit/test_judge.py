"""The judge: worlds made by hand, one for each kind of wrong, and runs of the whole product that are right."""

from __future__ import annotations

import time
from collections.abc import Callable
from html import escape
from typing import Any

import pytest
import requests

from connector.sandbox.core import World
from connector.sandbox.judge import Sentence, Table, judge
from connector.sandbox.otrs import PATH, Otrs
from connector.sandbox.servicenow import ServiceNow
from connector.sandbox.transport import InProcess
from connector.sync.report import report
from tests.simulation.rig import Rig

NS = "http://www.otrs.org/TicketConnector/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
L1, VENDOR = "lena.l1", "vera.vendor"
ON_HOLD = {"state": "3", "hold_reason": "4"}
DONE = {"close_code": "Solved", "close_notes": "done"}
HEAD = "Somebody (X, now):\n"


class Play:
    """Two systems, their people, and a clumsy connector: our user's hand is led by the test."""

    def __init__(self, *, linked: bool = True) -> None:
        self.now = 1_780_000_000.0
        self.world = World(lambda: self.now, 3)
        self.sn, self.portal = ServiceNow(self.world), Otrs(self.world)
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.auth = ("connector", "connector-secret")
        self.http.mount("http://sn.test", InProcess(self.world, self.sn))
        self.http.mount("http://portal.test", InProcess(self.world, self.portal))
        self.row: dict[str, Any] = {}
        self.ref = self.sn.create(L1, {"short_description": "Calls drop", "impact": "2", "urgency": "2", **ON_HOLD})
        self.number = self.sn.ticket(self.ref).number
        self.case = ""
        if linked:
            self.case = self.open_case()
            self.patch(correlation_id=self.portal.ticket(self.case).number)
        self.row = {
            "bond": "b1", "state": "linked", "number": self.number, "ref": self.ref, "case_ref": self.case,
            "case": self.portal.ticket(self.case).number if linked else "", "held": None, "parked": None,
            "standing": {}, "withheld": [], "open": 0, "unverified": [],
        }  # fmt: skip
        self.wait(600)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.world.tick()

    def open_case(self) -> str:
        ticket = (
            "<Ticket><Title>Calls drop</Title><Queue>Support</Queue><State>new</State><Priority>3 normal</Priority>"
            "<CustomerUser>acme</CustomerUser></Ticket>"
            f"<DynamicField><Name>CustomerReference</Name><Value>{self.number}</Value></DynamicField>"
        )
        self.soap("TicketCreate", ticket + _article("Calls drop, for all of us", visible=True))
        return self.portal.tickets()[-1].ref

    def soap(self, operation: str, inside: str) -> None:
        login = "<UserLogin>connector</UserLogin><Password>connector-secret</Password>"
        body = f'<n:{operation} xmlns:n="{NS}">{login}{inside}</n:{operation}>'
        whole = f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Body>{body}</e:Body></e:Envelope>'
        answer = self.http.post("http://portal.test" + PATH, whole.encode(), headers={"SOAPAction": f'"{NS}#{operation}"'})
        assert b"Error" not in answer.content, answer.text

    def update(self, inside: str = "", *, text: str = "", visible: bool = True, case: str = "") -> None:
        """Our user changes the case, or writes an article."""
        article = _article(text, visible=visible) if text else ""
        self.soap("TicketUpdate", f"<TicketID>{case or self.case}</TicketID>{inside}{article}")

    def patch(self, ref: str = "", **fields: str) -> None:
        """Our user changes the incident, or writes into a journal."""
        answer = self.http.patch(f"http://sn.test/api/now/v2/table/incident/{ref or self.ref}", json=fields)
        assert answer.status_code == 200, answer.text

    def upload(self, name: str, data: bytes) -> None:
        given = {"table_name": "incident", "table_sys_id": self.ref, "file_name": name}
        answer = self.http.post(
            "http://sn.test/api/now/attachment/file", params=given, data=data, headers={"Content-Type": "text/plain"}
        )
        assert answer.status_code == 201, answer.text

    def says(self, text: str, *, public: bool = True) -> str:
        return self.sn.comment(self.ref, L1, text, public=public)

    def vendor_says(self, text: str, *, public: bool = True) -> str:
        return self.portal.comment(self.case, VENDOR, text, public=public)

    def withheld(self, key: str, reason: str = "because", *, parked: bool = False) -> None:
        self.row["withheld"].append({"item": key, "reason": reason, "parked": parked})

    def stands(self, unit: str, *, parked: bool = False) -> None:
        self.row["standing"][unit] = {"why": "x", "reason": "because", "customer": {}, "vendor": {}, "parked": parked}

    def judge(self, **table: Any) -> Sentence:
        return judge(self.world, self.sn, self.portal, [self.row] if self.row else [], Table(**table))

    def found(self, **table: Any) -> list[str]:
        """The kinds of findings, one entry for each."""
        return [finding.kind for finding in self.judge(**table).findings]


def _article(text: str, *, visible: bool) -> str:
    return (
        f"<Article><Subject>s</Subject><Body>{escape(text)}</Body><ContentType>text/plain; charset=utf-8</ContentType>"
        f"<IsVisibleForCustomer>{int(visible)}</IsVisibleForCustomer></Article>"
    )


@pytest.fixture
def play() -> Play:
    return Play()


# --- counting ----------------------------------------------------------------------------------------------------


def test_a_world_in_order_is_in_order(play: Play) -> None:
    play.says("hello there")
    play.update(text=HEAD + "hello there")
    play.vendor_says("we look")
    play.patch(work_notes=HEAD + "we look")
    sentence = play.judge()
    assert sentence.ok, sentence.findings
    counts = sentence.summary()
    effects = counts.pop("effects")
    assert counts == {
        "tickets": 1, "bonds": 1, "agree": 1, "held": 0, "parked": 0, "refused": 0, "lost": 0, "duplicates": 0,
        "violations": 0, "unequal": 0, "disorder": 0, "unexplained": 0,
    }  # fmt: skip
    wanted = {"case": 1, "case_number to customer": 1, "comment to vendor": 1, "comment to customer": 1}
    assert {kind: n for kind, n in effects.items() if n} == wanted


def test_an_incident_of_level_1_is_nobodys_business(play: Play) -> None:
    play.sn.create(L1, {"short_description": "Mouse is missing"})
    assert play.judge().tickets == 1


def test_in_a_replay_every_incident_counts() -> None:
    play = Play()
    play.sn.create(L1, {"short_description": "Mouse is missing"})
    play.wait(1000)
    sentence = play.judge(all_escalate=True)
    assert sentence.tickets == 2
    assert [f.kind for f in sentence.findings] == ["unexplained"]


def test_a_candidate_that_waits_is_held_and_one_that_was_taken_back_is_refused() -> None:
    play = Play(linked=False)
    play.row |= {"state": "candidate", "held": "statement missing"}
    held = play.judge()
    assert (held.bonds, held.held, held.refused, held.ok) == (1, 1, 0, True)
    play.sn.edit(play.ref, L1, {"state": "2"})
    refused = play.judge()
    assert (refused.tickets, refused.bonds, refused.refused, refused.ok) == (1, 0, 1, True)


def test_a_candidate_without_case_and_reason_fits_no_sum() -> None:
    play = Play(linked=False)
    sentence = play.judge()
    assert [f.kind for f in sentence.findings] == ["unexplained"]
    assert not sentence.ok


def test_who_was_hidden_may_be_unknown_until_somebody_changes_it() -> None:
    play = Play(linked=False)
    play.row = {}
    until = play.now
    assert play.found() == ["unexplained"]
    assert play.found(hidden={play.number: until}) == []
    assert play.judge(hidden={play.number: until}).refused == 1
    play.wait(10)
    play.sn.edit(play.ref, L1, {"state": "8"})
    assert play.found(hidden={play.number: until}) == [], "it was taken back before anybody could see it"
    play.sn.edit(play.ref, L1, ON_HOLD)
    assert play.found(hidden={play.number: until}) == ["unexplained"]


def test_who_was_meant_for_a_moment_only_may_have_gone_unseen() -> None:
    play = Play(linked=False)
    play.row = {}
    assert play.found() == ["unexplained"]
    other = Play(linked=False)
    other.row, other.now = {}, other.now - 590
    other.sn.edit(other.ref, L1, {"state": "2"})
    assert other.judge().refused == 1


# --- lost --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lose", "n"),
    [
        (lambda p: p.says("hello"), 1),
        (lambda p: p.says("[VENDOR] please look", public=False), 1),
        (lambda p: p.says("only for us here", public=False), 0),
        (lambda p: p.vendor_says("we look"), 1),
        (lambda p: p.vendor_says("do not tell", public=False), 0),
        (lambda p: p.sn.attach(p.ref, L1, "a.txt", b"x"), 1),
        (lambda p: p.sn.attach(p.ref, L1, "a.exe", b"x"), 1),  # refused, but nobody says so
        (lambda p: p.portal.attach(p.case, VENDOR, "a.txt", b"x"), 2),  # the file and its article
        (lambda p: p.portal.attach(p.case, VENDOR, "a.txt", b"x", public=False), 0),
    ],
)
def test_what_should_have_travelled_and_did_not_is_lost(play: Play, lose: Callable[[Play], object], n: int) -> None:
    lose(play)
    assert play.found() == ["lost"] * n


@pytest.mark.parametrize(
    ("written", "copy"),
    [
        ("two\r\nlines  here", "two\nlines here"),
        ("[vendor] with a prefix", "with a prefix"),
        ("[code]<p>Dear <b>v</b>endor,</p><a href='http://x'>see</a>[/code]", "Dear vendor,\n\nsee <http://x>"),
        ("bell \x07 here", "bell \N{REPLACEMENT CHARACTER} here"),
        ("say [code] once", "say [ code] once"),
        ("quoted whole\n\n[ref:a77e-c9a8e7bf7d824ec5762e]", "quoted whole"),
    ],
)
def test_a_copy_need_not_be_the_same_letter_by_letter(play: Play, written: str, copy: str) -> None:
    play.says(written, public=not written.startswith("[vendor]"))
    play.update(text=HEAD + copy)
    assert play.found() == []


def test_equal_texts_need_as_many_copies(play: Play) -> None:
    for _ in range(3):
        play.says("ok")
    play.update(text=HEAD + "ok")
    play.update(text=HEAD + "ok")
    assert play.found() == ["lost"]


def test_an_internal_copy_in_the_case_is_no_copy(play: Play) -> None:
    play.says("hello there")
    play.update(text=HEAD + "hello there", visible=False)
    assert play.found() == ["lost"]


def test_the_description_of_a_case_is_no_copy(play: Play) -> None:
    play.says("Calls drop, for all of us")
    assert play.found() == ["lost"]


def test_what_came_after_the_end_may_stay_where_the_connector_says_so(play: Play) -> None:
    play.portal.edit(play.case, VENDOR, {"State": "closed successful"})
    play.patch(state="2")
    item = play.says("too late")
    assert play.found() == ["lost"]
    play.withheld(f"customer:{play.ref}:comment:{item}")
    assert play.found() == []


def test_of_two_that_say_the_same_the_one_that_was_withheld_has_no_copy(play: Play) -> None:
    """Whichever stands first: articles of a merged case come among those that were there."""
    stayed = play.vendor_says("ok")
    play.vendor_says("ok")
    play.patch(work_notes=HEAD + "ok")
    play.sn.edit(play.ref, L1, {"state": "7", **DONE})
    play.update(text=f"{play.number} is closed", visible=False)
    assert play.found() == ["lost"]
    play.withheld(f"vendor:{play.case}:comment:{stayed}")
    assert play.found() == []


def test_a_withheld_item_needs_a_cause_of_the_world(play: Play) -> None:
    file = play.sn.attach(play.ref, L1, "a.log", b"x" * 100)
    play.withheld(f"customer:{play.ref}:file:{file}", parked=True)
    assert sorted(play.found()) == ["lost", "unexplained"]
    play.portal.max_attachment = 50
    assert play.found() == []


def test_a_refused_file_that_is_reported_may_stay_and_must_not_go(play: Play) -> None:
    file = play.sn.attach(play.ref, L1, "a.exe", b"x")
    play.withheld(f"customer:{play.ref}:file:{file}")
    assert play.found() == []
    attachment = "<Attachment><Content>eA==</Content><ContentType>text/plain</ContentType><Filename>a.exe</Filename></Attachment>"
    play.update(attachment, text="File: a.exe")
    assert play.found() == ["violations"]


def test_a_withdrawn_article_may_have_gone_or_stayed(play: Play) -> None:
    item = play.vendor_says("oh dear, not for you")
    play.portal.set_visible(play.case, item, VENDOR, visible=False)
    assert play.found() == []
    play.patch(work_notes=HEAD + "oh dear, not for you")
    assert play.found() == []


# --- duplicates --------------------------------------------------------------------------------------------------


def test_a_second_copy_is_one_too_many(play: Play) -> None:
    play.vendor_says("we look")
    play.patch(work_notes=HEAD + "we look")
    play.patch(work_notes=HEAD + "we look")
    assert play.found() == ["duplicates"]


def test_a_second_file_is_one_too_many(play: Play) -> None:
    play.portal.attach(play.case, VENDOR, "a.txt", b"data")
    play.patch(work_notes=HEAD + "Attached: a.txt")
    play.upload("a.txt", b"data")
    assert play.found() == []
    play.upload("b.txt", b"data")
    assert play.found() == ["duplicates"]


def test_what_the_world_doubled_is_excused_once(play: Play) -> None:
    play.vendor_says("we look")
    play.world.choose_fault = lambda call: "twice" if call.write else None
    play.patch(work_notes=HEAD + "we look")
    play.world.choose_fault = lambda _call: None
    play.wait(20)
    assert sum(item.ours for item in play.sn.ticket(play.ref).comments) == 2
    assert play.found() == []
    play.patch(work_notes=HEAD + "we look")
    assert play.found() == ["duplicates"]


def test_two_cases_for_one_incident(play: Play) -> None:
    play.open_case()
    assert play.found() == ["duplicates"]


def test_a_second_case_that_the_world_made_is_excused() -> None:
    play = Play(linked=False)
    play.world.choose_fault = lambda call: "twice" if call.label == "TicketCreate" else None
    play.case = play.open_case()
    play.wait(20)
    case = play.portal.tickets()[0]
    play.patch(correlation_id=case.number)
    play.row |= {"case_ref": case.ref, "case": case.number}
    assert len(play.portal.tickets()) == 2
    assert play.found() == []


def test_the_same_note_twice(play: Play) -> None:
    play.patch(work_notes="[Ticket connector] The vendor's case waits.")
    assert play.found() == []
    play.patch(work_notes="[Ticket connector] The vendor's case waits.")
    assert play.found() == ["duplicates"]


def test_a_note_that_quotes_another_note_is_none_of_its_copies(play: Play) -> None:
    play.patch(work_notes="[Ticket connector] Not passed on: hello")
    play.patch(work_notes="[Ticket connector] Not passed on: again\n[Ticket connector] Not passed on: hello")
    assert play.found() == []


def test_two_files_of_one_name_have_two_articles_of_one_text(play: Play) -> None:
    for content, code in ((b"x", "eA=="), (b"y", "eQ==")):
        play.sn.attach(play.ref, L1, "log.txt", content)
        kind = "<ContentType>text/plain</ContentType><Filename>log.txt</Filename>"
        play.update(f"<Attachment><Content>{code}</Content>{kind}</Attachment>", text="log.txt")
    assert play.found() == []


# --- violations --------------------------------------------------------------------------------------------------


def _ended(play: Play) -> None:
    play.sn.edit(play.ref, L1, {"state": "7", **DONE})
    play.update(text=f"{play.number} is closed", visible=False)
    play.patch(state="2")


def _meddle(play: Play) -> None:
    play.patch(play.sn.create(L1, {"short_description": "Mouse is missing"}), work_notes="hello")


def _leak(play: Play) -> None:
    play.says("the password is hidden under the mat", public=False)
    play.update(text=HEAD + "the password is hidden under the mat")


def _leak_back(play: Play) -> None:
    play.vendor_says("this customer never reads manuals", public=False)
    play.patch(work_notes=HEAD + "this customer never reads manuals")


@pytest.mark.parametrize(
    "sin",
    [
        lambda p: p.patch(state="6", **DONE),
        lambda p: p.patch(state="8"),
        lambda p: p.patch(comments="we look"),
        lambda p: p.patch(close_notes="it was nothing"),
        _ended,
        _meddle,
        _leak,
        _leak_back,
        lambda p: p.update(text="hello", case=p.portal.create(VENDOR, {"Title": "The vendor's own"})),
    ],
)
def test_what_our_user_must_never_do(play: Play, sin: Callable[[Play], object]) -> None:
    sin(play)
    assert "violations" in play.found()


def test_a_canary_shows_wherever_it_stands(play: Play) -> None:
    play.update(text="note: k4n4ry", visible=False)
    assert play.found(canaries=("k4n4ry",)) == ["violations"]


def test_a_case_for_an_incident_that_is_not_meant_for_the_vendor(play: Play) -> None:
    other = play.sn.create(L1, {"short_description": "Mouse is missing"})
    play.number = play.sn.ticket(other).number
    play.open_case()
    assert play.found() == ["violations"]


def test_putting_back_what_our_own_write_covered_is_no_close_of_ours(play: Play) -> None:
    play.sn.edit(play.ref, L1, {"state": "8"})
    play.update(text=f"{play.number} is cancelled", visible=False)
    play.patch(state="2")
    play.patch(state="8")
    assert play.found() == []


def test_what_our_write_put_back_just_when_a_person_ended_the_ticket_once_more(play: Play) -> None:
    play.sn.edit(play.ref, L1, {"state": "7", **DONE})
    play.patch(state="2")
    play.sn.edit(play.ref, L1, {"state": "8"})
    play.patch(state="7")  # was on its way
    assert "violations" in play.found()
    play.patch(state="8")
    play.update(text=f"{play.number} is cancelled", visible=False)
    assert play.found() == []


@pytest.mark.parametrize(("seconds", "kinds"), [(6, []), (200, ["violations"])])
def test_an_end_that_the_world_covered_with_our_move_of_before(play: Play, seconds: float, kinds: list[str]) -> None:
    """Delivered a second time half a minute later; who takes the ticket up again at once leaves nothing to put back."""
    play.portal.edit(play.case, VENDOR, {"State": "pending reminder"})
    faults = iter(["twice"])
    play.world.choose_fault = lambda _call: next(faults, None)
    play.patch(state="2", hold_reason="")
    play.sn.edit(play.ref, L1, {"state": "8", **DONE})
    play.wait(30)
    assert "violations" in play.found()
    play.wait(seconds)
    play.sn.edit(play.ref, L1, ON_HOLD)
    play.update("<Ticket><State>open</State></Ticket>")
    assert play.found() == kinds


@pytest.mark.parametrize("deleted", ["incident", "case", "case before"])
@pytest.mark.parametrize(("crossed", "mended", "kinds"), [(3, 5, []), (60, 5, ["violations"]), (3, 600, ["violations"])])
def test_an_end_that_our_move_crossed_cannot_be_put_back_where_either_ticket_was_deleted(
    play: Play, crossed: float, mended: float, kinds: list[str], deleted: str
) -> None:
    play.sn.edit(play.ref, L1, {"state": "7", **DONE})
    play.wait(crossed)
    if deleted == "case before":
        play.wait(mended)
        play.portal.delete(play.case)
        play.wait(2)
    play.patch(state="2")
    play.wait(mended)
    if deleted == "case":
        play.portal.delete(play.case)
    elif deleted == "incident":
        play.sn.delete(play.ref)
    play.row |= {"held": "gone"}
    assert play.found() == kinds


@pytest.mark.parametrize(("after", "kinds"), [(5, []), (-5, ["violations"]), (600, ["violations"])])
def test_what_the_store_knew_of_a_crossed_end_is_lost_when_it_goes_back_just_then(
    play: Play, after: float, kinds: list[str]
) -> None:
    play.sn.edit(play.ref, L1, {"state": "7", **DONE})
    play.wait(3)
    play.portal.edit(play.case, VENDOR, {"State": "pending reminder"})
    play.patch(state="2")
    assert play.found(restored=play.now + after) == kinds


def test_a_close_of_ours_long_after_a_person_had_taken_the_ticket_up_again(play: Play) -> None:
    play.sn.edit(play.ref, L1, {"state": "7", **DONE})
    play.patch(state="2")
    play.sn.edit(play.ref, L1, {"state": "1"})
    play.wait(900)
    play.patch(state="7")
    assert "violations" in play.found()


# --- unequal -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "differ",
    [
        lambda p: p.sn.edit(p.ref, L1, {"short_description": "Calls drop at noon"}),
        lambda p: p.portal.edit(p.case, VENDOR, {"Title": "Codec"}),
        lambda p: p.patch(short_description="Mine"),  # equal to nobody's
        lambda p: p.sn.edit(p.ref, L1, {"impact": "1"}),
        lambda p: p.portal.edit(p.case, VENDOR, {"Priority": "5 very high"}),
        lambda p: p.patch(correlation_id="17"),
        lambda p: p.portal.edit(p.case, VENDOR, {"State": "pending reminder"}),
        lambda p: p.portal.edit(p.case, VENDOR, {"State": "closed successful"}),
        lambda p: (p.sn.edit(p.ref, L1, {"state": "2"}), p.wait(900), p.portal.edit(p.case, VENDOR, {"State": "open"})),
        lambda p: p.sn.edit(p.ref, L1, {"state": "7", **DONE}),  # no withdrawal note
        lambda p: p.sn.edit(p.ref, L1, {"state": "8"}),
    ],
)
def test_sides_that_differ_agree_in_nothing(play: Play, differ: Callable[[Play], object]) -> None:
    differ(play)
    play.wait(1000)
    sentence = play.judge()
    assert [f.kind for f in sentence.findings] == ["unequal"]
    assert sentence.agree == 0


def test_the_last_persons_title_counts_and_not_an_earlier_one(play: Play) -> None:
    play.sn.edit(play.ref, L1, {"short_description": "At noon"})
    play.update("<Ticket><Title>At noon</Title></Ticket>")
    play.wait(1000)
    play.portal.edit(play.case, VENDOR, {"Title": "Codec"})
    assert play.found() == ["unequal"]
    play.update("<Ticket><Title>At noon</Title></Ticket>")  # equal, but the vendor's title is lost
    assert play.found() == ["unequal"]


def test_who_wins_a_crossing_is_not_the_judges_to_say(play: Play) -> None:
    play.sn.edit(play.ref, L1, {"short_description": "At noon"})
    play.wait(2)
    play.portal.edit(play.case, VENDOR, {"Title": "Codec"})
    play.update("<Ticket><Title>At noon</Title></Ticket>")
    assert play.found() == []


def test_a_standing_difference_needs_a_cause_of_the_world(play: Play) -> None:
    play.sn.edit(play.ref, L1, {"short_description": "At noon"})
    play.stands("title")
    assert play.found() == ["unequal"]
    play.portal.read_only = {"Title"}
    assert play.found() == []


def test_a_proposed_priority_may_stand(play: Play) -> None:
    play.portal.edit(play.case, VENDOR, {"Priority": "5 very high"})
    play.stands("priority")
    assert play.found() == []


@pytest.mark.parametrize(
    ("told", "change", "kinds"),
    [
        (False, {"impact": "1", "urgency": "3"}, []),
        (True, {"impact": "1", "urgency": "3"}, ["unequal"]),
        (False, {"impact": "1", "urgency": "1"}, ["unequal"]),
    ],
)
def test_the_same_priority_in_other_words_is_no_answer_to_a_proposal_that_nobody_had_read(
    play: Play, *, told: bool, change: dict[str, str], kinds: list[str]
) -> None:
    play.portal.edit(play.case, VENDOR, {"Priority": "4 high"})
    play.wait(200)
    if told:
        play.patch(work_notes="[Ticket connector] The vendor proposes: 4 high.")
        play.wait(60)
    play.sn.edit(play.ref, L1, change)
    play.wait(200)
    play.stands("priority")
    assert play.found() == kinds


@pytest.mark.parametrize(("seconds", "kinds"), [(5, []), (900, ["unequal"])])
def test_a_priority_that_was_set_back_at_once_may_have_gone_unseen(play: Play, seconds: float, kinds: list[str]) -> None:
    play.portal.edit(play.case, VENDOR, {"Priority": "5 very high"})
    play.stands("priority")
    play.patch(work_notes="[Ticket connector] The vendor proposes: 5 very high.")
    play.wait(600)
    play.sn.edit(play.ref, L1, {"impact": "1", "urgency": "3"})
    play.wait(seconds)
    play.sn.edit(play.ref, L1, {"impact": "2", "urgency": "2"})
    play.wait(600)
    assert play.found() == kinds


def test_a_move_of_the_vendor_brings_the_ticket_back(play: Play) -> None:
    play.portal.edit(play.case, VENDOR, {"State": "pending auto close+"})
    play.patch(state="2")
    assert play.found() == []
    play.wait(1000)
    play.sn.edit(play.ref, L1, ON_HOLD)
    play.wait(1000)
    assert play.found() == ["unequal"]  # the customer gives it back, and the case does not go on
    play.update("<Ticket><State>open</State></Ticket>")
    assert play.found() == []


@pytest.mark.parametrize("seen", [False, True])
def test_a_move_that_was_brought_late_may_win_over_one_made_meanwhile(play: Play, *, seen: bool) -> None:
    """``seen``: the ticket showed the vendor's move before level 1 moved it."""
    play.portal.edit(play.case, VENDOR, {"State": "pending reminder"})
    if seen:
        play.patch(state="2", hold_reason="")
    play.wait(1000)
    play.sn.edit(play.ref, L1, {"state": "3", "hold_reason": "3"})
    play.wait(2)
    play.patch(state="2", hold_reason="")
    assert play.found() == (["unequal"] if seen else [])


def test_what_level_1_set_itself_meanwhile_tells_nobody_of_the_vendors_move(play: Play) -> None:
    play.sn.edit(play.ref, L1, {"state": "7", **DONE})
    play.wait(2)
    play.portal.edit(play.case, VENDOR, {"State": "pending auto close+"})
    play.wait(5)
    play.sn.edit(play.ref, L1, {"state": "2", "close_code": "", "close_notes": ""})
    play.wait(200)
    play.sn.edit(play.ref, L1, ON_HOLD)
    play.wait(60)
    play.patch(state="2", hold_reason="")
    assert play.found() == []


def test_a_solved_case_is_closed_with_its_ticket_and_no_other_is(play: Play) -> None:
    play.portal.edit(play.case, VENDOR, {"State": "pending auto close+"})
    play.patch(state="2")
    play.wait(1000)
    play.sn.edit(play.ref, L1, {"state": "7", **DONE})
    assert play.found() == ["unequal"]
    play.update("<Ticket><State>closed successful</State></Ticket>")
    assert play.found() == []
    other = Play()
    other.sn.edit(other.ref, L1, {"state": "7", **DONE})
    other.update("<Ticket><State>closed successful</State></Ticket>")
    assert other.found() == ["unequal"]


@pytest.mark.parametrize(("state", "kinds"), [("7", []), ("8", ["unequal"])])
def test_what_the_ticket_was_when_its_solved_case_was_closed_counts(play: Play, state: str, kinds: list[str]) -> None:
    """Not what its people made of it later, after a return to work that may have gone unseen: they withdrew it."""
    play.portal.edit(play.case, VENDOR, {"State": "pending auto close+"})
    play.patch(state="2", hold_reason="")
    play.wait(600)
    play.sn.edit(play.ref, L1, {"state": state, **DONE})
    play.wait(60)
    play.update("<Ticket><State>closed successful</State></Ticket>")
    play.wait(60)
    play.sn.edit(play.ref, L1, {"state": "2", "close_code": "", "close_notes": ""})
    play.wait(60)
    play.sn.edit(play.ref, L1, {"state": "8"})
    play.update(text=f"{play.number} is cancelled", visible=False)
    assert play.found() == kinds


@pytest.mark.parametrize(("seconds", "why", "kinds"), [(4, "dropped", []), (4, "x", ["unequal"]), (600, "dropped", ["unequal"])])
def test_without_history_what_the_vendor_takes_back_at_once_looks_like_what_its_system_did_not_keep(
    play: Play, seconds: float, why: str, kinds: list[str]
) -> None:
    play.portal.edit(play.case, VENDOR, {"State": "pending reminder"})
    play.wait(600)
    play.sn.edit(play.ref, L1, {"state": "2", "hold_reason": ""})
    play.wait(200)
    play.sn.edit(play.ref, L1, ON_HOLD)
    play.wait(2)
    play.update("<Ticket><State>open</State></Ticket>")
    play.wait(seconds)
    play.portal.edit(play.case, VENDOR, {"State": "pending reminder"})
    play.stands("status")
    play.row["standing"]["status"]["why"] = why
    assert play.found(blind=True) == kinds
    assert "unequal" in play.found()


@pytest.mark.parametrize(("text", "kinds"), [("Somebody (X, now):\nany news?", []), ("", ["unequal"])])
def test_a_case_that_a_text_of_ours_had_just_opened_goes_back_to_what_it_was(play: Play, text: str, kinds: list[str]) -> None:
    """Level 1 takes the ticket back in that very moment, which says nothing to the vendor: the case is solved as before."""
    play.portal.edit(play.case, VENDOR, {"State": "pending auto close+"})
    play.patch(state="2", hold_reason="")
    play.wait(600)
    if text:
        play.says("any news?")
    play.update("<Ticket><State>open</State></Ticket>", text=text)
    play.sn.edit(play.ref, L1, {"state": "3", "hold_reason": "3"})
    play.wait(300)
    play.update("<Ticket><State>pending auto close+</State><PendingTime><Diff>1440</Diff></PendingTime></Ticket>")
    assert play.found() == kinds


def test_a_case_that_we_set_back_to_solved_is_closed_with_its_ticket_however_soon(play: Play) -> None:
    """A text of ours had opened it: what we took back shows level 1 a solved case, and it closes its ticket at once."""
    play.portal.edit(play.case, VENDOR, {"State": "pending auto close+"})
    play.patch(state="2", hold_reason="")
    play.wait(600)
    play.says("any news?")
    play.update("<Ticket><State>open</State></Ticket>", text="Somebody (X, now):\nany news?")
    play.wait(40)
    play.update("<Ticket><State>pending auto close+</State><PendingTime><Diff>1440</Diff></PendingTime></Ticket>")
    play.wait(3)
    play.sn.edit(play.ref, L1, {"state": "7", **DONE})
    play.wait(3)
    play.update("<Ticket><State>closed successful</State></Ticket>")
    assert play.found() == []


def test_a_title_that_the_vendor_gave_in_a_case_that_is_gone(play: Play) -> None:
    play.portal.edit(play.case, VENDOR, {"Title": "Calls drop at noon"})
    play.patch(short_description="Calls drop at noon")
    play.portal.delete(play.case)
    case = play.open_case()
    play.update("<Ticket><Title>Calls drop at noon</Title></Ticket>", case=case)
    number = play.portal.ticket(case).number
    play.patch(correlation_id=number)
    play.row |= {"case_ref": case, "case": number}
    assert play.found() == []
    play.patch(short_description="Mine")
    play.update("<Ticket><Title>Mine</Title></Ticket>", case=case)
    assert play.found() == ["unequal"]


# --- disorder and unexplained --------------------------------------------------------------------------------------


def test_a_return_to_work_that_was_carried_over_was_seen(play: Play) -> None:
    """The ticket ended while its case was solved, was handed back for half a minute, and ended again."""
    play.portal.edit(play.case, VENDOR, {"State": "pending auto close+"})
    play.patch(state="2", hold_reason="")
    play.wait(600)
    play.sn.edit(play.ref, L1, {"state": "7", **DONE})
    play.wait(30)
    play.sn.edit(play.ref, L1, ON_HOLD)
    play.wait(5)
    play.update("<Ticket><State>open</State></Ticket>")
    play.wait(30)
    play.sn.edit(play.ref, L1, {"state": "7", **DONE})
    play.update(text=f"{play.number} is closed", visible=False)
    assert play.found() == []


@pytest.mark.parametrize(("ours", "kinds"), [("nothing", []), ("something", ["unequal"])])
def test_a_return_to_work_while_nobody_looked_was_not_seen(play: Play, ours: str, kinds: list[str]) -> None:
    """However long it took: what somebody said meanwhile was passed on no sooner."""
    play.sn.edit(play.ref, L1, {"state": "8"})
    play.update(text=f"{play.number} is cancelled", visible=False)
    play.wait(600)
    play.sn.edit(play.ref, L1, {"state": "2", "hold_reason": ""})
    play.wait(200)
    play.says("we try once more")
    if ours == "something":
        play.patch(correlation_display="CASE")
    play.wait(200)
    play.sn.edit(play.ref, L1, {"state": "8"})
    play.update(text=HEAD + "we try once more")
    assert play.found() == kinds


def test_copies_stand_in_the_order_of_their_origins(play: Play) -> None:
    play.says("first word")
    play.wait(3)
    play.says("second word")
    play.update(text=HEAD + "second word")
    play.update(text=HEAD + "first word")
    assert play.found() == ["disorder"]


def test_of_words_said_twice_a_second_copy_hides_the_order(play: Play) -> None:
    """Which of three copies belongs to which of two comments nobody can tell; the other comments still have an order."""
    for text in ("same words", "between", "same words"):
        play.says(text)
        play.wait(3)
    for text in ("same words", "same words", "between", "same words"):
        play.update(text=HEAD + text)
    assert play.found() == ["duplicates"]
    play.says("third")
    play.wait(3)
    play.says("fourth")
    play.update(text=HEAD + "fourth")
    play.update(text=HEAD + "third")
    assert play.found() == ["duplicates", "disorder"]


def test_within_one_second_there_is_no_order(play: Play) -> None:
    play.says("first word")
    play.says("second word")
    play.update(text=HEAD + "second word")
    play.update(text=HEAD + "first word")
    assert play.found() == []


@pytest.mark.parametrize("mark", [{"parked": "refused"}, {"held": "gone"}, {"open": 1}, {"unverified": ["title"]}])
def test_what_waits_at_the_end_needs_a_cause(play: Play, mark: dict[str, Any]) -> None:
    play.row |= mark
    assert play.found() == ["unexplained"]


def test_a_bond_whose_case_was_merged_may_wait(play: Play) -> None:
    other = play.portal.create(VENDOR, {"Title": "The same"})
    play.portal.merge(play.case, other, VENDOR)
    play.row |= {"held": "the case became part of another one"}
    sentence = play.judge()
    assert (sentence.ok, sentence.held) == (True, 1), sentence.findings


def test_what_stands_on_the_case_into_which_another_was_merged_is_no_copy_of_ours_twice(play: Play) -> None:
    """That case is another incident's: a text that the network doubled there, and our files with an article of one name each."""
    play.says("it rings")
    play.update(text=HEAD + "it rings")
    for data, code in ((b"log 1", "bG9nIDE="), (b"log 2", "bG9nIDI=")):
        play.sn.attach(play.ref, L1, "log.txt", data, "text/plain")
        kind = "<ContentType>text/plain</ContentType><Filename>log.txt</Filename>"
        play.update(f"<Attachment><Content>{code}</Content>{kind}</Attachment>", text="log.txt")
    into = play.portal.create(VENDOR, {"Title": "Of another incident"})
    for _ in range(2):
        play.update(text="Else (Y, now):\nit hums", case=into)
    play.portal.merge(play.case, into, VENDOR)
    for _ in range(2):
        assert not {"duplicates", "lost"} & set(play.found())
        play.update(text=HEAD + "it rings", case=into)


def test_a_bond_whose_ticket_was_deleted_may_wait(play: Play) -> None:
    play.sn.delete(play.ref)
    play.row |= {"held": "gone"}
    sentence = play.judge()
    assert (sentence.tickets, sentence.held, sentence.ok) == (1, 1, True), sentence.findings


def test_a_parked_unit_needs_a_cause(play: Play) -> None:
    play.stands("title", parked=True)
    assert play.found() == ["unexplained"]
    assert play.found(causes=frozenset({"title"})) == []


def test_a_kind_of_effect_that_never_came(play: Play) -> None:
    assert play.found(effects=("case", "file to vendor")) == ["unexplained"]


# --- the whole product ---------------------------------------------------------------------------------------------


def _run(rig: Rig) -> str:
    """A day in the life of one incident; returns its ref."""
    sn, portal = rig.servicenow, rig.portal
    ref = sn.create(L1, {"short_description": "Calls drop", "description": "all of them", **ON_HOLD})
    sn.comment(ref, L1, "only for us, never for them", public=False)
    sn.attach(ref, L1, "trace.log", b"log")
    sn.attach(ref, L1, "tool.exe", b"MZ")
    rig.settle(60)
    portal.edit("1", VENDOR, {"State": "open", "Title": "Calls drop: codec"})
    portal.comment("1", VENDOR, "We look into it.", public=True)
    portal.comment("1", VENDOR, "Not their business at all.", public=False)
    rig.settle(200)
    sn.comment(ref, L1, "[code]<p>Thank <b>you</b></p>[/code]", public=True)
    sn.edit(ref, L1, {"impact": "1", "urgency": "1"})
    rig.settle(200)
    portal.edit("1", VENDOR, {"State": "pending auto close+"})
    portal.attach("1", VENDOR, "patch.txt", b"patch")
    rig.settle(200)
    return ref


def _sentence(rig: Rig, **table: Any) -> Sentence:
    return judge(rig.world, rig.servicenow, rig.portal, report(rig.store, "acme"), Table(**table))


def test_the_product_at_work_is_without_fault() -> None:
    rig = Rig(5)
    ref = _run(rig)
    promised = ("case", "title to customer", "priority to vendor", "status to customer", "file to vendor", "file to customer")
    sentence = _sentence(rig, effects=promised, canaries=("never for them", "Not their business"))
    assert sentence.ok, sentence.findings
    rig.servicenow.edit(ref, L1, {"state": "7", **DONE})
    rig.settle(200)
    sentence = _sentence(rig, effects=("status to vendor",))
    assert sentence.ok, sentence.findings
    assert rig.portal.ticket("1").fields["State"] == "closed successful"


@pytest.mark.slow
def test_the_product_under_faults_is_without_fault() -> None:
    rig = Rig(6)
    faults = ["late", "twice", "answer_lost", "html_502", "limited", "stale", "truncated"]
    rig.world.choose_fault = lambda _call: rig.rng.choice(faults) if rig.rng.random() < 0.1 else None
    _run(rig)
    rig.world.choose_fault = lambda _call: None
    rig.settle(900)
    sentence = _sentence(rig)
    assert sentence.ok, sentence.findings


def test_the_judge_sees_sabotage() -> None:
    rig = Rig(7)
    ref = _run(rig)
    copy = next(item for item in rig.portal.ticket("1").comments if "Thank you" in item.text)
    article = rig.portal.store.tickets[1].now.articles
    version = rig.portal.store.tickets[1].versions[-1]
    object.__setattr__(version, "articles", tuple(a for a in article if str(a.id) != copy.id))
    note = next(item for item in rig.servicenow.ticket(ref).comments if "We look" in item.text)
    session = requests.Session()
    session.auth = ("connector", "connector-secret")
    session.mount("http://servicenow.test", InProcess(rig.world, rig.servicenow))
    session.patch(f"http://servicenow.test/api/now/v2/table/incident/{ref}", json={"work_notes": note.text})
    assert sorted(f.kind for f in _sentence(rig).findings) == ["duplicates", "lost"]


def test_judging_thousands_of_tickets_takes_seconds() -> None:
    world = World(lambda: 1_780_000_000.0, 1)
    sn, portal = ServiceNow(world), Otrs(world)
    rest: dict[str, Any] = {
        "case_ref": "",
        "held": "waits",
        "parked": None,
        "standing": {},
        "withheld": [],
        "open": 0,
        "unverified": [],
    }
    rows: list[dict[str, Any]] = []
    for n in range(1500):
        ref = sn.create(L1, {"short_description": f"Trouble {n}", **ON_HOLD})
        sn.comment(ref, L1, f"word {n}", public=True)
        rows.append({"number": sn.ticket(ref).number, "ref": ref, **rest})
    begun = time.perf_counter()
    sentence = judge(world, sn, portal, rows)
    assert time.perf_counter() - begun < 3
    assert (sentence.tickets, sentence.held, sentence.ok) == (1500, 1500, True)
