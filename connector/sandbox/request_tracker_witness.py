"""A vendor's Request Tracker as judge and people know it: in the words of the OTRS family (see :mod:`connector.sandbox.witness`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from connector.sandbox.core import Deed, SimItem, SimTicket, World
from connector.sandbox.request_tracker import CUSTOM, RequestTracker
from connector.sandbox.request_tracker_store import File, Ticket

NAME = "otrs"
MERGED, REMOVED = "merged", "removed"

#: State -> status. Of a solved ticket Request Tracker knows nothing but that it is resolved.
_STATUSES = {
    "new": "new",
    "open": "open",
    "pending reminder": "stalled",
    "pending auto close+": "resolved",
    "pending auto close-": "resolved",
    "closed successful": "resolved",
    "closed unsuccessful": "rejected",
    REMOVED: "deleted",
}
_STATES = {
    "new": "new",
    "open": "open",
    "stalled": "pending reminder",
    "resolved": "pending auto close+",
    "rejected": "closed unsuccessful",
    "deleted": REMOVED,
}
PRIORITIES = {"1 very low": "0", "2 low": "25", "3 normal": "50", "4 high": "75", "5 very high": "100"}
_NAMED = {number: name for name, number in PRIORITIES.items()}

_FREE = {"Service": "Service", "DynamicField_Severity": "Impact Seen"}
_FIELDS = {
    "Title": "Subject",
    "DynamicField_CustomerReference": CUSTOM + "Customer Reference",
    "DynamicField_ConnectorMarker": CUSTOM + "Connector Marker",
    **{word: CUSTOM + name for word, name in _FREE.items()},
}
_WORDS = {name: word for word, name in _FIELDS.items()}


class RequestTrackerPortal:
    """Implements :class:`~connector.sandbox.witness.Portal` for a :class:`RequestTracker`."""

    def __init__(self, world: World, user: str, secret: str) -> None:
        self.served = RequestTracker(world, user, secret, custom_fields=_FREE.values())
        self._reopened = self.served.store.reopened
        self.history_rights = True

    @property
    def comment_reopens(self) -> bool:
        return bool(self.served.store.reopened)

    @comment_reopens.setter
    def comment_reopens(self, wanted: bool) -> None:
        """Without it the queue has no scrip that opens tickets."""
        self.served.store.reopened = self._reopened if wanted else frozenset()

    # -- people

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        return self.served.create(who, _native(fields))

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        self.served.edit(ref, who, _native(fields))

    def comment(self, ref: str, who: str, text: str, *, public: bool, subject: str = "Note") -> str:
        return self.served.comment(ref, who, text, public=public, subject=subject)

    def attach(
        self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream", *, public: bool = True
    ) -> str:
        return self.served.attach(ref, who, name, data, content_type, public=public)

    def set_visible(self, ref: str, item: str, who: str, visible: bool) -> None:
        """:raises ValueError: correspondence stays correspondence."""
        raise ValueError(f"{who} cannot {'show' if visible else 'hide'} {item} of {ref}: Request Tracker has no such action")

    def clone(self, ref: str, who: str) -> str:
        return self.served.clone(ref, who)

    def merge(self, ref: str, into: str, who: str) -> None:
        self.served.merge(ref, into, who)

    def delete(self, ref: str) -> None:
        self.served.delete(ref)

    # -- what there is

    def tickets(self) -> list[SimTicket]:
        with self.served.world.lock:
            there = [one for one in self.served.store.tickets.values() if one.now.fields["Status"] != "deleted"]
            return [self._seen(ticket) for ticket in there]

    def ticket(self, ref: str) -> SimTicket:
        """:raises KeyError: there is none."""
        with self.served.world.lock:
            ticket = self.served.store.tickets[int(ref)]
            if ticket.now.fields["Status"] == "deleted":
                raise KeyError(ref)
            return self._seen(ticket)

    def _seen(self, ticket: Ticket) -> SimTicket:
        """A ticket that became part of another is a shell of its own: what it held is the other's now."""
        shell = ticket.now.effective != ticket.id
        shown = self.served.ticket(str(ticket.id))
        native = ticket.now.fields
        fields = {word: native.get(name, "") for word, name in _FIELDS.items()}
        fields["State"] = MERGED if shell else _STATES[native["Status"]]
        fields["Priority"] = _NAMED.get(native["Priority"], native["Priority"])
        ref, by = str(ticket.id), ticket.by
        items = ((), ()) if shell else (shown.comments, shown.files)
        return SimTicket(ref, ref, by.login, by.ours, ticket.created, fields, *items)

    # -- as a witness

    def retold(self, deeds: Iterable[Deed]) -> Iterable[Deed]:
        for deed in deeds:
            yield from self._retold(replace(deed, system=NAME)) if deed.system == self.served.name else (deed,)

    @staticmethod
    def _retold(deed: Deed) -> Iterator[Deed]:
        """A change of fields that says the same in these words is none."""
        if deed.what != "field":
            yield deed
            return
        old, new = (_value(deed.field, value) for value in (deed.old, deed.new))
        if old != new or deed.old is None:
            yield replace(deed, field=_name(deed.field), old=old, new=new)

    def numbers(self) -> dict[str, str]:
        return {str(ref): str(ref) for ref in self.served.store.tickets}

    def content(self, item: SimItem) -> bytes:
        return self._stored(item).data

    def content_type(self, item: SimItem) -> str:
        return self._stored(item).content_type

    def refuses(self, item: SimItem) -> bool:
        return item.size > self.served.max_attachment

    def hampered(self) -> frozenset[str]:
        return frozenset(_name(name) for name in self.served.read_only)

    def hampers_moves(self) -> bool:
        return bool(self.served.refuse_statuses or self.comment_reopens)

    def _stored(self, item: SimItem) -> File:
        transaction, _, n = item.id.partition(":")
        message = self.served.store.transactions[int(transaction)].message
        assert message  # noqa: S101 - a file is a part of one
        return message.files[int(n) - 1]


def _native(fields: Mapping[str, str]) -> dict[str, str]:
    """What people say in these words, as Request Tracker has it."""
    given = {_FIELDS[word]: value for word, value in fields.items() if word in _FIELDS}
    if "State" in fields:
        given["Status"] = _STATUSES[fields["State"]]
    if "Priority" in fields:
        given["Priority"] = PRIORITIES[fields["Priority"]]
    return given


def _name(native: str) -> str:
    return {"Status": "State", **_WORDS}.get(native, native)


def _value(native: str, value: str | None) -> str | None:
    if value is None:
        return None
    table = {"Status": _STATES, "Priority": _NAMED}.get(native, {})
    return table.get(value, value)
