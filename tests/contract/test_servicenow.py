"""ServiceNow against the contract of adapters, and every trap of its API that is known to us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
import requests
from pydantic import SecretStr, ValidationError

from adapters.base import (
    Change,
    Gone,
    Misconfigured,
    NewComment,
    NewFile,
    NotApplied,
    Refused,
    Unknown,
    Uses,
    Write,
)
from adapters.servicenow import ServiceNow, ServiceNowSettings
from connector.sandbox.core import Request, Response, World
from connector.sandbox.servicenow import ServiceNow as Instance
from connector.sandbox.transport import InProcess
from tests.contract.suite import MARKER, AdapterContract, Clock, Rig, Sandbox, Words

URL = "https://servicenow.test"
FIELDS = frozenset({"short_description", "description", "state", "impact", "urgency", "priority"})
RESOLVED = {"state": "6"}
OAUTH: dict[str, Any] = {
    "auth": "oauth_client_credentials",
    "client_id": "connector",
    "client_secret": SecretStr("connector-client-secret"),
}


def settings(**given: Any) -> ServiceNowSettings:
    base: dict[str, Any] = {"url": URL, "user": "connector", "password": SecretStr("connector-secret"), "page": 3}
    return ServiceNowSettings(**{**base, **given})


def adapter_of(world: World, clock: Clock, system: Instance, **given: Any) -> ServiceNow:
    session = requests.Session()
    session.mount(URL, InProcess(world, system))
    return ServiceNow(settings(**given), session=session, clock=clock, sleep=clock.advance)


class TestServiceNow(AdapterContract):
    words = Words(
        ticket={"short_description": "Printer on fire", "impact": "2", "urgency": "2", "caller_id": "carl.caller"},
        title="short_description",
        status="state",
        moved="2",
        public="comments",
        internal="work_notes",
        uses=Uses(
            FIELDS, frozenset({"short_description", "state", "impact", "urgency"}), {"state": frozenset({"1", "2", "3", "6"})}
        ),
        person="lena.l1",
        creation={"short_description": "x", "impact": "2", "urgency": "2"},
        refused=RESOLVED,
        dropped={"priority": "1"},
    )
    options: ClassVar[dict[str, Any]] = {}

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, ServiceNow]:
        system = Instance(world)
        return system, adapter_of(world, clock, system, **self.options)


class TestServiceNowWithTokens(TestServiceNow):
    options: ClassVar[dict[str, Any]] = OAUTH


class Desk(Rig):
    """A rig whose types are ServiceNow's own."""

    system: Instance
    adapter: ServiceNow

    def again(self, **given: Any) -> ServiceNow:
        """Another adapter on the same instance; checked by whoever needs it."""
        self.adapter = adapter_of(self.world, self.clock, self.system, **given)
        self.adapter.use(FIELDS)
        return self.adapter


@pytest.fixture
def desk() -> Desk:
    clock = Clock()
    world = World(clock, seed=11)
    system = Instance(world)
    adapter = adapter_of(world, clock, system)
    rig = Desk(world, clock, system, adapter, TestServiceNow.words)
    rig.ref = rig.people_open("The first ticket")
    clock.advance(60)
    rig.people_say("It began this morning.")
    clock.advance(60)
    assert adapter.check(TestServiceNow.words.uses) == []
    return rig


def answering(desk: Desk, change: Callable[[Request, Response], Response]) -> None:
    """Let the instance's answers to lists be changed on their way: ``change(request, response) -> response``."""
    inner = desk.system.handle

    def handle(request: Request, as_of: float | None = None) -> Response:
        return change(request, inner(request, as_of))

    desk.system.handle = handle  # type: ignore[method-assign]  # a proxy between the instance and us


# --- reading lists that can be trusted ---


