"""Backup and restore as an operator does them: under load, from scripts, and killed in the middle."""

from __future__ import annotations

import subprocess
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from connector.sandbox.rewind import become_another, go_back, remember
from connector.store.store import Store
from tests.process.place import Place, command, eventually
from tests.process.test_daemon import INCIDENT, ready

WAITS = "    timing:\n      poll_s: 0.3\n"
QUICK = "      settle_s: 0.2\n      read_lag_s: 0.2\n      find_lag_s: 0.2\n"


def quick(here: Place) -> None:
    """No write lands late here, so that a restored bond need not be waited for."""
    text = here.config.read_text(encoding="utf-8")
    text = text.replace("      user: connector\n", f"      user: connector\n{QUICK}")
    here.config.write_text(text.replace(WAITS, f"{WAITS}      call_timeout_s: 2\n      lease_s: 4.5\n"), encoding="utf-8")


def agreed(here: Place, pairs: int) -> bool:
    """Every incident has one case with one copy of its comment."""
    cases = [case for case in here.otrs.tickets() if case.ours]
    said = [[c.text for c in case.comments if c.ours and "please look" in c.text] for case in cases]
    return len(cases) == pairs and all(len(texts) == 1 for texts in said)


def talk(here: Place, n: int) -> None:
    ref = here.servicenow.create("lena.l1", {**INCIDENT, "short_description": f"incident {n}"})
    here.servicenow.comment(ref, "lena.l1", f"please look at {n}", public=True)


@pytest.mark.slow
def test_a_backup_under_load_restores_to_a_store_that_loses_and_doubles_nothing(here: Place) -> None:
    quick(here)
    with here.daemon() as daemon:
        assert ready(daemon)
        people = threading.Thread(target=lambda: list(map(partial(talk, here), range(12))))
        people.start()
        backups = []
        for n in range(3):
            backups.append(here.json("backup", f"{here.folder}/backup-{n}")["manifest"])
            time.sleep(0.3)
        people.join()
        assert eventually(lambda: agreed(here, 12))
        assert "error" in here.json("restore", f"{here.folder}/backup-1", "--yes", code=2)  # the daemon runs
        assert daemon.stop()[0] == 0
    done = here.json("restore", f"{here.folder}/backup-1", "--yes", "--by", "ann")
    assert done["bonds"] == backups[1]["tables"]["bond"]
    assert Path(done["kept"]).exists()
    found = here.json("audit", "verify")
    assert [restore["by"] for restore in found["restores"]] == ["ann"]
    daemon.log.unlink()  # the next one tells its own port
    writes = sum(counts["write"] for counts in here.world.calls.values())
    with here.daemon() as daemon:
        assert ready(daemon)
        assert eventually(lambda: here.json("status")["connections"][0]["states"]["linked"] == 12)
        assert eventually(lambda: not any(bond.adrift for bond in bonds(here)))
        time.sleep(1)
        daemon.stop()
    assert agreed(here, 12)
    assert sum(counts["write"] for counts in here.world.calls.values()) == writes
    assert here.json("audit", "verify")["verified"]


def bonds(here: Place) -> list:  # type: ignore[type-arg] # whatever they are
    store = Store.open(f"sqlite:///{here.folder}/store.db")
    try:
        return store.bonds()
    finally:
        store.close()


def test_a_restore_that_is_killed_leaves_the_old_store_or_the_new_one(here: Place) -> None:
    store = Store.open(f"sqlite:///{here.folder}/store.db")
    store.set_fact("which", "old")
    here.json("backup", f"{here.folder}/backup")
    store.set_fact("which", "present")
    store.close()
    seen = set()
    for n in range(8):
        line = command("restore", f"{here.folder}/backup", "--yes", "--json", "--config", str(here.config))
        with subprocess.Popen(line, cwd=here.folder, env=here.environment, stdout=subprocess.DEVNULL) as process:
            eventually(lambda: any(here.folder.glob("store.db.restoring*")))
            time.sleep(0.01 * n)
            process.kill()
        store = Store.open(f"sqlite:///{here.folder}/store.db")
        seen.add(store.fact("which"))
        store.close()
    assert seen <= {"present", "old"}
    assert "present" in seen  # at least one was cut short in time
    here.json("restore", f"{here.folder}/backup", "--yes")
    store = Store.open(f"sqlite:///{here.folder}/store.db")
    assert store.fact("which") == "old"
    store.close()


def test_wrong_use_says_what_helps(here: Place) -> None:
    here.json("backup", f"{here.folder}/backup")
    assert "overwrites nothing" in here.json("backup", f"{here.folder}/backup", code=2)["error"]
    assert "--yes" in here.json("restore", f"{here.folder}/backup", code=2)["error"]
    assert "no backup" in here.json("restore", str(here.config), "--yes", code=2)["error"]
    plain = here.call("restore", f"{here.folder}/backup", "--yes")
    assert (plain.exit_code, "restored: 0 bonds" in plain.output) == (0, True)


