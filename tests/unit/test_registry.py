"""The list of adapters: every line of it leads to an adapter with its settings."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import BaseModel, SecretStr

from adapters import registry
from adapters.around import Around
from adapters.servicenow import ServiceNow, ServiceNowSettings


@pytest.mark.parametrize("name", registry.ADAPTERS)
def test_every_adapter_has_settings(name: str) -> None:
    assert issubclass(registry.settings_model(name), BaseModel)


def test_an_adapter_is_made_by_name() -> None:
    settings = ServiceNowSettings(url="https://desk.test", user="u", password=SecretStr("p"))
    adapter = registry.make("servicenow", settings, Around(clock=lambda: 0.0))
    assert isinstance(adapter, ServiceNow)
    adapter.close()


def test_an_unknown_name_is_said() -> None:
    with pytest.raises(KeyError):
        registry.settings_model("servicenov")


def test_no_adapter_is_imported_before_it_is_used() -> None:
    code = "import sys, adapters.registry; print([m for m in sys.modules if m.startswith('adapters.')])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "servicenow" not in out.stdout
    assert "otrs" not in out.stdout
