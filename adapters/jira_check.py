"""What is to be proved of a Jira before the first pass, and learned from it. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from adapters.base import Gone, Misconfigured, Problem, Refused, Uses
from adapters.jira_api import Api, Json
from adapters.jira_fields import Kind, seconds
from adapters.jira_write import STATUS

_NO_CHOICE = frozenset({"project", "issuetype", "summary", "description", "reporter"})  # of a new issue: we or Jira give them
_LIMIT = 1000


@dataclass
class Learned:
    """Facts about a site."""

    file_limit: int = -1  # -1: not told
    ahead: float = 0.0  # seconds by which its clock is before ours


class Check:
    """One run; :attr:`problems` and :attr:`learned` hold what it found."""

    def __init__(self, api: Api, clock: Callable[[], float]) -> None:
        self._api, self._s, self._clock = api, api.settings, clock
        self.problems: list[Problem] = []
        self.learned = Learned()

    def run(self, uses: Uses) -> None:
        try:
            self._site()
            kinds = self._api.fields().kinds
            screen = self._create_screen()
        except (Misconfigured, Gone, Refused) as trouble:
            remedy = (
                "Check url, deployment, project and log-in, and that the account may browse the project (docs/systems/jira.md)."
            )
            self._add("site", str(trouble), remedy)
            return
        self._rights(uses)
        self._known(uses, kinds)
        self._creates(uses, screen)
        self._choices(uses, screen)
        self._mark(kinds, screen, opens=bool(uses.creates))
        self._places()
        self._files()

    def _add(self, place: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(f"jira.{place}", message, remedy))

    def _site(self) -> None:
        """Who we are, what it is, and whether the project is there."""
        told: Json = self._api.get("/serverInfo", "ask what it is")
        kind = str(told.get("deploymentType", ""))
        if kind and (kind.lower() == "cloud") != self._s.cloud:
            raise Misconfigured(f"Jira: this is {kind}, the settings say {self._s.deployment}")
        if at := seconds(told.get("serverTime")):
            self.learned.ahead = at - self._clock()
        self._api.me()
        self._api.project()

    def _rights(self, uses: Uses) -> None:
        needed = {"BROWSE_PROJECTS", "ADD_COMMENTS", "CREATE_ATTACHMENTS"}
        needed |= {"EDIT_ISSUES"} if uses.write - {STATUS} else set()
        needed |= {"TRANSITION_ISSUES"} if STATUS in uses.write else set()
        needed |= {"CREATE_ISSUES"} if uses.creates else set()
        params = {"permissions": ",".join(sorted(needed))} if self._s.cloud else {}
        told = (
            self._api.get("/mypermissions", "ask for our rights", projectKey=self._s.project, **params).get("permissions") or {}
        )
        for name in sorted(needed):
            if name in told and not told[name].get("havePermission"):
                remedy = f"Grant {name} to the account in the permission scheme of {self._s.project}."
                self._add(f"rights.{name}", f"our account lacks the permission {name}", remedy)

    def _known(self, uses: Uses, kinds: Mapping[str, Kind]) -> None:
        for name in sorted(uses.read | uses.write | uses.creates):
            base = name.partition(".")[0]
            if base in kinds or base == STATUS:
                continue
            found = next((field for field, kind in kinds.items() if kind.name.lower() == base.lower()), "")
            remedy = (
                f"Call it {found}." if found else "Use the id of a field that Settings, Fields shows, such as customfield_10050."
            )
            self._add(f"fields.{name}", f"the field {name} does not exist, or is hidden from our account", remedy)
        for name in sorted(name for name in uses.write if "." in name):
            self._add(f"fields.{name}", f"{name} can be read, not written", "Map the field itself, or one direction only.")

    def _create_screen(self) -> dict[str, Json]:
        """The fields of the screen on which issues of our type are created; empty where we may create none."""
        path = f"/issue/createmeta/{self._s.project}/issuetypes"
        try:
            types = self._listed(path, "issueTypes")
            number = next(str(one["id"]) for one in types if str(one.get("name", "")).lower() == self._s.issue_type.lower())
        except (Gone, Refused):
            return {}
        except StopIteration:
            known = ", ".join(str(one.get("name")) for one in types) or "none"
            self._add(
                "issue_type", f"the project has no issue type {self._s.issue_type} that we may create", f"Use one of: {known}."
            )
            return {}
        return {str(one.get("fieldId") or one.get("key")): one for one in self._listed(f"{path}/{number}", "fields")}

    def _listed(self, path: str, name: str) -> list[Json]:
        """Cloud names its list, Data Center calls every list ``values``."""
        told: Json = self._api.get(path, "look at the screen for new issues", maxResults=_LIMIT if not self._s.cloud else 200)
        return [one for one in told.get(name) or told.get("values") or told.get("results") or () if isinstance(one, dict)]

    def _creates(self, uses: Uses, screen: dict[str, Json]) -> None:
        if not uses.creates or not screen:
            return
        given = {*uses.creates, *self._s.create}
        for name in sorted(given - screen.keys() - {STATUS}):
            self._add(
                f"screen.{name}", f"the screen for new issues does not show {name}", "Add the field to it, or leave it out."
            )
        for name, told in sorted(screen.items()):
            if told.get("required") and not told.get("hasDefaultValue") and name not in given | _NO_CHOICE:
                self._add(
                    f"screen.{name}", f"a new issue needs {name}", "Set it in the mapping, or in `create` of these settings."
                )

    # --- choices ---

    def _choices(self, uses: Uses, screen: dict[str, Json]) -> None:
        for name, wanted in sorted(uses.choices.items()):
            offered = self._offered(name, screen)
            for value in sorted(wanted - offered - {""}) if offered else ():
                self._add(
                    f"fields.{name}", f"the field {name} has no value {value!r}", f"Use one of: {', '.join(sorted(offered))}."
                )
        self._ways(self._statuses() if self._s.workflow else set())

    def _ways(self, statuses: set[str]) -> None:
        known = {status.casefold() for status in statuses}
        for status in sorted({status for target, way in self._s.workflow.items() for status in (target, *way)}):
            if known and status.casefold() not in known:
                self._add("workflow", f"the project has no status {status!r}", f"Use one of: {', '.join(sorted(statuses))}.")

    def _offered(self, name: str, screen: dict[str, Json]) -> set[str]:
        """The values of a field, empty where they cannot be listed."""
        if name == STATUS:
            return self._statuses()
        if name == "priority":
            return self._priorities()
        if name == "resolution":
            return _names(self._api.get("/resolution", "list the resolutions"))
        return _names((screen.get(name) or {}).get("allowedValues") or ())

    def _statuses(self) -> set[str]:
        told = self._api.get(f"/project/{self._s.project}/statuses", "list the statuses")
        return {name for one in told for name in _names(one.get("statuses") or ())}

    def _priorities(self) -> set[str]:
        """Those of the project, where the deployment tells them apart."""
        if not self._s.cloud:
            return _names(self._api.get("/priority", "list the priorities"))
        number = str(self._api.project().get("id", ""))
        return _names(
            self._api.get("/priority/search", "list the priorities", projectId=number, maxResults=200).get("values") or ()
        )

    # --- what the connector itself needs ---

    def _mark(self, kinds: Mapping[str, Kind], screen: dict[str, Json], *, opens: bool) -> None:
        if not opens:
            return
        name = self._s.marker_field or "labels"
        if name not in kinds:
            self._add(
                "marker_field", f"there is no field {name} for our mark", "Create a text field (single line) and name its id."
            )
        elif screen and name not in screen:
            remedy = "Add it to the screen, or name another text field as `marker_field`."
            self._add("marker_field", f"the screen for new issues does not show {name}, where our mark stands", remedy)
        elif self._s.marker_field:
            self._searchable(name)

    def _searchable(self, name: str) -> None:
        try:
            self._api.search(f'project = "{self._s.project}" AND cf[{name.partition("_")[2]}] ~ "connector"', ("updated",), 2)
        except Refused as refused:
            self._add("marker_field", f"{name} cannot be searched: {refused}", "Give the field a searcher, and index it anew.")

    def _places(self) -> None:
        if not self._api.is_service() and not self._s.internal_role:
            remedy = (
                "Name a project role of the staff as `internal_role`, which our account has as well; or use a service project."
            )
            self._add("internal_role", "nothing makes a comment internal in a project that is no service project", remedy)

    def _files(self) -> None:
        told: Json = self._api.get("/attachment/meta", "ask about files")
        if told.get("enabled") is False:
            self._add("attachments", "attachments are switched off", "Switch them on: System, Attachments.")
        limit = told.get("uploadLimit")
        self.learned.file_limit = limit if isinstance(limit, int) else -1


def _names(told: Iterable[Json]) -> set[str]:
    return {str(one.get("name") or one.get("value") or "") for one in told} - {""}
