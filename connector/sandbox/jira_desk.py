"""The service desk's own API of a simulated Jira: desks, request types, and requests as customers raise them."""

from __future__ import annotations

from typing import Any

from connector.sandbox.core import Response
from connector.sandbox.jira_call import Call, Route, reply
from connector.sandbox.jira_data import REQUEST_TYPE, REQUEST_TYPES, Project, User
from connector.sandbox.jira_fields import Values, schema
from connector.sandbox.jira_portal import Portal, date, page
from connector.sandbox.jira_render import Json
from connector.sandbox.jira_site import Refusal, Site
from connector.sandbox.jira_store import Issue, Version


class Desk:
    def __init__(self, site: Site, values: Values, portal: Portal) -> None:
        self._site, self._values, self._portal = site, values, portal

    def routes(self) -> list[Route]:
        one, desk = "request/([^/]+)", "servicedesk/([^/]+)"
        return [
            ("GET", "info", self.info),
            ("GET", "servicedesk", self.desks),
            ("GET", desk, self.desk),
            ("GET", f"{desk}/requesttype", self.types),
            ("GET", f"{desk}/requesttype/([^/]+)", self.type),
            ("GET", f"{desk}/requesttype/([^/]+)/field", self.form),
            ("GET", "request", self.requests),
            ("POST", "request", self.create),
            ("GET", one, self.request),
            ("GET", f"{one}/status", self.history),
            ("GET", f"{one}/(approval|sla)", self.nothing),
        ]

    # -- the desk

    def info(self, call: Call) -> Response:
        known = {"version": "5.0", "platformVersion": "1001.0.0", "buildChangeSet": "0" * 7, "isLicensedForUse": True}
        return reply(200, {**known, "buildDate": date(0.0), "_links": {"self": call.link("info")}})

    def desks(self, call: Call) -> Response:
        _ = call.by
        return page(call, [p for p in self._site.projects.values() if p.service], lambda p: self._portal.desk_json(call, p))

    def desk(self, call: Call) -> Response:
        _ = call.by
        return reply(200, self._portal.desk_json(call, self._portal.project(call.parts[0])))

    def types(self, call: Call) -> Response:
        _ = call.by
        project = self._portal.project(call.parts[0])
        return page(call, list(REQUEST_TYPES), lambda number: self._portal.type_json(call, project, number))

    def type(self, call: Call) -> Response:
        _ = call.by
        return reply(200, self._portal.type_json(call, self._portal.project(call.parts[0]), call.parts[1]))

    def form(self, call: Call) -> Response:
        project = self._portal.project(call.parts[0])
        agent = call.by.kind != "customer"
        shown = []
        for name in self._site.form:
            one = self._site.fields[name]
            choices = list(project.priorities.items() if name == "priority" else self._values.options(one))
            shown.append(
                {
                    "fieldId": name,
                    "name": one.name,
                    "description": "",
                    "required": name == "summary" or name in self._site.form_required,
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

    def requests(self, call: Call) -> Response:
        moment = call.as_of
        if moment is None and self._site.search_lag:
            moment = self._site.world.now() - self._site.search_lag
        found = [(issue, issue.at(moment)) for issue in self._site.store.newest_first()]
        shown = [(i, v) for i, v in found if v is not None and self._portal.may_see(i, v, call.by)]
        shown = [(i, v) for i, v in shown if self._asked_for(call, i, v)]
        return page(call, shown, lambda pair: self._portal.request_json(call, *pair))

    def _asked_for(self, call: Call, issue: Issue, version: Version) -> bool:
        """Whether a request is one of those that the filters leave."""
        given = call.request.arg
        done = self._site.workflow.status(version.fields["status"]).category == "done"
        mine = call.by.login == version.fields["reporter"]
        shared = call.by.login in self._site.shared.get(issue.id, ())
        owned = {"OWNED_REQUESTS": mine, "PARTICIPATED_REQUESTS": shared, "": mine or shared or call.by.ours}
        states = {"CLOSED_REQUESTS": done, "OPEN_REQUESTS": not done}
        desk, kind, term = given("serviceDeskId"), given("requestTypeId"), given("searchTerm").strip("*").lower()
        return (
            owned.get(given("requestOwnership"), True)
            and states.get(given("requestStatus"), True)
            and (not desk or version.fields["project"] == self._portal.project(desk).key)
            and (not kind or version.fields[REQUEST_TYPE] == kind)
            and term in version.fields["summary"].lower()
        )

    def request(self, call: Call) -> Response:
        return reply(200, self._portal.request_json(call, *self._portal.seen(call)))

    def create(self, call: Call) -> Response:
        body = call.body()
        project = self._portal.project(str(body.get("serviceDeskId", "")))
        self._site.must(call.by, "CREATE_ISSUES")
        kind = str(body.get("requestTypeId", ""))
        if kind not in REQUEST_TYPES:
            raise Refusal(400, "The request type does not exist.")
        given = self._given(call, body.get("requestFieldValues") or {}, project)
        customer = self._customer(call, body.get("raiseOnBehalfOf"))
        guests = [self._known(name).login for name in body.get("requestParticipants") or []]
        issue = self._site.request(call.by, customer, kind, {**given, "project": project.key})
        self._site.shared.setdefault(issue.id, set()).update(guests)
        return reply(201, self._portal.request_json(call, issue, issue.now))

    def _given(self, call: Call, values: Json, project: Project) -> dict[str, Any]:
        """Texts come as wiki markup."""
        strange = [name for name in values if name not in self._site.form]
        lacking = [name for name in ("summary", *sorted(self._site.form_required)) if not str(values.get(name) or "").strip()]
        if strange or lacking:
            missing = "Your request could not be created. Please check the fields have been correctly filled in. "
            wrong = f"unknown: {', '.join(strange)}" if strange else f"{lacking[0]}: Please provide a valid value"
            raise Refusal(400, missing + wrong)
        return self._values.taken(call, {"fields": values}, project, self._site.off_create)

    def _customer(self, call: Call, name: str | None) -> User:
        """Whom a request is for: by account id or address (Cloud), by name (Data Center)."""
        if not name:
            return call.by
        if call.by.kind == "customer":
            raise Refusal(403, "You do not have permission to raise requests on behalf of others.")
        return self._known(name)

    def _known(self, name: str) -> User:
        found = self._site.user(name) or next((u for u in self._site.users.values() if u.email == name), None)
        if found is None:
            raise Refusal(400, f"The customer '{name}' does not exist.")
        return found

    def history(self, call: Call) -> Response:
        return page(call, self._portal.statuses(*self._portal.seen(call)), lambda status: status)

    def nothing(self, call: Call) -> Response:
        """Approvals are people's, and this desk measures nothing."""
        self._portal.seen(call)
        return page(call, [], lambda one: one)
