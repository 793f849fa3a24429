"""A wrong mapping is refused with every problem at once, each with its line, its key and what to do."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.base import Problem, Snapshot
from connector.mapping.load import MappingError, load, loads
from connector.words import Side

SHIPPED = (Path(__file__).parents[2] / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8")


def problems(text: str) -> list[Problem]:
    with pytest.raises(MappingError) as caught:
        loads(text, "m.yaml")
    assert all(problem.message and problem.remedy for problem in caught.value.problems)
    return caught.value.problems


def changed(*pairs: tuple[str, str]) -> str:
    text = SHIPPED
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def only(text: str) -> Problem:
    found = problems(text)
    assert len(found) == 1, [f"{p.place}: {p.message}" for p in found]
    return found[0]


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if part in line)


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ("stage: {field: DynamicField_Stage}", "stage"),
        ("stage: {released: [release]}", "stage"),
        ("stage: {field: DynamicField_Stage, release: [release], released: [release]}", "stage.release"),
    ],
)
def test_a_stage_names_its_field_and_when_it_is_released(section: str, place: str) -> None:
    assert only(f"{SHIPPED}\n{section}\n").place.endswith(f" {place}")
    mapping = loads(f"{SHIPPED}\nstage: {{field: DynamicField_Stage, released: [release, live]}}\n")
    assert "DynamicField_Stage" in mapping.reads(Side.VENDOR) - mapping.reads(Side.CUSTOMER)


def test_all_problems_come_at_once_and_in_order() -> None:
    text = changed(
        ("record_type: incident", "record_typ: incident"),
        ("max_count: 50", "max_count: many"),
        ("direction: both  ", "direction: bth  "),
    )
    found = problems(text)
    assert len(found) == 3
    lines = [int(re.match(r"m\.yaml:(\d+) ", p.place).group(1)) for p in found]  # type: ignore[union-attr]  # the match is the claim
    assert lines == sorted(lines)
    assert found[0].place == f"m.yaml:{line_of(text, 'record_typ:')} intake.record_typ"
    assert found[0].remedy == "did you mean 'record_type'?"
    assert found[1].remedy == "did you mean 'both'?"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        # keys and values
        ("after_close: hold", "after_close: wait", "unknown value 'wait'"),
        ("after_close: hold", "after_close: follow_up", "is not available yet"),
        ("  max_count: 50", "  max_cout: 50", "unknown key 'max_cout'"),
        ("mapping: servicenow-otrs", "mapping: ''", "the value is empty"),
        ("max_bytes: 10 MB", "max_bytes: ten MB", "is not a whole number"),
        # intake
        ("{field: hold_reason, is: 4}", "{field: hold_reason}", "needs exactly one operator"),
        ("{field: hold_reason, is: 4}", "{field: hold_reason, is: 4, in: [5]}", "needs exactly one operator"),
        ("{field: hold_reason, is: 4}", "{hold_reason: 4}", "this is no condition"),
        ("{field: hold_reason, is: 4}", "{field: hold_reason, equals: 4}", "unknown key 'equals'"),
        ("{field: hold_reason, is: 4}", "{any: []}", "holds no condition"),
        ("{field: hold_reason, is: 4}", "{field: hold_reason, contains: ''}", "needs a value"),
        ("{field: hold_reason, is: 4}", "{field: hold_reason, empty: no}", "opposite"),
        # status
        ("{when: {state: 7}, phase: closed}", "{when: {stat: 7}, phase: closed}", "unknown status field 'stat'"),
        ("{when: {state: 7}, phase: closed}", "{when: {state: 6}, phase: closed}", "contradicts the row"),
        ("{when: {state: 7}, phase: closed}", "{when: {state: 3, hold_reason: 5}, phase: closed}", "can never match after"),
        ("{when: {state: 7}, phase: closed}", "{when: {state: 7}, phase: done}", "unknown value 'done'"),
        ("{when: {state: 7}, phase: closed}", "{when: {state: 7}}", "either 'phase' or 'unmapped'"),
        ("      cancelled: {set: {State: closed unsuccessful}}\n", "", "the key 'cancelled' is missing"),
        ("set: {State: open}", "set: {State: opened}", "no row under 'read'"),
        ("{set: {State: open}}", "{set: {PendingTime: 1}}", "none of the status fields is set"),
        ("status: {State: new}", "status: {State: closed successful}", "must begin in a state"),
        # priority
        ("    - {impact: 3, urgency: 2, priority: 4}\n", "", "impact 3 with urgency 2 stands 0 times"),
        ("priority: 4, written: yes", "priority: 4", "0 pairs are marked"),
        ("    - {customer: 4, vendor: 2 low}\n", "", "priority 4 has no row"),
        ("{customer: 4, vendor: 2 low}", "{customer: 4, vendor: 3 normal}", "the vendor value '3 normal' stands in line"),
        ("{customer: 4, vendor: 2 low}", "{customer: 4, vendor: 2 low, only: to_mars}", "unknown value 'to_mars'"),
        # fields
        ('    template: "CASE', '    values: [{customer: a, vendor: b}]\n    template: "CASE', "either a template or a table"),
        ("{{ number }}{% if phase %}", "{{ numbr }}{% if phase %}", "unknown name 'numbr'"),
        ("    customer: short_description", "    customer: $number", "exactly one field that can be written"),
        ("    customer: short_description", "    customer: [a, b]", "exactly one field that can be written"),
        ("    customer: short_description", "    customer: []", "no field is named"),
        ("    vendor: [$number, $phase]", "    vendor: [$number, $phase, $fase]", "unknown value of the ticket itself"),
        ("    customer: correlation_display", "    customer: correlation_id", "is written by 'case_number' too"),
        ("  case_line:  ", "  status:  ", "has its own section"),
        # templates
        ("{{ description }}", "{{ description.__class__ }}", "is not known here"),
        ("{{ description }}", "{{ range(9) }}", "Call is not allowed"),
        ("{{ description }}", "{% macro m() %}{% endmacro %}", "Macro is not allowed"),
        ("{{ description }}", "{{ description", "does not parse"),
        ("{{ description }}", "{% include 'x' %}", "Include is not allowed"),
        ("notes: {}", "notes: {conflct: x}", "unknown note 'conflct'"),
        ("notes: {}", "notes: {conflict: '{{ nothing }}'}", "unknown name 'nothing'"),
        # texts of people are no fields
        ("    customer: short_description", "    customer: comments", "'comments' is a place of comments"),
        ("set: {State: open}", "set: {State: open, visible: hello}", "'visible' is a place of comments"),
        ("{{ description }}", "{{ work_notes }}", "would show what stands in 'work_notes'"),
        # channels
        ("{from: visible, to: work_notes}", "{from: visible, to: comments}", "which end users read"),
        ("{from: visible, to: work_notes}", "{from: visible, to: worknotes}", "unknown place of the customer"),
        (', prefix: "[vendor]"', "", "every internal text in 'work_notes' would go to the vendor"),
        ("    files: internal", "    files: public", "which end users read"),
        ("    - {from: comments, to: visible}", "    - {from: comments, to: visible}\n    - {from: comments, to: internal}", "can never be reached"),
        ("  # accept_extensions: [pdf, png, txt]", "  accept_extensions: [exe]", "refused and accepted"),
    ],
)  # fmt: skip
def test_one_fault_gives_one_problem(old: str, new: str, message: str) -> None:
    assert message in only(changed((old, new))).message


PHASES = ["new", "working", "waiting_customer", "waiting_third_party", "solved", "closed", "cancelled"]


def writing(phase: str, value: str) -> str:
    """The shipped mapping, in which one phase of the vendor writes ``value`` to the customer and the others nothing."""
    rows = "".join(f"      {name}: {value if name == phase else 'nothing'}\n" for name in PHASES)
    start = SHIPPED.index("    write:\n")
    return SHIPPED[:start] + "    write:\n" + rows + SHIPPED[SHIPPED.index("  vendor:\n    fields: [State]") :]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("state", ["6", "7", "8"])
def test_the_vendor_can_be_given_no_way_to_end_a_ticket(phase: str, state: str) -> None:
    problem = only(writing(phase, f"{{set: {{state: {state}}}}}"))
    assert "closing invariant" in problem.message
    assert problem.place.endswith(f"status.customer.write.{phase}")


def test_a_field_may_not_write_the_status() -> None:
    """It would pass every rule for moves: the vendor could end the incident by a field of the case."""
    unit = "  meddler: {customer: state, vendor: DynamicField_Severity, owner: vendor, direction: to_customer}\n"
    problem = only(changed(("  case_line:  ", unit + "  case_line:  ")))
    assert "'state' is written by 'status' too" in problem.message
    assert "fields.meddler" in problem.place


def test_a_field_may_not_write_what_the_status_only_reads() -> None:
    unit = "  meddler: {customer: $number, vendor: State, owner: customer, direction: to_vendor}\n"
    assert "'State' is written by 'status' too" in only(changed(("  case_line:  ", unit + "  case_line:  "))).message


def test_a_write_that_the_ticket_s_own_value_would_complete_to_an_end_is_refused() -> None:
    """State 3 alone is harmless, but the hold reason that stands there stays, and with 5 the ticket reads as closed."""
    row = "      - {when: {state: 3, hold_reason: 5}, phase: closed}\n"
    text = changed(
        ("      - {when: {state: 3}, phase: none", row + "      - {when: {state: 3}, phase: none"),
        ('waiting_customer: {set: {state: 2, hold_reason: ""}', "waiting_customer: {set: {state: 3}"),
    )
    problem = only(text)
    assert "reads as closed" in problem.message
    assert "closing invariant" in problem.message


def test_a_notifying_state_is_refused_even_where_it_reads_as_harmless() -> None:
    text = writing("working", "{set: {state: 3}}")
    loads(text)
    problem = only(text.replace("- {state: [6, 7, 8]}", "- {state: [6, 7, 8]}\n      - {state: 3, hold_reason: 4}"))
    assert "under 'notifying'" in problem.message, "the present hold_reason could complete it"
    assert "closing invariant" in problem.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1, 2", "this is not YAML"),
        ("mapping: x\nmapping: y\n", "stands here twice"),
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("a: &x [*x]\n", "aliases"),
        ("[" * 5000, "nested too deeply"),
        ("x" * 1_000_001, "more than"),
        ("a: \x07", "this is not YAML"),
    ],
)
def test_what_is_not_a_plain_yaml_table_is_refused(text: str, message: str) -> None:
    assert message in problems(text)[0].message


@pytest.mark.parametrize("text", ["", "just words", "- a list"])
def test_what_holds_no_keys_misses_them_all(text: str) -> None:
    messages = " ".join(p.message for p in problems(text))
    for key in ("mapping", "intake", "status", "creation", "comments", "places", "fields"):
        assert f"the key {key!r} is missing" in messages


def test_files_that_cannot_be_read_are_a_problem_too(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cannot be read"):
        load(tmp_path / "absent.yaml")
    wrong = tmp_path / "latin.yaml"
    wrong.write_bytes(b"mapping: \xe4")
    with pytest.raises(MappingError, match="not UTF-8"):
        load(wrong)


SHIPPED_LINES = SHIPPED.splitlines()


@pytest.mark.parametrize("n", range(0, len(SHIPPED_LINES), 3))
def test_a_lost_line_never_raises_anything_else(n: int) -> None:
    text = "\n".join(SHIPPED_LINES[:n] + SHIPPED_LINES[n + 1 :])
    try:
        loads(text)
    except MappingError as error:
        assert error.problems  # noqa: PT017 - a lost line may also be a comment


def test_scalars_are_the_text_that_was_written() -> None:
    mapping = loads(changed(("{field: hold_reason, is: 4}", "{field: hold_reason, is: 04}")))
    ticket = Snapshot(
        "1", "1", {"state": "no", "hold_reason": "4", "assignment_group.name": ""}, (), (), 0.0, 0.0, created_by_us=False
    )
    assert not mapping.intake(ticket).taken


def test_conditions_nest_and_explain() -> None:
    take = "{all: [{not: {field: state, in: [6, 7]}}, {changed_within_days: 2}, {field: u_case, empty: yes}, {field: name, starts_with: voice}]}"
    text = re.sub(r"(?s)  take:\n.*?\n\n", f"  take: {take}\n\n", SHIPPED, count=1)
    mapping = loads(text)

    def ask(age_days: float = 0.0, **fields: str) -> tuple[bool, str]:
        values = {"state": "1", "u_case": "", "name": "Voice gateway", **fields}
        answer = mapping.intake(Snapshot("1", "1", values, (), (), 0.0, age_days * 86_400, created_by_us=False))
        return answer.taken, answer.reason

    assert ask()[0]
    assert ask(state="6") == (False, "not: state is '6' (asked: in '6', '7')")
    assert ask(age_days=3) == (False, "the ticket changed 3 days ago (asked: within 2)")
    assert ask(u_case="X1")[0] is False
    assert ask(name="Data")[0] is False
    assert {"state", "u_case", "name"} <= mapping.reads(Side.CUSTOMER)


def test_what_cannot_be_read_is_no_reason_to_take_a_ticket() -> None:
    text = re.sub(r"(?s)  take:\n.*?\n\n", "  take: {not: {field: secret, is: x}}\n\n", SHIPPED, count=1)
    answer = loads(text).intake(Snapshot("1", "1", {}, (), (), 0.0, 0.0, created_by_us=False))
    assert (answer.taken, answer.reason) == (False, "secret is not readable with our rights")


def test_one_way_rows_and_defaults() -> None:
    unit = """
  kind:
    customer: category
    vendor: Type
    owner: customer
    direction: both
    default: {vendor: Unclassified}
    values:
      - {customer: phone, vendor: Voice}
      - {customer: telephone, vendor: Voice, only: to_vendor}
