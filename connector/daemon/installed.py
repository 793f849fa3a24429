"""What a mapping does against the operating model that its connection uses. Loading refuses more: ``mapping.load_status``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from adapters.base import Problem
from connector.mapping.source import Item, Reader
from connector.mapping.status import Read, StatusUnit
from connector.rasci.intake import stateable
from connector.rasci.ladder import Form
from connector.settings import Configured
from connector.words import ENDED, Phase, Side

_ENDING = frozenset({Phase.SOLVED, *ENDED})


def installed(connection: Configured, file: Path) -> Iterator[Problem]:
    """The findings, each with its line in the mapping's ``file``."""
    places = Places(file)
    for row in _undeclared(connection.mapping.status):
        state = ", ".join(f"{name} {' or '.join(sorted(values))}" for name, values in row.when.allowed.items())
        message = f"{state} reads as {row.phase} and is not said to mail the caller or to close by itself, as such states do"
        remedy = "name it there: then nothing that comes from the vendor can lead to it"
        yield Problem(places.of("status", "customer", "notifying"), message, remedy)
    yield from _never_asked(connection, places)
    wanted = [item.id for item in connection.model.evidence if item.by == (Form.FILE,)]
    if wanted and not connection.mapping.channels.files[Side.CUSTOMER]:
        message = f"no file travels to the vendor, and the model asks for what only a file can show ({', '.join(wanted)})"
        yield Problem(places.of("attachments", "to_vendor"), message, "let files travel, or let the model take another form")


def _never_asked(connection: Configured, places: Places) -> Iterator[Problem]:
    """What this installation wants and nothing could show: nobody can tell whether it is there, so it is not asked for."""
    for one in connection.installation.evidence if connection.installation else ():
        if one.id not in connection.mapping.looked_for and not stateable(one.item()):
            message = f"nothing says where {one.id} ({one.title}) would stand, so the item of the installation is never asked for"
            yield Problem(
                places.of("evidence"), message, "name its signs there, or let a `statement` show it (`by` in the installation)"
            )


def _undeclared(status: StatusUnit) -> Iterator[Read]:
    """Customer states that end a ticket usually mail the caller and start the automatic close; only declared ones are kept free."""
    for row in status.sides[Side.CUSTOMER].reads:
        if row.phase in _ENDING and not any(declared.covers(row.when) for declared in status.notifying):
            yield row


class Places:
    """Where each key of a mapping or settings file stands."""

    def __init__(self, file: Path) -> None:
        self._reader = Reader(str(file))
        self._root = self._reader.compose(file.read_text(encoding="utf-8"))

    def of(self, *keys: str) -> str:
        """File, line and key; the line of the nearest key above where this one is left out."""
        item: Item = self._root
        for key in keys:
            if not isinstance(item.value, Mapping) or key not in item.value:
                break
            item = item.value[key]
        return f"{self._reader.name}:{item.line} {'.'.join(keys)}"
