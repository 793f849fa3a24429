"""Who may call the simulated Jira, and how often."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from connector.sandbox.jira import DATA_CENTER
from tests.unit.sandbox_jira import URL, USER, Web, doc

PREFIX = "/ex/jira/11111111-2222-3333-4444-555555555555"


@pytest.fixture
def cloud() -> Web:
    return Web()


@pytest.fixture
def center() -> Web:
    return Web(DATA_CENTER)


def myself(web: Web, *, prefix: str = "", **given: Any) -> requests.Response:
    web.session.auth = given.pop("auth", None) or (lambda request: request)
    version = "3" if web.system.cloud else "2"
    return web.session.get(f"{URL}{prefix}/rest/api/{version}/myself", timeout=5, **given)


def test_a_token_without_scopes_is_for_the_site_and_one_with_scopes_for_the_prefix(cloud: Web) -> None:
    token, scoped = cloud.system.secrets.token, cloud.system.secrets.scoped
    assert myself(cloud, auth=(USER, token)).status_code == 200
    assert myself(cloud, auth=(USER, scoped)).status_code == 401
    assert myself(cloud, auth=(USER, scoped), prefix=PREFIX).json()["self"].startswith(f"{URL}{PREFIX}/rest/api/3/user?")
    assert myself(cloud, auth=(USER, token), prefix=PREFIX).json() == {"code": 401, "message": "Unauthorized"}
    assert myself(cloud, auth=(USER, scoped), prefix="/ex/jira/another").status_code == 404


def test_a_refresh_token_serves_once(cloud: Web) -> None:
    secrets = cloud.system.secrets
    base = {"client_id": secrets.client_id, "client_secret": secrets.client_secret, "grant_type": "refresh_token"}

    def renew(token: str) -> requests.Response:
        return cloud.session.post(f"{URL}/oauth/token", json={**base, "refresh_token": token}, timeout=5)

    first = renew(secrets.refresh_token).json()
    again = renew(secrets.refresh_token)
    assert (again.status_code, again.json()["error"]) == (403, "invalid_grant")
    second = renew(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    bearer = {"Authorization": f"Bearer {second['access_token']}"}
    assert myself(cloud, headers=bearer, prefix=PREFIX).status_code == 200
    assert myself(cloud, headers=bearer).status_code == 401
    cloud.clock.now += 3601
    assert myself(cloud, headers=bearer, prefix=PREFIX).status_code == 401
    third = renew(second["refresh_token"]).json()
    cloud.system.expire_tokens()
    assert myself(cloud, headers={"Authorization": f"Bearer {third['access_token']}"}, prefix=PREFIX).status_code == 401


def test_data_center_takes_a_personal_token_and_may_ask_for_a_person(center: Web) -> None:
    assert myself(center, headers={"Authorization": f"Bearer {center.system.secrets.pat}"}).json()["name"] == USER
    assert myself(center, headers={"Authorization": "Bearer wrong"}).status_code == 401
    center.system.denied = True
    answer = myself(center, auth=(USER, center.system.secrets.token))
    assert (answer.status_code, "CAPTCHA" in answer.headers["x-authentication-denied-reason"]) == (403, True)


def test_where_nobody_may_read_a_wrong_login_reads_nothing(cloud: Web) -> None:
    ref = cloud.anna()
    cloud.system.anonymous = True
    cloud.session.auth = (USER, "wrong")
    assert cloud.call("GET", f"issue/{ref}").status_code == 404
    assert cloud.found("project = SUP") == []
    assert cloud.call("GET", "myself").status_code == 401
    assert cloud.call("GET", "serverInfo").status_code == 200


def test_many_writes_of_one_issue_are_limited_and_others_are_not(cloud: Web) -> None:
    ref, other = cloud.anna(), cloud.anna()
    codes = [cloud.call("PUT", f"issue/{ref}", {"fields": {"summary": f"n{n}"}}).status_code for n in range(21)]
    assert codes == [204] * 20 + [429]
    answer = cloud.call("PUT", f"issue/{ref}", {"fields": {"summary": "x"}})
    told = {name: answer.headers[name] for name in ("Retry-After", "RateLimit-Reason", "X-RateLimit-Remaining")}
    assert told == {"Retry-After": "2", "RateLimit-Reason": "jira-per-issue-on-write", "X-RateLimit-Remaining": "0"}
    assert cloud.system.ticket(ref).fields["summary"] == "n19"
    assert cloud.call("PUT", f"issue/{other}", {"fields": {"summary": "x"}}).status_code == 204
    assert cloud.call("GET", f"issue/{ref}").status_code == 200
    cloud.clock.now += 2
    assert cloud.call("PUT", f"issue/{ref}", {"fields": {"summary": "x"}}).status_code == 204


def test_data_center_has_a_bucket(center: Web) -> None:
    center.system.bucket = (3, 1, 10.0)
    answers = [center.call("GET", "myself") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert [a.headers["X-RateLimit-Remaining"] for a in answers] == ["2", "1", "0", "0"]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 10
    center.clock.now += 10
    assert center.call("GET", "myself").status_code == 200


def test_a_permission_may_be_lacking(cloud: Web) -> None:
    ref = cloud.anna()
    cloud.system.lacks = {"ADD_COMMENTS", "EDIT_ISSUES", "TRANSITION_ISSUES"}
    have = cloud.get("mypermissions?permissions=ADD_COMMENTS,CREATE_ISSUES")["permissions"]
    assert {name: one["havePermission"] for name, one in have.items()} == {"ADD_COMMENTS": False, "CREATE_ISSUES": True}
    assert cloud.refused("POST", f"issue/{ref}/comment", {"body": doc("x")})[0] == 403
    assert cloud.refused("PUT", f"issue/{ref}", {"fields": {"summary": "x"}})[0] == 403
    assert cloud.get(f"issue/{ref}/transitions")["transitions"] == []


def test_a_burst_is_limited(cloud: Web) -> None:
    cloud.system.burst = 2
    assert [cloud.call("GET", "myself").status_code for _ in range(3)] == [200, 200, 429]
    cloud.clock.now += 1.5
    assert cloud.call("GET", "myself").status_code == 200


def test_each_flavour_has_its_own_paths(cloud: Web, center: Web) -> None:
    assert cloud.session.get(f"{URL}/rest/api/2/myself", timeout=5).status_code == 200
    assert center.session.get(f"{URL}/jira/rest/api/2/myself", timeout=5).status_code == 200
    assert center.session.get(f"{URL}/rest/api/3/myself", timeout=5).status_code == 404
    assert center.call("POST", "issue/bulkfetch", {"issueIdsOrKeys": ["1"]}).status_code in (404, 405)
    assert (cloud.get("serverInfo")["deploymentType"], center.get("serverInfo")["deploymentType"]) == ("Cloud", "Server")
    assert set(cloud.get("myself")) >= {"accountId", "timeZone"}
    assert "name" not in cloud.get("myself")
    assert set(center.get("myself")) >= {"name", "key"}


def test_calls_have_names_and_questions_are_no_writes(cloud: Web) -> None:
    seen = []
    cloud.world.on_call = lambda call: seen.append((call.label, call.write)) if call.phase == "before" else None
    ref = cloud.anna()
    cloud.call("POST", "issue/bulkfetch", {"issueIdsOrKeys": [ref]})
    cloud.call("POST", "search/jql", {"jql": "project = SUP"})
    cloud.call("PUT", f"issue/{ref}", {"fields": {"summary": "x"}})
    cloud.call("POST", f"issue/{ref}/comment", {})
    cloud.desk("GET", "servicedesk")
    assert seen == [
        ("POST issue/bulkfetch", False),
        ("POST search/jql", False),
        ("PUT issue", True),
        ("POST issue/comment", True),
        ("GET servicedesk", False),
    ]