def test_a_query_part_that_is_ignored_stops_the_side(desk: Desk) -> None:
    other = desk.people_open("Not asked for")
    desk.adapter.read([desk.ref])
    del desk.system.columns["sys_journal_field"]["element_id"]
    with pytest.raises(Misconfigured, match="not asked for"):
        desk.adapter.read([desk.ref, other])


def test_find_with_a_marker_field_that_does_not_exist_stops_the_side(desk: Desk) -> None:
    desk.open()
    desk.again(marker_field="u_no_such")
    with pytest.raises(Misconfigured):
        desk.adapter.find(MARKER)


def test_a_poll_whose_filter_is_ignored_is_still_a_superset(desk: Desk) -> None:
    adapter = desk.again(query="u_typo=1")
    refs, _ = desk.hints(None)
    assert desk.ref in refs
    assert adapter.settings.query == "u_typo=1"


def test_short_pages_are_not_the_end(desk: Desk) -> None:
    for n in range(9):
        desk.people_say(f"Entry {n}")
        desk.clock.advance(1)
    hidden = [desk.people_open("Hidden") for _ in range(4)]
    for ref in hidden:
        desk.people_say("Hidden", ref=ref)
    desk.system.hidden |= set(hidden)
    desk.again(list_page=2, journal="rows")
    read = desk.adapter.read([desk.ref, *hidden])
    assert set(read) == {desk.ref}
    assert [c.text for c in read[desk.ref].comments][1:] == [f"Entry {n}" for n in range(9)]


def test_a_poll_gets_past_pages_that_are_hidden_from_us(desk: Desk) -> None:
    _, cursor = desk.hints(None)
    desk.clock.advance(60)
    hidden = {desk.people_open("Hidden") for _ in range(10)}
    desk.system.hidden |= hidden
    seen = desk.people_open("Seen")
    desk.system.attach(seen, "lena.l1", "a.txt", b"a")
    refs, cursor = desk.hints(cursor)
    assert refs == {seen}
    desk.clock.advance(60)
    desk.people_rename(desk.ref, "Later")
    assert desk.ref in desk.hints(cursor)[0]


def test_many_tickets_fit_into_addresses_that_servers_take(desk: Desk) -> None:
    longest = 0

    def measured(request: Request, response: Response) -> Response:
        nonlocal longest
        longest = max(longest, len(request.path) + len(urlencode(request.query, doseq=True)))
        return response

    refs = [desk.people_open(f"Ticket {n}") for n in range(250)]
    answering(desk, measured)
    desk.again(batch=250, journal="rows")
    assert set(desk.adapter.read(refs)) == set(refs)
    assert 2_000 < longest < 8_000


def test_a_hundred_tickets_are_three_calls(desk: Desk) -> None:
    refs = [desk.people_open(f"Ticket {n}") for n in range(100)]
    before = desk.world.calls["servicenow"]["read"]
    desk.adapter.read(refs)
    assert desk.world.calls["servicenow"]["read"] == before + 3


def test_half_a_result_with_status_200_is_no_result(desk: Desk) -> None:
    def cancelled(_: Request, response: Response) -> Response:
        body = (
            response.body[:-1]
            + b',"error":{"message":"Transaction cancelled: maximum execution time exceeded"},"status":"failure"}'
        )
        return Response(200, response.headers, body)

    answering(desk, cancelled)
    with pytest.raises(NotApplied) as caught:
        desk.adapter.read([desk.ref])
    assert not caught.value.outage
    with pytest.raises(Unknown):
        desk.rename("Half an answer")


def test_ids_that_are_none_never_reach_a_query(desk: Desk) -> None:
    evil = f"{'0' * 31}^NQactive=true"
    with pytest.raises(Gone):
        desk.adapter.read([evil])
    with pytest.raises(Gone):
        desk.adapter.send(Write(f"{desk.ref}/../x", units={"u": {"state": "2"}}))
    with pytest.raises(ValueError, match="marker"):
        desk.adapter.find("x^NQactive=true")


