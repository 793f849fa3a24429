"""``connector audit verify`` on the store of a simulated run: whoever edits the database by hand is found out, with the place."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connector.store.store import Store
from tests.process.place import Place, place
from tests.simulation.rig import Rig

INCIDENT = {
    "short_description": "Mail is down",
    "description": "Since noon nobody can send.",
    "state": "3",
    "hold_reason": "4",
    "impact": "2",
    "urgency": "2",
    "caller_id": "carl.caller",
}
Found = tuple[str, int]  # what a problem names: bond ("" for a checkpoint) and number


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that the engine filled: two bonds, each sealed by a checkpoint and grown after it, and sealed again."""
    file = tmp_path_factory.mktemp("kept") / "store.db"
    rig = Rig(11)
    rig.store.close()
    rig.store = Store.open(f"sqlite:///{file}", durable=False, clock=rig.clock)
    rig.start()
    refs = [rig.servicenow.create("lena.l1", INCIDENT) for _ in range(2)]
    rig.settle(60)
    rig.store.checkpoint()
    for ref in refs:
        rig.servicenow.comment(ref, "lena.l1", "Any news?", public=True)
    rig.settle(60)
    rig.store.checkpoint()
    rig.store.close()
    return file


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("desk")) as made:
        yield made


class Tamperer:
    """Somebody with the database in an editor."""

    def __init__(self, file: Path) -> None:
        self.database = sqlite3.connect(file, isolation_level=None)
        rows = "SELECT bond, MAX(n) FROM audit_record GROUP BY bond ORDER BY bond"
        (self.bond, self.last), (self.other, _) = self.database.execute(rows).fetchall()
        self.sealed = max(self.one("SELECT n FROM audit_checkpoint"))

    def one(self, statement: str, *values: object) -> list[int]:
        return [row[0] for row in self.database.execute(statement, values)]

    def run(self, statement: str, *values: object) -> None:
        assert self.database.execute(statement, values).rowcount > 0, statement


def change_content(by: Tamperer) -> Found:
    by.run("UPDATE audit_content SET body = replace(body, ':', ': ') WHERE bond = ? AND n = 2", by.bond)
    return by.bond, 2


def change_time(by: Tamperer) -> Found:
    by.run("UPDATE audit_record SET at = at - 60 WHERE bond = ? AND n = 2", by.bond)
    return by.bond, 2


def change_kind(by: Tamperer) -> Found:
    by.run("UPDATE audit_record SET kind = 'nothing' WHERE bond = ? AND n = ?", by.bond, by.last)
    return by.bond, by.last


def remove_one(by: Tamperer) -> Found:
    for table in ("audit_record", "audit_content"):
        by.run(f"DELETE FROM {table} WHERE bond = ? AND n = 2", by.bond)  # noqa: S608 - two names of ours
    return by.bond, 2


def remove_content(by: Tamperer) -> Found:
    by.run("DELETE FROM audit_content WHERE bond = ? AND n = 2", by.bond)
    return by.bond, 2


def remove_last(by: Tamperer) -> Found:
    for table in ("audit_record", "audit_content"):
        by.run(f"DELETE FROM {table} WHERE bond = ? AND n = ?", by.bond, by.last)  # noqa: S608
    return by.bond, by.last


def remove_last_and_set_the_end_back(by: Tamperer) -> Found:
    """Whoever knows how it is made: the bond's row is made to fit as well. The checkpoint tells."""
    found = remove_last(by)
    by.run(
        "UPDATE bond SET length = length - 1, sealed = sealed - 1,"
        " head = (SELECT hash FROM audit_record WHERE bond = bond.id ORDER BY n DESC LIMIT 1) WHERE id = ?",
        by.bond,
    )
    return found


def remove_bond(by: Tamperer) -> Found:
    """Every trace of a bond, up to the last checkpoint."""
    for table in ("audit_record", "audit_content", "bond_ref", "work", "identity"):
        by.run(f"DELETE FROM {table} WHERE bond = ?", by.bond)  # noqa: S608
    by.run("DELETE FROM bond WHERE id = ?", by.bond)
    return by.bond, by.last


