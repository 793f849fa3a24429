"""Requests and answers checked against published OpenAPI files.

    contracts = jira_contracts(cloud=True)
    watched = Watched(system, contracts)        # serve it, or mount it in process, instead of the system
    ...
    assert contracts.found == []

What our own adapters say to a Jira is checked after every test of this folder: ``Watched(system, ours(cloud=True))``.

A path that no file describes is no finding; it is counted in ``contracts.undescribed``. Where the files contradict
their own examples, they are read as the examples have it (:func:`_amended`).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import FormatChecker
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker
from referencing import Registry, Specification

from connector.sandbox.core import Request, Response, System

FOLDER = Path(__file__).parents[3] / "shared" / "contracts"
ABSENT = f"the published OpenAPI files are not in {FOLDER}"
needs_contracts = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)

#: Refusals that any operation may answer by; the files name them here and there only, and 410 came after them.
ANYWHERE = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 429})
_URI = "urn:contract"
#: What Jira calls a date-time has no colon in its offset.
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:?\d\d|Z)")


def _formats() -> FormatChecker:
    checker = FormatChecker(())
    checker.checkers = {
        **oas30_format_checker.checkers,
        "date-time": (lambda v: not isinstance(v, str) or bool(_STAMP.fullmatch(v)), ()),
    }
    return checker


_FORMATS = _formats()


@dataclass(frozen=True)
class Operation:
    """One method of one path of a file."""

    file: File
    pointer: str  # of the operation in its document
    path: re.Pattern[str]
    fixed: int  # how many letters of the path are no parameter
    spec: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        return str(self.spec.get("operationId", self.pointer))

    # -- a request

    def of_request(self, request: Request) -> Iterator[str]:
        yield from self._of_query(request)
        for parameter in self.parameters:
            if parameter["in"] == "header" and parameter.get("required") and parameter["name"].lower() not in request.headers:
                yield f"the header {parameter['name']} is missing"
        body = self.spec.get("requestBody")
        if body is None:
            if request.body:
                yield "a body is sent where none belongs"
            return
        content: Mapping[str, Any] = body.get("content", {})
        if not request.body:
            if body.get("required"):
                yield "the body is missing"
            return
        kind = request.headers.get("content-type", "").split(";")[0].strip()
        if kind not in content and "*/*" not in content:
            yield f"a body of type {kind!r}, not one of {', '.join(content)}"
        elif kind == "application/json" and "schema" in content.get(kind, {}):
            pointer = f"{self.pointer}/requestBody/content/{_escaped(kind)}/schema"
            yield from self.file.errors(pointer, json.loads(request.body), write=True)

    def _of_query(self, request: Request) -> Iterator[str]:
        known = {parameter["name"]: parameter for parameter in self.parameters if parameter["in"] == "query"}
        for name in request.query.keys() - known.keys():
            yield f"unknown query parameter {name}"
        for name, parameter in known.items():
            if name not in request.query:
                if parameter.get("required"):
                    yield f"the query parameter {name} is missing"
                continue
            schema = parameter.get("schema", {})
            values = request.query[name]
            for error in self.file.errors_of(schema, _read(schema, values)):
                yield f"query parameter {name}: {error}"

    # -- an answer

    def of_answer(self, answer: Response) -> Iterator[str]:
        described = self.spec["responses"].get(str(answer.status))
        if described is None:
            if answer.status not in ANYWHERE:
                yield f"status {answer.status} is not described"
            return
        content: Mapping[str, Any] = described.get("content", {})
        kind = next((v for k, v in answer.headers.items() if k.lower() == "content-type"), "").split(";")[0].strip()
        if kind == "application/json" and "schema" in content.get(kind, {}):
            pointer = f"{self.pointer}/responses/{answer.status}/content/{_escaped(kind)}/schema"
            said = _said(json.loads(answer.body))
            # the generator of Data Center's file loses lists: it describes one of what comes as many
            lost = isinstance(said, list) and self.file.kind(content[kind]["schema"]) == "object"
            for one in said if lost else [said]:
                yield from self.file.errors(pointer, one, write=False)
        elif not answer.body and answer.status == 200 and "application/json" in content:
            yield "an empty answer where JSON is described"


class File:
    """One OpenAPI 3.0 document.

    :param root: what its paths begin with besides what stands in it.
    """

    def __init__(self, path: Path, root: str = "") -> None:
        self.name = path.name
        self._document: Mapping[str, Any] = _amended(json.loads(path.read_text(encoding="utf-8")))
        resource = Specification.OPAQUE.create_resource(self._document)
        self._registry: Registry[Any] = Registry().with_resource(_URI, resource)
        self.operations: dict[str, list[Operation]] = {}
        for template, methods in self._document["paths"].items():
            for method, spec in methods.items():
                if method != "parameters":
                    made = self._operation(root + template, f"#/paths/{_escaped(template)}/{method}", methods, spec)
                    self.operations.setdefault(method.upper(), []).append(made)

    def _operation(self, template: str, pointer: str, around: Mapping[str, Any], spec: Mapping[str, Any]) -> Operation:
        parts = re.split(r"(\{[^}]+\})", template)
        pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts)
        fixed = sum(len(part) for part in parts if not part.startswith("{"))
        given = tuple(self._resolved(one) for one in (*around.get("parameters", ()), *spec.get("parameters", ())))
        return Operation(self, pointer, re.compile(pattern), fixed, spec, given)

    def kind(self, schema: Mapping[str, Any]) -> str:
        """The type that a schema asks for, where it asks for one."""
        return str(self._resolved(schema).get("type", ""))

    def _resolved(self, one: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in one:
            return one
        found: Any = self._document
        for name in one["$ref"].removeprefix(f"{_URI}#/").split("/"):
            found = found[name]
        return dict(found)

    def find(self, method: str, path: str) -> Operation | None:
        """The most special one, where several templates match."""
        found = [one for one in self.operations.get(method, ()) if one.path.fullmatch(path)]
        return max(found, key=lambda one: one.fixed, default=None)

    def errors(self, pointer: str, value: object, *, write: bool) -> Iterator[str]:
        """What is wrong with a value by the schema at this place of the document."""
        yield from self.errors_of({"$ref": f"{_URI}{pointer}"}, value, write=write)

    def errors_of(self, schema: Mapping[str, Any], value: object, *, write: bool = True) -> Iterator[str]:
        validator = OAS30WriteValidator if write else OAS30ReadValidator
        checker = validator(schema, registry=self._registry, format_checker=_FORMATS)
        for error in checker.iter_errors(value):
            yield f"{error.json_path}: ...{error.message[-200:]}"


@dataclass
class Contracts:
    """The files that describe one system, and what was found against them.

    :param prefix: of paths, which the files do not know.
    """

    files: tuple[File, ...]
    prefix: re.Pattern[str] = re.compile("")
    found: list[str] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)  # by operation
    undescribed: Counter[str] = field(default_factory=Counter)  # by method and path

    def check(self, request: Request, answer: Response, *, requests: bool = True) -> None:
        """:param requests: False: only the answer is looked at."""
        path = self.prefix.sub("", request.path, count=1)
        operation = next((one for file in self.files if (one := file.find(request.method, path))), None)
        if operation is None:
            self.undescribed[f"{request.method} {path}"] += 1
            return
        self.checked[operation.name] += 1
        asked: Iterable[str] = operation.of_request(request) if requests and answer.status < 400 else ()
        where = f"{request.method} {path} ({answer.status}, {operation.file.name})"
        self.found += [f"{where}: request: {error}" for error in asked]
        self.found += [f"{where}: answer: {error}" for error in operation.of_answer(answer)]


class Watched:
    """A system between which and its callers every exchange is checked.

    :param requests: whether the requests are checked too, or the answers alone.
    """

    def __init__(self, system: System, contracts: Contracts, *, requests: bool = True) -> None:
        self._system, self._contracts, self._requests = system, contracts, requests
        self.name = system.name

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        answer = self._system.handle(request, as_of)
        self._contracts.check(request, answer, requests=self._requests)
        return answer

    def is_write(self, request: Request) -> bool:
        return self._system.is_write(request)

    def label(self, request: Request) -> str:
        return self._system.label(request)

    def expire_tokens(self) -> None:
        end = getattr(self._system, "expire_tokens", None)
        if end:
            end()


def jira_contracts(*, cloud: bool) -> Contracts:
    """Atlassian's own files; skips the test where they are absent."""
    if not FOLDER.is_dir():
        pytest.skip(ABSENT)
    if cloud:
        names = ("jira-cloud-v3", "jira-cloud-v2", "jira-service-management")
        return Contracts(tuple(_file(name, "") for name in names), re.compile("^/ex/jira/[^/]+"))
    files = (_file("jira-data-center-10", "/rest"), _file("jira-service-management", ""))
    return Contracts(files, re.compile("^/jira"))


