"""The traps of real portals of the OTRS family, one test each."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import responses
from pydantic import SecretStr

from adapters import soap
from adapters.around import Around
from adapters.base import Change, Gone, Misconfigured, NewComment, NewFile, NotApplied, Refused, Trouble, Unknown, Uses, Write
from adapters.otrs import Otrs
from adapters.otrs_poll import Poll
from adapters.otrs_portal import complained_of
from adapters.otrs_read import Reader, Ticket, changes, size_of, tickets
from adapters.otrs_settings import OtrsSettings
from adapters.subject_marker import marker_of, with_marker
from adapters.whole_seconds import Cursor
from connector.sandbox.core import World
from connector.sandbox.otrs import PATH
from connector.sandbox.otrs import Otrs as Portal
from connector.sandbox.transport import InProcess

URL = "http://portal.test" + PATH
MARKER = "k1-0123456789abcdef"
USES = Uses(frozenset({"Title", "State"}), frozenset({"Title", "State"}))
PUBLISHED = Path(__file__).parents[3] / "shared" / "contracts" / "GenericTicketConnectorSOAP.wsdl"
NOW = 1_790_000_000.0


def settings(**more: object) -> OtrsSettings:
    base = {"url": URL, "user": "connector", "password": SecretStr("connector-secret"), "customer_user": "acme"}
    return OtrsSettings.model_validate({**base, **more})


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Rig:
    """A simulated portal, and adapters that talk to it in process."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.world = World(self.clock)
        self.portal = Portal(self.world)
        self.session = requests.Session()
        self.session.mount("http://portal.test", InProcess(self.world, self.portal))

    def adapter(self, **more: object) -> Otrs:
        return Otrs(settings(**more), around=Around(session=self.session, clock=self.clock, sleep=self.clock.sleep))

    def ticket(self, title: str = "A ticket") -> str:
        return self.portal.create("anna", {"Title": title})

    def reads(self) -> int:
        return self.world.calls["otrs"]["read"]


@pytest.fixture
def rig() -> Rig:
    return Rig()


# --- literal answers -------------------------------------------------------------------------------------------


def envelope(inside: str) -> str:
    return f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{inside}</s:Body></s:Envelope>'


def error(operation: str, code: str, text: str = "...") -> str:
    said = f"<ErrorCode>{operation}.{code}</ErrorCode><ErrorMessage>{operation}: {text}</ErrorMessage>"
    return envelope(f"<{operation}Response><Error>{said}</Error></{operation}Response>")


def fault(reason: str) -> str:
    return envelope(f"<s:Fault><faultcode>Server</faultcode><faultstring>{reason}</faultstring></s:Fault>")


def one_ticket(inside: str) -> str:
    fixed = "<TicketID>7</TicketID><CreateBy>2</CreateBy><Changed>2026-11-21 10:00:00</Changed>"
    return envelope(f"<TicketGetResponse><Ticket>{inside}{fixed}</Ticket></TicketGetResponse>")


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def told(**more: object) -> Otrs:
    """An adapter whose portal answers what the test says, and whose histories are nobody's business."""
    return Otrs(settings(user_id="5", history="off", **more), around=Around(sleep=lambda _: None))


RENAME = Write("7", units={"title": {"Title": "New"}})


