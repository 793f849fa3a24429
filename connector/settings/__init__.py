"""The configuration: one YAML file, the environment over it, secrets from variables and files.

Everything is validated at once, before the first request; every problem is reported with its place and its remedy.

- ``CONNECTOR_SECTION__KEY`` overrides ``section.key`` (``CONNECTOR_CONNECTIONS__ACME__TIMING__POLL_S=30``).
- A secret ``NAME`` is given by ``NAME_env`` (a variable) or ``NAME_file`` (a file that holds nothing else). A secret
  that stands in the YAML itself is an error, since such files end up in repositories and in tickets.
- The mapping, the operating model and the installation are found from the folder of the settings file.
"""

from __future__ import annotations

from connector.settings.load import Configuration, SettingsError, find, load
from connector.settings.models import ConnectionSettings, DaemonSettings, Settings, SideSettings, StoreSettings, TimingSettings
from connector.settings.named import Configured
from connector.settings.webhooks import WebhookSettings

__all__ = [
    "Configuration",
    "Configured",
    "ConnectionSettings",
    "DaemonSettings",
    "Settings",
    "SettingsError",
    "SideSettings",
    "StoreSettings",
    "TimingSettings",
    "WebhookSettings",
    "find",
    "load",
]
