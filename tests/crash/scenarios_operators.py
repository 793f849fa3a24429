"""What a system refuses, what operators do about it, and the slow pass over everything."""

from __future__ import annotations

from tests.crash import operators
from tests.crash.registry import scenario
from tests.crash.stage import Script, Stage


@scenario()
def a_transition_refused(stage: Stage) -> Script:
    """A rule of ServiceNow refuses the move: it parks alone, and `retry` brings it about when the rule is gone."""
    a = stage.incident("printer on fire")
    yield None
    stage.rig.servicenow.refuse_moves = {("3", "2")}
    a.vendor_edits(State="pending reminder", Title="vendor title")
    a.vendor_says("which model?")
    yield None
    stage.rig.servicenow.refuse_moves = set()
    operators.retry(stage, a.bond)
    yield None


@scenario()
def a_case_refused(stage: Stage) -> Script:
    """The portal lacks a field and refuses the case: the ticket parks, `release` and `retry` let it go again."""
    known = stage.rig.portal.store.dynamic
    stage.rig.portal.store.dynamic = type(known)(name for name in known if name != "CustomerReference")
    a = stage.incident("printer on fire")
    yield None
    operators.release(stage, a.bond)
    yield None
    stage.rig.portal.store.dynamic = known
    operators.retry(stage, a.bond)
    yield None


@scenario(anywhere=True)
def a_note_that_never_shows(stage: Stage) -> Script:
    """ServiceNow answers 200 and drops our note: parked, not sent again, until an operator says so."""
    a = stage.incident("printer on fire")
    yield None
    a.vendor_says("before")
    yield None
    stage.customer.read_only = {"work_notes"}
    a.vendor_says("never seen")
    yield None
    stage.customer.read_only = set()
    operators.retry(stage, a.bond)
    yield None


@scenario(anywhere=True)
def a_hint_that_was_lost(stage: Stage) -> Script:
    """Nobody told of a change: the sweep finds it, or an operator's `sync`."""
    a = stage.incident("printer on fire")
    yield None
    operators.sync(stage, a.bond)
    a.vendor_edits(Title="vendor title")
    yield None
    stage.long_while(2000.0)
    yield None
    a.attaches("late.txt", b"an attachment changes no time of the incident")
    stage.long_while(2000.0)
    yield None


@scenario()
def an_operator_in_the_middle(stage: Stage) -> Script:
    """`retry` in the middle of a pass: whoever works on the bond is fenced off, and nothing is done twice."""
    a = stage.incident("printer on fire")
    yield None
    stage.before("TicketUpdate", lambda: operators.retry(stage, a.bond))
    a.says("any news?")
    a.edits(short_description="another title")
    yield None


@scenario(anywhere=True)
def a_field_dropped(stage: Stage) -> Script:
    """ServiceNow answers 200 and keeps its title: said once, a standing difference, until it may be written."""
    a = stage.incident("printer on fire")
    yield None
    stage.customer.read_only = {"short_description"}
    a.vendor_edits(Title="vendor title")
    yield None
    stage.customer.read_only = set()
    a.vendor_edits(Title="vendor title 2")
    yield None
