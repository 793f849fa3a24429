"""How cases come about."""

from __future__ import annotations

from connector.words import Side
from tests.crash.people import VENDOR
from tests.crash.registry import scenario
from tests.crash.stage import Script, Stage


@scenario(anywhere=True)
def birth(stage: Stage) -> Script:
    """An incident waits for the vendor and becomes a case."""
    stage.incident("printer on fire")
    yield None


@scenario(anywhere=True)
def birth_with_everything(stage: Stage) -> Script:
    """Description of several lines, a file, a comment and a note for the vendor are there before the case is."""
    a = stage.incident("printer on fire", description="line one\nline two <b>&", urgency="1")
    a.attaches("log.txt", b"a log")
    a.says("first word")
    a.notes("[vendor] from the note")
    a.notes("for us alone")
    yield None


@scenario(anywhere=True)
def birth_of_two(stage: Stage) -> Script:
    """Two incidents in one poll, of one title."""
    stage.incident("printer on fire")
    stage.incident("printer on fire")
    yield None


@scenario(anywhere=True)
def birth_after_a_while(stage: Stage) -> Script:
    """An incident is level 1's own at first, and handed over later."""
    a = stage.incident("scanner on strike", state="2", hold_reason="")
    yield None
    a.says("we cannot help it")
    a.hands_over()
    yield None


@scenario()
def a_strangers_second_look(stage: Stage) -> Script:
    """A read that lags shows the incident as it was before it was handed over: it is looked at again."""
    a = stage.incident("scanner on strike", state="2", hold_reason="")
    yield 4.0
    stage.fault("stale", "GET incident", nth=2)  # the read that follows the poll
    a.hands_over()
    yield None


@scenario()
def taken_back_before_the_case(stage: Stage) -> Script:
    """Level 1 changes its mind in the moment before the case is created, and hands it over again afterwards."""
    a = stage.incident("scanner on strike")
    stage.before("TicketCreate", a.takes_back)
    yield None
    a.hands_over()
    yield None


@scenario(anywhere=True)
def closed_before_the_case(stage: Stage) -> Script:
    """A candidate that the portal is down for is closed before there is a case."""
    stage.down(Side.VENDOR)
    a = stage.incident("scanner on strike")
    yield 6.0
    a.ends("8")
    yield 20.0
    stage.up(Side.VENDOR)
    yield None


@scenario(anywhere=True)
def a_clone(stage: Stage) -> Script:
    """A linked incident is cloned with all its fields; the clone is handed over and becomes a case of its own."""
    a = stage.incident("printer on fire")
    yield None
    b = a.clone()
    yield None
    b.hands_over()
    b.says("said on the clone")
    yield None


@scenario(anywhere=True)
def opened_by_the_vendor(stage: Stage) -> Script:
    """The vendor opens a case by itself, and clones one of ours: neither reaches the customer."""
    a = stage.incident("printer on fire")
    yield None
    stage.breathe()
    case = stage.portal.create(VENDOR, {"Title": "the vendor's own"})
    stage.portal.clone(a.case, VENDOR)
    stage.portal.comment(case, VENDOR, "is anybody there?", public=True)
    yield None


@scenario()
def an_odd_title(stage: Stage) -> Script:
    """No title at all, then one that is too long for the customer, and one with what XML cannot hold."""
    a = stage.incident("")
    yield None
    a.vendor_edits(Title="vendor title " + "x" * 200)
    yield None
    a.edits(short_description="NUL \x00 bell \x07 end")
    yield None
