"""Searches of the simulated Jira: what they find, what they do not find yet, and how they go on."""

from __future__ import annotations

import pytest

from connector.sandbox.jira import CLOUD, DATA_CENTER
from connector.sandbox.jira_data import MARKER
from tests.unit.sandbox_jira import Web


@pytest.fixture(params=[CLOUD, DATA_CENTER])
def web(request: pytest.FixtureRequest) -> Web:
    return Web(request.param)


@pytest.fixture
def cloud() -> Web:
    return Web()


def test_conditions(web: Web) -> None:
    fire = web.anna("Printer on fire", labels="hot red", description="since noon", **{MARKER: "k1-0123"})
    web.system.edit(fire, "anna", {"status": "In Progress", "priority": "Highest"})
    web.system.comment(fire, "anna", "a needle", public=True)
    cold = web.anna("Cold coffee", project="DEV")
    found = {
        "project = SUP": [fire],
        'project in ("SUP", DEV) ORDER BY id': [fire, cold],
        "labels = hot AND labels = red": [fire],
        "labels is EMPTY": [cold],
        "labels not in (hot)": [cold],
        'status = "In Progress"': [fire],
        "statusCategory != Done ORDER BY key DESC": [cold, fire],
        'priority = Highest OR summary ~ "coffee" ORDER BY id ASC': [fire, cold],
        'NOT (summary ~ "fire")': [cold],
        'summary ~ "print*"': [fire],
        'summary ~ "pri"': [],
        'text ~ "needle"': [fire],
        'cf[10100] ~ "k1-0123"': [fire],
        '"Connector Marker" ~ "\\"k1-0123\\""': [fire],
        'cf[10100] ~ "k1-9999"': [],
        "reporter is not EMPTY ORDER BY created ASC, id ASC": [fire, cold],
        f"id in ({fire}, {cold}) ORDER BY id": [fire, cold],
        "key = SUP-1": [fire],
    }
    assert {jql: web.found(jql) for jql in found} == found


@pytest.mark.parametrize(
    ("jql", "word"),
    [
        ("project = NOPE", "does not exist for the field 'project'"),
        ("key = SUP-77", "does not exist for field 'key'"),
        ("nonsense = 1", "Field 'nonsense' does not exist"),
        ('cf[10100] = "x"', "operator '=' is not supported"),
        ('labels ~ "x"', "operator '~' is not supported"),
        ("issue.property[connector].marker = k1", "does not exist"),
        ("project = SUP AND", "ends where more was expected"),
        ("project = SUP updated > 1", "Expecting either 'OR' or 'AND'"),
        ("updated >= yesterday", "is invalid"),
    ],
)
def test_a_wrong_query_is_refused(web: Web, jql: str, word: str) -> None:
    status, words = web.refused("GET", "search/jql" if web.system.cloud else "search", params={"jql": jql})
    assert (status, word in words) == (400, True), words


def test_times_are_numbers_or_minutes_in_the_profiles_zone(web: Web) -> None:
    ref = web.anna()
    at = int(web.clock.now * 1000)
    assert web.found(f"updated >= {at} AND project = SUP") == [ref]
    assert web.found(f"updated > {at} AND project = SUP") == []
    web.clock.now += 59  # 13:14:19 UTC, within the same minute
    web.system.edit(ref, "anna", {"summary": "x"})
    assert web.found('updated >= "2026-09-21 14:14"') == [ref]
    assert web.found('updated >= "2026-09-21 14:15"') == []
    web.system.zone = "Europe/Berlin"
    assert web.found('updated >= "2026/09/21 16:14"') == [ref]
    assert web.found('updated >= "2026-09-21 16:15"') == []
    web.clock.now += 3600
    assert web.found('updated >= "-30m"') == []
    assert web.found("updated >= -2h") == [ref]


def test_the_index_lags_and_reads_by_id_do_not(cloud: Web) -> None:
    cloud.system.search_lag = 30
    ref = cloud.anna()
    assert cloud.found("project = SUP") == []
    assert cloud.found("project = SUP", reconcileIssues=ref) == [ref]
    assert cloud.get(f"issue/{ref}")["id"] == ref
    cloud.clock.now += 31
    cloud.system.edit(ref, "anna", {"summary": "new"})
    (stale,) = cloud.get("search/jql?jql=project = SUP&fields=summary")["issues"]
    assert stale["fields"]["summary"] == "Printer on fire"
    cloud.clock.now += 31
    (fresh,) = cloud.get("search/jql?jql=project = SUP&fields=summary")["issues"]
    assert fresh["fields"]["summary"] == "new"


def test_pages_go_on_where_the_last_one_ended_whatever_changes(cloud: Web) -> None:
    refs = []
    for n in range(7):
        refs.append(cloud.anna(f"n{n}"))
        cloud.clock.now += 1
    body: dict[str, object] = {"jql": "project = SUP ORDER BY updated ASC, id ASC", "maxResults": 3, "fields": ["summary"]}
    page = cloud.call("POST", "search/jql", body).json()
    assert ([one["id"] for one in page["issues"]], page["isLast"]) == (refs[:3], False)
    cloud.system.edit(refs[0], "anna", {"summary": "changed"})  # now the last one
    seen = []
    while token := page.get("nextPageToken"):
        page = cloud.call("POST", "search/jql", {**body, "nextPageToken": token}).json()
        seen += [one["id"] for one in page["issues"]]
    assert (seen, page["isLast"]) == ([*refs[3:], refs[0]], True)
    assert cloud.refused("POST", "search/jql", {**body, "nextPageToken": "junk"})[0] == 400


def test_data_center_pages_by_numbers() -> None:
    web = Web(DATA_CENTER)
    refs = [web.anna(f"n{n}") for n in range(5)]
    page = web.get("search?jql=ORDER BY id&startAt=2&maxResults=2&fields=summary,status")
    assert ([one["id"] for one in page["issues"]], page["total"]) == (refs[2:4], 5)
    assert set(page["issues"][0]["fields"]) == {"summary", "status"}


def test_cloud_wants_bounds_and_gives_ids_only_unless_asked(cloud: Web) -> None:
    ref = cloud.anna()
    assert cloud.refused("GET", "search/jql?jql=ORDER BY id")[0] == 400
    assert cloud.refused("GET", "search?jql=project=SUP")[0] == 410
    (bare,) = cloud.get("search/jql?jql=project=SUP")["issues"]
    assert (bare["id"], "fields" in bare) == (ref, False)
    (shown,) = cloud.get("search/jql?jql=project=SUP&fields=summary,labels&fields=status")["issues"]
    assert set(shown["fields"]) == {"summary", "labels", "status"}
    assert cloud.call("POST", "search/approximate-count", {"jql": "project = SUP"}).json() == {"count": 1}


def test_what_is_hidden_is_not_found(web: Web) -> None:
    ref, other = web.anna(), web.anna()
    web.system.hidden = {ref}
    assert web.found("project = SUP") == [other]
    assert web.call("GET", f"issue/{ref}").status_code == 404
    assert web.call("PUT", f"issue/{ref}", {"fields": {"summary": "x"}}).status_code == 404


def test_properties_are_found_where_an_app_made_them_searchable(cloud: Web) -> None:
    ref = cloud.anna()
    cloud.call("PUT", f"issue/{ref}/properties/connector", {"marker": "k1-7"})
    cloud.system.indexed_properties = {"connector"}
    assert cloud.found("issue.property[connector].marker = k1-7") == [ref]
    assert cloud.found("issue.property[connector].marker = k1-8") == []
