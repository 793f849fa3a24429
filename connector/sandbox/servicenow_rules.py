"""What ServiceNow does to an incident when it is saved: computed fields, data policies, business rules. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from connector.sandbox.servicenow_data import JOURNALS
from connector.sandbox.servicenow_query import Values

NEW, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED, CANCELED = "1", "2", "3", "6", "7", "8"
AWAITING_CALLER = "1"
ENDED = (CLOSED, CANCELED)

#: Priority by (impact, urgency): ServiceNow's priority lookup rules as delivered.
PRIORITY = {
    ("1", "1"): "1",
    ("1", "2"): "2",
    ("1", "3"): "3",
    ("2", "1"): "2",
    ("2", "2"): "3",
    ("2", "3"): "4",
    ("3", "1"): "3",
    ("3", "2"): "4",
    ("3", "3"): "5",
}

#: Fields that the system alone writes; a value sent for one is dropped.
COMPUTED = frozenset(
    [
        "sys_id",
        "sys_class_name",
        "sys_created_on",
        "sys_created_by",
        "sys_updated_on",
        "sys_updated_by",
        "sys_mod_count",
        "priority",
        "incident_state",
        "active",
        "resolved_at",
        "resolved_by",
        "closed_at",
        "closed_by",
    ]
)


class Refusal(Exception):
    """The instance refuses a request; carries what its answer says."""

    def __init__(self, status: int, message: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.message = message
        self.detail = detail


def awaits_caller(values: Values) -> bool:
    return values["state"] == ON_HOLD and values["hold_reason"] == AWAITING_CALLER


def settle(old: Values, wanted: Values, user: str, now: str) -> dict[str, str]:
    """The values as they will be stored.

    :param old: values before the save (of a new record: its defaults).
    :param wanted: the same with what the writer gave.
    :param user: sys_id of the writer.
    :param now: the time of the save, UTC, as stored.
    """
    out = dict(wanted)
    state, before = out["state"], old["state"]
    if before == ON_HOLD and state != ON_HOLD:
        out["hold_reason"] = ""
    out["priority"] = PRIORITY.get((out["impact"], out["urgency"]), old["priority"])
    out["incident_state"] = state
    out["active"] = "false" if state in ENDED else "true"
    _mark(out, "resolved", user, now, reached=state in (RESOLVED, CLOSED))
    _mark(out, "closed", user, now, reached=state in ENDED)
    return out


def _mark(out: dict[str, str], act: str, user: str, now: str, *, reached: bool) -> None:
    """Note who resolved or closed it and when; a reopened incident forgets it."""
    if not reached:
        out[f"{act}_at"] = out[f"{act}_by"] = ""
    elif not out[f"{act}_at"]:
        out[f"{act}_at"], out[f"{act}_by"] = now, user


def missing(old: Values, new: Values, written: Collection[str], mandatory: Mapping[str, Collection[str]]) -> list[str]:
    """The fields whose absence the data policies refuse.

    :param written: the journal fields given in this save.
    :param mandatory: further fields by state. A journal field counts in the save that reaches the state only.
    """
    needed = list(mandatory.get(new["state"], ()))
    if new["state"] in (RESOLVED, CLOSED):
        needed += ["close_code", "close_notes"]
    if new["state"] == ON_HOLD:
        needed.append("hold_reason")
    lacking = [name for name in needed if name not in JOURNALS and not new.get(name)]
    if new["state"] != old["state"]:
        lacking += [name for name in needed if name in JOURNALS and name not in written]
    if awaits_caller(new) and not awaits_caller(old) and "comments" not in written:
        lacking.append("comments")
    return list(dict.fromkeys(lacking))
