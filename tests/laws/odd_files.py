"""Operating models and mappings as nobody would write them: strategies for their YAML texts, and what such a text says.

What ends the customer's ticket is read from the text here, not asked of the loaded mapping: a fault of the loader must not
hide itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import yaml
from hypothesis import strategies as st

from connector.rasci.settings import KNOWN
from tests.laws.world import ROOT

Doc = dict[str, Any]

PHASES = ("new", "working", "waiting_customer", "waiting_third_party", "solved", "closed", "cancelled")
STATES = ("1", "2", "3", "6", "7", "8")
REASONS = ("", "1", "3", "4", "5")
CASE_STATES = (
    "new", "open", "pending reminder", "pending auto close+", "pending auto close-", "closed successful", "closed unsuccessful",
    "merged", "removed", "odd",
)  # fmt: skip
CELLS = ("", "A", "R", "S", "C", "I", "A,R", "R,S", "S,C,I", "S,C", "A,R,S,C,I")
GATES = ("speak_to_users", "submit", "work_on_case")


# --- mappings ---------------------------------------------------------------------------------------------------


@cache
def _shipped_mapping() -> Doc:
    text = (ROOT / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8")
    found: Doc = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - it makes texts only
    return found


def _native(draw: st.DrawFn) -> Doc:
    """Some state of the customer's, perhaps without its reason, perhaps the reason alone."""
    whole = {"state": draw(st.sampled_from(STATES)), "hold_reason": draw(st.sampled_from(REASONS))}
    kept: tuple[str, ...] = draw(st.sampled_from([("state",), *[("state", "hold_reason")] * 3, ("hold_reason",)]))
    return {name: whole[name] for name in kept}


def _write(draw: st.DrawFn) -> Doc:
    if draw(st.integers(0, 5)) == 0:
        return {draw(st.sampled_from(["nothing", "unmapped"])): "because"}
    keep = [_native(draw) for _ in range(draw(st.integers(0, 1)))]
    return {"set": _native(draw), **({"keep": keep} if keep else {})}


def _read(draw: st.DrawFn) -> Doc:
    phase = draw(st.sampled_from([*PHASES, "none", "none"]))
    return {"when": _native(draw), "phase": phase}


def _status(draw: st.DrawFn, status: Doc) -> None:
    """Change a few rows of the customer's tables, or all of them."""
    customer = status["customer"]
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        row = draw(st.integers(0, len(customer["read"]) - 1))
        if draw(st.booleans()):
            customer["read"].insert(row, _read(draw))
        elif len(customer["read"]) > 1:
            del customer["read"][row]
    for phase in draw(st.lists(st.sampled_from(PHASES), max_size=3, unique=True)):
        customer["write"][phase] = _write(draw)
    if draw(st.booleans()):
        customer["notifying"] = [_native(draw) for _ in range(draw(st.integers(0, 3)))]
    for row in draw(st.lists(st.sampled_from(status["vendor"]["read"]), max_size=3)):
        row.pop("unmapped", None)
        row["phase"] = draw(st.sampled_from(PHASES))


@st.composite
def mapping_texts(draw: st.DrawFn) -> str:
    """A mapping: the shipped one with random rows, writes, notifying states and perhaps a field that meddles with the status."""
    doc = deepcopy(_shipped_mapping())
    _status(draw, doc["status"])
    doc["status"]["owner"] = draw(st.sampled_from(["customer", "vendor"]))
    meddles = draw(st.sampled_from(["", "", "", "", "state", "hold_reason"]))
    if meddles:
        unit = {"customer": meddles, "vendor": "DynamicField_Severity", "owner": "vendor", "direction": "to_customer"}
        doc["fields"]["meddler"] = unit
    doc["priority"]["owner"] = draw(st.sampled_from(["customer", "vendor"]))
    return str(yaml.dump(doc, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False))


class Says:
    """What a mapping's text says of the customer's states."""

    def __init__(self, text: str) -> None:
        doc: Doc = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - it makes texts only
        self._customer = doc["status"]["customer"]

    def phase(self, native: Mapping[str, str]) -> str:
        """The first row that matches decides; "" where none does."""
        rows = (row for row in self._customer["read"] if _matches(row["when"], native))
        row: Doc = next(rows, {})
        return str(row.get("phase", ""))

    def ends(self, native: Mapping[str, str]) -> str:
        """Why this state is one into which the vendor never moves a ticket, or ""."""
        phase = self.phase(native)
        if phase in ("closed", "cancelled"):
            return f"reads as {phase}"
        return "notifies" if any(_matches(when, native) for when in self._customer["notifying"]) else ""


def _matches(when: Mapping[str, str | list[str]], native: Mapping[str, str]) -> bool:
    return all(native.get(name, "") in ([values] if isinstance(values, str) else values) for name, values in when.items())


# --- operating models -------------------------------------------------------------------------------------------


@cache
def _shipped_models() -> tuple[Doc, ...]:
    files = sorted((ROOT / "config" / "operating-models").glob("*.yaml"))
    return tuple(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) for file in files)


@st.composite
def model_texts(draw: st.DrawFn) -> str:
    """An operating model: a shipped one with other letters in the rows that decide, other seats, other settings."""
    doc = deepcopy(draw(st.sampled_from(_shipped_models())))
    for task in (task for task in doc["tasks"] if task.get("gate") in GATES):
        cells = [task["rasci"].get(party, "") for party in doc["parties"]]
        if draw(st.booleans()):
            cells = draw(st.permutations(cells))
        if draw(st.integers(0, 5)) == 0:
            cells[draw(st.integers(0, len(cells) - 1))] = draw(st.sampled_from(CELLS))
        task["rasci"] = {party: letters for party, letters in zip(doc["parties"], cells, strict=True) if letters}
    for party in doc["seats"]:
        if draw(st.integers(0, 15)) == 0:
            doc["seats"][party] = draw(st.sampled_from(["customer", "vendor"]))
    used = [name for name, known in KNOWN.items() if known.used and known.choices]
    for name in draw(st.lists(st.sampled_from(used), max_size=3, unique=True)):
        choices = [*KNOWN[name].choices] * 3 + ["resolve"]
        doc["settings"][name] = {"value": draw(st.sampled_from(choices)), "source": "ours"}
    return str(yaml.dump(doc, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False))
