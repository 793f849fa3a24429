"""Issues over a simulated Jira's REST API: create, read, edit, move along the workflow, history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connector.sandbox.core import Response
from connector.sandbox.jira_call import Call, Route, reply
from connector.sandbox.jira_data import Project, User
from connector.sandbox.jira_fields import Values, ours
from connector.sandbox.jira_render import Json, Renderer, page
from connector.sandbox.jira_site import NOT_ON_SCREEN, Refusal, Site
from connector.sandbox.jira_store import Issue, Version
from connector.sandbox.jira_workflow import Transition

_MOST = 100  # issues of one bulk read
_HISTORIES = 1000  # issues of one bulk read of histories
CREATED_WITH = frozenset(("project", "issuetype"))


class Issues:
    def __init__(self, site: Site, values: Values, renderer: Renderer) -> None:
        self._site, self._values, self._renderer = site, values, renderer

    def routes(self) -> list[Route]:
        issue = "issue/([^/]+)"
        both: list[Route] = [
            ("POST", "issue", self.create),
            ("GET", issue, self.read),
            ("PUT", issue, self.edit),
            ("DELETE", issue, self.delete),
            ("GET", f"{issue}/transitions", self.transitions),
            ("POST", f"{issue}/transitions", self.transition),
            ("GET", f"{issue}/editmeta", self.editmeta),
        ]
        cloud: list[Route] = [
            ("POST", "issue/bulkfetch", self.bulkfetch),
            ("GET", f"{issue}/changelog", self.changelog),
            ("POST", "changelog/bulkfetch", self.changelogs),
        ]
        return [*cloud, *both] if self._site.cloud else both

    # -- reading

    def read(self, call: Call) -> Response:
        issue, version = self._site.seen(call.parts[0], call.who, call.as_of)
        return reply(200, self.shown(call, issue, version, call.names("fields") or ["*all"], call.names("expand")))

    def shown(
        self, call: Call, issue: Issue, version: Version, fields: list[str], expand: Iterable[str], *, inline: int | None = None
    ) -> Json:
        out = self._renderer.issue(call, issue, version, fields, inline=inline)
        for name in expand:
            out |= self._expanded(call, version, name)
        if wanted := call.names("properties"):
            out["properties"] = {key: value for key, value in version.properties.items() if key in wanted or "*all" in wanted}
        return out

    def _expanded(self, call: Call, version: Version, name: str) -> Json:
        if name == "changelog":
            entries = [self._renderer.entry(call, one) for one in self._renderer.history(version, call.who)]
            entries = entries[::-1] if self._site.cloud else entries
            return {"changelog": {"startAt": 0, "maxResults": len(entries), "total": len(entries), "histories": entries}}
        if name == "names":
            return {"names": {one.id: one.name for one in self._site.fields.values()}}
        if name == "transitions":
            return {"transitions": self._offered(call, version, with_fields=False)}
        return {}

    def bulkfetch(self, call: Call) -> Response:
        body = call.body()
        wanted = body.get("issueIdsOrKeys")
        if not isinstance(wanted, list) or not wanted:
            raise Refusal(400, "The issueIdsOrKeys parameter is required.")
        if len(wanted) > _MOST:
            raise Refusal(400, f"The number of issues exceeds the limit of {_MOST}.")
        found: dict[int, tuple[Issue, Version]] = {}
        errors: list[Json] = []
        for name in map(str, wanted):
            try:
                issue, version = self._site.seen(name, call.by, call.as_of)
                found[issue.id] = (issue, version)
            except Refusal as refused:
                errors.append({"id": name, "errorMessage": refused.words})
        fields = body.get("fields") or ["*navigable"]
        expand = body.get("expand") or []
        inline = self._site.inline_comments
        shown = [self.shown(call, i, v, fields, expand, inline=inline) | _asked(body, v) for i, v in found.values()]
        return reply(200, {"issues": shown, "issueErrors": errors})

    def changelog(self, call: Call) -> Response:
        _, version = self._site.seen(call.parts[0], call.by, call.as_of)
        entries = self._renderer.history(version, call.who)
        body = page(call, entries, lambda entry: self._renderer.entry(call, entry), most=100)
        return reply(200, {"self": call.link(f"issue/{call.parts[0]}/changelog"), **body})

    def changelogs(self, call: Call) -> Response:
        body = call.body()
        wanted, names = body.get("issueIdsOrKeys") or [], set(body.get("fieldIds") or [])
        if not wanted or len(wanted) > _HISTORIES:
            raise Refusal(400, f"Between 1 and {_HISTORIES} issues are read at once.")
        every = [pair for name in map(str, wanted) for pair in self._history(call, name, names)]
        every.sort(key=lambda pair: (pair[0], int(pair[1]["id"])))
        start, size = int(body.get("nextPageToken") or 0), int(body.get("maxResults") or 1000)
        out: dict[str, list[Json]] = {}
        for issue_id, entry in every[start : start + size]:
            out.setdefault(str(issue_id), []).append(entry)
        logs = [{"issueId": issue_id, "changeHistories": entries} for issue_id, entries in out.items()]
        more = {"nextPageToken": str(start + size)} if start + size < len(every) else {}
        return reply(200, {"issueChangeLogs": logs, **more})

    def _history(self, call: Call, name: str, names: set[str]) -> list[tuple[int, Json]]:
        try:
            issue, version = self._site.seen(name, call.by, call.as_of)
        except Refusal:
            return []
        out = []
        for entry in self._renderer.history(version, call.who):
            shown = self._renderer.entry(call, entry)
            shown["created"] = int(entry.at * 1000)
            shown["items"] = [item for item in shown["items"] if not names or item["fieldId"] in names]
            out += [(issue.id, shown)] if shown["items"] else []
        return out

    # -- writing

    def create(self, call: Call) -> Response:
        body = call.body()
        self._site.must(call.by, "CREATE_ISSUES")
        project = self._project(body)
        off = self._site.off_create | {"resolution"} if ours(call.by) else set()
        given = self._values.taken(call, body, project, off)
        missing = {"summary", *(self._site.required_create if ours(call.by) else ())} - {n for n, v in given.items() if v}
        if "issuetype" not in given:
            missing.add("issuetype")
        if missing:
            raise Refusal(400, errors={name: self._lacking(name) for name in sorted(missing)})
        properties = {one["key"]: one["value"] for one in body.get("properties") or []}
        issue = self._site.open(call.by, given, properties)
        out = {"id": str(issue.id), "key": issue.now.key, "self": call.link(f"issue/{issue.id}")}
        return reply(201, out)

    def _lacking(self, name: str) -> str:
        return "You must specify a summary of the issue." if name == "summary" else f"{self._site.fields[name].name} is required."

    def _project(self, body: Json) -> Project:
        given = (body.get("fields") or {}).get("project") or {}
        known = self._site.projects
        found = known.get(str(given.get("key", ""))) or next(
            (p for p in known.values() if p.id == str(given.get("id", ""))), None
        )
        if found is None:
            words = "valid project is required" if self._site.cloud else "project is required"
            raise Refusal(400, errors={"project": words})
        return found

    def edit(self, call: Call) -> Response:
        issue, version = self._site.seen(call.parts[0], call.by)
        self._site.must(call.by, "EDIT_ISSUES")
        body = call.body()
        off = (self._site.off_edit if ours(call.by) else set()) | {"resolution", "project"}
        given = self._values.taken(call, body, self._site.projects[version.fields["project"]], off, version)
        self._values_of_comments(call, body)
        self._conflict()
        self._site.store.change(issue, call.by, given)
        self._say(call, issue, body)
        self._set_properties(issue, body)
        if call.request.arg("returnIssue") != "true" or not self._site.cloud:
            return reply(204)
        return reply(200, self.shown(call, issue, issue.now, ["*all"], call.names("expand")))

    def _set_properties(self, issue: Issue, body: Json) -> None:
        if given := {one["key"]: one["value"] for one in body.get("properties") or []}:
            self._site.store.set_aside(issue, properties={**issue.now.properties, **given})

    def _conflict(self) -> None:
        if self._site.conflicts > 0:
            self._site.conflicts -= 1
            raise Refusal(409, "The issue was changed by another request at the same time. Try again.")

    def delete(self, call: Call) -> Response:
        issue, _ = self._site.seen(call.parts[0], call.by)
        self._site.store.delete(issue, call.by)
        return reply(204)

    # -- the workflow

    def transitions(self, call: Call) -> Response:
        _, version = self._site.seen(call.parts[0], call.who, call.as_of)
        wanted = call.request.arg("transitionId")
        with_fields = "transitions.fields" in call.names("expand")
        shown = [t for t in self._offered(call, version, with_fields=with_fields) if wanted in ("", t["id"])]
        return reply(200, {"expand": "transitions", "transitions": shown})

    def _offered(self, call: Call, version: Version, *, with_fields: bool) -> list[Json]:
        return [self._way(call, version, one, with_fields=with_fields) for one in self._site.offered(version, call.by)]

    def _way(self, call: Call, version: Version, one: Transition, *, with_fields: bool) -> Json:
        target = self._renderer.status(call, self._site.workflow.statuses[one.target])
        out: Json = {"id": one.id, "name": one.name, "to": target}
        if self._site.cloud:
            out |= {"hasScreen": bool(one.screen), "isGlobal": not one.sources, "isInitial": False, "isAvailable": True}
            out |= {"isConditional": False, "isLooped": False}
        if not with_fields:
            return out
        project = self._site.projects[version.fields["project"]]
        must = self._demanded(one, call.by)
        names = [name for name in dict.fromkeys((*one.screen, *must)) if name not in self._site.off_transition]
        fields = {n: self._values.meta(call, self._site.fields[n], project, required=n in must) for n in names}
        return {**out, "fields": fields}

    def _demanded(self, one: Transition, by: User) -> tuple[str, ...]:
        return (*one.required, *(self._site.required.get(one.id, ()) if ours(by) else ()))

    def transition(self, call: Call) -> Response:
        issue, version = self._site.seen(call.parts[0], call.by)
        body = call.body()
        wanted = str((body.get("transition") or {}).get("id", ""))
        if not wanted:
            raise Refusal(400, "Missing 'transition' identifier")
        one = next((t for t in self._site.offered(version, call.by) if t.id == wanted), None)
        if one is None:
            message = (
                f"It seems that you have tried to perform a workflow operation ({wanted}) that is not valid for the current "
            )
            raise Refusal(400, f"{message}state of this issue ({version.key}).")
        given = self._screened(call, body, one, version)
        self._values_of_comments(call, body)
        self._conflict()
        self._site.take(issue, call.by, one, given)
        self._say(call, issue, body)
        return reply(204)

    def _screened(self, call: Call, body: Json, one: Transition, version: Version) -> dict[str, Any]:
        """Fields of the transition's screen."""
        must = self._demanded(one, call.by)
        named = {*(body.get("fields") or {}), *(body.get("update") or {})} - {"comment"}
        off = {name for name in named if name not in (*one.screen, *must)}
        if one.reopens:
            off -= {"resolution"}
        off |= self._site.off_transition if ours(call.by) else set()
        given = self._values.taken(call, body, self._site.projects[version.fields["project"]], off, version)
        lacking = {
            n: f"Field {self._site.fields[n].name} is required." for n in must if given.get(n, version.fields.get(n)) is None
        }
        if lacking:
            raise Refusal(400, errors=lacking)
        return given

    # -- comments that come with a save

    def _values_of_comments(self, call: Call, body: Json) -> list[Any]:
        """The texts of comments of a save, before anything is saved.

        :raises Refusal: 400 where one is wrong.
        """
        verbs = (body.get("update") or {}).get("comment") or []
        if verbs and "comment" in self._site.off_edit:
            raise Refusal(400, errors={"comment": NOT_ON_SCREEN.format("comment")})
        try:
            return [self._values.rich(call, verb["add"]["body"]) for verb in verbs if "add" in verb]
        except ValueError as error:
            raise Refusal(400, errors={"comment": str(error)}) from error

    def _say(self, call: Call, issue: Issue, body: Json) -> None:
        for text in self._values_of_comments(call, body):
            self._site.say(issue, call.by, text)

    def editmeta(self, call: Call) -> Response:
        _, version = self._site.seen(call.parts[0], call.by, call.as_of)
        project = self._site.projects[version.fields["project"]]
        off = {*self._site.off_edit, "resolution", "project"}
        shown = [one for one in self._site.fields.values() if one.settable and one.id not in off]
        fields = {one.id: self._values.meta(call, one, project, required=one.id == "summary") for one in shown}
        return reply(200, {"fields": fields})


def _asked(body: Json, version: Version) -> Json:
    names = body.get("properties") or []
    return {"properties": {key: value for key, value in version.properties.items() if key in names}} if names else {}
