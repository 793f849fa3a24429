"""A simulated Jira in process, for tests that speak HTTP to it themselves."""

from __future__ import annotations

from typing import Any

import requests

from connector.sandbox.core import World
from connector.sandbox.jira import CLOUD, Jira
from connector.sandbox.transport import InProcess
from tests.contract.openapi import FOLDER, Watched, jira_contracts

URL = "http://jira.test"
USER, TOKEN = "connector@example.com", "connector-secret"
XSRF = {"X-Atlassian-Token": "no-check"}


class Clock:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


class Web:
    """One site, its world, and a session that is logged in; paths are those below the platform's root."""

    def __init__(self, flavour: str = CLOUD, *, api: str = "", **given: Any) -> None:
        self.clock = Clock()
        self.world = World(self.clock, seed=3)
        self.system = Jira(self.world, flavour=flavour, **given)
        # every answer in these tests is as Atlassian describes it, where the descriptions are at hand
        self.contracts = jira_contracts(cloud=self.system.cloud) if FOLDER.is_dir() else None
        watched = Watched(self.system, self.contracts, requests=False) if self.contracts else self.system
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount(URL, InProcess(self.world, watched))
        self.session.auth = (USER, TOKEN)
        self.root = f"{URL}/rest/api/{api or ('3' if flavour == CLOUD else '2')}/"
        self.desk_root = f"{URL}/rest/servicedeskapi/"

    def call(self, method: str, path: str, body: Any = None, **given: Any) -> requests.Response:
        return self._asked(method, self.root + path, body, **given)

    def desk(self, method: str, path: str, body: Any = None, **given: Any) -> requests.Response:
        return self._asked(method, self.desk_root + path, body, **given)

    def _asked(self, method: str, url: str, body: Any, **given: Any) -> requests.Response:
        answer = self.session.request(method, url, json=body, timeout=5, **given)
        assert not (self.contracts and self.contracts.found), self.contracts
        return answer

    def get(self, path: str, **given: Any) -> Any:
        answer = self.call("GET", path, **given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def found(self, jql: str, **params: Any) -> list[str]:
        """Ids of what a search finds on its first page."""
        path = "search/jql" if self.system.cloud else "search"
        return [issue["id"] for issue in self.get(path, params={"jql": jql, **params})["issues"]]

    def anna(self, summary: str = "Printer on fire", **fields: str) -> str:
        """What a person opens."""
        return self.system.create("anna", {"summary": summary, **fields})

    def refused(self, method: str, path: str, body: Any = None, **given: Any) -> tuple[int, str]:
        """The status and the words of a refusal."""
        answer = self.call(method, path, body, **given)
        said = answer.json()
        return answer.status_code, "; ".join([*said["errorMessages"], *said["errors"].values()])


def doc(*words: str) -> dict[str, Any]:
    """A document of paragraphs."""
    inside = [{"type": "paragraph", "content": [{"type": "text", "text": word}]} for word in words]
    return {"type": "doc", "version": 1, "content": inside}
