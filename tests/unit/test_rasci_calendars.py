"""Whose hours count: office hours, working days and working time, also where the clock is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.rasci.calendars import Calendar, NotACalendar, assumed
from connector.rasci.clock import Holder, clock, on_whom
from connector.rasci.course import calendars
from connector.rasci.model import ModelError, OperatingModel, Setting, load, loads
from connector.words import Party, Phase
from tests.unit.rasci_help import FILE, with_setting

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = Calendar.of("Europe/Amsterdam Mo-Fr 08:00-17:00")
SATURDAYS = Calendar.of("Europe/Amsterdam Mo-Fr 08:00-17:00, Sa 09:00-12:00")
ALWAYS = Calendar.of("Europe/Amsterdam 24x7")
HOUR = 3600.0


def at(text: str, zone: ZoneInfo = AMSTERDAM) -> float:
    """A moment by the clock on the wall, such as `2026-03-27 16:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def wall(moment: float, zone: ZoneInfo = AMSTERDAM) -> str:
    return f"{datetime.fromtimestamp(moment, zone):%a %Y-%m-%d %H:%M}"


# --- reading ---

WRONG = [
    ("Europe/Amsterdm Mo-Fr 08:00-17:00", "is not a time zone", "did you mean `Europe/Amsterdam`?"),
    ("Mo-Fr 08:00-17:00", "is not a time zone", "begin with a time zone"),
    ("../../etc 24x7", "is not a time zone", "begin with a time zone"),
    ("Europe", "is not a time zone", "did you mean"),
    ("UTC", "has no days and hours", "write it like"),
    ("UTC Mo-Fr", "is not days and hours", "write it like"),
    ("UTC mo-fr 08:00-17:00", "is not days and hours", "write it like"),
    ("UTC Mo-Fr 8-17", "is not days and hours", "write it like"),
    ("UTC Mo-Fr 08:00-17:00,", "has no days and hours", "write it like"),
    ("UTC Mo-Fri 08:00-17:00", "is not days and hours", "write it like"),
    ("UTC Mo-Xx 08:00-17:00", "'Xx' is not a day", "use one of: Mo, Tu"),
    ("UTC Mo-Fr 08:00-17:60", "is not a time of day", "from 00:00 to 24:00"),
    ("UTC Mo-Fr 08:00-24:01", "is not a time of day", "from 00:00 to 24:00"),
    ("UTC Mo-Fr 20:00-06:00", "closes before it opens", "Mo-Fr 20:00-24:00, Tu-Sa 00:00-06:00"),
    ("UTC Mo-Fr 08:00-08:00", "closes before it opens", "for a night write two"),
    ("UTC Mo-Fr 08:00-12:00, We 11:00-13:00", "the same hours of a day twice", "once"),
]


@pytest.mark.parametrize(("text", "words", "remedy"), WRONG, ids=[row[0] for row in WRONG])
def test_a_text_that_is_no_calendar_is_refused_with_a_remedy(text: str, words: str, remedy: str) -> None:
    with pytest.raises(NotACalendar) as caught:
        Calendar.of(text)
    assert words in caught.value.message
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("party", ["customer", "vendor", "partner"])
def test_a_wrong_calendar_in_a_model_is_said_with_its_place(party: str) -> None:
    text = FILE.read_text(encoding="utf-8") + f"  calendars.{party}: {{value: Europe/Amsterdam nine to five, source: ours}}\n"
    with pytest.raises(ModelError) as caught:
        loads(text, "model.yaml")
    [problem] = caught.value.problems
    assert (problem.key, problem.line) == (f"settings.calendars.{party}.value", len(text.splitlines()))
    assert "'nine to five' is not days and hours" in problem.message
    assert "Europe/Amsterdam Mo-Fr 08:00-17:00" in problem.remedy


def test_a_machine_without_time_zones_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.rasci.calendars.available_timezones", set)
    with pytest.raises(NotACalendar, match="no data of time zones; install the operating system's package tzdata"):
        Calendar.of("Nowhere/Land 24x7")


def test_a_week_may_begin_on_any_day_and_a_day_may_have_a_break() -> None:
    week = Calendar.of("Asia/Dubai Su-Th 13:00-17:00, Su-Th 08:00-12:00").week
    assert [len(hours) for hours in week] == [2, 2, 2, 2, 0, 0, 2]
    assert week[0] == ((480, 720), (780, 1020))


# --- office hours ---


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("2026-03-27 16:59", True, "Fri 2026-03-27 16:59"),
        ("2026-03-27 17:00", False, "Mon 2026-03-30 08:00"),
        ("2026-03-28 10:00", False, "Mon 2026-03-30 08:00"),
        ("2026-03-30 07:59", False, "Mon 2026-03-30 08:00"),
        ("2026-03-30 08:00", True, "Mon 2026-03-30 08:00"),
    ],
)
def test_when_it_is_open_and_opens_next(moment: str, is_open: bool, opens: str) -> None:
    """The clock was changed in the night to 29 March: Monday opens at eight by the wall all the same."""
    assert OFFICE.is_open(at(moment)) is is_open
    assert wall(OFFICE.next_open(at(moment))) == opens


@pytest.mark.parametrize(
    ("calendar", "since", "days", "due"),
    [
        (OFFICE, "2026-03-02 10:30", 1, "Tue 2026-03-03 10:30"),
        (OFFICE, "2026-03-06 10:30", 1, "Mon 2026-03-09 10:30"),
        (OFFICE, "2026-03-02 10:30", 10, "Mon 2026-03-16 10:30"),
        (OFFICE, "2026-03-07 23:00", 1, "Tue 2026-03-10 08:00"),  # of a weekend Monday is the day that is given
        (OFFICE, "2026-03-06 20:00", 1, "Tue 2026-03-10 08:00"),
        (OFFICE, "2026-03-27 10:30", 1, "Mon 2026-03-30 10:30"),  # across the change to summer time
        (OFFICE, "2026-10-23 10:30", 1, "Mon 2026-10-26 10:30"),  # and back
        (SATURDAYS, "2026-03-06 16:00", 1, "Sat 2026-03-07 12:00"),  # kept within that day's hours
        (SATURDAYS, "2026-03-07 09:30", 1, "Mon 2026-03-09 09:30"),
        (ALWAYS, "2026-03-28 10:30", 1, "Sun 2026-03-29 10:30"),
        (OFFICE, "2026-03-07 23:00", 0, "Mon 2026-03-09 08:00"),
    ],
)
def test_working_days_are_counted_by_the_clock_on_the_wall(calendar: Calendar, since: str, days: int, due: str) -> None:
    assert wall(calendar.add_working_days(at(since), days)) == due


def test_nobody_s_calendar_is_never_around_the_clock() -> None:
    """No silent 24x7: days are counted Mo-Fr in UTC, and the calendar says that this is assumed."""
    calendar = assumed("nobody gave it")
    assert calendar.assumed
    assert "assumed: nobody gave it" in calendar.text
    friday, zone = datetime(2026, 3, 6, 22, tzinfo=UTC).timestamp(), ZoneInfo("UTC")
    assert wall(calendar.add_working_days(friday, 1), zone) == "Mon 2026-03-09 22:00"
    assert not calendar.is_open(friday + 24 * HOUR)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_has_as_many_hours_as_go_by(day: str, hours: int) -> None:
    start = at(f"{day} 00:00")
    assert ALWAYS.open_time(start, start + hours * HOUR) == hours * HOUR
    assert wall(ALWAYS.add_open_time(start, hours * HOUR))[-5:] == "00:00"


def test_hours_of_which_the_clock_skips_or_repeats_one_last_as_long_as_they_do() -> None:
    nights = Calendar.of("Europe/Amsterdam Su 00:00-06:00")
    assert nights.open_time(at("2026-03-29 00:00"), at("2026-03-30 00:00")) == 5 * HOUR
    assert nights.open_time(at("2026-10-25 00:00"), at("2026-10-26 00:00")) == 7 * HOUR
    skipped = Calendar.of("Europe/Amsterdam Su 02:00-03:00")
    assert wall(skipped.next_open(at("2026-03-28 12:00"))) == "Sun 2026-04-05 02:00"


def test_office_time_is_what_lies_within_office_hours() -> None:
    friday, monday = at("2026-03-27 16:00"), at("2026-03-30 09:30")
    assert OFFICE.open_time(friday, monday) == 2.5 * HOUR
    assert OFFICE.open_time(monday, friday) == 0
    assert wall(OFFICE.add_open_time(friday, 2.5 * HOUR)) == "Mon 2026-03-30 09:30"
    assert wall(OFFICE.add_open_time(at("2026-03-28 03:00"), HOUR)) == "Mon 2026-03-30 09:00"


moments = st.integers(min_value=1_500_000_000, max_value=1_900_000_000).map(float)
some = st.sampled_from(
    [
        OFFICE,
        SATURDAYS,
        ALWAYS,
        assumed("x"),
        Calendar.of("America/Havana Mo-Su 00:00-24:00"),
        Calendar.of("Asia/Kolkata We 09:15-09:45"),
    ]
)


@given(some, moments, st.integers(min_value=1, max_value=30))
def test_a_due_moment_is_later_and_more_days_are_later_still(calendar: Calendar, since: float, days: int) -> None:
    due = calendar.add_working_days(since, days)
    assert since < due < calendar.add_working_days(since, days + 1)
    assert calendar.open_time(since, due) > 0


@given(some, moments, st.integers(min_value=1, max_value=400_000))
def test_office_time_that_is_added_is_the_office_time_between(calendar: Calendar, since: float, seconds: int) -> None:
    end = calendar.add_open_time(since, seconds)
    assert calendar.open_time(since, end) == pytest.approx(seconds)


@given(some, moments, st.lists(st.integers(min_value=0, max_value=200_000), min_size=2, max_size=2))
def test_office_time_of_two_spans_is_that_of_both(calendar: Calendar, since: float, lengths: list[int]) -> None:
    middle, end = since + lengths[0], since + sum(lengths)
    assert calendar.open_time(since, middle) + calendar.open_time(middle, end) == pytest.approx(calendar.open_time(since, end))
    assert calendar.is_open(calendar.next_open(since))


# --- whose calendar ---


def given_calendar(model: OperatingModel, party: str, text: str) -> OperatingModel:
    return replace(model, settings={**model.settings, f"calendars.{party}": Setting(text)})


def plan(name: str) -> dict[str, frozenset[str]]:
    return {"plan": frozenset({name})}


def test_a_party_without_a_calendar_is_said_to_have_none() -> None:
    found = calendars(with_setting("calendars.customer", "Europe/Amsterdam Mo-Fr 08:00-17:00"), plan("other"))
    assert not found[Party.CUSTOMER].assumed
    assert found[Party.VENDOR].assumed
    assert "the setting calendars.vendor is not given" in found[Party.VENDOR].text


@pytest.mark.parametrize("name", ["anywhere365-wsp", "anywhere365-dialogue-cloud"])
def test_premium_plus_has_the_vendor_work_around_the_clock(name: str) -> None:
    """000 and 002: `Level 2/3 support including 24x7 for Premium Plus Support customers`."""
    model = given_calendar(load(FILE.with_name(f"{name}.yaml")), "vendor", "Europe/Amsterdam Mo-Fr 08:00-17:00")
    sunday = at("2026-03-08 03:00")
    plus = calendars(model, plan("premium_plus"))[Party.VENDOR]
    assert plus.is_open(sunday)
    assert plus.zone.key == "Europe/Amsterdam"
    assert "Premium Plus, vendor's summary, bullet 1" in plus.text
    assert not calendars(model, plan("premium_plus"))[Party.CUSTOMER].is_open(sunday)
    for facts in (plan("other"), {}):
        assert wall(calendars(model, facts)[Party.VENDOR].next_open(sunday)) == "Mon 2026-03-09 08:00"


@pytest.mark.parametrize("name", ["anywherenow-implementation", "anywhere365-partner-on-premises", "workcube"])
def test_a_document_without_the_plan_gives_nobody_more_hours(name: str) -> None:
    model = load(FILE.with_name(f"{name}.yaml"))
    assert calendars(model, plan("premium_plus"))[Party.VENDOR].assumed


# --- the waiting clock ---


@pytest.mark.parametrize(
    ("phase", "why", "whom"),
    [
        (Phase.NEW, {}, Holder.VENDOR),
        (Phase.WORKING, {}, Holder.VENDOR),
        (Phase.WORKING, {"joint": True}, Holder.BOTH),  # row 11: both hold R
        (Phase.WAITING_CUSTOMER, {"joint": True}, Holder.CUSTOMER),
        (Phase.SOLVED, {}, Holder.CUSTOMER),
        (Phase.WAITING_THIRD_PARTY, {}, Holder.THIRD_PARTY),
        (Phase.WORKING, {"held": True}, Holder.CUSTOMER),  # held counts for the customer
        (Phase.WORKING, {"halted": True}, Holder.NOBODY),  # an outage and a parked ticket for nobody
        (Phase.WAITING_CUSTOMER, {"halted": True, "held": True}, Holder.NOBODY),
        (Phase.CLOSED, {}, Holder.NOBODY),
        (Phase.CANCELLED, {"held": True}, Holder.NOBODY),
    ],
)
def test_on_whom_a_case_waits(phase: Phase, why: dict[str, bool], whom: Holder) -> None:
    assert on_whom(phase, Party.CUSTOMER, **why) is whom


def test_where_a_partner_has_the_case_it_waits_on_the_partner() -> None:
    assert on_whom(Phase.WAITING_CUSTOMER, Party.PARTNER) is Holder.PARTNER
    assert on_whom(Phase.WORKING, Party.PARTNER, held=True) is Holder.PARTNER


FRIDAY = at("2026-03-06 16:00")
STEPS = [
    (FRIDAY, Holder.VENDOR),
    (at("2026-03-09 09:00"), Holder.BOTH),
    (at("2026-03-09 11:00"), Holder.NOBODY),
    (at("2026-03-09 12:00"), Holder.CUSTOMER),
]
NOW = at("2026-03-09 18:00")
HOURS = {Party.CUSTOMER: OFFICE, Party.VENDOR: assumed("not given")}


def test_time_is_counted_for_who_holds_and_joint_time_for_both() -> None:
    found = clock(STEPS, NOW, HOURS)
    assert found.by_holder[Holder.VENDOR] == at("2026-03-09 09:00") - FRIDAY
    assert (found.by_holder[Holder.BOTH], found.by_holder[Holder.NOBODY]) == (2 * HOUR, HOUR)
    assert found.by_party[Party.CUSTOMER].wall == 8 * HOUR
    assert found.by_party[Party.CUSTOMER].working == 7 * HOUR  # of its six hours alone one is after five
    assert found.by_party[Party.VENDOR].wall == 65 * HOUR + 2 * HOUR
    assert found.by_party[Party.VENDOR].working is None  # nobody gave its calendar: no office time is made up


def test_the_clock_does_not_depend_on_the_order_of_what_it_is_given() -> None:
    assert clock(STEPS[::-1], NOW, HOURS) == clock(STEPS, NOW, HOURS)
    assert set(clock([], NOW, HOURS).by_holder.values()) == {0}


@given(
    st.lists(st.tuples(moments, st.sampled_from(Holder)), max_size=8, unique_by=lambda one: one[0]),
    moments,
    st.floats(min_value=0, max_value=1e6),
)
def test_all_time_is_somebody_s_and_none_is_lost(steps: list[tuple[float, Holder]], now: float, later: float) -> None:
    found, then = clock(steps, now, {}), clock(steps, now + later, {})
    seen = [moment for moment, _ in steps if moment <= now]
    assert sum(found.by_holder.values()) == pytest.approx(now - min(seen) if seen else 0)
    assert all(then.by_holder[one] >= found.by_holder[one] for one in Holder)
