"""Switches of the rules at the edges: adapters, mapping, store, queue, polls, notes. See ``switches.py``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, false, select

from adapters import http, http_table, otrs, servicenow, servicenow_journal
from adapters.base import Adapter, Capabilities, Comment, Gone, NotApplied, Snapshot, Trouble
from adapters.otrs_read import Reader, Ticket
from connector.daemon.hooks import Hook
from connector.mapping import channels, load_channels, load_status
from connector.rasci import judge as gate
from connector.rasci import texts
from connector.rasci.hearing import Hearing
from connector.store import lockfile, queue, transaction
from connector.store import store as stores
from connector.store.engine import Database
from connector.store.intake import Intake
from connector.store.records import Bond, Claim
from connector.store.store import Store
from connector.store.tables import work
from connector.store.transaction import CHAIN, Tx
from connector.sync import batch, items, joining, one_pass, reading, reconcile
from connector.sync.echoes import Echoes
from connector.sync.scene import Scene
from connector.words import Act, Audience, Ruling, Side
from tests.rules.switches import NO, YES, Switch, both, instead

# --- who wrote it ---------------------------------------------------------------------------------------------


def marker_needs_our_author() -> Switch:
    """Whatever bears a marker in its place is ours, whoever wrote it."""

    def marked(row: Any, *, by_us: bool) -> Comment:
        found = of_row(row, by_us=by_us)
        return replace(found, by_us=by_us or bool(found.marker))

    of_row = servicenow_journal.of_row
    return patch.object(servicenow, "of_row", marked)


def case_needs_our_author() -> Switch:
    """A case that bears our marker is ours, whoever opened it."""

    def marked(self: Reader, ticket: Ticket, read_at: float) -> Snapshot:
        found = snapshot(self, ticket, read_at)
        return replace(found, created_by_us=found.created_by_us or bool(found.marker))

    snapshot = Reader.snapshot
    return patch.object(Reader, "snapshot", marked)


def case_marker() -> Switch:
    """A case is not looked for by its marker before another one is opened."""
    return patch.object(otrs.Otrs, "find", instead([]))


def nth_of_equal_items() -> Switch:
    """Texts without ids are told apart by author and words alone."""

    class Once(Counter[str]):
        def __getitem__(self, key: str) -> int:
            return 0

    return patch.object(servicenow_journal, "Counter", Once)


# --- calls ----------------------------------------------------------------------------------------------------


def unanswered_is_unknown() -> Switch:
    """A write without an answer counts as not done."""
    return patch.object(http_table, "Unknown", NotApplied)


def pauses_asked_for() -> Switch:
    """A system that asks for a pause is asked again when we like."""
    return patch.object(http_table, "retry_after", instead(None))


def redirects_of_writes() -> Switch:
    """Redirects of writes are followed."""
    return patch.object(http, "_may_follow", YES)


def whole_files_only() -> Switch:
    """What came of a file is taken, however much of it."""

    def anything(self: http.Http, path: str, *, what: str, size: int = -1, sha256: str = "", **request: Any) -> Any:
        return download(self, path, what=what, **request)

    download = http.Http.download
    return patch.object(http.Http, "download", anything)


def bad_record_stands_alone() -> Switch:
    """A ticket that cannot be read spoils the read of all that were asked for with it."""

    def together(adapter: Adapter, refs: Sequence[str]) -> dict[str, Any]:
        try:
            return one_by_one(adapter, refs)
        except Trouble as trouble:
            return dict.fromkeys(refs, trouble)

    def one_by_one(adapter: Adapter, refs: Sequence[str]) -> dict[str, Any]:
        found = adapter.read(refs)
        return {ref: found.get(ref) or Gone(f"ticket {ref} is not there") for ref in refs}

    return patch.object(reading, "_read", together)


# --- mapping and rules ----------------------------------------------------------------------------------------


def notifying_targets_refused_at_load() -> Switch:
    return patch.object(load_status, "_check_closing", instead(None))


def public_targets_refused_at_load() -> Switch:
    return patch.object(load_channels, "_check_rule", instead(None))


def default_deny() -> Switch:
    """A rule takes any text of its side, whatever place it stands in."""
    return patch.object(channels.Rule, "takes", YES)


def end_users_hear_the_customer_only() -> Switch:
    """A text may be shown to whomever."""

    def heard(hearing: Hearing) -> Ruling:
        return judge_text(Hearing(hearing.model, replace(hearing.change, shown_to=Audience.INTERNAL)))

    judge_text = texts.judge_text
    return patch.dict(gate._RULES, {Act.COMMENT: heard, Act.FILE: heard})


# --- store and queue ------------------------------------------------------------------------------------------


def fence() -> Switch:
    """A worker whose lease has ended commits like any other."""

    def begin(connection: Connection, claim: Claim, _now: float) -> Tx:
        row = connection.execute(select(*CHAIN).where(work.c.bond == claim.bond)).one()
        return Tx(connection, claim.bond, row, _now)

    def prove(_db: Database, connection: Connection, claims: Iterable[Claim], *also: Any) -> dict[Claim, Any]:
        return {claim: connection.execute(select(*also or CHAIN).where(work.c.bond == claim.bond)).one() for claim in claims}

    return both(patch.object(stores, "begin_claimed", begin), patch.object(transaction, "prove", prove))


def audit_with_what_it_records() -> Switch:
    """Records are written in a transaction of their own, after what they record."""

    @contextmanager
    def apart(self: Store, claim: Claim) -> Iterator[Tx]:
        events: list[Any] = []
        with whole(self, claim) as tx:
            tx.record = events.append  # type: ignore[method-assign, assignment] # broken on purpose
            yield tx
        with whole(self, claim) as tx:
            for event in events:
                tx.record(event)

    whole = Store.transaction
    return patch.object(Store, "transaction", apart)


def births_with_the_cursor() -> Switch:
    """The cursor of a poll moves first; what the page named is taken in afterwards."""

    def apart(self: Intake, connection: str, side: Any, position: str | None, *named: Any) -> list[str]:
        advance(self, connection, side, position)
        return advance(self, connection, side, None, *named)

    advance = Intake.advance
    return patch.object(Intake, "advance", apart)


def p1_first() -> Switch:
    """First come, first served."""
    return both(patch.object(queue, "_rank", work.c.due), patch.object(queue, "_choose", everything))


def everything(rows: Iterable[Any], _limit: int) -> list[str]:
    return [row.bond for row in rows]


def kills_are_no_failures() -> Switch:
    """A claim that was lost with its process counts as an attempt."""
    return patch.object(queue, "_lost", false())


def what_is_lost_comes_in_small_company() -> Switch:
    """What may end the process is claimed with everything else that is due."""
    return patch.object(queue, "_choose", everything)


def what_ends_processes_parks_in_the_end() -> Switch:
    """A bond may end one process after the other."""
    return patch.object(reconcile, "LETHAL", 10**9)


def hints_during_a_pass() -> Switch:
    """A hint that comes while a pass runs is not remembered."""
    return patch.object(queue, "_earlier", lambda column, at: work.c.asked if column == "asked" else earlier(column, at))


earlier = queue._earlier


def one_daemon_a_file() -> Switch:
    """Two daemons may work on one SQLite file."""
    return patch.object(lockfile, "lock", instead(None))


def failures_park_in_the_end() -> Switch:
    """A bond that fails is tried for ever."""

    def again(self: batch.Batch, claim: Claim, reason: str) -> None:
        self._desk.store.fail(claim, self._desk.connection.timing.retry, reason)

    return patch.object(batch.Batch, "_fail", again)


# --- hints ----------------------------------------------------------------------------------------------------


def second_must_be_over() -> Switch:
    """A portal's change time tells a state from all others even while its second is running."""
    return patch.object(Reader, "_stamp", lambda _self, ticket: ticket.leaves.get("Changed", ""))


