"""What a simulated Jira begins with: fields, priorities, resolutions, issue types, projects, request types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CLOUD, DATA_CENTER = "cloud", "data-center"


@dataclass(frozen=True)
class Field:
    """A field of issues. ``kind`` says how its value is kept: see :mod:`connector.sandbox.jira_fields`."""

    id: str
    name: str
    kind: str  # text, rich, option, labels, user, priority, resolution, issuetype, project, status, request, time
    options: tuple[str, ...] = ()
    exact: bool = False  # a text that JQL compares with = (else with ~ only)
    settable: bool = True

    @property
    def custom(self) -> bool:
        return self.id.startswith("customfield_")

    @property
    def clauses(self) -> tuple[str, ...]:
        """How JQL calls it."""
        return (f"cf[{self.id.removeprefix('customfield_')}]", self.name) if self.custom else (self.id,)


MARKER, REFERENCE, SEVERITY, WORKAROUND = "customfield_10100", "customfield_10101", "customfield_10102", "customfield_10103"
REQUEST_TYPE = "customfield_10010"

FIELDS = (
    Field("summary", "Summary", "text"),
    Field("description", "Description", "rich"),
    Field("issuetype", "Issue Type", "issuetype"),
    Field("project", "Project", "project"),
    Field("priority", "Priority", "priority"),
    Field("labels", "Labels", "labels"),
    Field("assignee", "Assignee", "user"),
    Field("reporter", "Reporter", "user"),
    Field("creator", "Creator", "user", settable=False),
    Field("resolution", "Resolution", "resolution"),
    Field("status", "Status", "status", settable=False),
    Field("created", "Created", "time", settable=False),
    Field("updated", "Updated", "time", settable=False),
    Field("resolutiondate", "Resolved", "time", settable=False),
    Field(MARKER, "Connector Marker", "text"),
    Field(REFERENCE, "Customer Reference", "text"),
    Field(SEVERITY, "Severity", "option", ("Low", "Medium", "High", "Critical")),
    Field(WORKAROUND, "Workaround", "rich"),
    Field(REQUEST_TYPE, "Request Type", "request", settable=False),
)
#: Fields that are lists of what belongs to an issue; they are read, never set.
PARTS = {"comment": "Comment", "attachment": "Attachment"}

PRIORITIES = {"1": "Highest", "2": "High", "3": "Medium", "4": "Low", "5": "Lowest"}
RESOLUTIONS = {"10000": "Done", "10001": "Won't Do", "10002": "Duplicate", "10003": "Cannot Reproduce"}
ISSUE_TYPES = {"10001": "Incident", "10002": "Service Request", "10003": "Task"}
REQUEST_TYPES = {"11": ("Report an incident", "10001"), "12": ("Ask a question", "10002")}


@dataclass(frozen=True)
class Project:
    id: str
    key: str
    name: str
    service: bool = False  # a service project, with a portal for customers
    desk: str = ""  # its id as a service desk
    issue_types: Mapping[str, str] = field(default_factory=lambda: dict(ISSUE_TYPES))
    priorities: Mapping[str, str] = field(default_factory=lambda: dict(PRIORITIES))

    @property
    def type_key(self) -> str:
        return "service_desk" if self.service else "software"


@dataclass(frozen=True)
class User:
    """``id`` is the account id of Cloud or the key of Data Center."""

    login: str
    id: str
    display: str
    email: str
    ours: bool = False
    kind: str = "agent"  # agent, customer (sees the portal alone), app


#: A change that the system makes by itself is done by this account.
AUTOMATION = "automation"
