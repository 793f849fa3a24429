"""A skeleton of a binding: what a description of the portal lets one guess is filled in, the rest says that it is to be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from adapters.bound_inspect import Operation, Portal
from adapters.bound_source import FILL_IN

_WORDS = {
    "ref": ("the native id of a ticket, which never changes", r"(sys_?)?id|.*ticketid|key"),
    "number": ("what people call it", r"(ticket_?)?number|key|iid"),
    "changed": ("time of the last change", r".*(updated|changed|modified|activity).*"),
    "created_by": ("who created it", r".*(created_?by|creator|opened_?by|reporter|author|submitter).*"),
}
_ITEM_WORDS = {
    "id": ("native id", r".*id"),
    "by": ("who wrote it, as me or user names our account", r".*(author|creator|created_?by|user).*"),
    "created": ("time", r".*(created|date|time).*"),
}
_CALLS = {
    "changed": ("ask", "get", '{since: "{{ since }}", page: "{{ page }}", per_page: "{{ size }}"}'),
    "read": ("ask", "get", "{id: {each_of: refs}}"),
    "find": ("ask", "get", '{reference: "{{ marker }}"}'),
    "comments": ("ask", "get", '{ticket: "{{ ref }}"}'),
    "create": ("tell", "post", '{each_field: "{{ value }}", reference: "{{ marker }}", description: "{{ description }}"}'),
    "set": ("tell", "patch", '{id: "{{ ref }}", each_field: "{{ value }}"}'),
    "comment": ("tell", "post", '{ticket: "{{ ref }}", text: "{{ text_with_marker }}"}'),
    "attach": ("tell", "post", "{content: {file_as: bytes}}"),
}
"""How a role is called over SOAP and over REST, and what its call carries, as an example."""
_SHOWN = 15  # arguments; the command lists all
_STEPS = ("create", "set", "comment", "attach")


def proposal(portal: Portal) -> str:
    """The text of a binding file."""
    return "\n".join(_lines(portal)) + "\n"


def _lines(portal: Portal) -> Iterator[str]:
    name = re.sub(r"[^a-z0-9]+", "-", portal.source.name.lower().split(".")[0]).strip("-")
    yield f"# Proposed from {portal.source.name}. Whatever says {FILL_IN} is yours to say: the file is refused until all are gone."
    yield "# docs/bindings.md explains every key. Remove the sections that your portal does not have."
    yield f"binding: {name}"
    yield f"speaks: {portal.speaks}"
    yield f"auth: {portal.auth}"
    if portal.prefix:
        yield f"prefix: {portal.prefix}"
    if portal.speaks == "soap":
        yield from ("", "services:", f"  main: {{wsdl: {portal.source.name}, at: {_gap('path of the service below the url')}}}")
    yield f"times: {_gap('iso, seconds, milliseconds, or a form such as %Y-%m-%d %H:%M:%S')}"
    yield f"refs: {_gap('a regular expression of native ids, such as [0-9]{1,9}')}"
    yield f"can: {{internal_place: {_gap('the place of comments that only the vendor sees')}}}"
    yield from ("", "errors: []   # what the portal says where it refuses: {status, at, says, means}", "", "ticket:")
    shows = portal.roles["read"].shows if "read" in portal.roles else ()
    yield from _words(shows, _WORDS)
    yield f"  marker: {{in: {_gap('a text field of tickets that is ours alone')}}}"
    yield from ("", "fields:   # name: {read: where it stands in a ticket, write: its name in a write}")
    yield from _fields(shows)
    for role in ("changed", "read", "find"):
        yield from _list(portal, role)
    yield from _comments(portal)
    for role in _STEPS:
        yield from _write(portal, role)


def _gap(what: str) -> str:
    return f"'{FILL_IN}: {what}'"


def _words(shows: tuple[str, ...], words: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    for name, (what, pattern) in words.items():
        guess = next((one for one in shows if re.fullmatch(pattern, one, re.IGNORECASE)), None)
        if guess or name != "number":
            yield f"  {name}: {guess}   # {what}: a guess" if guess else f"  {name}: {_gap(what)}"


def _fields(shows: tuple[str, ...]) -> Iterator[str]:
    likely = [
        one for one in shows if re.search(r"title|subject|summary|short_desc|status|state|priority|severity", one, re.IGNORECASE)
    ]
    for one in likely:
        yield f"  {one}: {{read: {one}, write: {one}}}   # a guess"
    if not likely:
        yield f"  title: {{read: {_gap('path')}, write: {_gap('name')}}}"
        yield f"  status: {{read: {_gap('path')}, write: {_gap('name')}}}"


def _list(portal: Portal, role: str) -> Iterator[str]:
    asks = {
        "changed": "which tickets changed since {{ since }}, oldest change first",
        "read": "the tickets {{ refs }}, or one call for each: {{ ref }}",
        "find": "the tickets whose marker is {{ marker }}",
    }
    yield from ("", f"{role}:   # {asks[role]}")
    yield from _call(portal, portal.roles.get(role), role)
    yield f"  items: {_gap('where the list stands in the answer')}"
    if role == "changed":
        yield f"  paging: {{by: {_gap('page, offset, cursor or link; or remove this line')}}}"


def _comments(portal: Portal) -> Iterator[str]:
    yield from ("", "comments:   # in a ticket itself: items alone; or a call of their own")
    one = portal.roles.get("comments")
    if one:
        yield from _call(portal, one, "comments")
    yield f"  items: {_gap('where the list stands')}"
    yield "  each:"
    for line in _words(one.shows if one else (), _ITEM_WORDS):
        yield f"  {line}"
    yield f"    text: {_gap('path')}"
    yield "    marker: last_line"
    yield f"    place: {_gap('one word, or {at: PATH, words: {VALUE: public, VALUE: internal}}')}"


def _write(portal: Portal, role: str) -> Iterator[str]:
    one = portal.roles.get(role)
    if one is None and role == "attach":
        return
    yield from ("", f"{role}:")
    yield from _call(portal, one, role)
    if role == "create":
        yield f"  keep: {{ref: {_gap('where the answer has the new id')}}}"


def _call(portal: Portal, one: Operation | None, role: str) -> Iterator[str]:
    soap, rest, carries = _CALLS[role]
    if portal.speaks == "soap":
        yield f"  {soap}: {f'main.{one.name}   # a guess' if one else _gap('main.OPERATION')}"
    else:
        yield f'  {one.method}: "{_templated(one.path, portal.prefix)}"   # a guess' if one else f"  {rest}: {_gap('path')}"
    if one and one.arguments:
        more = f", and {len(one.arguments) - _SHOWN} more" if len(one.arguments) > _SHOWN else ""
        yield f"  # it takes {', '.join([*one.arguments][:_SHOWN])}{more}"
    body = "query" if rest == "get" else "multipart" if role == "attach" else "json"
    yield f"  {'with' if portal.speaks == 'soap' else body}: {_gap(f'what the call carries, such as {carries}')}"


def _templated(path: str, prefix: str) -> str:
    """The parameters of a path as templates: of several the first is the ticket."""
    names = iter(("ref", "file"))
    return re.sub(r"\{[^/]+\}", lambda _: f"{{{{ {next(names, 'file')} }}}}", path.removeprefix(prefix) if prefix else path)
