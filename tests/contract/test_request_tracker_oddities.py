"""What Request Tracker does otherwise than one expects, and what the adapter makes of it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import pytest
import requests
from pydantic import ValidationError

from adapters.around import Around
from adapters.base import Change, Gone, Misconfigured, NewComment, NewFile, NotApplied, Refused, Unknown, Uses
from adapters.request_tracker import RequestTracker
from adapters.request_tracker_settings import RequestTrackerSettings
from connector.sandbox.core import Call, World
from connector.sandbox.request_tracker import RequestTracker as Tracker
from connector.sandbox.transport import InProcess
from tests.contract.rig import MARKER, Clock
from tests.contract.test_request_tracker import READ, URL, WRITE, settings


@dataclass
class Desk:
    clock: Clock
    tracker: Tracker
    adapter: RequestTracker
    session: requests.Session
    ref: str = ""

    def send(self, change: Change, data: bytes = b"") -> str:
        (write,) = self.adapter.split(change)
        return self.adapter.send(write, None, io.BytesIO(data)).ref

    def set(self, **fields: str) -> None:
        self.send(Change(self.ref, units={name: {name: value} for name, value in fields.items()}))

    def say(self, place: str = "comment", subject: str = "About it", text: str = "Ours") -> None:
        self.send(Change(self.ref, comments=(NewComment(text, place, MARKER, subject),)))

    def attach(self, name: str, kind: str, data: bytes) -> None:
        file = NewFile(name, kind, len(data), hashlib.sha256(data).hexdigest(), "comment", MARKER)
        self.send(Change(self.ref, files=(file,)), data)

    @property
    def stored(self) -> dict[str, str]:
        return dict(self.tracker.ticket(self.ref).fields)


@pytest.fixture
def desk() -> Desk:
    clock = Clock()
    tracker = Tracker(World(clock, seed=7))
    session = requests.Session()
    session.mount(URL, InProcess(tracker.world, tracker))
    adapter = RequestTracker(settings(URL, tracker, page=100), around=Around(session=session, clock=clock, sleep=clock.advance))
    made = Desk(clock, tracker, adapter, session, tracker.create("anna", {"Subject": "Printer on fire"}))
    clock.advance(60)
    return made


# --- refusals ---


def test_a_refusal_among_changes_names_its_field_and_the_others_are_there(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        desk.set(Status="no such status", Subject="Renamed", Owner="nobody we know")
    assert caught.value.fields == ("Status", "Owner")
    assert "isn't a valid status" in str(caught.value)
    assert (desk.stored["Status"], desk.stored["Subject"]) == ("new", "Renamed")


def test_a_refusal_is_found_whatever_its_words(desk: Desk) -> None:
    desk.tracker.language = lambda _: "Nein."
    desk.tracker.read_only = {"Priority"}
    with pytest.raises(Refused) as caught:
        desk.set(Priority="80", Subject="Umbenannt")
    assert caught.value.fields == ("Priority",)


def test_words_that_are_not_known_are_no_refusal_where_the_value_stands(desk: Desk) -> None:
    desk.tracker.language = lambda _: "geändert"
    desk.set(Subject="Renamed")
    assert desk.stored["Subject"] == "Renamed"


def test_a_refusal_that_cannot_be_looked_into_is_unknown(desk: Desk) -> None:
    desk.tracker.world.choose_fault = lambda call: None if call.write else "refused"
    with pytest.raises(Unknown):
        desk.set(Status="no such status")


def test_a_move_that_the_lifecycle_does_not_have_is_refused(desk: Desk) -> None:
    desk.tracker.refuse_statuses = {("new", "stalled")}
    with pytest.raises(Refused) as caught:
        desk.set(Status="stalled")
    assert (caught.value.fields, desk.stored["Status"]) == (("Status",), "new")


def test_rights_withdrawn_are_a_refusal(desk: Desk) -> None:
    desk.tracker.write_rights = False
    with pytest.raises(Refused) as caught:
        desk.set(Subject="x")
    assert caught.value.fields == ("Subject",)
    with pytest.raises(Refused):
        desk.say()
    with pytest.raises(Refused):
        desk.send(Change(None, units={"all": {"Subject": "x"}}, marker=MARKER))


def test_a_field_that_cannot_be_written_is_refused_before_it_is_sent(desk: Desk) -> None:
    before = desk.tracker.world.calls.get("request_tracker", {}).get("write", 0)
    with pytest.raises(Refused) as caught:
        desk.set(Creator="x")
    assert caught.value.fields == ("Creator",)
    assert desk.tracker.world.calls.get("request_tracker", {}).get("write", 0) == before


# --- what correspondence does ---


def test_our_correspondence_opens_a_new_ticket_by_our_own_hand(desk: Desk) -> None:
    desk.say("correspond")
    assert desk.stored["Status"] == "open"
    (event,) = desk.adapter.history([desk.ref])[desk.ref]
    assert (event.field, event.old, event.new, event.author, event.by_us) == ("Status", "new", "open", "RT_System", True)


def test_a_persons_correspondence_opens_it_by_another(desk: Desk) -> None:
    desk.say("comment")
    desk.tracker.comment(desk.ref, "anna", "I look into it", public=True)
    (event,) = desk.adapter.history([desk.ref])[desk.ref]
    assert (event.new, event.by_us) == ("open", False)


def test_what_the_system_does_long_after_our_words_is_not_ours(desk: Desk) -> None:
    desk.tracker.store.reopened = frozenset()
    desk.say("correspond")
    desk.clock.advance(60)
    desk.tracker.edit(desk.ref, "RT_System", {"Status": "open"})
    (event,) = desk.adapter.history([desk.ref])[desk.ref]
    assert not event.by_us


def test_a_comment_opens_nothing(desk: Desk) -> None:
    desk.say("comment")
    assert desk.stored["Status"] == "new"


# --- merged and deleted tickets ---


def test_a_merged_ticket_is_gone_to_where_it_went_with_its_words(desk: Desk) -> None:
    desk.say("comment", text="Said before")
    into = desk.tracker.create("anna", {"Subject": "The other one"})
    desk.tracker.merge(desk.ref, into, "anna")
    with pytest.raises(Gone) as caught:
        desk.adapter.read([desk.ref])
    assert caught.value.moved_to == into
    (found,) = desk.adapter.read([desk.ref, into]).values()
    assert (found.ref, [(c.text, c.marker) for c in found.comments if c.by_us]) == (into, [("Said before", MARKER)])


def test_a_deleted_ticket_is_gone(desk: Desk) -> None:
    desk.tracker.delete(desk.ref)
    with pytest.raises(Gone) as caught:
        desk.adapter.read([desk.ref])
    assert caught.value.moved_to is None


def test_a_ticket_that_we_may_no_longer_see_is_gone(desk: Desk) -> None:
    desk.tracker.ticket_rights = False
    with pytest.raises(Gone):
        desk.adapter.read([desk.ref])
    assert desk.adapter.find(MARKER) == []


# --- files ---


@pytest.mark.parametrize("name", ["Übersicht.txt", 'fire 🔥 "x";.bin', "שלום.log", "=?UTF-8?Q?x?=.txt", "ünï " * 40 + ".txt"])
@pytest.mark.parametrize("kind", ["text/plain", "text/html", "message/rfc822", "application/octet-stream"])
def test_files_are_stored_as_they_are(desk: Desk, name: str, kind: str) -> None:
    data = "naïve café\r\n".encode("latin-1") + bytes(range(256))
    desk.attach(name, kind, data)
    (file,) = desk.tracker.ticket(desk.ref).files
    assert (file.text, file.sha256) == (name, hashlib.sha256(data).hexdigest())
    (read,) = desk.adapter.read([desk.ref])[desk.ref].attachments
    assert (read.name, read.size, read.by_us, read.marker, read.place) == (name, len(data), True, MARKER, "comment")
    with desk.adapter.open_attachment(desk.ref, read.id) as content:
        assert content.read() == data


def test_a_name_with_a_folder_keeps_all_of_itself(desk: Desk) -> None:
    desk.attach("logs/today.txt", "text/plain", b"x")
    assert desk.tracker.ticket(desk.ref).files[0].text == "logs_today.txt"


def test_empty_and_large_files_are_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="empty"):
        desk.attach("e.txt", "text/plain", b"")
    with pytest.raises(Refused, match="bytes"):
        desk.send(Change(desk.ref, files=(NewFile("l", "text/plain", 10**8, "", "comment", MARKER),)), b"x")


# --- words ---


@pytest.mark.parametrize("subject", ["ü" * 400, "fire 🔥 " * 40, "plain words " * 40, "x" * 400, "two\nlines", ""])
def test_our_mark_survives_what_becomes_of_long_subjects(desk: Desk, subject: str) -> None:
    desk.say(subject=subject)
    desk.attach(f"{subject[:60].strip() or 'a'}.bin", "application/octet-stream", b"x")
    found = desk.adapter.read([desk.ref])[desk.ref]
    assert [c.marker for c in found.comments if c.by_us] == [MARKER]
    assert [a.marker for a in found.attachments] == [MARKER]


def test_a_text_that_did_not_come_is_not_an_empty_one(desk: Desk) -> None:
    desk.tracker.comment(desk.ref, "anna", "Said just now", public=True)
    lists: list[str] = []

    def second_list_is_late(call: Call) -> str | None:
        lists.append(call.label)
        return "stale" if lists.count("POST attachments") == 2 and call.label == "POST attachments" else None

    desk.tracker.world.choose_fault = second_list_is_late
    with pytest.raises(NotApplied) as caught:
        desk.adapter.read([desk.ref])
    assert not caught.value.outage
    assert desk.adapter.read([desk.ref])[desk.ref].comments[-1].text == "Said just now"


def test_long_conversations_are_read_whole(desk: Desk) -> None:
    for n in range(230):
        desk.tracker.comment(desk.ref, "anna", f"Comment {n}", public=n % 2 == 0)
    said = [c.text for c in desk.adapter.read([desk.ref])[desk.ref].comments]
    assert said == ["Printer on fire", *(f"Comment {n}" for n in range(230))]


def test_words_that_were_read_are_not_asked_for_again(desk: Desk) -> None:
    desk.say("comment")
    first = desk.adapter.read([desk.ref])[desk.ref]
    before = desk.tracker.world.calls["request_tracker"]["read"]
    assert desk.adapter.read([desk.ref])[desk.ref].comments == first.comments
    assert desk.tracker.world.calls["request_tracker"]["read"] - before == 2
    desk.tracker.comment(desk.ref, "anna", "New", public=True)
    assert [c.text for c in desk.adapter.read([desk.ref])[desk.ref].comments] == [*(c.text for c in first.comments), "New"]


def test_without_the_right_to_comments_the_words_behind_them_are_read(desk: Desk) -> None:
    desk.tracker.comment_rights = False
    for n in range(99):
        desk.tracker.comment(desk.ref, "anna", f"Hidden {n}", public=False)
    desk.tracker.comment(desk.ref, "anna", "On the second page", public=True)
    assert [c.text for c in desk.adapter.read([desk.ref])[desk.ref].comments][-1] == "On the second page"


def test_what_cannot_be_seen_proves_nothing(desk: Desk) -> None:
    desk.say("comment")
    assert desk.adapter.unseen([desk.ref]) == frozenset()
    desk.tracker.comment_rights = False
    assert desk.adapter.unseen([desk.ref]) == {desk.ref}
    assert not any(c.by_us for c in desk.adapter.read([desk.ref])[desk.ref].comments)


def test_the_description_is_a_field_and_its_words_bear_the_tickets_mark(desk: Desk) -> None:
    desk.ref = desk.send(Change(None, units={"all": {"Subject": "Ours"}}, marker=MARKER, description="Since nine"))
    found = desk.adapter.read([desk.ref])[desk.ref]
    assert (found.fields["Content"], found.fields["Requestor"]) == ("Since nine", "jo@customer.example")
    assert [(c.text, c.place, c.marker) for c in found.comments] == [("Since nine", "correspond", MARKER)]


def test_custom_fields_with_several_values_are_lines(desk: Desk) -> None:
    adapter = RequestTracker(settings(URL, desk.tracker, list_fields={"Serial Numbers"}), around=Around(session=desk.session))
    name = "CustomField.Serial Numbers"
    (write,) = adapter.split(Change(desk.ref, units={"u": {name: "a\nb"}}))
    adapter.send(write)
    assert adapter.read([desk.ref])[desk.ref].fields[name] == "a\nb"
    assert [(e.field, e.old, e.new) for e in adapter.history([desk.ref])[desk.ref]] == [(name, "", "a"), (name, "", "b")]


def test_owners_and_queues_are_told_by_their_names(desk: Desk) -> None:
    desk.tracker.store.user("vera")
    desk.tracker.edit(desk.ref, "anna", {"Owner": "vera"})
    (event,) = desk.adapter.history([desk.ref])[desk.ref]
    assert (event.field, event.old, event.new, event.author) == ("Owner", "Nobody", "vera", "anna")


# --- polls ---


def test_a_portal_at_rest_is_asked_once_and_a_change_then_is_found(desk: Desk) -> None:
    cursor = desk.adapter.changed_since(None).cursor
    cursor = desk.adapter.changed_since(cursor).cursor
    before = desk.tracker.world.calls["request_tracker"]["read"]
    page = desk.adapter.changed_since(cursor)
    assert (page.refs, page.more, desk.tracker.world.calls["request_tracker"]["read"] - before) == ((), False, 1)
    desk.tracker.edit(desk.ref, "anna", {"Subject": "News after a long rest"})
    assert desk.adapter.changed_since(page.cursor).refs == (desk.ref,)


def test_only_a_second_that_is_over_tells_a_state_from_others(desk: Desk) -> None:
    desk.clock.begin_a_second()
    desk.tracker.edit(desk.ref, "anna", {"Subject": "Now"})
    assert desk.adapter.read([desk.ref])[desk.ref].stamp == ""
    desk.clock.advance(1)
    page = desk.adapter.changed_since(None)
    assert desk.adapter.read([desk.ref])[desk.ref].stamp == page.stamps[desk.ref]


def test_times_are_written_in_the_accounts_zone_and_read_in_utc(desk: Desk) -> None:
    desk.set(Due="2026-12-24T18:00:00Z")
    assert desk.adapter.read([desk.ref])[desk.ref].fields["Due"] == "2026-12-24T18:00:00Z"
    assert desk.adapter.normal("Due", "2026-12-24 18:00:00") == desk.adapter.normal("Due", "2026-12-24T18:00:00Z")


# --- check ---


def test_check_names_what_is_missing(desk: Desk) -> None:
    desk.tracker.hidden_fields = {"CustomField.Connector Marker", "CustomField.Severity"}
    uses = Uses(
        READ | {"CustomField.Severity", "Titel"}, WRITE | {"Creator"}, {"CustomField.Customer Reference": frozenset({"x"})}
    )
    places = {problem.place for problem in desk.adapter.check(uses)}
    assert places == {
        "settings, marker_field",
        "mapping, field CustomField.Severity",
        "mapping, field Titel",
        "mapping, field Creator",
    }


def test_check_names_values_that_a_field_does_not_have(desk: Desk) -> None:
    uses = Uses(READ, WRITE, {"CustomField.Severity": frozenset({"Sev1", "Sev9"})})
    (problem,) = desk.adapter.check(uses)
    assert "Sev9" in problem.message


def test_check_proves_the_time_zone_and_the_clock(desk: Desk) -> None:
    desk.tracker.zone = 3600
    assert [problem.place for problem in desk.adapter.check(Uses(READ, WRITE))] == ["settings, time_zone"]
    desk.tracker.zone = 0
    far = RequestTracker(settings(URL, desk.tracker), around=Around(session=desk.session, clock=lambda: desk.clock() + 500))
    assert [problem.place for problem in far.check(Uses(READ, WRITE))] == ["clock"]


def test_check_names_a_wrong_queue_and_a_wrong_token(desk: Desk) -> None:
    for more, place in (({"queue": "Sales"}, "settings, queue Sales"), ({"token": "1-20-f"}, "settings, url and token")):
        adapter = RequestTracker(settings(URL, desk.tracker, **more), around=Around(session=desk.session))
        assert place in {problem.place for problem in adapter.check(Uses(READ, WRITE))}


def test_whose_token_it_is_must_be_known(desk: Desk) -> None:
    adapter = RequestTracker(settings(URL, desk.tracker, token="something else"))
    with pytest.raises(Misconfigured, match="set user"):
        adapter.find(MARKER)


@pytest.mark.parametrize("given", [{"url": URL}, {"url": URL, "user": "u"}, {"url": URL, "token": "t", "time_zone": "Mars/Base"}])
def test_settings_that_cannot_work_are_refused(given: dict[str, str]) -> None:
    with pytest.raises((ValidationError, KeyError)):
        RequestTrackerSettings.model_validate(given)


def test_an_installation_is_told_from_its_copy_by_its_address(desk: Desk) -> None:
    assert desk.adapter.identity().startswith(f"{URL}/REST/2.0/queue/")
