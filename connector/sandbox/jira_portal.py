"""A request of a simulated service desk as its portal shows it, and who may see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from connector.sandbox.core import Response
from connector.sandbox.jira_call import Call, reply
from connector.sandbox.jira_data import REQUEST_TYPE, REQUEST_TYPES, Project, User
from connector.sandbox.jira_fields import Values
from connector.sandbox.jira_render import Json, Renderer
from connector.sandbox.jira_site import Refusal, Site, millis, stamp
from connector.sandbox.jira_store import Comment, File, Issue, Version

_MOST = 50


class Portal:
    def __init__(self, site: Site, values: Values, renderer: Renderer) -> None:
        self._site, self._values, self._renderer = site, values, renderer

    def project(self, number: str) -> Project:
        for project in self._site.projects.values():
            if project.service and number in (project.desk, project.id, project.key):
                return project
        raise Refusal(404, f"Service desk with ID '{number}' does not exist.")

    def seen(self, call: Call) -> tuple[Issue, Version]:
        """:raises Refusal: 404 for a missing request and for one that is somebody else's."""
        issue = self._site.store.find(call.parts[0])
        version = issue.at(call.as_of) if issue else None
        if issue is None or version is None or not self.may_see(issue, version, call.by):
            raise Refusal(404, "The issue no longer exists or you don't have permission to view it.")
        return issue, version

    def may_see(self, issue: Issue, version: Version, by: User) -> bool:
        if not self._site.service(version) or version.fields.get(REQUEST_TYPE) is None or str(issue.id) in self._site.hidden:
            return False
        shared = self._site.shared.get(issue.id, ())
        ours = by.ours and self._site.organization
        return by.kind != "customer" or ours or by.login == version.fields["reporter"] or by.login in shared

    def comments_shown(self, call: Call, version: Version) -> list[Comment]:
        """The comments that this account may see; internal ones are for agents."""
        agent = call.by.kind != "customer"
        return [c for c in self._site.comments(version, call.by) if c.open or agent]

    def files_shown(self, call: Call, version: Version) -> list[File]:
        agent = call.by.kind != "customer"
        return [file for file in self._site.files(version) if file.public or agent]

    # -- as JSON

    @staticmethod
    def desk_json(call: Call, project: Project) -> Json:
        out = {"id": project.desk, "projectId": project.id, "projectName": project.name, "projectKey": project.key}
        return {**out, "_links": {"self": call.link(f"servicedesk/{project.desk}")}}

    def type_json(self, call: Call, project: Project, number: str) -> Json:
        if number not in REQUEST_TYPES:
            raise Refusal(404, f"Request type with ID '{number}' does not exist.")
        name, issue_type = REQUEST_TYPES[number]
        links = {"self": call.link(f"servicedesk/{project.desk}/requesttype/{number}")}
        out: Json = {"id": number, "name": name, "description": "", "helpText": "", "issueTypeId": issue_type}
        if self._site.cloud:
            out["canCreateRequest"] = not (call.by.ours and "CREATE_ISSUES" in self._site.lacks)
        return {**out, "serviceDeskId": project.desk, "portalId": project.desk, "groupIds": [], "_links": links}

    def request_json(self, call: Call, issue: Issue, version: Version) -> Json:
        project, expand = self._site.projects[version.fields["project"]], call.names("expand")
        kind = version.fields[REQUEST_TYPE]
        self_ = call.link(f"request/{issue.id}")
        shown = [name for name in self._site.form if version.fields.get(name) is not None]
        out: Json = {
            "issueId": str(issue.id),
            "issueKey": version.key,
            "summary": version.fields["summary"],
            "requestTypeId": kind,
            "serviceDeskId": project.desk,
            "createdDate": date(issue.created),
            "reporter": self.user_json(call, self._site.users[version.fields["reporter"]]),
            "requestFieldValues": [self._value(call, version, name) for name in shown],
            "currentStatus": self.statuses(issue, version)[0],
            "_links": {
                "self": self_,
                "jiraRest": f"{call.base}/rest/api/2/issue/{issue.id}",
                "web": f"{call.base}/servicedesk/customer/portal/{project.desk}/{version.key}",
                "agent": f"{call.base}/browse/{version.key}",
            },
        }
        comments, files = self.comments_shown(call, version), self.files_shown(call, version)
        most = self._site.inline_parts
        parts: dict[str, tuple[str, Callable[[], object]]] = {
            "requestType": ("requestType", lambda: self.type_json(call, project, kind)),
            "serviceDesk": ("serviceDesk", lambda: self.desk_json(call, project)),
            "comment": ("comments", lambda: part_of(call, comments, lambda c: self.comment_json(call, issue, c, version), most)),
            "attachment": ("attachments", lambda: part_of(call, files, lambda f: self.file_json(call, issue, f), most)),
            "action": ("actions", lambda: self._actions(call)),
            "status": ("status", lambda: part_of(call, self.statuses(issue, version), lambda s: s, most)),
        }
        return out | {name: make() for asked, (name, make) in parts.items() if asked in expand}

    def _actions(self, call: Call) -> Json:
        needed = {"addComment": "ADD_COMMENTS", "addAttachment": "CREATE_ATTACHMENTS", "addParticipant": "EDIT_ISSUES"}
        return {name: {"allowed": not (call.by.ours and right in self._site.lacks)} for name, right in needed.items()}

    def _value(self, call: Call, version: Version, name: str) -> Json:
        one, value = self._site.fields[name], version.fields[name]
        out = self._values.out(call, one, version, lambda _user: None)
        if name == "priority":
            out = self._renderer.named(call, "priority", value, self._site.shown(name, value))
        return {"fieldId": name, "label": one.name, "value": out}

    def user_json(self, call: Call, user: User) -> Json:
        known = self._renderer.user(call, user)
        kept = {k: v for k, v in known.items() if k in ("accountId", "name", "key", "emailAddress", "displayName", "active")}
        pictures = {"self": known["self"], "jiraRest": known["self"], "avatarUrls": known["avatarUrls"]}
        return {**kept, "timeZone": known["timeZone"], "_links": pictures}

    def _status(self, status_id: str, at: float) -> Json:
        status = self._site.workflow.status(status_id)
        category = {"new": "NEW", "indeterminate": "INDETERMINATE", "done": "DONE"}[status.category]
        return {"status": status.name, "statusCategory": category, "statusDate": date(at)}

    def statuses(self, issue: Issue, version: Version) -> list[Json]:
        """Newest first."""
        moves = [(e.at, item) for e in version.history for item in e.items if item.field == "status"]
        first = str(moves[0][1].old[0]) if moves else str(version.fields["status"])
        shown = [self._status(first, issue.created), *(self._status(str(item.new[0]), at) for at, item in moves)]
        return shown[::-1]

    def comment_json(self, call: Call, issue: Issue, comment: Comment, version: Version | None = None) -> Json:
        """:param version: of the request; with it, and where it is asked for, the files that came with the comment are shown."""
        out: Json = {"id": str(comment.id), "body": self._site.to_wiki(comment.body), "public": comment.open}
        out |= {"author": self.user_json(call, comment.by), "created": date(comment.at)}
        if version and {"comment.attachment", "attachment"} & set(call.names("expand")):
            files = [file for file in self.files_shown(call, version) if file.id in comment.files]
            out["attachments"] = part_of(call, files, lambda file: self.file_json(call, issue, file), _MOST)
        return {**out, "_links": {"self": call.link(f"request/{issue.id}/comment/{comment.id}")}}

    def file_json(self, call: Call, issue: Issue, file: File) -> Json:
        out = {"filename": file.name, "author": self.user_json(call, file.by), "created": date(file.at), "size": len(file.data)}
        self_ = call.link(f"request/{issue.id}/attachment/{file.id}")
        shim = f"{call.base}/servicedesk/customershim/secure/attachment/{file.id}/{quote(file.name)}?fromIssue={issue.id}"
        links = {"jiraRest": f"{call.base}/rest/api/2/attachment/{file.id}", "content": shim}
        return {**out, "mimeType": file.content_type, "_links": {"self": self_, **links}}


