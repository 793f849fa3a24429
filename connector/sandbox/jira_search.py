"""Searches of a simulated Jira: what its index, which lags behind, holds of issues."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connector.sandbox.core import Response
from connector.sandbox.jira_call import Call, Route, reply
from connector.sandbox.jira_data import Field
from connector.sandbox.jira_issues import Issues
from connector.sandbox.jira_jql import Condition, Query, Token, Wrong, holds, parse
from connector.sandbox.jira_render import Json
from connector.sandbox.jira_site import Refusal, Site, millis
from connector.sandbox.jira_store import Issue, Version

_MOST, _USUAL, _RECONCILED = 5000, 50, 50
_TIMES = {
    "updated": "updated",
    "updateddate": "updated",
    "created": "created",
    "createddate": "created",
    "resolved": "resolutiondate",
}
_NAMES = {"type": "issuetype", "statuscategory": "statuscategory", "resolved": "resolutiondate"}
_KEYS = ("key", "issue", "issuekey", "id")
_PROPERTY = re.compile(r"issue\.property\[([^\]]+)\]\.?([\w.-]*)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?")
_AGO = re.compile(r"([+-]?)(\d+)([mhdw])")
_COMPARED = {
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip
_GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at CHANGE-2046."
)
Hit = tuple[Issue, Version]


@dataclass(frozen=True)
class _Asked:
    """A search's parameters, from a query string or from a body."""

    jql: str
    size: int
    fields: list[str]
    expand: list[str]
    start: int = 0
    token: str = ""
    fresh: tuple[int, ...] = ()  # ids of issues whose present state is asked for
    body: Json | None = None


