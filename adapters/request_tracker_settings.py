"""Settings of one Request Tracker (5.0 and newer, by its REST 2 interface)."""

from __future__ import annotations

from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from adapters.http import HttpOptions

LONGEST_PAGE = 100
"""Rows: Request Tracker gives no more at a time."""


class RequestTrackerSettings(BaseModel):
    """Everything that differs from one Request Tracker to the next. Times in seconds, sizes in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="address of Request Tracker, without /REST/2.0")
    token: SecretStr | None = Field(None, description="authentication token of the account that the connector is")
    user: str = Field("", description="login of that account; with a token it is asked for where it is empty")
    password: SecretStr | None = Field(None, description="in place of a token")

    queue: str = Field("Support", description="where cases are created, and polled")
    more_queues: tuple[str, ...] = Field((), description="queues that the vendor moves cases to; polled as well")
    requestor: str = Field("", description="requestor of a case, where the change names no contact")
    create: dict[str, str] = Field(
        default_factory=lambda: {"Status": "new"}, description="native fields of a new case that the mapping does not set"
    )
    marker_field: str = Field(
        "Connector Marker", description="custom field (tickets, one value, free text) that holds our marker"
    )
    list_fields: frozenset[str] = Field(frozenset(), description="custom fields with several values: one value a line")
    subject_limit: int = Field(
        200, ge=100, description="bytes of a message's subject; Request Tracker folds long ones, and cuts them at 255"
    )
    time_zone: str = Field("UTC", description="the account's time zone in Request Tracker: times in a search are read in it")
    ticket_url: str = Field("", description="where a person sees a ticket; {ref} is filled in; empty: the usual page below url")

    lookback_s: float = 3600
    overlap_s: float = Field(2, description="how late a change may become visible to a search")
    page: int = Field(LONGEST_PAGE, ge=2, le=LONGEST_PAGE, description="tickets in one page of a poll")
    batch: int = Field(40, ge=1, le=LONGEST_PAGE, description="tickets in one read")
    history: bool = Field(default=True, description="false: never ask for transactions that tell of changes")
    settle_s: float = 90
    read_lag_s: float = 2
    find_lag_s: float = 2
    comment_limit: int = 200_000
    file_limit: int = 10_000_000
    comment_provokes: dict[str, str] = Field(
        default_factory=lambda: {"new": "open", "resolved": "open", "rejected": "open"},
        description="status that our correspondence sets, by the one before",
    )

    http: HttpOptions = Field(
        default_factory=lambda: HttpOptions(max_body=64 * 1024 * 1024),
        description="max_body bounds an answer, and so a file (base64, a third larger)",
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        ZoneInfo(name)
        return name

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.token is None and not (self.user and self.password):
            message = "give a token, or user and password"
            raise ValueError(message)
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def queues(self) -> list[str]:
        """The queues that are polled."""
        return [self.queue, *self.more_queues]

    @property
    def page_of_ticket(self) -> str:
        return self.ticket_url or f"{self.url.rstrip('/')}/Ticket/Display.html?id={{ref}}"