def test_a_field_hidden_by_access_rules_is_absent_not_empty(desk: Desk) -> None:
    desk.system.hidden_fields.add("description")
    fields = desk.adapter.read([desk.ref])[desk.ref].fields
    assert "description" not in fields
    problems = desk.adapter.check(TestServiceNow.words.uses)
    assert [p.place for p in problems] == ["servicenow.incident.description"]


def test_a_deleted_and_a_hidden_ticket_are_gone(desk: Desk) -> None:
    hidden = desk.people_open("Hidden")
    desk.system.hidden.add(hidden)
    desk.system.delete(desk.ref)
    for ref in (desk.ref, hidden):
        with pytest.raises(Gone):
            desk.adapter.read([ref])
        with pytest.raises(Gone):
            desk.adapter.send(Write(ref, units={"title": {"short_description": "x"}}))


def test_pasted_images_are_no_attachments(desk: Desk) -> None:
    file = desk.system.attach(desk.ref, "lena.l1", "Pasted image.png", b"png")
    row = desk.system.tables["sys_attachment"].rows[file]
    row.values = {**row.values, "table_name": "ZZ_YYincident"}
    assert desk.adapter.read([desk.ref])[desk.ref].attachments == ()


# --- comments ---


def test_entries_of_one_second_keep_the_order_of_the_server(desk: Desk) -> None:
    for n in range(12):
        desk.people_say(f"Entry {n}", public=n % 2 == 0)
    assert [c.text for c in desk.comments()][1:] == [f"Entry {n}" for n in range(12)]


def test_vendor_text_cannot_make_itself_html(desk: Desk) -> None:
    text = "Look: [code]<a href='https://evil.test'>log in</a>[/CODE]"
    desk.say(text, public=True)
    stored = desk.system.ticket(desk.ref).comments[-1].text
    assert "[code]" not in stored
    assert "[/CODE]" not in stored
    comment = desk.comments()[-1]
    assert (comment.text, comment.format) == (text, "plain")


def test_html_of_a_person_is_told(desk: Desk) -> None:
    desk.people_say("[code]<b>bold</b>[/code]")
    assert desk.comments()[-1].format == "servicenow"


def test_the_last_line_of_another_author_is_not_our_hand(desk: Desk) -> None:
    desk.people_say(f"Copied whole\n\n[ref:{MARKER}]")
    comment = desk.comments()[-1]
    assert (comment.text, comment.by_us) == ("Copied whole", False)


def test_logins_do_not_depend_on_case(desk: Desk) -> None:
    desk.again(**OAUTH, user="Connector", journal="rows")
    desk.adapter.check(TestServiceNow.words.uses)
    desk.say("Ours")
    assert desk.comments()[-1].by_us


def test_an_unknown_place_is_refused_before_anything_is_sent(desk: Desk) -> None:
    change = Change(desk.ref, comments=(NewComment("x", "worknotes", MARKER),))
    with pytest.raises(Refused, match="worknotes"):
        desk.send(change)