@pytest.mark.parametrize(
    ("status", "answer", "trouble"),
    [
        (200, error("TicketUpdate", "InvalidParameter"), Refused),
        (200, error("TicketUpdate", "MissingParameter"), Refused),
        (200, error("TicketUpdate", "AccessDenied"), Refused),
        (200, error("TicketUpdate", "AuthFail"), Misconfigured),
        (200, error("Webservice", "InvalidConfiguration"), Misconfigured),
        (200, error("TicketUpdate", "SomethingNew"), Unknown),
        (200, envelope("<TicketUpdateResponse/>"), Unknown),
        (200, envelope(""), Unknown),
        (200, fault("Ticket state could not be updated"), Unknown),
        (500, fault("Ticket state could not be updated"), Unknown),
        (500, fault("Unknown"), Unknown),
        (500, fault(""), Unknown),
        (500, fault("SOAPAction 'x' does not match expected result 'y'"), Misconfigured),
        (500, fault("Namespace from SOAPAction 'x' does not match namespace from configuration 'y'"), Misconfigured),
        (500, fault("Error deserializing message: not well-formed"), Refused),
        (500, "Internal Server Error", Unknown),
        (413, "Request Entity Too Large", Refused),
        (404, "Not Found", Unknown),
        (200, "<html><body>Login</body></html>", Unknown),
        (
            200,
            '<!DOCTYPE x [<!ENTITY a "b">]>' + envelope("<TicketUpdateResponse><TicketID>7</TicketID></TicketUpdateResponse>"),
            Unknown,
        ),
    ],
)
def test_what_a_write_may_meet(wire: responses.RequestsMock, status: int, answer: str, trouble: type[Trouble]) -> None:
    wire.post(URL, answer, status=status, content_type="text/xml")
    with pytest.raises(trouble):
        told().send(RENAME)
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    ("status", "answer", "trouble"),
    [
        (200, error("TicketGet", "AccessDenied"), Gone),
        (200, error("TicketGet", "NotValidTicketID"), Gone),
        (200, error("TicketGet", "AuthFail"), Misconfigured),
        (200, error("TicketGet", "SomethingNew"), NotApplied),
        (200, envelope("<TicketGetResponse/>"), NotApplied),
        (500, fault("Unknown"), NotApplied),
        (500, fault("SOAPAction does not match"), Misconfigured),
        (500, fault("No such operation: TicketGet"), Misconfigured),
        (500, fault("Got no OperationType!"), Misconfigured),
        (404, "Not Found", NotApplied),
    ],
)
def test_what_a_read_may_meet(wire: responses.RequestsMock, status: int, answer: str, trouble: type[Trouble]) -> None:
    wire.post(URL, answer, status=status, content_type="text/xml")
    with pytest.raises(trouble):
        told().read(["7"])


def test_a_creation_without_a_ticket_id_may_have_made_one(wire: responses.RequestsMock) -> None:
    wire.post(URL, envelope("<TicketCreateResponse><ArticleID>9</ArticleID></TicketCreateResponse>"))
    with pytest.raises(Unknown):
        told().send(Write(None, create=Change(None, units={"t": {"Title": "New"}}, marker=MARKER)))


def test_elements_may_come_in_any_order_and_beyond_the_wsdl(wire: responses.RequestsMock) -> None:
    article = (
        "<Article><Body>late</Body><ArticleID>12</ArticleID><Nobody>knows</Nobody><CreateBy>3</CreateBy></Article>"
        "<Title>Mixed</Title>"
        '<Article xmlns="http://www.otrs.org/TicketConnector/"><ArticleID>11</ArticleID><Body>early</Body></Article>'
        "<DynamicField><Value>a</Value><Name>Sorts</Name><Value>b</Value></DynamicField><Article/>"
    )
    wire.post(URL, one_ticket(article))
    snapshot = told().read(["7"])["7"]
    assert [comment.text for comment in snapshot.comments] == ["early", "late"]
    assert snapshot.fields["Title"] == "Mixed"
    assert snapshot.fields["DynamicField_Sorts"] == "a\nb"
    assert "Owner" not in snapshot.fields


def test_a_message_id_that_is_no_number_is_no_trouble(wire: responses.RequestsMock) -> None:
    wire.post(URL, one_ticket("<Article><ArticleID>1</ArticleID><MessageID>&lt;a@b&gt;</MessageID><Body>x</Body></Article>"))
    assert told().read(["7"])["7"].comments[0].text == "x"


def test_the_html_form_of_a_body_is_no_file(wire: responses.RequestsMock) -> None:
    def attachment(number: int, name: str, kind: str, disposition: str) -> str:
        return (
            f"<Attachment><FileID>{number}</FileID><Filename>{name}</Filename><ContentType>{kind}</ContentType>"
            f"<Disposition>{disposition}</Disposition><FilesizeRaw>3</FilesizeRaw></Attachment>"
        )

    files = (
        attachment(1, "file-2", "text/html; charset=utf-8", "inline"),
        attachment(2, "file-2", "text/html", "attachment"),
        attachment(3, "page.html", "text/html", "inline"),
    )
    wire.post(URL, one_ticket(f"<Article><ArticleID>4</ArticleID><CreateBy>9</CreateBy><Body>b</Body>{''.join(files)}</Article>"))
    snapshot = told().read(["7"])["7"]
    assert [file.id for file in snapshot.attachments] == ["4:2", "4:3"]


def test_an_html_article_says_so_and_a_system_article_is_no_comment(wire: responses.RequestsMock) -> None:
    wire.post(
        URL,
        one_ticket(
            "<Article><ArticleID>1</ArticleID><ContentType>text/html; charset=utf-8</ContentType><Body>&lt;b&gt;x&lt;/b&gt;</Body></Article>"
            "<Article><ArticleID>2</ArticleID><SenderType>system</SenderType><Body>We got your mail</Body></Article>"
        ),
    )
    (comment,) = told().read(["7"])["7"].comments
    assert (comment.format, comment.text) == ("html", "<b>x</b>")


