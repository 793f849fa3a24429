"""The form of a request type: which fields a new request may have, and what a value is there.

What stands on it is all that a customer ever sets, and can be set once: when the request is raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.base import Refused
from adapters.jira_fields import Fields, Kind

Json = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """One field of a form."""

    kind: Kind
    required: bool = False
    visible: bool = True  # a hidden one has its preset value
    choices: Mapping[str, str] = field(default_factory=dict)  # what people choose -> its id

    @staticmethod
    def of(told: Json) -> Question:
        kind = Kind.of({"schema": told.get("jiraSchema"), "name": told.get("name", "")})
        values = [one for one in told.get("validValues") or () if isinstance(one, dict)]
        choices = {str(one.get("label", "")): str(one.get("value", "")) for one in values}
        return Question(kind, bool(told.get("required")), told.get("visible") is not False, choices)


@dataclass(frozen=True)
class Form:
    questions: Mapping[str, Question]
    fields: Fields
    participants: bool = False  # whether we may name people who take part

    @staticmethod
    def of(told: Json, *, cloud: bool) -> Form:
        entries = [one for one in told.get("requestTypeFields") or () if isinstance(one, dict) and one.get("fieldId")]
        asked = {str(one["fieldId"]): Question.of(one) for one in entries}
        kinds = {name: question.kind for name, question in asked.items()}
        return Form(asked, Fields(cloud, kinds, documents=False), bool(told.get("canAddRequestParticipants")))

    def asks_for(self, name: str) -> bool:
        """Whether a customer can set the field."""
        return name in self.questions and self.questions[name].visible

    def native(self, values: Mapping[str, str]) -> Json:
        """What a new request carries.

        :raises Refused: for what the form does not ask for, or does not offer, naming the field.
        """
        if strange := sorted(name for name in values if not self.asks_for(name)):
            raise Refused(f"Jira: raise a request: the form does not ask for {', '.join(strange)}", strange)
        native = self.fields.native({name: value for name, value in values.items() if not self.questions[name].choices})
        chosen = {name: self._chosen(name, value) for name, value in values.items() if self.questions[name].choices}
        return {name: value for name, value in (native | chosen).items() if value not in (None, [], "")}

    def _chosen(self, name: str, value: str) -> Any:
        one = self.questions[name]
        if one.kind.type != "array":
            return {"id": self._id(name, value)} if value else None
        return [{"id": self._id(name, line)} for line in value.split("\n") if line]

    def _id(self, name: str, value: str) -> str:
        choices = self.questions[name].choices
        found = next((number for label, number in choices.items() if label.casefold() == value.casefold()), None)
        if found is None:
            raise Refused(f"Jira: raise a request: {name} cannot be {value!r}, only: {', '.join(sorted(choices))}", (name,))
        return found
