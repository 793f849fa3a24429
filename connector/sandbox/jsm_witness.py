"""A vendor's service desk in Jira as judge and people know it: in the words of the OTRS family (see :mod:`connector.sandbox.witness`).

Our account is a customer's. What it says of a request when it raises it is, in these words, the first article of the case.
The vendor has a workflow in which its staff reach each status from any other, and lets its customers answer, reopen, close and cancel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from connector.sandbox.core import Deed, SimItem, SimTicket, World
from connector.sandbox.jira import CLOUD, Jira, Secrets
from connector.sandbox.jira_data import AUTOMATION, MARKER, REFERENCE, Field
from connector.sandbox.jira_store import File, Issue
from connector.sandbox.jira_workflow import CLOSED, CUSTOMER, OPEN, RESOLVED, Status, Transition, Workflow

NAME = "otrs"
SUPPORT, CANCELED = "Waiting for support", "Canceled"

#: State -> status.
_STATUSES = {
    "new": OPEN,
    "open": SUPPORT,
    "pending reminder": CUSTOMER,
    "pending auto close+": RESOLVED,
    "pending auto close-": RESOLVED,
    "closed successful": CLOSED,
    "closed unsuccessful": CANCELED,
}
_STATES = {status: state for state, status in _STATUSES.items() if state != "pending auto close-"}
PRIORITIES = {"5 very high": "Highest", "4 high": "High", "3 normal": "Medium", "2 low": "Low", "1 very low": "Lowest"}
_NAMED = {name: word for word, name in PRIORITIES.items()}

#: Word of the OTRS family -> field. The last two stand on no form: the vendor's staff keep them for themselves.
_FIELDS = {
    "Title": "summary",
    "DynamicField_CustomerReference": REFERENCE,
    "DynamicField_ConnectorMarker": MARKER,
    "Service": "customfield_10301",
    "DynamicField_Severity": "customfield_10302",
}
_WORDS = {name: word for word, name in _FIELDS.items()} | {"status": "State", "priority": "Priority"}
_FOLLOWS = frozenset({"resolution", "resolutiondate"})  # from a status: no word of their own
_DESCRIPTION = "description"
_NO_ARTICLE = "nothing"

ANSWER, REOPEN, CLOSE, CANCEL = "Respond to support", "Reopen request", "Close request", "Cancel request"
ACTIONS: Mapping[str, tuple[str, ...]] = {SUPPORT: (ANSWER, REOPEN), CLOSED: (CLOSE,), CANCELED: (CANCEL,)}
"""What the portal offers its customers, by the status to which it leads."""
DESK = {"service_desk": "SUP", "request_type": "Report an incident"}
"""Where our account raises its requests."""
PROVOKES = {CUSTOMER: SUPPORT}
"""What a customer's comment does by the vendor's automation."""


def workflow() -> Workflow:
    categories = {OPEN: "new", RESOLVED: "done", CLOSED: "done", CANCELED: "done"}
    names = (OPEN, SUPPORT, CUSTOMER, RESOLVED, CLOSED, CANCELED)
    statuses = [Status(str(number), name, categories.get(name, "indeterminate")) for number, name in enumerate(names, 10001)]
    return Workflow(statuses, [*(_leading_to(name, number) for number, name in enumerate(names, 201)), *_offered()])


def _leading_to(status: str, number: int) -> Transition:
    """A way that the vendor's staff take from anywhere."""
    ends = ("resolution",) if status in (RESOLVED, CLOSED, CANCELED) else ()
    return Transition(str(number), f"To {status}", (), status, screen=ends, required=ends, reopens=not ends)


def _offered() -> Iterable[Transition]:
    return (
        Transition("301", ANSWER, (CUSTOMER,), SUPPORT, customer=True),
        Transition("302", REOPEN, (RESOLVED, CLOSED), SUPPORT, customer=True, reopens=True),
        Transition("303", CLOSE, (RESOLVED,), CLOSED, customer=True),
        Transition("304", CANCEL, (OPEN, SUPPORT, CUSTOMER), CANCELED, customer=True, resolves="Won't Do"),
    )


