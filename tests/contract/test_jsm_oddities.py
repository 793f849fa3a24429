"""What a portal's customer meets that nobody else does: no search, no edits, no times, files in two steps, hidden things."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from adapters.base import Change, Gone, Misconfigured, NewComment, NewFile, NotApplied, Refused, Stale, Unknown, Uses, Write
from connector.sandbox.core import Request, Response
from connector.sandbox.jira import Jira as Site
from connector.sandbox.jira_data import REFERENCE, SEVERITY
from tests.contract.jsm_desk import FLAVOURS, WORDS, Answering, Desk, adapter_of, new_desk
from tests.contract.rig import MARKER


@pytest.fixture
def desk() -> Desk:
    return new_desk()


@pytest.fixture(params=FLAVOURS)
def either(request: pytest.FixtureRequest) -> Desk:
    return new_desk(request.param)


def rewriting(change: Callable[[Any], None]) -> Answering:
    """Let this be done to each JSON answer."""

    def through(_: Request, answer: Response) -> Response:
        try:
            told = json.loads(answer.body)
        except ValueError:
            return answer
        change(told)
        return Response(answer.status, answer.headers, json.dumps(told).encode())

    return through


# --- raising ---


def test_a_request_is_raised_with_what_its_form_offers(either: Desk) -> None:
    values = {"summary": " Two \n lines ", "priority": "high", SEVERITY: "Low", REFERENCE: "INC1"}
    change = Change(None, units={"all": values}, marker=MARKER, description="It *burns* [here]\n\nsince noon")
    answer = either.send(change)
    ticket = either.system.ticket(answer.ref)
    assert (ticket.number, ticket.fields["summary"], ticket.fields["priority"]) == (answer.number, "Two lines", "High")
    assert (ticket.fields[SEVERITY], ticket.fields[REFERENCE], ticket.ours) == ("Low", "INC1", True)
    assert ticket.fields["description"].endswith(f"[ref:{MARKER}]")
    read = either.seen(answer.ref)
    assert answer.fields == read.fields
    assert read.fields["description"] == "It *burns* [here]\n\nsince noon"
    assert {name: read.fields[name] for name in ("priority", SEVERITY, REFERENCE, "status", "statusCategory")} == {
        "priority": "High", SEVERITY: "Low", REFERENCE: "INC1", "status": "Open", "statusCategory": "NEW",
    }  # fmt: skip


def test_what_the_form_does_not_ask_for_or_offer_is_refused_by_name(desk: Desk) -> None:
    for values in ({"labels": "vendor"}, {SEVERITY: "Awful"}):
        with pytest.raises(Refused) as caught:
            desk.send(Change(None, units={"all": {"summary": "x", **values}}, marker=MARKER))
        assert caught.value.fields == tuple(values)
    assert len(desk.system.tickets()) == 1


def test_what_is_not_set_is_empty_and_what_no_form_asks_for_is_absent(desk: Desk) -> None:
    read = desk.seen()
    assert (read.fields[REFERENCE], read.fields["summary"]) == ("", "The first ticket")
    assert "labels" not in read.fields


def test_the_mark_may_stand_in_a_field_of_the_form(desk: Desk) -> None:
    desk.again(marker_field=REFERENCE)
    ref = desk.open().ref
    assert desk.stored(REFERENCE, ref) == MARKER
    assert MARKER not in desk.stored("description", ref)
    assert desk.adapter.find(MARKER) == [ref]
    assert desk.seen(ref).marker == MARKER


def test_whom_a_case_concerns_takes_part_in_it(either: Desk) -> None:
    carl = either.site.users[WORDS.person]
    contact = carl.id if either.site.cloud else carl.login
    made = either.send(Change(None, units={"all": {"summary": "x"}}, marker=MARKER, contact=contact))
    assert either.site.shared[int(made.ref)] == {carl.login}


# --- whose it is ---


def test_what_the_desk_raises_in_our_name_is_the_desks(desk: Desk) -> None:
    ref = desk.system.create("vera.vendor", {"summary": "Maintenance on Sunday", "reporter": desk.site.account.login})
    read = desk.seen(ref)
    assert (read.created_by_us, read.marker, read.creator) == (False, "", desk.site.account.id)


def test_a_copy_in_our_name_comes_after_the_original(desk: Desk) -> None:
    first = desk.open().ref
    copy = desk.system.clone(first, "vera.vendor")
    desk.system.edit(copy, "vera.vendor", {"reporter": desk.site.account.login})
    for n in range(9):
        desk.open(f"k1-{n:016x}")
    assert desk.adapter.find(MARKER) == [first, copy]


def test_an_account_that_may_not_ask_who_it_is_learns_it_from_its_requests(either: Desk) -> None:
    either.site.hides_myself = True
    assert either.problems().keys() == {"jsm.account"}
    ref = either.open().ref
    assert either.seen(ref).created_by_us
    assert either.problems() == {}
    either.say("Hello", public=True)
    assert either.comments()[-1].by_us


def test_an_account_can_be_named(desk: Desk) -> None:
    desk.site.hides_myself = True
    assert desk.problems(account=desk.site.account.id) == {}
    desk.say("Hello")
    assert desk.comments()[-1].by_us


def test_to_a_log_in_that_counts_as_nobody_a_request_is_not_gone(desk: Desk) -> None:
    desk.adapter.read([desk.ref])
    desk.site.hidden.add(desk.ref)
    with pytest.raises(Gone):
        desk.adapter.read([desk.ref])

    def logged_out(request: Request, answer: Response) -> Response:
        gone = b'{"errorMessage": "You are nobody."}'
        return (
            answer if request.path.endswith(("/servicedesk", "/field", "/requesttype")) else Response(404, answer.headers, gone)
        )

    with pytest.raises(Misconfigured, match="nobody"):
        desk.again(logged_out).read([desk.ref])


# --- comments ---


def test_all_comments_are_read_however_many_come_with_a_request(either: Desk) -> None:
    either.site.inline_parts = 2
    for n in range(7):
        either.people_say(f"Comment {n}")
        either.clock.advance(1)
    assert [c.text for c in either.comments()] == [f"Comment {n}" for n in range(7)]


def test_a_customer_says_nothing_in_secret(desk: Desk) -> None:
    for write in (
        Write(desk.ref, comment=NewComment("psst", "internal", MARKER)),
        Write(desk.ref, file=NewFile("a.txt", "text/plain", 1, "", "internal", MARKER)),
    ):
        with pytest.raises(Refused, match="internal"):
            desk.adapter.send(write, content=io.BytesIO(b"x"))
    ticket = desk.system.ticket(desk.ref)
    assert (ticket.comments, ticket.files) == ((), ())


def test_what_staff_write_among_themselves_is_left_out_even_if_it_is_shown(desk: Desk) -> None:
    """To an agent's account, which is not meant for this adapter."""
    agent = Site(desk.world, service=True)
    ref = agent.create("anna", {"summary": "x"})
    agent.comment(ref, "vera.vendor", "among us", public=False)
    agent.comment(ref, "vera.vendor", "to all", public=True)
    read = adapter_of(desk.world, desk.clock, agent).read([ref])[ref]
    assert [(c.text, c.place) for c in read.comments] == [("to all", "public")]


