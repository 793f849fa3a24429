"""People on both sides in one window, and between our read and our write."""

from __future__ import annotations

from tests.crash.people import ON_HOLD
from tests.crash.registry import scenario
from tests.crash.stage import Also, Script, Stage


@scenario(anywhere=True)
def both_edit_different_fields(stage: Stage) -> Script:
    """Priority on one side, title on the other, at once: both travel."""
    a = stage.incident("printer on fire")
    yield None
    a.edits(impact="1")
    a.vendor_edits(Title="vendor title")
    yield None


@scenario(anywhere=True)
def both_edit_one_field(stage: Stage) -> Script:
    """The field's owner wins, the other value is kept in a note; then both make the same change."""
    a = stage.incident("printer on fire")
    yield None
    a.edits(short_description="L1 title")
    a.vendor_edits(Title="vendor title")
    yield None
    a.edits(short_description="same title")
    a.vendor_edits(Title="same title")
    yield None


@scenario(anywhere=True)
def both_move(stage: Stage) -> Script:
    """The vendor solves while level 1 takes it back, and they cross once more."""
    a = stage.incident("printer on fire")
    yield None
    a.takes_back()
    a.moves("pending auto close+")
    yield None
    a.hands_over()
    a.moves("open")
    yield None


@scenario()
def l1_edits_before_our_write(stage: Stage) -> Script:
    """Level 1 saves a title just before the vendor's arrives: it is put back, and travels."""
    a = stage.incident("printer on fire")
    yield None
    stage.before("PATCH incident", lambda: a.edits(short_description="L1 title"))
    a.vendor_edits(Title="vendor title")
    yield None


@scenario()
def l1_edits_twice_before_our_write(stage: Stage) -> Script:
    """The same with two saves, the first to the very value that is about to arrive."""
    a = stage.incident("printer on fire")
    yield None

    def twice() -> None:
        a.edits(short_description="vendor title")
        a.edits(short_description="L1 title")

    stage.before("PATCH incident", twice)
    a.vendor_edits(Title="vendor title")
    yield None


@scenario()
def the_vendor_edits_before_our_write(stage: Stage) -> Script:
    """The vendor saves a title just before level 1's arrives: level 1 owns it, the vendor's is kept in a note."""
    a = stage.incident("printer on fire")
    yield None
    stage.before("TicketUpdate", lambda: a.vendor_edits(Title="vendor title"))
    a.edits(short_description="L1 title")
    yield None


_STOP = "[Ticket connector] The customer's ticket {A} is now closed. Please stop the work on this case and close it on your side."
_NOT_SENT = Also(
    "the write was never sent: level 1's end was seen first, so that there is nothing to put back and nothing to tell of it",
    {"A.case.notes": [("connector", "{A} note [ref]", _STOP, False)], "A.incident.notes": []},
)


@scenario(also=(_NOT_SENT,))
def l1_ends_before_our_write(stage: Stage) -> Script:
    """Level 1 closes just before the vendor's move arrives: its end is put back."""
    a = stage.incident("printer on fire")
    yield None
    stage.before("PATCH incident", lambda: a.ends("7"))
    a.moves("pending reminder")
    yield None


@scenario()
def the_vendor_solves_before_our_write(stage: Stage) -> Script:
    """The vendor solves just before level 1's return arrives."""
    a = stage.incident("printer on fire")
    yield None
    a.moves("pending reminder")
    yield None
    stage.before("TicketUpdate", lambda: a.moves("pending auto close+"))
    a.edits(**ON_HOLD)
    yield None


_CONFLICT = (
    "[Ticket connector] Both sides changed title at the same time. The value of the customer stays: L1 title. "
    "The other value was: vendor title."
)
_UNKNOWN = Also(
    "the write's value, by which it would be known, was replaced before anybody saw it: the titles count as changed at the same time",
    {"A.case.notes": [("connector", "{A} note [ref]", _CONFLICT, False)]},
)


@scenario(also=(_UNKNOWN,))
def l1_edits_after_our_write(stage: Stage) -> Script:
    """Level 1 saves another title just after the vendor's arrived, before anybody saw the answer."""
    a = stage.incident("printer on fire")
    yield None
    stage.after("PATCH incident", lambda: a.edits(short_description="L1 title"))
    a.vendor_edits(Title="vendor title")
    yield None


@scenario()
def a_portal_whose_comments_reopen(stage: Stage) -> Script:
    """The vendor sets the case waiting just before our comment arrives, which opens it: undone."""
    stage.portal.comment_reopens = True
    a = stage.incident("printer on fire")
    yield None
    stage.before("TicketUpdate", lambda: a.moves("pending auto close+"))
    a.says("any news?")
    yield None


@scenario(anywhere=True)
def comments_to_a_case_that_waits(stage: Stage) -> Script:
    """On the same portal a case waits already when level 1 speaks: the vendor's waiting stays."""
    stage.portal.comment_reopens = True
    a = stage.incident("printer on fire")
    yield None
    a.moves("pending reminder")
    yield None
    a.says("the red one")
    yield None


@scenario(anywhere=True)
def without_history(stage: Stage) -> Script:
    """No right to anybody's history: edits and moves of both sides, one after the other."""
    stage.customer.audit_rights = False
    stage.portal.history_rights = False
    a = stage.incident("printer on fire")
    yield None
    a.edits(short_description="another title", impact="1")
    a.says("look again")
    yield None
    a.moves("pending reminder")
    yield None
