"""Settings of a vendor's service desk in Jira Service Management, as one of its customers sees it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from adapters.jira_settings import SiteSettings


class JsmSettings(SiteSettings):
    """One request type of one portal. Times in seconds, sizes in bytes."""

    service_desk: str = Field(
        min_length=1, description="Id of the service desk (the number in the portal's address), or its project key."
    )
    request_type: str = Field(min_length=1, description="Name or id of the request type that cases are raised as.")
    requests: Literal["own", "all"] = Field(
        "own", description="Which requests are polled: those of our account, or all that it sees, its organizations' too."
    )
    account: str = Field(
        "", description="Account id (Cloud) or login (Data Center) of our account, where the portal does not tell it."
    )
    marker_field: str = Field(
        "",
        pattern=r"^(customfield_\d+)?$",
        description="Text field of the form for our mark; the last line of the description where empty.",
    )
    moves: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Target status to the names of the portal's actions that lead there; one that is called like the status needs none.",
    )
    comment_provokes: dict[str, str] = Field(
        default_factory=lambda: {"Waiting for customer": "Waiting for support"},
        description="Status that a comment of ours sets by the desk's automation, by the one before.",
    )
    page: int = Field(20, ge=2, le=100, description="Requests of one page of a poll; they come with their comments.")
    remembered: int = Field(
        1000, ge=10, description="Requests, the last active ones, of which the poll knows what they looked like."
    )
