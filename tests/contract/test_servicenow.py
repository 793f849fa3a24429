"""ServiceNow against the contract of adapters, and every trap of its API that is known to us."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
import trustme
from pydantic import SecretStr, ValidationError

from adapters.around import Around
from adapters.at_once import FEW
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
from adapters.servicenow import ServiceNow
from connector.sandbox.core import Request, Response, World
from connector.sandbox.server import Server
from connector.sandbox.servicenow import ServiceNow as Instance
from tests.contract.servicenow_desk import OAUTH, RESOLVED, URL, WORDS, Desk, adapter_of, answering, new_desk, settings
from tests.contract.suite import MARKER, AdapterContract, Clock, Sandbox


class TestServiceNow(AdapterContract):
    words = WORDS
    options: ClassVar[dict[str, Any]] = {}

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, ServiceNow]:
        system = Instance(world)
        return system, adapter_of(world, clock, system, **self.options)


class TestServiceNowWithTokens(TestServiceNow):
    options: ClassVar[dict[str, Any]] = OAUTH


class TestServiceNowAtOnce(TestServiceNow):
    """As the daemon uses it: the parts of few tickets are read at once."""

    def make(self, world: World, clock: Clock) -> tuple[Sandbox, ServiceNow]:
        system, adapter = super().make(world, clock)
        adapter.hasten()
        return system, adapter


@pytest.fixture
def desk() -> Desk:
    return new_desk()


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
    problems = desk.adapter.check(WORDS.uses)
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
    uses = WORDS.uses
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


def test_an_empty_file_and_a_strange_type_go_through(desk: Desk) -> None:
    desk.attach(b"", "empty.txt")
    desk.attach(b"x", "odd.bin", "text/plain\r\nX-Evil: 1")
    files = desk.adapter.read([desk.ref])[desk.ref].attachments
    assert [(f.name, f.size, f.content_type) for f in files] == [
        ("empty.txt", 0, "text/plain"),
        ("odd.bin", 1, "application/octet-stream"),
    ]


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


def test_the_field_of_the_mark_is_no_place_for_anything_else(desk: Desk) -> None:
    uses = Uses(frozenset(), frozenset(), creates=frozenset({"correlation_id", "u_nothing"}))
    assert {p.place for p in desk.adapter.check(uses)} == {"servicenow.incident.correlation_id", "servicenow.incident.u_nothing"}


@pytest.mark.parametrize(
    "table", ["sys_attachment", "sys_journal_field", "sys_audit", "sys_user", "sys_dictionary", "sys_choice"]
)
def test_a_table_that_is_refused_outright_is_named_or_done_without(desk: Desk, table: str) -> None:
    def refused(request: Request, response: Response) -> Response:
        body = b'{"error":{"message":"User Not Authorized","detail":"ACL"},"status":"failure"}'
        return Response(403, response.headers, body) if request.path.endswith(table) else response

    answering(desk, refused)
    places = [p.place for p in desk.again().check(WORDS.uses)]
    needed = {"sys_attachment", "sys_journal_field", "sys_choice"}
    assert places == ([f"servicenow.{table}"] if table in needed else [])
    if table in ("sys_attachment", "sys_journal_field"):
        with pytest.raises(Misconfigured):
            desk.adapter.read([desk.ref])
    else:
        assert [c.text for c in desk.comments()] == ["It began this morning."]


def test_over_tls_with_an_authority_of_our_own(desk: Desk, tmp_path: Path) -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with Server(desk.world, desk.system, tls=server) as served:
        trusting = ServiceNow(
            settings(url=served.url, http={"ca_file": str(tmp_path / "ca.pem")}), around=Around(clock=desk.clock)
        )
        desk.adapter = trusting
        assert trusting.check(WORDS.uses) == []
        desk.attach(b"", "empty.txt")
        desk.attach(b"y" * 200_000, "large.bin")
        desk.say("Over the wire")
        assert [f.size for f in desk.system.ticket(desk.ref).files] == [0, 200_000]
        assert desk.comments()[-1].by_us
        trusting.close()
        wary = ServiceNow(settings(url=served.url))
        with pytest.raises(Misconfigured, match="certificate"):
            wary.read([desk.ref])
        wary.close()


def test_parts_read_at_once_say_so_and_only_of_few_tickets(desk: Desk) -> None:
    refs = [desk.ref, *(desk.people_open(f"No. {n}") for n in range(FEW))]
    assert not desk.adapter.read([desk.ref])[desk.ref].scattered
    desk.adapter.hasten()
    assert desk.adapter.read([desk.ref])[desk.ref].scattered
    assert {one.scattered for one in desk.adapter.read(refs).values()} == {False}
    desk.adapter.close()


@pytest.mark.parametrize("given", [{"password": SecretStr("wrong")}, {"url": f"{URL}/elsewhere"}, {"table": "no_such_table"}])
def test_a_wrong_set_up_is_a_problem_not_a_crash(desk: Desk, given: dict[str, Any]) -> None:
    (problem,) = desk.again(**given).check(WORDS.uses)
    assert problem.message
    assert "wrong" not in problem.message
    with pytest.raises(Misconfigured):
        desk.adapter.read([desk.ref])


def test_a_role_that_is_missing_for_the_whole_api_is_a_problem_but_waits_in_service(desk: Desk) -> None:
    def refused(_: Request, response: Response) -> Response:
        body = b'{"error":{"message":"User Not Authorized","detail":"Failed API level ACL Validation"},"status":"failure"}'
        return Response(403, response.headers, body)

    answering(desk, refused)
    assert [p.place for p in desk.adapter.check(WORDS.uses)] == ["servicenow.incident"]
    for call in (lambda: desk.adapter.read([desk.ref]), lambda: desk.rename("x")):
        with pytest.raises(NotApplied) as caught:
            call()
        assert caught.value.outage


def test_a_wrong_field_in_the_filter_of_the_poll_is_a_problem(desk: Desk) -> None:
    problems = desk.again(query="impact=1^ORu_typo=1^caller_id.active=true").check(WORDS.uses)
    assert [p.place for p in problems] == ["servicenow.incident.u_typo"]


def test_a_check_of_a_system_that_is_away_is_no_finding(desk: Desk) -> None:
    with desk.fault("refused"), pytest.raises(NotApplied):
        desk.adapter.check(WORDS.uses)


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
