"""The roster changes with its file: the daemon that starts again tells the vendor at once, and ``check`` says where nobody would be told."""

from __future__ import annotations

from pathlib import Path

from tests.installed.house import STATEMENT
from tests.process.place import ROOT, Place, eventually
from tests.process.test_daemon import INCIDENT, ready, texts

EXAMPLE = (ROOT / "config" / "installation.example.yaml").read_text(encoding="utf-8")
COLLEAGUE = """  - name: Nora Nys
    email: nora.nys@acme.example
    phone: "+31 20 555 0113"
    login: nora.nys
    role: trained-l1
"""


def install(here: Place, text: str) -> None:
    settings = here.config.read_text(encoding="utf-8")
    if "installation:" not in settings:
        settings = settings.replace("    customer:\n", "    installation: installation.yaml\n    customer:\n", 1)
        here.config.write_text(settings, encoding="utf-8")
    Path(here.folder / "installation.yaml").write_text(text, encoding="utf-8")


def amiss(here: Place) -> list[str]:
    """What the findings of `connector check` say of the ticket."""
    return [one["message"] for one in here.json("check")["findings"] if "no change of the roster" in one["message"]]


def news(here: Place) -> list[str]:
    return [text for text in texts(here) if "may submit cases for the customer" in text]


def test_a_daemon_that_starts_again_tells_what_changed(here: Place) -> None:
    install(here, EXAMPLE.replace("roster_ticket:", "# roster_ticket:"))
    ticket = here.servicenow.ticket(here.servicenow.create("maria.bakker", INCIDENT))
    here.servicenow.comment(ticket.ref, "maria.bakker", STATEMENT, public=False)
    (alone,) = amiss(here)
    assert alone.startswith("the vendor is told of no change of the roster by itself (customer's summary, bullets 2 and 3;")
    install(here, EXAMPLE.replace("INC0012345", ticket.number.lower()))
    assert amiss(here) == [f"ticket {ticket.number.lower()} leads no case of acme: the vendor is told of no change of the roster"]
    with here.daemon() as daemon:
        assert ready(daemon)
        assert eventually(lambda: len(news(here)) == 1)
        daemon.stop()
    assert amiss(here) == []
    roster = (here.folder / "installation.yaml").read_text(encoding="utf-8")
    install(here, roster.replace("roster:\n", f"roster:\n{COLLEAGUE}"))
    with here.daemon() as daemon:
        assert eventually(lambda: len(news(here)) == 2)
        daemon.stop()
    assert "New among them, or with new particulars:\n- Nora Nys, nora.nys@acme.example, +31 20 555 0113" in news(here)[1]
