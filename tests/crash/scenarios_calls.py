"""Calls that meet trouble: unanswered, late, delivered twice, refused for a while."""

from __future__ import annotations

from connector.words import Side
from tests.crash.people import SOLUTION
from tests.crash.registry import scenario
from tests.crash.stage import Script, Stage


@scenario()
def a_creation_unanswered(stage: Stage) -> Script:
    """The case is there and nobody said so."""
    stage.fault("answer_lost", "TicketCreate")
    a = stage.incident("printer on fire")
    yield None
    a.says("any news?")
    yield None


@scenario()
def a_creation_that_lands_late(stage: Stage) -> Script:
    """The case appears while it is being looked for."""
    stage.fault("late", "TicketCreate")
    stage.incident("printer on fire")
    yield None


@scenario()
def a_creation_that_never_arrived(stage: Stage) -> Script:
    """A gateway's page instead of the portal: nobody knows, and nothing is there."""
    stage.fault("html_502", "TicketCreate")
    stage.incident("printer on fire")
    yield None


@scenario()
def a_second_case(stage: Stage) -> Script:
    """The network delivers the creation twice: the second case is reported and never touched."""
    stage.fault("twice", "TicketCreate")
    a = stage.incident("printer on fire")
    yield None
    a.says("to one case only")
    yield None


@scenario()
def comments_unanswered(stage: Stage) -> Script:
    """One comment each way whose answer is lost."""
    a = stage.incident("printer on fire")
    yield None
    stage.fault("answer_lost", "TicketUpdate")
    stage.fault("answer_lost", "PATCH incident")
    a.says("from L1", "and more")
    a.vendor_says("from the vendor", "and more")
    yield None


@scenario()
def comments_late(stage: Stage) -> Script:
    """One comment each way lands seconds later."""
    a = stage.incident("printer on fire")
    yield None
    stage.fault("late", "TicketUpdate")
    stage.fault("late", "PATCH incident")
    a.says("from L1", "and more")
    a.vendor_says("from the vendor")
    yield None


@scenario()
def fields_unanswered(stage: Stage) -> Script:
    """Fields and a status each way whose answers are lost; recognised by their values."""
    a = stage.incident("printer on fire")
    yield None
    stage.fault("answer_lost", "TicketUpdate")
    stage.fault("html_502_after", "PATCH incident")
    a.edits(short_description="another title", impact="1")
    a.moves("pending reminder")
    yield None


@scenario()
def fields_late(stage: Stage) -> Script:
    """A title lands late, when level 1 has changed it once more."""
    a = stage.incident("printer on fire")
    yield None
    stage.fault("late", "TicketUpdate")
    a.edits(short_description="second title")
    yield 3.0
    a.edits(short_description="third title")
    yield None


@scenario()
def files_unanswered(stage: Stage) -> Script:
    """A file each way whose answer is lost; two of one content in one direction."""
    a = stage.incident("printer on fire")
    yield None
    stage.fault("answer_lost", "TicketUpdate")
    stage.fault("answer_lost", "POST attachment")
    a.attaches("log.txt", b"log")
    a.attaches("log2.txt", b"log")
    a.vendor_attaches("fix.bin", b"fix")
    a.vendor_attaches("fix2.bin", b"fix")
    yield None


@scenario()
def files_late(stage: Stage) -> Script:
    """A file each way lands late."""
    a = stage.incident("printer on fire")
    yield None
    stage.fault("late", "TicketUpdate")
    stage.fault("late", "POST attachment")
    a.attaches("log.txt", b"log")
    a.vendor_attaches("fix.bin", b"fix")
    yield None


@scenario()
def a_close_unanswered(stage: Stage) -> Script:
    """A last word, a file and the end, in that order, the first of them unanswered."""
    a = stage.incident("printer on fire")
    yield None
    a.moves("pending auto close+")
    yield None
    stage.fault("answer_lost", "TicketUpdate")
    stage.fault("answer_lost", "TicketUpdate", nth=3)
    a.says("thank you")
    a.attaches("proof.txt", b"works")
    a.edits(state="7", hold_reason="", **SOLUTION)
    yield None


@scenario()
def delivered_twice(stage: Stage) -> Script:
    """A title changes nothing the second time; a comment stands there twice, which is seen and never copied back."""
    a = stage.incident("printer on fire")
    yield None
    stage.fault("twice", "TicketUpdate")
    a.edits(short_description="second title")
    yield None
    stage.fault("twice", "TicketUpdate")
    a.says("hello")
    yield None


@scenario()
def a_limit_and_nonsense(stage: Stage) -> Script:
    """429 with and without a time, a page instead of an answer, half an answer."""
    a = stage.incident("printer on fire")
    yield None
    stage.fault("limited", "TicketUpdate")
    stage.fault("limited_bare", "PATCH incident")
    stage.fault("html_200", "TicketGet")
    stage.fault("truncated", "GET sys_journal_field")
    a.says("from L1")
    a.vendor_says("from the vendor")
    yield None


@scenario(anywhere=True)
def an_outage(stage: Stage) -> Script:
    """The portal is out of reach for a while, then ServiceNow; people go on meanwhile."""
    a = stage.incident("printer on fire")
    yield None
    stage.down(Side.VENDOR)
    a.says("is anybody there?")
    a.edits(short_description="another title")
    yield 12.0
    stage.up(Side.VENDOR)
    stage.down(Side.CUSTOMER, "html_502")
    a.vendor_says("we are")
    a.moves("pending reminder")
    yield 12.0
    stage.up(Side.CUSTOMER)
    yield None


@scenario()
def stale_reads(stage: Stage) -> Script:
    """Reads that show what was a while ago, of both systems, while both sides change things."""
    a = stage.incident("printer on fire")
    yield None
    for label in ("GET incident", "GET sys_journal_field", "TicketGet", "TicketSearch"):
        stage.fault("stale", label, nth=2)
    a.edits(short_description="another title")
    a.says("from L1")
    a.vendor_says("from the vendor")
    a.moves("open")
    yield None