def test_the_user_id_is_learned_under_either_name() -> None:
    for word in ("Key", "Name"):
        with responses.RequestsMock() as wire:
            wire.post(URL, one_ticket("<Article><ArticleID>1</ArticleID><CreateBy>42</CreateBy><Body>x</Body></Article>"))
            wire.post(URL, envelope("<SessionCreateResponse><SessionID>s</SessionID></SessionCreateResponse>"))
            data = f"<SessionData><{word}>UserID</{word}><Value>42</Value></SessionData>"
            wire.post(URL, envelope(f"<SessionGetResponse>{data}</SessionGetResponse>"))
            assert Otrs(settings(history="off")).read(["7"])["7"].comments[0].by_us


def test_without_sessions_the_user_id_must_be_set(wire: responses.RequestsMock) -> None:
    wire.post(URL, one_ticket(""))
    wire.post(URL, fault("Unknown"), status=500)
    with pytest.raises(Misconfigured, match="user_id"):
        Otrs(settings(history="off"), around=Around(sleep=lambda _: None)).read(["7"])


@pytest.mark.parametrize("size", ["3", "5"])
def test_a_file_of_another_size_than_named_did_not_come(wire: responses.RequestsMock, size: str) -> None:
    file = f"<FileID>1</FileID><Filename>a</Filename><FilesizeRaw>{size}</FilesizeRaw><Content>QUJD\nREVG\n</Content>"
    wire.post(URL, one_ticket(f"<Article><ArticleID>4</ArticleID><Attachment>{file}</Attachment></Article>"))
    with pytest.raises(NotApplied):
        told().open_attachment("7", "4:1")


def test_base64_may_be_broken_into_lines(wire: responses.RequestsMock) -> None:
    file = "<FileID>1</FileID><FilesizeRaw>6</FilesizeRaw><Content>\nQUJD\nREVG\n</Content>"
    wire.post(URL, one_ticket(f"<Article><ArticleID>4</ArticleID><Attachment>{file}</Attachment></Article>"))
    with told().open_attachment("7", "4:1") as content:
        assert content.read() == b"ABCDEF"


# --- against the simulated portal ------------------------------------------------------------------------------


def test_wrong_soap_action_is_a_matter_of_configuration(rig: Rig) -> None:
    rig.portal.accept_slash = False
    ref = rig.ticket()
    with pytest.raises(Misconfigured, match="soap_action_style"):
        rig.adapter(soap_action_style="/").send(Write(ref, units={"t": {"Title": "New"}}))
    assert rig.portal.ticket(ref).fields["Title"] == "A ticket"
    (problem,) = rig.adapter(soap_action_style="/").check(USES)
    assert "soap_action_style" in problem.remedy
    assert rig.adapter().check(USES) == []


@pytest.mark.parametrize("use_session", [False, True])
def test_a_wrong_password_stops_the_side_and_changes_nothing(rig: Rig, use_session: bool) -> None:
    ref = rig.ticket()
    adapter = rig.adapter(password=SecretStr("wrong"), use_session=use_session)
    with pytest.raises(Misconfigured):
        adapter.send(Write(ref, units={"t": {"Title": "New"}}))
    with pytest.raises(Misconfigured):
        adapter.read([ref])
    assert [problem.place for problem in adapter.check(USES)] == ["settings, user and password"]
    assert rig.portal.ticket(ref).fields["Title"] == "A ticket"


def test_a_session_is_renewed_once_and_shared(rig: Rig) -> None:
    adapter, refs = rig.adapter(use_session=True, history="off", user_id="2"), [rig.ticket() for _ in range(4)]
    adapter.read(refs)
    rig.portal.expire_tokens()
    with ThreadPoolExecutor(4) as pool:
        assert [len(found) for found in pool.map(lambda ref: adapter.read([ref]), refs)] == [1] * 4
    assert len(rig.portal.api.sessions) == 1


def test_one_missing_ticket_costs_a_few_calls_not_all(rig: Rig) -> None:
    refs, adapter = [rig.ticket(f"T{n}") for n in range(32)], rig.adapter(history="off")
    adapter.read(refs[:1])
    before = rig.reads()
    assert set(adapter.read([*refs[:20], "999999", *refs[20:]])) == set(refs)
    assert rig.reads() - before <= 13


def test_a_merged_ticket_tells_where_it_went(rig: Rig) -> None:
    ref, into = rig.ticket(), rig.ticket("The other")
    rig.portal.merge(ref, into, "anna")
    adapter = rig.adapter()
    assert set(adapter.read([ref, into])) == {into}
    with pytest.raises(Gone) as caught:
        adapter.read([ref])
    assert caught.value.moved_to == into


