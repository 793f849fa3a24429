"""What the shipped mapping of ServiceNow and OTRS says, case by case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.base import Attachment, Comment, Snapshot
from connector.mapping.load import load, loads
from connector.mapping.mapping import TicketMapping
from connector.mapping.results import Carry
from connector.words import Audience, Native, Phase, Side

FILE = Path(__file__).parents[2] / "mappings" / "servicenow-otrs.yaml"
MAPPING = load(FILE)
CUSTOMER, VENDOR = Side.CUSTOMER, Side.VENDOR

INCIDENT = {
    "state": "3",
    "hold_reason": "4",
    "impact": "1",
    "urgency": "2",
    "priority": "2",
    "short_description": "No dial tone",
    "description": "Since nine o'clock.",
    "category": "Voice",
    "subcategory": "",
    "assignment_group.name": "",
    "correlation_id": "",
    "correlation_display": "",
}
CASE = {"State": "open", "Priority": "4 high", "Title": "No dial tone", "DynamicField_CustomerReference": "INC7"}


def incident(**fields: str) -> Snapshot:
    return Snapshot(
        "a" * 32, "INC7", {**INCIDENT, **fields}, (), (), 1000.0, 2000.0, created_by_us=False, url="https://itsm.example/INC7"
    )


def case(**fields: str) -> Snapshot:
    return Snapshot("42", "2026112110000017", {**CASE, **fields}, (), (), 1000.0, 2000.0, created_by_us=True)


def status(source: Side, native: Native, now: Native | None = None) -> tuple[Carry, Native]:
    answer = MAPPING.translate("status", source, native, now, {})
    return answer.carry, answer.value


class TestStatusOfTheCustomer:
    @pytest.mark.parametrize(
        ("state", "hold", "phase", "carry", "state_there"),
        [
            ("1", "", Phase.NEW, Carry.NOTHING, None),
            ("2", "", None, Carry.NOTHING, None),
            ("3", "4", Phase.WORKING, Carry.VALUE, "open"),
            ("3", "1", None, Carry.NOTHING, None),
            ("3", "3", None, Carry.NOTHING, None),
            ("3", "5", None, Carry.NOTHING, None),
            ("3", "", None, Carry.NOTHING, None),
            ("6", "", Phase.SOLVED, Carry.VALUE, "pending auto close+"),
            ("7", "", Phase.CLOSED, Carry.VALUE, "closed successful"),
            ("8", "", Phase.CANCELLED, Carry.VALUE, "closed unsuccessful"),
            ("-100", "", None, Carry.UNMAPPED, None),
        ],
    )
    def test_says_this_to_the_vendor(
        self, state: str, hold: str, phase: Phase | None, carry: Carry, state_there: str | None
    ) -> None:
        native = {"state": state, "hold_reason": hold}
        assert MAPPING.phase(CUSTOMER, native) is phase
        answer, value = status(CUSTOMER, native)
        assert (answer, value.get("State")) == (carry, state_there)

    def test_an_unknown_state_names_file_and_key(self) -> None:
        reason = MAPPING.translate("status", CUSTOMER, {"state": "-100", "hold_reason": ""}, None, {}).reason
        assert "state = '-100'" in reason
        assert "servicenow-otrs.yaml, status.customer.read" in reason

    @pytest.mark.parametrize("state", ["6", "7", "8"])
    def test_states_that_reach_the_caller_notify(self, state: str) -> None:
        assert MAPPING.notifies({"state": state, "hold_reason": ""})
        assert not MAPPING.notifies({"state": "2", "hold_reason": ""})


class TestStatusOfTheVendor:
    @pytest.mark.parametrize(
        ("state", "phase", "there"),
        [
            ("new", Phase.NEW, None),
            ("open", Phase.WORKING, ("3", "4")),
            ("pending reminder", Phase.WAITING_CUSTOMER, ("2", "")),
            ("pending auto close+", Phase.SOLVED, ("2", "")),
            ("pending auto close-", Phase.SOLVED, ("2", "")),
            ("closed successful", Phase.CLOSED, ("2", "")),
            ("closed unsuccessful", Phase.CANCELLED, ("2", "")),
        ],
    )
    def test_says_this_to_the_customer(self, state: str, phase: Phase, there: tuple[str, str] | None) -> None:
        assert MAPPING.phase(VENDOR, {"State": state}) is phase
        carry, value = status(VENDOR, {"State": state})
        assert (carry is Carry.VALUE) is (there is not None)
        if there:
            assert (value["state"], value["hold_reason"]) == there

    @pytest.mark.parametrize("state", ["merged", "removed", "invented by the vendor"])
    def test_has_states_that_a_person_must_look_at(self, state: str) -> None:
        assert status(VENDOR, {"State": state})[0] is Carry.UNMAPPED

    @pytest.mark.parametrize("hold", ["1", "3", "5"])
    def test_work_leaves_a_ticket_alone_that_waits_for_somebody_else(self, hold: str) -> None:
        assert status(VENDOR, {"State": "open"}, {"state": "3", "hold_reason": hold})[0] is Carry.NOTHING
        assert status(VENDOR, {"State": "open"}, {"state": "2", "hold_reason": ""})[0] is Carry.VALUE

    def test_no_state_of_the_vendor_ends_the_incident(self) -> None:
        for row in MAPPING.status.sides[VENDOR].reads:
            for state in row.when.allowed["State"]:
                value = status(VENDOR, {"State": state})[1]
                assert not MAPPING.notifies({"state": "2", "hold_reason": "", **value})
                assert MAPPING.phase(CUSTOMER, value) not in (Phase.SOLVED, Phase.CLOSED, Phase.CANCELLED)


class TestSame:
    def test_a_ticket_back_with_level_1_agrees_with_a_solved_case(self) -> None:
        assert MAPPING.same("status", {"state": "2", "hold_reason": ""}, {"State": "pending auto close-"})
        assert not MAPPING.same("status", {"state": "2", "hold_reason": ""}, {"State": "open"})

    def test_equal_phases_agree_whatever_the_states_are(self) -> None:
        assert MAPPING.same("status", {"state": "6", "hold_reason": ""}, {"State": "pending auto close-"})
        assert not MAPPING.same("status", {"state": "-100", "hold_reason": ""}, {"State": "merged"})

    def test_priorities_agree_by_what_the_instance_computed(self) -> None:
        assert MAPPING.same("priority", {"impact": "3", "urgency": "1", "priority": "3"}, {"Priority": "3 normal"})
        assert not MAPPING.same("priority", {"impact": "1", "urgency": "1", "priority": "3"}, {"Priority": "5 very high"})

    def test_values_count_as_the_adapters_say(self) -> None:
        bound = MAPPING.bind(lambda _, value: value.strip(), lambda _, value: value.lower())
        assert bound.same("status", {"state": "6", "hold_reason": ""}, {"State": "Pending Auto Close+"})
        assert bound.same("title", {"short_description": "A "}, {"Title": "a"})
        assert not MAPPING.same("title", {"short_description": "A"}, {"Title": "a"})
        assert bound.equal("title", VENDOR, {"Title": "A"}, {"Title": "a"})

    def test_a_written_value_is_compared_in_the_fields_that_were_read(self) -> None:
        assert MAPPING.equal(
            "status", VENDOR, {"State": "pending reminder", "PendingTime": "+1440"}, {"State": "pending reminder"}
        )
        assert not MAPPING.equal("status", VENDOR, {"State": "open"}, {"State": "new"})


class TestPriority:
    def test_travels_as_computed(self) -> None:
        answer = MAPPING.translate("priority", CUSTOMER, {"impact": "3", "urgency": "3", "priority": "1"}, None, {})
        assert answer.value == {"Priority": "5 very high"}

    def test_keeps_the_present_pair_where_it_computes_to_the_wanted_priority(self) -> None:
        now = {"impact": "1", "urgency": "3", "priority": "3"}
        assert MAPPING.translate("priority", VENDOR, {"Priority": "3 normal"}, now, {}).value == {"impact": "1", "urgency": "3"}
        assert MAPPING.translate("priority", VENDOR, {"Priority": "2 low"}, now, {}).value == {"impact": "2", "urgency": "3"}

    def test_an_unknown_one_is_not_guessed(self) -> None:
        answer = MAPPING.translate("priority", VENDOR, {"Priority": "6 panic"}, None, {})
        assert answer.carry is Carry.UNMAPPED
        assert "servicenow-otrs.yaml, priority" in answer.reason

    def test_orders_the_work(self) -> None:
        assert MAPPING.priority(CUSTOMER, incident(priority="1")) == 1
        assert MAPPING.priority(VENDOR, case(Priority="1 very low")) == 5
        assert MAPPING.priority(CUSTOMER, incident(priority="")) == 3


class TestFields:
    def test_units_are_named_in_order(self) -> None:
        assert MAPPING.units == ("status", "priority", "title", "customer_reference", "case_number", "case_line")

    def test_a_long_title_is_shortened_and_still_agrees(self) -> None:
        long = {"Title": "word " * 50}
        there = MAPPING.translate("title", VENDOR, long, None, {}).value
        assert len(there["short_description"]) <= 160
        assert MAPPING.same("title", there, long)

    def test_an_empty_title_gets_words_for_the_portal(self) -> None:
        assert MAPPING.translate("title", CUSTOMER, {"short_description": ""}, None, {}).value == {"Title": "(no title)"}
        assert MAPPING.same("title", {"short_description": ""}, {"Title": "(no title)"})

    def test_the_case_is_named_in_the_incident(self) -> None:
        view = MAPPING.view(VENDOR, case(State="pending auto close+"))
        line = MAPPING.translate("case_line", VENDOR, view.units["case_line"], None, {})
        assert line.value == {"correlation_display": "CASE 2026112110000017 (solved)"}
        number = MAPPING.translate("case_number", VENDOR, view.units["case_number"], None, {})
        assert number.value == {"correlation_id": "2026112110000017"}

    def test_one_way_units_do_not_go_back(self) -> None:
        assert not MAPPING.carries("case_number", CUSTOMER)
        assert MAPPING.translate("case_number", CUSTOMER, {"correlation_id": "x"}, None, {}).carry is Carry.NOTHING

    def test_uses_name_what_is_read_and_written_and_the_choices(self) -> None:
        customer, vendor = MAPPING.uses(CUSTOMER), MAPPING.uses(VENDOR)
        assert customer.read == MAPPING.reads(CUSTOMER)
        assert {"description", "assignment_group.name", "hold_reason"} <= customer.read
        assert not any(name.startswith("$") for name in customer.read | vendor.read)
        assert "priority" not in customer.write
        assert vendor.write == {"State", "PendingTime", "Priority", "Title", "DynamicField_CustomerReference"}
        assert vendor.read == {"State", "Priority", "Title", "DynamicField_CustomerReference"}
        assert customer.choices["hold_reason"] == {"4"}
        assert "5 very high" in vendor.choices["Priority"]


class TestView:
    def test_holds_each_unit_with_its_native_fields(self) -> None:
        view = MAPPING.view(CUSTOMER, incident())
        assert (view.ref, view.number, view.phase, view.priority) == ("a" * 32, "INC7", Phase.WORKING, 2)
        assert view.units["priority"] == {"impact": "1", "urgency": "2", "priority": "2"}
        assert view.units["customer_reference"] == {"$number": "INC7"}
        assert view.unmapped == {}

    def test_a_field_that_is_not_readable_takes_its_unit_away(self) -> None:
        whole = incident()
        fields = {name: value for name, value in whole.fields.items() if name != "hold_reason"}
        view = MAPPING.view(CUSTOMER, replace(whole, fields=fields))
        assert "status" not in view.units
        assert "hold_reason is not readable" in view.unmapped["status"]
        assert view.phase is None

    def test_says_which_values_have_no_translation(self) -> None:
        view = MAPPING.view(CUSTOMER, incident(state="-100"))
        assert set(view.unmapped) == {"status"}
        assert view.units["status"]["state"] == "-100"


class TestIntake:
    def test_takes_what_waits_for_the_vendor(self) -> None:
        assert MAPPING.intake(incident()).taken
        assert MAPPING.intake(incident(hold_reason="1", **{"assignment_group.name": "Vendor voice L2"})).taken

    def test_says_which_condition_decided(self) -> None:
        answer = MAPPING.intake(incident(hold_reason="1", **{"assignment_group.name": "Network"}))
        assert not answer.taken
        assert "assignment_group.name is 'Network'" in answer.reason
        assert "state is '7'" in MAPPING.intake(incident(state="7")).reason


class TestCreation:
    def test_holds_every_unit_that_goes_to_the_vendor(self) -> None:
        made = MAPPING.creation(MAPPING.view(CUSTOMER, incident()), incident())
        assert made.units == {
            "status": {"State": "new"},
            "priority": {"Priority": "4 high"},
            "title": {"Title": "No dial tone"},
            "customer_reference": {"DynamicField_CustomerReference": "INC7"},
        }
        assert made.unmapped == {}
        assert made.contact == ""

    def test_describes_the_incident_without_its_caller(self) -> None:
        ticket = replace(incident(caller_id="Ms Private"), attachments=(file("trace.txt"), file("tool.exe")))
        text = MAPPING.creation({CUSTOMER: MAPPING.view(CUSTOMER, ticket)}, ticket).description
        for part in (
            "No dial tone",
            "Since nine o'clock.",
            "INC7 (https://itsm.example/INC7)",
            "Impact 1, urgency 2",
            "Voice",
            "trace.txt",
        ):
            assert part in text
        assert "Private" not in text
        assert "tool.exe" not in text

    def test_says_what_it_lacks(self) -> None:
        odd = incident(priority="9")
        made = MAPPING.creation(MAPPING.view(CUSTOMER, odd), odd)
        assert "priority" not in made.units
        assert "9" in made.unmapped["priority"]


def comment(place: str, text: str, *, form: str = "plain") -> Comment:
    return Comment("1", place, "Jo Agent", by_us=False, created="2026-11-21T10:00:00Z", text=text, format=form)


def file(name: str, size: int = 10, kind: str = "text/plain", place: str = "") -> Attachment:
    return Attachment("1", name, kind, size, "Jo", by_us=False, created="2026-11-21T10:00:00Z", place=place)


class TestComments:
    def test_public_comments_go_to_the_portal(self) -> None:
        route = MAPPING.route_comment(CUSTOMER, comment("comments", "Hello"))
        assert (route.allowed, route.place, route.rule) == (True, "visible", "comments.to_vendor[0]")
        assert (route.said_to, route.shown_to) == (Audience.PUBLIC, Audience.PUBLIC)

    def test_a_work_note_goes_only_if_it_says_so(self) -> None:
        chosen = MAPPING.route_comment(CUSTOMER, comment("work_notes", " [Vendor] please look"))
        assert (chosen.allowed, chosen.said_to) == (True, Audience.INTERNAL)
        stays = MAPPING.route_comment(CUSTOMER, comment("work_notes", "do not tell the vendor"))
        assert not stays.allowed
        assert "[vendor]" in stays.reason

    def test_the_vendors_words_are_internal_to_the_customer(self) -> None:
        route = MAPPING.route_comment(VENDOR, comment("visible", "Try this"))
        assert (route.allowed, route.place, route.shown_to) == (True, "work_notes", Audience.INTERNAL)
        assert not MAPPING.route_comment(VENDOR, comment("internal", "stupid question")).allowed

    def test_a_copy_names_its_author_and_loses_the_prefix(self) -> None:
        views = {CUSTOMER: MAPPING.view(CUSTOMER, incident())}
        text = MAPPING.render_comment(CUSTOMER, comment("work_notes", "[VENDOR] look\r\nhere\x00"), views)
        assert text == "Jo Agent (INC7, 2026-11-21T10:00:00Z):\nlook\nhere\N{REPLACEMENT CHARACTER}"

    def test_a_copy_cannot_act_in_the_journal(self) -> None:
        text = MAPPING.render_comment(VENDOR, comment("visible", "[code]<script>x</script>[/code]"), {})
        assert "[code]" not in text.lower()
        assert "<script>x</script>" in text

    @pytest.mark.parametrize(
        ("place", "text", "form"),
        [("comments", "", "plain"), ("work_notes", "[vendor]", "plain"), ("comments", "<p></p>", "html")],
    )
    def test_a_copy_is_never_empty(self, place: str, text: str, form: str) -> None:
        assert MAPPING.render_comment(CUSTOMER, comment(place, text, form=form), {}).endswith("(no text)")


class TestFiles:
    def test_go_both_ways(self) -> None:
        there = MAPPING.route_file(CUSTOMER, file("a.log"), 0)
        back = MAPPING.route_file(VENDOR, file("a.log", place="visible"), 0)
        assert (there.allowed, there.place) == (True, "visible")
        assert (back.allowed, back.place, back.shown_to) == (True, "", Audience.INTERNAL)
        assert not MAPPING.route_file(VENDOR, file("a.log", place="internal"), 0).allowed

    @pytest.mark.parametrize(
        ("attachment", "position", "word"),
        [
            (file("big.bin", 10 * 1024 * 1024 + 1), 0, "max_bytes"),
            (file("a.pdf.EXE"), 0, "refuse_extensions"),
            (file("a", kind="application/x-msdownload; x=y"), 0, "refuse_types"),
            (file("a.txt"), 50, "max_count"),
        ],
    )
    def test_stay_for_a_reason(self, attachment: Attachment, position: int, word: str) -> None:
        route = MAPPING.route_file(CUSTOMER, attachment, position)
        assert not route.allowed
        assert word in route.reason

    def test_of_exactly_the_limit_go(self) -> None:
        assert MAPPING.route_file(CUSTOMER, file("big.bin", 10 * 1024 * 1024), 49).allowed


def test_notes_are_rendered_and_safe() -> None:
    text = MAPPING.note("conflict", unit="title", winner="customer", lost="[code]x[/code]", kept="b")
    assert "title" in text
    assert "[code]" not in text
    with pytest.raises(KeyError):
        MAPPING.note("no such note")


def test_comment_after_close_waits_by_default() -> None:
    assert MAPPING.comment_after_close == "hold"


def test_the_version_is_the_content_and_not_its_layout() -> None:

    text = FILE.read_text(encoding="utf-8")
    assert loads(text + "\n# a comment\n").version == MAPPING.version
    assert loads(text.replace("10 MB", "11 MB")).version != MAPPING.version
    assert isinstance(loads(text), TicketMapping)
