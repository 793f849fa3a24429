"""A wrong binding is refused as a whole, and each problem names its place and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.bound_load import load, schema
from adapters.bound_settings import RestSettings, SoapSettings
from adapters.bound_source import BindingError
from adapters.bound_templates import TemplateProblem, compiled
from adapters.bound_times import Times
from adapters.bound_values import Filling, Written, field_at, found, listed, told
from tests.contract.help_desk import pieces

ROOT = Path(__file__).parents[2]
DESK = pieces("help-desk.yaml")
SHIPPED = sorted(path.stem for path in (ROOT / "bindings").glob("*.yaml"))


def refused(folder: Path, text: str) -> list[str]:
    (folder / "b.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BindingError) as caught:
        load(str(folder / "b.yaml"))
    assert all(problem.remedy for problem in caught.value.problems)
    return [f"{one.place}: {one.message}. {one.remedy}" for one in caught.value.problems]


@pytest.mark.parametrize(
    ("there", "instead", "place", "words"),
    [
        ("speaks: rest", "speaks: xml", "speaks", "'rest' or 'soap'"),
        ("speaks: rest", "speaks: soap", "speaks", "needs services"),
        ("  number: number", "  nummer: number", "ticket.nummer", "did you mean 'number'"),
        ("  ref: id  ", "  ref: 'a..b'  ", "ticket.ref", "is no path"),
        ("  changed: changed_at\n", "", "ticket.changed", "is missing"),
        ("times: iso", "times: whenever", "times", "no form of times"),
        ('refs: "[1-9][0-9]{0,9}"', "refs: '['", "refs", "regular expression"),
        ("{{ since }}", "{{ sinc }}", "changed.query.changed_since", "unknown name 'sinc'"),
        ("{{ since }}", "{{ since.year }}", "changed.query.changed_since", "not allowed"),
        ("{{ since }}", "{{ since", "changed.query.changed_since", "does not parse"),
        ("join(',')", "tojson", "read.query.ids", "filter 'tojson'"),
        ("  get: /tickets\n  query: {changed", "  patch: /tickets\n  query: {changed", "changed.patch", "must not change"),
        ("  get: /tickets\n  query: {changed", "  get: /a\n  post: /tickets\n  query: {changed", "changed", "one call has one"),
        ("means: gone", "means: vanished", "errors[0].means", "'gone'"),
        ('at: error.code, says: "^locked$", means', "means", "errors[2]", "an error only where it says so"),
        ("internal_place: internal", "internal_place: secret", "can.internal_place", "no place of comments"),
        ("text_with_marker", "text", "comment", "does not carry our marker"),
        ('reference: "{{ marker }}", description', "description", "create", "does not carry our marker"),
        ("  keep: {ref: ticket.id, number: ticket.number}\n", "", "create", "id is not kept"),
        ('as_truth: "{{ place_value }}"', "each_of: refs", "comment.json", "names no list"),
        ("file_as: bytes", "file_as: hex", "attach.multipart", "not possible here"),
        ("  marker: {in: reference}", "  marker: {in: state}", "ticket.marker", "overwrite our marker"),
        ("paging: {by: page, size: 3}", "paging: {by: cursor}", "changed.paging", "next is missing"),
        ("binding: help-desk", "binding: help-desk\nbinding: help-desk", "binding", "stands here twice"),
        ("binding: help-desk", "binding: &a help-desk\ndescription: *a", "", "aliases"),
        ("binding: help-desk", "binding: [", "", "not YAML"),
        ("times: iso", "times: 'FILL IN: how times are written'", "times", "still to be filled in (how times are written)"),
    ],
)
def test_it_is_told_where_and_what(tmp_path: Path, there: str, instead: str, place: str, words: str) -> None:
    assert there in DESK
    said = refused(tmp_path, DESK.replace(there, instead, 1))
    line = DESK[: DESK.index(there)].count("\n") + 1
    (first, *_) = said
    assert words in first
    assert f" {place}:" in first or not place
    assert abs(int(first.split(":")[1].split()[0]) - line) <= 8  # of the key, or of the section that lacks it


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = (
        DESK.replace("{{ since }}", "{{ a }}")
        .replace("{{ marker }}", "{{ b }}")
        .replace("internal_place: internal", "internal_place: x")
    )
    assert len(refused(tmp_path, text)) >= 4


def test_the_last_step_is_the_write(tmp_path: Path) -> None:
    start = DESK.index("comment:\n")
    end = DESK.index("attach:\n")
    two = 'comment:\n  - post: /a\n    json: "{{ text_with_marker }}"\n  - post: /b\n    json: "{{ text_with_marker }}"\n'
    assert "two calls that change something" in refused(tmp_path, DESK[:start] + two + DESK[end:])[0]
    last = 'comment:\n  - post: /a\n    json: "{{ text_with_marker }}"\n    prepares: yes\n  - get: /b\n'
    assert "the write itself" in refused(tmp_path, DESK[:start] + last + DESK[end:])[0]


@pytest.mark.parametrize(
    ("there", "instead", "words"),
    [
        ("ask: incident.getRecords", "ask: incidents.getRecords", "no service 'incidents'"),
        ("ask: incident.getRecords", "ask: incident.getRecord", "no operation 'getRecord'"),
        ("    __first_row:", "    __frist_row:", "did you mean '__first_row'"),
        ("tell: incident.insert", "ask: incident.insert", "the write itself"),
        ("servicenow/sys_audit.wsdl", "servicenow/no.wsdl", "cannot be read"),
    ],
)
def test_a_soap_binding_is_checked_against_its_wsdl(tmp_path: Path, there: str, instead: str, words: str) -> None:
    (tmp_path / "servicenow").symlink_to(ROOT / "bindings/servicenow")
    text = (ROOT / "bindings/servicenow-direct-soap.yaml").read_text(encoding="utf-8")
    assert any(words in one for one in refused(tmp_path, text.replace(there, instead, 1)))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_ones_are_in_order(name: str) -> None:
    assert load(name).file.binding == name


def test_a_name_that_is_not_shipped_is_said() -> None:
    with pytest.raises(BindingError, match="roundup-rest"):
        load("redmine")


def test_the_schema_for_editors_is_up_to_date() -> None:
    assert json.loads((ROOT / "bindings/binding.schema.json").read_text(encoding="utf-8")) == schema()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "the secret password is missing"),
        ({"password": "x"}, "the key user is missing"),
        ({"user": "u", "password": "x", "values": {"queue": "q"}}, "knows no value 'queue'"),
        ({"user": "u", "password": "x", "binding": "servicenow-direct-soap"}, "write system: soap|speaks soap"),
        ({"user": "u", "password": "x", "binding": "nowhere.yaml"}, "cannot be read"),
    ],
)
def test_settings_say_what_the_binding_needs(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        RestSettings.model_validate({"binding": "roundup-rest", "url": "http://x", **given})


def test_values_of_a_binding_have_defaults() -> None:
    given = {"binding": "servicenow-direct-soap", "url": "http://x", "user": "u", "password": "p"}
    assert SoapSettings.model_validate(given).bound.file.settings == {"only": "active!=2"}


# --- values, paths, times, templates ---


def test_values_are_made_from_templates() -> None:
    fields = (Written("title", "T"), Written("custom.level", "2", "number"), Written("custom.urgent", "yes", "truth"))
    filling = Filling({"ref": "7", "refs": ["1", "2"], "kind": "a"}, fields)
    made = filling.value(
        {
            "id": {"as_number": "{{ ref }}"},
            "all": {"each_of": "refs"},
            "{{ kind }}": {"as_truth": "no"},
            "fields": {"each_field": "{{ value }}", "kept": "{{ ref }}"},
            "pairs": [{"each_field": {"n": "{{ name }}", "v": "{{ value }} of {{ ref }}"}}],
        }
    )
    assert made == {
        "id": 7,
        "all": ["1", "2"],
        "a": False,
        "fields": {"kept": "7", "title": "T", "custom": {"level": 2, "urgent": True}},
        "pairs": [{"n": "title", "v": "T of 7"}, {"n": "custom.level", "v": "2 of 7"}, {"n": "custom.urgent", "v": "yes of 7"}],
    }


def test_paths_lead_into_answers() -> None:
    answer = {"data": {"@etag": "e", "list": [{"id": 1}, {"id": 2}], "one": {"id": 3}, "none": None, "yes": True}}
    assert found('data."@etag"', answer) == "e"
    assert told(found("data.list[*].id", answer)) == "1\n2"
    assert [listed(path, answer) for path in ("data.list", "data.one", "data.none", "no")] == [
        [{"id": 1}, {"id": 2}],
        [{"id": 3}],
        [],
        [],
    ]
    assert [field_at(path, answer["data"]) for path in ("yes", "none", "none.name", "gone", "gone.name")] == [
        "true",
        "",
        "",
        None,
        None,
    ]
    assert found("length(data)", 5) is None


@pytest.mark.parametrize(
    ("form", "zone", "text"),
    [
        ("iso", "UTC", "2026-09-21T14:13:20Z"),
        ("iso", "UTC", "2026-09-21T16:13:20+02:00"),
        ("seconds", "UTC", "1790000000"),
        ("milliseconds", "UTC", "1790000000000"),
        ("%d.%m.%Y %H:%M:%S", "Asia/Tokyo", "21.09.2026 23:13:20"),
    ],
)
def test_times_are_read_as_they_are_written(form: str, zone: str, text: str) -> None:
    times = Times(form, zone)
    assert times.epoch(text) == 1790000000.0
    assert times.epoch(times.text(1790000000.0)) == 1790000000.0
    assert times.epoch("never") == 0.0
    assert times.iso(text) == "2026-09-21T14:13:20Z"


@pytest.mark.parametrize(
    "source",
    [
        "{{ a() }}", "{{ a.b }}", "{{ a['b'] }}", "{{ a|attr('x') }}", "{{ a|replace('a', 'aaaa') }}", "{{ 'x' * 9999 }}", "{{ 2 ** 99 }}",
        "{% set a = 1 %}", "{% for x in a %}{% endfor %}", "{% macro m() %}{% endmacro %}", "{% include 'a' %}", "{{ a|join(*b) }}", "x" * 20_000,
    ],
)  # fmt: skip
def test_a_template_does_nothing_but_render(source: str) -> None:
    with pytest.raises(TemplateProblem):
        compiled(source, {"a", "b"})
