"""What becomes of tickets and of us: deleted, hidden, two of us at once, tokens that end."""

from __future__ import annotations

from adapters.base import Adapter
from connector.words import Side
from tests.crash.people import VENDOR
from tests.crash.registry import scenario
from tests.crash.stage import CrashRig, Script, Stage
from tests.simulation.trouble_desk import TokenRig


@scenario(anywhere=True)
def a_deleted_incident(stage: Stage) -> Script:
    """The incident is deleted: held, and its case is not closed."""
    a = stage.incident("printer on fire")
    yield None
    case = a.case
    stage.customer.delete(a.ref)
    stage.portal.comment(case, VENDOR, "are you there?", public=True)
    yield None


@scenario(anywhere=True)
def a_deleted_case(stage: Stage) -> Script:
    """The case is deleted: held, no second one is opened, the incident stays as it is."""
    a = stage.incident("printer on fire")
    yield None
    stage.portal.delete(a.case)
    a.says("are you there?")
    yield None


@scenario()
def a_merged_case(stage: Stage) -> Script:
    """The vendor merges the case into another: held or told, nothing is closed."""
    a = stage.incident("printer on fire")
    yield None
    stage.breathe()
    into = stage.portal.create(VENDOR, {"Title": "the vendor's own"})
    stage.portal.merge(a.case, into, VENDOR)
    yield None


@scenario(anywhere=True)
def a_hidden_incident(stage: Stage) -> Script:
    """Access rules hide the incident for a while; what was said meanwhile travels afterwards."""
    a = stage.incident("printer on fire")
    yield None
    stage.customer.hidden = {a.ref}
    a.says("said while hidden")
    a.vendor_says("said meanwhile")
    yield None
    stage.customer.hidden = set()
    a.says("said afterwards")
    yield None
    stage.long_while(2000.0)
    yield None


@scenario(anywhere=True)
def journal_rights_for_a_while(stage: Stage) -> Script:
    """The right to read comments is withdrawn and given back: held meanwhile, nothing twice."""
    a = stage.incident("printer on fire")
    yield None
    a.says("before")
    a.vendor_says("before")
    yield None
    stage.customer.journal_rights = False
    a.vendor_says("during")
    yield None
    stage.customer.journal_rights = True
    a.says("afterwards")
    yield None
    stage.long_while(2000.0)
    yield None


@scenario(replicas=2, anywhere=True)
def two_replicas(stage: Stage) -> Script:
    """Two processes work on two tickets in turn; either may die."""
    a, b = stage.incident("printer on fire"), stage.incident("scanner on strike")
    yield None
    a.says("ok")
    b.vendor_edits(Title="vendor title")
    yield None


@scenario(replicas=2)
def a_frozen_replica(stage: Stage) -> Script:
    """One process stands still in the middle of a read until its lease is over; the other does its work."""
    a = stage.incident("printer on fire")
    yield None
    stage.after("TicketGet", stage.freeze(14.0), nth=2)
    a.says("ok", "ok")
    a.vendor_edits(Title="vendor title")
    yield None


@scenario(replicas=2)
def a_replica_frozen_while_sending(stage: Stage) -> Script:
    """One process stands still just before its creation takes effect; the other looks for the case."""
    stage.before("TicketCreate", stage.freeze(4.0))
    a = stage.incident("printer on fire")
    yield None
    stage.before("TicketUpdate", stage.freeze(4.0))
    a.says("ok")
    yield None


class LoginRig(CrashRig, TokenRig):
    """Both adapters send a token or a session instead of the password."""

    def adapters(self) -> dict[Side, Adapter]:
        return TokenRig.adapters(self)


@scenario(rig=LoginRig)
def expired_tokens(stage: Stage) -> Script:
    """Token and session end in the middle of a life, once at a read and once at a write of each side."""
    a = stage.incident("printer on fire")
    yield None
    stage.fault("expired", "PATCH incident")
    stage.fault("expired", "TicketUpdate")
    stage.fault("expired", "TicketGet")
    a.says("from L1")
    a.vendor_says("from the vendor")
    yield None
