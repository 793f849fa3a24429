"""Jira's own ways, each as a trap that is known: moves, limits, log-ins, lagging searches, texts, places, set-ups."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from adapters.base import Change, Gone, Misconfigured, NewComment, NotApplied, Refused, Stale, Unknown, Uses
from connector.mapping.text import to_plain
from connector.sandbox.core import Request, Response
from connector.sandbox.jira_data import MARKER, REFERENCE, SEVERITY, WORKAROUND, Field
from connector.sandbox.transport import InProcess
from tests.contract import suite
from tests.contract.jira_desk import BASIC, CLOUD, DATA_CENTER, HOST, OAUTH, PAT, SCOPED, WORDS, Desk, new_desk, settings

FLAVOURS = [CLOUD, DATA_CENTER]


@pytest.fixture
def desk() -> Desk:
    return new_desk()


@pytest.fixture(params=FLAVOURS)
def either(request: pytest.FixtureRequest) -> Desk:
    return new_desk(request.param)


def again(desk: Desk, **options: Any) -> None:
    """The adapter anew, checked."""
    desk.again(**options)
    assert desk.adapter.check(WORDS.uses) == []


def move(desk: Desk, **fields: str) -> None:
    desk.send(Change(desk.ref, units={"status": fields}))


# --- moves ---


def test_a_move_takes_the_fields_of_its_screen(either: Desk) -> None:
    either.site.edit(either.ref, "anna", {"status": "In Progress"})
    move(either, status="Resolved", resolution="Won't Do")
    assert (either.stored("status"), either.stored("resolution")) == ("Resolved", "Won't Do")


def test_a_move_without_what_its_screen_demands_is_refused(either: Desk) -> None:
    either.site.edit(either.ref, "anna", {"status": "In Progress"})
    either.site.conditions.add("91")
    with pytest.raises(Refused) as caught:
        move(either, status="Resolved")
    assert caught.value.fields == ("resolution",)
    assert either.stored("status") == "In Progress"


def test_a_field_that_the_screen_does_not_show_is_refused_by_name(either: Desk) -> None:
    with pytest.raises(Refused) as caught:
        move(either, status="In Progress", **{SEVERITY: "High"})
    assert caught.value.fields == (SEVERITY,)
    assert either.stored("status") == "Open"


def test_a_way_of_several_steps_is_one_write(either: Desk) -> None:
    with pytest.raises(Refused, match="In Progress"):
        move(either, status="Waiting for vendor")
    again(either, workflow={"waiting for vendor": ("In Progress",)})
    move(either, status="Waiting for vendor")
    assert either.stored("status") == "Waiting for vendor"


def test_a_field_goes_with_the_step_that_demands_it(desk: Desk) -> None:
    desk.site.conditions.add("91")
    again(desk, workflow={"Closed": ("In Progress", "Resolved")})
    move(desk, status="Closed", resolution="Duplicate")
    assert (desk.stored("status"), desk.stored("resolution")) == ("Closed", "Duplicate")


@pytest.mark.parametrize("fault", ["limited", "refused"])
def test_a_way_that_breaks_off_is_unknown_and_goes_on_later(either: Desk, fault: str) -> None:
    again(either, workflow={"Waiting for vendor": ("In Progress",)})
    calls = 0

    def second(call: Any) -> str | None:
        nonlocal calls
        calls += call.write
        return fault if call.write and calls == 2 else None

    either.world.choose_fault = second
    with pytest.raises(Unknown, match="on the way"):
        move(either, status="Waiting for vendor")
    assert either.stored("status") == "In Progress"
    move(either, status="Waiting for vendor")
    assert either.stored("status") == "Waiting for vendor"


def test_a_first_step_that_was_refused_says_so(either: Desk) -> None:
    again(either, workflow={"Waiting for vendor": ("In Progress",)})
    with either.fault("limited", writes=True), pytest.raises(NotApplied):
        move(either, status="Waiting for vendor")


def test_where_an_issue_stands_already_only_fields_are_left(either: Desk) -> None:
    before = either.world.calls["jira"]["write"]
    move(either, status="Open")
    assert either.world.calls["jira"]["write"] == before
    move(either, status="open", **{SEVERITY: "High"})
    assert either.stored(SEVERITY) == "High"


def test_a_move_is_made_from_where_it_was_decided_only(either: Desk) -> None:
    """Transitions lead on from anywhere: one from where a person went meanwhile would undo what the person did."""
    seen = either.adapter.read([either.ref])[either.ref].fields
    either.site.edit(either.ref, "anna", {"status": "Resolved"})
    (write,) = either.adapter.split(Change(either.ref, units={"status": {"status": "In Progress"}}, seen=seen))
    with pytest.raises(Stale, match="decided in Open"):
        either.adapter.send(write)
    assert either.stored("status") == "Resolved"


def test_a_person_who_moves_it_at_the_same_moment_makes_the_move_stale(either: Desk) -> None:
    def moves(call: Any) -> None:
        if call.write and call.phase == "before":
            either.world.on_call = lambda _call: None
            either.site.edit(either.ref, "anna", {"status": "Resolved"})

    either.world.on_call = moves
    with pytest.raises(Stale):
        move(either, status="In Progress")
    assert either.stored("status") == "Resolved"


def test_a_loop_in_the_workflow_comes_to_an_end(either: Desk) -> None:
    again(either, workflow={"Closed": ("In Progress", "Waiting for customer")})
    with pytest.raises(Unknown):
        move(either, status="Closed")


def test_a_new_issue_begins_where_its_workflow_begins(either: Desk) -> None:
    answer = either.send(Change(None, units={"all": {"summary": "New", "status": "In Progress"}}, marker=suite.MARKER))
    assert either.stored("status", answer.ref) == "Open"


# --- answers ---


def test_two_writes_at_once_are_stale(either: Desk) -> None:
    either.site.conflicts = 1
    with pytest.raises(Stale):
        either.rename("At once")
    assert either.stored("summary") == "The first ticket"


def test_too_many_writes_to_one_issue_delay_that_one_alone(desk: Desk) -> None:
    desk.site.issue_writes = ((2, 30.0),)
    desk.rename("One")
    desk.rename("Two")
    with pytest.raises(NotApplied) as caught:
        desk.rename("Three")
    assert (caught.value.busy, caught.value.outage) == (False, False)
    assert caught.value.retry_after
    assert 0 < caught.value.retry_after <= 31


def read_thrice(desk: Desk) -> None:
    for _ in range(3):
        desk.adapter.read([desk.ref])


def test_a_limit_of_all_requests_is_everybodys(either: Desk) -> None:
    if either.site.cloud:
        either.site.burst = 1
    else:
        either.site.bucket = (1, 1, 60.0)
    with pytest.raises(NotApplied) as caught:
        read_thrice(either)
    assert (caught.value.busy, caught.value.outage) == (True, True)


@pytest.mark.parametrize(("told", "seconds"), [("2026-09-21T14:14:30Z", 70.0), ("1790000071", 71.0), ("soon", None)])
def test_the_end_of_a_limit_may_stand_in_another_header(desk: Desk, told: str, seconds: float | None) -> None:
    desk.clock.now = 1_790_000_000.0  # 14:13:20
    desk.answering(lambda _request, _answer: Response(429, {"X-RateLimit-Reset": told}, b"{}"))
    with pytest.raises(NotApplied) as caught:
        desk.again().read([desk.ref])
    assert caught.value.retry_after == seconds


def test_a_denied_log_in_stops_the_side() -> None:
    desk = new_desk(DATA_CENTER)
    desk.site.denied = True
    with pytest.raises(Misconfigured, match="denied"):
        desk.adapter.read([desk.ref])
    with pytest.raises(Misconfigured):
        desk.rename("Never")


def test_to_nobody_nothing_is_there_which_is_no_proof(either: Desk) -> None:
    either.site.anonymous = True
    wrong = {**BASIC, "password": SecretStr("wrong")}
    adapter = either.again(**wrong)
    with pytest.raises(Misconfigured):
        adapter.read([either.ref])
    assert adapter.check(WORDS.uses)


def test_an_api_that_was_removed_stops_the_side(desk: Desk) -> None:
    gone = {"errorMessages": ["The requested API has been removed."], "errors": {}}
    desk.answering(lambda _request, _answer: Response(410, {"Content-Type": "application/json"}, json.dumps(gone).encode()))
    with pytest.raises(Misconfigured, match="removed"):
        desk.again().changed_since(None)


# --- log-ins ---


def test_a_refresh_token_is_kept_before_its_access_token_is_used() -> None:
    desk = new_desk(**OAUTH)
    told: list[str] = []
    desk.world.on_call = lambda call: told.append(call.label) if call.phase == "before" else None
    desk.again(save=told.append, **desk.oauth).read([desk.ref])
    kept = desk.oauth["refresh_token"].get_secret_value()
    assert told[:2] == ["POST oauth", kept]
    assert len(told) > 2


def test_a_refresh_token_that_cannot_be_kept_is_not_used() -> None:
    desk = new_desk(**OAUTH)

    def fails(_token: str) -> None:
        raise OSError("disk full")

    adapter = desk.again(save=fails, **desk.oauth)
    before = desk.world.calls["jira"]["read"]
    with pytest.raises(OSError, match="disk full"):
        adapter.read([desk.ref])
    assert desk.world.calls["jira"]["read"] == before + 1  # the question for the token


def test_two_processes_take_turns_with_one_refresh_token() -> None:
    """Each use ends the token that was used: who does not ask for the newest one is locked out by the other."""
    desk = new_desk(**OAUTH)
    kept = [desk.oauth["refresh_token"].get_secret_value()]
    start = desk.oauth
    both = [desk.again(save=kept.append, newest=lambda: SecretStr(kept[-1]), **start) for _ in range(2)]
    for _ in range(3):
        for adapter in both:
            assert desk.ref in adapter.read([desk.ref])
        desk.clock.advance(4000)
    assert len(kept) == 1 + 6


def test_many_threads_fetch_one_token() -> None:
    desk = new_desk(**OAUTH)
    adapter = desk.again(**desk.oauth)
    threads = [threading.Thread(target=adapter.read, args=([desk.ref],)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(desk.saved) == 1


@pytest.mark.parametrize(
    "lacking", [{"user": ""}, {"auth": "token"}, {"auth": "oauth"}, {"query": "x = 1 ORDER BY y"}, {"project": 'A" OR'}]
)
def test_settings_that_cannot_work_are_refused(lacking: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(HOST, **BASIC, **lacking) if "user" not in lacking else settings(HOST, **{**BASIC, **lacking})


@pytest.mark.parametrize("options", [BASIC, SCOPED, OAUTH])
def test_every_log_in_of_cloud_works(options: dict[str, Any]) -> None:
    desk = new_desk(**options)
    assert desk.adapter.read([desk.ref])[desk.ref].fields["summary"] == "The first ticket"


@pytest.mark.parametrize("options", [BASIC, PAT])
def test_every_log_in_of_data_center_works(options: dict[str, Any]) -> None:
    desk = new_desk(DATA_CENTER, **options)
    assert desk.adapter.read([desk.ref])[desk.ref].fields["summary"] == "The first ticket"


# --- searches that lag, keys that change ---


def test_a_search_that_lags_hides_for_a_while_only(either: Desk) -> None:
    either.site.search_lag = 20.0
    again(either, find_lag_s=30.0, overlap_s=60)
    ref = either.open().ref
    assert either.adapter.find(suite.MARKER) == []
    assert either.adapter.read([ref])[ref].marker == suite.MARKER
    _, cursor = either.hints(None)
    either.clock.advance(either.adapter.capabilities.find_lag + 1)
    assert either.adapter.find(suite.MARKER) == [ref]
    assert ref in either.hints(cursor)[0]


def test_a_mark_in_a_field_of_its_own_is_found(either: Desk) -> None:
    again(either, marker_field=MARKER)
    ref = either.open().ref
    assert (either.stored(MARKER, ref), either.stored("labels", ref)) == (suite.MARKER, "")
    assert either.adapter.find(suite.MARKER) == [ref]


def test_a_person_who_copies_the_label_makes_no_issue_of_ours(either: Desk) -> None:
    other = either.people_open("Not ours")
    either.site.edit(other, "anna", {"labels": suite.MARKER})
    assert either.adapter.find(suite.MARKER) == []
    assert either.adapter.find("k1-0000000000000000") == []
    with pytest.raises(ValueError, match="not a marker"):
        either.adapter.find('x" OR project = DEV OR labels = "')


def test_a_moved_issue_is_the_same_under_another_key(either: Desk) -> None:
    old = either.site.ticket(either.ref).number
    either.site.move(either.ref, "anna", "DEV")
    new = either.site.ticket(either.ref).number
    assert old != new
    assert either.adapter.read([either.ref])[either.ref].number == new
    assert either.adapter.resolve([old, new.lower()]) == {old: either.ref, new.lower(): either.ref}


def test_a_deleted_issue_is_gone_only_alone(either: Desk) -> None:
    other = either.people_open()
    either.site.delete(other)
    assert set(either.adapter.read([either.ref, other])) == {either.ref}
    with pytest.raises(Gone):
        either.adapter.read([other])


def test_the_zone_of_our_account_does_not_move_the_poll(either: Desk) -> None:
    either.site.zone = "Asia/Tokyo"
    _, cursor = either.hints(None)
    either.clock.advance(600)
    either.people_rename(either.ref, "Later")
    assert either.hints(cursor)[0] == {either.ref}


def test_a_quiet_poll_hints_at_nothing(either: Desk) -> None:
    either.clock.advance(60)
    _, cursor = either.hints(None)
    assert either.hints(cursor)[0] == set()
    assert len(cursor) < 1000


def test_a_page_token_that_comes_again_ends_the_round(desk: Desk) -> None:
    refs = [desk.people_open(f"Ticket {n}") for n in range(8)]
    stuck = False

    def repeated(request: Request, answer: Response) -> Response:
        nonlocal stuck
        body = json.loads(answer.body)
        if not request.path.endswith("/search/jql") or "nextPageToken" not in body:
            return answer
        first = desk.site.handle(replace(request, body=json.dumps({**json.loads(request.body), "nextPageToken": None}).encode()))
        stuck = True
        return Response(200, answer.headers, first.body)

    desk.answering(repeated)
    adapter = desk.again()
    with pytest.raises(NotApplied, match="same page"):
        desk.hints(adapter.cursor_at(0))
    assert stuck
    desk.watched = None
    desk.again()
    assert desk.hints(adapter.cursor_at(0))[0] == {desk.ref, *refs}


def test_a_token_that_ended_begins_the_round_anew(desk: Desk) -> None:
    refs = [desk.people_open(f"Ticket {n}") for n in range(8)]
    page = desk.adapter.changed_since(desk.adapter.cursor_at(0))
    raw = json.loads(page.cursor)
    cursor = json.dumps({**raw, "token": "ended long ago"})
    assert set(page.refs) | desk.hints(cursor)[0] == {desk.ref, *refs}


def test_rows_that_move_under_a_count_are_not_skipped() -> None:
    """On Data Center a change of a row that was told pulls all later rows one place forward."""
    desk = new_desk(DATA_CENTER)
    desk.clock.now -= desk.clock.now % 60
    refs = [desk.people_open(f"Ticket {n}") for n in range(9)]
    found: set[str] = set()
    cursor: str | None = desk.adapter.cursor_at(0)
    for n in range(40):
        page = desk.adapter.changed_since(cursor)
        found |= set(page.refs)
        cursor = page.cursor
        if not page.more:
            break
        if n < 3:
            desk.clock.advance(1)
            desk.people_rename(refs[n], f"Moved to the end {n}")
    assert {desk.ref, *refs} <= found


def test_a_cursor_of_another_kind_is_named() -> None:
    desk = new_desk()
    with pytest.raises(Misconfigured, match="cursor"):
        desk.adapter.changed_since("2026-11-22")


def test_a_poll_of_a_hidden_project_stops_the_side(desk: Desk) -> None:
    refused = {"errorMessages": ["The value 'SUP' does not exist for the field 'project'."], "errors": {}}

    def answer(request: Request, reply: Response) -> Response:
        return Response(400, reply.headers, json.dumps(refused).encode()) if "/search" in request.path else reply

    desk.answering(answer)
    with pytest.raises(Misconfigured, match="project"):
        desk.again().changed_since(None)


# --- texts and places ---


def test_every_comment_comes_however_many_there_are(either: Desk) -> None:
    either.site.inline_comments = 3
    for n in range(7):
        either.people_say(f"Comment {n}")
    assert [c.text for c in either.comments()] == [f"Comment {n}" for n in range(7)]


def test_a_persons_rich_text_keeps_its_original() -> None:
    cloud, centre = new_desk(), new_desk(DATA_CENTER)
    document = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Hot"}]}],
    }
    cloud.site.comment_rich(cloud.ref, "anna", document, public=True)
    centre.site.comment_rich(centre.ref, "anna", "h1. Hot", public=True)
    rich, wiki = cloud.comments()[-1], centre.comments()[-1]
    assert (json.loads(rich.text), rich.format) == (document, "adf")
    assert (wiki.text, wiki.format) == ("h1. Hot", "wiki")
    assert to_plain(rich.text, rich.format) == to_plain(wiki.text, wiki.format) == "Hot"
    assert rich.author != rich.author_name == "Anna"


def test_our_text_stands_there_as_it_was_written(either: Desk) -> None:
    text = "h1. no title\n* no point\n{code}no code{code} [no|link] !no.png! <b> \\\\ C:\\temp\n----\n||no||table||"
    either.say(text, public=True)
    stored = either.site.ticket(either.ref).comments[-1].text
    assert stored.startswith(text)
    assert either.comments()[-1].text == text


def test_a_text_too_long_with_its_escapes_is_refused() -> None:
    desk = new_desk(DATA_CENTER)
    with pytest.raises(Refused, match="32767"):
        desk.say("{" * 20_000)


def test_places_of_a_platform_project_need_a_role(either: Desk) -> None:
    either.say("For the team", public=False)
    assert [c.public for c in either.site.ticket(either.ref).comments] == [False]
    either.again(internal_role="")
    with pytest.raises(Refused, match="internal_role"):
        either.say("For whom?", public=False)
    with pytest.raises(Refused, match="no place"):
        either.send(Change(either.ref, comments=(NewComment("x", "work_notes", suite.MARKER),)))
    assert any("internal_role" in problem.place for problem in either.adapter.check(WORDS.uses))


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_places_of_a_service_project_are_its_own(flavour: str) -> None:
    desk = new_desk(flavour, service=True, internal_role="")
    desk.say("For the team", public=False)
    desk.say("For the customer", public=True)
    desk.people_say("A person's note", public=False)
    assert [c.public for c in desk.site.ticket(desk.ref).comments] == [False, True, False]
    assert [c.place for c in desk.comments()] == ["internal", "public", "internal"]


def test_a_file_comes_from_another_host_without_our_log_in(desk: Desk) -> None:
    desk.site.attach(desk.ref, "anna", "dump.bin", b"x" * 3000)
    seen: list[Request] = []

    class Media:
        name = "media"

        def handle(self, request: Request, as_of: float | None = None) -> Response:
            seen.append(request)
            return Response(200, {"Content-Type": "application/octet-stream"}, b"x" * 3000)

        def is_write(self, request: Request) -> bool:
            return False

        def label(self, request: Request) -> str:
            return "GET media"

    def elsewhere(request: Request, answer: Response) -> Response:
        if answer.status != 303:
            return answer
        return Response(303, {"Location": "http://media.test/file"}, b"")

    desk.answering(elsewhere)
    adapter = desk.again()
    adapter._api._http._session.mount("http://media.test", InProcess(desk.world, Media()))
    (file,) = adapter.read([desk.ref])[desk.ref].attachments
    with adapter.open_attachment(desk.ref, file.id) as content:
        assert content.read() == b"x" * 3000
    assert [request.headers.get("authorization") for request in seen] == [None]


def test_a_file_of_another_issue_is_not_opened(either: Desk) -> None:
    other = either.people_open()
    file = either.site.attach(other, "anna", "a.txt", b"abc")
    with pytest.raises(Refused, match="is not on"):
        either.adapter.open_attachment(either.ref, file)


def test_an_empty_file_and_one_with_an_awkward_name_are_written(either: Desk) -> None:
    either.attach(b"", "nothing.txt")
    either.attach(b"abc", 'a "quoted"\r\nname.txt', "not a type")
    assert [(f.text, f.size) for f in either.site.ticket(either.ref).files] == [
        ("nothing.txt", 0), ('a "quoted"name.txt', 3),
    ]  # fmt: skip


# --- fields ---


def test_fields_of_every_kind_are_written_and_read(either: Desk) -> None:
    either.site.add_field(Field("customfield_10200", "Effort", "number"))
    wanted = {
        "summary": "New title", "description": "One\n\n* two\n*three*", "priority": "High", "labels": "b a", SEVERITY: "Critical",
        REFERENCE: "INC1", WORKAROUND: "{none}", "assignee": either.site.add_user("mia").id if either.site.cloud else "mia",
    }  # fmt: skip
    either.site.add_user("mia")
    again(either)
    either.adapter._fields |= wanted.keys()  # type: ignore[attr-defined]
    either.send(Change(either.ref, units={"all": wanted}))
    read = either.adapter.read([either.ref])[either.ref].fields
    assert {n: either.adapter.normal(n, read[n]) for n in wanted} == {n: either.adapter.normal(n, v) for n, v in wanted.items()}
    assert read["assignee.displayName"] == "Mia"
    either.send(Change(either.ref, units={"all": {SEVERITY: "", REFERENCE: "", "description": "", "labels": "", "assignee": ""}}))
    read = either.adapter.read([either.ref])[either.ref].fields
    assert {read[name] for name in (SEVERITY, REFERENCE, "description", "labels", "assignee")} == {""}


def test_a_value_that_a_field_does_not_have_is_refused_by_name(either: Desk) -> None:
    with pytest.raises(Refused) as caught:
        either.send(Change(either.ref, units={"one": {SEVERITY: "Terrible"}, "two": {"summary": "x"}}))
    assert caught.value.fields == (SEVERITY,)
    with pytest.raises(Refused) as caught:
        either.send(Change(either.ref, units={"one": {"assignee.displayName": "Mia"}}))
    assert caught.value.fields == ("assignee.displayName",)


def test_a_ticket_for_somebody_is_reported_by_them(either: Desk) -> None:
    mia = either.site.add_user("mia")
    contact = mia.id if either.site.cloud else mia.login
    (write,) = either.adapter.split(Change(None, units={"a": {"summary": "For Mia"}}, marker=suite.MARKER, contact=contact))
    ref = either.adapter.send(write).ref
    assert either.stored("reporter", ref) == "mia"
    assert either.adapter.read([ref])[ref].created_by_us


def test_a_history_tells_of_fields_by_their_ids(either: Desk) -> None:
    either.site.edit(either.ref, "anna", {SEVERITY: "High", "priority": "Low"})
    events = either.adapter.history([either.ref])[either.ref]
    assert {(e.field, e.old, e.new) for e in events} >= {(SEVERITY, "", "High"), ("priority", "Medium", "Low")}


# --- what a check finds ---


def problems(desk: Desk, uses: Uses = WORDS.uses, **options: Any) -> str:
    return "\n".join(f"{p.place}: {p.message} -> {p.remedy}" for p in desk.again(**options).check(uses))


def test_a_check_names_what_a_person_must_mend(either: Desk) -> None:
    assert "no project NONE" in problems(either, project="NONE")
    assert "no issue type Bug" in problems(either, issue_type="Bug")
    assert f"Call it {SEVERITY}" in problems(either, replace(WORDS.uses, read=frozenset({"Severity"})))
    choices = {"status": frozenset({"On Hold"}), "priority": frozenset({"Urgent"}), SEVERITY: frozenset({"Terrible"})}
    told = problems(either, replace(WORDS.uses, choices=choices))
    assert "'On Hold'" in told
    assert "'Urgent'" in told
    assert "'Terrible'" in told
    assert "'Limbo'" in problems(either, workflow={"Closed": ("Limbo",)})
    assert "read, not written" in problems(either, replace(WORDS.uses, write=frozenset({"assignee.displayName"})))


def test_a_check_sees_another_deployment_than_the_settings_name() -> None:
    desk = new_desk(DATA_CENTER)
    cloud = {"deploymentType": "Cloud"}
    desk.answering(lambda _request, answer: Response(200, answer.headers, json.dumps(cloud).encode()))
    assert "this is Cloud, the settings say data_center" in problems(desk)


def test_a_check_looks_at_the_screen_for_new_issues(either: Desk) -> None:
    either.site.required_create.add(REFERENCE)
    assert f"needs {REFERENCE}" in problems(either)
    assert problems(either, create={REFERENCE: "none"}) == ""
    either.site.off_create |= {"labels", SEVERITY}
    told = problems(either, replace(WORDS.uses, creates=frozenset({"summary", SEVERITY})))
    assert f"does not show {SEVERITY}" in told
    assert "does not show labels, where our mark stands" in told
    assert "there is no field customfield_9" in problems(either, marker_field="customfield_9")


def test_a_check_learns_the_largest_file(either: Desk) -> None:
    either.site.max_attachment = 1234
    again(either)
    assert either.adapter.capabilities.file_limit == 1234


def test_an_installation_is_told_from_its_copy(either: Desk) -> None:
    assert either.adapter.identity().startswith(HOST)
