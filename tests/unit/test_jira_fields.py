"""Values of Jira's fields as strings: every shape that Jira answers has one, and every string finds its way back."""

from __future__ import annotations

from typing import Any

import pytest

from adapters import adf
from adapters.base import Refused
from adapters.jira_fields import Fields, Kind, seconds

TEXTAREA = "com.atlassian.jira.plugin.system.customfieldtypes:textarea"
KINDS = {
    name: Kind.of({"schema": schema, "name": name.title()})
    for name, schema in {
        "summary": {"type": "string", "system": "summary"},
        "description": {"type": "string", "system": "description"},
        "labels": {"type": "array", "items": "string", "system": "labels"},
        "components": {"type": "array", "items": "component", "system": "components"},
        "severity": {"type": "option"},
        "effort": {"type": "number"},
        "owner": {"type": "user"},
        "watchers": {"type": "array", "items": "user"},
        "due": {"type": "date"},
        "work": {"type": "string", "custom": TEXTAREA},
    }.items()
}
CLOUD, CENTRE = Fields(cloud=True, kinds=KINDS), Fields(cloud=False, kinds=KINDS)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("summary", None, ""),
        ("summary", "a  b", "a  b"),
        ("labels", ["a", "b"], "a b"),
        ("components", [{"name": "Core"}, {"name": "Web"}], "Core\nWeb"),
        ("severity", {"value": "High", "id": "3"}, "High"),
        ("severity", {"value": "Asia", "child": {"value": "Japan"}}, "Asia - Japan"),
        ("effort", 3.0, "3"),
        ("effort", 2.5, "2.5"),
        ("effort", True, "true"),
        ("owner", {"accountId": "5b1", "displayName": "Mia"}, "5b1"),
        ("owner", {"name": "mia", "key": "JIRAUSER1"}, "mia"),
        ("project", {"key": "SUP", "name": "Support", "projectTypeKey": "software"}, "SUP"),
        ("request", {"requestType": {"name": "Ask"}}, "Ask"),
        ("description", adf.document("a\n\nb"), "a\n\nb"),
        ("unheard-of", {"strange": {}}, ""),
    ],
)
def test_a_value_is_read(name: str, value: Any, text: str) -> None:
    assert CLOUD.flat({name: value}, [name]) == {name: text}


def test_what_did_not_come_back_is_absent_and_parts_are_reached() -> None:
    fields = {"owner": {"accountId": "5b1", "displayName": "Mia"}, "empty": None}
    wanted = ["owner.displayName", "owner.nothing", "empty.part", "hidden"]
    assert CLOUD.flat(fields, wanted) == {"owner.displayName": "Mia", "owner.nothing": "", "empty.part": ""}


@pytest.mark.parametrize(
    ("name", "text", "cloud", "centre"),
    [
        ("summary", "x", "x", "x"),
        ("labels", "a  b", ["a", "b"], ["a", "b"]),
        ("labels", "", [], []),
        ("components", "Core\nWeb", [{"name": "Core"}, {"name": "Web"}], [{"name": "Core"}, {"name": "Web"}]),
        ("severity", "High", {"value": "High"}, {"value": "High"}),
        ("severity", "", None, None),
        ("effort", "2.50", 2.5, 2.5),
        ("effort", "", None, None),
        ("owner", "mia", {"accountId": "mia"}, {"name": "mia"}),
        ("watchers", "mia\ntom", [{"accountId": "mia"}, {"accountId": "tom"}], [{"name": "mia"}, {"name": "tom"}]),
        ("due", "2026-11-22", "2026-11-22", "2026-11-22"),
        ("work", "*a*", adf.document("*a*"), "\\*a*"),
        ("work", "", None, ""),
    ],
)
def test_a_text_is_written(name: str, text: str, cloud: Any, centre: Any) -> None:
    assert CLOUD.native({name: text}) == {name: cloud}
    assert CENTRE.native({name: text}) == {name: centre}


@pytest.mark.parametrize(("name", "text"), [("effort", "much"), ("effort", "nan"), ("owner.displayName", "Mia")])
def test_what_cannot_be_written_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(Refused) as caught:
        CLOUD.native({name: text})
    assert caught.value.fields == (name,)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("labels", "b a b", "a b"),
        ("effort", "3.0", "3"),
        ("summary", " a  b ", "a b"),
        ("work", "a  \r\nb\n", "a\nb"),
        ("severity", "e\u0301", "\u00e9"),
    ],
)
def test_values_that_count_as_the_same(name: str, one: str, other: str) -> None:
    assert CLOUD.normal(name, one) == CLOUD.normal(name, other)
    assert CLOUD.normal(name, one) != CLOUD.normal(name, "something else")


def test_times_of_every_form() -> None:
    assert seconds("2026-01-01T01:00:00.500+0100") == 1767225600.5
    assert seconds(1767225600500) == 1767225600.5
    assert seconds(1767225600) == 1767225600.0
    assert seconds("soon") == seconds(None) == 0.0


def test_a_name_of_a_field_leads_to_its_id() -> None:
    assert (CENTRE.named("Severity"), CENTRE.named("severity"), CENTRE.named("Sprint")) == ("severity", "severity", "Sprint")
