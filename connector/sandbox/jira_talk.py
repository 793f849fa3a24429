"""What is said and done on a request of a simulated service desk: comments, files, participants, the portal's transitions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from connector.sandbox.core import Response
from connector.sandbox.jira_call import Call, Route, reply
from connector.sandbox.jira_fields import Values
from connector.sandbox.jira_files import sent_file, uploaded
from connector.sandbox.jira_portal import Portal, body_of, page
from connector.sandbox.jira_site import Refusal, Site
from connector.sandbox.jira_store import Comment, Issue, Version

_LIVES = 3600.0  # seconds that a temporary file is kept


@dataclass(frozen=True)
class _Temporary:
    name: str
    data: bytes
    kind: str
    at: float


class Talk:
    def __init__(self, site: Site, values: Values, portal: Portal) -> None:
        self._site, self._values, self._portal = site, values, portal
        self._temporary: dict[str, _Temporary] = {}

    def routes(self) -> list[Route]:
        one, desk = "request/([^/]+)", "servicedesk/([^/]+)"
        return [
            ("POST", f"{desk}/attachTemporaryFile", self.upload),
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
        ]

    # -- comments

    def comments(self, call: Call) -> Response:
        issue, version = self._portal.seen(call)
        public, internal = (call.request.arg(name, "true") != "false" for name in ("public", "internal"))
        shown = [c for c in self._portal.comments_shown(call, version) if (public if c.open else internal)]
        return page(call, shown, lambda comment: self._portal.comment_json(call, issue, comment, version))

    def _one(self, call: Call) -> tuple[Issue, Version, Comment]:
        issue, version = self._portal.seen(call)
        for comment in self._portal.comments_shown(call, version):
            if str(comment.id) == call.parts[1]:
                return issue, version, comment
        raise Refusal(404, f"Comment with ID '{call.parts[1]}' does not exist.")

    def comment(self, call: Call) -> Response:
        issue, _, comment = self._one(call)
        return reply(200, self._portal.comment_json(call, issue, comment))

    def comment_files(self, call: Call) -> Response:
        issue, version, comment = self._one(call)
        shown = [file for file in self._site.files(version) if file.id in comment.files]
        return page(call, shown, lambda file: self._portal.file_json(call, issue, file))

    def say(self, call: Call) -> Response:
        issue, _ = self._portal.seen(call)
        body = call.body()
        comment = self._said(call, issue, body.get("body"), body.get("public"))
        return reply(201, self._portal.comment_json(call, issue, comment))

    def _said(self, call: Call, issue: Issue, words: object, public: object, files: tuple[int, ...] = ()) -> Comment:
        self._site.must(call.by, "ADD_COMMENTS")
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
        return self._site.say(issue, call.by, kept, files=files, **({} if public else self._site.internal(issue)))

    # -- files

    def upload(self, call: Call) -> Response:
        _ = call.by
        self._portal.project(call.parts[0])
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
        issue, _ = self._portal.seen(call)
        self._site.must(call.by, "CREATE_ATTACHMENTS")
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
        shown = body_of(call, made, lambda file: self._portal.file_json(call, issue, file))
        return reply(201, {"comment": self._portal.comment_json(call, issue, comment), "attachments": shown})

    def files(self, call: Call) -> Response:
        issue, version = self._portal.seen(call)
        return page(call, self._portal.files_shown(call, version), lambda file: self._portal.file_json(call, issue, file))

    def content(self, call: Call) -> Response:
        _, version = self._portal.seen(call)
        for file in self._portal.files_shown(call, version):
            if str(file.id) == call.parts[1]:
                return sent_file(call.request, file)
        raise Refusal(404, "The attachment does not exist.")

    def shim(self, call: Call) -> Response:
        """The address of a file that customers are shown."""
        owner = self._site.store.file_issue.get(int(call.parts[0]), 0)
        return self.content(replace(call, parts=(str(owner), call.parts[0])))

    # -- participants

    def participants(self, call: Call) -> Response:
        issue, _ = self._portal.seen(call)
        known = sorted(self._site.shared.get(issue.id, ()))
        return page(call, [self._site.users[login] for login in known], lambda user: self._portal.user_json(call, user))

    def share(self, call: Call) -> Response:
        issue, _ = self._portal.seen(call)
        self._site.shared.setdefault(issue.id, set()).update(self._named(call))
        return self.participants(call)

    def unshare(self, call: Call) -> Response:
        issue, _ = self._portal.seen(call)
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
        _, version = self._portal.seen(call)
        ways = [one for one in self._site.offered(version, call.by) if one.customer]
        return page(call, ways, lambda one: {"id": one.id, "name": one.name})

    def transition(self, call: Call) -> Response:
        issue, version = self._portal.seen(call)
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