class Search:
    def __init__(self, site: Site, issues: Issues) -> None:
        self._site, self._issues = site, issues

    def routes(self) -> list[Route]:
        if not self._site.cloud:
            return [("GET", "search", self.paged), ("POST", "search", self.paged)]
        return [
            ("GET", "search/jql", self.by_token),
            ("POST", "search/jql", self.by_token),
            ("POST", "search/approximate-count", self.count),
            ("GET", "search", self.removed),
            ("POST", "search", self.removed),
        ]

    # -- endpoints

    def removed(self, _call: Call) -> Response:
        raise Refusal(410, _GONE)

    def paged(self, call: Call) -> Response:
        asked = _asked(call, "*navigable")
        hits = self._hits(call, asked)
        shown = hits[asked.start : asked.start + asked.size]
        out = {"expand": "schema,names", "startAt": asked.start, "maxResults": asked.size, "total": len(hits)}
        return reply(200, {**out, "issues": [self._issues.shown(call, *hit, asked.fields, asked.expand) for hit in shown]})

    def by_token(self, call: Call) -> Response:
        asked = _asked(call, "id")
        if not parse_or_refuse(asked.jql).where:
            words = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
            raise Refusal(400, words)
        if len(asked.fresh) > _RECONCILED:
            raise Refusal(400, f"reconcileIssues takes at most {_RECONCILED} ids.")
        hits = self._hits(call, asked)
        if asked.token:
            hits = self._after(hits, asked)
        shown, rest = hits[: asked.size], hits[asked.size :]
        inline = self._site.inline_comments
        issues = [self._issues.shown(call, *hit, asked.fields, asked.expand, inline=inline) for hit in shown]
        more: Json = {"nextPageToken": self._token(asked.jql, shown[-1])} if rest else {}
        return reply(200, {"issues": issues, "isLast": not rest, **more})

    def count(self, call: Call) -> Response:
        asked = _asked(call, "id")
        return reply(200, {"count": len(self._hits(call, asked))})

    # -- pages: what comes after the last one shown, in the order asked for

    def _token(self, jql: str, last: Hit) -> str:
        keys = [self._sort_key(name, last) for name, _ in self._order(parse_or_refuse(jql))]
        return base64.urlsafe_b64encode(json.dumps([jql, keys]).encode()).decode()

    def _after(self, hits: list[Hit], asked: _Asked) -> list[Hit]:
        try:
            jql, keys = json.loads(base64.urlsafe_b64decode(asked.token))
        except ValueError as broken:
            raise Refusal(400, "The provided next page token is invalid.") from broken
        if jql != asked.jql:
            raise Refusal(400, "The provided next page token belongs to another search.")
        order = self._order(parse_or_refuse(jql))
        return [hit for hit in hits if _later([self._sort_key(n, hit) for n, _ in order], keys, [d for _, d in order])]

    # -- matches

    def _hits(self, call: Call, asked: _Asked) -> list[Hit]:
        query = parse_or_refuse(asked.jql)
        if call.who is None or call.who.kind == "customer":
            return []
        try:
            for condition in _conditions(query.where):
                self._check(condition)
            hits = [hit for hit in self._candidates(call, query, asked.fresh) if self._meets(query, hit)]
            for name, descending in reversed(self._order(query)):
                hits.sort(key=lambda hit: self._sort_key(name, hit), reverse=descending)
        except Wrong as wrong:
            raise Refusal(400, str(wrong)) from wrong
        return hits

    def _candidates(self, call: Call, query: Query, fresh: Sequence[int]) -> Iterable[Hit]:
        indexed = (self._site.world.now() if call.as_of is None else call.as_of) - self._site.search_lag
        by_now = call.as_of is None and not self._site.search_lag
        floor = self._floor(query)
        for issue in self._narrowed(query):
            if floor is not None and millis(issue.now.updated) < floor:
                break  # they come by their last change, newest first
            moment = call.as_of if issue.id in fresh or by_now else indexed
            version = issue.at(moment)
            if version is not None and self._site.browses(issue, call.who):
                yield issue, version

    def _narrowed(self, query: Query) -> Iterable[Issue]:
        for condition in query.sure:
            if condition.field.lower() in _KEYS and condition.operator in ("=", "in"):
                found = (self._site.store.find(token.text) for token in condition.operands)
                issues = {issue.id: issue for issue in found if issue and not issue.now.deleted}
                return sorted(issues.values(), key=lambda issue: -issue.now.updated)
        return self._site.store.newest_first()

    def _floor(self, query: Query) -> int | None:
        """No match was changed before."""
        since = [c for c in query.sure if _TIMES.get(c.field.lower()) == "updated" and c.operator in (">", ">=")]
        return max((self._moment(c.operands[0]) for c in since), default=None)

    def _meets(self, query: Query, hit: Hit) -> bool:
        return holds(query.where, lambda condition: self._one(condition, hit))

    # -- one condition

    def _check(self, condition: Condition) -> None:
        """:raises Wrong: for a field, or a value, that there is not."""
        name = condition.field.lower()
        if name == "project":
            known = {v.lower() for p in self._site.projects.values() for v in (p.key, p.id, p.name)}
            for token in condition.operands:
                if token.text.lower() not in known:
                    raise Wrong(f"The value '{token.text}' does not exist for the field 'project'.")
        elif name in _KEYS:
            for token in condition.operands:
                self._check_key(token)
        elif name in _TIMES:
            self._moment(condition.operands[0])
        elif found := _PROPERTY.fullmatch(condition.field):
            if found[1].strip("\"'") not in self._site.indexed_properties:
                raise Wrong(f"Field '{condition.field}' does not exist or you do not have permission to view it.")
        elif name not in ("text", "comment", "statuscategory"):
            self._check_operator(self._field(condition.field), condition)

    def _check_key(self, token: Token) -> None:
        issue = self._site.store.find(token.text)
        if issue is None or issue.now.deleted or str(issue.id) in self._site.hidden:
            if token.text.isdecimal():
                raise Wrong(f"A value with ID '{token.text}' does not exist for the field 'id'.")
            raise Wrong(f"An issue with key '{token.text}' does not exist for field 'key'.")

    @staticmethod
    def _check_operator(one: Field, condition: Condition) -> None:
        free = one.kind in ("text", "rich") and not one.exact
        bad = condition.operator in ("=", "!=", "in", "not in") if free else condition.operator in ("~", "!~")
        if bad:
            raise Wrong(f"The operator '{condition.operator}' is not supported by the '{one.name}' field.")

    def _field(self, name: str) -> Field:
        wanted = _NAMES.get(name.lower(), name.lower())
        for one in self._site.fields.values():
            if wanted == one.id or wanted in (clause.lower() for clause in one.clauses):
                return one
        raise Wrong(f"Field '{name}' does not exist or you do not have permission to view it.")

    def _one(self, condition: Condition, hit: Hit) -> bool:
        issue, version = hit
        name = condition.field.lower()
        if name in _KEYS:
            same = any(self._site.store.find(token.text) is issue for token in condition.operands)
            return same != (condition.operator in ("!=", "not in"))
        if name in _TIMES:
            at = {"updated": version.updated, "created": issue.created}.get(_TIMES[name], version.fields.get("resolutiondate"))
            return at is not None and _COMPARED[condition.operator](millis(at), self._moment(condition.operands[0]))
        if found := _PROPERTY.fullmatch(condition.field):
            return _equal([str(_at(version.properties.get(found[1].strip("\"'")), found[2]))], condition)
        if name in ("text", "comment"):
            said = [self._site.plain(comment.body) for comment in version.comments if not comment.gone]
            fields = [self._site.shown(one.id, version.fields.get(one.id)) for one in self._site.fields.values()]
            return _found("\n".join(said + (fields if name == "text" else [])), condition)
        return self._of_field(condition, version)

    def _of_field(self, condition: Condition, version: Version) -> bool:
        if condition.field.lower() == "statuscategory":
            category = self._site.workflow.status(version.fields["status"]).category
            names = {"new": "to do", "indeterminate": "in progress", "done": "done"}
            return _equal([category, names[category]], condition)
        one = self._field(condition.field)
        value = version.fields.get(one.id)
        shown = self._site.shown(one.id, value)
        if condition.operator in ("is", "is not"):
            return (not shown) == (condition.operator == "is")
        if condition.operator in ("~", "!~"):
            return _found(shown, condition)
        own = list(value or ()) if one.kind == "labels" else [shown, self._site.kept(one.id, value) or ""]
        return _equal(own, condition)

    def _moment(self, token: Token) -> int:
        """Milliseconds: a number is just that; a text is a minute in the zone of the account's profile.

        :raises Wrong: for anything else.
        """
        if token.text.isdecimal() and not token.quoted:
            return int(token.text)
        if found := _AGO.fullmatch(token.text):
            unit = {"m": 60, "h": 3600, "d": 86400, "w": 604800}[found[3]]
            away = int(found[2]) * unit * (-1 if found[1] == "-" else 1)
            return millis(self._site.world.now() + away) // 60000 * 60000
        if found := _DATE.fullmatch(token.text):
            year, month, day, hour, minute = (int(part or 0) for part in found.groups())
            try:
                there = datetime(year, month, day, tzinfo=ZoneInfo(self._site.zone)) + timedelta(hours=hour, minutes=minute)
            except ValueError:
                pass
            else:
                return int(there.timestamp()) * 1000
        words = "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd'"
        raise Wrong(f"Date value '{token.text}' is invalid. {words}, or a period format e.g. '-5d', '4w 2d'.")

    # -- order

    def _order(self, query: Query) -> list[tuple[str, bool]]:
        """As asked, the id last, so that no two are equal."""
        asked = [(name.lower(), descending) for name, descending in query.order] or [("updated", True)]
        return [*asked, ("id", False)]

    def _sort_key(self, name: str, hit: Hit) -> int | str:
        issue, version = hit
        if name in _KEYS:
            return issue.id
        if name in _TIMES:
            at = {"updated": version.updated, "created": issue.created}.get(_TIMES[name], version.fields.get("resolutiondate"))
            return millis(at or 0)
        one = self._field(name)
        return (
            -int(version.fields[one.id] or 0) if one.kind == "priority" else self._site.shown(one.id, version.fields.get(one.id))
        )


