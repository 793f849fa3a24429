"""The work queue: who gets what, when, and who may still write."""

from __future__ import annotations

import threading

import pytest

from connector.store.errors import Fenced
from connector.store.records import Claim
from connector.store.store import Store
from connector.words import Side
from tests.unit.store.helpers import NOW, Clock, a_birth, an_intent, bear, claim_one, statements


def names(claims: list[Claim]) -> list[str]:
    return [claim.bond for claim in claims]


def test_only_what_is_due_is_claimed(store: Store, clock: Clock) -> None:
    bear(store, "now")
    bear(store, "later", due=NOW + 10)
    assert names(store.claim("c", "w", 10, 60.0)) == ["now"]
    clock.now += 10
    assert names(store.claim("c", "w", 10, 60.0)) == ["later"]


def test_a_connection_claims_its_own(store: Store) -> None:
    store.advance("other", Side.CUSTOMER, None, [a_birth("x", "other")])
    assert store.claim("c", "w", 10, 60.0) == []
    assert names(store.claim("other", "w", 10, 60.0)) == ["x"]


def test_the_most_urgent_come_first(store: Store) -> None:
    for priority in (5, 2, 4, 3):
        bear(store, f"p{priority}", priority=priority)
    assert names(store.claim("c", "w", 3, 60.0)) == ["p2", "p3", "p4"]


def test_each_minute_overdue_is_worth_one_priority(store: Store, clock: Clock) -> None:
    bear(store, "old", priority=5, due=NOW - 130)
    bear(store, "fresh", priority=3)
    bear(store, "urgent", priority=2)
    assert names(store.claim("c", "w", 10, 60.0)) == ["urgent", "old", "fresh"]


def test_a_p1_comes_first_and_alone(store: Store) -> None:
    bear(store, "old", priority=5, due=NOW - 3600)
    bear(store, "p1", "p1b", priority=1)
    assert names(store.claim("c", "w", 10, 60.0)) == ["p1"]
    assert names(store.claim("c", "w", 10, 60.0)) == ["p1b"]
    assert names(store.claim("c", "w", 10, 60.0)) == ["old"]


def test_p1s_starve_nobody_for_ever(store: Store) -> None:
    bear(store, "forgotten", priority=5, due=NOW - 25 * 3600)
    bear(store, "p1", priority=1)
    assert names(store.claim("c", "w", 10, 60.0)) == ["forgotten"]


def test_a_hint_makes_due_and_may_raise_the_priority(store: Store) -> None:
    bear(store, "a", due=NOW + 1000)
    assert store.mark_due(["a", "unknown"], NOW, priority=2) == 1
    claim = claim_one(store)
    assert (claim.bond, claim.hints, claim.priority) == ("a", 1, 2)


def test_a_later_hint_does_not_put_off(store: Store) -> None:
    bear(store, "a", due=NOW)
    store.mark_due(["a"], NOW + 1000)
    assert claim_one(store).bond == "a"


def test_done_comes_back_at_its_time(store: Store, clock: Clock) -> None:
    bear(store, "a")
    store.done(claim_one(store), NOW + 100)
    assert store.claim("c", "w", 1, 60.0) == []
    clock.now += 100
    again = claim_one(store)
    assert (again.attempts, again.fence) == (1, 2)


def test_a_hint_during_the_pass_brings_it_back_at_once(store: Store) -> None:
    bear(store, "a")
    claim = claim_one(store)
    store.mark_due(["a"], NOW)
    assert store.claim("c", "w2", 1, 60.0) == []
    store.done(claim, NOW + 1000)
    assert claim_one(store).bond == "a"


def test_a_reminder_set_during_the_pass_keeps_its_time(store: Store, clock: Clock) -> None:
    bear(store, "a")
    claim = claim_one(store)
    store.mark_due(["a"], NOW + 50)
    store.done(claim, NOW + 1000)
    assert store.claim("c", "w", 1, 60.0) == []
    clock.now += 50
    assert claim_one(store).bond == "a"


