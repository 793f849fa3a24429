"""The command line as a process: what it prints, and its exit codes."""

from __future__ import annotations

import json
import signal
import subprocess

import pytest
import requests

from connector.store.records import Birth, Bond, BondState, Standing, UnitState, Withheld
from connector.store.store import Store
from connector.words import Side
from tests.process.place import ROOT, Place, command

ITEM = "customer:r1:comment:c1"


@pytest.fixture
def parked(here: Place) -> Place:
    """A store with one parked ticket, of which a comment and a unit were refused as well."""
    store = Store.open(f"sqlite:///{here.folder}/store.db")
    bond = Bond("b1", "acme", BondState.LINKED, store.clock(), title="Mail is down")
    bond.side(Side.CUSTOMER).ref, bond.side(Side.CUSTOMER).number = "r1", "INC0010001"
    bond.withheld[ITEM] = Withheld("the portal refused it", parked=True)
    standing = Standing({"priority": "1"}, {"Priority": "3 normal"}, "refused_by_system", "no such priority", 0.0, parked=True)
    bond.units["priority"] = UnitState({}, standing)
    store.advance("acme", Side.CUSTOMER, "x", [Birth(bond, Side.CUSTOMER, "r1", store.clock(), {"kind": "born"})])
    [claim] = store.claim("acme", "test")
    store.park(claim, "eight attempts failed")
    store.close()
    return here


def bond_of(here: Place) -> Bond:
    store = Store.open(f"sqlite:///{here.folder}/store.db")
    try:
        [bond] = store.bonds("acme")
        return bond
    finally:
        store.close()


def test_version_and_wrong_usage() -> None:
    shown = subprocess.run(command("--version"), capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stdout) == (0, "0.1.0\n")
    assert subprocess.run(command("no-such-command"), capture_output=True, check=False).returncode == 2


def test_help_names_every_command() -> None:
    shown = subprocess.run(command("--help"), capture_output=True, text=True, check=True).stdout
    for name in ("sandbox", "run", "check", "status", "sync", "parked", "release", "retry", "answer", "audit", "migrate"):
        assert f" {name} " in shown


def test_wrong_settings_are_all_told_before_any_request(here: Place) -> None:
    here.extra = {"TEST_PASSWORD": "", "CONNECTOR_DAEMON__LISTEN": "here"}
    for name in ("check", "status", "parked"):
        problems = here.json(name, code=2)["problems"]
        assert [p["place"].split()[-1] for p in problems] == [
            "CONNECTOR_DAEMON__LISTEN",
            "connections.acme.customer.password_env",
            "connections.acme.vendor.password_env",
        ]
        assert all(p["remedy"] for p in problems)
    assert here.call("run").exit_code == 2
    assert here.world.n == 0


def test_check(here: Place) -> None:
    offline = here.json("check", "--offline")
    assert (offline["ok"], offline["problems"]) == (True, [])
    [finding] = offline["findings"]
    assert "no installation file is named" in finding["message"]
    assert here.world.n == 0
    assert here.run("check").stdout == "fine: acme\n"
    here.extra = {"CONNECTOR_CONNECTIONS__ACME__VENDOR__PASSWORD": "wrong"}
    [problem] = here.json("check", code=1)["problems"]
    assert problem["place"].startswith("acme.vendor")
    assert "wrong" not in problem["message"]
    assert here.otrs.tickets() == []


def test_check_tells_findings_apart_from_problems(here: Place) -> None:
    example = (ROOT / "config" / "installation.example.yaml").read_text(encoding="utf-8")
    (here.folder / "installation.yaml").write_text(example[: example.index("  - name: Jonas")], encoding="utf-8")
    settings = here.config.read_text(encoding="utf-8")
    here.config.write_text(
        settings.replace("    customer:\n", "    installation: installation.yaml\n    customer:\n", 1), "utf-8"
    )
    found = here.json("check")
    assert (found["ok"], found["problems"]) == (True, [])
    [finding, untold] = found["findings"]
    assert finding["place"] == f"{here.folder}/installation.yaml:{example[: example.index('roster:')].count(chr(10)) + 2} roster"
    assert "1 of at least 2 persons" in finding["message"]
    assert "ticket INC0012345 leads no case of acme" in untold["message"]
    shown = here.call("check", "--offline")
    assert (shown.exit_code, shown.stdout) == (0, "fine: acme (offline: no system was asked)\n")
    assert shown.stderr.startswith("Findings")
    here.extra = {"CONNECTOR_CONNECTIONS__ACME__VENDOR__PASSWORD": "wrong"}
    assert [len(here.json("check", code=1)[key]) for key in ("problems", "findings")] == [1, 2]


