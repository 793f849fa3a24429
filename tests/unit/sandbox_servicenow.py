"""A bench for the simulated ServiceNow: a world with a clock to turn, and the connector's session."""

from __future__ import annotations

from typing import Any

import requests

from connector.sandbox.core import World
from connector.sandbox.servicenow import ServiceNow
from connector.sandbox.transport import InProcess

BASE = "https://sn.example"
INCIDENT = "/api/now/v2/table/incident"


class Bench:
    """A world with one instance, a clock to turn and the connector's session."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC
        self.world = World(lambda: self.time, seed=7)
        self.sn = ServiceNow(self.world)
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.auth = ("connector", "connector-secret")
        self.http.mount(BASE, InProcess(self.world, self.sn))

    def get(self, path: str = INCIDENT, status: int = 200, **params: str) -> requests.Response:
        answer = self.http.get(BASE + path, params=params)
        assert answer.status_code == status, answer.text
        return answer

    def rows(self, query: str = "", table: str = "incident", **params: Any) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.get(f"/api/now/v2/table/{table}", sysparm_query=query, **params).json()["result"]
        return found

    def post(self, status: int = 201, **fields: str) -> requests.Response:
        answer = self.http.post(BASE + INCIDENT, json=fields)
        assert answer.status_code == status, answer.text
        return answer

    def patch(self, ref: str, status: int = 200, **fields: str) -> dict[str, str]:
        answer = self.http.patch(f"{BASE}{INCIDENT}/{ref}", json=fields, params={"sysparm_exclude_reference_link": "true"})
        assert answer.status_code == status, answer.text
        found: dict[str, str] = answer.json()["result" if status == 200 else "error"]
        return found

    def one(self, ref: str, status: int = 200, **params: str) -> dict[str, object]:
        found: dict[str, object] = self.get(f"{INCIDENT}/{ref}", status, **params).json()["result" if status == 200 else "error"]
        return found

    def fault_next(self, fault: str, verb: str) -> None:
        """The next call of this verb meets a fault, no other."""
        left = [fault]
        self.world.choose_fault = lambda call: left.pop() if left and call.label.startswith(verb) else None

    def new(self, **fields: str) -> str:
        return self.sn.create("lena.l1", {"short_description": "Calls drop", "caller_id": "carl.caller", **fields})
