"""The judge knows whose a ticket is from its own table: a connector that decides otherwise is found out."""

from __future__ import annotations

import pytest

from connector.sandbox.judge import Sentence
from connector.sandbox.judge_table import ASKED, STATED, Due
from tests.unit.test_judge import L1, Play

NOTE = "[Ticket connector] This ticket does not go to the vendor: it stays here. Row 12."


def unlinked(held: str | None = "row 12: it stays") -> Play:
    play = Play(linked=False)
    play.row |= {"state": "candidate", "held": held}
    return play


def judged(play: Play, due: Due) -> Sentence:
    return play.judge(due={play.number: due})


def texts(sentence: Sentence, kind: str) -> str:
    return " ".join(finding.text for finding in getattr(sentence, kind))


def test_a_ticket_that_stays_counts_as_refused_and_not_as_held() -> None:
    play = unlinked()
    play.patch(work_notes=NOTE)
    sentence = judged(play, Due(case=False, told="Row 12"))
    assert sentence.ok, sentence.findings
    assert (sentence.tickets, sentence.bonds, sentence.held, sentence.refused) == (1, 0, 0, 1)


def test_a_ticket_that_stays_and_has_a_case_is_a_violation() -> None:
    assert "stays with its own people" in texts(judged(Play(), Due(case=False)), "violations")


def test_a_ticket_that_goes_and_has_no_case_is_lost() -> None:
    assert "never reached the vendor" in texts(judged(unlinked(), Due(case=True)), "lost")


def test_level_1_has_to_be_told_why_it_stays() -> None:
    play = unlinked()
    assert "'Row 12'" in texts(judged(play, Due(case=False, told="Row 12")), "unexplained")
    play.sn.comment(play.ref, L1, NOTE, public=False)  # a person's words are none of ours
    assert "'Row 12'" in texts(judged(play, Due(case=False, told="Row 12")), "unexplained")


def test_a_ticket_that_stays_and_of_which_the_connector_gives_no_reason_is_unexplained() -> None:
    assert "gives no reason" in texts(judged(unlinked(held=None), Due(case=False)), "unexplained")


@pytest.mark.parametrize("topics", [STATED, ASKED])
def test_a_case_without_a_persons_line_before_is_a_violation(topics: tuple[str, ...]) -> None:
    play = Play()
    due = Due(case=True, after=topics)
    assert "was opened before" in texts(judged(play, due), "violations")
    play.sn.comment(play.ref, L1, f"#connector {topics[0]} two users, two networks", public=False)  # too late
    assert "was opened before" in texts(judged(play, due), "violations")


@pytest.mark.parametrize(
    ("text", "public", "counts"),
    [
        ("seen here\n#connector statement two users, two networks", False, True),
        ("#connector submit the vendor asked for it", False, True),
        ("#connector statement", False, False),
        ("#connector consult how does it work", False, False),
        ("#connector statement two users", True, False),
    ],
)
def test_the_line_is_a_work_note_with_words(text: str, public: bool, counts: bool) -> None:
    play = Play(linked=False)
    play.sn.comment(play.ref, L1, text, public=public)
    play.wait(5)
    play.case = play.open_case()
    play.row |= {"case_ref": play.case, "case": play.portal.ticket(play.case).number}
    assert ("was opened before" not in texts(judged(play, Due(case=True, after=STATED)), "violations")) is counts
