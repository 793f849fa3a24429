"""What can be set, with defaults. Times in seconds. ``config/connector.example.yaml`` explains every key to an operator."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from adapters import registry
from connector.settings.environment import Environment
from connector.settings.secrets import problem, resolve
from connector.settings.table import Table
from connector.settings.webhooks import WebhookSettings

#: Names stand in variables and in metrics, so they are plain words.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Seconds = Annotated[float, Field(gt=0)]


class StoreSettings(Table):
    url: str = Field("sqlite:///connector.db", description="sqlite:///FILE, or postgresql://USER@HOST/DATABASE")
    password: SecretStr | None = None

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        try:
            backend = make_url(url).get_backend_name()
        except ArgumentError:
            backend = "nothing that is known"
        if backend not in ("sqlite", "postgresql"):
            raise problem(f"the store runs on sqlite or postgresql, this address names {backend}", "write sqlite:///FILE")
        return url

    @property
    def address(self) -> URL:
        """The whole address, password included: for the database alone, never for a log."""
        url = make_url(self.url)
        return url.set(password=self.password.get_secret_value()) if self.password else url


class DaemonSettings(Table):
    listen: str = Field("127.0.0.1:9464", description="ADDRESS:PORT of health and metrics; port 0: any free one")
    log: Literal["auto", "json", "console"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    stop_s: Seconds = Field(10, description="how long calls in flight may still take when the daemon is asked to stop")
    inbox: str = Field("", description="ADDRESS:PORT at which webhooks are taken; empty: none are")

    @field_validator("listen", "inbox")
    @classmethod
    def _address(cls, listen: str, info: ValidationInfo) -> str:
        if info.field_name == "inbox" and not listen:
            return listen
        host, _, port = listen.rpartition(":")
        try:
            ip_address(host.strip("[]"))
            fine = 0 <= int(port) < 65536  # noqa: PLR2004 - the ports there are
        except ValueError:
            fine = False
        if not fine:
            raise problem(f"{listen!r} is no address with a port", "write an IP address and a port, such as 0.0.0.0:9464")
        return listen

    @property
    def address(self) -> tuple[str, int]:
        return _split(self.listen)

    @property
    def inbox_address(self) -> tuple[str, int] | None:
        """None where no webhooks are taken."""
        return _split(self.inbox) if self.inbox else None


def _split(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


class TimingSettings(Table):
    poll_s: Seconds = 15
    sweep_s: Seconds = 3600
    max_age_s: Seconds = 5
    call_timeout_s: Seconds = 20
    lease_s: Seconds = 60
    note_pause_s: Seconds = 900
    retry_s: Seconds = 5
    max_attempts: int = Field(8, ge=1)
    in_flight: int = Field(4, ge=1, le=64)

    @model_validator(mode="after")
    def _lease_outlives_calls(self) -> Self:
        # A worker that waits for an answer must not lose its lease meanwhile, and a call begins in its first third.
        if self.lease_s <= 2 * self.call_timeout_s:
            raise problem(
                f"lease_s ({self.lease_s:g}) must be more than twice call_timeout_s ({self.call_timeout_s:g})",
                f"set lease_s above {2 * self.call_timeout_s:g}, or call_timeout_s lower",
            )
        return self


class GuardSettings(Table):
    """When a system as a whole counts as gone back in time."""

    bonds: int = Field(3, ge=1, description="so many tickets at least must not be what they were")
    share: float = Field(0.5, ge=0, lt=1, description="and more than this part of those that were read")


class SideSettings(Table):
    """One remote system: which adapter, and that adapter's own settings."""

    system: str
    adapter: Any
    webhook: WebhookSettings | None = None

    @model_validator(mode="before")
    @classmethod
    def _secrets(cls, table: Any) -> Any:  # instead of the general one: the adapter's model says what is secret
        if not isinstance(table, dict):
            return table
        own = dict(table)
        system, webhook = str(own.pop("system", "")), own.pop("webhook", None)
        known = ", ".join(sorted(registry.ADAPTERS))
        if not system:
            raise problem("the key system is missing", f"add system: and one of {known}")
        if system not in registry.ADAPTERS:
            raise problem(f"there is no adapter for {system!r}", f"use one of {known}")
        model = registry.settings_model(system)
        return {"system": system, "adapter": model.model_validate(resolve(model, own)), "webhook": webhook}


class ConnectionSettings(Table):
    customer: SideSettings
    vendor: SideSettings
    mapping: str = Field(min_length=1, description="path of the mapping's YAML file")
    operating_model: str = Field(min_length=1, description="name of a shipped operating model, or path of your own")
    installation: str | None = Field(None, min_length=1, description="path of the YAML file of facts, figures and roster")
    timing: TimingSettings = TimingSettings()
    guard: GuardSettings = GuardSettings()


def _some(connections: Any) -> Any:
    if not connections:
        raise problem("there is no connection", "add one below connections:, as in config/connector.example.yaml")
    return connections


class Settings(BaseSettings):
    """The whole file, with the environment over it."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    store: StoreSettings = StoreSettings()
    daemon: DaemonSettings = DaemonSettings()
    connections: Annotated[dict[Name, ConnectionSettings], BeforeValidator(_some)] = Field(default={}, validate_default=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return Environment(settings_cls), init_settings