def test_without_histories_a_merged_ticket_is_a_state(rig: Rig) -> None:
    rig.portal.history_rights = False
    ref, into = rig.ticket(), rig.ticket("The other")
    rig.portal.merge(ref, into, "anna")
    assert rig.adapter().read([ref])[ref].fields["State"] == "merged"


def test_a_removed_ticket_is_a_state_and_a_deleted_one_is_gone(rig: Rig) -> None:
    ref = rig.ticket()
    rig.portal.edit(ref, "anna", {"State": "removed"})
    assert rig.adapter().read([ref])[ref].fields["State"] == "removed"
    rig.portal.delete(ref)
    with pytest.raises(Gone):
        rig.adapter().read([ref])


def test_history_is_learned_on_the_first_ticket_seen(rig: Rig) -> None:
    adapter = rig.adapter()
    assert adapter.check(USES) == []
    known = [adapter.capabilities.history]
    ref = rig.ticket()
    adapter.read([ref])
    known.append(adapter.capabilities.history)
    assert known == [False, True]


def test_without_rights_there_is_no_history(rig: Rig) -> None:
    rig.portal.history_rights = False
    ref, adapter = rig.ticket(), rig.adapter()
    assert adapter.check(USES) == []
    assert not adapter.capabilities.history
    assert rig.adapter(history="on").history([ref]) == {}


def test_history_names_people_by_what_articles_tell(rig: Rig) -> None:
    ref, adapter = rig.ticket(), rig.adapter(history="on")
    rig.portal.comment(ref, "anna", "I am Anna", public=True)
    rig.portal.edit(ref, "anna", {"Priority": "4 high"})
    rig.portal.edit(ref, "ghost", {"Title": "Boo"})
    adapter.send(Write(ref, units={"all": {"State": "open", "DynamicField_Severity": "Sev1"}}))
    events = adapter.history([ref])[ref]
    assert [(e.field, e.old, e.new, e.by_us) for e in events] == [
        ("Priority", "3 normal", "4 high", False),
        ("Title", "A ticket", "Boo", False),
        ("State", "new", "open", True),
        ("DynamicField_Severity", "", "Sev1", True),
    ]
    assert events[0].author == "anna"
    assert events[1].author.startswith("user ")
    assert events[2].author == "connector"
    before = rig.reads()
    adapter.history([ref])
    assert rig.reads() - before == 1


def test_a_creation_carries_marker_contact_and_description(rig: Rig) -> None:
    change = Change(
        None,
        units={"t": {"Title": "Down", "Priority": "5 very high"}, "r": {"DynamicField_CustomerReference": "INC1"}},
        marker=MARKER,
        description="Since nine",
        contact="jo",
    )
    adapter = rig.adapter()
    (write,) = adapter.split(change)
    answer = adapter.send(write)
    stored = rig.portal.ticket(answer.ref)
    assert answer.number == stored.number
    expected = {"Title": "Down", "Queue": "Support", "State": "new", "Priority": "5 very high", "CustomerUserID": "jo"}
    assert {name: stored.fields[name] for name in expected} == expected
    assert (stored.fields["DynamicField_ConnectorMarker"], stored.fields["DynamicField_CustomerReference"]) == (MARKER, "INC1")
    assert (stored.comments[0].text, stored.comments[0].subject) == ("Since nine", f"Down [ref:{MARKER}]")
    (first,) = adapter.read([answer.ref])[answer.ref].comments
    assert (first.by_us, first.marker) == (True, MARKER)


def test_our_file_is_a_file_and_no_comment(rig: Rig) -> None:
    ref, adapter = rig.ticket(), rig.adapter()
    new = NewFile("a b.txt", "", 3, "", "visible", MARKER)
    answer = adapter.send(Write(ref, file=new), content=io.BytesIO(b"abc"))
    snapshot = adapter.read([ref])[ref]
    (file,) = snapshot.attachments
    assert (file.id, file.marker, file.place, file.by_us, file.size) == (answer.item, MARKER, "visible", True, 3)
    assert [comment.by_us for comment in snapshot.comments] == [False]


def test_an_empty_file_is_carried(rig: Rig) -> None:
    ref, adapter = rig.ticket(), rig.adapter()
    adapter.send(Write(ref, file=NewFile("empty", "text/plain", 0, "", "internal", MARKER)), content=io.BytesIO(b""))
    (file,) = adapter.read([ref])[ref].attachments
    with adapter.open_attachment(ref, file.id) as content:
        assert content.read() == b""


