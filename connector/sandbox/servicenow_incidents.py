"""Saving incidents, their journals and files in the simulated instance; each change is a deed of the world."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePath

from connector.sandbox import servicenow_rules as rules
from connector.sandbox.core import Deed
from connector.sandbox.servicenow_data import JOURNALS
from connector.sandbox.servicenow_query import INTEGERS, Values
from connector.sandbox.servicenow_records import NO_RECORD, Records
from connector.sandbox.servicenow_rules import Refusal
from connector.sandbox.servicenow_store import Row

_BUSINESS_RULE = "Guard incident state"


class Incidents(Records):
    """``api`` tells a save through the web face (access rules and integration rules apply) from a person's."""

    def incident(self, sys_id: str) -> Row:
        """:raises Refusal: 404 where it does not exist (any more)."""
        row = self.tables["incident"].rows.get(sys_id)
        if row is None or row.gone is not None:
            raise Refusal(*NO_RECORD)
        return row

    # -- saves

    def insert(self, who: str, given: Mapping[str, str], *, api: bool) -> Row:
        """Open an incident.

        :raises Refusal: 403 by a data policy.
        """
        user = self.add_user(who)
        defaults = self._defaults(user)
        accepted = self._accepted(given, api=api)
        number = given.get("number") or f"INC{next(self._numbers):07d}"
        journals = _take_journals(accepted)
        new = rules.settle(defaults, {**defaults, **accepted, "number": number}, user, self.stamp())
        self._check(defaults, new, journals, api=False)
        row = self.add_row("incident", who, new)
        ref = row.values["sys_id"]
        self.deed(who, "create", ref)
        for name in _told(defaults, new, given):
            self._field_deed(who, ref, name, "", new[name])
        self._write_journals(row, who, journals)
        return row

    def update(self, row: Row, who: str, given: Mapping[str, str], *, api: bool) -> None:
        """Save a change. A save that changes nothing leaves the record untouched, its time and count too.

        :raises Refusal: 403 by a data policy or a business rule.
        """
        user = self.add_user(who)
        old = row.values
        accepted = self._accepted(given, api=api)
        accepted.pop("number", None)
        journals = _take_journals(accepted)
        wanted = {**old, **accepted}
        if "comments" in journals and wanted["state"] == old["state"] and self._wakes(old, who, user):
            wanted["state"] = rules.IN_PROGRESS
        new = rules.settle(old, wanted, user, self.stamp())
        self._check(old, new, journals, api=api and who == self.user)
        changed = {name: value for name, value in new.items() if value != old.get(name, "")}
        if changed or journals:
            self._store(row, who, changed, journals)

    def _store(self, row: Row, who: str, changed: dict[str, str], journals: Mapping[str, str]) -> None:
        old = row.values
        count = str(int(old["sys_mod_count"]) + 1)
        bookkeeping = {"sys_updated_on": self.stamp(), "sys_updated_by": who, "sys_mod_count": count}
        self.tables["incident"].change(row, {**changed, **bookkeeping}, self.world.now())
        for name, value in changed.items():
            self._audit(row, who, name, old.get(name, ""), value)
            if name != "incident_state":
                self._field_deed(who, row.values["sys_id"], name, old.get(name, ""), value)
        for name, text in journals.items():
            self._audit(row, who, name, "", text)
        self._write_journals(row, who, journals)

    def _defaults(self, user: str) -> dict[str, str]:
        empty = {name: "" for name in self.columns["incident"] if not name.startswith("sys_") and name not in JOURNALS}
        start = {"state": rules.NEW, "incident_state": rules.NEW, "impact": "3", "urgency": "3", "priority": "5", "severity": "3"}
        return {**empty, **start, "active": "true", "opened_at": self.stamp(), "opened_by": user, "sys_class_name": "incident"}

    def _accepted(self, given: Mapping[str, str], *, api: bool) -> dict[str, str]:
        """What of a save's fields is taken: known, writable, whole numbers where numbers belong, cut to length."""
        dropped = rules.COMPUTED | (self.read_only if api else set())
        out = {}
        for name, value in given.items():
            column = self.columns["incident"].get(name)
            if column is None or name in dropped or not _fits(name, value):
                continue
            text = self.resolve(column, value) if column.reference else value
            longest = self.max_length.get(name, None if name in JOURNALS else column.max_length)
            out[name] = text[:longest]
        return out

    def _wakes(self, old: Values, who: str, user: str) -> bool:
        return rules.awaits_caller(old) and (self.any_comment_wakes or old["caller_id"] in (user, who))

    def _check(self, old: Values, new: Values, journals: Mapping[str, str], *, api: bool) -> None:
        lacking = rules.missing(old, new, journals.keys(), self.mandatory)
        if lacking:
            labels = ", ".join(self.columns["incident"][name].label for name in lacking)
            detail = f"Data Policy Exception: The following fields are mandatory: {labels}"
            raise Refusal(403, "Operation Failed", detail)
        if api and (old["state"], new["state"]) in self.refuse_moves:
            rule_id = hashlib.sha256(_BUSINESS_RULE.encode()).hexdigest()[:32]
            rule = f"'{_BUSINESS_RULE}^{rule_id}'. Business Rule Stack:{_BUSINESS_RULE}"
            raise Refusal(403, "Operation Failed", f"Operation against file 'incident' was aborted by Business Rule {rule}")

    def _write_journals(self, row: Row, who: str, journals: Mapping[str, str]) -> None:
        ref = row.values["sys_id"]
        for name, text in journals.items():
            entry = self.add_row(
                "sys_journal_field", who, {"element_id": ref, "element": name, "name": "incident", "value": text}
            )
            self.deed(who, "comment", ref, field=name, new=text, public=name == "comments", item=entry.values["sys_id"])

    def _audit(self, row: Row, who: str, name: str, old: str, new: str) -> None:
        values = {
            "tablename": "incident",
            "documentkey": row.values["sys_id"],
            "fieldname": name,
            "oldvalue": old,
            "newvalue": new,
            "user": who,
            "record_checkpoint": row.values["sys_mod_count"],
        }
        self.add_row("sys_audit", who, values)

    # -- files

    def add_file(self, row: Row, who: str, name: str, data: bytes, content_type: str, *, api: bool) -> Row:
        """Attach a file. The incident itself does not change by it, its time and count neither.

        :raises Refusal: 413 over the size allowed, 403 where the extension is not allowed (the API only).
        """
        self.add_user(who)
        if api:
            self._check_file(name, data)
        ref = row.values["sys_id"]
        values = {
            "file_name": name,
            "content_type": content_type,
            "size_bytes": str(len(data)),
            "size_compressed": str(len(data)),
            "compressed": "true",
            "table_name": "incident",
            "table_sys_id": ref,
            "hash": hashlib.sha256(data).hexdigest(),
            "state": "available",
        }
        file = self.add_row("sys_attachment", who, values)
        self.data[file.values["sys_id"]] = data
        self.deed(who, "file", ref, new=name, public=True, item=file.values["sys_id"])
        return file

    def _check_file(self, name: str, data: bytes) -> None:
        if len(data) > self.max_attachment:
            detail = f"Attachment size exceeds the maximum of {self.max_attachment} bytes"
            raise Refusal(413, "Request Entity Too Large", detail)
        if self.extensions is not None and PurePath(name).suffix.lstrip(".").lower() not in self.extensions:
            raise Refusal(403, "Operation Failed", f"File type is not allowed: {name}")

    # -- ends

    def remove(self, table: str, row: Row, who: str) -> None:
        """Delete an incident or a file. Its journal, audit and file rows stay."""
        self.add_user(who)
        row.gone = self.world.now()
        file = table == "sys_attachment"
        ref = row.values["table_sys_id" if file else "sys_id"]
        self.deed(who, "delete", ref, item=row.values["sys_id"] if file else "")

    # -- deeds

    def deed(
        self,
        who: str,
        what: str,
        ref: str,
        *,
        field: str = "",
        old: str | None = None,
        new: str | None = None,
        public: bool = False,
        item: str = "",
    ) -> None:
        self.world.record(Deed(self.world.now(), self.name, who, who == self.user, what, ref, field, old, new, public, item))

    def _field_deed(self, who: str, ref: str, name: str, old: str, new: str) -> None:
        self.deed(who, "field", ref, field=name, old=old, new=new, public=name == "close_notes")


def _fits(name: str, value: str) -> bool:
    """Numbers must be numbers, and what a priority or a life cycle follows from cannot be cleared."""
    if not value:
        return name not in ("state", "impact", "urgency")
    return name not in INTEGERS or value.lstrip("-").isdigit()


def _take_journals(accepted: dict[str, str]) -> dict[str, str]:
    """Move the journal texts out of a save's fields; empty ones write nothing."""
    return {name: text for name in JOURNALS if (text := accepted.pop(name, "")).strip()}


def _told(defaults: Values, new: Values, given: Mapping[str, str]) -> list[str]:
    """The fields of a new incident that say something: given ones, and those that differ from the defaults."""
    always = ("state", "impact", "urgency", "priority")
    said = (name for name, value in new.items() if value and name not in ("incident_state", "number"))
    return [name for name in said if name in given or name in always or new[name] != defaults[name]]
