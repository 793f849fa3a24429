"""The section `levels` of a mapping, what its model says of it, and the count of questions back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.base import Event, Problem, Snapshot
from connector.mapping.load import MappingError, loads
from connector.rasci.bounces import Bounce, bounces
from connector.rasci.replies import Topic
from connector.settings.agree import disagreements
from connector.words import Handed, Reply, Side
from tests.models.named import shipped
from tests.unit.test_mapping_topics import SHIPPED

LEVELS = "levels: {field: assignment_group, values: {L1: [a, b], L2: c}}\n"


def ticket(group: str) -> Snapshot:
    return Snapshot("1", "INC1", {"assignment_group": group}, (), (), 0.0, 0.0, created_by_us=False)


def moved(*groups: str, field: str = "assignment_group") -> list[Event]:
    return [Event(field, old, new, "ann", by_us=False, at=0.0) for old, new in pairwise(groups)]


def test_the_field_says_which_level_has_it_and_its_history_which_had() -> None:
    levels = loads(SHIPPED + LEVELS).levels
    assert [levels.now(ticket(group)) for group in ("a", " b ", "c", "d", "")] == ["L1", "L1", "L2", "", ""]
    assert levels.now(Snapshot("1", "INC1", {}, (), (), 0.0, 0.0, created_by_us=False)) == ""
    assert levels.been(ticket("d"), moved("a", "c", "d")) == {"L1", "L2"}
    assert levels.been(ticket("d"), moved("c", "d")) == {"L2"}, "where it began is known by what it was changed from"
    assert levels.been(ticket("a"), moved("c", "d", field="state")) == {"L1"}


def test_without_the_section_there_are_no_levels() -> None:
    mapping = loads(SHIPPED)
    assert not mapping.levels
    assert mapping.levels.now(ticket("a")) == ""
    assert mapping.reads(Side.CUSTOMER) == loads(SHIPPED + LEVELS).reads(Side.CUSTOMER) - {"assignment_group"}


@pytest.mark.parametrize(
    ("section", "place", "message"),
    [
        ("levels: {}\n", "levels", "the key 'field' is missing"),
        ("levels: {field: g, values: {L1: a}, more: x}\n", "levels.more", "unknown key 'more'"),
        ("levels: {field: g, values: {}}\n", "levels.values", "no level is named"),
        ("levels: {field: g, values: {L1: []}}\n", "levels.values.L1", "no value"),
        ("levels: {field: g, values: {L1: ''}}\n", "levels.values.L1", "no value"),
        ("levels: {field: g, values: {L1: [a, b], L2: [b]}}\n", "levels.values.L2", "'b' stands for L1 already, in line"),
        ("levels: {field: g, values: {L1: [a, ' a']}}\n", "levels.values.L1", "'a' stands for L1 already, in line"),
        ("levels: {field: g, values: {L1: a, L1: b}}\n", "levels.values.L1", "stands here twice"),
        ("levels: {field: work_notes, values: {L1: a}}\n", "levels.field", "is a place of comments"),
        ("levels: {field: assignment_group.name, values: {L1: a}}\n", "levels.field", "a field of another record"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_a_remedy(section: str, place: str, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        loads(SHIPPED + section, "m.yaml")
    problem = caught.value.problems[0]
    assert problem.place == f"m.yaml:{len(SHIPPED.splitlines()) + 1} {place}"
    assert message in problem.message
    assert problem.remedy


def _against(folder: Path, model: str, values: str) -> list[Problem]:
    file = folder / "m.yaml"
    file.write_text(f"{SHIPPED}levels: {{field: assignment_group, values: {{{values}}}}}\n", encoding="utf-8")
    return disagreements(file, shipped(model))


@pytest.mark.parametrize(
    ("model", "values", "key", "message"),
    [
        ("anywhere365-partner-on-premises", "L1: a, L2: b, L9: c", ".L9", "'L9' is no level in the operating model"),
        ("anywhere365-partner-on-premises", "L1: a, L2: b, L3: c", ".L3", "works in the vendor's system"),
        ("anywhere365-partner-on-premises", "L1: a", "", "a case comes from there only"),
        ("anywhere365-dialogue-cloud", "L1: a, L2: b", ".L2", "works in the vendor's system"),
        ("workcube", "L2: b, L3: c", ".L3", "works in the vendor's system"),
    ],
)
def test_what_the_model_does_not_bear_is_told(tmp_path: Path, model: str, values: str, key: str, message: str) -> None:
    (problem,) = _against(tmp_path, model, values)
    assert problem.place == f"m.yaml:{len(SHIPPED.splitlines()) + 1} levels.values{key}"
    assert message in problem.message
    assert problem.remedy


@pytest.mark.parametrize("values", ["L1: a, L2: b", "L2: b"])
@pytest.mark.parametrize("model", ["anywhere365-partner-on-premises", "workcube"])
def test_the_levels_of_the_customers_side_may_be_named(tmp_path: Path, model: str, values: str) -> None:
    assert _against(tmp_path, model, values) == []


# --- questions back ------------------------------------------------------------------------------------------------

FIRST = Handed("L1-L2", 10.0, ("proof", "impact"), ("proof",))
LAST = Handed("L2-L3", 50.0, ("actions", "impact"), ("actions",), waits=(60.0, 80.0))


def said(*words: tuple[float, str]) -> list[Reply]:
    return [Reply(Topic.BOUNCE, text, "ann", at) for at, text in words]


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ([], [], [60.0, 80.0]),
        ([(20.0, "proof: which log?")], [20.0], [60.0, 80.0]),
        ([(20.0, "Impact")], [20.0], [60.0, 80.0]),
        ([(70.0, "impact")], [], [70.0, 80.0]),  # of the newest that lists it, and what the case waited for
        ([(70.0, "proof")], [70.0], [60.0, 80.0]),
        ([(70.0, "actions"), (75.0, "impact"), (90.0, "actions")], [], [70.0, 75.0, 90.0]),
        ([(5.0, "proof")], [], [60.0, 80.0]),  # nothing had been handed over
    ],
)
def test_each_question_back_counts_once(words: Sequence[tuple[float, str]], first: list[float], last: list[float]) -> None:
    found = bounces([FIRST, LAST], said(*words))
    assert [[one.at for one in each] for each in found] == [first, last]


def test_who_said_what_is_kept() -> None:
    ((one,),) = bounces([FIRST], [*said((20.0, "proof: which?")), Reply(Topic.STATEMENT, "proof", "bob", 21.0)])
    assert one == Bounce(20.0, "proof", "ann")