def test_a_hidden_field_of_the_form_is_neither_set_nor_empty(desk: Desk) -> None:
    def hide(told: Any) -> None:
        for one in told.get("requestTypeFields", ()) if isinstance(told, dict) else ():
            one["visible"] = one["fieldId"] != SEVERITY

    desk.again(rewriting(hide))
    assert SEVERITY not in desk.seen().fields
    with pytest.raises(Refused) as caught:
        desk.send(Change(None, units={"all": {"summary": "x", SEVERITY: "Low"}}, marker=MARKER))
    assert caught.value.fields == (SEVERITY,)


def test_a_text_that_grows_too_long_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="32767"):
        desk.say("[" * 20_000)
    assert desk.system.ticket(desk.ref).comments == ()


# --- files ---


def test_a_file_of_ours_has_its_mark_and_its_comment_is_none(either: Desk) -> None:
    item = either.attach(b"\x00\x01", "Bericht [1].bin").item
    read = either.seen()
    assert [(f.id, f.name, f.marker, f.by_us, f.place) for f in read.attachments] == [
        (item, "Bericht [1].bin", MARKER, True, "public")
    ]
    assert read.comments == ()
    assert either.system.ticket(either.ref).comments[-1].text.startswith("Bericht [1].bin")


def test_a_file_without_an_answer_is_found_by_its_mark(either: Desk) -> None:
    calls = iter([None, "answer_lost"])  # the upload, and what makes it the request's
    either.world.choose_fault = lambda call: next(calls, None) if call.write else None
    with pytest.raises(Unknown):
        either.attach(b"data")
    (file,) = either.seen().attachments
    assert (file.marker, file.size) == (MARKER, 4)


