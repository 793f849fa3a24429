"""A customer's Jira as judge and people know it: in the words of ServiceNow (see :mod:`connector.sandbox.witness`).

The customer of the sandbox has a workflow in which each status can be reached from any other, as many have, and keeps in
fields of its own what ServiceNow has by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from connector.sandbox.core import Deed, SimItem, SimTicket, World
from connector.sandbox.jira import CLOUD, Jira
from connector.sandbox.jira_data import Field
from connector.sandbox.jira_store import File
from connector.sandbox.jira_workflow import STATUSES, Status, Transition, Workflow
from connector.sandbox.servicenow_rules import ON_HOLD, PRIORITY

NAME = "servicenow"

PENDING, CANCELLED = "Pending", "Cancelled"

#: State and hold reason -> status.
_STATUSES = {
    ("1", ""): "Open",
    ("2", ""): "In Progress",
    ("3", "1"): "Waiting for customer",
    ("3", "3"): PENDING,
    ("3", "4"): "Waiting for vendor",
    ("6", ""): "Resolved",
    ("7", ""): "Closed",
    ("8", ""): CANCELLED,
}
_STATES = {status: state for state, status in _STATUSES.items()}
_PRIORITIES = {"1": "Highest", "2": "High", "3": "Medium", "4": "Low", "5": "Lowest"}
_URGENCY = {name: number for number, name in _PRIORITIES.items()}

VENDOR_CASE, CASE_LINE = "customfield_10201", "customfield_10202"

#: Word of ServiceNow -> field of this Jira.
_FIELDS = {
    "short_description": "summary",
    "description": "description",
    "correlation_id": VENDOR_CASE,
    "correlation_display": CASE_LINE,
    "caller_id": "customfield_10203",
    "location": "customfield_10204",
    "company": "customfield_10205",
    "contact_type": "customfield_10206",
    "category": "customfield_10207",
    "subcategory": "customfield_10208",
    "assignment_group": "customfield_10209",
}
_WORDS = {name: word for word, name in _FIELDS.items()}
_FOLLOWS = {"resolution": "resolved_by", "resolutiondate": "resolved_at"}
_ENDS = ("Resolved", "Closed", CANCELLED)


def workflow(*more: str) -> Workflow:
    """Every status can be reached from any other; who ends an issue says how it ended.

    :param more: statuses that this customer has besides.
    """
    names = {status.name: status for status in STATUSES}
    for number, name in enumerate((PENDING, CANCELLED, *more), 10100):
        names[name] = Status(str(number), name, "done" if name == CANCELLED else "indeterminate")
    return Workflow(names.values(), [_leading_to(name, number) for number, name in enumerate(names, 201)])


def _leading_to(status: str, number: int) -> Transition:
    ends = status in _ENDS
    shown = ("resolution",) if ends else ()
    return Transition(str(number), f"To {status}", (), status, screen=shown, required=shown, reopens=not ends)


class JiraDesk:
    """Implements :class:`~connector.sandbox.witness.Desk` for a :class:`~connector.sandbox.jira.Jira`."""

    @property
    def hidden(self) -> set[str]:
        return self.served.hidden

    @hidden.setter
    def hidden(self, refs: set[str]) -> None:
        self.served.hidden = refs

    @property
    def audit_rights(self) -> bool:
        return self.served.history_rights

    @audit_rights.setter
    def audit_rights(self, given: bool) -> None:
        self.served.history_rights = given

    def __init__(self, world: World, user: str, flavour: str = CLOUD, *, service: bool = False) -> None:
        self.served = Jira(world, user, flavour=flavour, service=service, workflow=workflow())
        for word, name in _FIELDS.items():
            if name not in self.served.fields:
                self.served.add_field(Field(name, word.replace("_", " ").title(), "text"))
        self.journal_rights, self.read_only, self.hidden_fields = True, set[str](), set[str]()

    # -- people

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        return self.served.create(who, self._native({"state": "1", **fields}, {}))

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        self.served.edit(ref, who, self._native(fields, self.ticket(ref).fields))

    def comment(self, ref: str, who: str, text: str, *, public: bool) -> str:
        return self.served.comment(ref, who, text, public=public)

    def attach(self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream") -> str:
        return self.served.attach(ref, who, name, data, content_type)

    def clone(self, ref: str, who: str) -> str:
        return self.served.clone(ref, who)

    def delete(self, ref: str) -> None:
        self.served.delete(ref)

    def field_name(self, word: str) -> str:
        return _FIELDS.get(word, word)

    def account(self, login: str) -> str:
        user = self.served.add_user(login)
        return user.id if self.served.cloud else user.login

    def offer_state(self, state: str) -> None:
        self.served.workflow = workflow(state)

    def _native(self, fields: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
        """What people say in ServiceNow's words, as this Jira has it. Words that it has no field for are not kept."""
        given = {_FIELDS[word]: value for word, value in fields.items() if word in _FIELDS}
        if "state" in fields or "hold_reason" in fields:
            state = fields.get("state", now.get("state", ""))
            given["status"] = _status(state, fields.get("hold_reason", ""))
        if fields.keys() & {"impact", "urgency"}:
            pair = (fields.get("impact", now.get("impact", "3")), fields.get("urgency", now.get("urgency", "3")))
            given["priority"] = _PRIORITIES[PRIORITY[pair]]
        return given

    # -- what there is

    def tickets(self) -> list[SimTicket]:
        return [self._seen(ticket) for ticket in self.served.tickets()]

    def ticket(self, ref: str) -> SimTicket:
        return self._seen(self.served.ticket(ref))

    def files_of(self, ref: str) -> tuple[SimItem, ...]:
        store = self.served.store
        with self.served.world.lock:
            return self.served.view(store.issues[int(ref)]).files

    def _seen(self, ticket: SimTicket) -> SimTicket:
        fields = {word: ticket.fields.get(name, "") for word, name in _FIELDS.items()}
        fields["state"], fields["hold_reason"] = _state(ticket.fields["status"])
        fields["priority"] = _URGENCY.get(ticket.fields["priority"], "")
        pair = next((pair for pair, priority in PRIORITY.items() if priority == fields["priority"]), ("3", "3"))
        fields["impact"], fields["urgency"] = pair
        return replace(ticket, fields=fields, files=tuple(replace(file, public=True) for file in ticket.files))

    def state_words(self, fields: Mapping[str, str]) -> str:
        return _status(fields["state"], fields.get("hold_reason", ""))

    # -- as a witness

    def retold(self, deeds: Iterable[Deed]) -> Iterable[Deed]:
        for deed in deeds:
            if deed.system == self.served.name:
                yield from self._retold(replace(deed, system=NAME))
            else:
                yield deed

    def _retold(self, deed: Deed) -> Iterator[Deed]:
        if deed.what == "comment":
            yield replace(deed, field="comments" if deed.public else "work_notes")
        elif deed.what == "file":
            yield replace(deed, public=True)
        elif deed.what != "field":
            yield deed
        elif deed.field == "status":
            yield from _moved(deed)
        elif deed.field == "priority":
            yield replace(deed, old=_URGENCY.get(deed.old or "", ""), new=_URGENCY.get(deed.new or "", ""))
        elif deed.field in _FOLLOWS:  # from a move: an end has them, and the workflow takes them back when an issue moves on
            yield replace(deed, field=_FOLLOWS[deed.field])
        else:
            yield replace(deed, field=_WORDS.get(deed.field, deed.field))

    def numbers(self) -> dict[str, str]:
        return {str(issue.id): issue.now.key for issue in self.served.store.issues.values()}

    def _file(self, item: SimItem) -> File:
        number = int(item.id)
        issue = self.served.store.issues[self.served.store.file_issue[number]]
        return next(file for file in issue.now.files if file.id == number)

    def content(self, item: SimItem) -> bytes:
        return self._file(item).data

    def content_type(self, item: SimItem) -> str:
        return self._file(item).content_type

    def refuses(self, item: SimItem) -> bool:
        return item.size > self.served.max_attachment

    def hampered(self) -> frozenset[str]:
        return frozenset(_WORDS.get(name, name) for name in self.served.off_edit)

    def hampers_moves(self) -> bool:
        return bool(self.served.refuse_moves or self.served.conditions)


def _status(state: str, reason: str) -> str:
    """The status for a state and its reason; one that ServiceNow does not know is a status of this name."""
    known = _STATUSES.get((state, reason if state == ON_HOLD else ""))
    return known or (PENDING if state == ON_HOLD else state)


def _state(status: str) -> tuple[str, str]:
    return _STATES.get(status, (status, ""))


def _moved(deed: Deed) -> Iterator[Deed]:
    """A change of the status as changes of state and reason, those that are none left out."""
    before, after = (_state(status) if status else ("", "") for status in (deed.old or "", deed.new or ""))
    for name, old, new in zip(("state", "hold_reason"), before, after, strict=True):
        if old != new:
            yield replace(deed, field=name, old=old, new=new)
