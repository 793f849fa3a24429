"""The simulated ServiceNow behaves as the real one: through a requests session, and by its people."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from connector.sandbox.core import Cast, Deed, World
from connector.sandbox.servicenow import ServiceNow
from connector.sandbox.servicenow_data import Column
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


@pytest.fixture
def bench() -> Bench:
    return Bench()


# -- records


def test_a_new_incident_is_answered_whole_with_its_place(bench: Bench) -> None:
    answer = bench.post(short_description="No dial tone", impact="1", urgency="2", u_unknown="x")
    record = answer.json()["result"]
    assert answer.headers["Location"] == f"{BASE}{INCIDENT}/{record['sys_id']}"
    assert len(record["sys_id"]) == 32
    assert (record["number"], record["state"], record["incident_state"], record["priority"]) == ("INC0010001", "1", "1", "2")
    assert (record["sys_mod_count"], record["active"], record["comments"]) == ("0", "true", "")
    assert record["sys_created_on"] == record["sys_updated_on"] == record["opened_at"] == "2023-11-14 22:13:20"
    assert record["sys_created_by"] == "connector"
    assert "u_unknown" not in record
    flat = {name: value for name, value in record.items() if not isinstance(value, dict)}
    assert all(isinstance(value, str) for value in flat.values())
    assert set(record["opened_by"]) == {"link", "value"}
    assert record["caller_id"] == ""


@pytest.mark.parametrize("prefix", ["/api/now", "/api/now/v1", "/api/now/v2"])
def test_every_version_of_the_path_answers(bench: Bench, prefix: str) -> None:
    ref = bench.new()
    record = bench.get(f"{prefix}/table/incident/{ref}").json()["result"]
    assert record["caller_id"]["link"] == f"{BASE}{prefix}/table/sys_user/{record['caller_id']['value']}"
    bench.get(f"{prefix}/table/incident", sysparm_query="number=none", status=404 if "v1" in prefix else 200)


def test_priority_follows_impact_and_urgency_only(bench: Bench) -> None:
    ref = bench.new(impact="2", urgency="2")
    assert bench.patch(ref, priority="1")["priority"] == "3"
    assert bench.one(ref)["sys_mod_count"] == "0"
    assert bench.patch(ref, urgency="1", priority="5")["priority"] == "2"
    with_odd_values = bench.patch(ref, state="", impact="soon")
    assert (with_odd_values["state"], with_odd_values["impact"]) == ("1", "2")


def test_a_read_only_field_is_dropped_with_200(bench: Bench) -> None:
    bench.sn.read_only = {"category"}
    ref = bench.new(category="software")
    answer = bench.patch(ref, category="network", subcategory="vpn", sys_id="0" * 32, number="INC1")
    assert (answer["category"], answer["subcategory"], answer["sys_id"], answer["number"]) == (
        "software",
        "vpn",
        ref,
        "INC0010001",
    )
    bench.sn.edit(ref, "lena.l1", {"category": "network"})
    assert bench.one(ref)["category"] == "network"


def test_one_save_counts_once_and_nothing_changed_counts_not_at_all(bench: Bench) -> None:
    ref = bench.new(category="software")
    bench.time += 5
    assert bench.patch(ref, category="software", u_nothing="x")["sys_updated_on"] == "2023-11-14 22:13:20"
    answer = bench.patch(ref, category="network", comments="changed", work_notes="why")
    assert (answer["sys_mod_count"], answer["sys_updated_on"], answer["sys_updated_by"]) == (
        "1",
        "2023-11-14 22:13:25",
        "connector",
    )
    assert bench.patch(ref, comments="  ")["sys_mod_count"] == "1"


def test_long_texts_are_cut_silently(bench: Bench) -> None:
    bench.sn.max_length = {"description": 5, "comments": 4}
    ref = bench.new()
    answer = bench.patch(ref, short_description="s" * 200, description="d" * 10, comments="c" * 10)
    assert (len(answer["short_description"]), answer["description"]) == (160, "ddddd")
    assert [comment.text for comment in bench.sn.ticket(ref).comments] == ["cccc"]


def test_a_field_of_the_customer_and_a_hidden_one(bench: Bench) -> None:
    bench.sn.add_column(Column("u_case", "Vendor case", max_length=20, owner="incident"))
    ref = bench.new()
    assert bench.patch(ref, u_case="C-1")["u_case"] == "C-1"
    bench.sn.hidden_fields = {"u_case"}
    assert "u_case" not in bench.one(ref)
    assert bench.rows("name=incident^element=u_case", "sys_dictionary")[0]["column_label"] == "Vendor case"


def test_null_clears_and_a_missing_field_stays(bench: Bench) -> None:
    ref = bench.new(category="software", correlation_id="marker")
    answer = bench.http.put(f"{BASE}{INCIDENT}/{ref}", json={"category": None}).json()["result"]
    assert (answer["category"], answer["correlation_id"]) == ("", "marker")


def test_delete_and_gone(bench: Bench) -> None:
    ref, other = bench.new(), bench.new()
    assert bench.http.delete(f"{BASE}{INCIDENT}/{ref}").status_code == 204
    bench.sn.delete(other)
    for gone in (ref, other):
        assert bench.one(gone, 404)["message"] == "No Record found"
        bench.patch(gone, 404, category="x")
        with pytest.raises(LookupError):
            bench.sn.ticket(gone)
    assert bench.sn.tickets() == []
    assert bench.rows() == []


# -- life cycle and policies


def test_resolving_needs_code_and_notes(bench: Bench) -> None:
    ref = bench.new(state="2")
    error = bench.patch(ref, 403, state="6", close_code="Solution provided")
    assert error["message"] == "Operation Failed"
    assert error["detail"] == "Data Policy Exception: The following fields are mandatory: Resolution notes"
    assert bench.one(ref)["sys_mod_count"] == "0"
    solved = bench.patch(ref, state="6", close_code="Solution provided", close_notes="Restarted")
    assert (solved["state"], solved["incident_state"], solved["active"]) == ("6", "6", "true")
    assert solved["resolved_at"] == "2023-11-14 22:13:20"
    assert solved["resolved_by"] == bench.sn.add_user("connector")
    closed = bench.patch(ref, state="7")
    assert (closed["active"], closed["closed_at"]) == ("false", "2023-11-14 22:13:20")
    reopened = bench.patch(ref, state="2")
    assert (reopened["active"], reopened["closed_at"], reopened["resolved_at"]) == ("true", "", "")
    with pytest.raises(ValueError, match="Resolution notes"):
        bench.sn.edit(ref, "lena.l1", {"state": "6", "close_notes": ""})


def test_on_hold_needs_its_reason_and_the_caller_a_question(bench: Bench) -> None:
    ref = bench.new(state="2")
    assert "On hold reason" in bench.patch(ref, 403, state="3")["detail"]
    assert bench.patch(ref, 403, state="3", hold_reason="1")["detail"].endswith("mandatory: Additional comments")
    with pytest.raises(ValueError, match="Additional comments"):
        bench.sn.edit(ref, "lena.l1", {"state": "3", "hold_reason": "1"})
    held = bench.patch(ref, state="3", hold_reason="1", comments="Which version?")
    assert (held["state"], held["hold_reason"], held["sys_mod_count"]) == ("3", "1", "1")
    bench.patch(ref, category="software")  # the question was asked: no second one is due
    assert bench.patch(ref, state="2")["hold_reason"] == ""


def test_the_callers_comment_ends_awaiting_caller(bench: Bench) -> None:
    ref = bench.new(state="3", hold_reason="1", comments="Which version?")
    bench.sn.comment(ref, "lena.l1", "Still waiting", public=True)
    bench.sn.comment(ref, "carl.caller", "internal?", public=False)
    bench.patch(ref, comments="We too")
    assert bench.one(ref)["state"] == "3"
    bench.sn.comment(ref, "carl.caller", "Version 7", public=True)
    record = bench.one(ref)
    assert (record["state"], record["hold_reason"], record["sys_mod_count"]) == ("2", "", "4")


def test_where_any_comment_wakes_ours_does_too(bench: Bench) -> None:
    bench.sn.any_comment_wakes = True
    ref = bench.new(state="3", hold_reason="1", comments="Which version?")
    assert bench.patch(ref, comments="From the vendor")["state"] == "2"


def test_more_mandatory_fields_and_refused_moves(bench: Bench) -> None:
    bench.sn.mandatory = {"2": ("assignment_group", "work_notes")}
    bench.sn.refuse_moves = {("2", "8")}
    ref = bench.new()
    assert bench.patch(ref, 403, state="2")["detail"].endswith("mandatory: Assignment group, Work notes")
    assert bench.patch(ref, state="2", assignment_group="Service Desk", work_notes="taken")["state"] == "2"
    assert bench.patch(ref, category="software")["category"] == "software"
    detail = bench.patch(ref, 403, state="8")["detail"]
    assert detail.startswith("Operation against file 'incident' was aborted by Business Rule 'Guard incident state^")
    bench.sn.edit(ref, "lena.l1", {"state": "8"})
    assert bench.one(ref)["active"] == "false"


def test_people_meet_the_forms_limits(bench: Bench) -> None:
    with pytest.raises(ValueError, match="unknown state: -100"):
        bench.new(state="-100")
    with pytest.raises(ValueError, match="no such field: u_typo"):
        bench.new(u_typo="x")
    ref = bench.new()
    with pytest.raises(ValueError, match="empty comment"):
        bench.sn.comment(ref, "lena.l1", " ", public=True)
    bench.sn.choices["state"]["-100"] = "Imported"
    bench.sn.edit(ref, "lena.l1", {"state": "-100"})
    assert bench.one(ref, sysparm_display_value="true")["state"] == "Imported"


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


# -- time and faults


def test_a_read_can_be_answered_from_the_past(bench: Bench) -> None:
    ref = bench.new(category="software")
    bench.time += 100
    bench.patch(ref, category="network")
    bench.time += 1
    bench.sn.edit(ref, "lena.l1", {"category": "hardware", "comments": "late"})
    file = bench.sn.attach(ref, "lena.l1", "a.txt", b"a")
    other = bench.new()
    bench.sn.delete(ref)

    def stale(by: float, path: str, **params: str) -> requests.Response:
        bench.world.stale_by = by
        bench.fault_next("stale", "GET")
        return bench.http.get(BASE + path, params=params)

    assert bench.one(ref, 404)
    seen = stale(0.5, f"{INCIDENT}/{ref}").json()["result"]
    assert (seen["category"], seen["sys_mod_count"], seen["sys_updated_by"]) == ("network", "1", "connector")
    assert stale(50, f"{INCIDENT}/{ref}").json()["result"]["category"] == "software"
    assert stale(500, f"{INCIDENT}/{ref}").status_code == 404
    listed = stale(0.5, INCIDENT, sysparm_query="sys_updated_on>=2023-11-14 22:15:00")
    assert [row["sys_id"] for row in listed.json()["result"]] == [ref]
    assert bench.rows("sys_updated_on>=2023-11-14 22:15:00", sysparm_fields="sys_id") == [{"sys_id": other}]
    assert stale(0.5, f"/api/now/attachment/{file}").status_code == 404
    assert stale(0.5, "/api/now/table/sys_journal_field").json()["result"] == []
    assert stale(0.5, "/api/now/stats/incident", sysparm_count="true").json()["result"]["stats"]["count"] == "1"


def test_a_row_that_changed_often_is_listed_once(bench: Bench) -> None:
    ref, quiet = bench.new(), bench.new()
    for word in ("a", "b", "c"):
        bench.time += 1
        bench.patch(ref, category=word)
    keyset = f"sys_updated_on>2023-11-14 22:13:20^NQsys_updated_on=2023-11-14 22:13:20^sys_id>{min(ref, quiet)[:4]}"
    found = [row["sys_id"] for row in bench.rows(f"{keyset}^ORDERBYsys_updated_on^ORDERBYsys_id")]
    assert found == [quiet, ref]
    assert bench.rows("sys_updated_on=2023-11-14 22:13:21") == []
    assert [row["sys_id"] for row in bench.rows(f"sys_idIN{quiet},{ref},{quiet}^ORDERBYnumber")] == [ref, quiet]


def test_a_lost_answer_leaves_its_effect(bench: Bench) -> None:
    bench.fault_next("answer_lost", "POST incident")
    with pytest.raises(requests.exceptions.ReadTimeout):
        bench.post(short_description="once", correlation_id="m1")
    assert [row["correlation_id"] for row in bench.rows("correlation_id=m1")] == ["m1"]


def test_a_write_that_comes_twice_is_two_records(bench: Bench) -> None:
    bench.fault_next("twice", "POST incident")
    bench.post(short_description="once")
    bench.time += 10
    bench.world.tick()
    assert len(bench.sn.tickets()) == 2


def test_a_late_write_lands_after_a_while(bench: Bench) -> None:
    ref = bench.new()
    bench.fault_next("late", "PATCH incident")
    with pytest.raises(requests.exceptions.ReadTimeout):
        bench.patch(ref, comments="late", category="network")
    assert bench.one(ref)["category"] == ""
    bench.time += 10
    assert bench.rows(f"element_id={ref}", "sys_journal_field")[0]["value"] == "late"
    assert bench.one(ref)["category"] == "network"


# -- people and the judge


def test_deeds_tell_everything(bench: Bench) -> None:
    ref = bench.sn.create("new.person", {"short_description": "x", "comments": "hello"})
    start = len(bench.world.deeds)
    entry = bench.sn.ticket(ref).comments[0].id
    bench.patch(ref, state="6", close_code="Solution provided", close_notes="done", work_notes="note")
    bench.sn.attach(ref, "carl.caller", "a.txt", b"a")
    born = bench.world.deeds[:start]
    assert born[0] == Deed(bench.time, "servicenow", "new.person", False, "create", ref)  # noqa: FBT003
    told = {deed.field: (deed.old, deed.new) for deed in born if deed.what == "field"}
    assert told["priority"] == ("", "5")
    assert told["short_description"] == ("", "x")
    assert [(d.field, d.new, d.public, d.item) for d in born if d.what == "comment"] == [("comments", "hello", True, entry)]
    later = bench.world.deeds[start:]
    assert all(deed.ours for deed in later[:-1])
    assert {(d.field, d.old, d.new, d.public) for d in later if d.field in ("state", "close_notes", "work_notes")} == {
        ("state", "1", "6", False),
        ("close_notes", "", "done", True),
        ("work_notes", None, "note", False),
    }
    assert (later[-1].what, later[-1].who, later[-1].ours, later[-1].new) == ("file", "carl.caller", False, "a.txt")


def test_the_judges_view(bench: Bench) -> None:
    ref = bench.new()
    ours = bench.post(short_description="ours").json()["result"]
    comment = bench.sn.comment(ref, "lena.l1", "internal", public=False)
    bench.patch(ref, comments="public")
    cast: Cast = bench.sn
    ticket, made = cast.tickets()
    assert (ticket.ref, ticket.number, ticket.who, ticket.ours, made.ours) == (ref, "INC0010001", "lena.l1", False, True)
    assert [(c.id == comment, c.text, c.public, c.ours) for c in ticket.comments] == [
        (True, "internal", False, False),
        (False, "public", True, True),
    ]
    assert bench.sn.find("INC0010002") == made.ref == ours["sys_id"]
    with pytest.raises(LookupError):
        bench.sn.find("INC0000001")


def test_a_clone_carries_the_marker(bench: Bench) -> None:
    ref = bench.new(correlation_id="marker", state="2", assignment_group="Vendor Support")
    bench.sn.comment(ref, "lena.l1", "not copied", public=True)
    copy = bench.sn.ticket(bench.sn.clone(ref, "omar.l1"))
    assert (copy.number, copy.who, copy.fields["correlation_id"], copy.fields["state"]) == (
        "INC0010002",
        "omar.l1",
        "marker",
        "1",
    )
    assert copy.fields["assignment_group"] == bench.sn.add_group("Vendor Support")
    assert copy.comments == ()


def test_an_unknown_person_appears(bench: Bench) -> None:
    bench.sn.add_user("pia.p", "Pia Paulsen", "pia@customer.example")
    ref = bench.new(caller_id="Pia Paulsen", number="INC0000045")
    bench.sn.comment(ref, "nobody.yet", "hi", public=True)
    users = {row["user_name"]: row["name"] for row in bench.rows("user_nameINnobody.yet,pia.p", "sys_user")}
    assert users == {"nobody.yet": "Nobody Yet", "pia.p": "Pia Paulsen"}
    assert bench.one(ref, sysparm_fields="caller_id.email") == {"caller_id.email": "pia@customer.example"}
    assert bench.sn.find("INC0000045") == ref


def test_many_incidents_stay_quick(bench: Bench) -> None:
    """A replay's size: what is looked up by key or by time does not scan everything."""
    refs = []
    for _ in range(2000):
        bench.time += 60
        refs.append(bench.new())
    table = bench.sn.tables["incident"]
    for query, most in (
        (f"sys_idIN{','.join(refs[:100])}", 100),
        ("sys_updated_on>=2023-11-16 07:00:00^state=1^ORDERBYsys_updated_on", 60),
        (f"number=INC0010005^NQsys_idIN{refs[0]}", 1),
    ):
        parsed = bench.sn.query("incident", query)
        assert all(len(list(table._candidates(group))) <= most for group in parsed.groups)
        assert bench.rows(query)