def test_a_reminder_outlives_a_pass_before_its_time(store: Store, clock: Clock) -> None:
    bear(store, "a")
    store.mark_due(["a"], NOW + 50)
    store.done(claim_one(store), NOW + 1000)
    work = store.work_of("a")
    assert work is not None
    assert work.due == NOW + 50


def test_a_hint_before_the_pass_is_answered_by_it(store: Store) -> None:
    bear(store, "a")
    store.mark_due(["a"], NOW)
    store.done(claim_one(store), NOW + 1000)
    assert store.claim("c", "w", 1, 60.0) == []


def test_an_expired_lease_is_taken_over_and_fences_the_old_worker(store: Store, clock: Clock) -> None:
    bear(store, "a")
    old = claim_one(store, "old")
    clock.now += 60
    new = claim_one(store, "new")
    assert (new.fence, new.attempts, new.lost) == (old.fence + 1, 1, 1)
    with pytest.raises(Fenced), store.transaction(old) as tx:
        tx.open_intent(an_intent("a"))
    with pytest.raises(Fenced):
        store.done(old, NOW)
    with pytest.raises(Fenced):
        store.fail(old, 1.0, "late")
    with pytest.raises(Fenced):
        store.park(old, "late")
    assert store.load(["a"])["a"].intents == []
    work = store.work_of("a")
    assert work is not None
    assert (work.owner, work.parked, work.trouble) == ("new", None, None)


def test_a_claim_that_is_lost_is_no_failure(store: Store, clock: Clock) -> None:
    bear(store, "a")
    store.fail(claim_one(store), 0.0, "no answer")
    for lost in range(5):
        claim = claim_one(store, f"w{lost}")
        assert (claim.attempts, claim.lost) == (2, lost)
        clock.now += 60
    store.unclaim([claim_one(store)])
    store.fail(claim_one(store), 0.0, "no answer")
    again = claim_one(store)
    assert (again.attempts, again.lost) == (3, 0)


def test_what_was_lost_with_its_workers_comes_later_and_in_ever_smaller_company(store: Store, clock: Clock) -> None:
    bear(store, "a", "b", "c")
    for claimed in ("abc", "abc", "abc", "ab", "c"):
        assert "".join(names(store.claim("c", "w", 8, 60.0))) == claimed
        clock.now += 60
    bear(store, "fresh", "too")
    assert names(store.claim("c", "w", 8, 60.0)) == ["fresh", "too"]
    assert names(store.claim("c", "w", 8, 60.0)) == ["a"]
    (second,) = store.claim("c", "w", 8, 60.0)
    store.done(second, NOW)
    assert (second.bond, claim_one(store, "next").lost) == ("b", 0)


def test_renewing_keeps_a_lease_and_tells_what_was_lost(store: Store, clock: Clock) -> None:
    bear(store, "a", "b")
    first, second = store.claim("c", "w", 2, 60.0)
    clock.now += 50
    assert store.renew([first], 60.0) == {first.bond}
    clock.now += 50
    assert names(store.claim("c", "x", 2, 60.0)) == [second.bond]
    assert store.renew([first, second], 60.0) == {first.bond}


def test_every_commit_extends_the_lease(store: Store, clock: Clock) -> None:
    bear(store, "a")
    claim = claim_one(store)
    clock.now += 50
    with store.transaction(claim) as tx:
        tx.record({"kind": "x"})
    clock.now += 50
    assert store.claim("c", "x", 1, 60.0) == []


def test_what_is_given_back_is_not_counted_and_keeps_its_place(store: Store) -> None:
    bear(store, "a", due=NOW - 300)
    assert store.unclaim([claim_one(store)]) == {"a"}
    work = store.work_of("a")
    assert work is not None
    assert (work.attempts, work.due) == (0, NOW - 300)
    assert claim_one(store).attempts == 1