def parse_or_refuse(jql: str) -> Query:
    """:raises Refusal: 400."""
    try:
        return parse(jql)
    except Wrong as wrong:
        raise Refusal(400, str(wrong)) from wrong


def _asked(call: Call, usual: str) -> _Asked:
    if call.request.method == "GET":
        given = call.request.arg
        size = call.number("maxResults", _USUAL, _MOST)
        fresh = tuple(int(number) for number in call.names("reconcileIssues"))
        fields, expand = call.names("fields") or [usual], call.names("expand")
        return _Asked(given("jql"), size, fields, expand, call.number("startAt", 0), given("nextPageToken"), fresh)
    body = call.body()
    expand = body.get("expand") or []
    expand = expand.split(",") if isinstance(expand, str) else expand
    size, start = int(body.get("maxResults", _USUAL)), int(body.get("startAt") or 0)
    fresh = tuple(int(number) for number in body.get("reconcileIssues") or [])
    fields, token = body.get("fields") or [usual], str(body.get("nextPageToken") or "")
    return _Asked(str(body.get("jql") or ""), min(size, _MOST), fields, expand, start, token, fresh, body)


def _conditions(tree: object) -> Iterable[Condition]:
    if isinstance(tree, Condition):
        yield tree
    for part in getattr(tree, "parts", ()) or filter(None, [getattr(tree, "part", None)]):
        yield from _conditions(part)


def _equal(own: Sequence[str], condition: Condition) -> bool:
    wanted = {token.text.lower() for token in condition.operands}
    empty = any(token.says("empty", "null") for token in condition.operands)
    if condition.operator in ("is", "is not"):
        return (not any(own)) == (condition.operator == "is")
    same = any(value.lower() in wanted for value in own if value) or (empty and not any(own))
    return same != (condition.operator in ("!=", "not in"))


def _found(words: str, condition: Condition) -> bool:
    """A text search goes by whole words; quotes inside the quotes ask for a phrase, a star for a beginning."""
    wanted = condition.operands[0].text
    known = _split(words)
    if wanted.startswith('"') and wanted.endswith('"'):
        phrase = _split(wanted)
        hit = any(known[n : n + len(phrase)] == phrase for n in range(len(known)))
    else:
        parts = re.findall(r"[^\W_]+\*?", wanted.lower())
        hit = all(any(word.startswith(p[:-1]) if p.endswith("*") else word == p for word in known) for p in parts)
    return hit != (condition.operator == "!~")


def _split(words: str) -> list[str]:
    return re.findall(r"[^\W_]+", words.lower())


def _at(value: Any, path: str) -> Any:
    for name in filter(None, path.split(".")):
        value = value.get(name) if isinstance(value, dict) else None
    return "" if value is None else value


def _later(keys: list[int | str], last: list[Any], descending: list[bool]) -> bool:
    """Whether a row comes after the last one shown."""
    for mine, its, down in zip(keys, last, descending, strict=True):
        if mine != its:
            return bool(mine < its) if down else bool(mine > its)
    return False
