"""Comments, files and notes."""

from __future__ import annotations

from tests.crash import operators
from tests.crash.people import VENDOR
from tests.crash.registry import scenario
from tests.crash.stage import CrashRig, Script, Stage


@scenario(anywhere=True)
def comments_both_ways(stage: Stage) -> Script:
    """Both sides talk, several at once and in turn."""
    a = stage.incident("printer on fire")
    yield None
    a.says("any news?", "line one\nline two")
    a.vendor_says("not yet", "ünïcode 🙂 שלום")
    yield None
    a.says("thank you")
    yield None


@scenario(anywhere=True)
def equal_comments(stage: Stage) -> Script:
    """Equal words on both sides: as many copies as there were words."""
    a = stage.incident("printer on fire")
    yield None
    a.says("ok", "ok")
    a.vendor_says("ok", "ok")
    yield 3.0
    a.says("ok")
    yield None


@scenario()
def files_both_ways(stage: Stage) -> Script:
    """Files of one name, of one content, and an empty one."""
    a = stage.incident("printer on fire")
    yield None
    a.attaches("log.txt", b"one")
    a.attaches("log.txt", b"two")
    a.attaches("copy.txt", b"one")
    a.vendor_attaches("fix.bin", b"\x00\x01")
    a.vendor_attaches("fix.bin", b"")
    yield None


@scenario(anywhere=True)
def a_file_that_stays(stage: Stage) -> Script:
    """A kind of file that the mapping refuses stays, and people are told; the next one travels."""
    a = stage.incident("printer on fire")
    yield None
    a.attaches("tool.exe", b"MZ")
    a.attaches("log.txt", b"log")
    yield None


@scenario()
def a_file_that_the_system_refuses(stage: Stage) -> Script:
    """The instance takes no such file: it parks alone, and `retry` delivers it when the instance takes it."""
    a = stage.incident("printer on fire")
    yield None
    stage.rig.servicenow.extensions = {"txt"}
    a.vendor_attaches("fix.zip", b"zip")
    a.vendor_attaches("fix.txt", b"text")
    yield None
    stage.rig.servicenow.extensions = None
    operators.retry(stage, a.bond)
    yield None


@scenario(anywhere=True)
def internal_notes(stage: Stage) -> Script:
    """Internal words stay on their side; a note for the vendor travels without its prefix."""
    a = stage.incident("printer on fire")
    yield None
    a.notes("a secret of the customer")
    a.vendor_notes("a secret of the vendor")
    a.notes("[vendor] please look at the log")
    yield None


class DisplayRig(CrashRig):
    """Comments of ServiceNow are read from its display values."""

    journal = "display"


@scenario(rig=DisplayRig)
def comments_as_displayed(stage: Stage) -> Script:
    """Without the journal's rows: items have no native ids, equal ones are told apart by their number."""
    stage.customer.journal_rights = False
    a = stage.incident("printer on fire")
    yield None
    a.says("same words", "same words")
    a.vendor_says("same words", "other words\nand a second line")
    yield None
    a.says("same words")
    yield None


@scenario(anywhere=True)
def a_quoted_marker(stage: Stage) -> Script:
    """Level 1 answers with our text below, marker and all, and pastes it as it is: a person's words."""
    a = stage.incident("printer on fire")
    yield None
    a.vendor_says("please restart it")
    yield None
    ours = a.copy_of("please restart it").text
    a.says("done, see below\n" + "\n".join("> " + line for line in ours.splitlines()), f"again\n{ours}")
    yield None


@scenario()
def an_article_hidden_afterwards(stage: Stage) -> Script:
    """The vendor takes back what was copied already: reported, the copy stays."""
    a = stage.incident("printer on fire")
    yield None
    stage.breathe()
    item = stage.portal.comment(a.case, VENDOR, "oops, internal", public=True)
    yield None
    stage.portal.set_visible(a.case, item, VENDOR, visible=False)
    yield None


@scenario(anywhere=True)
def a_text_too_long(stage: Stage) -> Script:
    """The vendor's text is longer than a journal takes: withheld and said; what came after it travels."""
    a = stage.incident("printer on fire")
    yield None
    a.vendor_says("y" * 70_000, "after the long one")
    yield None


@scenario()
def people_talk_at_the_moment_of_our_writes(stage: Stage) -> Script:
    """Somebody comments just before our copy arrives, and just after it."""
    a = stage.incident("printer on fire")
    yield None
    stage.before("TicketUpdate", lambda: a.vendor_says("vendor: meanwhile"))
    stage.after("PATCH incident", lambda: a.says("L1: meanwhile"))
    a.says("first of L1")
    a.vendor_says("first of the vendor")
    yield None
