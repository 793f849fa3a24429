"""What Jira is told: new issues, fields, moves along the workflow, comments and files.

A status cannot be set. It is reached by transitions, which are known by where they lead; ids and names differ by workflow.
A way of several steps is one write: what fails after its first step is Unknown, since the issue has moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO
from urllib.parse import quote

from adapters.base import Answer, Change, Gone, Misconfigured, Native, NewComment, NewFile, NotApplied, Refused, Stale, Unknown
from adapters.http import Garbled
from adapters.jira_api import Api, Json
from adapters.jira_fields import seconds
from adapters.jira_read import INTERNAL, PUBLIC, SERVICE_PROPERTY
from adapters.marking import fit, marked

STATUS, RESOLUTION = "status", "resolution"
_MOST_STEPS = 10
_LONGEST = 32_767  # characters of a text that Jira takes


def moves_apart(units: Mapping[str, Native]) -> tuple[dict[str, Native], dict[str, Native]]:
    """Fields in one call, a move in its own, since a screen decides what may go with it: the fields of the unit that moves do."""
    moving = {name: unit for name, unit in units.items() if STATUS in unit}
    return {name: unit for name, unit in units.items() if name not in moving}, moving


class Writer:
    """Writes to issues of one site."""

    def __init__(self, api: Api) -> None:
        self._api, self._s = api, api.settings

    def create(self, change: Change) -> Answer:
        """Born with our mark: as a property of the issue, and where a search finds it."""
        asked = {name: value for unit in change.units.values() for name, value in unit.items() if name != STATUS}
        contact = {self._s.contact_field: change.contact} if change.contact else {}
        described = {"description": change.description} if change.description else {}
        native = {"issuetype": self._s.issue_type, **self._s.create, **described, **contact, **asked}
        fields = {**self._api.fields().native(native), "project": {"key": self._s.project}}
        body: Json = {"fields": fields}
        if change.marker:
            body["properties"] = [{"key": self._s.property_key, "value": change.marker}]
            fields |= self._searchable(change.marker, fields)
        told = self._api.save("POST", "/issue", body, "create an issue")
        return Answer(_id_of(told), number=str(told.get("key", "")))

    def _searchable(self, marker: str, fields: Json) -> Json:
        if self._s.marker_field:
            return {self._s.marker_field: marker}
        return {"labels": [*fields.get("labels", ()), marker]}

    # --- fields and moves ---

    def change(self, ref: str, values: Mapping[str, str], seen: Mapping[str, str]) -> Answer:
        """:raises Stale: it is to move, and stands elsewhere than where this was decided: transitions lead on from anywhere."""
        rest = {name: value for name, value in values.items() if name != STATUS}
        if STATUS in values:
            return self._move(ref, values[STATUS], rest, seen.get(STATUS, ""))
        return self._edit(ref, rest)

    def _edit(self, ref: str, values: Mapping[str, str]) -> Answer:
        """Answered without the issue: Jira counts no versions, so only a read with its history tells whom a write covered."""
        self._api.save("PUT", _path(ref), {"fields": self._api.fields().native(values)}, "change an issue")
        return Answer(ref)

    def _move(self, ref: str, target: str, values: Mapping[str, str], start: str) -> Answer:
        """Step by step until the issue stands where it should. After the first step nothing can say any more that nothing was done."""
        left, been = dict(values), list[str]()
        try:
            while len(been) < _MOST_STEPS:
                issue = self._issue(ref, values)
                here = _status(issue)
                if same(here, target):
                    return self._arrived(ref, issue, left)
                if not been:
                    expect_at(here, start)
                been.append(here)
                if self._step_on(ref, target, left, been):
                    return Answer(ref)
        except (NotApplied, Refused, Stale, Gone, Misconfigured) as trouble:
            if len(been) < 2:  # noqa: PLR2004 - still where it was
                raise
            raise Unknown(f"{trouble}; it has moved on the way to {target}: {', '.join(been)}") from trouble
        raise Unknown(f"Jira: move to {target}: after {_MOST_STEPS} steps it is not there: {', '.join(been)}")

    def _step_on(self, ref: str, target: str, left: dict[str, str], been: list[str]) -> bool:
        """Take one step; True where it led to the target. ``left`` loses what went with it.

        Where a step back to an end demands a resolution and nobody gives one, it is the one that the issue had there.

        :raises Refused: no step leads nearer, or the last one's screen lacks a field.
        :raises Stale: somebody has moved it since, so that the steps are not those from where it stood.
        """
        offered = self._offered(ref)
        step = self._nearest(offered, target, been)
        if step is None:
            ways = ", ".join(sorted({_to(one) for one in offered})) or "nothing"
            said = f"Jira: move to {target}: from {been[-1]} our account is offered {ways}; the setting `workflow` can name a way"
            refused = Refused(said, (STATUS,))
            self._expect_still(ref, been[-1], refused)
            raise refused
        last = same(_to(step), target)
        going = self._with_it(step, left, last=last)
        try:
            self._take(ref, step, going, been[-1])
        except Refused as refused:
            had = self._last_resolution(ref) if refused.fields == (RESOLUTION,) and RESOLUTION not in going else ""
            if not had:
                raise
            self._take(ref, step, {**going, RESOLUTION: had}, been[-1])
        for name in going:
            del left[name]
        return last

    def _last_resolution(self, ref: str) -> str:
        """What an issue that was ended before had as its resolution, for who brings it back there; "" where it never had one."""
        past = sorted(self._api.histories([ref]).get(ref, ()), key=lambda entry: seconds(entry.get("created")))
        items = (item for entry in past for item in entry.get("items") or ())
        had = [str(item["toString"]) for item in items if item.get("field") == RESOLUTION and item.get("toString")]
        return had[-1] if had else ""

    def _take(self, ref: str, step: Json, going: Mapping[str, str], here: str) -> None:
        """:raises Stale: it was refused, and somebody had moved the issue meanwhile."""
        target = _to(step)
        body: Json = {"transition": {"id": str(step["id"])}}
        if going:
            body["fields"] = self._api.fields().native(going)
        try:
            self._api.save("POST", _path(ref) + "/transitions", body, f"move to {target}")
        except Refused as refused:
            self._expect_still(ref, here, refused)
            raise

    def _expect_still(self, ref: str, here: str, refused: Refused) -> None:
        expect_still(_status(self._issue(ref, ())), here, refused)

    def _issue(self, ref: str, names: Iterable[str]) -> Json:
        return self._api.issue(ref, fields=",".join(sorted({STATUS, *(name.partition(".")[0] for name in names)})))

    def _arrived(self, ref: str, issue: Json, values: Mapping[str, str]) -> Answer:
        """It stands there already: what is left are fields."""
        fields = self._api.fields()
        stored = fields.flat(issue["fields"], values)
        differ = {
            name: value
            for name, value in values.items()
            if fields.normal(name, stored.get(name, "")) != fields.normal(name, value)
        }
        return self._edit(ref, differ) if differ else Answer(ref)

    def _offered(self, ref: str) -> list[Json]:
        expand = {"expand": "transitions.fields"} if self._s.cloud else {}
        told = self._api.get(_path(ref) + "/transitions", "ask for transitions", **expand)
        return [one for one in told.get("transitions") or () if isinstance(one, dict) and one.get("isAvailable", True)]

    def _nearest(self, offered: list[Json], target: str, been: list[str]) -> Json | None:
        """Straight to the target, else to the status nearest to it on the declared way that we have not been in."""
        way = next((steps for name, steps in self._s.workflow.items() if same(name, target)), ())
        for status in (target, *reversed(way)):
            for one in offered:
                if same(_to(one), status) and not any(same(status, other) for other in been):
                    return one
        return None

    def _with_it(self, step: Json, values: Mapping[str, str], *, last: bool) -> dict[str, str]:
        """What goes with a step: what its screen shows, at the last one, and before it what it demands.

        Data Center takes fields (a resolution above all) that it does not list, so there all go with the last step. A field
        that is to be empty and is not listed is left to the workflow, which clears it.

        :raises Refused: the last screen does not show a field that is to be set.
        """
        screen: Json = step.get("fields") or {}
        if not last:
            return {name: value for name, value in values.items() if (screen.get(name) or {}).get("required")}
        unlisted = {name for name, value in values.items() if name not in screen and value}
        if unlisted and self._s.cloud:
            lacking = sorted(unlisted)
            raise Refused(f"Jira: move to {_to(step)}: its screen does not show {', '.join(lacking)}: add them to it", lacking)
        return {name: value for name, value in values.items() if name in screen or name in unlisted}

    # --- comments and files ---

    def say(self, ref: str, comment: NewComment) -> Answer:
        text = marked(fit(comment.text), comment.marker)
        body = self._api.fields().rich(text)
        if len(body if isinstance(body, str) else text) > _LONGEST:
            raise Refused(f"Jira: comment: with what makes it stand as it is the text has more than {_LONGEST} characters")
        told = self._api.save("POST", _path(ref) + "/comment", {"body": body, **self._seen_by(comment.place)}, "comment")
        return Answer(ref, item=_id_of(told))

    def _seen_by(self, place: str) -> Json:
        """What makes a comment internal: a property in a service project, a role elsewhere.

        :raises Refused: there is no such place, or no role was named for it.
        """
        if place not in (PUBLIC, INTERNAL):
            raise Refused(f"Jira: comment: there is no place {place!r}, only {PUBLIC} and {INTERNAL}")
        if self._api.is_service():
            return {"properties": [{"key": SERVICE_PROPERTY, "value": {"internal": place == INTERNAL}}]}
        if place == PUBLIC:
            return {}
        if not self._s.internal_role:
            raise Refused("Jira: comment: no role sees internal comments; name one as `internal_role`")
        return {"visibility": {"type": "role", "value": self._s.internal_role}}

    def attach(self, ref: str, file: NewFile, content: BinaryIO | None) -> Answer:
        if content is None:
            raise ValueError("a file write needs its content")
        told = self._api.upload(ref, fit(file.name), file.content_type, content, file.size)
        return Answer(ref, item=str(told["id"]))


def _path(ref: str) -> str:
    return f"/issue/{quote(ref, safe='')}"


def expect_at(here: str, start: str) -> None:
    """:raises Stale: it does not stand where the move was decided from."""
    if start and not same(here, start):
        raise Stale(f"Jira: a move was decided in {start}, and now it is in {here}")


def expect_still(here: str, before: str, refused: Refused) -> None:
    """:raises Stale: it does not stand any more where it did before it was refused, and that is why."""
    if not same(here, before):
        raise Stale(str(refused)) from refused


def _status(issue: Json) -> str:
    return str((issue["fields"].get(STATUS) or {}).get("name", ""))


def _to(step: Json) -> str:
    return str((step.get("to") or {}).get("name", ""))


def same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _id_of(told: Any) -> str:
    """:raises Unknown: an answer of status 2xx that names nothing."""
    if not isinstance(told, dict) or not told.get("id"):
        raise Unknown("Jira: an answer without an id; it may have taken effect") from Garbled("no id")
    return str(told["id"])
