"""Tickets that follow, tickets tied by operators and parted again, old tickets, and stores that come from a backup."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import ClassVar

from connector.sandbox.judge import Table
from tests.crash import operators
from tests.crash.people import VENDOR, Ticket
from tests.crash.registry import scenario
from tests.crash.stage import Also, CrashRig, Script, Stage

DAY = 86_400.0


def _two_on_a_case(stage: Stage) -> Generator[None, None, tuple[Ticket, Ticket]]:
    """Two tickets with cases of their own, which the vendor makes one of: the second will follow."""
    a = stage.incident("printer on fire")
    yield None
    b = stage.incident("printer burns")
    yield None
    stage.breathe()
    into = a.case
    stage.portal.merge(b.case, into, VENDOR)
    a.linked = b.linked = into
    b.says("is it the same?")  # not every portal's poll tells of a merge
    return a, b


@scenario(anywhere=True, needs=("merging",))
def a_merged_case_of_another(stage: Stage) -> Script:
    """The vendor makes one case of two: the second ticket follows the first, and both hear what comes."""
    a, b = yield from _two_on_a_case(stage)
    yield None
    b.says("here too")
    b.attaches("noon.log", b"noon")
    a.vendor_says("switch it off")
    yield None


@scenario(anywhere=True, needs=("merging",))
def a_follower_leads(stage: Stage) -> Script:
    """The lead ends: the ticket that followed leads, and its end is the case's."""
    a, b = yield from _two_on_a_case(stage)
    yield None
    a.moves("open")
    a.ends("7")
    yield None
    b.edits(short_description="it still burns")
    b.says("still burning")
    a.moves("pending auto close+")
    yield None
    b.ends("7")
    yield None


@scenario()
def a_ticket_that_follows(stage: Stage) -> Script:
    """An operator lets a ticket follow for which the portal opens no case; the case's moves go to both."""
    a = stage.incident("printer on fire")
    yield None
    known = stage.rig.portal.store.dynamic
    stage.rig.portal.store.dynamic = type(known)(name for name in known if name != "CustomerReference")
    b = stage.incident("printer burns")
    b.says("said before")
    yield None
    stage.rig.portal.store.dynamic = known
    operators.follow(stage, b, a)
    yield None
    a.moves("pending reminder")
    b.says("said afterwards")
    yield None


def _old_pair(stage: Stage) -> tuple[Ticket, str]:
    """An incident and a case for the same, opened by hand; nothing that is there already travels."""
    a = stage.incident("printer on fire", state="2", hold_reason="")
    a.says("before the link")
    stage.breathe()
    case = stage.portal.create(VENDOR, {"Title": "printer burns", "State": "open", "Body": "as told on the phone"})
    both = stage.customer.ticket(a.ref), stage.portal.ticket(case)
    before = frozenset(item.id for one in both for item in (*one.comments, *one.files))
    stage.table = Table(before=before, causes=frozenset({"title"}))  # the titles differ from the start
    return a, case


@scenario()
def an_old_pair(stage: Stage) -> Script:
    """A ticket and a case that both were there are linked: what differs stands, what comes travels."""
    a, case = _old_pair(stage)
    yield None
    operators.link(stage, a, case)
    a.says("from L1")
    a.vendor_says("from the vendor")
    yield None
    a.edits(short_description="another title")
    yield None


@scenario()
def a_pair_parted(stage: Stage) -> Script:
    """Linked, parted with a last note to each side, and linked once more: what was said between stays where it is."""
    a, case = _old_pair(stage)
    operators.link(stage, a, case)
    yield None
    a.says("while linked")
    yield None
    operators.unlink(stage, a)
    yield None
    a.says("while parted")
    said = stage.customer.ticket(a.ref).comments[-1].id
    stage.table = replace(stage.table, before=stage.table.before | {said})
    yield None
    operators.link(stage, a, case)
    a.vendor_says("linked again")
    yield None


_URL = "http://servicenow.test/nav_to.do?uri=incident.do?sys_id={A.ref}"
_FIRST = f"printer on fire\n\nit is broken\n\n--\nCustomer's ticket: {{A}} ({_URL})\nImpact 2, urgency 2, priority 3"
_OPENED = ("connector", "printer on fire [ref]", _FIRST, True)
_UNSAID = Also("the exchange ended before the word was sent, and nothing travels after its end", {"A.case.copies": [_OPENED]})


@scenario(also=(_UNSAID,))
def parted_in_the_middle(stage: Stage) -> Script:
    """An exchange ends while a word is on its way; nothing travels afterwards."""
    a = stage.incident("printer on fire")
    yield None
    a.says("a last word")
    yield 0.5
    a.linked = a.case
    stage.table = Table(apart=frozenset({a.number}))
    operators.unlink(stage, a)
    yield None
    a.vendor_says("is anybody there?")
    a.edits(short_description="another title")
    yield None


class SmallPages(CrashRig):
    """Two rows on a page of either system, so that few tickets fill several."""

    lags: ClassVar[dict[str, float]] = {**CrashRig.lags, "page": 2}


@scenario(rig=SmallPages)
def old_tickets(stage: Stage) -> Script:
    """A backfill finds what was there long before the first start; today's tickets go on beside it."""
    for n in range(3):
        stage.incident(f"old {n}").says("said long ago")
        stage.pass_time(DAY)
    stage.pass_time(30 * DAY)
    stage.incident("today's own", state="2", hold_reason="")
    yield 4.0
    operators.backfill(stage)
    stage.incident("today's")
    yield None


@scenario(anywhere=True)
def a_store_from_a_backup(stage: Stage) -> Script:
    """What happened after the backup is found again: nothing twice, a value that changed stands, a case is not opened anew."""
    a = stage.incident("printer on fire")
    yield None
    restore = operators.restore(stage)
    a.says("after the backup")
    a.vendor_edits(Title="vendor title")
    b = stage.incident("scanner on strike")
    yield None
    restore()
    b.says("after the restore")
    yield None
    a.vendor_says("after the restore")
    yield None


@scenario(anywhere=True)
def a_store_from_a_backup_at_work(stage: Stage) -> Script:
    """The backup is made and put back in the middle of work: a write may be on its way at either."""
    a = stage.incident("printer on fire")
    yield None
    a.moves("open")  # else a portal may do so at the vendor's word, before or after the backup
    yield None
    a.says("on its way")
    a.vendor_says("this way too")
    restore = operators.restore(stage)
    yield 0.5
    a.says("one more")
    yield 0.5
    restore()
    yield None


@scenario(replicas=2)
def a_pause_asked_for(stage: Stage) -> Script:
    """429 with a time, at a write and at a read: neither process calls before, and a new one keeps to it too."""
    a = stage.incident("printer on fire")
    yield None
    stage.rig.world.retry_after = 20
    stage.fault("limited", "TicketUpdate")
    a.says("from L1")
    yield 4.0
    a.says("said in the pause")
    a.vendor_says("from the vendor")
    yield 10.0
    stage.fault("limited", "TicketGet")
    yield None
