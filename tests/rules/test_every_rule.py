"""Each safety rule switched off, one at a time, turns its named test red. That list is itself a test."""

from __future__ import annotations

import inspect
from functools import cache

import pytest

from tests.rules import switches, switches_at_large, switches_edges
from tests.rules.listed import Rule
from tests.rules.table import PAGE, RULES, page


@cache
def _green(rule: Rule) -> None:
    _test(rule)


def _test(rule: Rule) -> None:
    rule.test(*(value() if isinstance(value, type) else value for value in rule.given))


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_without_the_rule_its_test_is_red(rule: Rule) -> None:
    """Red is an assertion of the test: a crash of the product would not be the same as the test noticing."""
    _green(rule)
    with rule.switch(), pytest.raises(AssertionError):
        _test(rule)


def test_every_switch_is_in_the_list_once() -> None:
    made = {
        name
        for module in (switches, switches_at_large, switches_edges)
        for name, thing in vars(module).items()
        if inspect.isfunction(thing)
        and thing.__module__ == module.__name__
        and inspect.signature(thing).return_annotation == "Switch"
        and not inspect.signature(thing).parameters
    }
    assert sorted(rule.name for rule in RULES) == sorted(made)


def test_the_page_tells_the_list() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: .venv/bin/python -m tests.rules.table"
