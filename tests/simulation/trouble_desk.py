"""What the tests of troubles share: two incidents and more in one simulated world, trouble on command, and what agreement is.

Agreement is judged from the two simulated systems alone; the connector's report is asserted beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import requests
from pydantic import SecretStr

from adapters.around import Around
from adapters.base import Adapter
from adapters.otrs import Otrs
from adapters.otrs_settings import OtrsSettings
from adapters.servicenow import ServiceNow, ServiceNowSettings
from connector.mapping.load import load as load_mapping
from connector.mapping.mapping import TicketMapping
from connector.sandbox.core import Call, SimItem, SimTicket
from connector.sandbox.otrs import PATH
from connector.sandbox.transport import InProcess
from connector.sync.report import report
from connector.words import Side
from tests.simulation.rig import ROOT, Rig

L1, VENDOR = "lena.l1", "vera.vendor"
ON_HOLD = {"state": "3", "hold_reason": "4"}
DONE = {"close_code": "Solved (Permanently)", "close_notes": "done"}
PRIORITIES = {"1": "5 very high", "2": "4 high", "3": "3 normal", "4": "2 low", "5": "1 very low"}
CALM: dict[str, Any] = {"held": None, "parked": None, "standing": {}, "withheld": [], "open": 0, "unverified": []}
CALL = 0.05
"""Seconds that a call takes in these tests."""


@cache
def _mapping() -> TicketMapping:
    return load_mapping(ROOT / "mappings" / "servicenow-otrs.yaml")


class TokenRig(Rig):
    """Both adapters log in once and then send a token (OAuth) or a session, which the systems may end at any time."""

    def adapters(self) -> dict[Side, Adapter]:
        session = requests.Session()
        session.trust_env = False
        session.mount("http://servicenow.test", InProcess(self.world, self.servicenow))
        session.mount("http://portal.test", InProcess(self.world, self.portal))
        common = {"user": "connector", "settle_s": 10, "read_lag_s": 2, "find_lag_s": 2}
        oauth = {
            "auth": "oauth_client_credentials",
            "client_id": "connector",
            "client_secret": SecretStr("connector-client-secret"),
        }
        customer = ServiceNowSettings.model_validate({"url": "http://servicenow.test", **oauth, **common})
        login = {"password": SecretStr("connector-secret"), "use_session": True, "customer_user": "acme"}
        vendor = OtrsSettings.model_validate({"url": "http://portal.test" + PATH, **login, **common})
        around = Around(session=session, clock=self.clock, sleep=self.clock.advance)
        return {
            Side.CUSTOMER: ServiceNow(customer, fields=self.mapping.reads(Side.CUSTOMER), around=around),
            Side.VENDOR: Otrs(vendor, fields=self.mapping.reads(Side.VENDOR), around=around),
        }


class Desk:
    """People, trouble and judgement around one :class:`Rig`. ``a`` is the ticket in trouble, ``b`` a healthy one."""

    def __init__(self, seed: int = 1, *, linked: bool = True, rig: type[Rig] = Rig) -> None:
        self.rig = rig(seed, mapping=_mapping())
        self.customer, self.portal = self.rig.servicenow, self.rig.portal
        self.rig.engine.check()
        self._plans: list[tuple[str, str, Callable[[], object]]] = []
        self._faults: list[tuple[str, str, int]] = []
        self.rig.world.on_call = self._on_call
        self.rig.world.choose_fault = self._choose_fault
        self.a = self.incident("printer on fire")
        self.b = self.incident("scanner on strike")
        if linked:
            self.run(12)
            self.agree(self.a, self.b)

    def restart(self) -> None:
        """The product starts anew: all it knows is in the store."""
        self.rig.start()
        self.rig.engine.check()

    def texts_reopen(self, *, history: bool = True) -> None:
        """On this portal every text of ours opens a case that waits. ``history``: whether it shows who moved one."""
        self.portal.comment_reopens, self.portal.history_rights = True, history
        self.restart()

    # --- people and time ---------------------------------------------------------------------------------

    def incident(self, title: str, **fields: str) -> str:
        given = {"short_description": title, "description": "it is broken", "impact": "2", "urgency": "2", **ON_HOLD, **fields}
        return self.customer.create(L1, given)

    def run(self, seconds: float = 60.0, step: float = 4.0) -> None:
        self.rig.settle(seconds, step)

    def both_talk(self, ref: str, words: str = "how is it going?") -> None:
        """One comment on each side of one pair."""
        self.customer.comment(ref, L1, f"L1: {words}", public=True)
        self.portal.comment(self.case(ref).ref, VENDOR, f"vendor: {words}", public=True)

    # --- trouble -----------------------------------------------------------------------------------------

    def fault(self, name: str, label: str = "", times: int = 1) -> None:
        """The next ``times`` calls whose label begins so (any call where empty) meet this fault."""
        self._faults.append((name, label, times))

    def heal(self) -> None:
        self._faults.clear()

    def faults_left(self) -> int:
        return sum(times for _, _, times in self._faults)

    def before(self, label: str, act: Callable[[], object]) -> None:
        """Somebody acts exactly before the next such call takes effect; :meth:`acted` says whether it came."""
        self._plans.append(("before", label, act))

    def after(self, label: str, act: Callable[[], object]) -> None:
        self._plans.append(("after", label, act))

    def acted(self) -> bool:
        return not self._plans

    def _on_call(self, call: Call) -> None:
        if call.phase == "before":
            self.rig.clock.advance(CALL)
        for plan in self._plans:
            if plan[0] == call.phase and call.label.startswith(plan[1]):
                self._plans.remove(plan)
                plan[2]()
                return

    def _choose_fault(self, call: Call) -> str | None:
        for n, (name, label, times) in enumerate(self._faults):
            if call.label.startswith(label):
                self._faults[n : n + 1] = [(name, label, times - 1)] if times > 1 else []
                return name
        return None

    # --- what is there -----------------------------------------------------------------------------------

    def row(self, ref: str) -> dict[str, Any]:
        """The connector's own word on one incident."""
        return next(row for row in report(self.rig.store, "acme") if row["ref"] == ref)

    def cases(self, ref: str) -> list[SimTicket]:
        """Every case that our user opened for an incident."""
        number = self.customer.ticket(ref).number
        return [t for t in self.portal.tickets() if t.ours and t.fields["DynamicField_CustomerReference"] == number]

    def case(self, ref: str) -> SimTicket:
        """The one case of an incident."""
        cases = self.cases(ref)
        assert len(cases) == 1, f"{len(cases)} cases of one incident"
        return cases[0]

    def copies(self, ref: str, words: str) -> list[SimItem]:
        """What our user wrote on either ticket of a pair with these words in it."""
        both = (*self.customer.ticket(ref).comments, *self.case(ref).comments[1:])
        return [item for item in both if item.ours and words in item.text]

    def notes(self, ref: str) -> str:
        """All that L1 reads of us in work notes."""
        return "\n".join(i.text for i in self.customer.ticket(ref).comments if i.ours)

    def spoken(self, ref: str) -> str:
        """All that our user wrote on the case."""
        return "\n".join(f"{i.subject}\n{i.text}" for i in self.case(ref).comments if i.ours)

    def audited(self, ref: str, kind: str) -> int:
        """How many records of a kind the audit holds of one bond."""
        return sum(record.kind == kind for record in self.rig.store.records(self.row(ref)["bond"]))

    def writes(self) -> int:
        return sum(counts["write"] for counts in self.rig.world.calls.values())

    def attempts(self, ref: str) -> int:
        """Failed attempts that count against one bond."""
        work = self.rig.store.work_of(self.row(ref)["bond"])
        assert work is not None
        return work.attempts

    # --- judgement ---------------------------------------------------------------------------------------

    def agree(self, *refs: str) -> None:
        """Both tickets show the same, every item has one copy, and the connector knows of no trouble."""
        for ref in refs:
            self.same(ref)
            row = self.row(ref)
            assert {name: row[name] for name in CALM} == CALM, self.customer.ticket(ref).number

    def same(self, ref: str) -> None:
        """Both tickets show the same and every item has exactly one copy; the report may still say something."""
        incident, case = self.customer.ticket(ref), self.case(ref)
        assert case.fields["Title"] == incident.fields["short_description"]
        assert case.fields["Priority"] == PRIORITIES[incident.fields["priority"]]
        assert incident.fields["correlation_id"] == case.number
        self.items(ref)

    def items(self, ref: str) -> None:
        """Every comment and file that may travel has exactly one copy, and nothing else of people's has any."""
        incident, case = self.customer.ticket(ref), self.case(ref)
        assert not any(i.public for i in incident.comments if i.ours), "the end user reads our words"
        said = [i.text for i in incident.comments if not i.ours and i.public]
        carriers = {i.id.partition(":")[0] for i in case.files}
        assert sorted(_bodies([i for i in case.comments[1:] if i.id not in carriers])) == sorted(map(_plain, said))
        told = [i.text for i in case.comments if not i.ours and i.public]
        assert sorted(_bodies(incident.comments)) == sorted(map(_plain, told))
        for here, there in ((incident, case), (case, incident)):
            given = [i.sha256 for i in here.files if not i.ours and i.public]
            assert sorted(i.sha256 for i in there.files if i.ours) == sorted(given)

    def never_closed_by_us(self) -> None:
        """No write of ours ever moved an incident into resolved, closed or cancelled, unless L1 had it there."""
        for deed in self.rig.world.deeds:
            if deed.ours and deed.system == "servicenow" and deed.field == "state":
                assert deed.new not in {"6", "7", "8"}, deed

    def still(self, seconds: float = 900.0) -> None:
        """Nothing is written any more, however long it goes on (a sweep and more)."""
        before = self.writes()
        self.run(seconds, 90.0)
        assert self.writes() == before


def _bodies(items: Iterable[SimItem]) -> list[str]:
    """The texts of our copies of people's comments, without head line and marker."""
    ours = [i.text for i in items if i.ours and not i.text.startswith("[Ticket connector]")]
    return [_plain(text.partition("\n")[2].partition("\n[ref:")[0]) for text in ours]


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
