"""What a portal's own description lets one propose, and that nothing proposed loads before a person has looked at it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.bound_inspect import inspected
from adapters.bound_load import load
from adapters.bound_proposal import proposal
from adapters.bound_source import FILL_IN, BindingError

ROOT = Path(__file__).parents[2]
OPENAPI = ROOT / "docs/help-desk.openapi.json"
WSDL = ROOT / "bindings/servicenow/incident.wsdl"
CONTRACTS = ROOT.parent / "shared/contracts"


def test_an_openapi_file_is_read() -> None:
    portal = inspected(OPENAPI)
    assert (portal.speaks, portal.prefix, portal.auth) == ("rest", "/api", "{header: X-Api-Key}")
    told = {one.name: one for one in portal.operations}
    assert told["GET /tickets"].arguments["changed_since"] == "string"
    assert told["POST /tickets/{id}/notes"].arguments == {"text": "string", "internal": "boolean"}
    assert {role: one.name for role, one in portal.roles.items()} == {
        "changed": "GET /tickets",
        "find": "GET /tickets",
        "create": "POST /tickets",
        "set": "PATCH /tickets/{id}",
        "comment": "POST /tickets/{id}/notes",
        "attach": "POST /tickets/{id}/files",
        "download": "GET /files/{id}",
        "history": "GET /tickets/{id}/history",
    }


def test_a_wsdl_is_read() -> None:
    portal = inspected(WSDL)
    (insert,) = (one for one in portal.operations if one.name == "insert")
    assert portal.speaks == "soap"
    assert insert.arguments["short_description"] == "string"
    assert {role: one.name for role, one in portal.roles.items()}["set"] == "update"


def _tree(source: Path) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load(proposal(inspected(source)))
    return tree


def test_what_can_be_guessed_is_filled_in() -> None:
    tree = _tree(OPENAPI)
    assert tree["prefix"] == "/api"
    assert tree["set"]["patch"] == "/tickets/{{ ref }}"
    assert tree["comment"]["post"] == "/tickets/{{ ref }}/notes"
    soap = _tree(WSDL)
    assert soap["create"]["tell"] == "main.insert"
    assert soap["services"]["main"]["wsdl"] == "incident.wsdl"


@pytest.mark.parametrize(
    "source", [OPENAPI, WSDL, *sorted(CONTRACTS.glob("*.json")), *sorted(CONTRACTS.glob("*.wsdl"))], ids=lambda one: one.name
)
def test_what_is_proposed_is_yaml_and_refused_until_it_is_filled_in(tmp_path: Path, source: Path) -> None:
    text = proposal(inspected(source))
    yaml.safe_load(text)
    (tmp_path / "b.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BindingError) as caught:
        load(str(tmp_path / "b.yaml"))
    assert len(caught.value.problems) == text.count(f"'{FILL_IN}")
    assert all("filled in" in one.message for one in caught.value.problems)


def test_a_reference_within_an_openapi_file_is_followed(tmp_path: Path) -> None:
    shape = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "updated_at": {"type": "string"}, "title": {"type": "string"}},
    }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Case"}}}
    path = {"/cases/{id}": {"get": {"responses": {"200": {"description": "", "content": content}}}}}
    told = {"openapi": "3.0.3", "paths": path, "components": {"schemas": {"Case": shape}}}
    (tmp_path / "a.json").write_text(json.dumps(told), encoding="utf-8")
    tree = _tree(tmp_path / "a.json")
    assert (tree["ticket"]["ref"], tree["ticket"]["changed"], list(tree["fields"])) == ("id", "updated_at", ["title"])


@pytest.mark.parametrize("text", ["", "[]", "<a/>", "{", "paths: 1", '<definitions targetNamespace="x">'])
def test_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").write_text(text, encoding="utf-8")
    with pytest.raises(BindingError):
        inspected(tmp_path / "a")