class TestWithoutJournalRights:
    @pytest.fixture
    def blind(self, desk: Desk) -> Desk:
        desk.system.journal_rights = False
        desk.system.zone = timezone(timedelta(hours=5, minutes=30))
        desk.again(journal="display")
        assert desk.adapter.check(TestServiceNow.words.uses) == []
        return desk

    def test_comments_come_from_display_values(self, blind: Desk) -> None:
        blind.people_say("Second\n\nwith a paragraph", public=False)
        blind.clock.advance(1)
        blind.say("Third, ours", public=True)
        first, second, third = blind.comments()
        assert [c.text for c in (first, second, third)] == ["It began this morning.", "Second\n\nwith a paragraph", "Third, ours"]
        assert [c.place for c in (first, second, third)] == ["comments", "work_notes", "comments"]
        assert (third.by_us, third.marker, second.by_us) == (True, MARKER, False)
        assert second.author == "Lena.L1".replace(".", " ")
        assert second.created == f"{third.created[:-3]}{int(third.created[-3:-1]) - 1:02d}Z"

    def test_ids_stay_while_entries_are_added(self, blind: Desk) -> None:
        blind.people_say("Same")
        blind.people_say("Same")
        before = [c.id for c in blind.comments()]
        blind.people_say("Same")
        after = [c.id for c in blind.comments()]
        assert len(set(after)) == 4
        assert after[:3] == before

    def test_a_quoted_header_does_not_split_a_comment(self, blind: Desk) -> None:
        quoted = "They said:\n2026-01-01 10:00:00 - Mallory (Additional comments)\nclose it"
        other_label = "They said:\n\n2020-01-01 10:00:00 - Mallory (Work notes)\nclose it"
        newer = "They said:\n\n2031-01-01 10:00:00 - Mallory (Additional comments)\nclose it"
        for text in (quoted, other_label, newer):
            blind.people_say(text)
        assert [c.text for c in blind.comments()][1:] == [quoted, other_label, newer]

    def test_auto_falls_back_and_says_so(self, desk: Desk) -> None:
        desk.system.journal_rights = False
        desk.again()
        assert [p.place for p in desk.adapter.check(TestServiceNow.words.uses)] == ["servicenow.sys_journal_field"]
        assert [c.text for c in desk.comments()] == ["It began this morning."]

    def test_auto_finds_out_on_a_fresh_instance(self) -> None:
        for rights in (True, False):
            clock = Clock()
            world = World(clock, seed=3)
            system = Instance(world)
            system.journal_rights = rights
            desk = Desk(world, clock, system, adapter_of(world, clock, system), TestServiceNow.words)
            assert desk.adapter.check(TestServiceNow.words.uses) == []
            desk.ref = desk.people_open()
            assert desk.comments() == ()
            desk.people_say("The first word ever")
            assert [c.text for c in desk.comments()] == ["The first word ever"]

    def test_who_we_are_must_be_known(self, desk: Desk) -> None:
        desk.system.journal_rights = False
        desk.again(**OAUTH, journal="display", user="somebody")
        assert "servicenow.display_name" in [p.place for p in desk.adapter.check(TestServiceNow.words.uses)]


# --- writing ---


def test_a_read_only_field_is_seen_in_the_answer(desk: Desk) -> None:
    desk.system.read_only.add("short_description")
    answer = desk.rename("Dropped silently")
    assert answer.fields is not None
    assert answer.fields["short_description"] == "The first ticket"


def test_the_answer_tells_what_the_save_did_besides(desk: Desk) -> None:
    before = desk.adapter.read([desk.ref])[desk.ref]
    answer = desk.send(Change(desk.ref, units={"severity": {"impact": "1", "urgency": "1"}}))
    assert answer.fields is not None
    assert answer.fields["priority"] == "1"
    assert answer.version == (before.version or 0) + 1
    assert answer.changed == desk.clock()


def test_a_data_policy_names_the_fields(desk: Desk) -> None:
    uses = TestServiceNow.words.uses
    desk.adapter.check(replace(uses, read=uses.read | {"close_code", "close_notes"}))
    with pytest.raises(Refused) as caught:
        desk.send(Change(desk.ref, units={"status": RESOLVED}))
    assert caught.value.fields == ("close_code", "close_notes")


def test_a_business_rule_refuses_and_nothing_changes(desk: Desk) -> None:
    desk.system.refuse_moves.add(("1", "2"))
    with pytest.raises(Refused, match="Business Rule"):
        desk.send(Change(desk.ref, units={"status": {"state": "2"}}))
    assert desk.stored("state") == "1"


def test_a_file_that_the_instance_does_not_take_is_refused(desk: Desk) -> None:
    desk.system.max_attachment = 10
    with pytest.raises(Refused):
        desk.attach(b"x" * 11)
    desk.system.extensions = {"pdf"}
    with pytest.raises(Refused):
        desk.attach(b"x", "a.exe")
    assert desk.system.ticket(desk.ref).files == ()


