"""What a portal is told: new requests, the portal's own transitions, comments and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO
from urllib.parse import quote

from adapters.base import Answer, Change, NewComment, NewFile, Refused, Unknown
from adapters.jira_api import Json
from adapters.jira_write import expect_at, expect_still, same
from adapters.jsm_api import DeskApi
from adapters.jsm_read import DESCRIPTION, STATUS, SUMMARY, Reader
from adapters.jsm_said import PUBLIC
from adapters.marking import fit, marked

_LONGEST = 32_767  # characters of a text that Jira takes


class Writer:
    """Writes to requests of one desk."""

    def __init__(self, api: DeskApi, reader: Reader) -> None:
        self._api, self._s, self._reader = api, api.settings, reader

    def create(self, change: Change) -> Answer:
        """Born with our mark. The first status is the desk's."""
        form = self._api.form()
        asked = {name: value for unit in change.units.values() for name, value in unit.items() if name != STATUS}
        values = {**self._s.create, **({DESCRIPTION: change.description} if change.description else {}), **asked}
        values[SUMMARY] = " ".join(values.get(SUMMARY, "").split())
        body: Json = {
            "serviceDeskId": str(self._api.desk()["id"]),
            "requestTypeId": str(self._api.request_type()["id"]),
            "requestFieldValues": form.native(self._with_mark(values, change.marker)),
        }
        if change.contact:
            body["requestParticipants"] = [change.contact]
        told = self._api.raised(body)
        return Answer(str(told["issueId"]), number=str(told.get("issueKey", "")), fields=self._reader.fields_of(told))

    def _with_mark(self, values: dict[str, str], marker: str) -> dict[str, str]:
        if not marker:
            return values
        if self._s.marker_field:
            return values | {self._s.marker_field: marker}
        return values | {DESCRIPTION: marked(values.get(DESCRIPTION, ""), marker)}

    # --- moves ---

    def change(self, ref: str, values: Mapping[str, str], seen: Mapping[str, str]) -> Answer:
        """:raises Refused: anything but a status: a customer changes no field of a request."""
        if fixed := sorted(name for name in values if name != STATUS):
            raise Refused(f"Jira: {', '.join(fixed)}: a customer sets the fields of a request once, when it is raised", fixed)
        return self._move(ref, values[STATUS], seen.get(STATUS, ""))

    def _move(self, ref: str, target: str, start: str) -> Answer:
        """By the portal's action that leads there; it says nothing of where that is, so what came of it is read.

        :raises Stale: the request stands elsewhere than where this was decided, or was moved just now.
        """
        here = self._status(ref)
        if same(here, target):
            return Answer(ref, fields={STATUS: here})
        expect_at(here, start)
        try:
            action = self._action(ref, here, target)
            self._api.save("POST", f"{_path(ref)}/transition", {"id": str(action["id"])}, f"move to {target}")
        except Refused as refused:
            expect_still(self._status(ref), here, refused)
            raise
        return Answer(ref)

    def _status(self, ref: str) -> str:
        return str((self._api.request(ref).get("currentStatus") or {}).get(STATUS, ""))

    def _action(self, ref: str, here: str, target: str) -> Json:
        """:raises Refused: the portal offers our account nothing that leads there."""
        offered = self._api.every(f"{_path(ref)}/transition", "ask for the portal's actions")
        wanted = next((names for status, names in self._s.moves.items() if same(status, target)), (target,))
        for name in wanted:
            for one in offered:
                if same(str(one.get("name", "")), name):
                    return one
        names = ", ".join(str(one.get("name")) for one in offered) or "nothing"
        raise Refused(
            f"Jira: move to {target}: in {here} the portal offers our account {names}, not {' or '.join(wanted)}; "
            "the setting `moves` names what leads to a status",
            (STATUS,),
        )

    # --- comments and files ---

    def say(self, ref: str, comment: NewComment) -> Answer:
        body = self._markup(marked(fit(comment.text), comment.marker), comment.place)
        told = self._api.save("POST", f"{_path(ref)}/comment", {"body": body, "public": True}, "comment")
        return Answer(ref, item=_id_of(told))

    def _markup(self, text: str, place: str) -> str:
        """:raises Refused: there is no such place for a customer, or the text is too long."""
        if place != PUBLIC:
            raise Refused(f"Jira: comment: a customer has no place {place!r}, only {PUBLIC}")
        body = str(self._api.form().fields.rich(text))
        if len(body) > _LONGEST:
            raise Refused(f"Jira: comment: with what makes it stand as it is the text has more than {_LONGEST} characters")
        return body

    def attach(self, ref: str, file: NewFile, content: BinaryIO | None) -> Answer:
        """The comment that the portal makes of a file bears its name and our mark."""
        if content is None:
            raise ValueError("a file write needs its content")
        name = fit(file.name)
        words = self._markup(marked(name, file.marker), file.place)
        temporary = self._api.uploaded(name, file.content_type, content, file.size)
        body: Json = {"temporaryAttachmentIds": [temporary], "public": True, "additionalComment": {"body": words}}
        told = self._api.save("POST", f"{_path(ref)}/attachment", body, "attach a file")
        return Answer(ref, item=self._reader.first_file(told))


def _path(ref: str) -> str:
    return f"/request/{quote(ref, safe='')}"


def _id_of(told: Any) -> str:
    """:raises Unknown: an answer of status 2xx that names nothing."""
    if not isinstance(told, dict) or not told.get("id"):
        raise Unknown("Jira: comment: an answer without an id; it may have taken effect")
    return str(told["id"])
