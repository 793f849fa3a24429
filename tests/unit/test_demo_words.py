"""The words of the demo: what the connector decided and by which rule, each rule once."""

from __future__ import annotations

from typing import Any

from connector.cli.demo_rules_words import Teller

SUBMIT = {"id": "submitting", "source": "row 2", "basis": "stated", "not_stated": {}, "rasci": {"customer": ["A", "R"]}}
CHANGE = {
    "id": "change",
    "source": "row 6",
    "basis": "stated",
    "not_stated": {"vendor": {"basis": "inferred", "why": "so it reads"}},
    "rasci": {"vendor": ["C", "S"], "customer": ["A", "R"]},
}
STAYS = {"task": "change", "clause": "row 6", "verdict": "hold", "reason": "it stays"}
GOES = {"task": "submitting", "clause": "row 2; bullet 4", "verdict": "allow", "reason": "Submitted by Lena Lund."}


def lines(*events: tuple[str, dict[str, Any]]) -> list[tuple[str, str]]:
    teller = Teller({"submitting": SUBMIT, "change": CHANGE})
    return [(line.text, line.rule) for kind, event in events for line in teller.tell(kind, event)]


def test_letters_are_told_in_words_once_and_inferred_ones_are_marked() -> None:
    held = ("held", {"reason": "Category is 'x' (asked: is 'x'): it stays", "ruling": STAYS})
    first, second = lines(held, held)
    assert first == (
        "Does not send it. Category is 'x': it stays",
        "row 6: the vendor helps when asked and is asked for advice (C,S, inferred), the customer does the work and answers for it (A,R)",
    )
    assert second == (first[0], "")


def test_a_case_is_told_with_who_submitted_it() -> None:
    ((text, rule),) = lines(("ruled", {"act": "submit", "ruling": GOES}), ("created", {"number": "17"}))
    assert text == "Opens case 17 at the vendor's. Submitted by Lena Lund."
    assert rule == "row 2: the customer does the work and answers for it (A,R); bullet 4"


def test_a_case_whose_number_was_lost_and_one_that_only_asks() -> None:
    asked = ("replied", {"topic": "consult"})
    ((text, _),) = lines(asked, ("ruled", {"act": "submit", "ruling": GOES}), ("created", {"number": ""}))
    assert text.startswith("Opens a case at the vendor's. It is a question")


def test_a_ruling_on_a_system_names_no_letters_of_another_row() -> None:
    ruling = {**STAYS, "clause": "systems overview, item 3"}
    assert lines(("held", {"reason": "it stays", "ruling": ruling})) == [
        ("Does not send it. it stays", "systems overview, item 3")
    ]


def test_routine_is_not_told() -> None:
    taken_back = ("held", {"reason": "it is not meant for the vendor (any more)", "ruling": None})
    reminder = ("duty", {"id": "confirm", "state": "open", "party": "customer", "what": "a word", "ruling": GOES})
    assert lines(taken_back, reminder, ("verified", {}), ("agreed", {})) == []
