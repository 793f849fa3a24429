"""One simulated Jira without its web face: who and what there is, what may be seen, and what a save does by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connector.sandbox.core import World
from connector.sandbox.jira_data import (
    AUTOMATION,
    CLOUD,
    FIELDS,
    PRIORITIES,
    REQUEST_TYPE,
    REQUEST_TYPES,
    RESOLUTIONS,
    Field,
    Project,
    User,
)  # fmt: skip
from connector.sandbox.jira_store import Comment, File, Issue, Rich, Store, Version
from connector.sandbox.jira_text import doc_of_plain, plain
from connector.sandbox.jira_wiki import doc_of_wiki, wiki_of_doc, wiki_of_plain
from connector.sandbox.jira_workflow import CUSTOMER, Transition, Workflow

NOT_ON_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."
#: The property by which a comment is kept from the portal.
INTERNAL = "sd.public.comment"
NO_ISSUE = "Issue does not exist or you do not have permission to see it."


class Refusal(Exception):
    """The system refuses. Becomes ``{"errorMessages": [...], "errors": {...}}`` with this status."""

    def __init__(
        self, status: int, *messages: str, errors: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, messages, errors)
        self.status, self.messages = status, messages
        self.errors, self.headers = dict(errors or {}), dict(headers or {})

    @property
    def words(self) -> str:
        return "; ".join([*self.messages, *self.errors.values()])


@dataclass
class Knobs:
    """How this Jira is set up; change them at any time. Ids are texts. They bind the connector's account, not people."""

    #: ids of issues that its account may not browse: 404.
    hidden: set[str] = field(default_factory=set)
    #: False: no comment is shown to it; the list is empty, 200.
    comment_rights: bool = True
    #: ids of comments not shown to it.
    hidden_comments: set[str] = field(default_factory=set)
    #: permissions, by key (``ADD_COMMENTS``), that it lacks in every project: 403, and no transition without TRANSITION_ISSUES.
    lacks: set[str] = field(default_factory=set)
    #: False: no change is shown to it in any history.
    history_rights: bool = True
    #: fields absent from the screens for creating, editing, and moving: 400 where they are set.
    off_create: set[str] = field(default_factory=set)
    off_edit: set[str] = field(default_factory=set)
    off_transition: set[str] = field(default_factory=set)
    #: fields that the screen for creating demands, the summary aside.
    required_create: set[str] = field(default_factory=set)
    #: ids of transitions whose condition its account does not meet: they are not offered, 400 where they are tried.
    conditions: set[str] = field(default_factory=set)
    #: (old status, new status), by name, that are not offered to it either.
    refuse_moves: set[tuple[str, str]] = field(default_factory=set)
    #: further fields that a transition, by id, demands.
    required: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: how long, in seconds, the index of searches lags behind what was written.
    search_lag: float = 0.0
    #: how many comments of an issue a list of issues carries at most on Cloud; the newest.
    inline_comments: int = 20
    #: writes to one issue: (how many, in how many seconds); over it 429.
    issue_writes: tuple[tuple[int, float], ...] = ((20, 2.0), (100, 30.0))
    #: requests a second of one verb and one path on Cloud, None: no limit.
    burst: int | None = None
    #: Data Center's bucket of requests: (size, filled by, every so many seconds), None: no limit, no headers.
    bucket: tuple[int, int, float] | None = None
    #: comments and files of one issue; over it 413.
    comment_limit: int = 5000
    file_limit: int = 2000
    #: largest file in bytes; longest text in characters.
    max_attachment: int = 1024 * 1024 * 1024
    max_text: int = 32767
    #: how many of the next edits and transitions meet another one's at the same moment: 409, nothing is changed.
    conflicts: int = 0
    #: a wrong login counts as nobody, who sees nothing, instead of being refused with 401.
    anonymous: bool = False
    #: Data Center asks for a CAPTCHA: 403 for every password, until a person solves it.
    denied: bool = False
    #: the zone of the account's profile: dates in queries are in it.
    zone: str = "Etc/UTC"
    hide_emails: bool = True
    #: keys of issue properties that an app has made searchable.
    indexed_properties: set[str] = field(default_factory=set)
    #: what anybody raises is shared with the organization of the account, where that is a customer's.
    organization: bool = True
    #: fields that the portal's forms ask for, and requests show; and those that a new request must have, beside its summary.
    form: tuple[str, ...] = ("summary", "description", "priority")
    form_required: frozenset[str] = frozenset()
    #: a portal's customer may not ask the platform who it is: 403.
    hides_myself: bool = False
    #: how many comments and files a request shows at most where they are shown within it.
    inline_parts: int = 50
    #: a customer's comment on the portal ends the waiting for the customer, by automation.
    comment_wakes: bool = True


