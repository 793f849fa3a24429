"""Two daemons as processes on one PostgreSQL, two simulated systems, and people at work: what the tests of replicas share."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from connector.sandbox.judge import Sentence, Table, judge
from tests.process.place import Place, Running, command, eventually, place

LEASE = 5.0
SETTLE = 8.0
INCIDENTS = 40
COMMENTS = 6

_AWAITING_VENDOR = {"state": "3", "hold_reason": "4", "impact": "2", "urgency": "2", "description": "Since noon."}
_CONNECTION = "CONNECTOR_CONNECTIONS__ACME__"
_QUICK = {
    "TIMING__LEASE_S": str(LEASE),
    "TIMING__CALL_TIMEOUT_S": "2",
    "TIMING__POLL_S": "0.5",
    "TIMING__RETRY_S": "0.5",
    **{f"{side}__{lag}_LAG_S": "0.3" for side in ("CUSTOMER", "VENDOR") for lag in ("READ", "FIND")},
    **{f"{side}__SETTLE_S": str(SETTLE) for side in ("CUSTOMER", "VENDOR")},
}


@dataclass
class Pair:
    """The world, its database, and the two daemons."""

    here: Place
    database: str
    daemons: list[Running] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    acts: int = 0

    # --- people ---

    def incident(self, n: int) -> None:
        fields = {**_AWAITING_VENDOR, "short_description": f"Line {n} is silent", "caller_id": "carl.caller"}
        self.refs.append(self.here.servicenow.create("lena.l1", fields))

    def busy(self) -> None:
        """Everything that people do: all incidents first, then comments of both sides, over some ten seconds."""
        for n in range(INCIDENTS):
            self.incident(n)
            self._a_moment()
        for k in range(COMMENTS):
            for n in range(INCIDENTS):
                self._talk(n, k)
                self._a_moment()

    @property
    def part_done(self) -> float:
        """How much of it, from 0 to 1."""
        return self.acts / (INCIDENTS * (1 + COMMENTS))

    def _a_moment(self) -> None:
        self.acts += 1
        time.sleep(0.03)

    def _talk(self, n: int, k: int) -> None:
        ref = self.refs[n]
        self.here.servicenow.comment(ref, "lena.l1", f"more on line {n}: {k}", public=k % 2 == 1)
        case = next((c for c in self.here.otrs.tickets() if c.fields["Title"] == f"Line {n} is silent"), None)
        if case:
            self.here.otrs.comment(case.ref, "vera.vendor", f"we look into line {n}: {k}", public=True)

    # --- the database ---

    def cut_all_lines(self) -> None:
        """As a restart of the server does."""
        self.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def leader(self) -> str:
        """The process that polls now."""
        found = self.rows("SELECT owner FROM leader WHERE name = 'acme' AND until > %s", time.time())
        return str(found[0][0]) if found else ""

    def by_rank(self) -> tuple[Running, Running]:
        """The daemon that leads, and the other one."""
        leader = self.leader()
        first, second = self.daemons
        return (first, second) if name(first) == leader else (second, first)

    def held_by(self, process: str) -> dict[str, int]:
        """The bonds that a process works on, with the fence of each."""
        found = self.rows("SELECT bond, fence FROM work WHERE starts_with(owner, %s)", process)
        return dict(found)

    # --- the end ---

    def at_rest(self) -> bool:
        """Whether nothing is due, in work or open, and both systems agree on every incident."""
        now = time.time()
        busy = self.rows("SELECT count(*) FROM work WHERE until > %s OR due < %s + 30", now, now)[0][0]
        return not busy and not self.rows("SELECT 1 FROM intent") and len(self.here.otrs.tickets()) >= len(self.refs)

    def sentence(self) -> Sentence:
        """The judge's, once everything is at rest. The account of the bonds is the program's own."""
        assert eventually(self.at_rest, 60), self.rows("SELECT * FROM work WHERE due < %s", time.time() + 30)
        [connection] = self.here.json("status")["connections"]
        with self.here.world.lock:
            return judge(self.here.world, self.here.servicenow, self.here.otrs, connection["tickets"], Table(window=15.0))


@contextmanager
def pair(folder: Path, database: str, *, first_through: str = "") -> Iterator[Pair]:
    """Both daemons started and ready, on an empty database of their own.

    :param first_through: another address of the database, for the first of them.
    """
    with ExitStack() as stack:
        here = stack.enter_context(place(folder))
        here.extra = {"CONNECTOR_STORE__URL": database, **{_CONNECTION + name: value for name, value in _QUICK.items()}}
        assert here.call("migrate").exit_code == 0
        made = Pair(here, database)
        for n, address in enumerate((first_through or database, database)):
            made.daemons.append(stack.enter_context(_daemon(here, n, address)))
        for daemon in made.daemons:
            daemon.event("ready")
        assert eventually(lambda: bool(made.leader()))
        yield made


@contextmanager
def _daemon(here: Place, n: int, database: str) -> Iterator[Running]:
    log = here.folder / f"daemon-{n}.log"
    with log.open("w", encoding="utf-8") as errors:
        line = command("run", "--config", str(here.config))
        environment = {**here.environment, "CONNECTOR_STORE__URL": database}
        process = subprocess.Popen(line, cwd=here.folder, env=environment, stderr=errors)
    try:
        yield Running(process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait(10)


def name(daemon: Running) -> str:
    """Under which a daemon stands in the database."""
    return str(daemon.event("started")["process"])


def errors(daemon: Running) -> list[dict[str, Any]]:
    """What it logged as an error."""
    return [event for event in events(daemon) if event["level"] == "error"]


def events(daemon: Running) -> list[dict[str, Any]]:
    """What it logged. The last line of a killed process may be half a line."""
    return [json.loads(line) for line in daemon.log.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
