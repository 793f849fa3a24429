"""The service desk's own API of a simulated Jira: requests as their customers see them on the portal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from connector.sandbox.core import Response
from connector.sandbox.jira_call import Call, Route, reply
from connector.sandbox.jira_data import REQUEST_TYPE, REQUEST_TYPES, Project, User
from connector.sandbox.jira_fields import Values, schema
from connector.sandbox.jira_files import sent_file, uploaded
from connector.sandbox.jira_render import Json, Renderer
from connector.sandbox.jira_site import Refusal, Site, millis, stamp
from connector.sandbox.jira_store import Comment, File, Issue, Version

_LIVES = 3600.0  # seconds that a temporary file is kept
_MOST = 50
#: What the portal's form of a request type asks for.
_FORM = ("summary", "description", "priority")


@dataclass(frozen=True)
class _Temporary:
    name: str
    data: bytes
    kind: str
    at: float


class Desk:
    def __init__(self, site: Site, values: Values, renderer: Renderer) -> None:
        self._site, self._values, self._renderer = site, values, renderer
        self._temporary: dict[str, _Temporary] = {}

    def routes(self) -> list[Route]:
        one, desk = "request/([^/]+)", "servicedesk/([^/]+)"
        return [
            ("GET", "info", self.info),
            ("GET", "servicedesk", self.desks),
            ("GET", desk, self.desk),
            ("GET", f"{desk}/requesttype", self.types),
            ("GET", f"{desk}/requesttype/([^/]+)", self.type),
            ("GET", f"{desk}/requesttype/([^/]+)/field", self.form),
            ("POST", f"{desk}/attachTemporaryFile", self.upload),
            ("GET", "request", self.requests),
            ("POST", "request", self.create),
            ("GET", one, self.request),
            ("GET", f"{one}/status", self.history),
            ("GET", f"{one}/comment", self.comments),
            ("POST", f"{one}/comment", self.say),
            ("GET", f"{one}/comment/([^/]+)", self.comment),
            ("GET", f"{one}/comment/([^/]+)/attachment", self.comment_files),
            ("GET", f"{one}/attachment", self.files),
            ("POST", f"{one}/attachment", self.attach),
            ("GET", f"{one}/attachment/([^/]+)", self.content),
            ("GET", f"{one}/participant", self.participants),
            ("POST", f"{one}/participant", self.share),
            ("DELETE", f"{one}/participant", self.unshare),
            ("GET", f"{one}/transition", self.transitions),
            ("POST", f"{one}/transition", self.transition),
            ("GET", f"{one}/(approval|sla)", self.nothing),
        ]

    # -- the desk

    def info(self, call: Call) -> Response:
        known = {"version": "5.0", "platformVersion": "1001.0.0", "buildChangeSet": "0" * 7, "isLicensedForUse": True}
        return reply(200, {**known, "buildDate": _date(0.0), "_links": {"self": call.link("info")}})

    def _project(self, number: str) -> Project:
        for project in self._site.projects.values():
            if project.service and number in (project.desk, project.id, project.key):
                return project
        raise Refusal(404, f"Service desk with ID '{number}' does not exist.")

    def desks(self, call: Call) -> Response:
        _ = call.by
        return _page(call, [p for p in self._site.projects.values() if p.service], lambda p: self._desk(call, p))

    def desk(self, call: Call) -> Response:
        _ = call.by
        return reply(200, self._desk(call, self._project(call.parts[0])))

    @staticmethod
    def _desk(call: Call, project: Project) -> Json:
        out = {"id": project.desk, "projectId": project.id, "projectName": project.name, "projectKey": project.key}
        return {**out, "_links": {"self": call.link(f"servicedesk/{project.desk}")}}

    def types(self, call: Call) -> Response:
        _ = call.by
        project = self._project(call.parts[0])
        return _page(call, list(REQUEST_TYPES), lambda number: self._type(call, project, number))

    def type(self, call: Call) -> Response:
        _ = call.by
        return reply(200, self._type(call, self._project(call.parts[0]), call.parts[1]))

    @staticmethod
    def _type(call: Call, project: Project, number: str) -> Json:
        if number not in REQUEST_TYPES:
            raise Refusal(404, f"Request type with ID '{number}' does not exist.")
        name, issue_type = REQUEST_TYPES[number]
        links = {"self": call.link(f"servicedesk/{project.desk}/requesttype/{number}")}
        out = {"id": number, "name": name, "description": "", "helpText": "", "issueTypeId": issue_type}
        return {**out, "serviceDeskId": project.desk, "portalId": project.desk, "groupIds": [], "_links": links}

    def form(self, call: Call) -> Response:
        project = self._project(call.parts[0])
        agent = call.by.kind != "customer"
        shown = []
        for name in _FORM:
            one = self._site.fields[name]
            choices = project.priorities.items() if name == "priority" else ()
            shown.append(
                {
                    "fieldId": name,
                    "name": one.name,
                    "description": "",
                    "required": name == "summary",
                    "visible": True,
                    "validValues": [{"value": k, "label": label, "children": []} for k, label in choices],
                    "presetValues": [],
                    "defaultValues": [],
                    "jiraSchema": schema(one),
                }
            )
        out = {"canRaiseOnBehalfOf": agent, "canAddRequestParticipants": True}
        return reply(200, {**out, "requestTypeFields": shown})

    # -- requests

    def _seen(self, call: Call) -> tuple[Issue, Version]:
        """:raises Refusal: 404 for a missing request and for one that is somebody else's."""
        issue = self._site.store.find(call.parts[0])
        version = issue.at(call.as_of) if issue else None
        if issue is None or version is None or not self._may_see(issue, version, call.by):
            raise Refusal(404, "The issue no longer exists or you don't have permission to view it.")
        return issue, version

    def _may_see(self, issue: Issue, version: Version, by: User) -> bool:
        if not self._site.service(version) or version.fields.get(REQUEST_TYPE) is None or str(issue.id) in self._site.hidden:
            return False
        shared = self._site.shared.get(issue.id, ())
        return by.kind != "customer" or by.login == version.fields["reporter"] or by.login in shared

    def requests(self, call: Call) -> Response:
        found = [(issue, issue.at(call.as_of)) for issue in self._site.store.newest_first()]
        shown = [(i, v) for i, v in found if v is not None and self._may_see(i, v, call.by)]
        if wanted := call.request.arg("serviceDeskId"):
            shown = [(i, v) for i, v in shown if v.fields["project"] == self._project(wanted).key]
        return _page(call, shown, lambda pair: self._request(call, *pair))

    def request(self, call: Call) -> Response:
        return reply(200, self._request(call, *self._seen(call)))

    def create(self, call: Call) -> Response:
        body = call.body()
        project = self._project(str(body.get("serviceDeskId", "")))
        kind = str(body.get("requestTypeId", ""))
        if kind not in REQUEST_TYPES:
            raise Refusal(400, "The request type does not exist.")
        given = self._given(call, body.get("requestFieldValues") or {}, project)
        customer = self._customer(call, body.get("raiseOnBehalfOf"))
        guests = [self._customer(call, name).login for name in body.get("requestParticipants") or []]
        issue = self._site.request(call.by, customer, kind, {**given, "project": project.key})
        self._site.shared.setdefault(issue.id, set()).update(guests)
        return reply(201, self._request(call, issue, issue.now))

    def _given(self, call: Call, values: Json, project: Project) -> dict[str, Any]:
        """Texts come as wiki markup."""
        strange = [name for name in values if name not in _FORM and not name.startswith("customfield_")]
        if strange or not str(values.get("summary") or "").strip():
            missing = "Your request could not be created. Please check the fields have been correctly filled in. "
            wrong = f"unknown: {', '.join(strange)}" if strange else "summary: Please provide a valid value"
            raise Refusal(400, missing + wrong)
        return self._values.taken(call, {"fields": values}, project, self._site.off_create)

    def _customer(self, call: Call, name: str | None) -> User:
        """Whom a request is for: by account id or address (Cloud), by name (Data Center)."""
        if not name:
            return call.by
        if call.by.kind == "customer":
            raise Refusal(403, "You do not have permission to raise requests on behalf of others.")
        found = self._site.user(name) or next((u for u in self._site.users.values() if u.email == name), None)
        if found is None:
            raise Refusal(400, f"The customer '{name}' does not exist.")
        return found

    def _request(self, call: Call, issue: Issue, version: Version) -> Json:
        project, expand = self._site.projects[version.fields["project"]], call.names("expand")
        kind = version.fields[REQUEST_TYPE]
        self_ = call.link(f"request/{issue.id}")
        shown = [name for name in _FORM if version.fields.get(name) is not None]
        out: Json = {
            "issueId": str(issue.id),
            "issueKey": version.key,
            "summary": version.fields["summary"],
            "requestTypeId": kind,
            "serviceDeskId": project.desk,
            "createdDate": _date(issue.created),
            "reporter": self._user(call, self._site.users[version.fields["reporter"]]),
            "requestFieldValues": [self._value(call, version, name) for name in shown],
            "currentStatus": self._status(version.fields["status"], version.updated),
            "_links": {
                "self": self_,
                "jiraRest": f"{call.base}/rest/api/2/issue/{issue.id}",
                "web": f"{call.base}/servicedesk/customer/portal/{project.desk}/{version.key}",
                "agent": f"{call.base}/browse/{version.key}",
            },
        }
        parts: dict[str, Callable[[], object]] = {
            "requestType": lambda: self._type(call, project, kind),
            "serviceDesk": lambda: self._desk(call, project),
            "comment": lambda: _body(call, self._public(call, version), lambda c: self._comment(call, issue, c)),
            "attachment": lambda: _body(call, self._shown(call, version), lambda f: self._file(call, issue, f)),
            "status": lambda: _body(call, self._statuses(issue, version), lambda s: s),
        }
        return out | {name: make() for name, make in parts.items() if name in expand}

    def _value(self, call: Call, version: Version, name: str) -> Json:
        one, value = self._site.fields[name], version.fields[name]
        out = self._values.out(call, one, version, lambda _user: None)
        if name == "priority":
            out = self._renderer.named(call, "priority", value, self._site.shown(name, value))
        return {"fieldId": name, "label": one.name, "value": out}

    def _user(self, call: Call, user: User) -> Json:
        known = self._renderer.user(call, user)
        kept = {k: v for k, v in known.items() if k in ("accountId", "name", "key", "emailAddress", "displayName", "active")}
        pictures = {"self": known["self"], "jiraRest": known["self"], "avatarUrls": known["avatarUrls"]}
        return {**kept, "timeZone": known["timeZone"], "_links": pictures}

    def _status(self, status_id: str, at: float) -> Json:
        status = self._site.workflow.status(status_id)
        category = {"new": "NEW", "indeterminate": "INDETERMINATE", "done": "DONE"}[status.category]
        return {"status": status.name, "statusCategory": category, "statusDate": _date(at)}

    def _statuses(self, issue: Issue, version: Version) -> list[Json]:
        """Newest first."""
        moves = [(e.at, item) for e in version.history for item in e.items if item.field == "status"]
        first = str(moves[0][1].old[0]) if moves else str(version.fields["status"])
        shown = [self._status(first, issue.created), *(self._status(str(item.new[0]), at) for at, item in moves)]
        return shown[::-1]

    def history(self, call: Call) -> Response:
        return _page(call, self._statuses(*self._seen(call)), lambda status: status)

    def nothing(self, call: Call) -> Response:
        """Approvals are people's, and this desk measures nothing."""
        self._seen(call)
        return _page(call, [], lambda one: one)

    # -- comments

    def _public(self, call: Call, version: Version) -> list[Comment]:
        """What this account may see; internal ones are for agents."""
        agent = call.by.kind != "customer"
        return [c for c in self._site.comments(version, call.by) if c.open or agent]

    def comments(self, call: Call) -> Response:
        issue, version = self._seen(call)
        public, internal = (call.request.arg(name, "true") != "false" for name in ("public", "internal"))
        shown = [c for c in self._public(call, version) if (public if c.open else internal)]
        return _page(call, shown, lambda comment: self._comment(call, issue, comment))

    def _one(self, call: Call) -> tuple[Issue, Version, Comment]:
        issue, version = self._seen(call)
        for comment in self._public(call, version):
            if str(comment.id) == call.parts[1]:
                return issue, version, comment
        raise Refusal(404, f"Comment with ID '{call.parts[1]}' does not exist.")

    def comment(self, call: Call) -> Response:
        issue, _, comment = self._one(call)
        return reply(200, self._comment(call, issue, comment))

    def comment_files(self, call: Call) -> Response:
        issue, version, comment = self._one(call)
        shown = [file for file in self._site.files(version) if file.id in comment.files]
        return _page(call, shown, lambda file: self._file(call, issue, file))

    def _comment(self, call: Call, issue: Issue, comment: Comment) -> Json:
        out = {"id": str(comment.id), "body": self._site.to_wiki(comment.body), "public": comment.open}
        out |= {"author": self._user(call, comment.by), "created": _date(comment.at)}
        return {**out, "_links": {"self": call.link(f"request/{issue.id}/comment/{comment.id}")}}

    def say(self, call: Call) -> Response:
        issue, _ = self._seen(call)
        body = call.body()
        comment = self._said(call, issue, body.get("body"), body.get("public"))
        return reply(201, self._comment(call, issue, comment))

    def _said(self, call: Call, issue: Issue, words: object, public: object, files: tuple[int, ...] = ()) -> Comment:
        if not isinstance(public, bool):
            raise Refusal(400, "The 'public' parameter is required.")
        if not public and call.by.kind == "customer":
            raise Refusal(403, "You do not have permission to add an internal comment to this request.")
        try:
            kept = self._values.rich(call, words)
        except ValueError as error:
            raise Refusal(400, str(error)) from error
        if not self._site.plain(kept).strip() and not files:
            raise Refusal(400, "Comment body can not be empty!")
        return self._site.say(issue, call.by, kept, public=public, files=files)

    # -- files

    def upload(self, call: Call) -> Response:
        _ = call.by
        self._project(call.parts[0])
        out = []
        for name, data, kind in uploaded(call.request):
            if len(data) > self._site.max_attachment:
                raise Refusal(413, f"The file {name} is too large. The limit is {self._site.max_attachment} bytes.")
            number = f"temp{self._site.world.rng.getrandbits(64):016x}"
            self._temporary[number] = _Temporary(name, data, kind, self._site.world.now())
            out.append({"temporaryAttachmentId": number, "fileName": name})
        return reply(201, {"temporaryAttachments": out})

    def attach(self, call: Call) -> Response:
        """What was uploaded becomes the request's, with a comment that shows it."""
        issue, _ = self._seen(call)
        body = call.body()
        public, wanted = body.get("public"), body.get("temporaryAttachmentIds") or []
        now = self._site.world.now()
        known = [self._temporary.get(str(number)) for number in wanted]
        if not wanted or any(one is None or now - one.at > _LIVES for one in known):
            raise Refusal(400, "The temporary attachment ids are invalid or have expired.")
        if not isinstance(public, bool):
            raise Refusal(400, "The 'public' parameter is required.")
        if not public and call.by.kind == "customer":
            raise Refusal(403, "You do not have permission to add an internal attachment to this request.")
        words = (body.get("additionalComment") or {}).get("body") or ""
        kept = [one for one in known if one is not None]
        made = [self._site.keep_file(issue, call.by, one.name, one.data, one.kind, public=public) for one in kept]
        for number in wanted:
            del self._temporary[str(number)]
        names = "\n\n".join(filter(None, [words, *(f"[^{one.name}]" for one in kept)]))
        comment = self._said(call, issue, names, public, tuple(file.id for file in made))
        shown = _body(call, made, lambda file: self._file(call, issue, file))
        return reply(201, {"comment": self._comment(call, issue, comment), "attachments": shown})

    def _shown(self, call: Call, version: Version) -> list[File]:
        agent = call.by.kind != "customer"
        return [file for file in self._site.files(version) if file.public or agent]

    def files(self, call: Call) -> Response:
        issue, version = self._seen(call)
        return _page(call, self._shown(call, version), lambda file: self._file(call, issue, file))

    def _file(self, call: Call, issue: Issue, file: File) -> Json:
        out = {"filename": file.name, "author": self._user(call, file.by), "created": _date(file.at), "size": len(file.data)}
        self_ = call.link(f"request/{issue.id}/attachment/{file.id}")
        place = f"{call.base}/secure/attachment/{file.id}/{quote(file.name)}"
        links = {"jiraRest": f"{call.base}/rest/api/2/attachment/{file.id}", "content": self_ if self._site.cloud else place}
        return {**out, "mimeType": file.content_type, "_links": {"self": self_, **links}}

    def content(self, call: Call) -> Response:
        _, version = self._seen(call)
        for file in self._shown(call, version):
            if str(file.id) == call.parts[1]:
                return sent_file(call.request, file)
        raise Refusal(404, "The attachment does not exist.")

    # -- participants

    def participants(self, call: Call) -> Response:
        issue, _ = self._seen(call)
        known = sorted(self._site.shared.get(issue.id, ()))
        return _page(call, [self._site.users[login] for login in known], lambda user: self._user(call, user))

    def share(self, call: Call) -> Response:
        issue, _ = self._seen(call)
        self._site.shared.setdefault(issue.id, set()).update(self._named(call))
        return self.participants(call)

    def unshare(self, call: Call) -> Response:
        issue, _ = self._seen(call)
        self._site.shared.get(issue.id, set()).difference_update(self._named(call))
        return self.participants(call)

    def _named(self, call: Call) -> list[str]:
        body = call.body()
        names = body.get("accountIds") or body.get("usernames") or []
        users = [self._site.user(str(name)) for name in names]
        if None in users or not users:
            raise Refusal(400, "The participants are unknown.")
        return [user.login for user in users if user]

    # -- the workflow, as far as the portal offers it

    def transitions(self, call: Call) -> Response:
        _, version = self._seen(call)
        ways = [one for one in self._site.offered(version, call.by) if one.customer]
        return _page(call, ways, lambda one: {"id": one.id, "name": one.name})

    def transition(self, call: Call) -> Response:
        issue, version = self._seen(call)
        body = call.body()
        wanted = str(body.get("id", ""))
        way = next((t for t in self._site.offered(version, call.by) if t.customer and t.id == wanted), None)
        if way is None:
            raise Refusal(400, f"The transition '{wanted}' is not available for this request.")
        words = (body.get("additionalComment") or {}).get("body")
        self._site.take(issue, call.by, way)
        if words:
            self._said(call, issue, words, public=True)
        return reply(204)


def _date(at: float) -> Json:
    moment = datetime.fromtimestamp(at, UTC)
    friendly = f"{moment:%d}/{moment:%b}/{moment:%y} {moment:%I:%M %p}"
    return {
        "iso8601": moment.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "jira": stamp(at),
        "friendly": friendly,
        "epochMillis": millis(at),
    }


def _body(call: Call, all_: Sequence[Any], render: Callable[[Any], object]) -> Json:
    start, limit = call.number("start", 0), call.number("limit", _MOST, _MOST)
    shown = [render(one) for one in all_[start : start + limit]]
    last = start + limit >= len(all_)
    links: Json = {"self": call.base + call.request.path, "base": call.base, "context": ""}
    if not last:
        links["next"] = f"{call.base + call.request.path}?start={start + limit}&limit={limit}"
    return {"size": len(shown), "start": start, "limit": limit, "isLastPage": last, "_links": links, "values": shown}


def _page(call: Call, all_: Sequence[Any], render: Callable[[Any], object]) -> Response:
    return reply(200, _body(call, all_, render))
