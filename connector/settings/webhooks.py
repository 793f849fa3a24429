"""What can be set about the posts of a system that tell of changes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_validator

from connector.settings.secrets import problem
from connector.settings.table import Table

SHORTEST = 16
"""Characters of a secret at least: a shorter one could be found by trying, from posts that somebody overheard."""


class WebhookSettings(Table):
    """Who may post to ``/hooks/CONNECTION/SIDE``, and where its posts name the ticket."""

    kind: Literal["jira", "servicenow", "otrs", "request_tracker", "generic"]
    secret: SecretStr
    header: str = Field("", pattern=r"^[A-Za-z0-9-]*$", description="where the signature stands; empty: as the kind has it")
    path: str = Field("", description="dotted names that lead to the ticket's id; empty: as the kind has it")

    @field_validator("secret")
    @classmethod
    def _long(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < SHORTEST:
            raise problem(f"the secret has fewer than {SHORTEST} characters", "make a new one, such as by: openssl rand -hex 32")
        return secret
