"""Settings of a portal that is bound in YAML. The binding says what differs from portal to portal, these from place to place."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from adapters.bound_load import Binding, load
from adapters.bound_model import Header
from adapters.bound_source import BindingError
from adapters.http import HttpOptions


class BoundSettings(BaseModel):
    """Everything that differs from one installation to the next. Times in seconds, sizes in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    speaks: ClassVar[str] = ""

    binding: str = Field(description="path of a binding that ends in .yaml, or the name of a shipped one")
    url: str = Field(description="where the portal is; the binding's paths begin there")
    user: str = Field("", description="login of the account that the connector is")
    password: SecretStr = SecretStr("")
    token: SecretStr = SecretStr("")
    values: dict[str, str] = Field(default_factory=dict, description="settings of the binding: which queue, which project")
    lookback_s: float = Field(3600, ge=0, description="how far the first poll looks back")
    overlap_s: float = Field(2, ge=0, description="how late a change may become visible to a list")
    http: HttpOptions = HttpOptions()

    _bound: Binding = PrivateAttr()

    @model_validator(mode="after")
    def _loaded(self) -> Self:
        try:
            bound = load(self.binding)
        except BindingError as error:
            first = error.problems[0]
            more = f" (and {len(error.problems) - 1} more)" if error.problems[1:] else ""
            raise _problem(f"the binding cannot be used: {first.place}: {first.message}{more}", first.remedy) from None
        object.__setattr__(self, "_bound", bound)
        self._complete(bound)
        return self

    def _complete(self, bound: Binding) -> None:
        file = bound.file
        if file.speaks != self.speaks:
            raise _problem(f"the binding {file.binding} speaks {file.speaks}", f"write system: {file.speaks}")
        lacking = [name for name, value in file.settings.items() if not (self.values.get(name) or value)]
        if lacking:
            raise _problem(f"the binding {file.binding} asks for {', '.join(lacking)}", f"add values: {{{lacking[0]}: ...}}")
        if unknown := sorted(self.values.keys() - file.settings.keys()):
            known = ", ".join(file.settings) or "none"
            raise _problem(f"the binding {file.binding} knows no value {unknown[0]!r}", f"known: {known}")
        secret = "password" if file.auth == "basic" else "token" if file.auth == "bearer" or isinstance(file.auth, Header) else ""
        if secret and not getattr(self, secret).get_secret_value():
            raise _problem(f"the secret {secret} is missing", f"name a variable by {secret}_env, or a file by {secret}_file")
        if not self.user and (file.auth == "basic" or not file.me):
            raise _problem("the key user is missing", "add it: the login of the connector's account")

    @property
    def bound(self) -> Binding:
        return self._bound


class RestSettings(BoundSettings):
    speaks = "rest"


class SoapSettings(BoundSettings):
    speaks = "soap"


def _problem(message: str, remedy: str) -> PydanticCustomError:
    """In the form in which the settings tell a person about it."""
    return PydanticCustomError("settings", "{message}", {"message": message, "remedy": remedy})