def test_a_file_without_content_is_a_mistake_of_the_caller(desk: Desk) -> None:
    with pytest.raises(ValueError, match="content"):
        desk.adapter.send(Write(desk.ref, file=NewFile("a", "text/plain", 1, "", "", "")))


def test_a_file_of_another_ticket_or_a_deleted_one_is_refused(desk: Desk) -> None:
    file = desk.system.attach(desk.ref, "lena.l1", "a.txt", b"abc")
    with pytest.raises(Refused, match="not on"):
        desk.adapter.open_attachment(desk.people_open(), file)
    desk.system.delete_file(file)
    with pytest.raises(Refused):
        desk.adapter.open_attachment(desk.ref, file)


def test_a_new_ticket_is_one_call_with_everything_in_it(desk: Desk) -> None:
    change = Change(None, {"a": {"short_description": "T"}, "b": {"impact": "1"}}, MARKER, description="D", contact="cora.caller")
    (write,) = desk.adapter.split(change)
    answer = desk.adapter.send(write)
    fields = desk.system.ticket(answer.ref).fields
    assert (fields["short_description"], fields["impact"], fields["description"], fields["correlation_id"]) == (
        "T",
        "1",
        "D",
        MARKER,
    )
    assert fields["caller_id"] == desk.system.add_user("cora.caller")
    assert answer.number == fields["number"]


def test_writes_come_in_pass_order(desk: Desk) -> None:
    file = NewFile("a", "text/plain", 1, "", "", MARKER)
    said = NewComment("x", "comments", MARKER)
    change = Change(desk.ref, {"a": {"impact": "1"}, "b": {"state": "2"}}, comments=(said, said), files=(file,))
    assert [w.kind for w in desk.adapter.split(change)] == ["fields", "file", "comment", "comment"]


def test_a_session_that_ends_between_calls_keeps_the_file(desk: Desk) -> None:
    desk.again(**OAUTH)
    with desk.fault("expired", times=1, writes=True):
        desk.attach(b"whole file" * 1000)
    assert desk.system.ticket(desk.ref).files[-1].size == 10_000


# --- polling ---


def test_one_change_is_reported_once(desk: Desk) -> None:
    _, cursor = desk.hints(None)
    desk.clock.advance(60)
    desk.people_rename(desk.ref, "New")
    first, cursor = desk.hints(cursor)
    second, cursor = desk.hints(cursor)
    desk.people_rename(desk.ref, "New again, same second")
    third, _ = desk.hints(cursor)
    assert (first, second, third) == ({desk.ref}, set(), {desk.ref})


def test_what_becomes_visible_late_is_found_within_the_overlap(desk: Desk) -> None:
    late = desk.people_open("A long transaction")
    desk.system.hidden.add(late)
    _, cursor = desk.hints(None)
    desk.clock.advance(3)
    desk.people_rename(desk.ref, "Newer")
    _, cursor = desk.hints(cursor)
    desk.system.hidden.clear()
    assert late in desk.hints(cursor)[0]


def test_the_watermark_is_the_servers_time(desk: Desk) -> None:
    ahead = Clock(desk.clock.now + 7200)
    session = requests.Session()
    session.mount(URL, InProcess(desk.world, desk.system))
    desk.adapter = ServiceNow(settings(lookback_s=0, overlap_s=0), session=session, clock=ahead, sleep=ahead.advance)
    _, cursor = desk.hints(None)
    desk.clock.advance(1)
    desk.people_rename(desk.ref, "By their clock")
    assert desk.ref in desk.hints(cursor)[0]


def test_the_filter_of_the_poll_holds_on_every_page(desk: Desk) -> None:
    desk.again(query="impact=1")
    wanted = {desk.system.create("lena.l1", {**desk.words.ticket, "impact": "1"}) for _ in range(7)}
    for _ in range(7):
        desk.people_open("Impact 2")
    assert desk.hints(None)[0] == wanted


