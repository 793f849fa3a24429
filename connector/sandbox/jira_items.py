"""Comments, attachments, properties and remote links over a simulated Jira's REST API."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from connector.sandbox.core import Request, Response
from connector.sandbox.jira_call import Call, Route, reply
from connector.sandbox.jira_data import User
from connector.sandbox.jira_fields import Values
from connector.sandbox.jira_files import sent_file, uploaded
from connector.sandbox.jira_render import Json, Renderer, page
from connector.sandbox.jira_site import INTERNAL, Refusal, Site
from connector.sandbox.jira_store import Comment, File, Issue

_LONGEST_KEY, _LONGEST_VALUE, _MOST_FILES = 255, 32768, 60


class Items:
    def __init__(self, site: Site, values: Values, renderer: Renderer) -> None:
        self._site, self._values, self._renderer = site, values, renderer

    def routes(self) -> list[Route]:
        comments, properties = "issue/([^/]+)/comment", "(issue|comment)/([^/]+)/properties"
        return [
            ("GET", comments, self.comments),
            ("POST", comments, self.say),
            ("GET", f"{comments}/([^/]+)", self.comment),
            ("PUT", f"{comments}/([^/]+)", self.edit_comment),
            ("DELETE", f"{comments}/([^/]+)", self.delete_comment),
            ("POST", "comment/list", self.comments_by_id),
            ("POST", "issue/([^/]+)/attachments", self.attach),
            ("GET", "attachment/meta", self.attachment_meta),
            ("GET", "attachment/content/([^/]+)", self.content),
            ("GET", "attachment/([^/]+)", self.attachment),
            ("DELETE", "attachment/([^/]+)", self.delete_file),
            ("GET", properties, self.property_keys),
            ("GET", f"{properties}/([^/]+)", self.property),
            ("PUT", f"{properties}/([^/]+)", self.set_property),
            ("DELETE", f"{properties}/([^/]+)", self.delete_property),
            ("GET", "issue/([^/]+)/remotelink", self.links),
            ("POST", "issue/([^/]+)/remotelink", self.set_link),
            ("DELETE", "issue/([^/]+)/remotelink", self.delete_link),
        ]

    # -- comments

    def comments(self, call: Call) -> Response:
        issue, version = self._site.seen(call.parts[0], call.who, call.as_of)
        shown = self._site.comments(version, call.who)
        if call.request.arg("orderBy") == "-created":
            shown = shown[::-1]
        with_properties = "properties" in call.names("expand")
        render = lambda comment: self._renderer.comment(call, issue, comment, properties=with_properties)  # noqa: E731
        return reply(200, page(call, shown, render, "comments", 100 if self._site.cloud else 1048576))

    def comments_by_id(self, call: Call) -> Response:
        """Of whatever issues; what is not there, or not shown, is left out."""
        found = []
        for number in call.body().get("ids") or []:
            owner = self._site.store.comment_issue.get(int(number), 0)
            try:
                found.append(self._one(replace(call, parts=(str(owner), str(number))), call.as_of))
            except Refusal:
                continue
        return reply(200, page(call, found, lambda pair: self._renderer.comment(call, *pair)))

    def say(self, call: Call) -> Response:
        issue, _ = self._site.seen(call.parts[0], call.by)
        self._site.must(call.by, "ADD_COMMENTS")
        body = call.body()
        given = self._given(call, body)
        comment = self._site.say(issue, call.by, given.pop("body"), **given)
        return reply(201, self._renderer.comment(call, issue, comment))

    def _given(self, call: Call, body: Json) -> dict[str, Any]:
        try:
            out: dict[str, Any] = {"body": self._values.rich(call, body.get("body"))}
        except ValueError as error:
            raise Refusal(400, errors={"comment": str(error)}) from error
        if not self._site.plain(out["body"]).strip():
            raise Refusal(400, errors={"comment": "Comment body can not be empty!"})
        if visible := body.get("visibility"):
            out["visibility"] = (str(visible.get("type")), str(visible.get("value") or visible.get("identifier")))
        if properties := {one["key"]: one["value"] for one in body.get("properties") or []}:
            out |= {"properties": properties, "public": _public(properties)}
        return out

    def _one(self, call: Call, as_of: float | None = None) -> tuple[Issue, Comment]:
        issue, version = self._site.seen(call.parts[0], call.who, as_of)
        found = [c for c in self._site.comments(version, call.who) if str(c.id) == call.parts[1]]
        if not found:
            raise Refusal(404, f"Can not find a comment for the id: {call.parts[1]}.")
        return issue, found[0]

    def comment(self, call: Call) -> Response:
        issue, comment = self._one(call, call.as_of)
        return reply(200, self._renderer.comment(call, issue, comment, properties="properties" in call.names("expand")))

    def edit_comment(self, call: Call) -> Response:
        issue, comment = self._one(call)
        edited = self._site.store.edit_comment(issue, call.by, comment, **self._given(call, call.body()))
        return reply(200, self._renderer.comment(call, issue, edited))

    def delete_comment(self, call: Call) -> Response:
        issue, comment = self._one(call)
        self._site.store.delete_comment(issue, call.by, comment)
        return reply(204)

    # -- attachments

    def attach(self, call: Call) -> Response:
        issue, _ = self._site.seen(call.parts[0], call.by)
        self._site.must(call.by, "CREATE_ATTACHMENTS")
        sent = uploaded(call.request)
        too_large = [name for name, data, _ in sent if len(data) > self._site.max_attachment]
        if too_large or len(sent) > _MOST_FILES:
            status = 413 if self._site.cloud else 404
            raise Refusal(
                status, f"The attachment {', '.join(too_large)} exceeds the limit of {self._site.max_attachment} bytes."
            )
        made = [self._site.keep_file(issue, call.by, name, data, kind) for name, data, kind in sent]
        return reply(200, [self._renderer.file(call, file) for file in made])

    def attachment_meta(self, call: Call) -> Response:
        _ = call.by
        return reply(200, {"enabled": True, "uploadLimit": self._site.max_attachment})

    def _file(self, call: Call, number: str) -> tuple[Issue, File]:
        owner = self._site.store.file_issue.get(int(number) if number.isdecimal() else 0)
        if owner is None:
            raise Refusal(404, f"The attachment with id '{number}' does not exist")
        issue, version = self._site.seen(str(owner), call.who, call.as_of)
        found = [file for file in self._site.files(version) if str(file.id) == number]
        if not found:
            raise Refusal(404, f"The attachment with id '{number}' does not exist")
        return issue, found[0]

    def attachment(self, call: Call) -> Response:
        _, file = self._file(call, call.parts[0])
        shown = self._renderer.file(call, file)
        return reply(200, {**shown, "id": file.id} if self._site.cloud else shown)

    def delete_file(self, call: Call) -> Response:
        _ = call.by
        issue, file = self._file(call, call.parts[0])
        self._site.store.delete_file(issue, call.by, file)
        return reply(204)

    def content(self, call: Call) -> Response:
        """Cloud: a redirect to where media are kept, which asks for no login; ``redirect=false`` brings the file itself."""
        if not self._site.cloud:
            raise Refusal(404, "null for uri")
        _, file = self._file(call, call.parts[0])
        if call.request.arg("redirect", "true") == "false":
            return sent_file(call.request, file)
        place = f"{call.request.base_url}/media/{file.id}/{file.sha256[:32]}?name={quote(file.name)}"
        return Response(303, {"Location": place}, b"")

    def media(self, request: Request, number: str, proof: str) -> Response:
        """Where the redirect leads."""
        issue = self._site.store.issues.get(self._site.store.file_issue.get(int(number), 0))
        found = [f for f in (issue.now.files if issue else ()) if str(f.id) == number and f.sha256[:32] == proof and not f.gone]
        return sent_file(request, found[0]) if found else Response(404)

    def secure(self, call: Call) -> Response:
        """Data Center's address of a file."""
        _, file = self._file(call, call.parts[0])
        return sent_file(call.request, file)

    # -- properties of issues and comments

    def _properties(self, call: Call) -> tuple[Issue, Comment | None, Json]:
        kind, number = call.parts[:2]
        if kind == "issue":
            issue, version = self._site.seen(number, call.who, call.as_of)
            return issue, None, dict(version.properties)
        owner = self._site.store.comment_issue.get(int(number) if number.isdecimal() else 0)
        if owner is None:
            raise Refusal(404, f"Can not find a comment for the id: {number}.")
        issue, comment = self._one(replace(call, parts=(str(owner), number)), call.as_of)
        return issue, comment, dict(comment.properties)

    def property_keys(self, call: Call) -> Response:
        _, _, known = self._properties(call)
        base = call.link("/".join(call.parts) + "/properties")
        return reply(200, {"keys": [{"self": f"{base}/{quote(key)}", "key": key} for key in known]})

    def property(self, call: Call) -> Response:
        _, _, known = self._properties(call)
        key = call.parts[2]
        if key not in known:
            raise Refusal(404, f"The property with key '{key}' does not exist.")
        return reply(200, {"key": key, "value": known[key]})

    def set_property(self, call: Call) -> Response:
        _ = call.by
        key, value = call.parts[2], call.value()
        if len(key) > _LONGEST_KEY or len(json.dumps(value)) > _LONGEST_VALUE:
            raise Refusal(400, f"The property's key is limited to {_LONGEST_KEY} characters and its value to {_LONGEST_VALUE}.")
        issue, comment, known = self._properties(call)
        self._keep(call.by, issue, comment, {**known, key: value})
        status = 200 if key in known else 201
        return reply(status, {})

    def delete_property(self, call: Call) -> Response:
        issue, comment, known = self._properties(call)
        if call.parts[2] not in known:
            raise Refusal(404, f"The property with key '{call.parts[2]}' does not exist.")
        known.pop(call.parts[2])
        self._keep(call.by, issue, comment, known)
        return reply(204)

    def _keep(self, by: User, issue: Issue, comment: Comment | None, properties: Json) -> None:
        if comment is None:
            self._site.store.set_aside(issue, properties=properties)
        else:
            self._site.store.edit_comment(issue, by, comment, properties=properties, public=_public(properties))

    # -- remote links

    def links(self, call: Call) -> Response:
        issue, version = self._site.seen(call.parts[0], call.by, call.as_of)
        wanted = call.request.arg("globalId")
        shown = [self._link(call, issue, link) for link in version.links if wanted in ("", link.get("globalId"))]
        if not wanted:
            return reply(200, shown)
        if not shown:
            raise Refusal(404, f"No remote issue link with globalId '{wanted}' exists.")
        return reply(200, shown[0])

    def _link(self, call: Call, issue: Issue, link: Any) -> Json:
        return {"self": call.link(f"issue/{issue.id}/remotelink/{link['id']}"), **link}

    def set_link(self, call: Call) -> Response:
        """One link a ``globalId``: what is not given again is cleared."""
        issue, version = self._site.seen(call.parts[0], call.by)
        body = call.body()
        thing = body.get("object") or {}
        lacking = {f"object.{name}": f"'{name}' is required." for name in ("url", "title") if not thing.get(name)}
        if lacking:
            raise Refusal(400, errors=lacking)
        global_id = body.get("globalId") or ""
        old = next((link for link in version.links if global_id and link.get("globalId") == global_id), None)
        number = old["id"] if old else self._site.store.next_id("link")
        new = {"id": number, "globalId": global_id, "relationship": body.get("relationship") or "", "object": dict(thing)}
        self._site.store.set_aside(issue, links=(*(link for link in version.links if link is not old), new))
        made = {"id": number, "self": call.link(f"issue/{issue.id}/remotelink/{number}")}
        return reply(200 if old or not self._site.cloud else 201, made)

    def delete_link(self, call: Call) -> Response:
        issue, version = self._site.seen(call.parts[0], call.by)
        wanted = call.request.arg("globalId")
        kept = tuple(link for link in version.links if link.get("globalId") != wanted)
        if len(kept) == len(version.links):
            raise Refusal(404, f"No remote issue link with globalId '{wanted}' exists.")
        self._site.store.set_aside(issue, links=kept)
        return reply(204)


def _public(properties: Json) -> bool:
    mark = properties.get(INTERNAL)
    return not (isinstance(mark, dict) and str(mark.get("internal")).lower() == "true")