class JsmPortal:
    """Implements :class:`~connector.sandbox.witness.Portal` for a :class:`~connector.sandbox.jira.Jira` whose customer we are."""

    def __init__(self, world: World, user: str, secret: str, flavour: str = CLOUD) -> None:
        secrets = Secrets(token=secret)
        self.served = Jira(world, user, name="jsm", flavour=flavour, customer=True, secrets=secrets, workflow=workflow())
        for word, name in _FIELDS.items():
            if name not in self.served.fields:
                self.served.add_field(Field(name, word, "text"))
        self.served.form = (*self.served.form, MARKER, REFERENCE)
        self.history_rights = True

    @property
    def comment_reopens(self) -> bool:
        return self.served.comment_wakes

    @comment_reopens.setter
    def comment_reopens(self, wanted: bool) -> None:
        """Without it no automation answers a customer's comment."""
        self.served.comment_wakes = wanted

    # -- people

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        return self.served.create(who, _native(fields))

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        self.served.edit(ref, who, _native(fields))

    def comment(self, ref: str, who: str, text: str, *, public: bool, subject: str = "") -> str:  # noqa: ARG002 - a comment has none
        return self.served.comment(ref, who, text, public=public)

    def attach(
        self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream", *, public: bool = True
    ) -> str:
        """The desk's staff show a file to its customers by a comment, and keep one by an internal comment."""
        site = self.served
        with site.world.lock:
            site.ticket(ref)
            issue, by = site.store.issues[int(ref)], site.add_user(who)
            file = site.keep_file(issue, by, name, data, content_type, public=public)
            hidden = {} if public else site.internal(issue)
            said = site.say(issue, by, site.typed(f"Attached: {name}"), files=(file.id,), **hidden)
            return f"{said.id}:{file.id}"

    def set_visible(self, ref: str, item: str, who: str, visible: bool) -> None:
        self.served.set_visible(ref, item.partition(":")[0], who, visible)

    def clone(self, ref: str, who: str) -> str:
        return self.served.clone(ref, who)

    def merge(self, ref: str, into: str, who: str) -> None:
        """:raises ValueError: Jira has no such action."""
        raise ValueError(f"{who} cannot merge {ref} into {into}: Jira merges no requests")

    def delete(self, ref: str) -> None:
        self.served.delete(ref)

    def account(self, login: str) -> str:
        user = self.served.add_user(login, kind="customer")
        return user.id if self.served.cloud else user.login

    # -- what there is

    def tickets(self) -> list[SimTicket]:
        return [self._seen(ticket) for ticket in self.served.tickets()]

    def ticket(self, ref: str) -> SimTicket:
        """:raises LookupError: there is none."""
        return self._seen(self.served.ticket(ref))

    def _seen(self, ticket: SimTicket) -> SimTicket:
        fields = {word: ticket.fields.get(name, "") for word, name in _FIELDS.items()}
        fields["State"] = _STATES[ticket.fields["status"]]
        fields["Priority"] = _NAMED.get(ticket.fields["priority"], ticket.fields["priority"])
        with self.served.world.lock:
            issue = self.served.store.issues[int(ticket.ref)]
            files = tuple(replace(file, id=_file_name(issue, int(file.id))) for file in ticket.files)
        return replace(ticket, fields=fields, comments=(*_first(ticket), *ticket.comments), files=files)

    # -- as a witness

    def retold(self, deeds: Iterable[Deed]) -> Iterable[Deed]:
        said: Deed | None = None
        for deed in deeds:
            if deed.system == self.served.name:
                yield from self._retold(_provoked(replace(deed, system=NAME), said))
                said = deed if deed.what == "comment" else said if deed.who == AUTOMATION else None
            else:
                yield deed

    def _retold(self, deed: Deed) -> Iterator[Deed]:
        """A change of fields that says the same in these words is none."""
        if deed.what == "file":
            yield replace(deed, item=_file_name(self.served.store.issues[int(deed.ticket)], int(deed.item)))
        elif deed.what != "field":
            yield deed
        elif deed.field == _DESCRIPTION and deed.ours:
            yield replace(deed, what="comment", field="", old=None, item=_article(deed.ticket))
        elif deed.field not in _FOLLOWS:
            old, new = (_value(deed.field, value) for value in (deed.old, deed.new))
            if old != new:
                yield replace(deed, field=_WORDS.get(deed.field, deed.field), old=old, new=new)

    def numbers(self) -> dict[str, str]:
        return {str(issue.id): issue.now.key for issue in self.served.store.issues.values()}

    def content(self, item: SimItem) -> bytes:
        return self._file(item).data

    def content_type(self, item: SimItem) -> str:
        return self._file(item).content_type

    def _file(self, item: SimItem) -> File:
        number = int(item.id.partition(":")[2])
        issue = self.served.store.issues[self.served.store.file_issue[number]]
        return next(file for file in issue.now.files if file.id == number)

    def refuses(self, item: SimItem) -> bool:
        return item.size > self.served.max_attachment

    def hampered(self) -> frozenset[str]:
        return frozenset()

    def hampers_moves(self) -> bool:
        return bool(self.served.refuse_moves or self.served.conditions or self.comment_reopens)


def _first(ticket: SimTicket) -> Iterator[SimItem]:
    """Of a request of ours, what its form said."""
    if ticket.ours:
        text = ticket.fields[_DESCRIPTION]
        yield SimItem(_article(ticket.ref), "comment", ticket.who, ticket.ours, ticket.created, text, public=True)


def _article(ref: str) -> str:
    return f"form-{ref}"


def _file_name(issue: Issue, number: int) -> str:
    """A file by the comment that shows it, as in a system whose files stand in articles."""
    carrier = next((str(comment.id) for comment in issue.now.comments if number in comment.files), _NO_ARTICLE)
    return f"{carrier}:{number}"


def _provoked(deed: Deed, said: Deed | None) -> Deed:
    """What the desk's automation makes of a comment at once is, in these words, the comment's own doing."""
    if said is None or deed.who != AUTOMATION or said.ticket != deed.ticket:
        return deed
    return replace(deed, at=said.at, who=said.who, ours=said.ours)


def _native(fields: Mapping[str, str]) -> dict[str, str]:
    """What people say in these words, as this desk has it."""
    given = {_FIELDS[word]: value for word, value in fields.items() if word in _FIELDS}
    if "State" in fields:
        given["status"] = _STATUSES[fields["State"]]
    if "Priority" in fields:
        given["priority"] = PRIORITIES[fields["Priority"]]
    return given


def _value(native: str, value: str | None) -> str | None:
    table = {"status": _STATES, "priority": _NAMED}.get(native, {})
    return None if value is None else table.get(value, value)
