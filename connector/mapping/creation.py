"""What a new case of the vendor is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from adapters.base import Attachment, Snapshot
from connector.mapping.templates import LISTS, Template
from connector.mapping.text import EMPTY, clean, one_line
from connector.words import Native

OWN_NAMES = frozenset({"number", "url"})
"""Names of a description that are the ticket's own and no native field of the same name needs to be read for."""


@dataclass(frozen=True)
class Creation:
    """``units`` are the vendor's native values of every unit that is carried at creation."""

    units: Mapping[str, Native]
    description: str
    contact: str = ""
    unmapped: Mapping[str, str] = field(default_factory=dict)  # unit -> why it has no value in the new case


@dataclass(frozen=True)
class CreationRules:
    status: Native
    description: Template
    contact: Template
    names: Mapping[str, str] = field(default_factory=dict)  # a template's name -> native field, where they differ

    @property
    def reads(self) -> frozenset[str]:
        """The customer's native fields that the texts name."""
        used = (self.description.variables | self.contact.variables) - OWN_NAMES - LISTS.keys()
        return frozenset(self.names.get(name, name) for name in used)

    def texts(self, snapshot: Snapshot, files: Iterable[Attachment]) -> tuple[str, str]:
        """The case's first text, never empty, and the contact's portal identity."""
        values: dict[str, object] = {name: clean(value) for name, value in snapshot.fields.items()}
        values |= {name: clean(snapshot.fields.get(native, "")) for name, native in self.names.items()}
        values |= {"number": snapshot.number, "url": snapshot.url}
        values["files"] = [{"name": one_line(f.name), "size": f.size, "content_type": f.content_type} for f in files]
        return self.description.render(values).strip() or EMPTY, one_line(self.contact.render(values))