class Site(Knobs):
    """Callers hold ``world.lock``.

    :param flavour: :data:`~connector.sandbox.jira_data.CLOUD` or :data:`~connector.sandbox.jira_data.DATA_CENTER`.
    """

    def __init__(
        self, world: World, name: str, flavour: str, projects: Iterable[Project], workflow: Workflow | None = None
    ) -> None:
        super().__init__()
        self.world, self.name, self.cloud = world, name, flavour == CLOUD
        self.projects = {project.key: project for project in projects}
        self.workflow = workflow or Workflow()
        self.fields = {one.id: one for one in FIELDS}
        self.users: dict[str, User] = {}
        self.store = Store(world, name, self.shown, self.kept, self.plain)
        self.shared: dict[int, set[str]] = {}  # issue id -> logins of participants
        self.add_user(AUTOMATION, "Automation for Jira", kind="app")

    # -- people

    def add_user(self, login: str, display: str = "", *, ours: bool = False, kind: str = "agent") -> User:
        """Make a user known; a known one stays as it is."""
        if login not in self.users:
            full = display or login.partition("@")[0].replace(".", " ").title()
            made = hashlib.sha256(f"{self.name}/{login}".encode()).hexdigest()[:24]
            email = login if "@" in login else f"{login}@customer.example"
            self.users[login] = User(login, made if self.cloud else f"JIRAUSER{len(self.users) + 10100}", full, email, ours, kind)
        return self.users[login]

    def user(self, name: str) -> User | None:
        """By account id (Cloud), or by name or key (Data Center)."""
        return next((u for u in self.users.values() if name == u.id or (name == u.login and not self.cloud)), None)

    # -- texts

    def plain(self, body: Rich) -> str:
        return plain(body if isinstance(body, dict) else doc_of_wiki(body))

    def typed(self, words: str) -> Rich:
        """What the site keeps of words that a person typed."""
        return doc_of_plain(words) if self.cloud else wiki_of_plain(words)

    def from_wiki(self, markup: str) -> Rich:
        return doc_of_wiki(markup) if self.cloud else markup

    def to_wiki(self, body: Rich) -> str:
        return wiki_of_doc(body) if isinstance(body, dict) else body

    # -- values

    def named(self, name: str) -> Mapping[str, str]:
        """The id and name of everything that a field of this kind may hold, over all projects."""
        return {
            "priority": PRIORITIES,
            "resolution": RESOLUTIONS,
            "status": {s.id: s.name for s in self.workflow.statuses.values()},
            "issuetype": {k: v for project in self.projects.values() for k, v in project.issue_types.items()},
            "project": {project.key: project.key for project in self.projects.values()},
            "request": {k: v[0] for k, v in REQUEST_TYPES.items()},
        }.get(name, {})

    def shown(self, name: str, value: Any) -> str:
        """A value as people see it, empty for none."""
        if value is None:
            return ""
        kind = self.fields[name].kind if name in self.fields else "text"
        match kind:
            case "rich":
                return self.plain(value)
            case "labels":
                return " ".join(value)
            case "time":
                return stamp(value)
            case "text" | "option" | "user":
                return str(value)
        return self.named(kind).get(value, str(value))

    def kept(self, name: str, value: Any) -> str | None:
        kind = self.fields[name].kind if name in self.fields else ""
        if value is None or kind in ("rich", "text", "labels", "time", ""):
            return None
        known = self.users.get(value) if kind == "user" else None
        if kind == "project":
            return self.projects[value].id
        return known.id if known else str(value)

    # -- what the connector's account sees

    def seen(self, id_or_key: str, by: User | None, as_of: float | None = None) -> tuple[Issue, Version]:
        """:raises Refusal: 404, the same for a missing and for a hidden issue."""
        issue = self.store.find(id_or_key)
        version = issue.at(as_of) if issue and self.browses(issue, by) else None
        if issue is None or version is None:
            raise Refusal(404, NO_ISSUE)
        return issue, version

    def browses(self, issue: Issue, by: User | None) -> bool:
        return by is not None and by.kind != "customer" and str(issue.id) not in self.hidden

    def must(self, by: User, permission: str) -> None:
        """:raises Refusal: 403 where our account lacks a permission."""
        if by.ours and permission in self.lacks:
            raise Refusal(403, f"You do not have the permission {permission} in this project.")

    def comments(self, version: Version, by: User | None) -> list[Comment]:
        if by is not None and by.ours and not self.comment_rights:
            return []
        return [c for c in version.comments if not c.gone and str(c.id) not in self.hidden_comments]

    @staticmethod
    def files(version: Version) -> list[File]:
        return [file for file in version.files if not file.gone]

    def service(self, version: Version) -> bool:
        return self.projects[version.fields["project"]].service

    def offered(self, version: Version, by: User) -> list[Transition]:
        """The transitions that somebody may take now."""
        status = self.workflow.status(version.fields["status"]).name
        out = self.workflow.leaving(status)
        if by.ours and "TRANSITION_ISSUES" in self.lacks:
            return []
        if by.ours:
            out = [t for t in out if t.id not in self.conditions and (status, t.target) not in self.refuse_moves]
        return out

    # -- what is done

    def open(self, by: User, given: Mapping[str, Any], properties: Mapping[str, Any] | None = None) -> Issue:
        """``given`` are values as kept; what is not given has its default."""
        project = self.projects[given["project"]]
        empty: dict[str, Any] = {one.id: None for one in self.fields.values() if one.id not in ("created", "updated")}
        start = {
            "issuetype": next(iter(project.issue_types)),
            "priority": "3",
            "status": self.workflow.statuses[self.workflow.first].id,
            "labels": (),
            "reporter": by.login,
        }
        return self.store.create(by, {**empty, **start, **given, "creator": by.login}, properties or {})

    def take(self, issue: Issue, by: User, transition: Transition, given: Mapping[str, Any] | None = None) -> None:
        """Go one transition's way, with fields of its screen, and whatever it does by itself."""
        target = self.workflow.statuses[transition.target]
        new = {**(given or {}), "status": target.id}
        if transition.resolves:
            new["resolution"] = next(k for k, name in RESOLUTIONS.items() if name == transition.resolves)
        if transition.reopens:
            new["resolution"] = None
        resolution = new.get("resolution", issue.now.fields["resolution"])
        if resolution != issue.now.fields["resolution"]:
            new["resolutiondate"] = self.world.now() if resolution else None
        self.store.change(issue, by, new)

    def internal(self, issue: Issue) -> dict[str, Any]:
        """What makes a comment internal: a service project's own mark, in other projects a role for whose eyes it is."""
        if self.service(issue.now):
            return {"public": False, "properties": {INTERNAL: {"internal": True}}}
        return {"visibility": ("role", "Developers")}

    def say(self, issue: Issue, by: User, body: Rich, **given: Any) -> Comment:
        """:raises Refusal: 413 over the number that one issue holds."""
        if len(issue.now.comments) >= self.comment_limit:
            raise Refusal(413, "The number of comments has reached the limit of this issue.")
        comment = self.store.add_comment(issue, by, body, **given)
        waits = self.workflow.status(issue.now.fields["status"]).name == CUSTOMER
        if waits and by.kind == "customer" and comment.open and self.comment_wakes:
            back = next((t for t in self.workflow.leaving(CUSTOMER) if t.customer and not t.resolves), None)
            if back:
                self.take(issue, self.users[AUTOMATION], back)
        return comment

    def keep_file(self, issue: Issue, by: User, name: str, data: bytes, kind: str, *, public: bool | None = None) -> File:
        """Without a word on it, a file is seen by everybody, in a service project by its agents alone.

        :raises Refusal: 413 over the number that one issue holds.
        """
        if len(self.files(issue.now)) >= self.file_limit:
            raise Refusal(413, "The number of attachments has reached the limit of this issue.")
        shown = (by.kind == "customer" or not self.service(issue.now)) if public is None else public
        return self.store.add_file(issue, by, name, kind, data, public=shown)

    def request(self, by: User, customer: User, kind: str, given: Mapping[str, Any]) -> Issue:
        """A request raised on the portal, or for a customer."""
        issue_type = REQUEST_TYPES[kind][1]
        return self.open(by, {**given, "issuetype": issue_type, "reporter": customer.login, REQUEST_TYPE: kind})

    def add_field(self, one: Field) -> None:
        """Give issues a further field, as administrators do."""
        self.fields[one.id] = one

    def field_named(self, name: str) -> Field | None:
        """By id or by name."""
        return self.fields.get(name) or next((one for one in self.fields.values() if one.name.lower() == name.lower()), None)


def stamp(at: float) -> str:
    """``2026-01-01T00:00:00.000+0000``."""
    return _stamp(millis(at))


def millis(at: float) -> int:
    return int(at * 1000 + 1e-4)


def _stamp(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{ms % 1000:03d}+0000"
