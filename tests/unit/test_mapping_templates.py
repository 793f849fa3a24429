"""Templates render text; whatever could do more is refused before it is run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.mapping.notes import DEFAULT, PACKAGED
from connector.mapping.templates import MAX_OUTPUT, TemplateProblem, compiled


@pytest.mark.parametrize(
    "source",
    [
        "{{ a() }}",
        "{{ a.b }}",
        "{{ a['b'] }}",
        "{{ a|attr('x') }}",
        "{{ a|map('upper') }}",
        "{{ a|replace('a', 'aaaa') }}",
        "{{ 'x' * 999999999 }}",
        "{{ 2 ** 99 }}",
        "{{ a is defined }}",
        "{% set a = 1 %}",
        "{% for x in a %}{% endfor %}",
        "{% for f in files %}{% for g in files %}{% endfor %}{% endfor %}",
        "{% for f in files recursive %}{% endfor %}",
        "{% for f in files if f.name %}{% endfor %}",
        "{% for f in files %}{{ f.content }}{% endfor %}",
        "{% for f in files %}{{ loop.cycle('a') }}{% endfor %}",
        "{% for a, b in files %}{% endfor %}",
        "{% macro m() %}{% endmacro %}",
        "{% call a() %}{% endcall %}",
        "{% filter upper %}x{% endfilter %}",
        "{% block b %}{% endblock %}",
        "{% extends 'a' %}",
        "{% import 'a' as b %}",
        "{% include 'a' %}",
        "{% with a = 1 %}{% endwith %}",
        "{{ a|join(*b) }}",
        "{{",
        "{% if %}",
        "x" * 20_000,
    ],
)
def test_is_refused(source: str) -> None:
    with pytest.raises(TemplateProblem) as caught:
        compiled(source)
    assert caught.value.remedy


def test_names_the_line() -> None:
    with pytest.raises(TemplateProblem) as caught:
        compiled("one\ntwo\n{{ three() }}")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ a }}-{{ b|default('none', true)|upper }}", "1-NONE"),
        ("{% if a == '1' and not b %}yes{% else %}no{% endif %}", "yes"),
        ("{{ 'one' if a else 'none' }}", "one"),
        ("{% for f in files %}{{ loop.index }} {{ f.name }}{% if not loop.last %}, {% endif %}{% endfor %}", "1 x.txt, 2 y.txt"),
        ("{{ a ~ a }}", "11"),
        ("{{ files|length }}", "2"),
        ("{% for f in files %}{% endfor %}{{ a|truncate(5) }}", "1"),
    ],
)
def test_renders(source: str, text: str) -> None:
    values = {"a": "1", "b": "", "files": [{"name": "x.txt"}, {"name": "y.txt"}]}
    assert compiled(source).render(values) == text


def test_values_are_no_templates_and_no_markup() -> None:
    assert compiled("{{ a }}").render({"a": "{{ b }} <b>&"}) == "{{ b }} <b>&"


def test_what_is_not_given_is_empty() -> None:
    assert compiled("[{{ a }}{% for f in files %}x{% endfor %}]").render({}) == "[]"


def test_output_is_bounded() -> None:
    text = compiled("{{ a }}{{ a }}").render({"a": "ä" * MAX_OUTPUT})
    assert len(text.encode()) <= MAX_OUTPUT
    assert text.endswith("(cut)")


@pytest.mark.parametrize(("language", "name"), [(language, name) for language, notes in PACKAGED.items() for name in notes])
def test_packaged_notes_render_with_and_without_values(language: str, name: str) -> None:
    template = compiled(PACKAGED[language][name])
    assert "{" not in template.render({})
    values = {key: f"<{key}>" for key in template.variables}
    text = template.render(values)
    assert all(value in text for value in values.values())


@pytest.mark.parametrize("language", PACKAGED)
def test_every_language_has_the_same_notes_with_the_same_names(language: str) -> None:
    names = {name: compiled(text).variables for name, text in PACKAGED[language].items()}
    assert names == {name: compiled(text).variables for name, text in PACKAGED[DEFAULT].items()}


@given(st.text("{}%ab ()|.'\"for if in endfor files\n", max_size=60))
def test_any_source_renders_or_is_refused(source: str) -> None:
    try:
        template = compiled(source)
    except TemplateProblem:
        return
    assert isinstance(template.render({}), str)