def test_failing_waits_and_counts_unless_said_otherwise(store: Store, clock: Clock) -> None:
    bear(store, "a")
    store.fail(claim_one(store), 30.0, "no answer")
    work = store.work_of("a")
    assert work is not None
    assert (work.due, work.attempts, work.trouble) == (NOW + 30, 1, "no answer")
    clock.now += 30
    store.fail(claim_one(store), 30.0, "outage", counted=False)
    clock.now += 30
    claim = claim_one(store)
    assert claim.attempts == 2
    store.done(claim, NOW)
    work = store.work_of("a")
    assert work is not None
    assert (work.attempts, work.trouble) == (0, None)


def test_parked_waits_for_its_release(store: Store, clock: Clock) -> None:
    bear(store, "a")
    store.park(claim_one(store), "refused: no such queue")
    store.mark_due(["a"], NOW)
    clock.now += 1000
    assert store.claim("c", "w", 1, 60.0) == []
    (parked,) = store.parked("c")
    assert (parked.bond, parked.reason, parked.since, parked.attempts) == ("a", "refused: no such queue", NOW, 1)
    store.release("a", {"kind": "released", "by": "Ada"})
    assert store.parked() == []
    assert claim_one(store).attempts == 1
    assert [record.kind for record in store.records("a")] == ["born", "parked", "released"]


def test_done_for_many_names_those_still_held(store: Store, clock: Clock) -> None:
    bear(store, "a", "b")
    first, second = store.claim("c", "w", 2, 60.0)
    with store.operator_transaction(second.bond):
        pass
    assert store.done_all([(first, NOW + 9), (second, NOW + 9)]) == {first.bond}
    assert names(store.claim("c", "w", 9, 60.0)) == [second.bond]


def test_one_leads_until_the_term_ends(store: Store, clock: Clock) -> None:
    assert store.lead("poll", "a", 30.0)
    assert not store.lead("poll", "b", 30.0)
    assert store.lead("poll", "a", 30.0)
    assert store.lead("other", "b", 30.0)
    clock.now += 30
    assert store.lead("poll", "b", 30.0)
    assert not store.lead("poll", "a", 30.0)
    store.resign("poll", "a")
    assert not store.lead("poll", "a", 30.0)
    store.resign("poll", "b")
    assert store.lead("poll", "a", 30.0)


def test_two_threads_never_claim_the_same(store: Store) -> None:
    bear(store, *(f"b{n:03}" for n in range(200)))
    taken: dict[str, list[str]] = {"one": [], "two": []}
    start = threading.Barrier(2)

    def work(worker: str) -> None:
        start.wait()
        while claims := store.claim("c", worker, 7, 60.0):
            taken[worker] += names(claims)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = taken["one"] + taken["two"]
    assert len(everything) == len(set(everything)) == 200


def test_hints_and_passes_at_the_same_time_lose_no_hint(store: Store) -> None:
    bear(store, *(f"b{n}" for n in range(20)))
    ids = [f"b{n}" for n in range(20)]

    def hint() -> None:
        for _ in range(20):
            store.mark_due(ids, NOW)

    hinting = threading.Thread(target=hint)
    hinting.start()
    while hinting.is_alive():
        store.done_all([(claim, NOW + 1000) for claim in store.claim("c", "w", 5, 60.0)])
    hinting.join()
    while claims := store.claim("c", "w", 50, 60.0):
        store.done_all([(claim, NOW + 1000) for claim in claims])
    for bond in ids:
        work = store.work_of(bond)
        assert work is not None
        assert (work.hints, work.due) == (20, NOW + 1000)


def test_a_hundred_are_claimed_in_three_statements(store: Store) -> None:
    bear(store, *(f"b{n:03}" for n in range(100)))
    with statements(store) as sent:
        claims = store.claim("c", "w", 100, 60.0)
    assert len(claims) == 100
    assert len(sent) <= 3
    with statements(store) as sent:
        store.renew(claims, 60.0)
    assert len(sent) == 2
    with statements(store) as sent:
        store.load(names(claims))
    assert len(sent) == 3
