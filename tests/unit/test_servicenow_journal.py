"""Texts of ServiceNow journals: what we write is read back, what people write stays theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Comment
from adapters.marking import fit, split_marker
from adapters.servicenow_journal import local_of, of_display, of_row, to_send

MARKER = "k1-0123456789abcdef0123"
LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
TEXTS = st.lists(st.one_of(LINES, st.just(""), st.just("[code]"), st.just(f"> [ref:{MARKER}]")), max_size=6).map("\n".join)


def written(text: str, *, by_us: bool) -> Comment:
    return of_row({"sys_id": "1", "element": "comments", "value": text}, by_us=by_us)


@given(TEXTS)
def test_what_we_write_is_read_back(text: str) -> None:
    comment = written(to_send(text, MARKER), by_us=True)
    assert (comment.text, comment.marker, comment.format) == (fit(text), MARKER, "plain")


@given(TEXTS)
def test_nothing_we_write_is_rendered(text: str) -> None:
    assert "[code]" not in to_send(text, MARKER).lower()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Text\n\n[ref:{MARKER}]", ("Text", MARKER)),
        (f"Text\r\n\r\n[ref:{MARKER}]\r\n", ("Text", MARKER)),
        (f"Text\n[ref:{MARKER}]  \n\n", ("Text", MARKER)),
        (f"[ref:{MARKER}]", ("", MARKER)),
        (f"Text [ref:{MARKER}]", (f"Text [ref:{MARKER}]", "")),
        (f"[ref:{MARKER}]\nText", (f"[ref:{MARKER}]\nText", "")),
        (f"Text\n> [ref:{MARKER}]", (f"Text\n> [ref:{MARKER}]", "")),
        ("Text\n[ref:INC0010001]", ("Text\n[ref:INC0010001]", "")),
    ],
)
def test_a_marker_counts_only_as_the_last_line(text: str, expected: tuple[str, str]) -> None:
    assert split_marker(text) == expected


@pytest.mark.parametrize(
    ("shown", "offset"),
    [
        ("2026-07-13 10:29:21", 0),
        ("2026-07-13 12:29:21", 2),
        ("13-Jul-2026 12:29:21", 2),
        ("13.07.2026 12:29:21", 2),
        ("13/07/2026 12:29:21", 2),
        ("07/13/2026 02:29:21 PM", 4),
        ("2026-07-13 12:29", 2),
        ("2026-07-14 00:29:21", 14),
        ("2026-07-12 22:29:21", -12),
    ],
)
def test_the_zone_and_the_format_follow_from_one_time(shown: str, offset: int) -> None:
    local = local_of([("2026-07-13 10:29:21", shown)])
    assert local is not None
    assert local.offset == timedelta(hours=offset)


@pytest.mark.parametrize("shown", ["yesterday", "2026-07-20 10:29:21", ""])
def test_what_no_format_explains_is_not_guessed(shown: str) -> None:
    assert local_of([("2026-07-13 10:29:21", shown)]) is None
    record = {"sys_updated_on": {"value": "2026-07-13 10:29:21", "display_value": shown}}
    entry = {"comments": {"value": "", "display_value": "2026-07-13 10:29:21 - A B (Additional comments)\nText\n\n"}}
    assert of_display({**record, **entry}, "Us") == []


def test_both_places_are_merged_by_time_in_any_language() -> None:
    notes = "13.07.2026 12:31:00 - Connector (Arbeitsnotizen)\nzwei\n\n[ref:k1-0123456789abcdef]\n\n"
    said = "13.07.2026 12:32:00 - Anna (IT) Berg (Zus\u00e4tzliche Kommentare)\ndrei\n\n"
    said += "13.07.2026 12:30:00 - Anna (IT) Berg (Zus\u00e4tzliche Kommentare)\neins\n\nund mehr\n\n"
    stamp = {"value": "2026-07-13 10:32:00", "display_value": "13.07.2026 12:32:00"}
    record = {
        "sys_updated_on": stamp,
        "sys_created_on": stamp,
        "comments": {"value": "", "display_value": said},
        "work_notes": {"value": "", "display_value": notes},
    }
    found = of_display(record, "Connector")
    assert [(c.place, c.author, c.text, c.by_us, c.marker, c.created) for c in found] == [
        ("comments", "Anna (IT) Berg", "eins\n\nund mehr", False, "", "2026-07-13T10:30:00Z"),
        ("work_notes", "Connector", "zwei", True, "k1-0123456789abcdef", "2026-07-13T10:31:00Z"),
        ("comments", "Anna (IT) Berg", "drei", False, "", "2026-07-13T10:32:00Z"),
    ]
