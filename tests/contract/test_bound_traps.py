"""What portals do that a binding must not be fooled by."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.base import Change, Gone, Misconfigured, NotApplied, Refused, Stale, Unknown, Uses, Write
from connector.sandbox.core import Request, Response
from tests.contract.help_desk import USES, changed, desk

LIST: dict[str, Any] = {"get": "/tickets", "query": {"changed_since": "{{ since }}"}, "items": "tickets"}
PAGES = {"page": "{{ page }}", "per_page": "{{ size }}"}


def told(response: Response, change: dict[str, Any]) -> Response:
    return replace(response, body=json.dumps({**json.loads(response.body), **change}).encode())


# --- reading ---


def test_a_field_that_is_left_out_is_absent_and_one_that_is_null_is_empty(tmp_path: Path) -> None:
    fields = {"subject": "subject", "owner": "owner.login", "room": "room", "floor": "floor"}
    rig = desk(tmp_path, changed(fields=fields))

    def answer(_: Request, response: Response) -> Response:
        rows = [{**row, "owner": None, "floor": None} for row in json.loads(response.body)["tickets"]]
        return told(response, {"tickets": rows})

    rig.answering(lambda request, response: answer(request, response) if request.path == "/api/tickets" else response)
    assert rig.adapter.read([rig.ref])[rig.ref].fields == {"subject": "The first ticket", "owner": "", "floor": ""}


@pytest.mark.parametrize("part", ["notes", "files"])
def test_a_ticket_without_its_list_is_no_ticket_without_comments(tmp_path: Path, part: str) -> None:
    rig = desk(tmp_path, changed())
    rig.people_say("Here I am")

    def answer(request: Request, response: Response) -> Response:
        if request.path != "/api/tickets":
            return response
        rows = json.loads(response.body)["tickets"]
        return told(response, {"tickets": [{name: value for name, value in row.items() if name != part} for row in rows]})

    rig.answering(answer)
    with pytest.raises(NotApplied, match=part):
        rig.adapter.read([rig.ref])


def test_an_answer_without_its_list_is_no_empty_list(tmp_path: Path) -> None:
    rig = desk(tmp_path, changed())
    rig.answering(lambda _, response: replace(response, body=b'{"message": "please wait"}'))
    for ask in (lambda: rig.adapter.read([rig.ref]), lambda: rig.adapter.changed_since(None), lambda: rig.adapter.find("k1-00")):
        with pytest.raises(NotApplied):
            ask()


def test_a_404_of_somebody_else_is_no_missing_ticket(tmp_path: Path) -> None:
    rig = desk(tmp_path, changed())
    rig.answering(lambda _, response: replace(response, status=404, body=b'{"detail": "no such route"}'))
    with pytest.raises(NotApplied):
        rig.adapter.read([rig.ref])
    with pytest.raises(Unknown):
        rig.rename("Perhaps")


def test_tickets_can_be_read_one_by_one(tmp_path: Path) -> None:
    read = {"get": "/tickets", "query": {"ids": "{{ ref }}", "with": "notes,files"}, "items": "tickets"}
    rig = desk(tmp_path, changed(read=read))
    other = rig.people_open()
    assert set(rig.adapter.read([rig.ref, other, "999"])) == {rig.ref, other}
    with pytest.raises(Gone):
        rig.adapter.read(["999"])


def test_what_is_no_id_is_never_sent(tmp_path: Path) -> None:
    rig = desk(tmp_path, changed())
    before = rig.world.n
    with pytest.raises(Gone):
        rig.adapter.read(["1/../../me"])
    with pytest.raises(Gone):
        rig.adapter.send(Write("1/notes", units={"u": {"subject": "x"}}))
    assert rig.world.n == before


# --- polling ---


@pytest.mark.parametrize("count", [2, 7, 8])
def test_more_than_a_page_in_one_second_is_told_whole_while_it_changes(tmp_path: Path, count: int) -> None:
    """A ticket that changes while pages are read moves the others one place up, past the page that was read."""
    rig = desk(tmp_path, changed())
    _, cursor = rig.hints(None)
    rig.clock.advance(60)
    rig.clock.begin_a_second()
    many = {rig.people_open(f"Ticket {n}") for n in range(count)}
    rig.clock.advance(30)
    left = sorted(many, key=int)[:3]

    def act(request: Request, response: Response) -> Response:
        if "changed_since" in request.query and left:
            rig.people_rename(left.pop(0), "Changed meanwhile")
        return response

    rig.answering(act)
    assert many <= rig.hints(cursor)[0]


def test_a_list_in_any_order_is_read_to_its_end(tmp_path: Path) -> None:
    listing = {**LIST, "query": LIST["query"] | PAGES, "order": "any", "paging": {"by": "page", "size": 2}}
    rig = desk(tmp_path, changed(changed=listing))
    many = {rig.ref, *(rig.people_open() for _ in range(7))}
    page = rig.adapter.changed_since(rig.adapter.cursor_at(0))
    assert (set(page.refs), page.more) == (many, False)


def test_a_list_in_another_order_than_promised_stops_the_side(tmp_path: Path) -> None:
    rig = desk(tmp_path, changed())
    for _ in range(5):
        rig.people_open()
        rig.clock.advance(5)
    rig.answering(lambda _, response: told(response, {"tickets": json.loads(response.body)["tickets"][::-1]}))
    with pytest.raises(Misconfigured, match="order"):
        rig.adapter.changed_since(rig.adapter.cursor_at(0))


@pytest.mark.parametrize(
    "link", ["/api/tickets?page=2&per_page=2&changed_since=1971-01-01T00:00:00Z", "http://elsewhere.test/api/tickets"]
)
def test_a_link_leads_on_within_the_portal_only(tmp_path: Path, link: str) -> None:
    paging = {"by": "link", "size": 2}
    rig = desk(tmp_path, changed(changed={**LIST, "query": LIST["query"] | PAGES, "order": "any", "paging": paging}))
    many = {rig.ref, *(rig.people_open() for _ in range(3))}

    def answer(request: Request, response: Response) -> Response:
        page = request.arg("page")
        return replace(response, headers={**response.headers, "Link": f'<{link}>; rel="next"'}) if page in ("", "1") else response

    rig.answering(answer)
    if link.startswith("/"):
        assert set(rig.adapter.changed_since(rig.adapter.cursor_at(0)).refs) >= many - {rig.ref}
    else:
        with pytest.raises(NotApplied, match="another server"):
            rig.adapter.changed_since(rig.adapter.cursor_at(0))


# --- writing ---


def test_an_error_with_status_200_is_an_error(tmp_path: Path) -> None:
    rig = desk(tmp_path, changed())
    rig.system.edit(rig.ref, "anna", {"state": "locked"})
    with pytest.raises(Refused, match="locked"):
        rig.say("Too late")
    assert not rig.system.ticket(rig.ref).comments


def test_a_refusal_names_the_field(tmp_path: Path) -> None:
    rig = desk(tmp_path, changed())
    with pytest.raises(Refused) as caught:
        rig.send(Change(rig.ref, units={"u": {"state": "no such state"}}))
    assert caught.value.fields == ("state",)


def test_a_field_that_is_read_only_is_refused_unsent(tmp_path: Path) -> None:
    rig = desk(tmp_path, changed())
    before = rig.world.n
    with pytest.raises(Refused) as caught:
        rig.send(Change(rig.ref, units={"u": {"description": "x"}}))
    assert (caught.value.fields, rig.world.n) == (("description",), before)


STEPS: list[dict[str, Any]] = [
    {
        "post": "/tickets/{{ ref }}/notes",
        "json": {"text": "draft", "internal": "yes"},
        "keep": {"draft": "note.id"},
        "prepares": True,
    },
    {"post": "/tickets/{{ ref }}/notes", "json": {"text": "{{ draft }} {{ text_with_marker }}", "internal": "yes"}},
]


@pytest.mark.parametrize(("lost", "trouble", "said"), [(1, NotApplied, 1), (2, Unknown, 2)])
def test_only_the_last_step_leaves_a_doubt(tmp_path: Path, lost: int, trouble: type[Exception], said: int) -> None:
    rig = desk(tmp_path, changed(comment=STEPS))
    seen = 0

    def choose(_: object) -> str | None:
        nonlocal seen
        seen += 1
        return "answer_lost" if seen == lost else None

    rig.world.choose_fault = choose
    with pytest.raises(trouble):
        rig.say("Hello")
    assert len(rig.system.ticket(rig.ref).comments) == said


def test_a_step_without_what_it_must_keep_ends_the_write_before_it_begins(tmp_path: Path) -> None:
    steps = [{**STEPS[0], "keep": {"draft": "no.such"}}, STEPS[1]]
    rig = desk(tmp_path, changed(comment=steps))
    with pytest.raises(NotApplied):
        rig.say("Hello")


def test_a_creation_whose_id_is_not_told_is_unknown(tmp_path: Path) -> None:
    rig = desk(tmp_path, changed())
    rig.answering(lambda request, response: told(response, {"ticket": {}}) if request.method == "POST" else response)
    with pytest.raises(Unknown):
        rig.open()


@pytest.mark.parametrize(
    ("means", "trouble"), [("stale", Stale), ("unknown", Unknown), ("busy", NotApplied), ("not_applied", NotApplied)]
)
def test_a_pattern_decides_what_an_answer_means(tmp_path: Path, means: str, trouble: type[Exception]) -> None:
    rig = desk(tmp_path, changed(errors=[{"status": [409, 500], "at": "why", "says": "^later", "means": means}]))
    rig.answering(lambda _, response: replace(response, status=500, body=b'{"why": "later, please"}'))
    with pytest.raises(trouble) as caught:
        rig.rename("x")
    assert "later, please" in str(caught.value)
    assert getattr(caught.value, "busy", False) == (means == "busy")


def test_a_secret_stands_in_no_message(tmp_path: Path) -> None:
    rig = desk(tmp_path, changed())
    with rig.fault("refused"), pytest.raises(NotApplied) as caught:
        rig.adapter.read([rig.ref])
    assert "connector-key" not in str(caught.value)


# --- check ---


def test_check_names_what_the_mapping_uses_and_the_binding_does_not_have(tmp_path: Path) -> None:
    rig = desk(tmp_path, changed(create=None, ticket={**DESK_TICKET, "marker": {"in": "elsewhere"}}))
    uses = Uses(USES.read | {"colour"}, USES.write | {"description"}, creates=frozenset({"subject"}))
    said = "\n".join(f"{one.place}: {one.message}" for one in rig.adapter.check(uses))
    for words in ("knows no field colour", "does not write description", "opens no tickets", "tickets show no elsewhere"):
        assert words in said


def test_check_tells_a_wrong_key(tmp_path: Path) -> None:
    rig = desk(tmp_path, changed())
    rig.system.key = "another"
    (problem,) = rig.adapter.check(USES)
    assert "refused" in problem.message
    assert problem.remedy


DESK_TICKET = {"ref": "id", "number": "number", "changed": "changed_at", "created_by": "opened_by.login"}
