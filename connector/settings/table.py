"""A part of the settings."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from connector.settings.secrets import resolve


class Table(BaseModel):
    """A part of the settings. Unknown keys are errors; secrets are resolved before anything else."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _secrets(cls, table: Any) -> Any:
        return resolve(cls, {} if table == "" else table)  # a key with nothing but comments below it
