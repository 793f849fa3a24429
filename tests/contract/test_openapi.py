"""The check against published files finds what is wrong, in requests and in answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.sandbox.core import Request, Response
from tests.contract.openapi import jira_contracts

JSON = {"Content-Type": "application/json;charset=UTF-8"}
SENT = {"content-type": "application/json"}


def request(method: str, path: str, body: Any = None, **query: str) -> Request:
    data = b"" if body is None else json.dumps(body).encode()
    given = {name: [value] for name, value in query.items()}
    return Request(method, path, given, SENT if data else {}, data, "http://jira.test")


def answer(status: int, body: Any = None) -> Response:
    return Response(status, JSON if body is not None else {}, b"" if body is None else json.dumps(body).encode())


MADE = answer(201, {"id": "1", "key": "A-1", "self": "http://jira.test/1"})


@pytest.mark.parametrize(
    ("asked", "answered", "word"),
    [
        (request("POST", "/rest/api/3/issue"), MADE, "body is missing"),
        (request("POST", "/rest/api/3/issue", {"fields": [1]}), MADE, "not of type 'object'"),
        (request("POST", "/rest/servicedeskapi/request/A-1/comment", {"publik": True}), answer(201, {}), "publik"),
        (request("GET", "/rest/api/3/myself", expnad="x"), answer(200, {"accountId": "5b"}), "unknown query parameter expnad"),
        (request("GET", "/rest/api/3/issue/A-1/comment", maxResults="ten"), answer(200, {}), "not of type 'integer'"),
        (request("GET", "/rest/api/3/myself"), answer(200, {"accountId": 7}), "not of type 'string'"),
        (request("GET", "/rest/api/3/myself"), answer(200, {"acountId": "5b"}), "acountId"),
        (request("GET", "/rest/api/3/myself"), answer(200), "an empty answer"),
        (request("GET", "/rest/api/3/myself"), answer(418, {}), "status 418 is not described"),
        (request("POST", "/rest/servicedeskapi/request/A-1/comment", {"body": 3}), answer(201, {}), "not of type 'string'"),
    ],
)
def test_a_fault_is_found(asked: Request, answered: Response, word: str) -> None:
    contracts = jira_contracts(cloud=True)
    contracts.check(asked, answered)
    assert any(word in found for found in contracts.found), contracts.found


def test_what_is_right_is_no_finding_and_what_is_unknown_is_counted() -> None:
    for cloud, path in ((True, "/rest/api/3/issue"), (True, "/ex/jira/77/rest/api/3/issue"), (False, "/jira/rest/api/2/issue")):
        contracts = jira_contracts(cloud=cloud)
        contracts.check(request("POST", path, {"fields": {"summary": "x"}}), MADE)
        contracts.check(request("POST", "/oauth/token", {}), answer(200, {}))
        assert (contracts.found, contracts.checked.total()) == ([], 1)
        assert contracts.undescribed == {"POST /oauth/token": 1}