@pytest.mark.parametrize("fault", ["answer_lost", "late", "html_502", "html_200"])
def test_an_upload_that_came_to_nothing_leaves_nothing(desk: Desk, fault: str) -> None:
    with desk.fault(fault, times=1, writes=True), pytest.raises(NotApplied):
        desk.attach(b"data")
    assert desk.system.ticket(desk.ref).files == ()


def test_files_are_known_by_name_where_comments_do_not_tell_them(either: Desk) -> None:
    def silent(told: Any) -> None:
        for comment in (told.get("comments") or {}).get("values", ()) if isinstance(told, dict) else ():
            del comment["attachments"]

    either.attach(b"one", "a.txt")
    either.again(rewriting(silent))
    either.clock.advance(1)
    either.send(Change(either.ref, files=(NewFile("a.txt", "text/plain", 3, "", "public", "k1-fedcba9876543210"),)), b"two")
    read = either.seen()
    assert [(file.name, file.marker) for file in read.attachments] == [("a.txt", MARKER), ("a.txt", "k1-fedcba9876543210")]
    assert read.comments == ()


def test_a_persons_file_is_no_comment_unless_there_are_words(desk: Desk) -> None:
    site, issue, vera = desk.site, desk.site.store.issues[int(desk.ref)], desk.site.add_user("vera.vendor")
    for words in ("[^log.txt]", "The log.\n\n[^log.txt]"):
        file = site.keep_file(issue, vera, "log.txt", b"x", "text/plain", public=True)
        site.say(issue, vera, site.from_wiki(words), files=(file.id,))
    read = desk.seen()
    assert [file.name for file in read.attachments] == ["log.txt", "log.txt"]
    (comment,) = read.comments
    assert comment.text.startswith("The log.")


def test_a_file_comes_from_our_host_whatever_address_is_told() -> None:
    def elsewhere(told: Any) -> None:
        for one in told.get("values", ()) if isinstance(told, dict) else ():
            links = one.get("_links", {})
            links.update({"content": links["content"].replace("jira.test", "elsewhere.test")} if "content" in links else {})

    desk = new_desk("data-center")
    file = desk.system.attach(desk.ref, WORDS.person, "a b.bin", b"\x00\xff")
    with desk.again(rewriting(elsewhere)).open_attachment(desk.ref, file) as content:
        assert content.read() == b"\x00\xff"


def test_what_the_desk_keeps_to_itself_cannot_be_opened(either: Desk) -> None:
    file = either.system.attach(either.ref, "vera.vendor", "inner.txt", b"x")
    assert either.seen().attachments == ()
    with pytest.raises(Refused):
        either.adapter.open_attachment(either.ref, file)


# --- moves ---


def move(desk: Desk, status: str, seen: str = "") -> Any:
    return desk.send(Change(desk.ref, units={"status": {"status": status}}, seen={"status": seen} if seen else {}))


def test_an_action_is_named_by_the_setting_or_is_called_like_the_status(desk: Desk) -> None:
    move(desk, "resolved", "Open")
    assert (desk.stored("status"), desk.stored("resolution")) == ("Resolved", "Done")
    move(desk, "In Progress")
    assert desk.stored("status") == "In Progress"
    desk.again(moves={})
    with pytest.raises(Refused, match="offers our account Mark as solved, not Resolved"):
        move(desk, "Resolved")
    move(desk, "In Progress")
    assert desk.stored("status") == "In Progress"


