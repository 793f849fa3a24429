"""Settings of one portal of the OTRS family (OTRS 6, Znuny, OTOBO)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from adapters.http import HttpOptions


class OtrsSettings(BaseModel):
    """Everything that differs from one portal to the next. Times in seconds, sizes in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="address of the web service, ending in /Webservice/NAME")
    user: str = Field(description="login of the agent that the connector is")
    password: SecretStr
    user_id: str = Field("", description="numeric id of that agent; empty: asked by SessionCreate and SessionGet")
    use_session: bool = Field(default=False, description="send a session instead of the password; renewed once where it ended")

    wsdl: Path | None = Field(None, description="a WSDL of your own; by default the packaged one, which says what servers do")
    namespace: str = Field("", description="NameSpace of the web service, where it is not the WSDL's")
    soap_action_style: Literal["#", "/"] = Field("#", description="what stands between namespace and operation in SOAPAction")

    queue: str = Field("Support", description="where cases are created, and polled")
    more_queues: tuple[str, ...] = Field((), description="queues that the vendor moves cases to; polled as well")
    customer_user: str = Field("", description="the customer user of a case, where the change names no contact")
    create: dict[str, str] = Field(
        default_factory=lambda: {"State": "new", "Priority": "3 normal"},
        description="native fields of a new case that the mapping does not set",
    )
    marker_field: str = Field("ConnectorMarker", description="dynamic field (ticket, text) that holds our marker")
    list_fields: frozenset[str] = Field(frozenset(), description="dynamic fields with several values: one value a line")
    channel: Literal["Internal", "Phone", "Email"] = "Internal"
    ignore_senders: frozenset[str] = Field(frozenset({"system"}), description="SenderTypes whose articles are no comments")
    pending_minutes: int = Field(1440, ge=1, description="end of waiting, where a pending state is set without PendingTime")
    title_limit: int = 255
    time_zone: str = Field("UTC", description="the server's OTRSTimeZone: every time in the interface is written in it")
    ticket_url: str = Field("", description="where a person sees a ticket; {ref} and {number} are filled in")

    lookback_s: float = 3600
    overlap_s: float = Field(2, description="how late a change may become visible to a search")
    page: int = Field(500, ge=2, description="tickets in one search")
    batch: int = Field(150, ge=1, description="tickets in one read")
    light_batch: int = Field(500, ge=1, description="tickets in one read without articles, as polls make them")
    history: Literal["auto", "on", "off"] = "auto"
    settle_s: float = 90
    read_lag_s: float = 2
    find_lag_s: float = 2
    comment_limit: int = 200_000
    file_limit: int = 20 * 1024 * 1024
    comment_provokes: dict[str, str] = Field(default_factory=dict, description="status that our comment sets, by the one before")

    http: HttpOptions = Field(
        default_factory=lambda: HttpOptions(max_body=128 * 1024 * 1024),
        description="max_body bounds an answer, and so all files that one answer brings (base64, a third larger)",
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        ZoneInfo(name)
        return name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def queues(self) -> list[str]:
        """The queues that are polled."""
        return [self.queue, *self.more_queues]