WATCHED: list[Contracts] = []
"""Of each Jira that the running test talks to by our adapters; see ``conftest.py``."""


def ours(*, cloud: bool) -> Contracts:
    """What our adapters ask and are answered is checked against these after the test; nothing is where the files are absent."""
    WATCHED.append(jira_contracts(cloud=cloud) if FOLDER.is_dir() else Contracts(()))
    return WATCHED[-1]


@cache
def _file(name: str, root: str) -> File:
    return File(FOLDER / f"{name}.subset.openapi.json", root)


def _amended(node: Any) -> Any:
    """A document without what its own examples contradict.

    - ``object`` without a word on its members is Java's Object: anything.
    - A server's time zone is a name in every example, and in the newer file.
    - A history's time is a text in one operation and a number in another.
    - A bulk read of issues says what more there is to expand.
    - A property's value is any JSON: so it is written, and so it comes back.
    """
    if isinstance(node, list):
        return [_amended(one) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "object" and not node.keys() & {"properties", "additionalProperties", "$ref", "allOf"}:
        node = {key: value for key, value in node.items() if key != "type"}
    out = {key: value if key == "example" else _amended(value) for key, value in node.items()}
    if str(out.get("$ref", "")).startswith("#"):
        out["$ref"] = f"{_URI}{out['$ref']}"  # a schema may be used far from its document
    if "serverTimeZone" in out:
        out["serverTimeZone"] = {"type": "string"}
    if out.get("properties", {}).keys() == {"key", "value"}:
        out["properties"]["value"] = {}
    if out.get("properties", {}).keys() == {"issueErrors", "issues"}:
        out["properties"]["expand"] = {"type": "string"}
    if {"created", "items", "historyMetadata"} <= out.get("properties", {}).keys():
        out["properties"]["created"] = {}
    return out


def _said(value: Any) -> Any:
    """What an answer says: null stands for what is not there, and the files never say that it may."""
    if isinstance(value, list):
        return [_said(one) for one in value]
    return {key: _said(one) for key, one in value.items() if one is not None} if isinstance(value, dict) else value


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _read(schema: Mapping[str, Any], values: list[str]) -> object:
    """A query parameter's value in the type that its schema gives it."""
    match schema.get("type"):
        case "array":
            return [_read(schema.get("items", {}), [part]) for value in values for part in value.split(",")]
        case "integer" if values[0].lstrip("-").isdecimal():
            return int(values[0])
        case "boolean" if values[0] in ("true", "false"):
            return values[0] == "true"
    return values[0]