def test_a_move_from_where_the_request_is_no_more_is_stale(desk: Desk) -> None:
    desk.system.edit(desk.ref, "vera.vendor", {"status": "Waiting for customer"})
    with pytest.raises(Stale):
        move(desk, "Resolved", "Open")
    assert desk.stored("status") == "Waiting for customer"


@pytest.mark.parametrize("call", [2, 3])  # asking for the actions, taking one
def test_a_person_who_moves_it_at_the_same_moment_makes_the_move_stale(desk: Desk, call: int) -> None:
    calls = count(1)

    def moves(one: Any) -> None:
        if one.phase == "before" and next(calls) == call:
            desk.system.edit(desk.ref, "vera.vendor", {"status": "Resolved"})

    desk.world.on_call = moves
    with pytest.raises(Stale):
        move(desk, "Waiting for customer", "Open")
    assert desk.stored("status") == "Resolved"


def test_statuses_are_told_without_their_authors(desk: Desk) -> None:
    desk.clock.advance(60)
    at = desk.clock()
    move(desk, "Resolved")
    desk.clock.advance(60)
    (event,) = desk.adapter.history([desk.ref])[desk.ref]
    assert (event.field, event.old, event.new, event.author, event.at) == ("status", "Open", "Resolved", "", at)
    assert not desk.adapter.capabilities.history


def test_all_but_the_status_is_set_once(desk: Desk) -> None:
    assert desk.adapter.capabilities.only_at_creation >= {"summary", "priority", "description", REFERENCE}
    assert "status" not in desk.adapter.capabilities.only_at_creation
    unchecked = desk.again()
    unchecked.read([desk.ref])
    assert unchecked.capabilities.only_at_creation >= {"summary", "priority"}


# --- what is proved beforehand ---


def test_a_check_names_what_the_portal_does_not_have(desk: Desk) -> None:
    assert "Support" not in desk.problems(service_desk="HELP")["jsm.portal"]
    assert "SUP (1)" in desk.problems(service_desk="HELP")["jsm.portal"]
    assert "Ask a question (12)" in desk.problems(request_type="Incident")["jsm.portal"]
    assert desk.problems(service_desk="1", request_type="11") == {}
    uses = Uses(frozenset({"summary", "assignee"}), frozenset({"summary", "labels"}), {SEVERITY: frozenset({"Awful", "High"})})
    assert desk.problems(uses).keys() == {"jsm.fields.assignee", "jsm.fields.labels", f"jsm.fields.{SEVERITY}"}
    assert "not trusted" not in str(desk.problems(password="wrong"))
    assert "401" in desk.problems(password="wrong")["jsm.portal"]


def test_a_check_knows_what_a_new_request_needs(desk: Desk) -> None:
    desk.site.form_required = frozenset({SEVERITY})
    uses = Uses(frozenset({"summary"}), frozenset({"summary"}))
    assert desk.problems(uses).keys() == {f"jsm.fields.{SEVERITY}"}
    assert desk.problems(uses, create={SEVERITY: "Low"}) == {}
    assert desk.problems(uses, create={SEVERITY: "Low", "labels": "x"}).keys() == {"jsm.create.labels"}
    desk.site.form, desk.site.form_required = ("summary", REFERENCE), frozenset()
    assert desk.problems(uses).keys() == {"jsm.marker_field"}
    assert desk.problems(uses, marker_field=REFERENCE) == {}


def test_a_check_proves_what_the_account_may_do(either: Desk) -> None:
    either.site.lacks = {"ADD_COMMENTS", "CREATE_ATTACHMENTS", "CREATE_ISSUES"}
    of_type = {"jsm.request_type"} if either.site.cloud else set()  # Data Center does not say
    assert either.problems().keys() == {"jsm.rights.addComment", "jsm.rights.addAttachment"} | of_type
    with pytest.raises(Refused):
        either.say("Hello")
    with pytest.raises(Refused):
        either.open()


def test_a_copy_of_the_site_is_another(desk: Desk) -> None:
    assert desk.adapter.identity() == "http://jira.test/rest/servicedeskapi/servicedesk/1 10000"