def test_a_file_that_is_too_large_is_refused_by_either(rig: Rig) -> None:
    ref = rig.ticket()
    write = Write(ref, file=NewFile("big", "text/plain", 2000, "", "internal", MARKER))
    rig.portal.max_attachment = 1000
    with pytest.raises(Refused, match="413"):
        rig.adapter().send(write, content=io.BytesIO(b"x" * 2000))
    calls = rig.world.calls["otrs"]["write"]
    with pytest.raises(Refused, match="2000 bytes"):
        rig.adapter(file_limit=1999).send(write, content=io.BytesIO(b"x" * 2000))
    assert rig.world.calls["otrs"]["write"] == calls
    assert rig.portal.ticket(ref).files == ()


def test_a_file_is_fetched_with_as_few_others_as_can_be(rig: Rig) -> None:
    ref, adapter = rig.ticket(), rig.adapter()
    ids = [rig.portal.attach(ref, "anna", f"{n}.bin", bytes([n]) * 9) for n in range(6)]
    for n, item in enumerate(ids):
        with adapter.open_attachment(ref, item) as content:
            assert content.read() == bytes([n]) * 9
    with pytest.raises(Gone):
        adapter.open_attachment(ref, "999:1")


def test_a_file_follows_the_place_of_its_article(rig: Rig) -> None:
    ref, adapter = rig.ticket(), rig.adapter()
    item = rig.portal.attach(ref, "anna", "a.txt", b"abc", public=False)
    assert adapter.read([ref])[ref].attachments[0].place == "internal"
    rig.portal.set_visible(ref, item, "anna", visible=True)
    assert adapter.read([ref])[ref].attachments[0].place == "visible"


def test_a_wrong_value_is_refused_by_name(rig: Rig) -> None:
    ref = rig.ticket()
    with pytest.raises(Refused) as caught:
        rig.adapter().send(Write(ref, units={"s": {"State": "nonsense", "Title": "New"}}))
    assert caught.value.fields == ("State",)
    with pytest.raises(Refused) as caught:
        rig.adapter().send(Write(ref, units={"s": {"StateType": "open", "Changed": "x"}}))
    assert caught.value.fields == ("Changed", "StateType")
    assert rig.portal.ticket(ref).fields["Title"] == "A ticket"


@pytest.mark.parametrize(
    ("unit", "seconds"),
    [
        ({"State": "pending reminder"}, 86_400),
        ({"State": "pending reminder", "PendingTime": "+30"}, 1800),
        (
            {"PendingTime": "2026-12-24 18:05", "State": "pending auto close+"},
            datetime(2026, 12, 24, 18, 5, tzinfo=UTC).timestamp() - NOW,
        ),
    ],
)
def test_a_pending_state_gets_its_end(rig: Rig, unit: dict[str, str], seconds: float) -> None:
    ref, adapter = rig.ticket(), rig.adapter()
    adapter.send(Write(ref, units={"s": unit}))
    until = datetime.fromtimestamp(NOW + seconds, UTC).strftime("%Y-%m-%d %H:%M")
    read = adapter.read([ref])[ref].fields
    assert (read["State"], read["PendingTime"]) == (unit["State"], until)
    assert adapter.normal("PendingTime", unit.get("PendingTime", "+1")) == adapter.normal("PendingTime", until)
    rig.portal.edit(ref, "anna", {"State": "open"})
    assert adapter.read([ref])[ref].fields["PendingTime"] == ""


def test_an_end_of_waiting_that_is_none_is_refused(rig: Rig) -> None:
    with pytest.raises(Refused) as caught:
        rig.adapter().send(Write(rig.ticket(), units={"s": {"PendingTime": "soon"}}))
    assert caught.value.fields == ("PendingTime",)


def test_a_missing_marker_field_is_found_out(rig: Rig) -> None:
    """The portal ignores a condition on a field that it does not have, and so finds everything."""
    rig.ticket()
    adapter = rig.adapter(marker_field="Nowhere")
    with pytest.raises(Misconfigured, match="Nowhere"):
        adapter.find(MARKER)
    (problem,) = adapter.check(USES)
    assert (problem.place, "Nowhere" in problem.remedy) == ("settings, marker_field", True)


def test_check_reports_everything_together(rig: Rig) -> None:
    rig.ticket()
    uses = Uses(frozenset({"Title", "Nonsense", "DynamicField_Gone"}), frozenset({"StateType"}))
    problems = rig.adapter(time_zone="America/New_York").check(uses)
    assert {problem.place for problem in problems} == {
        "mapping, field StateType", "mapping, field Nonsense", "mapping, field DynamicField_Gone", "settings, time_zone",
    }  # fmt: skip


