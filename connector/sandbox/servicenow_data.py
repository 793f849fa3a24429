"""The dictionary and the choice lists of the simulated ServiceNow, as a fresh instance has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One field. ``owner`` is the table that defines it: incidents inherit from ``task``."""

    element: str
    label: str
    type: str = "string"
    max_length: int = 40
    owner: str = "task"
    reference: str = ""
    mandatory: bool = False
    read_only: bool = False


JOURNALS = {"comments": "Additional comments", "work_notes": "Work notes"}


def _ref(element: str, label: str, table: str, owner: str = "task") -> Column:
    return Column(element, label, "reference", 32, owner, table)


def _time(element: str, label: str, owner: str = "task") -> Column:
    return Column(element, label, "glide_date_time", 40, owner)


def _base(owner: str) -> list[Column]:
    return [
        Column("sys_id", "Sys ID", "GUID", 32, owner, read_only=True),
        Column("sys_created_on", "Created", "glide_date_time", 40, owner, read_only=True),
        Column("sys_created_by", "Created by", "string", 40, owner, read_only=True),
        Column("sys_updated_on", "Updated", "glide_date_time", 40, owner, read_only=True),
        Column("sys_updated_by", "Updated by", "string", 40, owner, read_only=True),
        Column("sys_mod_count", "Updates", "integer", 40, owner, read_only=True),
    ]


_TASK = [
    *_base("task"),
    Column("sys_class_name", "Task type", "sys_class_name", 80, read_only=True),
    Column("number", "Number"),
    Column("short_description", "Short description", "string", 160, mandatory=True),
    Column("description", "Description", "string", 4000),
    Column("state", "State", "integer"),
    Column("impact", "Impact", "integer"),
    Column("urgency", "Urgency", "integer"),
    Column("priority", "Priority", "integer"),
    Column("active", "Active", "boolean"),
    Column("contact_type", "Channel"),
    Column("correlation_id", "Correlation ID", "string", 100),
    Column("correlation_display", "Correlation display", "string", 100),
    Column("comments", JOURNALS["comments"], "journal_input", 4000),
    Column("work_notes", JOURNALS["work_notes"], "journal_input", 4000),
    Column("close_notes", "Resolution notes", "string", 4000),
    _time("opened_at", "Opened"),
    _time("closed_at", "Closed"),
    _ref("opened_by", "Opened by", "sys_user"),
    _ref("closed_by", "Closed by", "sys_user"),
    _ref("assigned_to", "Assigned to", "sys_user"),
    _ref("assignment_group", "Assignment group", "sys_user_group"),
    _ref("cmdb_ci", "Configuration item", "cmdb_ci"),
    _ref("business_service", "Service", "cmdb_ci_service"),
    _ref("location", "Location", "cmn_location"),
    _ref("company", "Company", "core_company"),
]
_INCIDENT = [
    Column("incident_state", "Incident state", "integer", owner="incident"),
    Column("hold_reason", "On hold reason", "integer", owner="incident"),
    Column("category", "Category", owner="incident"),
    Column("subcategory", "Subcategory", owner="incident"),
    Column("severity", "Severity", "integer", owner="incident"),
    Column("close_code", "Resolution code", owner="incident"),
    _time("resolved_at", "Resolved", "incident"),
    _ref("resolved_by", "Resolved by", "sys_user", "incident"),
    _ref("caller_id", "Caller", "sys_user", "incident"),
    _ref("problem_id", "Problem", "problem", "incident"),
]

_OTHERS = {
    "sys_user": "user_name name first_name last_name email phone mobile_phone title active",
    "sys_user_group": "name email description active",
    "cmdb_ci": "name",
    "cmdb_ci_service": "name",
    "cmn_location": "name",
    "core_company": "name",
    "problem": "name",
    "sys_journal_field": "element_id element name value sys_tags",
    "sys_attachment": "file_name content_type size_bytes size_compressed compressed table_name table_sys_id hash state",
    "sys_choice": "name element value label language inactive sequence dependent_value",
    "sys_dictionary": "name element column_label internal_type max_length mandatory read_only reference active",
    "sys_audit": "tablename documentkey fieldname oldvalue newvalue user record_checkpoint",
    "sys_properties": "name value",
}

#: Key fields of tables: they never change and have an index.
KEYS = {
    "incident": ("number",),
    "sys_user": ("user_name", "name"),
    "sys_user_group": ("name",),
    "sys_journal_field": ("element_id",),
    "sys_attachment": ("table_sys_id",),
    "sys_audit": ("documentkey",),
}


def columns() -> dict[str, dict[str, Column]]:
    """Every table with its columns by name."""
    out = {table: _by_name([*_base(table), *_plain(table, names)]) for table, names in _OTHERS.items()}
    out["incident"] = _by_name([*_TASK, *_INCIDENT])
    # the type of a column is itself a reference, so a plain read answers {"link", "value"}
    out["sys_dictionary"]["internal_type"] = _ref("internal_type", "Type", "sys_glide_object", "sys_dictionary")
    return out


def _plain(owner: str, names: str) -> list[Column]:
    return [Column(name, name, owner=owner) for name in names.split()]


def _by_name(listed: Iterable[Column]) -> dict[str, Column]:
    return {column.element: column for column in listed}


#: Fields whose choices belong to ``task`` as delivered: a question for ``name=incident`` alone misses them.
TASK_CHOICES = frozenset({"impact", "urgency", "priority", "contact_type"})


def choices() -> dict[str, dict[str, str]]:
    """The choice lists of incidents: field → value → label."""
    return {
        "state": {"1": "New", "2": "In Progress", "3": "On Hold", "6": "Resolved", "7": "Closed", "8": "Canceled"},
        "hold_reason": {"1": "Awaiting Caller", "3": "Awaiting Problem", "4": "Awaiting Vendor", "5": "Awaiting Change"},
        "impact": {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"},
        "urgency": {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"},
        "priority": {"1": "1 - Critical", "2": "2 - High", "3": "3 - Moderate", "4": "4 - Low", "5": "5 - Planning"},
        "close_code": {code: code for code in _CLOSE_CODES},
        "category": {
            "inquiry": "Inquiry / Help",
            "software": "Software",
            "hardware": "Hardware",
            "network": "Network",
            "database": "Database",
        },
        "contact_type": {"email": "Email", "phone": "Phone", "self-service": "Self-service", "walk-in": "Walk-in"},
    }


_CLOSE_CODES = (
    "Solution provided",
    "Workaround provided",
    "Resolved by caller",
    "Resolved by change",
    "Known error",
    "Duplicate",
    "User error",
    "No resolution provided",
)