def hints(here: Place) -> int:
    """How often bonds were made due."""
    store = Store.open(f"sqlite:///{here.folder}/store.db")
    try:
        return sum(work.hints for bond in store.bonds() if (work := store.work_of(bond.id)))
    finally:
        store.close()


@pytest.mark.slow
def test_a_sweep_reports_what_differs_and_makes_it_due(here: Place) -> None:
    with here.daemon() as daemon:
        assert ready(daemon)
        refs = [here.servicenow.create("lena.l1", {**INCIDENT, "short_description": f"incident {n}"}) for n in range(3)]
        assert eventually(lambda: here.json("status")["connections"][0]["states"]["linked"] == 3)
        assert eventually(lambda: here.call("sweep", "--report-only").exit_code == 0)
        daemon.stop()
    number = here.servicenow.ticket(refs[0]).number
    here.servicenow.edit(refs[0], "lena.l1", {"short_description": "another title"})
    before = hints(here)
    found = here.json("sweep", "--report-only", code=1)
    (one,) = found["connections"]
    assert (found["drifted"], one["bonds"], one["agree"], one["counts"]["change"]) == (1, 3, 2, 1)
    assert [(t["number"], [f["what"] for f in t["findings"]]) for t in one["tickets"]] == [(number, ["title"])]
    assert here.json("sweep", refs[1])["drifted"] == 0
    assert hints(here) == before  # it was only reported
    assert here.json("sweep", number, "--connection", "acme", code=1)["marked_due"]
    assert hints(here) == before + 1
    plain = here.call("sweep")
    assert (plain.exit_code, "2 of 3 bonds agree; 1 do not" in plain.output) == (1, True)
    assert "no bond has the ticket" in here.json("sweep", "INC404", code=1)["error"]
    assert "acme" in here.json("sweep", "--connection", "other", code=2)["error"]
    here.world.choose_fault = lambda call: "refused" if call.system == "otrs" else None
    assert "vendor" in here.json("sweep", code=2)["error"]


@pytest.mark.slow
def test_a_portal_that_went_back_is_told_and_accepted(here: Place) -> None:
    quick(here)
    text = here.config.read_text(encoding="utf-8")
    here.config.write_text(text.replace("      poll_s: 0.3\n", "      poll_s: 0.3\n      sweep_s: 2\n"), encoding="utf-8")
    with here.daemon() as daemon:
        assert ready(daemon)
        refs = [here.servicenow.create("lena.l1", {**INCIDENT, "short_description": f"incident {n}"}) for n in range(4)]
        assert eventually(lambda: here.json("status")["connections"][0]["states"]["linked"] == 4)
        assert eventually(lambda: here.call("sweep", "--report-only").exit_code == 0)
        past = remember(here.otrs)
        for ref in refs:
            here.servicenow.comment(ref, "lena.l1", "please look at it", public=True)
        assert eventually(lambda: agreed(here, 4))
        time.sleep(1.5)  # another second in the portal's times
        go_back(here.otrs, past)
        assert eventually(lambda: daemon.get("/readyz")[0] == 503, 40)
        assert "the vendor's system went back in time" in daemon.get("/readyz")[1]
        assert daemon.get("/healthz")[0] == 200
        assert 'connector_writes_stopped{connection="acme",side="vendor"} 1.0' in daemon.get("/metrics")[1]
        assert daemon.event("writes_stopped")["bonds"] >= 3
        (stopped,) = here.json("status")["connections"][0]["stopped"]
        assert (stopped["side"], len(stopped["examples"]) >= 3) == ("vendor", True)
        assert "release --system vendor" in here.call("status").output
        assert "nothing is stopped" in here.json("release", "--system", "customer", code=2)["error"]
        assert here.call("release").exit_code == 2
        assert not agreed(here, 4)
        done = here.json("release", "--system", "vendor", "--connection", "acme", "--by", "ann")
        assert done["bonds"] == 4
        assert eventually(lambda: agreed(here, 4), 40)  # what people wrote is there again
        assert eventually(lambda: daemon.get("/readyz")[0] == 200)
        daemon.stop()
    assert here.json("audit", "verify")["verified"]


@pytest.mark.slow
def test_another_instance_behind_the_address_is_noticed_at_the_next_start(here: Place) -> None:
    with here.daemon() as daemon:
        assert ready(daemon)
        daemon.stop()
    daemon.log.unlink()
    become_another(here.servicenow, "acme-test")
    with here.daemon() as daemon:
        assert eventually(lambda: "it says it is instance_id=id-of-acme-test" in daemon.get("/readyz")[1], 40)
        here.servicenow.create("lena.l1", INCIDENT)
        here.json("release", "--system", "customer")
        assert eventually(lambda: daemon.get("/readyz")[0] == 200)
        assert eventually(lambda: len(here.otrs.tickets()) == 1, 40)  # now it is taken
        daemon.stop()
