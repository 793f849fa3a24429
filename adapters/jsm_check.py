"""What is to be proved of a portal before the first pass. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.base import Gone, Misconfigured, Problem, Refused, Uses
from adapters.jira_api import Json
from adapters.jsm_api import DeskApi
from adapters.jsm_form import Form
from adapters.jsm_read import DESCRIPTION, OWN, STATUS, SUMMARY


class Check:
    """One run."""

    def __init__(self, api: DeskApi) -> None:
        self._api, self._s = api, api.settings

    def problems(self, uses: Uses) -> list[Problem]:
        """Everything that is wrong, together; where the portal cannot be used at all, that alone.

        :raises NotApplied: it is out of reach just now, which is no problem to mend.
        """
        try:
            form = self._api.form()
            me = self._api.my_id()
            shown, _ = self._api.requests(self._s.requests, 0, 1, "action")
        except (Misconfigured, Gone, Refused) as trouble:
            remedy = "Check url, deployment, service_desk, request_type and log-in, and that the account may open the portal (docs/systems/jsm.md)."
            return [_problem("portal", str(trouble), remedy)]
        return [
            *self._account(me),
            *self._rights(shown),
            *self._fields(form, uses),
            *self._choices(form, uses),
            *self._raising(form, uses),
        ]

    @staticmethod
    def _account(me: str) -> Iterator[Problem]:
        if not me:
            remedy = "Give its account id (Cloud) or login (Data Center) as `account`, or raise a request with it by hand."
            yield _problem("account", "the site does not say who our account is", remedy)

    def _rights(self, shown: list[Json]) -> Iterator[Problem]:
        """What the portal says of a request that is there, if there is one, and of the request type."""
        if self._api.request_type().get("canCreateRequest") is False:
            remedy = "Ask the vendor to open the request type to our account."
            yield _problem("request_type", f"our account may not raise requests of type {self._s.request_type}", remedy)
        actions = shown[0].get("actions") if shown else None
        for name, what in (("addComment", "comment on"), ("addAttachment", "attach files to")):
            if isinstance(actions, dict) and (actions.get(name) or {}).get("allowed") is False:
                remedy = "Ask the vendor for it: the permission scheme grants it to the portal's customers."
                yield _problem(f"rights.{name}", f"our account may not {what} its requests", remedy)

    def _fields(self, form: Form, uses: Uses) -> Iterator[Problem]:
        for name in sorted(uses.read - uses.write):
            if name.partition(".")[0] not in {*OWN, *form.questions}:
                yield _problem(f"fields.{name}", f"the portal does not show {name}", f"Use one of: {_names(form)}.")
        for name in sorted((uses.write | uses.creates) - {STATUS}):
            if not form.asks_for(name):
                remedy = f"Add it, visible, to the form of {self._s.request_type}, or leave it out of the mapping; it asks for: {_names(form)}."
                yield _problem(f"fields.{name}", f"the form does not ask for {name}, so that a customer cannot set it", remedy)

    @staticmethod
    def _choices(form: Form, uses: Uses) -> Iterator[Problem]:
        """Of the fields whose values the form lists."""
        for name, wanted in sorted(uses.choices.items()):
            offered = form.questions[name].choices if name in form.questions else {}
            known = {label.casefold() for label in offered}
            for value in sorted(one for one in wanted if one and known and one.casefold() not in known):
                yield _problem(
                    f"fields.{name}",
                    f"the form does not offer {value!r} for {name}",
                    f"Use one of: {', '.join(sorted(offered))}.",
                )

    def _raising(self, form: Form, uses: Uses) -> Iterator[Problem]:
        """What a new request needs: its mark, and every field that the form demands."""
        name = self._s.marker_field or DESCRIPTION
        if not form.asks_for(name):
            remedy = "Add it, visible, to the form, or name a text field of the form as `marker_field`."
            yield _problem("marker_field", f"the form does not ask for {name}, where our mark stands", remedy)
        given = {SUMMARY, DESCRIPTION, name, *uses.write, *uses.creates, *self._s.create}
        for missing in sorted(
            one for one, question in form.questions.items() if question.required and question.visible and one not in given
        ):
            yield _problem(
                f"fields.{missing}", f"a new request needs {missing}", "Set it in the mapping, or in `create` of these settings."
            )
        for strange in sorted(one for one in self._s.create if not form.asks_for(one)):
            yield _problem(
                f"create.{strange}", f"the form does not ask for {strange}", f"Leave it out; it asks for: {_names(form)}."
            )


def _names(form: Form) -> str:
    return ", ".join(sorted(name for name in form.questions if form.asks_for(name)))


def _problem(place: str, message: str, remedy: str) -> Problem:
    return Problem(f"jsm.{place}", message, remedy)
