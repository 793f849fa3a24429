"""Values of fields on the wire of a simulated Jira: taken from requests, and described by metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connector.sandbox.jira_call import Call
from connector.sandbox.jira_data import Field, Project, User
from connector.sandbox.jira_site import NOT_ON_SCREEN, Refusal, Site
from connector.sandbox.jira_store import Rich, Version
from connector.sandbox.jira_text import Unreadable, check, plain

_NO_DOCUMENT = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
_SUMMARY_LENGTH = 255


class Values:
    def __init__(self, site: Site) -> None:
        self._site = site

    def rich(self, call: Call, value: object) -> Rich:
        """A text with its layout, as kept.

        :raises ValueError: it is not in this version's form, or too long.
        """
        if call.documents:
            try:
                kept: Rich = check(value)
            except Unreadable as error:
                raise ValueError(_NO_DOCUMENT) from error
        elif not isinstance(value, str):
            raise ValueError("Operation value must be a string")
        else:
            kept = self._site.from_wiki(value)
        if len(plain(kept) if isinstance(kept, dict) else kept) > self._site.max_text:
            limit = f"{self._site.max_text:,}"
            raise ValueError(f"The entered text is too long. It exceeds the allowed limit of {limit} characters.")
        return kept

    def rich_out(self, call: Call, body: Rich | None) -> Any:
        if body is None:
            return None if call.documents or not self._site.cloud else ""
        return body if call.documents else self._site.to_wiki(body)

    # -- fields of a save

    def taken(
        self, call: Call, body: Mapping[str, Any], project: Project, off: Iterable[str], old: Version | None = None
    ) -> dict[str, Any]:
        """The values, as kept, of ``fields`` and ``update`` of a save.

        :param off: fields that are not on the screen.
        :raises Refusal: 400 with a word on every field that is wrong.
        """
        out: dict[str, Any] = {}
        errors: dict[str, str] = {}
        given = body.get("fields") or {}
        updates = {name: verbs for name, verbs in (body.get("update") or {}).items() if name != "comment"}
        for name in given.keys() & updates.keys():
            errors[name] = f"Field '{name}' cannot appear in both 'fields' and 'update'"
        for name in [*given, *(n for n in updates if n not in errors)]:
            one = self._site.fields.get(name)
            if one is None or not one.settable or name in off:
                errors[name] = NOT_ON_SCREEN.format(name)
                continue
            try:
                value = given[name] if name in given else self._updated(one, updates[name], old)
                out[name] = self._kept(call, one, value, project)
            except ValueError as error:
                errors[name] = str(error)
        if errors:
            raise Refusal(400, errors=errors)
        return out

    def _updated(self, one: Field, verbs: Any, old: Version | None) -> Any:
        """What comes of a list of ``set``, ``add`` and ``remove``."""
        value: Any = list(old.fields[one.id] or ()) if old and one.kind == "labels" else None
        for verb in verbs:
            ((name, what),) = verb.items()
            if name == "set":
                value = what
            elif one.kind == "labels" and name in ("add", "remove"):
                rest = [label for label in value or [] if label != what]
                value = [*rest, what] if name == "add" else rest
            else:
                raise ValueError(f"The operation '{name}' is not supported by the field '{one.id}'.")
        return value

    def _kept(self, call: Call, one: Field, value: Any, project: Project) -> Any:
        match one.kind:
            case "text":
                return self._text(one, value)
            case "rich":
                return None if value in (None, "") else self.rich(call, value)
            case "labels":
                return _labels(value)
            case "user":
                return self._login(value)
            case "option":
                return _option(one, value)
            case "priority":
                return _chosen(value, project.priorities, "The priority selected is invalid.")
            case "issuetype":
                return _chosen(value, project.issue_types, "The issue type selected is invalid.")
            case "resolution":
                none = "Could not find valid 'id' or 'name' in resolution object."
                return None if value is None else _chosen(value, self._site.named("resolution"), none)
        return project.key

    @staticmethod
    def _text(one: Field, value: Any) -> str | None:
        if value is None and one.custom:
            return None
        if not isinstance(value, str):
            raise ValueError("Operation value must be a string")  # noqa: TRY004 - refused like any wrong value
        if one.id == "summary":
            if not value.strip():
                raise ValueError("You must specify a summary of the issue.")
            if "\n" in value or "\r" in value:
                raise ValueError("The summary is invalid because it contains newline characters.")
        if len(value) > _SUMMARY_LENGTH:
            raise ValueError(f"{one.name} can't exceed {_SUMMARY_LENGTH} characters.")
        return value.strip() or None

    def _login(self, value: Any) -> str | None:
        if value is None:
            return None
        given = value if isinstance(value, dict) else {}
        names = ("accountId", "id") if self._site.cloud else ("name", "key")
        name = next((given[n] for n in names if given.get(n)), None)
        known = self._site.user(str(name)) if name else None
        if name and known is None:
            raise ValueError(f"User '{name}' does not exist.")
        return known.login if known else None

    # -- one value on its way out

    def out(self, call: Call, one: Field, version: Version, user: Any) -> Any:
        """A field's value as JSON; ``user`` renders a person."""
        value = version.fields.get(one.id)
        match one.kind:
            case "rich":
                return None if value is None else self.rich_out(call, value)
            case "labels":
                return list(value or ())
            case "user":
                return user(self._site.users[value]) if value else None
            case "option" if value:
                number = one.options.index(value) + 1 if value in one.options else 0
                made = f"{one.id.removeprefix('customfield_')}{number}"
                return {"self": call.link(f"customFieldOption/{made}"), "value": value, "id": made}
        return value

    # -- metadata

    def meta(self, call: Call, one: Field, project: Project, *, required: bool) -> dict[str, Any]:
        """A field as metadata of screens describe it; those for creating name it by ``fieldId`` too."""
        out: dict[str, Any] = {
            "required": required,
            "schema": schema(one),
            "name": one.name,
            "key": one.id,
            "hasDefaultValue": one.id in ("priority", "reporter"),
            "operations": ["add", "set", "remove"] if one.kind == "labels" else ["set"],
        }
        allowed = self._allowed(call, one, project)
        return {**out, "allowedValues": allowed} if allowed else out

    def _allowed(self, call: Call, one: Field, project: Project) -> list[dict[str, Any]]:
        known: Mapping[str, str] = {
            "priority": project.priorities,
            "issuetype": project.issue_types,
            "resolution": self._site.named("resolution"),
            "project": {project.id: project.name},
        }.get(one.kind, {})
        out: list[dict[str, Any]] = [
            {
                "self": call.link(f"{one.kind}/{k}"),
                "id": k,
                "name": name,
                **({"key": project.key} if one.kind == "project" else {}),
            }
            for k, name in known.items()
        ]
        return out + [{"value": name, "id": number} for number, name in self.options(one)]

    @staticmethod
    def options(one: Field) -> list[tuple[str, str]]:
        """Id and name of what a field offers."""
        number = one.id.removeprefix("customfield_")
        return [(f"{number}{n}", name) for n, name in enumerate(one.options, 1)]


