"""The simulated ServiceNow answers as the real one: queries, display values, paging, rights, files, tokens."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from tests.unit.sandbox_servicenow import BASE, INCIDENT, Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


# -- reading


def test_an_invalid_part_of_a_query_is_ignored(bench: Bench) -> None:
    bench.new(category="software")
    bench.new(category="network")
    assert len(bench.rows("categry=software")) == 2
    assert len(bench.rows("categry=software^category=network")) == 1
    assert len(bench.rows("category EQUALS software")) == 2
    assert len(bench.rows("caller_id.nope=1^ORDERBYnope")) == 2
    bench.sn.properties["glide.invalid_query.returns_no_rows"] = "true"
    assert bench.rows("categry=software") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("category=b", "2"),
        ("category!=b", "1345"),
        ("categoryINa,b", "12"),
        ("categoryNOT INa,b", "345"),
        ("categoryISEMPTY", "5"),
        ("categoryISNOTEMPTY^category!=a", "234"),
        ("short_descriptionLIKEeta", "23"),
        ("short_descriptionNOT LIKEeta", "145"),
        ("short_descriptionSTARTSWITHa", "1"),
        ("short_descriptionENDSWITHta", "24"),
        ("urgency<2", "12"),
        ("urgency<=2^category=b^ORcategory=c", "23"),
        ("category=a^NQcategory=d", "14"),
        ("category=a^urgency=3^NQcategory=dd^ORcategory=d", "4"),
        ("sys_created_onBETWEEN2023-11-14 22:13:21@2023-11-14 22:13:22", "23"),
        ("sys_created_on>2023-11-14 22:13:22", "45"),
        ("sys_created_on<javascript:gs.dateGenerate('2023-11-14','22:13:21')", "1"),
        ("caller_id.email=cora.caller@customer.example", "4"),
        ("assignment_group.name=Service Desk", "3"),
        ("ORDERBYDESCcategory", "43215"),
        ("ORDERBYurgency^ORDERBYDESCcategory", "21345"),
        ("category=B", ""),
        ("^EQ", "12345"),
    ],
)
def test_encoded_queries(bench: Bench, query: str, found: str) -> None:
    rows: list[dict[str, str]] = [
        {"category": "a", "short_description": "alpha", "urgency": "1"},
        {"category": "b", "short_description": "beta", "urgency": "1"},
        {"category": "c", "short_description": "beta blocker", "urgency": "2", "assignment_group": "Service Desk"},
        {"category": "d", "short_description": "delta", "urgency": "3", "caller_id": "cora.caller"},
        {"category": "", "short_description": "epsilon", "urgency": "3"},
    ]
    names = {}
    for i, fields in enumerate(rows, 1):
        names[bench.new(**fields)] = str(i)
        bench.time += 1
    got = "".join(names[row["sys_id"]] for row in bench.rows(query))
    assert got == found if "ORDER" in query else sorted(got) == sorted(found)


def test_fields_display_values_and_links(bench: Bench) -> None:
    ref = bench.new(assignment_group="Service Desk", cmdb_ci="PBX 7", impact="1")
    fields = "number,impact,caller_id,caller_id.email,assignment_group.name,cmdb_ci,cmdb_ci.name,nope,assigned_to"
    raw = bench.one(ref, sysparm_fields=fields)
    assert list(raw) == [name for name in fields.split(",") if name != "nope"]
    assert raw["cmdb_ci"] == {"link": f"{BASE}/api/now/v2/table/cmdb_ci/PBX 7", "value": "PBX 7"}
    assert (raw["caller_id.email"], raw["assignment_group.name"], raw["cmdb_ci.name"], raw["assigned_to"]) == (
        "carl.caller@customer.example",
        "Service Desk",
        "PBX 7",
        "",
    )
    plain = bench.one(ref, sysparm_fields="caller_id", sysparm_exclude_reference_link="true")
    shown = bench.one(ref, sysparm_fields="caller_id,impact", sysparm_display_value="true")
    assert isinstance(shown["caller_id"], dict)
    assert shown["impact"] == "1 - High"
    assert (shown["caller_id"]["display_value"], shown["caller_id"]["link"].rpartition("/")[2]) == (
        "Carl Caller",
        plain["caller_id"],
    )
    both = bench.one(ref, sysparm_fields="caller_id,impact", sysparm_display_value="all", sysparm_exclude_reference_link="true")
    assert both == {
        "caller_id": {"display_value": "Carl Caller", "value": plain["caller_id"]},
        "impact": {"display_value": "1 - High", "value": "1"},
    }
    user = bench.get(f"/api/now/table/sys_user/{plain['caller_id']}").json()["result"]
    assert (user["user_name"], user["name"]) == ("carl.caller", "Carl Caller")


def test_paging_headers(bench: Bench) -> None:
    refs = [bench.new() for _ in range(5)]
    page = bench.get(sysparm_query="ORDERBYnumber", sysparm_limit="2", sysparm_offset="2")
    assert [row["sys_id"] for row in page.json()["result"]] == refs[2:4]
    assert page.headers["X-Total-Count"] == "5"
    assert [link.split("rel=")[1] for link in page.headers["Link"].split(",")] == ['"first"', '"prev"', '"next"', '"last"']
    assert page.links["next"]["url"] == f"{BASE}{INCIDENT}?sysparm_query=ORDERBYnumber&sysparm_limit=2&sysparm_offset=4"
    assert len(bench.http.get(page.links["last"]["url"]).json()["result"]) == 1
    bare = bench.get(sysparm_no_count="true", sysparm_suppress_pagination_header="true", category="")
    assert "X-Total-Count" not in bare.headers
    assert "Link" not in bare.headers
    assert bench.get("/api/now/stats/incident", sysparm_count="true", sysparm_query="number>INC0010002").json()["result"] == {
        "stats": {"count": "3"}
    }


def test_access_rules_shorten_a_page_after_the_limit(bench: Bench) -> None:
    refs = [bench.new() for _ in range(4)]
    bench.sn.comment(refs[0], "lena.l1", "secret", public=False)
    bench.sn.attach(refs[0], "lena.l1", "a.txt", b"a")
    bench.sn.hidden = {refs[0], refs[1]}
    first = bench.get(sysparm_query="ORDERBYnumber", sysparm_limit="2")
    assert (first.json()["result"], first.headers["X-Total-Count"]) == ([], "4")
    assert [row["sys_id"] for row in bench.rows("ORDERBYnumber", sysparm_limit="2", sysparm_offset="1")] == [refs[2]]
    assert bench.one(refs[0], 404)["detail"] == "Record doesn't exist or ACL restricts the record retrieval"
    bench.patch(refs[0], 404, category="x")
    assert bench.rows(f"element_id={refs[0]}", "sys_journal_field") == []
    assert bench.get("/api/now/attachment").json()["result"] == []
    bench.sn.hidden.clear()
    assert len(bench.rows()) == 4


def test_only_incidents_are_written(bench: Bench) -> None:
    error = bench.http.post(f"{BASE}/api/now/table/sys_user", json={"name": "x"})
    assert (error.status_code, error.json()["error"]["detail"]) == (
        403,
        "ACL Exception Insert Failed due to security constraints",
    )
    assert bench.get("/api/now/table/nope", 400).json() == {
        "error": {"message": "Invalid table nope", "detail": None},
        "status": "failure",
    }
    assert bench.get("/api/now/batch", 400).json()["error"]["message"] == "Requested URI does not represent any resource"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Accept": None}, b"{}", 400),
        ({"Content-Type": None}, b"{}", 400),
        ({"Accept": "text/html"}, b"{}", 406),
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({}, b"{broken", 400),
        ({}, b"3", 400),
        ({}, b'[{"category": "a", "active": true, "impact": 1}, {"category": "b"}]', 201),
    ],
)
def test_what_a_write_must_declare(bench: Bench, headers: Mapping[str, str | None], body: bytes, status: int) -> None:
    bench.http.headers["Content-Type"] = "application/json"
    given = {**bench.http.headers, **headers}
    bench.http.headers.clear()
    answer = bench.http.post(BASE + INCIDENT, data=body, headers={k: v for k, v in given.items() if v is not None})
    assert answer.status_code == status
    assert [ticket.fields["category"] for ticket in bench.sn.tickets()] == (["a"] if status == 201 else [])


def test_methods(bench: Bench) -> None:
    ref = bench.new()
    head = bench.http.head(f"{BASE}{INCIDENT}/{ref}")
    assert (head.status_code, head.content) == (200, b"")
    overridden = bench.http.post(f"{BASE}{INCIDENT}/{ref}", json={"category": "a"}, headers={"X-HTTP-Method-Override": "PATCH"})
    assert overridden.json()["result"]["category"] == "a"
    silent = bench.http.patch(f"{BASE}{INCIDENT}/{ref}", json={"category": "b"}, headers={"X-no-response-body": "true"})
    assert (silent.status_code, silent.content) == (200, b"")
    assert bench.http.post(f"{BASE}{INCIDENT}/{ref}", json={}).status_code == 405
    assert bench.http.delete(f"{BASE}/api/now/stats/incident").status_code == 405
    assert bench.world.calls["servicenow"] == {"read": 1, "write": 4}


# -- journal, audit, choices, dictionary


def test_the_journal_read_both_ways(bench: Bench) -> None:
    ref = bench.new()
    bench.sn.comment(ref, "carl.caller", "first", public=True)
    bench.time += 60
    bench.patch(ref, comments="second\nline", work_notes="internal")
    rows = bench.rows(f"element_id={ref}^elementINcomments,work_notes^ORDERBYsys_created_on", "sys_journal_field")
    assert [(row["element"], row["value"], row["sys_created_by"], row["name"]) for row in rows] == [
        ("comments", "first", "carl.caller", "incident"),
        ("comments", "second\nline", "connector", "incident"),
        ("work_notes", "internal", "connector", "incident"),
    ]
    shown = bench.one(ref, sysparm_display_value="all")
    assert shown["comments"] == {
        "value": "",
        "display_value": "2023-11-14 22:14:20 - Connector Integration (Additional comments)\nsecond\nline\n\n"
        "2023-11-14 22:13:20 - Carl Caller (Additional comments)\nfirst\n\n",
    }
    bench.sn.zone = ZoneInfo("Europe/Berlin")
    local = bench.one(ref, sysparm_display_value="true")
    assert str(local["work_notes"]).startswith("2023-11-14 23:14:20 - Connector Integration (Work notes)")
    assert local["sys_created_on"] == "2023-11-14 23:13:20"
    bench.sn.journal_rights = False
    assert bench.rows(f"element_id={ref}", "sys_journal_field") == []


def test_the_audit_tells_who_changed_what_at_which_count(bench: Bench) -> None:
    ref = bench.new(impact="3", urgency="3")
    bench.sn.edit(ref, "omar.l1", {"impact": "1", "work_notes": "urgent"})
    bench.patch(ref, category="network")
    rows = bench.rows(f"documentkeyIN{ref}^tablename=incident", "sys_audit")
    assert [(r["fieldname"], r["oldvalue"], r["newvalue"], r["user"], r["record_checkpoint"]) for r in rows] == [
        ("impact", "3", "1", "omar.l1", "1"),
        ("priority", "5", "3", "omar.l1", "1"),
        ("work_notes", "", "urgent", "omar.l1", "1"),
        ("category", "", "network", "connector", "2"),
    ]
    bench.sn.audit_rights = False
    assert bench.rows(f"documentkeyIN{ref}", "sys_audit") == []


def test_choices_and_dictionary(bench: Bench) -> None:
    bench.sn.choices["state"]["10"] = "With vendor"
    states = bench.rows("name=incident^element=state^ORDERBYsequence", "sys_choice")
    assert [(row["value"], row["label"]) for row in states][-2:] == [("8", "Canceled"), ("10", "With vendor")]
    assert len(bench.rows("nameINincident,task^elementINimpact,urgency,priority", "sys_choice")) == 11
    bench.sn.read_only = {"state"}
    bench.sn.max_length = {"correlation_id": 50}
    rows = {
        row["element"]: row for row in bench.rows("nameINincident,task", "sys_dictionary", sysparm_exclude_reference_link="true")
    }
    assert rows["short_description"]["mandatory"] == "true"
    assert (rows["state"]["internal_type"], rows["state"]["read_only"], rows["state"]["name"]) == ("integer", "true", "task")
    assert (rows["caller_id"]["reference"], rows["correlation_id"]["max_length"]) == ("sys_user", "50")
    one = bench.get(f"/api/now/table/sys_dictionary/{rows['state']['sys_id']}").json()["result"]
    assert one["internal_type"]["value"] == "integer"


# -- files


def test_files_up_and_down(bench: Bench) -> None:
    ref = bench.new()
    data = random.Random(1).randbytes(5000) + b"\r\n--\r\n"
    params = {"table_name": "incident", "table_sys_id": ref, "file_name": "trace.bin"}
    url = f"{BASE}/api/now/attachment"
    up = bench.http.post(f"{url}/file", params=params, data=data, headers={"Content-Type": "application/x-trace"})
    assert up.status_code == 201
    meta = up.json()["result"]
    assert up.headers["Location"] == f"{url}/{meta['sys_id']}"
    assert (meta["size_bytes"], meta["hash"], meta["content_type"]) == (
        str(len(data)),
        hashlib.sha256(data).hexdigest(),
        "application/x-trace",
    )
    down = bench.http.get(meta["download_link"])
    assert down.content == data
    assert down.headers["Content-Type"] == "application/x-trace"
    assert json.loads(down.headers["X-Attachment-Metadata"])["file_name"] == "trace.bin"
    assert bench.get(f"/api/now/attachment/{meta['sys_id']}").json()["result"] == meta
    assert bench.one(ref)["sys_mod_count"] == "0"

    form = bench.http.post(
        f"{url}/upload", data={"table_name": "incident", "table_sys_id": ref}, files={"uploadFile": ("b.bin", data, "image/png")}
    )
    assert form.status_code == 201
    assert (form.json()["result"]["hash"], form.json()["result"]["content_type"]) == (meta["hash"], "image/png")
    listed = bench.get("/api/now/attachment", sysparm_query=f"table_name=incident^table_sys_idIN{ref}^ORDERBYfile_name")
    assert [row["file_name"] for row in listed.json()["result"]] == ["b.bin", "trace.bin"]
    assert listed.headers["X-Total-Count"] == "2"
    assert len(bench.rows(f"table_sys_id={ref}^hash={meta['hash']}", "sys_attachment")) == 2

    assert bench.http.delete(f"{url}/{meta['sys_id']}").status_code == 204
    bench.get(f"/api/now/attachment/{meta['sys_id']}/file", 404)
    assert [(file.text, file.deleted, file.size) for file in bench.sn.ticket(ref).files] == [
        ("trace.bin", True, len(data)),
        ("b.bin", False, len(data)),
    ]


def test_files_that_are_refused(bench: Bench) -> None:
    ref = bench.new()
    bench.sn.max_attachment, bench.sn.extensions = 10, {"txt"}

    def send(name: str, data: bytes, to: str = ref) -> tuple[int, str]:
        params = {"table_name": "incident", "table_sys_id": to, "file_name": name}
        headers = {"Content-Type": "text/plain"}
        answer = bench.http.post(f"{BASE}/api/now/attachment/file", params=params, data=data, headers=headers)
        return answer.status_code, answer.json().get("status", "")

    assert send("a.txt", b"x" * 11) == (413, "failure")
    assert send("a.exe", b"x") == (403, "failure")
    assert send("", b"x") == (400, "failure")
    assert send("a.txt", b"x", "0" * 32) == (404, "failure")
    assert send("a.TXT", b"x") == (201, "")
    assert [file.text for file in bench.sn.ticket(ref).files] == ["a.TXT"]


# -- access


def test_wrong_credentials(bench: Bench) -> None:
    bench.http.auth = ("connector", "wrong")
    answer = bench.get(status=401)
    assert answer.json() == {
        "error": {"message": "User Not Authenticated", "detail": "Required to provide Auth information"},
        "status": "failure",
    }
    bench.http.auth = None
    bench.get(status=401)


def _token(bench: Bench, status: int = 200, **form: str) -> dict[str, object]:
    client = {"client_id": "connector", "client_secret": "connector-client-secret"}
    answer = requests.Request("POST", f"{BASE}/oauth_token.do", data={**client, **form}).prepare()
    got = bench.http.send(answer)
    assert got.status_code == status, got.text
    found: dict[str, object] = got.json()
    return found


def test_oauth(bench: Bench) -> None:
    login: dict[str, Any] = {"username": "connector", "password": "connector-secret"}
    first = _token(bench, grant_type="password", **login)
    assert (first["expires_in"], first["token_type"], first["scope"]) == (1799, "Bearer", "useraccount")
    bench.http.auth = None
    bench.http.headers["Authorization"] = f"Bearer {first['access_token']}"
    bench.get()
    bench.time += 1000
    again = _token(bench, grant_type="client_credentials")
    assert (again["access_token"], again["expires_in"]) == (first["access_token"], 799)
    bench.time += 800
    bench.get(status=401)
    new = _token(bench, grant_type="refresh_token", refresh_token=str(first["refresh_token"]))
    assert new["access_token"] != first["access_token"]
    assert new["refresh_token"] == first["refresh_token"]
    bench.http.headers["Authorization"] = f"Bearer {new['access_token']}"
    bench.get()
    bench.fault_next("expired", "GET")
    bench.get(status=401)
    assert _token(bench, 401, grant_type="password", username="connector", password="no")["error_description"] == "access_denied"
    assert _token(bench, 401, grant_type="client_credentials", client_secret="no")["error"] == "invalid_client"
    as_json = bench.http.post(f"{BASE}/oauth_token.do", json={"grant_type": "client_credentials"})
    assert as_json.status_code == 400


def test_requests_an_hour(bench: Bench) -> None:
    bench.sn.rate_limit = 2
    assert bench.get().headers["X-RateLimit-Limit"] == "2"
    bench.get()
    denied = bench.get(status=429)
    assert denied.json()["error"]["message"] == "Rate limit exceeded"
    wait = int(denied.headers["Retry-After"])
    assert int(denied.headers["X-RateLimit-Reset"]) == bench.time + wait
    bench.time += wait
    bench.get()