def test_an_empty_instance_can_be_polled() -> None:
    clock = Clock()
    world = World(clock, seed=3)
    system = Instance(world)
    desk = Desk(world, clock, system, adapter_of(world, clock, system), TestServiceNow.words)
    refs, cursor = desk.hints(None)
    ref = desk.people_open()
    assert (refs, desk.hints(cursor)[0]) == (set(), {ref})


def test_the_cursor_does_not_grow(desk: Desk) -> None:
    _, cursor = desk.hints(None)
    for n in range(40):
        desk.clock.advance(10)
        desk.people_rename(desk.ref, f"Title {n}")
        _, cursor = desk.hints(cursor)
    assert len(cursor) < 600


def test_a_foreign_cursor_stops_the_side(desk: Desk) -> None:
    for cursor in ("2026-01-01", "[]", '{"tickets":{"since":1}}'):
        with pytest.raises(Misconfigured, match="cursor"):
            desk.adapter.changed_since(cursor)


# --- history ---


def test_history_counts_versions(desk: Desk) -> None:
    desk.rename("Ours")
    desk.clock.advance(5)
    desk.people_rename(desk.ref, "Theirs")
    desk.adapter.check(TestServiceNow.words.uses)
    events = [e for e in desk.adapter.history([desk.ref])[desk.ref] if e.field == "short_description"]
    assert [(e.old, e.new, e.by_us) for e in events] == [("The first ticket", "Ours", True), ("Ours", "Theirs", False)]
    assert events[-1].version == desk.adapter.read([desk.ref])[desk.ref].version


def test_without_the_right_there_is_no_history(desk: Desk) -> None:
    desk.system.audit_rights = False
    desk.adapter.check(TestServiceNow.words.uses)
    assert not desk.adapter.capabilities.history
    with pytest.raises(Refused):
        desk.adapter.history([desk.ref])


# --- check and settings ---


def test_check_reports_every_problem_together(desk: Desk) -> None:
    desk.system.read_only.add("impact")
    uses = Uses(
        frozenset({"short_descripton", "caller_id.email"}), frozenset({"impact", "u_vendor"}), {"state": frozenset({"2", "99"})}
    )
    problems = desk.adapter.check(uses)
    assert {p.place for p in problems} == {
        "servicenow.incident.short_descripton",
        "servicenow.incident.u_vendor",
        "servicenow.incident.impact",
        "servicenow.incident.state",
    }
    assert all(p.remedy for p in problems)


@pytest.mark.parametrize("given", [{"password": SecretStr("wrong")}, {"url": f"{URL}/elsewhere"}, {"table": "no_such_table"}])
def test_a_wrong_set_up_is_a_problem_not_a_crash(desk: Desk, given: dict[str, Any]) -> None:
    (problem,) = desk.again(**given).check(TestServiceNow.words.uses)
    assert problem.message
    assert "wrong" not in problem.message
    with pytest.raises(Misconfigured):
        desk.adapter.read([desk.ref])


def test_a_check_of_a_system_that_is_away_is_no_finding(desk: Desk) -> None:
    with desk.fault("refused"), pytest.raises(NotApplied):
        desk.adapter.check(TestServiceNow.words.uses)


def test_equal_values_have_one_normal_form(desk: Desk) -> None:
    normal = desk.adapter.normal
    assert normal("description", "a \r\nb\t\r\n") == "a\nb"
    assert normal("short_description", "e\u0301" + "x" * 200) == "\u00e9" + "x" * 159
    assert normal("unknown", "x" * 5000) == "x" * 5000


@pytest.mark.parametrize(
    "given",
    [
        {"password": None},
        {"auth": "oauth_refresh"},
        {"query": "active=true^NQpriority=1"},
        {"query": "active=true^ORDERBYnumber"},
        {"url": "servicenow.test"},
        {"tabel": "incident"},
    ],
)
def test_settings_are_checked(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**given)
