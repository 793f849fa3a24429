"""Settings of one Jira site, and the log-in that they name."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from adapters.around import Around
from adapters.http import HttpOptions
from adapters.http_auth import Auth, Basic, Bearer, OAuth

_TOKENS = {"cloud": "https://auth.atlassian.com/oauth/token", "data_center": "{url}/rest/oauth2/latest/token"}
_FIND_LAG = {"cloud": 300.0, "data_center": 10.0}
_OVERLAP = {"cloud": 300, "data_center": 60}


class SiteSettings(BaseModel):
    """A Jira and our account in it, whichever of its interfaces is used. Times in seconds, sizes in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(
        pattern=r"^https?://[^\s?#]+$",
        description="Address of the site, with its path prefix: https://api.atlassian.com/ex/jira/CLOUD-ID for scoped tokens and OAuth.",
    )
    site_url: str = Field("", description="Address at which people see it, where that is not `url`.")
    deployment: Literal["cloud", "data_center"] = "cloud"
    auth: Literal["basic", "token", "oauth"] = Field(
        "basic", description="basic: user and API token or password; token: personal access token; oauth: OAuth 2.0, refreshed."
    )
    user: str = Field("", description="For basic: e-mail address (Cloud) or login (Data Center) of our account.")
    password: SecretStr | None = Field(None, description="For basic: API token (Cloud) or password.")
    token: SecretStr | None = Field(None, description="For token: a personal access token.")
    client_id: str = ""
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = Field(
        None, description="For oauth: the first one; each use gives a new one, which we keep."
    )
    token_url: str = Field("", description="For oauth: where tokens are asked for; known for both deployments.")
    create: dict[str, str] = Field(
        default_factory=dict, description="Native fields of a new issue that the mapping does not set."
    )
    lookback_s: int = Field(3600, ge=0, description="How far a first poll looks back.")
    list_page: int = Field(100, ge=1, le=5_000, description="Comments, histories and the like of one page.")
    batch: int = Field(100, ge=1, le=100, description="Issues in one read.")
    settle_s: float = Field(90, ge=0, description="How long a write whose answer was lost may still land.")
    read_lag_s: float = Field(2, ge=0)
    find_lag_s: float | None = Field(None, ge=0, description="How long the search may lag behind a creation. 300 (Cloud), 10.")
    comment_limit: int = Field(32_000, ge=1, description="Characters of one comment, our mark not counted.")
    file_limit: int = Field(1024 * 1024 * 1024, ge=0, description="Largest file; the site's own limit counts where it is less.")
    http: HttpOptions = Field(default_factory=HttpOptions)

    @model_validator(mode="after")
    def _can_log_in(self) -> Self:
        needed = {
            "basic": ("user", "password"),
            "token": ("token",),
            "oauth": ("client_id", "client_secret", "refresh_token"),
        }[self.auth]
        if lacking := [name for name in needed if not getattr(self, name)]:
            raise ValueError(f"auth {self.auth} needs {', '.join(lacking)}")
        return self

    @property
    def cloud(self) -> bool:
        return self.deployment == "cloud"

    @property
    def find_lag(self) -> float:
        return _FIND_LAG[self.deployment] if self.find_lag_s is None else self.find_lag_s

    @property
    def seen_at(self) -> str:
        """Where people see it."""
        return (self.site_url or self.url).rstrip("/")


class JiraSettings(SiteSettings):
    """One project of one Jira, as an agent's account sees it."""

    project: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", description="Key of the project.")
    issue_type: str = Field("Task", min_length=1, description="Name of the type of issues that we open.")
    query: str = Field("", description="JQL that narrows the poll, e.g. labels = vendor.")
    marker_field: str = Field("", pattern=r"^(customfield_\d+)?$", description="Text field for our mark; a label where empty.")
    property_key: str = Field("connector.marker", min_length=1, max_length=255, description="Issue property with our mark.")
    contact_field: str = "reporter"
    internal_role: str = Field("", description="Role that sees internal comments, where the project is no service project.")
    workflow: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Target status to the statuses on the way there, for moves of several steps."
    )
    overlap_s: int | None = Field(
        None, ge=0, description="How far every poll looks back; the search index lags. 300 (Cloud), 60."
    )
    page: int = Field(100, ge=2, le=5_000, description="Issues of one page of a search.")

    @model_validator(mode="after")
    def _conditions_alone(self) -> Self:
        if "order by" in self.query.lower():
            raise ValueError("query must be conditions alone, without ORDER BY")
        return self

    @property
    def overlap(self) -> int:
        return _OVERLAP[self.deployment] if self.overlap_s is None else self.overlap_s


def login(settings: SiteSettings, around: Around) -> Auth:
    """The log-in that the settings name."""
    if settings.auth == "basic":
        return Basic(settings.user, settings.password or SecretStr(""))
    if settings.auth == "token":
        return Bearer(settings.token or SecretStr(""))
    return OAuth(
        settings.token_url or _TOKENS[settings.deployment].format(url=settings.url.rstrip("/")),
        "refresh_token",
        {"client_id": settings.client_id, "client_secret": settings.client_secret or ""},
        clock=around.clock,
        refresh_token=settings.refresh_token,
        save_token=around.save_token,
        newest_token=around.newest_token,
    )
