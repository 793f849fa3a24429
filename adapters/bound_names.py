"""The names that templates of a binding may use, by the role of their call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import quote

from adapters.bound_model import BindingFile, Call
from adapters.bound_values import EACH_OF, template, templates, words_used

ALWAYS = frozenset({"url", "origin", "user", "password", "token", "me"})
PAGING = frozenset({"size", "page", "offset", "offset_end", "cursor"})
BY_ROLE = {
    "changed": {"since", "before"},
    "read": {"ref", "refs"},
    "find": {"marker"},
    "resolve": {"numbers"},
    "comments": {"ref", "refs", "ids"},
    "files": {"ref", "refs", "ids"},
    "history": {"ref", "refs"},
    "download": {"ref", "file"},
    "create": {"marker", "description", "description_with_marker", "contact"},
    "set": {"ref", "version"},
    "comment": {"ref", "text", "text_with_marker", "subject", "subject_with_marker", "marker", "place", "place_value"},
    "attach": {"ref", "file_name", "content_type", "size", "sha256", "marker", "place", "place_value"},
}
_PAGED = frozenset({"changed", "read", "find", "resolve", "comments", "files", "history"})


def names_known(model: BindingFile, role: str) -> set[str]:
    """:param role: "" for what stands outside every role."""
    known = {*ALWAYS, *model.settings, *BY_ROLE.get(role, ()), *(PAGING if role in _PAGED else ())}
    return known - {"me"} if role in ("", "me") else known


def uses(call: Call) -> set[str]:
    """The names that a call is made from."""
    values = (call.target, call.query, call.json_, call.form, call.with_, call.body, call.multipart, call.headers)
    used: set[str] = set()
    for value in values:
        used |= words_used(value, EACH_OF).union(*(template(source).names for _, source, _ in templates(value)))
    return used


class Names(MutableMapping[str, Any]):
    """Values by name; some are asked for only where they are used."""

    def __init__(self, given: MutableMapping[str, Any], asked: MutableMapping[str, Callable[[], Any]]) -> None:
        self._given, self._asked = given, asked

    def with_(self, **more: Any) -> Names:
        return Names({**self._given, **more}, self._asked)

    def __getitem__(self, name: str) -> Any:
        return self._asked[name]() if name in self._asked and name not in self._given else self._given[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._given[name] = value

    def __delitem__(self, name: str) -> None:
        del self._given[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._asked, **self._given})

    def __len__(self) -> int:
        return len({**self._asked, **self._given})


class Quoted(Names):
    """The same for a path: what a value holds can never be a part of the path."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def __getitem__(self, name: str) -> Any:
        value = self._names[name]
        return [quote(str(one), safe="") for one in value] if isinstance(value, list) else quote(str(value), safe="")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