def date(at: float) -> Json:
    moment = datetime.fromtimestamp(at, UTC)
    friendly = f"{moment:%d}/{moment:%b}/{moment:%y} {moment:%I:%M %p}"
    return {
        "iso8601": moment.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "jira": stamp(at),
        "friendly": friendly,
        "epochMillis": millis(at),
    }


def body_of(call: Call, all_: Sequence[Any], render: Callable[[Any], object]) -> Json:
    """One page of a list."""
    return _body(call, all_, render, call.number("start", 0), call.number("limit", _MOST, _MOST))


def part_of(call: Call, all_: Sequence[Any], render: Callable[[Any], object], most: int) -> Json:
    """The first page of a list that is shown within something else."""
    return _body(call, all_, render, 0, most)


def _body(call: Call, all_: Sequence[Any], render: Callable[[Any], object], start: int, limit: int) -> Json:
    shown = [render(one) for one in all_[start : start + limit]]
    last = start + limit >= len(all_)
    links: Json = {"self": call.base + call.request.path, "base": call.base, "context": ""}
    if not last:
        links["next"] = f"{call.base + call.request.path}?start={start + limit}&limit={limit}"
    return {"size": len(shown), "start": start, "limit": limit, "isLastPage": last, "_links": links, "values": shown}


def page(call: Call, all_: Sequence[Any], render: Callable[[Any], object]) -> Response:
    return reply(200, body_of(call, all_, render))
