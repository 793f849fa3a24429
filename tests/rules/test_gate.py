"""What no setting, no mapping and no model may allow: endings and words that are not the vendor's to say."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cache

import responses

from adapters.base import Trouble
from adapters.http import Http
from connector.mapping.load import MappingError, loads
from connector.mapping.mapping import TicketMapping
from connector.mapping.status import Write
from connector.words import Phase, Side
from tests.simulation.rig import ROOT
from tests.simulation.trouble_desk import DONE, L1, VENDOR, Desk


@cache
def shipped() -> str:
    return (ROOT / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8")


def under(desk: Desk, mapping: TicketMapping) -> Desk:
    """The same desk under a mapping that no loader would let pass."""
    desk.rig.mapping = replace(mapping, version=desk.rig.mapping.version)
    desk.restart()
    return desk


def refused(text: str) -> str:
    """Why a mapping is refused, "" where it loads."""
    try:
        loads(text)
    except MappingError as error:
        return str(error)
    return ""


def test_the_vendor_ends_no_incident_even_where_a_mapping_would_write_it() -> None:
    desk = Desk()
    status = desk.rig.mapping.status
    customer = status.sides[Side.CUSTOMER]
    resolve = Write({"state": "6", "hold_reason": "", **DONE})
    sides = {**status.sides, Side.CUSTOMER: replace(customer, writes={**customer.writes, Phase.SOLVED: resolve})}
    under(desk, replace(desk.rig.mapping, status=replace(status, sides=sides)))
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "pending auto close+"})
    desk.run(40)
    desk.never_closed_by_us()


def test_a_mapping_that_lets_the_vendor_resolve_is_refused() -> None:
    line = 'solved: {set: {state: 2, hold_reason: ""}'
    assert line in shipped()
    assert "closing invariant" in refused(shipped().replace(line, 'solved: {set: {state: 6, hold_reason: ""}'))


def test_a_mapping_that_shows_the_vendors_words_to_end_users_is_refused() -> None:
    line = "- {from: visible, to: work_notes}"
    assert line in shipped()
    assert "end users read" in refused(shipped().replace(line, "- {from: visible, to: comments}"))


def test_the_vendors_words_reach_no_end_user_even_where_a_mapping_would_show_them() -> None:
    desk = Desk()
    channels = desk.rig.mapping.channels
    (rule,) = channels.comments[Side.VENDOR]
    public = {**channels.comments, Side.VENDOR: (replace(rule, target="comments"),)}
    under(desk, replace(desk.rig.mapping, channels=replace(channels, comments=public)))
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "please call me a fool", public=True)
    desk.run(40)
    assert not any(item.public for item in desk.customer.ticket(desk.a).comments if item.ours)


def test_an_incident_that_ended_before_its_case_gets_none() -> None:
    """Whatever the intake filter of the mapping asks for."""
    take = shipped().partition("  take:\n")[2].partition("\nstatus:")[0]
    desk = under(Desk(linked=False), loads(shipped().replace(take, "    all:\n      - {field: number, contains: INC}\n")))
    desk.fault("refused", "Ticket", times=20)
    desk.run(8)
    desk.customer.edit(desk.a, L1, {"state": "7", **DONE})
    desk.heal()
    desk.run(120)
    assert len(desk.cases(desk.b)) == 1
    assert desk.cases(desk.a) == []


def test_the_customers_solution_does_not_solve_the_vendors_case() -> None:
    """A move that is not the customer's to make is refused by the model, and the case stays the vendor's."""
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"State": "open"})
    desk.run(20)
    desk.customer.edit(desk.a, L1, {"state": "6", "hold_reason": "", **DONE})
    desk.run(40)
    assert desk.case(desk.a).fields["State"] == "open"


def test_a_redirected_write_reaches_nobody_else() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as net:
        net.post("http://a.test/write", status=307, headers={"Location": "http://b.test/write"})
        net.post("http://b.test/write", json={})
        client = Http("system", "http://a.test", own_error=lambda _: None)
        with suppress(Trouble):
            client.write("POST", "/write", lambda reply: reply.json(), json={"secret": "words"})
        assert [call.request.url for call in net.calls] == ["http://a.test/write"]