def test_status_and_parked_tell_what_waits(parked: Place) -> None:
    [connection] = parked.json("status")["connections"]
    assert (connection["bonds"], connection["parked"], connection["states"]["linked"]) == (1, 1, 1)
    assert connection["tickets"][0]["number"] == "INC0010001"
    assert "eight attempts failed" in parked.call("status").stdout
    rows = parked.json("parked", code=1)["parked"]
    assert [(row["what"], row["reason"]) for row in rows] == [
        ("ticket", "eight attempts failed"),
        ("priority", "no such priority"),
        (ITEM, "the portal refused it"),
    ]


def test_release_goes_on_without_what_was_refused(parked: Place) -> None:
    assert parked.json("release", "INC0010001", "--by", "olga") == {"ok": True, "ticket": "INC0010001", "bonds": ["b1"]}
    assert [row["what"] for row in parked.json("parked", code=1)["parked"]] == ["priority", ITEM]


def test_retry_plans_anew_what_was_refused(parked: Place) -> None:
    assert parked.json("retry", "inc0010001", "--by", "olga")["bonds"] == ["b1"]
    assert parked.json("parked") == {"parked": []}
    bond = bond_of(parked)
    assert (bond.withheld, bond.units["priority"].standing) == ({}, None)
    exported = parked.folder / "audit.jsonl"
    parked.json("audit", "export", str(exported))
    assert '"by\\":\\"olga\\"' in exported.read_text(encoding="utf-8")


def test_sync_makes_due_and_an_unknown_ticket_is_told(parked: Place) -> None:
    assert parked.json("sync", "r1")["bonds"] == ["b1"]
    assert "no bond has the ticket" in parked.json("sync", "INC9", code=1)["error"]


def test_audit_verify_finds_what_was_edited(parked: Place) -> None:
    exported = parked.folder / "audit.jsonl"
    lines = parked.json("audit", "export", str(exported))["lines"]
    assert lines == len(exported.read_text(encoding="utf-8").splitlines())
    assert parked.json("audit", "verify")["verified"]
    assert parked.json("audit", "verify", str(exported))["verified"]
    exported.write_text(exported.read_text(encoding="utf-8").replace("eight attempts", "nine attempts"), encoding="utf-8")
    assert parked.json("audit", "verify", str(exported), code=1)["problems"]
    assert parked.json("audit", "verify", "--anchor", "1:abc", code=1)["problems"]


def test_migrate_a_new_and_a_current_store(here: Place) -> None:
    assert here.json("migrate")["ok"]
    assert here.json("migrate") == {"ok": True, "steps": []}
    assert here.json("status")["connections"][0]["bonds"] == 0


@pytest.mark.parametrize("tls", [False, True])
def test_sandbox_says_where_it_is_and_serves_until_a_signal(tls: bool) -> None:
    arguments = ("--tls",) if tls else ()
    with subprocess.Popen(command("sandbox", "--json", *arguments), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        where = json.loads(process.stdout.readline())
        try:
            assert {name: set(part) for name, part in where.items() if name != "ca"} == {
                "servicenow": {"url", "user", "password"},
                "otrs": {"url", "wsdl", "user", "password"},
                "jira": {"url", "user", "token", "project", "issue_type"},
                "request_tracker": {"url", "user", "password", "token"},
                "jsm": {"url", "user", "password", "service_desk", "request_type"},
            }
            assert bool(where["ca"]) == tls
            desk = where["servicenow"]
            verify = where["ca"] or True
            answer = requests.get(
                f"{desk['url']}/api/now/v2/table/incident",
                auth=(desk["user"], desk["password"]),
                headers={"Accept": "application/json"},
                verify=verify,
                timeout=10,
            )
            assert (answer.status_code, answer.json()) == (200, {"result": []})
            jira = where["jira"]
            made = requests.post(
                f"{jira['url']}/rest/api/2/issue",
                auth=(jira["user"], jira["token"]),
                json={"fields": {"project": {"key": jira["project"]}, "issuetype": {"name": jira["issue_type"]}, "summary": "x"}},
                verify=verify,
                timeout=10,
            )
            assert (made.status_code, made.json()["key"]) == (201, f"{jira['project']}-1")
            assert answer.headers["X-Total-Count"] == "0"
            past = requests.get(
                f"{desk['url']}/api/now/table/sys_audit", auth=(desk["user"], desk["password"]), verify=verify, timeout=10
            )
            assert {row["tablename"] for row in past.json()["result"]} == {"incident"}
            portal = where["jsm"]
            desks = requests.get(
                f"{portal['url']}/rest/servicedeskapi/servicedesk",
                auth=(portal["user"], portal["password"]),
                verify=verify,
                timeout=10,
            )
            assert [one["projectKey"] for one in desks.json()["values"]] == [portal["service_desk"]]
            assert requests.get(where["otrs"]["wsdl"], verify=verify, timeout=10).text.startswith("<?xml")
            assert desk["url"].startswith("https" if tls else "http:")
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
