"""What a simulated Jira tells of itself: server, account, permissions, fields, projects, people."""

from __future__ import annotations

from connector.sandbox.core import Response
from connector.sandbox.jira_call import Call, Route, reply
from connector.sandbox.jira_data import RESOLUTIONS, Field, Project
from connector.sandbox.jira_fields import Values, schema
from connector.sandbox.jira_render import Json, Renderer, page
from connector.sandbox.jira_site import Refusal, Site, stamp

_PERMISSIONS = (
    "BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "ADD_COMMENTS", "CREATE_ATTACHMENTS",
    "RESOLVE_ISSUES", "CLOSE_ISSUES", "ASSIGN_ISSUES", "EDIT_OWN_COMMENTS", "DELETE_OWN_COMMENTS", "SERVICEDESK_AGENT",
)  # fmt: skip
_MOST_TYPES = 200


class Setup:
    def __init__(self, site: Site, values: Values, renderer: Renderer) -> None:
        self._site, self._values, self._renderer = site, values, renderer

    def routes(self) -> list[Route]:
        meta = "issue/createmeta/([^/]+)/issuetypes"
        both: list[Route] = [
            ("GET", "serverInfo", self.server),
            ("GET", "myself", self.myself),
            ("GET", "mypermissions", self.permissions),
            ("GET", "field", self.fields),
            ("GET", "priority", self.priorities),
            ("GET", "resolution", self.resolutions),
            ("GET", "status", self.statuses),
            ("GET", "issuetype", self.issue_types),
            ("GET", "project", self.projects),
            ("GET", "project/([^/]+)", self.project),
            ("GET", "project/([^/]+)/statuses", self.project_statuses),
            ("GET", meta, self.create_types),
            ("GET", f"{meta}/([^/]+)", self.create_fields),
            ("GET", "user", self.user),
            ("GET", "user/search", self.users),
        ]
        cloud: list[Route] = [("GET", "priority/search", self.priority_search), ("GET", "issue/createmeta", self.createmeta)]
        return [*cloud, *both] if self._site.cloud else both

    # -- the server and the account

    def server(self, call: Call) -> Response:
        version = "1001.0.0-SNAPSHOT" if self._site.cloud else "10.0.0"
        return reply(
            200,
            {
                "baseUrl": call.base,
                "version": version,
                "versionNumbers": [1001, 0, 0] if self._site.cloud else [10, 0, 0],
                "deploymentType": "Cloud" if self._site.cloud else "Server",
                "buildNumber": 100275,
                "buildDate": "2026-01-01T00:00:00.000+0000",
                "serverTime": stamp(self._site.world.now()),
                "scmInfo": "0" * 40,
                "serverTitle": "Jira",
                **({"serverTimeZone": self._site.zone} if self._site.cloud else {}),
            },
        )

    def myself(self, call: Call) -> Response:
        if call.by.kind == "customer" and self._site.hides_myself:
            raise Refusal(403, "You do not have permission to use Jira.")
        me = {**self._renderer.user(call, call.by), "emailAddress": call.by.email, "locale": "en_US"}
        return reply(200, {**me, "groups": {"size": 1, "items": []}, "applicationRoles": {"size": 1, "items": []}})

    def permissions(self, call: Call) -> Response:
        wanted = call.names("permissions")
        if self._site.cloud and not wanted:
            raise Refusal(400, "The 'permissions' query parameter is required.")
        out = {}
        for number, name in enumerate(wanted or _PERMISSIONS, 10):
            agent = call.who is not None and call.by.kind != "customer"
            have = agent and name in _PERMISSIONS and name not in self._site.lacks
            out[name] = {
                "id": str(number),
                "key": name,
                "name": name.title(),
                "type": "PROJECT",
                "description": "",
                "havePermission": have,
            }
        return reply(200, {"permissions": out})

    # -- named things

    def fields(self, call: Call) -> Response:
        _ = call.who
        shown: list[Json] = [
            {
                "id": one.id,
                "key": one.id,
                "name": one.name,
                "custom": one.custom,
                "orderable": one.settable,
                "navigable": True,
                "searchable": True,
                "clauseNames": list(one.clauses),
                "schema": schema(one),
            }
            for one in self._site.fields.values()
        ]
        parts = {"comment": ("Comment", "comments-page", []), "attachment": ("Attachment", "array", ["attachments"])}
        shown += [
            {
                "id": name,
                "key": name,
                "name": label,
                "custom": False,
                "orderable": True,
                "navigable": False,
                "searchable": True,
                "clauseNames": clauses or [name],
                "schema": {"type": kind, "system": name},
            }
            for name, (label, kind, clauses) in parts.items()
        ]
        return reply(200, shown if self._site.cloud else [{k: v for k, v in one.items() if k != "key"} for one in shown])

    def priorities(self, call: Call) -> Response:
        known = {k: v for project in self._site.projects.values() for k, v in project.priorities.items()}
        return reply(200, [self._renderer.named(call, "priority", *one) for one in known.items()])

    def priority_search(self, call: Call) -> Response:
        wanted = call.names("projectId")
        projects = [p for p in self._site.projects.values() if not wanted or p.id in wanted]
        known = list({k: v for project in projects for k, v in project.priorities.items()}.items())
        shown = lambda one: {**self._renderer.named(call, "priority", *one), "isDefault": one[0] == "3"}  # noqa: E731
        return reply(200, page(call, known, shown))

    def resolutions(self, call: Call) -> Response:
        return reply(200, [self._renderer.named(call, "resolution", *one) for one in RESOLUTIONS.items()])

    def statuses(self, call: Call) -> Response:
        return reply(200, [self._renderer.status(call, status) for status in self._site.workflow.statuses.values()])

    def issue_types(self, call: Call) -> Response:
        return reply(200, [self._renderer.named(call, "issuetype", *one) for one in self._site.named("issuetype").items()])

    # -- projects

    def _project(self, call: Call) -> Project:
        wanted = call.parts[0]
        found = next((p for p in self._site.projects.values() if wanted.upper() == p.key or wanted == p.id), None)
        if found is None or call.who is None or call.who.kind == "customer":
            raise Refusal(404, f"No project could be found with key '{wanted}'.")
        return found

    def projects(self, call: Call) -> Response:
        return reply(200, [self._renderer.project(call, project) for project in self._site.projects.values()])

    def project(self, call: Call) -> Response:
        project = self._project(call)
        types = [self._renderer.named(call, "issuetype", *one) for one in project.issue_types.items()]
        return reply(200, {**self._renderer.project(call, project), "issueTypes": types})

    def project_statuses(self, call: Call) -> Response:
        project = self._project(call)
        known = [self._renderer.status(call, status) for status in self._site.workflow.statuses.values()]
        out = []
        for number, name in project.issue_types.items():
            shown = self._renderer.named(call, "issuetype", number, name)
            out.append({"self": shown["self"], "id": number, "name": name, "subtask": False, "statuses": known})
        return reply(200, out)

    # -- screens for creating

    def create_types(self, call: Call) -> Response:
        project = self._project(call)
        key = "issueTypes" if self._site.cloud else "values"
        shown = lambda one: self._renderer.named(call, "issuetype", *one)  # noqa: E731
        return reply(200, page(call, list(project.issue_types.items()), shown, key))

    def create_fields(self, call: Call) -> Response:
        project = self._project(call)
        if call.parts[1] not in project.issue_types:
            raise Refusal(404 if self._site.cloud else 400, "The issue type does not exist.")
        shown = lambda one: self._on_create(call, one, project)  # noqa: E731
        key = "fields" if self._site.cloud else "values"
        return reply(200, page(call, self._on_screen(), shown, key))

    def _on_create(self, call: Call, one: Field, project: Project) -> Json:
        return {**self._values.meta(call, one, project, required=self._required(one)), "fieldId": one.id}

    def createmeta(self, call: Call) -> Response:
        projects = []
        for project in self._site.projects.values():
            if call.names("projectKeys") and project.key not in call.names("projectKeys"):
                continue
            fields = {one.id: self._values.meta(call, one, project, required=self._required(one)) for one in self._on_screen()}
            expand = {"fields": fields} if "projects.issuetypes.fields" in call.names("expand") else {}
            types = [{**self._renderer.named(call, "issuetype", *one), **expand} for one in project.issue_types.items()]
            projects.append({**self._renderer.project(call, project), "issuetypes": types})
        return reply(200, {"expand": "projects", "projects": projects})

    def _on_screen(self) -> list[Field]:
        return [f for f in self._site.fields.values() if f.settable and f.id not in {*self._site.off_create, "resolution"}]

    def _required(self, one: Field) -> bool:
        return one.id in ("summary", "project", "issuetype") or one.id in self._site.required_create

    # -- people

    def user(self, call: Call) -> Response:
        _ = call.by
        names = ("accountId",) if self._site.cloud else ("username", "key")
        found = self._site.user(next((call.request.arg(name) for name in names if call.request.arg(name)), ""))
        if found is None:
            raise Refusal(404, "Specified user does not exist or you do not have required permissions")
        return reply(200, self._renderer.user(call, found))

    def users(self, call: Call) -> Response:
        _ = call.by
        wanted = (call.request.arg("query") or call.request.arg("username")).lower()
        shown = [u for u in self._site.users.values() if wanted in f"{u.login} {u.display} {u.email}".lower() and u.kind != "app"]
        start = call.number("startAt", 0)
        return reply(200, [self._renderer.user(call, user) for user in shown[start : start + call.number("maxResults", 50)]])
