"""A daemon that is killed, and a real Znuny that goes away, in the middle of the work."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.process.place import Running
from tests.real.znuny_between import between
from tests.real.znuny_link import LENA, VERA, Link

pytestmark = pytest.mark.real


def test_killed_after_the_case_was_made_there_is_still_one(linked: Link) -> None:
    """The portal has made the case, and we die before its answer."""
    made: list[Running] = []
    died = threading.Event()

    def witness(action: str, answer: bytes) -> bool:
        if "TicketCreate" not in action or died.is_set():
            return True
        made[0].process.kill()
        made[0].process.wait(10)
        died.set()
        return False

    with between(linked.znuny.url, witness) as url:
        linked.settings(VENDOR__URL=url)
        with linked.here.daemon() as first:
            first.event("ready")
            made.append(first)
            ref = linked.incident()
            assert died.wait(30)
        assert len(linked.vendor.tickets()) == 1
        assert linked.customer.ticket(ref).fields["correlation_id"] == ""
        with linked.here.daemon():
            linked.sees(lambda: linked.customer.ticket(ref).fields["correlation_id"] != "", "the case is found again", 60)
            linked.customer.comment(ref, LENA, "and it still hums", public=True)
            linked.case_reads(linked.case_of(ref), "and it still hums")
            linked.all_agree()


def test_an_answer_that_was_lost_makes_no_second_case(linked: Link) -> None:
    lost = threading.Event()

    def witness(action: str, answer: bytes) -> bool:
        if "TicketCreate" not in action or lost.is_set():
            return True
        lost.set()
        return False

    with between(linked.znuny.url, witness) as url:
        linked.settings(VENDOR__URL=url)
        with linked.here.daemon():
            ref = linked.incident()
            linked.sees(lambda: linked.customer.ticket(ref).fields["correlation_id"] != "", "the case is found again", 60)
            linked.all_agree()
    assert lost.is_set()


def test_the_portal_goes_away_in_the_middle_of_the_work_and_comes_back(linked: Link) -> None:
    with linked.here.daemon() as daemon:
        daemon.event("ready")
        refs = [linked.incident(f"Line {n} is silent") for n in range(6)]
        cases = {ref: linked.case_of(ref) for ref in refs[:3]}
        for round_ in range(2):
            with people_at_work(linked, list(cases), round_):
                time.sleep(1.0)
                linked.znuny.stop()
                time.sleep(3.0)
            linked.znuny.start()
            for ref, case in cases.items():
                linked.vendor.comment(case.ref, VERA, f"we are back: {round_}", public=True)
                linked.case_reads(case, f"{ref}: {round_}.5")
        linked.all_agree(6)


@contextmanager
def people_at_work(linked: Link, refs: list[str], round_: int) -> Iterator[None]:
    """The customer's people go on whatever becomes of the portal; all of it is done at the end of the block."""

    def work() -> None:
        for n in range(6):
            for ref in refs:
                linked.customer.comment(ref, LENA, f"{ref}: {round_}.{n}", public=n % 2 == 0 or n == 5)
                if n == 3:
                    linked.customer.attach(ref, LENA, f"log {round_}.txt", f"{ref} {round_}".encode())
                time.sleep(0.1)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join()
