"""What a mapping says of what the vendor starts: which cases are news, and what a ticket that tells of one may begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.base import Snapshot
from connector.mapping.load import MappingError, loads
from connector.rasci.model import load as load_model
from connector.settings.agree import disagreements
from connector.words import News, Side

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8").replace("  # caller: ", "  caller: ")
SUPPLY = """
supply:
  rows:
    - {when: {field: Queue, is: Maintenance}, task: monitoring, what: maintenance, per: [DynamicField_System, DynamicField_Site]}
    - {when: {field: Queue, is: Alarms}, task: monitoring, what: alarms}
  ticket:
    short_description: "{{ Title }}"
    description: "Case {{ number }}{% if url %} ({{ url }}){% endif %}"
    state: 1
"""
MAPPING = loads(SHIPPED + SUPPLY, "m.yaml")


def case(**fields: str) -> Snapshot:
    return Snapshot("7", "2026007", fields, (), (), 0.0, 0.0, created_by_us=False, url="https://portal.example/7")


def wrong(before: str, after: str) -> str:
    """What loading says of one wrong thing, without its place."""
    assert SUPPLY.count(before) == 1
    with pytest.raises(MappingError) as refused:
        loads(SHIPPED + SUPPLY.replace(before, after), "m.yaml")
    return str(refused.value)


def test_cases_about_the_same_are_the_same_news_however_it_is_written() -> None:
    west = MAPPING.supply.news(case(Queue="maintenance", DynamicField_System="West ", DynamicField_Site="AMS"))
    again = MAPPING.supply.news(case(Queue="Maintenance", DynamicField_System="west", DynamicField_Site="ams"))
    assert west is not None
    assert again is not None
    assert (
        (west.task, west.what, west.about) == ("monitoring", "maintenance", "west|ams") == (again.task, again.what, again.about)
    )
    assert "Queue is 'maintenance'" in west.because


@pytest.mark.parametrize("fields", [{"Queue": "Maintenance"}, {"Queue": "Alarms", "DynamicField_System": "west"}])
def test_a_case_that_says_nothing_of_it_is_news_by_itself(fields: dict[str, str]) -> None:
    found = MAPPING.supply.news(case(**fields))
    assert isinstance(found, News)
    assert found.about == "7"


def test_other_cases_are_no_news() -> None:
    assert MAPPING.supply.news(case(Queue="Support")) is None
    assert loads(SHIPPED).supply.news(case(Queue="Maintenance")) is None


def test_the_ticket_begins_as_it_says() -> None:
    written = MAPPING.supply.written(case(Title="West on Sunday"))
    assert written == {
        "short_description": "West on Sunday",
        "description": "Case 2026007 (https://portal.example/7)",
        "state": "1",
    }


def test_all_that_is_asked_is_read_and_proved() -> None:
    assert {"Queue", "DynamicField_System", "DynamicField_Site", "Title"} <= MAPPING.reads(Side.VENDOR)
    assert MAPPING.uses(Side.CUSTOMER).creates == {"short_description", "description", "state"}
    assert MAPPING.uses(Side.VENDOR).creates == frozenset()


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("state: 1", "state: 6", "m.yaml:LINE supply.ticket.state: the ticket would begin in a state that ends it"),
        ("state: 1", 'state: "{{ State }}"', "the status of a ticket is not the vendor's to say"),
        ("state: 1", 'caller_id.user_name: "{{ CustomerUserID }}"', "the caller of a ticket is not the vendor's to say"),
        ("state: 1", 'work_notes: "{{ Title }}"', "'work_notes' is a place of comments"),
        ("state: 1", "state: 1\n    comments: hello", "'comments' is a place of comments"),
        ("what: alarms", "what: gossip", "gossip"),
        ("what: alarms", "wat: alarms", "wat"),
        ("Queue, is: Alarms", "visible, is: Alarms", "'visible' is a place of comments"),
        ("{{ Title }}", "{{ Title", "the template does not parse"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(before: str, after: str, says: str) -> None:
    found = wrong(before, after)
    assert says.partition("LINE ")[2] in found if "LINE" in says else says in found
    assert "m.yaml:" in found


def test_an_empty_section_is_refused() -> None:
    with pytest.raises(MappingError, match="no row says what is news"):
        loads(f"{SHIPPED}\nsupply:\n  rows: []\n  ticket: {{short_description: x}}\n")


def test_a_row_that_the_model_does_not_start_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(SHIPPED + SUPPLY.replace("monitoring, what: alarms", "l2-3-support, what: alarms"), encoding="utf-8")
    model = load_model(ROOT / "config" / "operating-models" / "anywhere365-dialogue-cloud.yaml")
    (problem,) = disagreements(file, model)
    assert "'l2-3-support' is no row by which the vendor starts something" in problem.message