def test_an_empty_comment_is_written_as_a_dash(rig: Rig) -> None:
    ref, adapter = rig.ticket(), rig.adapter()
    adapter.send(Write(ref, comment=NewComment(" \n", "visible", MARKER)))
    assert rig.portal.ticket(ref).comments[-1].text == "-"


def test_fields_files_and_comments_are_calls_of_their_own_in_that_order() -> None:
    file, comment = NewFile("a", "", 0, "", "visible", MARKER), NewComment("x", "visible", MARKER)
    change = Change("7", units={"a": {"Title": "t"}, "b": {"State": "open"}}, comments=(comment, comment), files=(file,))
    assert [write.kind for write in told().split(change)] == ["fields", "file", "comment", "comment"]


# --- polling ---------------------------------------------------------------------------------------------------


class Flood:
    """A portal with nothing but change times; sorts or not."""

    def __init__(self, times: Mapping[str, float], *, sorts: bool = True) -> None:
        self.times, self.sorts, self.clock = dict(times), sorts, Clock()
        self.reader = Reader(settings(), lambda: "5")
        self.limits: list[int] = []

    def search(self, **conditions: object) -> list[str]:
        limit, since = conditions["Limit"], self.reader.epoch(str(conditions["TicketLastChangeTimeNewerDate"]))
        assert isinstance(limit, int)
        self.limits.append(limit)
        found = [ref for ref, at in self.times.items() if at >= since]
        found.sort(key=(lambda ref: (self.times[ref], int(ref))) if self.sorts else lambda ref: -int(ref))
        return found[:limit]

    def look(self, refs: Sequence[str]) -> tuple[dict[str, Ticket], Sequence[str]]:
        changed = {ref: self.reader.stamp(self.times[ref]) for ref in refs}
        age = str(int(self.clock() - NOW + 9000))
        return {
            ref: Ticket({"Changed": at, "Created": self.reader.stamp(NOW - 9000), "Age": age}, {}) for ref, at in changed.items()
        }, ()

    def drain(self, page: int, cursor: str | None = None) -> tuple[set[str], str]:
        poll = Poll(settings(page=page), self.reader, self.search, self.look, self.clock)
        refs: set[str] = set()
        for _ in range(50):
            found = poll.page(cursor)
            refs |= set(found.refs)
            cursor = found.cursor
            if not found.more:
                return refs, cursor
        pytest.fail("no end")


@pytest.mark.parametrize("sorts", [True, False])
@pytest.mark.parametrize("spread", [0, 1, 40])
def test_every_change_is_reported_whatever_the_page_and_the_order(sorts: bool, spread: int) -> None:
    flood = Flood({str(n): NOW - 1000 + (n * 7 % 60) * spread for n in range(1, 61)}, sorts=sorts)
    flood.clock.now += 3000
    assert flood.drain(4, Cursor(NOW - 2000).text())[0] == set(flood.times)


def test_a_settled_change_is_reported_once() -> None:
    flood = Flood({"1": NOW - 100})
    _, cursor = flood.drain(10)
    assert flood.drain(10, cursor)[0] == set()


def test_a_change_seen_in_its_own_second_is_reported_again_and_then_no_more() -> None:
    flood = Flood({"1": NOW})
    refs, cursor = flood.drain(10)
    assert refs == {"1"}
    flood.clock.now += 5
    refs, cursor = flood.drain(10, cursor)
    assert refs == {"1"}
    assert flood.drain(10, cursor)[0] == set()
    flood.times["1"] += 1
    assert flood.drain(10, cursor)[0] == {"1"}


# --- words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("StateUpdate", "%%new%%open%%", [("State", "new", "open")]),
        ("PriorityUpdate", "%%3 normal%%3%%4 high%%4", [("Priority", "3 normal", "4 high")]),
        ("TitleUpdate", "%%Old%%New", [("Title", "Old", "New")]),
        ("Move", "%%Level 3%%8%%Support%%5", [("Queue", "Support", "Level 3")]),
        ("TypeUpdate", "%%Incident%%2%%Unclassified%%1", [("Type", "Unclassified", "Incident")]),
        ("OwnerUpdate", "%%anna%%4", [("Owner", "", "anna")]),
        ("SetPendingTime", "%%2026-11-21 10:00", [("PendingTime", "", "2026-11-21 10:00")]),
        ("SetPendingTime", "%%00-00-00 00:00", [("PendingTime", "", "")]),
        ("CustomerUpdate", "%%CustomerID=ACME;CustomerUser=jo;", [("CustomerID", "", "ACME"), ("CustomerUserID", "", "jo")]),
        ("TicketDynamicFieldUpdate", "%%FieldName%%Severity%%Value%%Sev1%%OldValue%%Sev2", [("DynamicField_Severity", "Sev2", "Sev1")]),
        ("TicketDynamicFieldUpdate", "%%FieldName%%Severity%%Value%%Sev1%%OldValue%%", [("DynamicField_Severity", "", "Sev1")]),
        ("TicketDynamicFieldUpdate", "%%FieldName%%Note%%Value%%a very long value that was cut", [("DynamicField_Note", "", "a very long value that was cut")]),
        ("StateUpdate", "cut", []),
        ("TicketDynamicFieldUpdate", "FieldName", []),
        ("AddNote", "%%Note", []),
        ("Misc", "", []),
    ],
)  # fmt: skip
def test_history_lines(kind: str, name: str, expected: list[tuple[str, str, str]]) -> None:
    assert changes(kind, name) == expected