def schema(one: Field) -> dict[str, Any]:
    kinds = {"text": "string", "rich": "string", "time": "datetime", "labels": "array", "request": "sd-customerrequesttype"}
    out: dict[str, Any] = {"type": kinds.get(one.kind, one.kind)}
    if one.kind == "labels":
        out["items"] = "string"
    if not one.custom:
        return {**out, "system": one.id}
    of = {"text": "textfield", "rich": "textarea", "option": "select", "request": "vp-origin"}.get(one.kind, one.kind)
    place = "com.atlassian.jira.plugin.system.customfieldtypes"
    return {**out, "custom": f"{place}:{of}", "customId": int(one.id.removeprefix("customfield_"))}


def _chosen(value: Any, known: Mapping[str, str], refusal: str) -> str:
    """The id of something that is named by ``id`` or by ``name``."""
    if isinstance(value, dict):
        if str(value.get("id", "")) in known:
            return str(value["id"])
        for number, name in known.items():
            if "id" not in value and name == value.get("name"):
                return number
    raise ValueError(refusal)


def _labels(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(label, str) for label in value):
        raise ValueError("data was not an array")
    for label in value:
        if not label or any(c.isspace() for c in label):
            raise ValueError(f"The label '{label}' contains spaces which is invalid.")
        if len(label) > _SUMMARY_LENGTH:
            raise ValueError(f"The label '{label}' exceeds the maximum length for a single label of 255 characters.")
    return tuple(sorted(dict.fromkeys(value)))


def _option(one: Field, value: Any) -> str | None:
    if value is None:
        return None
    given = value if isinstance(value, dict) else {}
    number = one.id.removeprefix("customfield_")
    for n, name in enumerate(one.options, 1):
        if given.get("value") == name or str(given.get("id", "")) == f"{number}{n}":
            return name
    raise ValueError(f"Option value '{given.get('value', given.get('id', value))}' is not valid")


def ours(user: User | None) -> bool:
    """Whether the knobs bind this caller."""
    return user is not None and user.ours
