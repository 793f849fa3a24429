"""A simulated Jira, Cloud or Data Center, with its service desk: the system, and the people who work in it.

Its traps are those of the real ones: only a transition changes a status, a search lags behind what was written, a key
changes when an issue moves, a forbidden issue reads as a missing one, an unknown field refuses the whole save.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from connector.sandbox.core import Request, Response, SimItem, SimTicket, World
from connector.sandbox.jira_access import Secrets
from connector.sandbox.jira_data import CLOUD, DATA_CENTER, REQUEST_TYPE, REQUEST_TYPES, Project, User
from connector.sandbox.jira_rest import Rest
from connector.sandbox.jira_site import Refusal, Site, stamp
from connector.sandbox.jira_store import Comment, File, Issue, Rich
from connector.sandbox.jira_workflow import Transition, Workflow

__all__ = ["CLOUD", "DATA_CENTER", "Jira", "Project", "Secrets"]

T = TypeVar("T")
PROJECTS = (Project("10000", "SUP", "Support"), Project("10001", "DEV", "Development"))
SERVICE_PROJECTS = (Project("10000", "SUP", "Support", service=True, desk="1"), Project("10001", "DEV", "Development"))
#: What a copy of an issue does not take over: it is a new one.
_NOT_COPIED = ("status", "resolution", "resolutiondate", "reporter", "creator")


class Jira(Site):
    """One site. Implements :class:`~connector.sandbox.core.System` and :class:`~connector.sandbox.core.Cast`.

    How it behaves is set by the attributes of :class:`~connector.sandbox.jira_site.Knobs`.

    Natively, ``ref`` is the issue's id, its number the key, a comment and a file have ids of their own. Fields go by
    their ids; their values are what people see: names of statuses, priorities, options; labels with blanks between; a
    person's login; a text's plain words. The judge sees the same words, however the site keeps a text.

    Deeds: ``create`` with one ``field`` for each first value, ``field``, ``comment``, ``comment_edit``, ``visibility``,
    ``file``, ``move`` (old and new key), ``delete`` (of a comment or a file where ``item`` says so). What automation does
    is automation's.

    :param user: the connector's account; what it changes is a deed of ours.
    :param service: whether the first project is a service project, with a portal for customers.
    :param customer: whether our account sees the portal alone.
    :param name: of the system, where two of this kind take part.
    """

    def __init__(  # noqa: PLR0913 - one argument a setting
        self,
        world: World,
        user: str = "connector@example.com",
        *,
        flavour: str = CLOUD,
        name: str = "jira",
        service: bool = False,
        customer: bool = False,
        secrets: Secrets | None = None,
        projects: Iterable[Project] = (),
        workflow: Workflow | None = None,
    ) -> None:
        usual = SERVICE_PROJECTS if service or customer else PROJECTS
        super().__init__(world, name, flavour, tuple(projects) or usual, workflow)
        kind = "customer" if customer else "agent"
        self.account = self.add_user(user, "Connector Integration", ours=True, kind=kind)
        self.secrets = secrets or Secrets()
        self._rest = Rest(self, self.account, self.secrets)

    # -- System

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        with self.world.lock:
            return self._rest.handle(request, as_of)

    def is_write(self, request: Request) -> bool:
        return self._rest.is_write(request)

    def label(self, request: Request) -> str:
        return self._rest.label(request)

    def expire_tokens(self) -> None:
        """End every access token given out. Passwords, API tokens and personal tokens still work."""
        self._rest.access.expire_tokens()

    # -- Cast

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        """Open an issue by its ``summary`` and what else is given; in the first project, unless ``project`` says so."""
        given = {"project": next(iter(self.projects)), **fields}
        with self.world.lock:
            if not given.get("summary", "").strip():
                raise ValueError("You must specify a summary of the issue.")
            kept = self._kept_all({name: value for name, value in given.items() if name != "status"})
            if self.projects[kept["project"]].service:
                kept.setdefault(REQUEST_TYPE, next(iter(REQUEST_TYPES)))
            issue = self.open(self._person(who), kept)
            if given.get("status", self.workflow.first) != self.workflow.first:
                self._go(issue, self._person(who), given["status"], {})
            return str(issue.id)

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        """Change fields in one save; a status is reached by the shortest way along the workflow, and what that
        asks for on its way (a resolution) is chosen where it is not given.

        :raises ValueError: for a field or a value that the site does not have, or a status that cannot be reached.
        :raises LookupError: where the issue is gone.
        """
        with self.world.lock:
            issue, by = self._living(ref), self._person(who)
            kept = self._kept_all({name: value for name, value in fields.items() if name != "status"})
            if "project" in kept and kept["project"] != issue.now.fields["project"]:
                self.store.move(issue, by, kept["project"])
            if "status" in fields:
                kept = self._go(issue, by, fields["status"], kept)
            self.store.change(issue, by, kept)

    def comment(self, ref: str, who: str, text: str, *, public: bool) -> str:
        """``public`` is shown on the portal; in other projects, an internal one is for a role's eyes."""
        return self.comment_rich(ref, who, self.typed(text), public=public)

    def comment_rich(self, ref: str, who: str, body: Rich, *, public: bool) -> str:
        """A comment in the site's own form: a document on Cloud, wiki markup on Data Center."""
        with self.world.lock:
            issue, by = self._living(ref), self._person(who)
            if not self.plain(body).strip():
                raise ValueError("Comment body can not be empty!")
            given: dict[str, Any] = {} if public else self.internal(issue)
            return str(self._as_person(lambda: self.say(issue, by, body, **given)).id)

    def attach(self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream") -> str:
        with self.world.lock:
            issue, by = self._living(ref), self._person(who)
            return str(self._as_person(lambda: self.keep_file(issue, by, name, data, content_type)).id)

    def clone(self, ref: str, who: str) -> str:
        """Copy an issue with its fields, markers in fields and labels too; properties, comments, files stay behind."""
        with self.world.lock:
            old = self._living(ref).now.fields
            new = self.open(self._person(who), {k: v for k, v in old.items() if k not in _NOT_COPIED and v is not None})
            return str(new.id)

    def tickets(self) -> list[SimTicket]:
        with self.world.lock:
            return [self.view(issue) for issue in self.store.issues.values() if not issue.now.deleted]

    def ticket(self, ref: str) -> SimTicket:
        """:raises LookupError: where there is none (any more)."""
        with self.world.lock:
            return self.view(self._living(ref))

    # -- beyond Cast

    def find(self, number: str) -> str:
        """The ref of a key. :raises LookupError: where there is none."""
        with self.world.lock:
            issue = self.store.find(number)
            if issue is None or issue.now.deleted:
                raise LookupError(number)
            return str(issue.id)

    def move(self, ref: str, who: str, project: str) -> None:
        """A person moves an issue to another project: it has a new key, and the same id."""
        self.edit(ref, who, {"project": project})

    def delete(self, ref: str, who: str = "admin") -> None:
        with self.world.lock:
            self.store.delete(self._living(ref), self._person(who))

    def delete_file(self, file: str, who: str = "admin") -> None:
        with self.world.lock:
            issue = self.store.issues[self.store.file_issue[int(file)]]
            self.store.delete_file(issue, self._person(who), next(f for f in issue.now.files if str(f.id) == file))

    def edit_comment(self, comment: str, who: str, text: str) -> None:
        """A person rewrites a comment."""
        with self.world.lock:
            issue, old = self._comment(comment)
            self.store.edit_comment(issue, self._person(who), old, body=self.typed(text))

    def set_visible(self, ref: str, item: str, who: str, visible: bool) -> None:
        """A person shows a comment to the other side of the desk, or hides it."""
        with self.world.lock:
            issue, old = self._comment(item)
            if ref != str(issue.id):
                raise LookupError(item)
            hidden = {"public": True, "visibility": None, "properties": {}} if visible else self.internal(issue)
            self.store.edit_comment(issue, self._person(who), old, **hidden)

    def delete_comment(self, comment: str, who: str = "admin") -> None:
        with self.world.lock:
            issue, old = self._comment(comment)
            self.store.delete_comment(issue, self._person(who), old)

    def share(self, ref: str, login: str) -> None:
        """Add a participant to a request: it sees the request on the portal."""
        with self.world.lock:
            self.shared.setdefault(self._living(ref).id, set()).add(self.add_user(login, kind="customer").login)

    # -- people and values

    def _person(self, login: str) -> User:
        return self.add_user(login)

    def _living(self, ref: str) -> Issue:
        issue = self.store.issues.get(int(ref) if ref.isdecimal() else 0)
        if issue is None or issue.now.deleted:
            raise LookupError(ref)
        return issue

    def _comment(self, number: str) -> tuple[Issue, Comment]:
        issue = self.store.issues[self.store.comment_issue[int(number)]]
        return issue, next(comment for comment in issue.now.comments if str(comment.id) == number)

    def _kept_all(self, fields: Mapping[str, str]) -> dict[str, Any]:
        return {name: self._kept_one(name, value) for name, value in fields.items()}

    def _kept_one(self, name: str, value: str) -> Any:
        """What a person chooses in a form, as kept. :raises ValueError: the form does not offer it."""
        one = self.fields.get(name)
        if one is None or (not one.settable and one.kind != "request"):
            raise ValueError(f"no such field: {name}")
        if not value and one.kind not in ("labels", "project", "issuetype", "priority"):
            return None
        match one.kind:
            case "text":
                return " ".join(value.split("\n")).strip()
            case "rich":
                return self.typed(value)
            case "labels":
                return tuple(sorted(dict.fromkeys(value.split())))
            case "user":
                return self._person(value).login
            case "option":
                chosen = value if value in one.options else None
            case _:
                chosen = next((k for k, shown in self.named(one.kind).items() if value in (k, shown)), None)
        if chosen is None:
            raise ValueError(f"{one.name} cannot be {value!r}")
        return chosen

    def _go(self, issue: Issue, by: User, target: str, given: dict[str, Any]) -> dict[str, Any]:
        """Move along the workflow; returns what is left to save. ``given`` goes with the last step."""
        here = self.workflow.status(issue.now.fields["status"]).name
        if target not in self.workflow.statuses:
            raise ValueError(f"no such status: {target}")
        way = self.workflow.path(here, target)
        for n, step in enumerate(way, 1):
            self.take(issue, by, step, {**(given if n == len(way) else {}), **self._chosen(step, given)})
        return {} if way else given

    @staticmethod
    def _chosen(step: Transition, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a person picks in the screen of a transition that demands a resolution."""
        return {"resolution": given.get("resolution") or "10000"} if "resolution" in step.required else {}

    @staticmethod
    def _as_person(act: Callable[[], T]) -> T:
        try:
            return act()
        except Refusal as refusal:
            raise ValueError(refusal.words) from refusal

    # -- the judge's view

    def view(self, issue: Issue) -> SimTicket:
        version = issue.now
        fields = {name: self.shown(name, value) for name, value in version.fields.items()}
        fields |= {"created": stamp(issue.created), "updated": stamp(version.updated)}
        comments = tuple(map(self._comment_view, version.comments))
        by = issue.by
        return SimTicket(
            str(issue.id), version.key, by.login, by.ours, issue.created, fields, comments, tuple(map(_file_view, version.files))
        )

    def _comment_view(self, comment: Comment) -> SimItem:
        by, words = comment.by, self.plain(comment.body)
        return SimItem(str(comment.id), "comment", by.login, by.ours, comment.at, words, comment.open, deleted=comment.gone)


def _file_view(file: File) -> SimItem:
    by, size = file.by, len(file.data)
    return SimItem(str(file.id), "file", by.login, by.ours, file.at, file.name, file.public, file.sha256, size, deleted=file.gone)