def test_a_marker_stands_at_the_end_of_a_subject_whatever_is_cut() -> None:
    assert with_marker("Hello", MARKER) == f"Hello [ref:{MARKER}]"
    long = with_marker("x" * 400, MARKER)
    assert (len(long) <= 255, marker_of(long)) == (True, MARKER)
    assert marker_of(f"Re: Hello [ref:{MARKER}] again") == ""
    assert marker_of("[ref:K1-XYZ]") == ""
    assert with_marker("", "") == ""


def test_sizes_for_people_are_no_sizes() -> None:
    assert size_of({"Filesize": "4.6 KBytes", "FilesizeRaw": "4722"}) == 4722
    assert size_of({"Filesize": "4.6 KBytes"}) == -1
    assert size_of({"Filesize": "512 Bytes"}) == 512
    assert size_of({}) == -1


def test_the_field_of_a_complaint() -> None:
    assert complained_of("TicketUpdate: Ticket->StateID or Ticket->State parameter is invalid!") == ("State",)
    assert complained_of("TicketUpdate: Ticket->CustomerUser parameter is invalid!") == ("CustomerUserID",)
    assert complained_of("TicketUpdate: Ticket->QueueID or Ticket->Queue parameter is invalid!") == ("Queue",)
    assert complained_of("no ticket at all") == ()


def test_normal_form() -> None:
    normal = told().normal
    assert normal("DynamicField_Note", " a \r\nb\t\rc ") == "a\nb\nc"
    assert normal("Title", "é" * 300) == "é" * 255
    assert normal("Title", "e\u0301") == "é"


def test_times_of_the_servers_zone() -> None:
    reader = Reader(settings(time_zone="Europe/Berlin"), lambda: "5")
    summer = reader.epoch("2026-07-01 12:00:00.000000")
    assert reader.iso("2026-07-01 12:00:00") == "2026-07-01T10:00:00Z"
    assert reader.stamp(summer) == "2026-07-01 12:00:00"
    assert reader.epoch("0000-00-00 00:00:00") == 0


# --- SOAP as such ----------------------------------------------------------------------------------------------

WSDL = Path(soap.__file__).with_name("otrs.wsdl").read_bytes()


@pytest.mark.parametrize(
    ("namespace", "action", "expected"),
    [
        ("", "#", '"http://www.otrs.org/TicketConnector/#TicketGet"'),
        ("", "/", '"http://www.otrs.org/TicketConnector/TicketGet"'),
        ("urn:other", "#", '"urn:other#TicketGet"'),
        ("urn:other", "/", '"urn:other/TicketGet"'),
    ],
)
def test_soap_action(namespace: str, action: str, expected: str) -> None:
    service = soap.Service(WSDL, namespace, action)
    assert service.headers("TicketGet")["SOAPAction"] == expected
    call = soap.body(service.request("TicketGet", {"TicketID": ["1", "2"]}))
    assert call.tag == f"{{{namespace or 'http://www.otrs.org/TicketConnector/'}}}TicketGet"
    assert soap.every(call, "TicketID") == ["1", "2"]


def test_a_request_that_does_not_fit_is_found_before_it_is_sent() -> None:
    service = soap.Service(WSDL)
    for operation, values in (("TicketGet", {"Nope": 1}), ("Nope", {}), ("TicketUpdate", {"Ticket": {"Nope": "x"}})):
        with pytest.raises(ValueError, match="Nope"):
            service.request(operation, values)


