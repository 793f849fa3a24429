"""A simulated Jira's answers: users, issues, comments, files and histories as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

from connector.sandbox.jira_call import Call
from connector.sandbox.jira_data import PARTS, Project, User
from connector.sandbox.jira_fields import Values
from connector.sandbox.jira_site import Site, stamp
from connector.sandbox.jira_store import Comment, Entry, File, Issue, Item, Version
from connector.sandbox.jira_workflow import Status

Json = dict[str, Any]
_CATEGORIES = {"new": (2, "To Do", "blue-gray"), "indeterminate": (4, "In Progress", "yellow"), "done": (3, "Done", "green")}
_PARTS_LIMIT = 5000


class Renderer:
    def __init__(self, site: Site, values: Values) -> None:
        self._site, self._values = site, values

    # -- people and named things

    def user(self, call: Call, user: User) -> Json:
        shown = not self._site.cloud or not self._site.hide_emails or user == call.who
        out: Json = {"self": call.link(f"user?accountId={user.id}"), "accountId": user.id}
        if self._site.cloud:
            out["accountType"] = {"agent": "atlassian"}.get(user.kind, user.kind)
        else:
            out = {"self": call.link(f"user?username={quote(user.login)}"), "name": user.login, "key": user.id}
        out |= {"displayName": user.display, "active": True, "timeZone": self._site.zone if user.ours else "Etc/UTC"}
        if shown:
            out["emailAddress"] = user.email
        picture = f"{call.base}/avatar/{user.id}"
        return out | {"avatarUrls": {f"{n}x{n}": f"{picture}?size={n}" for n in (16, 24, 32, 48)}}

    def status(self, call: Call, status: Status) -> Json:
        number, name, colour = _CATEGORIES[status.category]
        category = {"self": call.link(f"statuscategory/{number}"), "id": number, "key": status.category, "colorName": colour}
        base = {"self": call.link(f"status/{status.id}"), "description": "", "iconUrl": f"{call.base}/images/status.png"}
        return {**base, "name": status.name, "id": status.id, "statusCategory": {**category, "name": name}}

    def named(self, call: Call, kind: str, number: str, name: str) -> Json:
        """A priority, a resolution or an issue type."""
        out: Json = {"self": call.link(f"{kind}/{number}"), "id": number, "name": name, "description": ""}
        if kind == "priority":
            out |= {"iconUrl": f"{call.base}/images/priority.svg", "statusColor": "#ff0000"}
        if kind == "issuetype":
            out |= {"iconUrl": f"{call.base}/images/type.svg", "subtask": False}
        return out

    def project(self, call: Call, project: Project) -> Json:
        return {
            "self": call.link(f"project/{project.id}"),
            "id": project.id,
            "key": project.key,
            "name": project.name,
            "projectTypeKey": project.type_key,
            "avatarUrls": {"48x48": f"{call.base}/avatar/project"},
            **({"simplified": False} if self._site.cloud else {}),
        }

    # -- an issue

    def issue(self, call: Call, issue: Issue, version: Version, wanted: Sequence[str], *, inline: int | None = None) -> Json:
        """:param wanted: names of fields, with ``*all``, ``*navigable`` and ``-name`` understood.

        :param inline: how many comments are carried at most; None: all.
        """
        out: Json = {"expand": "renderedFields,names,schema,operations,editmeta,changelog", "id": str(issue.id)}
        out |= {"self": call.link(f"issue/{issue.id}"), "key": version.key}
        fields = {name: self._field(call, issue, version, name, inline) for name in self.wanted(wanted)}
        return out | ({"fields": fields} if list(wanted) != ["id"] else {})

    def wanted(self, given: Sequence[str]) -> list[str]:
        """The ids of the fields that are asked for."""
        parts = list(PARTS)
        taken: dict[str, None] = {}
        for name in given if any(not n.startswith("-") for n in given) else ["*all", *given]:
            if name in ("*all", "*navigable"):
                taken |= dict.fromkeys([*self._site.fields, *(parts if name == "*all" else [])])
            elif name.startswith("-"):
                taken.pop(name[1:], None)
            elif name in parts:
                taken[name] = None
            elif one := self._site.field_named(name):
                taken[one.id] = None
        return list(taken)

    def _field(self, call: Call, issue: Issue, version: Version, name: str, inline: int | None) -> Any:
        if name == "comment":
            return self._inline_comments(call, issue, version, inline)
        if name == "attachment":
            return [self.file(call, file) for file in self._site.files(version)]
        if name in ("created", "updated", "resolutiondate"):
            at = {"created": issue.created, "updated": version.updated}.get(name, version.fields.get(name))
            return None if at is None else stamp(at)
        one = self._site.fields[name]
        value: Any = version.fields.get(name)
        match one.kind:
            case "status":
                return self.status(call, self._site.workflow.status(value))
            case "project":
                return self.project(call, self._site.projects[value])
            case "priority" | "resolution" | "issuetype":
                return self.named(call, one.kind, value, self._site.shown(name, value)) if value else None
            case "request":
                return {"requestType": {"id": value, "name": self._site.shown(name, value)}} if value else None
        return self._values.out(call, one, version, lambda user: self.user(call, user))

    def _inline_comments(self, call: Call, issue: Issue, version: Version, inline: int | None) -> Json:
        all_ = self._site.comments(version, call.who)
        shown = all_ if inline is None else all_[-inline:]
        out = {"comments": [self.comment(call, issue, comment) for comment in shown]}
        return out | {"self": call.link(f"issue/{issue.id}/comment"), **_page_of(all_, len(shown), 0)}

    # -- what belongs to it

    def comment(self, call: Call, issue: Issue, comment: Comment, *, properties: bool = False) -> Json:
        out: Json = {
            "self": call.link(f"issue/{issue.id}/comment/{comment.id}"),
            "id": str(comment.id),
            "author": self.user(call, comment.by),
            "body": self._values.rich_out(call, comment.body),
            "updateAuthor": self.user(call, comment.changed_by or comment.by),
            "created": stamp(comment.at),
            "updated": stamp(comment.changed),
        }
        if comment.visibility:
            kind, name = comment.visibility
            out["visibility"] = {"type": kind, "value": name, **({"identifier": name} if self._site.cloud else {})}
        if self._site.cloud and self._site.service(issue.now):
            out["jsdPublic"] = comment.public
        if properties:
            out["properties"] = [{"key": key, "value": value} for key, value in comment.properties.items()]
        return out

    def file(self, call: Call, file: File) -> Json:
        safe = quote(file.name)
        content = call.link(f"attachment/content/{file.id}")
        if not self._site.cloud:
            content = f"{call.base}/secure/attachment/{file.id}/{safe}"
        return {
            "self": call.link(f"attachment/{file.id}"),
            "id": str(file.id),
            "filename": file.name,
            "author": self.user(call, file.by),
            "created": stamp(file.at),
            "size": len(file.data),
            "mimeType": file.content_type,
            "content": content,
        }

    def entry(self, call: Call, entry: Entry) -> Json:
        shown = [self._item(item) for item in entry.items]
        return {"id": str(entry.id), "author": self.user(call, entry.by), "created": stamp(entry.at), "items": shown}

    def _item(self, item: Item) -> Json:
        one = self._site.fields.get(item.field)
        custom = bool(one and one.custom)
        name = one.name if one and custom else {"attachment": "Attachment"}.get(item.field, item.field)
        out: Json = {"field": name, "fieldtype": "custom" if custom else "jira"}
        if self._site.cloud:
            out["fieldId"] = item.field
        return out | {"from": item.old[0], "fromString": item.old[1], "to": item.new[0], "toString": item.new[1]}

    def history(self, version: Version, by: User | None) -> tuple[Entry, ...]:
        return () if by is not None and by.ours and not self._site.history_rights else version.history


def _page_of(all_: Sequence[object], shown: int, start: int) -> Json:
    return {"maxResults": max(shown, 1), "total": len(all_), "startAt": start}


def page(call: Call, all_: Sequence[Any], render: Callable[[Any], Any], key: str = "values", most: int = 50) -> Json:
    """One page by ``startAt`` and ``maxResults``."""
    start, size = call.number("startAt", 0), call.number("maxResults", most, _PARTS_LIMIT)
    shown: Iterable[Any] = all_[start : start + size]
    out: Json = {"startAt": start, "maxResults": size, "total": len(all_), key: [render(one) for one in shown]}
    return out | ({"isLast": start + size >= len(all_)} if key == "values" else {})
