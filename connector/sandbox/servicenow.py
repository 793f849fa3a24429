"""A simulated ServiceNow: an incident desk behind the Table, Aggregate, Attachment and OAuth APIs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from connector.sandbox import servicenow_rules as rules
from connector.sandbox.core import Deed, Request, Response, SimItem, SimTicket, World
from connector.sandbox.servicenow_incidents import Incidents
from connector.sandbox.servicenow_query import Values
from connector.sandbox.servicenow_rest import Rest
from connector.sandbox.servicenow_rules import Refusal
from connector.sandbox.servicenow_store import Row

T = TypeVar("T")

_PEOPLE = ("lena.l1", "omar.l1", "carl.caller", "cora.caller", "vera.vendor")
_GROUPS = ("Service Desk", "Vendor Support")
#: What a copy of an incident does not take over: it is a new one.
_NOT_COPIED = {"number", "state", "hold_reason", "close_code", "close_notes", "opened_at", "opened_by"}


class ServiceNow(Incidents):
    """One instance. Implements :class:`~connector.sandbox.core.System` and :class:`~connector.sandbox.core.Cast`.

    How it behaves is set by the attributes of :class:`~connector.sandbox.servicenow_records.Knobs`.

    Deeds: ``create`` and one ``field`` for each first value (old is empty), ``field`` for each changed value, computed
    ones too, ``comment`` (field ``comments`` or ``work_notes``), ``file`` (new is its name; files are shown to the
    caller, so public), ``delete`` (of a file where ``item`` says so). A change that a rule makes counts as the writer's.

    :param user: the connector's account; what it changes is a deed of ours.
    :param number_from: the first incident's number: 10001 gives ``INC0010001``.
    """

    def __init__(
        self,
        world: World,
        user: str = "connector",
        password: str = "connector-secret",  # noqa: S107 - a simulated account
        *,
        client_id: str = "connector",
        client_secret: str = "connector-client-secret",  # noqa: S107 - the same
        number_from: int = 10001,
    ) -> None:
        super().__init__(world, user, number_from)
        self.add_user(user, "Connector Integration")
        for login in _PEOPLE:
            self.add_user(login)
        for group in _GROUPS:
            self.add_group(group)
        self._rest = Rest(self, password, client_id, client_secret)

    # -- System

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        with self.world.lock:
            return self._rest.handle(request, as_of)

    def is_write(self, request: Request) -> bool:
        return self._rest.is_write(request)

    def label(self, request: Request) -> str:
        return self._rest.label(request)

    def expire_tokens(self) -> None:
        """End every access token given out; refresh tokens stay."""
        self._rest.expire_tokens()

    # -- Cast

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        with self.world.lock:
            self._check_person(fields)
            return self._as_person(lambda: self.insert(who, fields, api=False)).values["sys_id"]

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        """As :meth:`Cast.edit`; a comment belonging to the save goes in as ``comments`` or ``work_notes``.

        :raises ValueError: also for an unknown field.
        :raises LookupError: where the incident is gone.
        """
        with self.world.lock:
            self._check_person(fields)
            self._as_person(lambda: self.update(self._living(ref), who, fields, api=False))

    def comment(self, ref: str, who: str, text: str, *, public: bool) -> str:
        """``public`` writes an additional comment (shown to the caller), else a work note."""
        with self.world.lock:
            if not text.strip():
                message = "an empty comment is not saved"
                raise ValueError(message)
            name = "comments" if public else "work_notes"
            self._as_person(lambda: self.update(self._living(ref), who, {name: text}, api=False))
            return self.tables["sys_journal_field"].by("element_id", ref)[-1].values["sys_id"]

    def attach(self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream") -> str:
        with self.world.lock:
            return self.add_file(self._living(ref), who, name, data, content_type, api=False).values["sys_id"]

    def clone(self, ref: str, who: str) -> str:
        """Copy an incident with its fields, correlation too; the copy is new: own number, state New, no comments, no files."""
        with self.world.lock:
            values = self._living(ref).values
            skipped = _NOT_COPIED | rules.COMPUTED
            return self.create(who, {name: value for name, value in values.items() if value and name not in skipped})

    def tickets(self) -> list[SimTicket]:
        with self.world.lock:
            return [self._view(row) for row in self.tables["incident"].rows.values() if row.gone is None]

    def ticket(self, ref: str) -> SimTicket:
        """:raises LookupError: where there is none (any more)."""
        with self.world.lock:
            return self._view(self._living(ref))

    # -- as a witness

    def retold(self, deeds: Iterable[Deed]) -> Iterable[Deed]:
        return deeds

    def numbers(self) -> dict[str, str]:
        return {ref: row.values["number"] for ref, row in self.tables["incident"].rows.items()}

    def content(self, item: SimItem) -> bytes:
        return self.data[item.id]

    def content_type(self, item: SimItem) -> str:
        return self.tables["sys_attachment"].rows[item.id].values["content_type"]

    def refuses(self, item: SimItem) -> bool:
        _, dot, extension = item.text.rpartition(".")
        unknown = self.extensions is not None and (extension if dot else "").lower() not in self.extensions
        return unknown or item.size > self.max_attachment

    def hampered(self) -> frozenset[str]:
        return frozenset(self.read_only | self.hidden_fields | self.max_length.keys())

    def hampers_moves(self) -> bool:
        return bool(self.refuse_moves or self.mandatory)

    def field_name(self, word: str) -> str:
        return word

    def account(self, login: str) -> str:
        return login

    def offer_state(self, state: str) -> None:
        self.choices["state"].setdefault(state, state)

    def state_words(self, fields: Mapping[str, str]) -> str:
        state, reason = fields["state"], fields.get("hold_reason", "")
        words = self.choices["state"].get(state, state)
        return self.choices["hold_reason"].get(reason, words) if state == rules.ON_HOLD else words

    # -- beyond Cast

    def find(self, number: str) -> str:
        """The sys_id of an incident number.

        :raises LookupError: where there is none.
        """
        with self.world.lock:
            for row in self.tables["incident"].by("number", number):
                if row.gone is None:
                    return row.values["sys_id"]
        raise LookupError(number)

    def delete(self, ref: str, who: str = "admin") -> None:
        """A person deletes an incident: from now on it is a 404."""
        with self.world.lock:
            self.remove("incident", self._living(ref), who)

    def delete_file(self, file: str, who: str = "admin") -> None:
        """A person deletes an attachment."""
        with self.world.lock:
            self.remove("sys_attachment", self.tables["sys_attachment"].rows[file], who)

    def _living(self, ref: str) -> Row:
        try:
            return self.incident(ref)
        except Refusal as gone:
            raise LookupError(ref) from gone

    def _check_person(self, fields: Mapping[str, str]) -> None:
        """A form offers known fields and, for a state, known values only."""
        unknown = [name for name in fields if name not in self.columns["incident"]]
        if unknown:
            message = f"no such field: {', '.join(unknown)}"
            raise ValueError(message)
        state = fields.get("state")
        if state is not None and state not in self.choices["state"]:
            message = f"unknown state: {state}"
            raise ValueError(message)

    @staticmethod
    def _as_person(act: Callable[[], T]) -> T:
        try:
            return act()
        except Refusal as refusal:
            raise ValueError(refusal.detail) from refusal

    # -- the judge's view

    def _view(self, row: Row) -> SimTicket:
        values = row.values
        ref = values["sys_id"]
        who = values["sys_created_by"]
        comments = tuple(self._comment_view(entry) for entry in self.tables["sys_journal_field"].by("element_id", ref))
        return SimTicket(ref, values["number"], who, who == self.user, row.born, values, comments, self.files_of(ref))

    def files_of(self, ref: str) -> tuple[SimItem, ...]:
        """The files of an incident, be it deleted."""
        return tuple(self._file_view(file) for file in self.tables["sys_attachment"].by("table_sys_id", ref))

    def _comment_view(self, row: Row) -> SimItem:
        v: Values = row.values
        who = v["sys_created_by"]
        return SimItem(v["sys_id"], "comment", who, who == self.user, row.born, v["value"], v["element"] == "comments")

    def _file_view(self, row: Row) -> SimItem:
        v: Values = row.values
        who = v["sys_created_by"]
        item = SimItem(v["sys_id"], "file", who, who == self.user, row.born, v["file_name"], public=True, sha256=v["hash"])
        return replace(item, size=int(v["size_bytes"]), deleted=row.gone is not None)