def only_our_own_echo_is_quiet() -> Switch:
    """Whatever a poll names after a pass is taken for an echo."""
    return patch.object(Echoes, "explain", lambda self, side, ref, _stamp: (side, ref) in self._known)


def scattered_parts_explain_nothing() -> Switch:
    """What was read at once is taken for one state of the ticket."""
    own = Echoes.passed

    def passed(self: Echoes, bond: Bond, snapshots: Mapping[Side, Snapshot], abilities: Mapping[Side, Capabilities]) -> None:
        own(self, bond, {side: replace(snapshot, scattered=False) for side, snapshot in snapshots.items()}, abilities)

    return patch.object(Echoes, "passed", passed)


def only_signed_posts_count() -> Switch:
    """Whoever knows the address may post."""
    return patch.object(Hook, "signed", YES)


def sweep() -> Switch:
    """Without a hint nothing is looked at."""
    return patch.object(one_pass.Pass, "_sweep", instead(4e9))


# --- notes ----------------------------------------------------------------------------------------------------


def notes_are_said_once() -> Switch:
    return patch.object(items, "_said", NO)


def lost_visibility_is_told() -> Switch:
    return patch.object(items, "_still_visible", instead(None))


# --- joined tasks ---------------------------------------------------------------------------------------------


def a_joined_task_gets_findings_alone() -> Switch:
    """What the ticket's people say to the vendor goes into the task as well."""
    own = joining.effects
    return patch.object(joining, "effects", lambda scene: [*items.comments(scene, Side.VENDOR), *own(scene)])


def what_was_there_before_a_join_is_no_news() -> Switch:
    own = Scene.toward
    return patch.object(Scene, "toward", lambda scene, task, read: own(scene, replace(task, before=[]), read))