fields_end: x
"""
    mapping = loads(SHIPPED.replace("\nfields:\n", "\nfields:" + unit.replace("fields_end: x\n", "")))

    def there(value: str) -> str:
        return mapping.translate("kind", Side.CUSTOMER, {"category": value}, None, {}).value["Type"]

    assert [there(value) for value in ("phone", "telephone", "mail", "")] == ["Voice", "Voice", "Unclassified", "Unclassified"]
    assert mapping.translate("kind", Side.VENDOR, {"Type": "Voice"}, None, {}).value == {"category": "phone"}
    assert "kind" in mapping.translate("kind", Side.VENDOR, {"Type": "Data"}, None, {}).reason
    assert mapping.same("kind", {"category": "telephone"}, {"Type": "Voice"})
    assert mapping.uses(Side.VENDOR).choices["Type"] == {"Voice", "Unclassified"}


def test_names_of_fields_behind_other_records() -> None:
    mapping = loads(
        changed(
            ("  # names: {group: assignment_group.name}", "  names: {group: assignment_group.name}"),
            ("{{ description }}", "{{ group }}"),
        )
    )
    assert "assignment_group.name" in mapping.reads(Side.CUSTOMER)
    assert "group" not in mapping.reads(Side.CUSTOMER)
    ticket = Snapshot("1", "1", {"assignment_group.name": "Voice team"}, (), (), 0.0, 0.0, created_by_us=False)
    assert "Voice team" in mapping.creation(mapping.view(Side.CUSTOMER, ticket), ticket).description


def test_a_mapping_may_have_its_own_notes() -> None:
    mapping = loads(changed(("notes: {}", "notes: {vendor_solved: 'Fall {{ number }} ist gelöst.'}")))
    assert mapping.note("vendor_solved", number="7", n=1) == "Fall 7 ist gelöst."


def _places_in(tree: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    below = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, value in below for place in _places_in(value, (*path, key)))]


TREE: dict[str, object] = yaml.safe_load(SHIPPED)


@pytest.mark.parametrize("wrong", ["x", "", [], ["x"], {}, {"x": "y"}, [{"x": ["y"]}]])
@pytest.mark.parametrize("part", [key for key in TREE if key != "description"])
def test_any_part_may_be_wrong_in_any_way(part: str, wrong: object) -> None:
    """Whatever stands where, the answer is a mapping or a list of problems."""
    for place in _places_in(TREE[part], (part,))[::9]:
        tree = copy.deepcopy(TREE)
        holder: Any = tree
        for key in place[:-1]:
            holder = holder[key]
        holder[place[-1]] = wrong
        try:
            loads(json.dumps(tree))  # JSON is YAML
        except MappingError as error:
            assert error.problems  # noqa: PT017 - some parts may be free text
