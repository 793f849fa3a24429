"""What a simulated Jira keeps: issues with all their versions, comments, files, links, properties and histories.

Every change of an issue makes a new version of it, so that a read may be answered as of an earlier time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connector.sandbox.core import Deed, World
from connector.sandbox.jira_data import User
from connector.sandbox.versions import Content, State, Versions

Rich = dict[str, Any] | str
"""A text with its layout: a document on Cloud, wiki markup on Data Center."""


@dataclass(frozen=True)
class Comment:
    id: int
    at: float
    by: User
    body: Rich
    public: bool = True  # shown on the portal
    visibility: tuple[str, str] | None = None  # (role or group, its name)
    changed: float = 0.0
    changed_by: User | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[int, ...] = ()  # what was attached with it through the portal
    gone: bool = False

    @property
    def open(self) -> bool:
        """Whether the people on the other side of the desk see it."""
        return self.public and self.visibility is None


@dataclass(frozen=True)
class File(Content):
    id: int
    at: float
    by: User
    name: str
    content_type: str
    data: bytes
    public: bool = True
    gone: bool = False


@dataclass(frozen=True)
class Item:
    """One changed field of one entry of the changelog."""

    field: str  # its id
    old: tuple[str | None, str | None]  # as kept, as shown
    new: tuple[str | None, str | None]


@dataclass(frozen=True)
class Entry:
    id: int
    at: float
    by: User
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Version(State):
    """An issue between two changes. ``fields`` holds values as kept, by field id."""

    key: str
    fields: Mapping[str, Any]
    updated: float
    comments: tuple[Comment, ...] = ()
    files: tuple[File, ...] = ()
    history: tuple[Entry, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    links: tuple[Mapping[str, Any], ...] = ()


@dataclass
class Issue(Versions[Version]):
    id: int
    created: float
    by: User


class Store:
    """All issues of one Jira. The caller holds the world's lock.

    :param shown: (field id, value as kept) as people see it.
    :param kept: (field id, value as kept) as the changelog's ``from`` and ``to`` name it; None where they name nothing.
    :param plain: a text's words.
    """

    def __init__(
        self,
        world: World,
        name: str,
        shown: Callable[[str, Any], str],
        kept: Callable[[str, Any], str | None],
        plain: Callable[[Rich], str],
    ) -> None:
        self.world, self.name = world, name
        self.issues: dict[int, Issue] = {}
        self.keys: dict[str, int] = {}  # former keys too
        self.by_change: dict[int, None] = {}  # ids of issues, the one changed last at the end
        self.comment_issue: dict[int, int] = {}
        self.file_issue: dict[int, int] = {}
        self._shown, self._kept, self._plain = shown, kept, plain
        self._numbers: dict[str, int] = {}  # by project key
        self._ids = {"issue": 10000, "comment": 20000, "file": 30000, "entry": 40000, "link": 50000}

    def next_id(self, kind: str) -> int:
        self._ids[kind] += 1
        return self._ids[kind]

    def find(self, id_or_key: str) -> Issue | None:
        """By id, or by a key that it has or had."""
        number = int(id_or_key) if id_or_key.isdecimal() else self.keys.get(id_or_key.upper(), 0)
        return self.issues.get(number)

    def newest_first(self) -> Iterator[Issue]:
        return (self.issues[number] for number in reversed(self.by_change))

    # -- changes of an issue

    def create(self, by: User, fields: Mapping[str, Any], properties: Mapping[str, Any]) -> Issue:
        now = self.world.now()
        issue = Issue(self.next_id("issue"), now, by)
        self.issues[issue.id] = issue
        self.deed(issue, by, "create", public=True)
        for name, value in fields.items():
            if text := self._shown(name, value):
                self.deed(issue, by, "field", field=name, old="", new=text, public=True)
        self._save(issue, Version(self._new_key(fields["project"], issue.id), fields, now, properties=properties))
        return issue

    def change(self, issue: Issue, by: User, fields: Mapping[str, Any]) -> None:
        """Save changed fields; values that are the kept ones change nothing, not even the time of the last change."""
        old = issue.now.fields
        changed = {name: value for name, value in fields.items() if old.get(name) != value}
        if not changed:
            return
        for name, value in changed.items():
            texts = {"old": self._shown(name, old.get(name)), "new": self._shown(name, value)}
            self.deed(issue, by, "field", field=name, **texts, public=True)
        items = tuple(Item(name, self._sides(name, old.get(name)), self._sides(name, value)) for name, value in changed.items())
        self._enter(issue, by, items, fields={**old, **changed})

    def move(self, issue: Issue, by: User, project: str) -> None:
        """Into another project: a new key, and the former one still leads to it."""
        old = issue.now
        key = self._new_key(project, issue.id)
        self.deed(issue, by, "move", old=old.key, new=key)
        changes = {"project": project}
        items = (
            Item("project", self._sides("project", old.fields["project"]), self._sides("project", project)),
            Item("Key", (None, old.key), (None, key)),
        )
        self._enter(issue, by, items, key=key, fields={**old.fields, **changes})

    def delete(self, issue: Issue, by: User) -> None:
        self.deed(issue, by, "delete")
        self._save(issue, replace(issue.now, deleted=True, updated=self.world.now()))
        del self.by_change[issue.id]

    # -- what belongs to it

    def add_comment(self, issue: Issue, by: User, body: Rich, **given: Any) -> Comment:
        now = self.world.now()
        comment = Comment(self.next_id("comment"), now, by, body, changed=now, changed_by=by, **given)
        self.comment_issue[comment.id] = issue.id
        self.deed(issue, by, "comment", new=self._plain(body), public=comment.open, item=str(comment.id))
        self._touch(issue, comments=(*issue.now.comments, comment))
        return comment

    def edit_comment(self, issue: Issue, by: User, comment: Comment, **new: Any) -> Comment:
        edited = replace(comment, changed=self.world.now(), changed_by=by, **new)
        words = {"old": self._plain(comment.body), "new": self._plain(edited.body)}
        if words["old"] != words["new"]:
            self.deed(issue, by, "comment_edit", **words, public=edited.open, item=str(comment.id))
        if comment.open != edited.open:
            shown = {"old": str(int(comment.open)), "new": str(int(edited.open))}
            self.deed(issue, by, "visibility", **shown, public=edited.open, item=str(comment.id))
        self._touch(issue, comments=tuple(edited if c.id == comment.id else c for c in issue.now.comments))
        return edited

    def delete_comment(self, issue: Issue, by: User, comment: Comment) -> None:
        self.deed(issue, by, "delete", item=str(comment.id))
        kept = tuple(replace(c, gone=True) if c.id == comment.id else c for c in issue.now.comments)
        self._touch(issue, comments=kept)

    def add_file(self, issue: Issue, by: User, name: str, content_type: str, data: bytes, *, public: bool) -> File:
        file = File(self.next_id("file"), self.world.now(), by, name, content_type, data, public)
        self.file_issue[file.id] = issue.id
        self.deed(issue, by, "file", new=name, public=public, item=str(file.id))
        item = Item("attachment", (None, None), (str(file.id), name))
        self._enter(issue, by, (item,), files=(*issue.now.files, file))
        return file

    def delete_file(self, issue: Issue, by: User, file: File) -> None:
        self.deed(issue, by, "delete", item=str(file.id))
        item = Item("attachment", (str(file.id), file.name), (None, None))
        kept = tuple(replace(f, gone=True) if f.id == file.id else f for f in issue.now.files)
        self._enter(issue, by, (item,), files=kept)

    def set_aside(self, issue: Issue, **parts: Any) -> None:
        """Properties and links: they are saved without a new time of change."""
        self._save(issue, replace(issue.now, **parts))

    # -- inside

    def _new_key(self, project: str, number: int) -> str:
        self._numbers[project] = self._numbers.get(project, 0) + 1
        key = f"{project}-{self._numbers[project]}"
        self.keys[key] = number
        return key

    def _sides(self, name: str, value: Any) -> tuple[str | None, str | None]:
        return self._kept(name, value), self._shown(name, value) or None

    def _enter(self, issue: Issue, by: User, items: tuple[Item, ...], **parts: Any) -> None:
        """Save with an entry in the history."""
        entry = Entry(self.next_id("entry"), self.world.now(), by, items)
        self._touch(issue, history=(*issue.now.history, entry), **parts)

    def _touch(self, issue: Issue, **parts: Any) -> None:
        self._save(issue, replace(issue.now, updated=self.world.now(), **parts))
        self.by_change.pop(issue.id, None)
        self.by_change[issue.id] = None

    def _save(self, issue: Issue, version: Version) -> None:
        issue.add(version, self.world.now())
        self.by_change.setdefault(issue.id)

    def deed(self, issue: Issue, by: User, what: str, **more: Any) -> None:
        self.world.record(Deed(self.world.now(), self.name, by.login, by.ours, what, str(issue.id), **more))
