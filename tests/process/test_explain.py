"""``connector explain`` as a process: a real daemon acts, the command tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.process.place import Place, eventually, place


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A store that a daemon left behind: one incident that became a case, which the vendor gave back."""
    folder: Path = tmp_path_factory.mktemp("explain")
    with place(folder) as here:
        fields = {"short_description": "[bold]Mail[/] is down", "impact": "2", "urgency": "2", "state": "3", "hold_reason": "4"}
        ticket = here.servicenow.create("lena.l1", fields)
        with here.daemon() as running:
            assert eventually(lambda: bool(here.otrs.tickets()))
            [case] = here.otrs.tickets()
            here.otrs.edit(case.ref, "vera", {"State": "pending reminder"})
            assert eventually(lambda: here.servicenow.ticket(ticket).fields["state"] == "2")
            running.stop()
        yield here


def case_of(here: Place) -> Any:
    [case] = here.otrs.tickets()
    return case


def test_json_by_number_of_either_side_ref_and_bond(lived: Place) -> None:
    [ticket] = lived.servicenow.tickets()
    told = lived.json("explain", ticket.number)
    assert (told["ticket"], told["case"], told["state"]) == (ticket.number, case_of(lived).number, "linked")
    assert told["units"]["status"]["vendor"] == "'pending reminder' (waiting for the customer)"
    assert told["next"].startswith("The customer has it: the vendor waits for an answer.")
    assert {"standing", "withheld", "open", "story"} <= set(told)
    [back] = [line for line in told["story"] if "'pending reminder'" in line["text"] and line["kind"] == "answered"]
    assert set(back) == {"at", "kind", "text", "ruling", "record"}
    assert (back["ruling"]["party"], back["ruling"]["letters"]) == ("vendor", "A,R")
    for name in (case_of(lived).number, ticket.ref, told["bond"]):
        assert lived.json("explain", name) == told


def test_all_adds_the_bookkeeping(lived: Place) -> None:
    number = lived.servicenow.tickets()[0].number
    short, whole = lived.json("explain", number), lived.json("explain", number, "--all")
    assert len(whole["story"]) > len(short["story"])
    assert {line["kind"] for line in whole["story"]} >= {"announced", "ruled"}


def test_plain_text_has_one_line_a_sentence_and_no_markup(lived: Place) -> None:
    number = lived.servicenow.tickets()[0].number
    shown = lived.run("explain", number)
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[0] == f"{number} · case {case_of(lived).number} · [bold]Mail[/] is down"
    assert "\x1b" not in shown.stdout
    [set_back] = [line for line in lines if f"; ticket {number} was set to" in line]
    assert "set case" in set_back
    ruling = lines[lines.index(set_back) + 1]
    assert ruling.startswith("    Allowed: Level 2 and 3 support of the application [vendor A,R]; task l2-3-support, ")
    assert [line for line in lines if line in ("Now", "Story (UTC)", "Next")] == ["Now", "Story (UTC)", "Next"]


def test_a_terminal_gets_wrapped_columns(lived: Place) -> None:
    lived.extra = {"FORCE_COLOR": "1", "COLUMNS": "100"}
    try:
        shown = lived.run("explain", lived.servicenow.tickets()[0].number)
    finally:
        lived.extra = {}
    assert shown.returncode == 0, shown.stderr
    told = shown.stdout.partition("Story (UTC)")[2]
    assert "Allowed: Submit a case to the vendor" in told
    assert max(len(line.rstrip()) for line in told.splitlines() if "\x1b" not in line) <= 100


def test_an_unknown_ticket_says_how_to_see_the_known_ones(lived: Place) -> None:
    shown = lived.run("explain", "INC9999999")
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "'INC9999999' is known" in shown.stderr
    assert "connector status" in shown.stderr
    assert lived.json("explain", "INC9999999", code=1)["ok"] is False