def test_bytes_become_base64_and_text_is_made_fit_for_xml() -> None:
    values = {
        "Article": {"Subject": "a\x00b", "Body": "שלום 🔥 <b> ]]> \ud800"},
        "Attachment": [{"Content": b"\x00\xff", "ContentType": "x", "Filename": "\x01"}],
    }
    call = soap.body(soap.Service(WSDL).request("TicketUpdate", values))
    inside = soap.record(call)[1]
    assert soap.record(inside["Article"][0])[0] == {"Subject": "a\ufffdb", "Body": "שלום 🔥 <b> ]]> \ufffd"}
    sent = soap.record(inside["Attachment"][0])[0]
    assert (base64.b64decode(sent["Content"]), sent["Filename"]) == (b"\x00\xff", "\ufffd")


def test_a_wsdl_fetches_nothing(tmp_path: Path) -> None:
    outside = tmp_path / "other.xsd"
    outside.write_text('<schema xmlns="http://www.w3.org/2001/XMLSchema"/>')
    found = b'<xsd:import namespace="urn:x" schemaLocation="http://127.0.0.1:9/other.xsd"/>'
    start = WSDL.index(b">", WSDL.index(b"<xsd:schema")) + 1
    with pytest.raises(ValueError, match="cannot be used"):
        soap.Service(WSDL[:start] + found + WSDL[start:])
    with pytest.raises(ValueError, match="cannot be used"):
        soap.Service(WSDL.replace(b"<wsdl:definitions", b'<!DOCTYPE x [<!ENTITY a "b">]><wsdl:definitions', 1))
    with pytest.raises(ValueError, match="namespace"):
        soap.Service(b"<nothing/>")


def test_faults_of_both_versions() -> None:
    with pytest.raises(soap.Fault) as caught:
        soap.body(fault("It broke").encode())
    assert (caught.value.code, caught.value.reason) == ("Server", "It broke")
    inside = "<e:Fault><e:Code><e:Value>e:Receiver</e:Value></e:Code><e:Reason><e:Text>It broke</e:Text></e:Reason></e:Fault>"
    with pytest.raises(soap.Fault) as caught:
        soap.body(
            f'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>{inside}</e:Body></e:Envelope>'.encode()
        )
    assert (caught.value.code, caught.value.reason) == ("e:Receiver", "It broke")


@pytest.mark.parametrize("content", [b"", b"<html/>", b"not xml", envelope("").encode(), envelope("<a>")[:-9].encode()])
def test_what_is_no_soap(content: bytes) -> None:
    with pytest.raises(soap.NotSoap):
        soap.body(content)


def test_threads_build_requests_at_once() -> None:
    service = soap.Service(WSDL)

    def build(n: int) -> list[str]:
        return soap.every(soap.body(service.request("TicketGet", {"TicketID": [str(n)] * 3})), "TicketID")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(build, range(200))) == [[str(n)] * 3 for n in range(200)]


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the published WSDL lies outside the repository")
def test_the_published_wsdl_serves_as_well(rig: Rig) -> None:
    rig.portal.accept_slash = False
    adapter, ref = rig.adapter(wsdl=PUBLISHED), rig.ticket()
    assert adapter.check(USES) == []
    adapter.send(Write(ref, units={"a": {"Title": "New", "State": "open", "DynamicField_Severity": "Sev1"}}))
    adapter.send(Write(ref, comment=NewComment("Text", "internal", MARKER)))
    created = adapter.send(Write(None, create=Change(None, units={"a": {"Title": "Made"}}, marker=MARKER)))
    assert adapter.read([ref])[ref].comments[-1].text == "Text"
    assert adapter.find(MARKER) == [created.ref]
    assert ref in adapter.changed_since(None).refs


@pytest.mark.bench
def test_a_hundred_tickets_are_parsed_in_30_ms() -> None:
    article = (
        "".join(f"<Field{n}>value {n}</Field{n}>" for n in range(30))
        + "<CreateTime>2026-11-21 10:00:00</CreateTime><Body>text</Body>"
    )
    articles = "".join(f"<Article><ArticleID>{n}</ArticleID>{article}</Article>" for n in range(5))
    ticket = "".join(f"<Field{n}>value {n}</Field{n}>" for n in range(50)) + articles
    answer = envelope(
        "<TicketGetResponse>" + f"<Ticket><TicketID>7</TicketID>{ticket}</Ticket>" * 100 + "</TicketGetResponse>"
    ).encode()
    reader, best = Reader(settings(), lambda: "5"), 1.0
    for _ in range(5):
        begun = time.perf_counter()
        snapshots = [reader.snapshot(found, 0.0) for found in tickets(soap.body(answer))]
        best = min(best, time.perf_counter() - begun)
    assert len(snapshots) == 100
    assert len(snapshots[0].comments) == 5
    assert best < 0.030