def remove_bond_row(by: Tamperer) -> Found:
    by.run("DELETE FROM bond WHERE id = ?", by.bond)
    return by.bond, by.last


def remove_checkpoint(by: Tamperer) -> Found:
    by.run("DELETE FROM audit_checkpoint WHERE n = 1")
    return "", 1


def change_checkpoint(by: Tamperer) -> Found:
    by.run("UPDATE audit_checkpoint SET at = at + 1 WHERE n = 1")
    return "", 1


def insert_at_the_end(by: Tamperer) -> Found:
    """A copy of the last record, as the next one."""
    for table, columns in (
        ("audit_record", "at, kind, content_hash, previous, hash"),
        ("audit_content", "salt, body"),
    ):
        by.run(
            f"INSERT INTO {table} (bond, n, {columns}) SELECT bond, n + 1, {columns} FROM {table} WHERE bond = ? AND n = ?",  # noqa: S608
            by.bond,
            by.last,
        )
    return by.bond, by.last + 1


def insert_content(by: Tamperer) -> Found:
    by.run("INSERT INTO audit_content (bond, n, salt, body) VALUES (?, ?, '', '{}')", by.bond, by.last + 1)
    return by.bond, by.last + 1


def swap_two(by: Tamperer) -> Found:
    for table in ("audit_record", "audit_content"):
        for old, new in ((1, -1), (2, 1), (-1, 2)):
            by.run(f"UPDATE {table} SET n = ? WHERE bond = ? AND n = ?", new, by.bond, old)  # noqa: S608
    return by.bond, 1


def swap_bonds(by: Tamperer) -> Found:
    """The records of one ticket under the name of another."""
    for old, new in ((by.bond, "-"), (by.other, by.bond), ("-", by.other)):
        for table in ("audit_record", "audit_content"):
            by.run(f"UPDATE {table} SET bond = ? WHERE bond = ?", new, old)  # noqa: S608
    return by.bond, 1


TRICKS: list[Callable[[Tamperer], Found]] = [
    change_content, change_time, change_kind, remove_one, remove_content, remove_last, remove_last_and_set_the_end_back,
    remove_bond, remove_bond_row, remove_checkpoint, change_checkpoint, insert_at_the_end, insert_content, swap_two, swap_bonds,
]  # fmt: skip


def test_what_the_engine_recorded_is_verified(desk: Place, kept: Path) -> None:
    shutil.copy(kept, desk.folder / "store.db")
    done = desk.run("audit", "verify")
    assert (done.returncode, done.stdout.splitlines()[0].split(":")[0]) == (0, "verified"), done.stderr
    found = desk.json("audit", "verify")
    assert (found["bonds"], found["checkpoints"], found["problems"]) == (2, 2, [])
    assert found["records"] > 10


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
def test_what_was_edited_is_found_with_its_place(desk: Place, kept: Path, trick: Callable[[Tamperer], Found]) -> None:
    shutil.copy(kept, desk.folder / "store.db")
    by = Tamperer(desk.folder / "store.db")
    with closing(by.database):
        bond, n = trick(by)
    found = desk.json("audit", "verify", code=1)
    assert not found["verified"]
    assert (bond, n) in [(problem["bond"], problem["n"]) for problem in found["problems"]], found["problems"]
    said = desk.call("audit", "verify")
    assert said.exit_code == 1
    assert (f"bond {bond} record {n}: " if bond else f"checkpoint {n}: ") in said.stdout


def test_the_last_checkpoint_is_missed_by_its_anchor(desk: Place, kept: Path) -> None:
    shutil.copy(kept, desk.folder / "store.db")
    anchor = desk.json("audit", "verify")["anchor"]
    by = Tamperer(desk.folder / "store.db")
    with closing(by.database):
        by.run("DELETE FROM audit_checkpoint WHERE n = 2")
    assert desk.json("audit", "verify", "--anchor", anchor, code=1)["problems"]
