"""Loading a binding: every problem of the file is reported at once, with its line and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files as packaged
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from adapters.base import Problem
from adapters.bound_model import METHODS, BindingFile, Call, Comments, Files, Listing, OwnMarker, Step
from adapters.bound_names import names_known, uses
from adapters.bound_source import BindingError, Place, Source, read
from adapters.bound_templates import TemplateProblem, compiled
from adapters.bound_values import EACH_FIELD, EACH_OF, FILE_AS, templates, words_used

if TYPE_CHECKING:  # zeep takes long to import, and a portal without SOAP does not need it
    from adapters.soap import Service

READS = ("changed", "read", "find", "resolve", "comments", "files", "history", "download", "me")
WRITES = ("create", "set", "comment", "attach")
_LISTS = ("refs", "ids", "numbers")
_SIGNED = {"marker", "text_with_marker", "subject_with_marker", "description_with_marker"}


@dataclass(frozen=True)
class Binding:
    """A binding that was found to be in order."""

    file: BindingFile
    folder: Path

    def service(self, name: str) -> Service:
        """:raises ValueError: its WSDL cannot be used."""
        told = self.file.services[name]
        return _service(self.folder / told.wsdl, told.namespace, told.action)


@lru_cache(maxsize=64)
def _service(wsdl: Path, namespace: str, action: str) -> Service:
    from adapters.soap import Service  # noqa: PLC0415 - see above

    return Service(wsdl.read_bytes(), namespace, action)


def find(name: str) -> Path:
    """The file of a binding: a path that ends in .yaml, or the name of a shipped one.

    :raises BindingError: there is none of that name.
    """
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    shipped = {Path(str(one)).stem: Path(str(one)) for one in packaged("bindings").iterdir() if one.name.endswith(".yaml")}
    if name not in shipped:
        message, known = f"there is no shipped binding {name!r}", ", ".join(sorted(shipped))
        raise BindingError([Problem(name, message, f"use one of {known}, or the path of a file that ends in .yaml")])
    return shipped[name]


def load(name: str) -> Binding:
    """A binding by its path or shipped name.

    :raises BindingError: with every problem found.
    """
    path = find(name)
    source = read(path)
    try:
        model = BindingFile.model_validate(source.tree)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            _tell(source, one)
        source.stop_if_wrong()
        raise
    binding = Binding(model, path.parent)
    _Check(source, binding).run()
    source.stop_if_wrong()
    return binding


def _tell(source: Source, error: ErrorDetails) -> None:
    place, tree = [], source.tree
    for part in error["loc"]:  # pydantic puts the names of alternatives between the keys
        if isinstance(tree, Mapping | list) and (part in tree if isinstance(tree, Mapping) else isinstance(part, int)):
            place.append(part)
            tree = tree[part]  # type: ignore[index]  # a key of the one, a position of the other
        elif part == error["loc"][-1] and isinstance(part, str) and error["type"] == "missing":
            place.append(part)
    key = str(place[-1]) if place else ""
    match error["type"]:
        case "missing":
            message, remedy = f"the key {key} is missing", "add it; docs/bindings.md explains every key"
        case "extra_forbidden":
            near = difflib.get_close_matches(key, _keys(), n=1)
            message, remedy = f"unknown key {key!r}", f"did you mean {near[0]!r}?" if near else "remove it"
        case "value_error":
            message, _, remedy = error["msg"].removeprefix("Value error, ").partition("; ")
        case _:
            message, remedy = error["msg"][:1].lower() + error["msg"][1:], ""
    source.wrong(place, message, remedy or "docs/bindings.md explains every key")


@lru_cache(maxsize=1)
def _keys() -> list[str]:
    schema = BindingFile.model_json_schema()
    tables = [schema, *schema["$defs"].values()]
    return sorted({key for table in tables for key in table.get("properties", {})})


@dataclass
class _Check:
    """What the shape of a file cannot say."""

    source: Source
    binding: Binding
    names: set[str] = field(default_factory=set)

    def run(self) -> None:
        model = self.binding.file
        for name in model.services:
            self._service(name)
        for n, also in enumerate(model.also_changed):
            self._read("changed", ("also_changed", n), also)
        for role in READS:
            call = getattr(model, role)
            if call is not None:
                self._read(role, (role,), call)
        for role in WRITES:
            steps = getattr(model, role)
            if steps is not None:
                self._steps(role, steps)
        self._agree()
        for name, source in model.headers.items():
            self._template(("headers", name), source, names_known(model, ""))
        self._template(("ticket_url",), model.ticket_url, {"url", "ref", "number", *model.settings})

    # --- reading ---

    def _read(self, role: str, place: Place, call: Call) -> None:
        nested = isinstance(call, Comments | Files) and not call.method
        if nested:
            if not getattr(call, "items", ""):
                self.source.wrong(place, "neither a call nor a place within the ticket", "add get: or ask:, or items: PATH")
            return
        if not call.method:
            self.source.wrong(place, "this needs a call", "add get: PATH, post: PATH or ask: SERVICE.OPERATION")
            return
        if call.method in ("put", "patch", "delete", "tell"):
            self.source.wrong((*place, call.method), "a read must not change anything", "use get, post (a search) or ask")
        self._call(role, place, call, set())
        if isinstance(call, Listing):
            self._listing(role, place, call)

    def _listing(self, role: str, place: Place, call: Listing) -> None:
        paging = call.paging
        if paging and paging.by == "cursor" and not paging.next:
            self.source.wrong((*place, "paging"), "next is missing", "say where an answer has the cursor: next: PATH")
        if role in ("comments", "files", "history"):
            asked = uses(call)
            owned = getattr(call.each, "ticket", "")  # type: ignore[attr-defined]  # the three have it
            if "refs" in asked and not owned:
                message = "one call asks for several tickets (refs), and no row says whose it is"
                self.source.wrong((*place, "each"), message, "add ticket: PATH, or ask by ref")
            if "ids" in asked and not getattr(call, "ids", ""):
                self.source.wrong(place, "the call uses ids", "add ids: where a ticket lists them")

    # --- writing ---

    def _steps(self, role: str, steps: list[Step]) -> None:
        kept: set[str] = set()
        for n, step in enumerate(steps):
            place: Place = (role, n) if (role, n) in self.source.lines else (role,)
            if not step.method:
                self.source.wrong(place, "this needs a call", "add post: PATH, or tell: SERVICE.OPERATION")
                return
            last = n == len(steps) - 1
            writes = step.method not in ("get", "ask")
            if last and (not writes or step.prepares):
                self.source.wrong(place, "the last call is the write itself", "let the call that changes the ticket be the last")
            if not last and writes and not step.prepares:
                message = "two calls that change something: where the second is lost, nobody knows what stands"
                self.source.wrong(
                    place, message, "only the last may change the ticket; prepares: yes where no ticket shows the result"
                )
            self._call(role, place, step, kept)
            kept |= step.keep.keys()
        self._carries_marker(role, steps)
        if role == "create" and "ref" not in steps[-1].keep:
            self.source.wrong((role,), "the new ticket's id is not kept", "add keep: {ref: PATH} to the call")

    def _carries_marker(self, role: str, steps: list[Step]) -> None:
        if role == "set" or (role == "attach" and not (self.binding.file.files and self.binding.file.files.each.marker)):
            return
        used = set().union(*(uses(step) for step in steps))
        wanted = _SIGNED
        marker = self.binding.file.comments.each.marker
        if role == "comment":
            wanted = {"text_with_marker"} if marker == "last_line" else {"marker", "subject_with_marker"}
        if not used & (wanted if role == "comment" else {"marker"}):
            message = "what is written does not carry our marker: it could not be found again"
            self.source.wrong(
                (role,), message, f"put {{{{ {min(wanted) if role == 'comment' else 'marker'} }}}} where it is read"
            )

    # --- one call ---

    def _call(self, role: str, place: Place, call: Call, kept: set[str]) -> None:
        known = names_known(self.binding.file, role) | kept
        if call.method in METHODS:
            self._template((*place, call.method), call.target, known)
        else:
            self._operation(place, call)
        for name in ("query", "headers", "json", "form", "multipart", "body", "with"):
            value = getattr(call, {"json": "json_", "with": "with_"}.get(name, name))
            for below, source, of_field in templates(value):
                if below[-1:] != (EACH_FIELD,) and source not in ("as_number", "as_truth"):
                    self._template((*place, name, *below), source, known | ({"name", "value"} if of_field else set()))
            self._words(role, (*place, name), value, known)

    def _words(self, role: str, place: Place, value: Any, known: set[str]) -> None:
        for name in words_used(value, EACH_OF):
            if name not in _LISTS or name not in known:
                lists = ", ".join(sorted(known.intersection(_LISTS))) or "none"
                self.source.wrong(place, f"each_of names no list: {name!r}", f"lists here: {lists}")
        for how in words_used(value, FILE_AS):
            if how not in ("base64", "bytes") or role != "attach":
                self.source.wrong(place, f"file_as: {how} is not possible here", "in attach, write base64 or bytes")
        if words_used(value, EACH_FIELD) and role not in ("create", "set"):
            self.source.wrong(place, "no fields are written here", "use each_field in create and set only")

    def _template(self, place: Place, source: str, known: set[str]) -> None:
        try:
            compiled(source, known)
        except TemplateProblem as problem:
            self.source.wrong(place, problem.message, problem.remedy)

    # --- SOAP ---

    def _service(self, name: str) -> None:
        try:
            self.binding.service(name)
        except OSError as error:
            self.source.wrong(
                ("services", name, "wsdl"), f"the WSDL cannot be read: {error.strerror}", "put it beside the binding"
            )
        except ValueError as error:
            self.source.wrong(("services", name, "wsdl"), str(error), "give a WSDL of document/literal, complete in one file")

    def _operation(self, place: Place, call: Call) -> None:
        name, _, operation = call.target.partition(".")
        place = (*place, call.method)
        if name not in self.binding.file.services:
            known = ", ".join(self.binding.file.services) or "none"
            self.source.wrong(place, f"there is no service {name!r}", f"write SERVICE.OPERATION; services here: {known}")
            return
        try:
            operations = self.binding.service(name).operations()
        except (OSError, ValueError):
            return  # told with the service
        if operation not in operations:
            near = difflib.get_close_matches(operation, operations, n=1) or sorted(operations)
            self.source.wrong(place, f"the WSDL has no operation {operation!r}", f"it has {', '.join(near)}")
            return
        for argument in call.with_:
            if "{{" not in argument and argument != EACH_FIELD and argument not in operations[operation]:
                near = difflib.get_close_matches(argument, operations[operation], n=1)
                remedy = f"did you mean {near[0]!r}?" if near else "see connector portal inspect"
                self.source.wrong((*place[:-1], "with", argument), f"{operation} has no argument {argument!r}", remedy)

    # --- what must agree ---

    def _agree(self) -> None:
        model = self.binding.file
        if model.speaks == "soap" and not model.services:
            self.source.wrong(("speaks",), "a SOAP portal needs services", "add services: with the WSDL of each")
        if model.attach and not (model.files and model.download):
            self.source.wrong(("attach",), "files are written that nobody can read back", "add files: and download:")
        if model.numbers and not model.resolve:
            self.source.wrong(("numbers",), "tickets have numbers, and no call finds one by it", "add resolve:")
        places = _places(model.comments.each.place)
        if model.can.internal_place not in places:
            remedy = f"write one of {', '.join(places)}"
            self.source.wrong(("can", "internal_place"), f"{model.can.internal_place!r} is no place of comments", remedy)
        for place, path in _marked(model):
            if path.split(".")[-1] in {one.write for one in model.fields.values() if one.write}:
                self.source.wrong(place, "a field of the mapping could overwrite our marker", "take it out of fields:")


def _marked(model: BindingFile) -> Iterator[tuple[Place, str]]:
    marker: OwnMarker = model.ticket.marker
    yield ("ticket", "marker"), marker.in_


def _places(place: Any) -> list[str]:
    return [place] if isinstance(place, str) else list(dict.fromkeys(place.words.values()))


def schema() -> dict[str, Any]:
    """The JSON Schema of binding files, for editors."""
    model: type[BaseModel] = BindingFile
    made = model.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "title": "Binding of a portal, see docs/bindings.md",
    }
