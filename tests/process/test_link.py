"""``link``, ``unlink`` and ``backfill`` on the command line, against served systems and beside a running daemon."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from connector.store.store import Store
from tests.process.place import Place, command, eventually

OPEN = {"impact": "2", "urgency": "2", "state": "2"}
FOR_VENDOR = {"impact": "2", "urgency": "2", "state": "3", "hold_reason": "4"}


def pair(here: Place, title: str = "Mail is down", case_title: str = "Mail is down") -> tuple[str, str]:
    """The numbers of a ticket and a case that people opened."""
    ref = here.servicenow.create("lena.l1", {"short_description": title, **OPEN})
    here.servicenow.comment(ref, "lena.l1", "said before", public=True)
    case = here.otrs.create("vera", {"Title": case_title, "State": "open"})
    return here.servicenow.ticket(ref).number, here.otrs.ticket(case).number


def listed(here: Place, *lines: str, name: str = "pairs.csv") -> str:
    path = here.folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def everything(here: Place) -> tuple[object, ...]:
    """What stands in both systems and in the store."""
    store = Store.open(f"sqlite:///{here.folder}/store.db")
    try:
        return len(here.world.deeds), store.bonds(), store.audit_size(), store.backfilled("acme"), store.fact("marker_key")
    finally:
        store.close()


def test_a_link_is_shown_made_and_explained(here: Place) -> None:
    ticket, case = pair(here, case_title="Mail does not arrive")
    before = everything(here)
    dry = here.json("link", ticket, case, "--dry-run")
    assert everything(here) == before
    assert (dry["ok"], dry["dry_run"], dry["linked"]) == (True, True, 0)
    [found] = dry["pairs"]
    assert {d["unit"]: d["fate"] for d in found["differences"]} == {
        "title": "stands",
        "status": "own_affair",
        "customer_reference": "written",
        "case_number": "written",
        "case_line": "written",
    }
    assert "not meant for the vendor" in found["warnings"][0]
    shown = here.run("link", ticket.lower(), case, "--by", "olga")
    assert shown.returncode == 0, shown.stderr
    assert f"{ticket} is linked with {case} (bond " in shown.stdout
    assert "What differs" in shown.stdout
    assert here.json("link", ticket, case)["already"] == 1
    told = here.json("explain", ticket)
    assert (told["case"], told["state"]) == (case, "linked")
    assert told["story"][-1]["text"].startswith(f"An operator (olga) linked ticket {ticket} with case {case}")


@pytest.mark.slow
def test_beside_a_running_daemon_links_begin_and_end(here: Place) -> None:
    ticket, case = pair(here)
    with here.daemon() as running:
        running.event("ready")
        here.json("link", ticket, case)
        ref, case_ref = here.servicenow.find(ticket), here.otrs.find(case)
        assert eventually(lambda: here.servicenow.ticket(ref).fields["correlation_id"] == case)
        here.otrs.comment(case_ref, "vera", "we are at it", public=True)
        assert eventually(lambda: any(c.ours and "we are at it" in c.text for c in here.servicenow.ticket(ref).comments))
        assert not any("said before" in c.text for c in here.otrs.ticket(case_ref).comments)
        assert here.call("unlink", ticket).exit_code == 2  # nobody to ask
        ended = unlinked(here, case)
        assert (ended["ticket"], ended["case"], ended["state"]) == (ticket, case, "unlinked")
        assert eventually(lambda: any(c.ours and "has ended" in c.text for c in here.otrs.ticket(case_ref).comments))
        assert eventually(lambda: any(c.ours and "has ended" in c.text for c in here.servicenow.ticket(ref).comments))
        running.stop()
    assert "is linked with nothing" in here.json("unlink", ticket, "--yes", code=1)["error"]
    [row] = [row for row in here.json("status")["connections"][0]["tickets"] if row["number"] == ticket]
    assert row["state"] == "unlinked"


def test_orders_reach_the_exchange_that_lives_and_explain_tells_both(here: Place) -> None:
    ticket, case = pair(here, case_title="Mail does not arrive")
    spare = here.otrs.ticket(here.otrs.create("vera", {"Title": "Another case", "State": "open"})).number
    first = here.json("link", ticket, case)["pairs"][0]["bond"]
    assert here.json("unlink", ticket, "--yes", "--by", "olga")["bond"] == first
    second = here.json("link", ticket, spare)["pairs"][0]["bond"]
    assert second != first
    assert here.json("retry", ticket)["bonds"] == [second]
    shown = here.run("explain", ticket)
    assert f"An operator (olga) ended the exchange of ticket {ticket} with case {case}" in shown.stdout
    assert f"linked ticket {ticket} with case {spare}" in shown.stdout
    assert "is linked with" in here.json("link", ticket, case, code=1)["problems"][0]["message"]


def unlinked(here: Place, name: str) -> Any:
    """Ended, once no call is open any more: the daemon works all the time."""
    told: dict[str, Any] = {}

    def ended() -> bool:
        told.update(json.loads(here.call("unlink", name, "--yes", "--json").output))
        return bool(told["ok"])

    assert eventually(ended), told
    return told


def test_a_list_is_linked_as_a_whole_or_not_at_all(here: Place) -> None:
    pairs = [pair(here, f"number {n}", f"number {n}") for n in range(3)]
    rows = [f"{ticket};{case};whatever" for ticket, case in pairs]
    wrong = listed(here, "Ticket;CASE;remark", rows[0], "INC0999999;999999", rows[1], ";5", rows[0], rows[2])
    told = here.json("link", "--csv", wrong, code=1)
    assert told["linked"] == 0
    assert [p["place"] for p in told["problems"]] == ["line 3", "line 3", "line 5", "line 6"]
    assert all(p["remedy"] for p in told["problems"])
    assert here.json("status")["connections"][0]["bonds"] == 0
    shown = here.call("link", "--csv", wrong)
    assert shown.exit_code == 1
    assert "nothing was linked: mend the rows above" in shown.output
    told = here.json("link", "--csv", wrong, "--skip-wrong", code=1)
    assert (told["linked"], len(told["problems"])) == (3, 4)
    told = here.json("link", "--csv", listed(here, "ticket,case", *(f"{t},{c}" for t, c in pairs)))
    assert (told["linked"], told["already"]) == (0, 3)


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (b"", "line 1", "the file is empty"),
        (b"ticket,case\n", "line 1", "no pair"),
        (b"ticket,number\nINC1,2\n", "line 1", "'case' is not there; found: ticket, number"),
        (b"ticket,case,Case\nINC1,2,3\n", "line 1", "'case' is twice"),
        (b"ticket,case\nINC1,2\nINC\xe4,3\n", "line 3", "no UTF-8"),
        ("ticket,case\nINC1,2\n".encode("utf-16"), "line 1", "no UTF-8"),
        (b'ticket,case\n"INC1,2\n', "line 2", "no CSV"),
    ],
)
def test_a_list_that_cannot_be_read_is_told_with_its_line(here: Place, data: bytes, place: str, message: str) -> None:
    path = here.folder / "bad.csv"
    path.write_bytes(data)
    [problem] = here.json("link", "--csv", str(path), code=2)["problems"]
    assert problem["place"] == f"{path} {place}"
    assert message in problem["message"]
    assert problem["remedy"]
    assert here.world.n == 0


def test_wrong_usage(here: Place) -> None:
    for arguments in (["link"], ["link", "INC1"], ["link", "INC1", "2", "--csv", __file__], ["link", "--csv", "/no/such/file"]):
        assert here.call(*arguments).exit_code == 2
    assert here.call("link", "INC1", "2", "--connection", "other").exit_code == 2
    assert here.call("backfill", "--comments", "--since", "2026-01-01").exit_code == 2
    assert here.call("backfill", "--since", "yesterday").exit_code == 2
    assert here.world.n == 0


@pytest.mark.slow
def test_a_backfill_takes_counts_and_goes_on_after_a_kill(here: Place) -> None:
    here.extra = {"CONNECTOR_CONNECTIONS__ACME__CUSTOMER__PAGE": "4"}
    refs = [here.servicenow.create("lena.l1", {"short_description": f"old {n}", **FOR_VENDOR}) for n in range(30)]
    here.servicenow.edit(refs[0], "lena.l1", {"state": "2", "hold_reason": ""})
    before = everything(here)
    dry = here.json("backfill", "--dry-run")
    assert everything(here) == before
    assert (dry["seen"], dry["taken"], dry["not_for_the_vendor"]) == (30, 29, 1)
    killed = kill_in_the_middle(here)
    assert 0 < killed < 30
    told = here.json("backfill")
    assert (told["seen"], told["taken"], told["known"]) == (30, 29, 0)
    assert here.json("status")["connections"][0]["bonds"] == 29
    again = here.run("backfill", "--since", "2020-01-01")
    assert again.returncode == 0, again.stderr
    assert "30 tickets seen" in again.stdout
    assert "known already" in again.stdout


def kill_in_the_middle(here: Place) -> int:
    """End a backfill by SIGKILL once it has committed a page; returns how many tickets it had taken in."""
    line = command("backfill", "--config", str(here.config))
    here.world.on_call = lambda _call: time.sleep(0.1)  # so that it is in the middle for longer than a busy machine looks away
    with subprocess.Popen(line, cwd=here.folder, env=here.environment, stdout=sys.stderr, stderr=subprocess.STDOUT) as process:
        store = Store.open(f"sqlite:///{here.folder}/store.db")
        try:
            assert eventually(lambda: store.backfilled("acme") is not None)
            process.send_signal(signal.SIGKILL)
            process.wait(10)
            found = store.backfilled("acme")
            assert found is not None
            assert found.taken == len(store.bonds())
            return found.seen
        finally:
            here.world.on_call = lambda _call: None
            store.close()


def test_the_past_travels_when_it_is_asked_for(here: Place) -> None:
    ticket, case = pair(here)
    here.json("link", ticket, case)
    assert here.json("backfill", "--comments", "--dry-run") == {"ok": True, "dry_run": True, "bonds": 1, "items": 2}
    shown = here.call("backfill", "--comments", "--by", "olga")
    assert "2 comments and files of 1 tickets will travel" in shown.output
    with here.daemon() as running:
        case_ref = here.otrs.find(case)
        assert eventually(lambda: any("said before" in c.text for c in here.otrs.ticket(case_ref).comments))
        running.stop()


def test_a_ticket_follows_the_case_of_another_and_is_parted_alone(here: Place) -> None:
    lead, case = pair(here)
    other, _ = pair(here, "Mail is down here too")
    here.json("link", lead, case)
    assert f"connector link {other} {case} --follow" in here.json("link", other, case, code=1)["problems"][0]["remedy"]
    [dry] = here.json("link", other, case, "--follow", "--dry-run")["pairs"]
    assert (dry["follows"], dry["bond"], dry["differences"]) == (lead, None, [])
    shown = here.run("link", "--csv", listed(here, "ticket,case", f"{other},{case}"), "--follow")
    assert shown.returncode == 0, shown.stderr
    assert f"{other} follows {case} (bond " in shown.stdout
    assert here.json("explain", other)["follows"] == f"{case}/{lead}"
    refused = here.json("unlink", lead, "--yes", code=1)["error"]
    assert f"{other} follows it" in refused
    ended = here.json("unlink", other, "--yes", "--by", "olga")
    assert (ended["ticket"], ended["case"], ended["state"]) == (other, case, "unlinked")
    story = here.json("explain", other)
    assert (story["state"], story["story"][-1]["text"].partition(";")[0]) == (
        "unlinked",
        f"An operator (olga) ended the exchange of ticket {other} with case {case}",
    )
    assert f"parted ticket {other} from case {case}" in here.json("explain", lead)["story"][-1]["text"]
