"""Every kind of audit record has a sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from connector.mapping.load import load
from connector.sync.story_sentences import SENTENCES
from tests.simulation.rig import ROOT
from tests.unit.story_help import FILE, ITEM, RULING, TITLE, announced, comment, story_of

MAPPING = load(ROOT / "mappings" / "servicenow-otrs.yaml")

AT = {"side": "vendor", "unit": "title"}
TOLD: dict[str, tuple[list[dict[str, Any]], str]] = {
    "born": (
        [{"side": "customer", "intake": "the group is vendor"}],
        "Ticket INC1 was found and is meant for the vendor: the group",
    ),
    "handed": (
        [{"step": "L1-L2", "missing": ["proof", "impact"]}],
        "Ticket INC1 was handed over, L1-L2, without proof; impact.",
    ),
    "held": ([{"reason": "no evidence", "ruling": RULING}], "Nothing travels as long as this stands: no evidence."),
    "let_go": ([{"item": "ticket"}], "The reason to wait is gone: the ticket goes to the vendor."),
    "classified": (
        [{"topic": "l2-3-support", "ruling": {**RULING, "reason": "The category is 'fault'"}}],
        "Ticket INC1 is about: Level 2 and 3 support.",
    ),
    "duty": (
        [
            {
                "id": "rca",
                "party": "vendor",
                "what": "a root cause analysis",
                "how": "",
                "since": 1.0,
                "due": None,
                "state": "open",
                "by": "",
                "done_at": 0.0,
                "said": "",
                "hours": "",
                "ruling": {"task": "rca-vendor-cause", "letters": "A,R", "clause": "row 4", "basis": "stated"},
            }
        ],
        "The vendor owes a root cause analysis. It rests on task rca-vendor-cause; row 4.",
    ),
    "replied": (
        [{"topic": "statement", "text": "seen with two users", "by": "lena.l1", "item": "c4#0"}],
        "Lena.l1 told the connector on ticket INC1: statement: seen with two users.",
    ),
    "ruled": ([{"unit": "title", "source": "vendor", "ruling": RULING}], "The rules were asked about title."),
    "announced": ([announced()], "Announced: setting status to '2' (In Progress"),
    "answered": (
        [announced(), {"intent": "i1", "side": "customer", "outcome": {"status": "applied"}, "values": {}}],
        "The vendor set case 2026 to 'pending reminder' (waiting for the customer); ticket INC1 was set to '2' (In Progress",
    ),
    "copied": (
        [comment(), {"intent": "i2", "item": ITEM, "what": "comment", "side": "customer", "copy": "c9"}],
        "Comment 7 of the vendor was carried to ticket INC1.",
    ),
    "created": (
        [
            announced("b1.1.case", what="create", side="vendor", units={"title": TITLE}),
            {"side": "vendor", "ref": "1", "number": "2026", "marker": "m"},
        ],
        "Case 2026 was opened at the vendor's, for ticket INC1: title 'A'.",
    ),
    "not_applied": (
        [announced(), {"intent": "i1", "what": "fields", "side": "customer", "reason": "503"}],
        "Not done yet: setting status to '2' (In Progress",
    ),
    "refused": (
        [announced(), {"intent": "i1", "what": "fields", "side": "customer", "reason": "no right.", "fields": ["state"]}],
        "The customer's system refused setting status to '2'",
    ),
    "unanswered": (
        [comment(), {"intent": "i2", "what": "comment", "side": "customer", "reason": "time-out"}],
        "Nobody knows yet whether comment 7 of the vendor for ticket INC1 took effect: time-out.",
    ),
    "retired": (
        [comment(), {"intent": "i2", "what": "comment", "side": "customer"}],
        "Comment 7 of the vendor for ticket INC1 never took effect",
    ),
    "second_case": (
        [{"case": "2"}],
        "More than one case was opened for ticket INC1; the first is used, the vendor has also 2.",
    ),
    "recognised": (
        [{"item": ITEM, "copy": "c9", "side": "customer"}],
        "The copy of comment 7 of the vendor was found on ticket INC1",
    ),
    "second_copy": (
        [{"item": ITEM, "copy": "c9", "side": "customer"}],
        "Ticket INC1 has a second copy of comment 7 of the vendor (c9)",
    ),
    "agreed": (
        [{"unit": "title", "customer": {"short_description": "A"}, "vendor": {"Title": "A"}}],
        "Title: both sides agree: ticket INC1 has 'A' and case 2026 has 'A'.",
    ),
    "standing": (
        [
            {
                "unit": "priority",
                "customer": {"priority": "1"},
                "vendor": {"Priority": "2 low"},
                "reason": "no row",
                "ruling": None,
            }
        ],
        "Priority stays different: ticket INC1 has '1' and case 2026 has '2 low': no row.",
    ),
    "noted": (
        [{"side": "customer", "text": "[Ticket connector] Not passed on: x.", "topic": "t"}],
        "The connector tells the customer's staff: “Not passed on: x.”",
    ),
    "own_affair": (
        [{**AT, "value": {"Title": "B"}}],
        "Title of case 2026 is 'B', which changes nothing on the other side.",
    ),
    "verified": ([{**AT, "sent": {"Title": "A"}, "kept": {"Title": "A"}}], "A read confirms it: title of case 2026 is 'A'."),
    "dropped": (
        [{**AT, "sent": {"Title": "A"}, "kept": {"Title": "B"}}],
        "The vendor's system took the write of 'A' and kept another value: title of case 2026 is 'B'.",
    ),
    "covered": (
        [{**AT, "lost": {"Title": "B"}, "sent": {"Title": "A"}}],
        "A write of ours ('A') covered what a person of the vendor",
    ),
    "put_back_dropped": (
        [{**AT, "wanted": {"Title": "B"}, "present": {"Title": "C"}}],
        "The covered value is not put back: somebody has changed it since, title of case 2026 is 'C'.",
    ),
    "conflict": (
        [{"unit": "title", "winner": "customer", "loser": "vendor", "lost": {"Title": "B"}, "kept": {"short_description": "A"}}],
        "Both sides changed title: the customer's value counts; the vendor's was 'B'.",
    ),
    "provoked": (
        [{"unit": "status", "side": "vendor", "value": {"State": "open"}}],
        "A comment of ours moved the status, which nobody decided: status of case 2026 is 'open' (in work).",
    ),
    "interleaved": ([{"intent": "i1", "reason": "no history"}], "A write of ours met with somebody else's: no history."),
    "followed": (
        [{"ticket": "INC7", "ref": "r7", "lead": "INC1", "by": "ann"}],
        "Ticket INC7 follows case 2026, which ticket INC1 leads, as an operator (ann) ordered.",
    ),
    "joined": (
        [{"bond": "b9", "lead": "INC9", "case": "2027", "reason": "the vendor merged case 2026 into 2027"}],
        "Ticket INC1 goes on with case 2027, which ticket INC9 leads: the vendor merged case 2026 into 2027; see bond b9.",
    ),
    "news": (
        [{"task": "monitoring", "what": "maintenance", "about": "west", "because": "Title is 'Maintenance'", "ruling": None}],
        "Case 2026 is news of maintenance, about west: Title is 'Maintenance'.",
    ),
    "beside": ([{"case": "2027", "title": "2027: again"}], "Case 2027 is about the same: ticket INC1 tells of it too."),
    "task_joined": (
        [{"number": "2031", "ref": "31", "url": "", "by": "lena", "ruling": RULING}],
        "Ticket INC1 joined the vendor's task 2031, as lena said.",
    ),
    "finding": (
        [{"number": "2031", "by": "lena", "text": "only with 7 %"}],
        "A finding of lena is for the vendor's task 2031: only with 7 %.",
    ),
    "task_left": ([{"number": "2031", "by": "lena"}], "Nothing more is told of the vendor's task 2031, as lena said."),
    "task_gone": ([{"number": "2031", "reason": "it is not there"}], "The vendor's task 2031 cannot be read: it is not there."),
    "task_moved": ([{"before": "2031", "number": "2032"}], "The vendor merged task 2031 into 2032, which takes its place."),
    "leads": ([{"ticket": "INC7", "before": "INC1"}], "Ticket INC1 has ended; ticket INC7 leads case 2026 from now on."),
    "relinked": (
        [{"before": "2026", "case": "2027", "ref": "27"}],
        "The vendor merged case 2026 into case 2027: the ticket goes on with that one.",
    ),
    "begun": (
        [{"why": "moved", "case": "2027"}],
        "Ticket INC1 and case 2027 are looked at together for the first time: what differs",
    ),
    "mapping_changed": ([{"before": "aa", "now": "bb"}], "The mapping changed from aa to bb"),
    "withheld": (
        [{"item": FILE, "what": "file", "reason": "too large", "ruling": None}],
        "File 3:1 of the customer stays where it is: too large.",
    ),
    "visibility_lost": (
        [{"item": ITEM, "copy": "c9", "side": "customer", "reason": "now internal"}],
        "Comment 7 of the vendor was hidden after it had been carried over; ticket INC1 has the copy c9: now internal.",
    ),
    "parked_item": (
        [{"item": FILE, "what": "file", "side": "vendor", "reason": "too large"}],
        "File 3:1 of the customer cannot be delivered and waits for an operator: too large.",
    ),
    "restored": (
        [{"by": "ann", "at": 2.0, "backup_at": 0.0, "checkpoint": 1, "lost": ""}],
        "An operator (ann) restored the store: the connector's records went back to a backup of 1970-01-01T00:00:00Z",
    ),
    "accepted": (
        [{"by": "ann", "side": "vendor"}],
        "An operator (ann) accepted the vendor's system as it is now",
    ),
    "taken_up": (
        [{"why": "restored", "since": 1.0, "stands": ["title"]}],
        "Both tickets were taken as they are; these stay different until somebody asks: title.",
    ),
    "case_found": (
        [{"side": "vendor", "ref": "7", "marker": "m"}],
        "A case for ticket INC1 was found by its mark, opened before the restore: it is used.",
    ),
    "parked": ([{"reason": "eight attempts failed"}], "It cannot go on without an operator: eight attempts failed."),
    "released": ([{"by": "ann", "items": [], "units": []}], "An operator (ann) let it go on as it is."),
    "retried": (
        [{"by": "ann", "items": [FILE], "units": ["title"]}],
        "An operator (ann) had it tried again: title, file 3:1 of the customer.",
    ),
    "linked": (
        [{"by": "ann", "differ": {"title": "stands", "case_number": "written"}, "before": {"comments": 3, "files": 0}}],
        "An operator (ann) linked ticket INC1 with case 2026; the values found are the base, and title stand different; 3 comments",
    ),
    "parted": (
        [{"by": "ann", "ticket": "INC7", "case": "2026"}],
        "An operator (ann) parted ticket INC7 from case 2026; what it said stays there.",
    ),
    "unlinked": ([{"by": "ann"}], "An operator (ann) ended the exchange of ticket INC1 with case 2026; nothing was closed."),
    "gave_way": ([{"bond": "b7"}], "An operator linked the ticket elsewhere: its story goes on in bond b7."),
    "history_let_go": ([{"by": "ann", "items": 4}], "An operator (ann) let 4 comments and files travel that were there before"),
    "redacted": ([{"n": 4, "by": "ann", "reason": "a name"}], "An operator (ann) erased the content of record 4: a name."),
}


def recorded_kinds() -> Iterator[str]:
    """What the program's source records, as ``fact("kind", …)`` or ``{"kind": …}``."""
    for part in ("sync", "store", "daemon"):
        for path in sorted((ROOT / "connector" / part).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for said in _kind_of(node):
                    yield from (n.value for n in ast.walk(said) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def _kind_of(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fact":
        scene = isinstance(node.func.value, ast.Name) and node.func.value.id == "scene"
        scene = scene or (isinstance(node.func.value, ast.Name) and node.func.value.id == "self")
        return [_branches(node.args[0])] if scene and len(node.args) == 1 and node.keywords else []
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [_branches(value) for key, value in pairs if isinstance(key, ast.Constant) and key.value == "kind"]
    return []


def _branches(said: ast.expr) -> ast.expr:
    """Of ``a if test else b`` the two results, not the test."""
    return ast.Tuple([said.body, said.orelse]) if isinstance(said, ast.IfExp) else said


def test_every_kind_that_is_recorded_has_a_sentence_and_an_example() -> None:
    kinds = set(recorded_kinds())
    assert len(kinds) > 25  # the search itself works
    assert kinds <= set(SENTENCES)
    assert set(TOLD) == set(SENTENCES)


@pytest.mark.parametrize("kind", TOLD)
def test_what_each_kind_says(kind: str) -> None:
    events, said = TOLD[kind]
    lines = story_of(MAPPING, *({"kind": kind, **event} for event in events)).lines
    mine = [line for line in lines if line.kind == kind]
    assert len(mine) == 1
    assert mine[0].text.startswith(said)
    assert mine[0].text[-1] in ".”"
    assert "None" not in mine[0].text
    assert mine[0].record == len(events)
