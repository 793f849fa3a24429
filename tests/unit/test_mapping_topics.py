"""What a mapping answers to the operating model: what a ticket is about, what holds, which evidence is there, whose it is."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Attachment, Problem, Snapshot
from connector.mapping.load import MappingError, loads
from connector.mapping.mapping import TicketMapping
from connector.mapping.notes import HEAD, PACKAGED
from connector.words import About, Side

SHIPPED = (Path(__file__).parents[2] / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8")
TREE: dict[str, Any] = yaml.safe_load(SHIPPED)

SECTIONS = """
topics:
  - {by: category, when: {field: category, is: voice}, topic: support}
  - {by: service, when: {field: business_service.name, is: Contact centre}, topic: configuring}
  - {by: system, when: {field: cmdb_ci.name, starts_with: SBC}, system: sbc}
  - {by: service, when: {field: business_service.name, contains: [centre, center]}, topic: support}
facts:
  record_type:
    - {when: {field: u_kind, is: change}, value: change}
    - {when: {field: u_kind, not_empty: yes}, value: request}
  call:
    - {when: {field: u_call, is: how to}, value: usage}
evidence:
  steps: [{label: Steps to reproduce, in: [u_steps, description]}, {when: {field: u_steps_given, is: "yes"}}]
  result: [{label: "Expected result:", in: description}]
  proof: [{file: [HAR, .log]}, {link: [loom.com], in: description}]
  anything: [{file: any}, {link: any, in: [description]}]
