"""Comments of ServiceNow: rows of the journal, or the display text where we may not read those."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from adapters.base import Change, NewComment, Refused
from tests.contract.rig import MARKER
from tests.contract.servicenow_desk import OAUTH, WORDS, Desk, fresh_desk, new_desk


@pytest.fixture
def desk() -> Desk:
    return new_desk()


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
    desk.adapter.check(WORDS.uses)
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
        assert desk.adapter.check(WORDS.uses) == []
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

    def test_missing_rights_are_reported_and_never_change_the_way(self, desk: Desk) -> None:
        before = [c.id for c in desk.comments()]
        desk.system.journal_rights = False
        desk.again()
        assert [p.place for p in desk.adapter.check(WORDS.uses)] == ["servicenow.sys_journal_field"]
        assert desk.comments() == ()
        desk.system.journal_rights = True
        assert [c.id for c in desk.comments()] == before

    def test_a_fresh_instance_is_no_problem(self) -> None:
        desk = fresh_desk()
        assert desk.adapter.check(WORDS.uses) == []
        desk.ref = desk.people_open()
        assert desk.comments() == ()
        desk.people_say("The first word ever")
        assert [c.text for c in desk.comments()] == ["The first word ever"]

    def test_who_we_are_must_be_known(self, desk: Desk) -> None:
        desk.system.journal_rights = False
        desk.again(**OAUTH, journal="display", user="somebody")
        assert "servicenow.display_name" in [p.place for p in desk.adapter.check(WORDS.uses)]
