"""Status, priority and the end of tickets, of people who do one thing after the other."""

from __future__ import annotations

from tests.crash.registry import scenario
from tests.crash.stage import Script, Stage


@scenario(anywhere=True)
def the_whole_way(stage: Stage) -> Script:
    """Worked on, solved, confirmed, closed: the case is closed with its ticket."""
    a = stage.incident("printer on fire")
    yield None
    a.moves("open")
    yield None
    a.vendor_says("a new part is in")
    a.moves("pending auto close+")
    yield None
    a.says("it works")
    a.ends("7")
    yield None


@scenario(anywhere=True)
def waiting_for_the_customer(stage: Stage) -> Script:
    """The vendor asks, level 1 answers and hands over again."""
    a = stage.incident("printer on fire")
    yield None
    a.moves("pending reminder")
    a.vendor_says("which model?")
    yield None
    a.says("the red one")
    a.hands_over()
    yield None


@scenario(anywhere=True)
def reopened_by_the_customer(stage: Stage) -> Script:
    """Solved, but it does not work: back to the vendor."""
    a = stage.incident("printer on fire")
    yield None
    a.moves("pending auto close+")
    yield None
    a.hands_over()
    a.says("it does not work")
    yield None
    a.moves("pending auto close+")
    yield None


@scenario(anywhere=True)
def closed_and_reopened(stage: Stage) -> Script:
    """Words after the end are held, and delivered when both sides take it up again."""
    a = stage.incident("printer on fire")
    yield None
    a.moves("pending auto close+")
    yield None
    a.ends("7")
    yield None
    a.says("it is broken again")
    a.vendor_says("were you happy?")
    yield None
    a.moves("open")
    a.hands_over()
    yield None


@scenario(anywhere=True)
def the_vendor_rejects(stage: Stage) -> Script:
    """The vendor cancels: the incident is back with level 1 and stays open."""
    a = stage.incident("printer on fire")
    yield None
    a.vendor_says("not ours")
    a.moves("closed unsuccessful")
    yield None


@scenario(anywhere=True)
def withdrawn(stage: Stage) -> Script:
    """The customer closes what the vendor has not solved: a note asks to stop, the case is the vendor's to end."""
    a = stage.incident("printer on fire")
    yield None
    a.moves("open")
    yield None
    a.ends("7")
    yield None
    a.moves("closed successful")
    yield None


@scenario(anywhere=True)
def cancelled(stage: Stage) -> Script:
    """The customer cancels, with a last word."""
    a = stage.incident("printer on fire")
    yield None
    a.says("a false alarm")
    a.ends("8")
    yield None


@scenario(anywhere=True)
def resolved_by_level_1(stage: Stage) -> Script:
    """Level 1 resolves it while the vendor still works, and the vendor goes on."""
    a = stage.incident("printer on fire")
    yield None
    a.ends("6")
    yield None
    a.moves("open")
    a.vendor_says("we go on")
    yield None


@scenario(anywhere=True)
def the_vendor_reopens_what_is_closed(stage: Stage) -> Script:
    """It stays closed; the difference stands."""
    a = stage.incident("printer on fire")
    yield None
    a.moves("pending auto close+")
    yield None
    a.ends("7")
    yield None
    a.moves("open")
    yield None


@scenario(anywhere=True)
def the_vendor_renames_it(stage: Stage) -> Script:
    """The vendor gives the case a better title, which the incident and our own list show as well."""
    a = stage.incident("printer on fire")
    yield None
    a.vendor_edits(Title="toner on fire")
    yield None


@scenario(anywhere=True)
def a_priority_proposed(stage: Stage) -> Script:
    """The vendor proposes a priority, level 1 sets one of its own."""
    a = stage.incident("printer on fire")
    yield None
    a.vendor_edits(Priority="5 very high")
    yield None
    a.edits(impact="1", urgency="2")
    yield None
    a.vendor_edits(Priority="2 low")
    yield None


@scenario()
def a_status_without_translation(stage: Stage) -> Script:
    """A state that the mapping does not know: held and told; the rest goes on."""
    a = stage.incident("printer on fire")
    yield None
    stage.rig.servicenow.choices["state"]["9"] = "Quarantine"
    a.edits(state="9", hold_reason="", short_description="strange state")
    a.vendor_says("what is that?")
    yield None
    a.hands_over()
    yield None


@scenario(anywhere=True, needs=("fields",))
def one_after_the_other(stage: Stage) -> Script:
    """The same field is changed by both in turn, each knowing the other's value, at last in quick succession."""
    a = stage.incident("printer on fire")
    yield None
    a.edits(short_description="L1 title 1")
    yield None
    a.vendor_edits(Title="vendor title 1")
    yield None
    a.edits(short_description="L1 title 2", impact="1")
    yield 2.0
    a.edits(short_description="L1 title 3")
    yield None