"""


def mapping(sections: str = SECTIONS, shipped: str = SHIPPED) -> TicketMapping:
    return loads(shipped + sections, "m.yaml")


MAPPING = mapping()
BY_LANGUAGE = {language: loads(f"language: {language}\n{SHIPPED}") for language in PACKAGED}


def ticket(*files: Attachment, **fields: str) -> Snapshot:
    named = {"ci": "cmdb_ci.name", "service": "business_service.name"}
    native = {named.get(name, name): value for name, value in fields.items()}
    return Snapshot("1", "INC1", native, (), files, 0.0, 0.0, created_by_us=False)


def attached(name: str, *, by_us: bool = False, size: int = 1) -> Attachment:
    return Attachment("1", name, "text/plain", size, "ann", by_us, "")


def problems(sections: str) -> list[Problem]:
    with pytest.raises(MappingError) as caught:
        mapping(sections)
    return caught.value.problems


# --- what it is about ---


def test_all_rows_that_hold_answer_and_the_most_specific_comes_first() -> None:
    found = MAPPING.about(ticket(category="Voice", service="Contact Centre", ci="SBC 7"))
    assert [(one.system, one.task) for one in found] == [("sbc", ""), ("", "configuring"), ("", "support"), ("", "support")]
    assert found[0] == About("", "sbc", "cmdb_ci.name is 'SBC 7' (asked: starts with 'SBC')")
    assert found[3].because == "category is 'Voice' (asked: is 'voice')"


def test_what_cannot_be_read_answers_nothing() -> None:
    assert MAPPING.about(ticket()) == ()
    absent = mapping("topics: [{by: system, when: {not: {field: secret, is: x}}, system: sbc}]\n")
    assert absent.about(ticket()) == ()
    assert [one.system for one in absent.about(ticket(secret="y"))] == ["sbc"]


def test_a_mapping_without_topics_does_not_classify() -> None:
    assert MAPPING.classifies
    assert not loads(SHIPPED).classifies
    assert loads(SHIPPED).about(ticket(category="Voice")) == ()


def test_a_long_value_is_cut_in_the_words_that_decided() -> None:
    found = mapping("topics: [{by: category, when: {field: description, contains: end}, topic: support}]\n")
    (one,) = found.about(ticket(description="secret\n" * 500 + "end"))
    assert len(one.because) < 150
    assert "\n" not in one.because


# --- what holds ---


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({}, {"record_type": "incident", "priority": "lower"}),
        ({"priority": "1"}, {"record_type": "incident", "priority": "p1"}),
        ({"priority": "2", "u_kind": "change"}, {"record_type": "change", "priority": "lower"}),
        ({"u_kind": "order", "u_call": "How to"}, {"record_type": "request", "priority": "lower", "call": "usage"}),
        ({"u_kind": "", "u_call": "fault"}, {"record_type": "incident", "priority": "lower"}),
    ],
)
def test_the_first_row_that_holds_gives_the_value(fields: dict[str, str], facts: dict[str, str]) -> None:
    assert MAPPING.facts(ticket(**fields)) == {name: frozenset({value}) for name, value in facts.items()}


def test_rows_for_the_priority_replace_the_tickets_own() -> None:
    rows = mapping("facts: {priority: [{when: {field: u_major, is: y}, value: p1}]}\n")
    assert rows.facts(ticket(u_major="y", priority="3"))["priority"] == {"p1"}
    assert "priority" not in rows.facts(ticket(u_major="n", priority="1")), "no row says it, so nobody has answered"


def test_the_shipped_mapping_answers_what_every_ticket_says() -> None:
    shipped = loads(SHIPPED)
    assert shipped.facts(ticket(priority="1")) == {"record_type": {"incident"}, "priority": {"p1"}}
    assert (shipped.looked_for, shipped.evidence(ticket(attached("a.har"))), shipped.assignee(ticket())) == (frozenset(), {}, "")


# --- evidence ---


@pytest.mark.parametrize(
    "description",
    [
        "Steps to reproduce: call 112",
        "steps   TO reproduce\ncall 112",
        "Hello,\r\n\r\n  2) **Steps to reproduce:** call",
        "## Steps to reproduce\n\n\n- call 112",
        "* Steps to reproduce - call 112",
        "\N{BULLET} Steps to reproduce:\nDo the following:\n1. call",
        "Expected result: a tone\nSteps to reproduce\ncall",
        "Steps to reproduce:\n4711",
        "== Steps to reproduce ==\n1. 4711",
        "Steps to reproduce:\nExpected result: a tone\nSteps to reproduce: call",
    ],
)
def test_a_label_with_words_is_found(description: str) -> None:
    assert MAPPING.evidence(ticket(description=description))["steps"] == "description has a line 'Steps to reproduce'"


@pytest.mark.parametrize(
    "description",
    [
        "",
        "Steps to reproduce",
        "Steps to reproduce:\n\n - \n ...",
        "Steps to reproduce:\n1.\n2)\n",
        "Steps to reproduce:\nExpected result: a tone",
        "Steps to reproduce:\nActual result:\n**Environment:**\n",
        "Steps to reproducement: call",
        "I know no steps to reproduce: sorry",
        "Step: call",
    ],
)
def test_an_unfilled_form_shows_nothing(description: str) -> None:
    assert "steps" not in MAPPING.evidence(ticket(description=description))


def test_the_longer_label_takes_its_line() -> None:
    rows = "evidence: {a: [{label: Expected, in: d}], b: [{label: Expected result, in: d}]}\n"
    assert set(mapping(rows).evidence(ticket(d="Expected result: a tone"))) == {"b"}
    assert set(mapping(rows).evidence(ticket(d="Expected: a tone"))) == {"a"}


def test_any_sign_is_enough_and_the_first_one_is_named() -> None:
    both = ticket(u_steps="Steps to reproduce: a", u_steps_given="yes")
    assert MAPPING.evidence(both)["steps"] == "u_steps has a line 'Steps to reproduce'"
    assert MAPPING.evidence(ticket(u_steps_given="yes"))["steps"] == "the field u_steps_given"


def test_words_do_not_repeat_what_a_person_wrote() -> None:
    rows = mapping("evidence: {a: [{when: {field: description, not_empty: yes}}]}\n")
    assert rows.evidence(ticket(description="the secret")) == {"a": "the field description"}


@pytest.mark.parametrize(
    ("file", "found"),
    [
        (attached("trace.har"), {"proof", "anything"}),
        (attached("TRACE.Log"), {"proof", "anything"}),
        (attached("trace.har.exe"), {"anything"}),
        (attached("har"), {"anything"}),
        (attached("trace.har", by_us=True), set()),
        (attached("trace.har", size=0), set()),
        (attached("trace.har", size=-1), {"proof", "anything"}),
    ],
)
def test_only_a_persons_file_counts(file: Attachment, found: set[str]) -> None:
    assert set(MAPPING.evidence(ticket(file))) == found


def test_a_file_is_named_on_one_short_line() -> None:
    words = MAPPING.evidence(ticket(attached("a\nb" * 500 + ".har")))["proof"]
    assert "\n" not in words
    assert len(words) < 150


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://www.loom.com/share/1", {"proof", "anything"}),
        ("see <HTTPS://LOOM.COM>", {"proof", "anything"}),
        ("see https://loom.com:443", {"proof", "anything"}),
        ("see https://bloom.com/loom.com", {"anything"}),
        ("see https://loom.com@evil.example/", {"anything"}),
        ("see https://wiki/page", {"anything"}),
        ("see https:// and ftp://loom.com and loom.com", set()),
    ],
)
def test_a_link_is_found_by_its_host(text: str, found: set[str]) -> None:
    assert set(MAPPING.evidence(ticket(description=text))) == found


def test_what_is_looked_for_is_told() -> None:
    assert MAPPING.looked_for == {"steps", "result", "proof", "anything"}


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_gives_an_answer(text: str, name: str) -> None:
    found = MAPPING.evidence(ticket(attached(name), description=text, u_steps=text))
    assert found.keys() <= MAPPING.looked_for
    assert all(found.values())


@given(st.text("ab:.-# \n", max_size=80), st.text("abc", min_size=1, max_size=9))
def test_a_filled_label_is_found_whatever_stands_around_it(around: str, words: str) -> None:
    text = f"{around}\nSteps to reproduce: {words}\n{around}"
    assert "steps" in MAPPING.evidence(ticket(description=text))


def test_a_hostile_text_takes_no_long_time() -> None:
    rows = "evidence: {" + ", ".join(f"i{n}: [{{label: a{'b' * n}, in: d}}, {{link: [x.y], in: d}}]" for n in range(40)) + "}\n"
    hostile = "a\n" * 30_000 + "https://" * 30_000 + ":\n" + "-" * 60_000
    assert mapping(rows).evidence(ticket(d=hostile)) == {}


# --- whose it is, and what is read ---


def test_the_assignee_and_the_trigger() -> None:
    named = loads(SHIPPED.replace("  record_type: incident", "  assignee: assigned_to.user_name\n  record_type: incident"))
    assert named.trigger_fields == {"state", "hold_reason", "assignment_group"}
    asked = Snapshot("1", "1", {"assigned_to.user_name": " ann "}, (), (), 0.0, 0.0, created_by_us=False)
    assert (named.assignee(asked), named.assignee(ticket())) == ("ann", "")
    assert "assigned_to.user_name" in named.reads(Side.CUSTOMER)


def test_all_fields_that_are_asked_are_read_and_no_others() -> None:
    asked = {"category", "business_service.name", "cmdb_ci.name", "u_kind", "u_call", "u_steps", "description", "u_steps_given"}
    assert MAPPING.reads(Side.CUSTOMER) == loads(SHIPPED).reads(Side.CUSTOMER) | asked
    assert MAPPING.reads(Side.VENDOR) == loads(SHIPPED).reads(Side.VENDOR)
    assert "" not in MAPPING.reads(Side.CUSTOMER)


# --- what is refused ---

TOPIC = "topics: [{by: system, when: {field: a, is: b}, topic: t}, %s]\n"


@pytest.mark.parametrize(
    ("sections", "place", "message"),
    [
        (TOPIC % "{by: system, when: {field: a, is: b}, topic: u}", "topics[1]", "asks the same as the row in line"),
        (TOPIC % "{by: team, when: {field: b, is: b}, topic: u}", "topics[1].by", "unknown value 'team'"),
        (TOPIC % "{by: service, when: {field: b, is: b}}", "topics[1]", "either 'topic' or 'system'"),
        (TOPIC % "{by: service, when: {field: b, is: b}, topic: t, system: s}", "topics[1]", "either 'topic' or 'system'"),
        (TOPIC % "{by: service, when: {field: b, is: b}, topic: ''}", "topics[1].topic", "the value is empty"),
        (TOPIC % "{by: service, topic: t}", "topics[1]", "the key 'when' is missing"),
        (TOPIC % "{when: {field: b, is: b}, topic: t}", "topics[1]", "the key 'by' is missing"),
        (TOPIC % "{by: service, when: {field: b, is: b}, topics: t, system: s}", "topics[1].topics", "unknown key 'topics'"),
        (TOPIC % "{by: service, when: {field: b, equals: b}, topic: t}", "topics[1].when.equals", "unknown key 'equals'"),
        (TOPIC % "{by: service, when: {field: work_notes, is: b}, topic: t}", "topics[1].when", "is a place of comments"),
        (TOPIC % "{by: service, when: {not: {field: comments, is: b}}, topic: t}", "topics[1].when", "is a place of comments"),
        ("topics: []\n", "topics", "the list is empty"),
        ("topics:\n", "topics", "the list is empty"),
        ("topics: {by: system}\n", "topics", "a list belongs here"),
        ("facts: {}\n", "facts", "the section is empty"),
        ("facts: {call: []}\n", "facts.call", "the list is empty"),
        ("facts: {call: [{when: {field: a, is: b}}]}\n", "facts.call[0]", "the key 'value' is missing"),
        ("facts: {call: [{when: {field: a, is: b}, value: ''}]}\n", "facts.call[0].value", "the value is empty"),
        (
            "facts: {call: [{when: {field: a, is: b}, value: x}, {when: {field: a, is: b}, value: y}]}\n",
            "facts.call[1]",
            "asks the same as the row in line",
        ),
        ("facts: {call: [{when: {field: work_notes, is: b}, value: x}]}\n", "facts.call[0].when", "is a place of comments"),
        ("evidence:\n", "evidence", "the section is empty"),
        ("evidence: {a: []}\n", "evidence.a", "the list is empty"),
        ("evidence: {a: [{}]}\n", "evidence.a[0]", "exactly one of when, file, label, link"),
        ("evidence: {a: [{text: x, in: y}]}\n", "evidence.a[0]", "exactly one of when, file, label, link"),
        ("evidence: {a: [{file: any, link: any, in: y}]}\n", "evidence.a[0]", "exactly one of when, file, label, link"),
        ("evidence: {a: [{label: x}]}\n", "evidence.a[0]", "the key 'in' is missing"),
        ("evidence: {a: [{file: any, in: x}]}\n", "evidence.a[0].in", "unknown key 'in'"),
        ("evidence: {a: [{label: ' ', in: x}]}\n", "evidence.a[0].label", "the value is empty"),
        ("evidence: {a: [{label: '1.)', in: x}]}\n", "evidence.a[0].label", "has no letter"),
        ("evidence: {a: [{label: x, in: []}]}\n", "evidence.a[0].in", "no field is named"),
        ("evidence: {a: [{label: x, in: work_notes}]}\n", "evidence.a[0].in", "is a place of comments"),
        ("evidence: {a: [{link: any, in: [d, comments]}]}\n", "evidence.a[0].in", "is a place of comments"),
        ("evidence: {a: [{when: {field: comments, not_empty: yes}}]}\n", "evidence.a[0].when", "is a place of comments"),
        ("evidence: {a: [{file: []}]}\n", "evidence.a[0].file", "this names nothing"),
        ("evidence: {a: [{file: [any, har]}]}\n", "evidence.a[0].file", "says all that the others say"),
        ("evidence: {a: [{file: tar.gz}]}\n", "evidence.a[0].file", "would never be found"),
        ("evidence: {a: [{link: 'https://loom.com', in: d}]}\n", "evidence.a[0].link", "would never be found"),
        ("evidence: {a: [{file: [har, zip]}, {file: [zip, har]}]}\n", "evidence.a[1]", "asks the same as the row in line"),
        ("evidence: {a: [{label: x, in: d}, {label: 'x:', in: d}]}\n", "evidence.a[1]", "asks the same as the row in line"),
        ("language: fr\n", "language", "unknown value 'fr'"),
    ],
)
def test_one_fault_gives_one_problem(sections: str, place: str, message: str) -> None:
    (problem,) = problems(sections)
    assert problem.place == f"m.yaml:{len(SHIPPED.splitlines()) + 1} {place}"
    assert message in problem.message
    assert problem.remedy


def test_the_same_condition_may_answer_by_another_kind_or_for_another_name() -> None:
    row = "when: {field: a, is: b}"
    mapping(f"topics: [{{by: system, {row}, topic: t}}, {{by: service, {row}, topic: t}}]\n")
    mapping(f"facts: {{call: [{{{row}, value: x}}], cause: [{{{row}, value: x}}]}}\n")


def test_the_assignee_is_no_place_of_comments() -> None:
    with pytest.raises(MappingError) as caught:
        loads(SHIPPED.replace("  record_type: incident", "  assignee: work_notes\n  record_type: incident"))
    assert [problem.message for problem in caught.value.problems] == ["'work_notes' is a place of comments, not a field"]


def _places_in(tree: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    below = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, value in below for place in _places_in(value, (*path, key)))]


@pytest.mark.parametrize("wrong", ["x", "", [], ["x"], {}, {"x": "y"}, [{"x": ["y"]}]])
@pytest.mark.parametrize("part", ["topics", "facts", "evidence"])
def test_any_part_may_be_wrong_in_any_way(part: str, wrong: object) -> None:
    whole = {**TREE, part: yaml.safe_load(SECTIONS)[part]}
    for place in _places_in(whole[part], (part,))[::4]:
        tree = copy.deepcopy(whole)
        holder: Any = tree
        for key in place[:-1]:
            holder = holder[key]
        holder[place[-1]] = wrong
        try:
            loads(json.dumps(tree))  # JSON is YAML
        except MappingError as error:
            assert error.problems  # noqa: PT017 - some parts may be free text


# --- the shipped file, and the language ---


def test_the_examples_in_the_shipped_file_work_as_they_stand() -> None:
    lines = re.sub(r"(?m)^(\s*)# (?=(assignee|language): )", r"\1", SHIPPED).splitlines()
    start = next(n for n, line in enumerate(lines) if line == "# topics:")
    end = next(n for n in range(start, len(lines)) if lines[n].startswith("# --- "))
    shown = [line[2:] for line in lines[start:end] if re.match(r"# (topics|facts|evidence):|#  +\S", line)]
    active = loads("\n".join([*lines[:start], *shown, *lines[end:]]))
    assert active.classifies
    assert active.looked_for == {"details", "information"}
    assert active.facts(ticket(category="Inquiry"))["record_type"] == {"request"}
    assert active.assignee_field == "assigned_to.user_name"
    assert "gelöst" in active.note("vendor_solved", number="7")


@pytest.mark.parametrize("language", PACKAGED)
def test_every_note_begins_alike_in_every_language(language: str) -> None:
    notes = BY_LANGUAGE[language]
    assert all(notes.note(name).startswith(HEAD.strip()) for name in notes.notes)
    assert notes.note("held", reason="Why.", missing="this").endswith(
        "Why.\n" + notes.note("held", missing="this").split("\n")[-1]
    )


def test_without_a_language_notes_are_english() -> None:
    assert loads(SHIPPED).note("answered", number="7") == BY_LANGUAGE["en"].note("answered", number="7")
    assert "Hersteller" in BY_LANGUAGE["de"].note("answered", number="7")


def test_a_german_note_calls_the_sides_by_german_names() -> None:
    german = BY_LANGUAGE["de"]
    assert "auf der Herstellerseite hat" in german.note("refused", side=Side.VENDOR, unit="title", reason="zu lang")
    assert "ist jetzt storniert" in german.note("withdrawal", number="1", phase="cancelled")


def test_several_things_missing_are_lines() -> None:
    text = mapping("").note("gate", reason="Why.", missing=["the steps", "a file"])
    assert "\nMissing:\n- the steps\n- a file\nOnce nothing is missing" in text


@pytest.mark.parametrize("language", PACKAGED)
@pytest.mark.parametrize("name", PACKAGED["en"])
def test_no_note_holds_a_line_that_reads_as_a_word_to_the_connector(language: str, name: str) -> None:
    """A person who quotes the note must not answer by it."""
    notes = BY_LANGUAGE[language]
    values = dict.fromkeys(("ask", "how", "line", "known"), "#connector submit")
    assert not any(line.lstrip().startswith("#connector") for line in notes.note(name, **values).splitlines())
