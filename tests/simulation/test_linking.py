"""An operator links tickets that were there before the connector, and ends exchanges: the whole product, judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from connector.daemon.errors import NotDone
from connector.daemon.pairs import Row
from connector.sandbox.core import Call
from connector.sandbox.judge import Table
from connector.store.records import BondState, Loaded
from connector.sync import operate
from connector.words import Side
from tests.simulation.link_desk import DONE, L1, OPERATOR, VENDOR, LinkDesk
from tests.simulation.play import Crash


@pytest.fixture
def desk() -> LinkDesk:
    return LinkDesk()


# --- link ---------------------------------------------------------------------------------------------------


def test_linked_tickets_exchange_what_comes_and_nothing_from_before(desk: LinkDesk) -> None:
    ref, case = desk.old()
    before = desk.before((ref, case))
    desk.link(ref, case)
    desk.run()
    assert desk.texts(ref) == desk.texts(case) == []
    desk.customer.comment(ref, L1, "new from level 1", public=True)
    desk.portal.comment(case, VENDOR, "new from the vendor", public=True)
    desk.customer.attach(ref, L1, "new.txt", b"new", "text/plain")
    desk.run()
    assert [text.partition("\n")[2].partition("\n")[0] for text in desk.texts(ref)] == ["new from the vendor"]
    assert len(desk.ours(case)) == 2
    assert desk.customer.ticket(ref).fields["correlation_id"] == desk.portal.ticket(case).number
    assert desk.portal.ticket(case).fields["DynamicField_CustomerReference"] == desk.customer.ticket(ref).number
    assert len(desk.portal.tickets()) == 1
    desk.judge(Table(before=before))


def test_the_record_says_who_linked_what_was_seen_and_what_is_the_base(desk: LinkDesk) -> None:
    ref, case = desk.old()
    bond = desk.link(ref, case).bond
    (event,) = desk.audited(bond, "linked")
    assert event["by"] == OPERATOR
    assert event["base"]["title"] == {
        "customer": {"short_description": "printer on fire"},
        "vendor": {"Title": "printer on fire"},
    }
    assert event["before"] == {"comments": 4, "files": 2}  # the portal writes an article about each file
    assert {name: fate for name, fate in event["differ"].items() if fate != "written"} == {}


def test_with_history_everything_travels_once_in_its_order(desk: LinkDesk) -> None:
    ref, case = desk.old()
    desk.customer.comment(ref, L1, "before: a second word", public=True)
    desk.link(ref, case, with_history=True)
    desk.run()
    said = [text for text in desk.texts(case) if "before:" in text]
    assert ["caller waits" in said[0], "second word" in said[1]] == [True, True]
    desk.judge()


def test_values_that_differ_stand_until_somebody_changes_them_or_asks(desk: LinkDesk) -> None:
    ref, case = desk.incident("our words"), desk.case("their words", Priority="5 very high")
    before = desk.before((ref, case))
    checked = desk.link(ref, case)
    later = {d.unit: (d.fate.value, d.later) for d in checked.outlook.differences}
    assert later["title"][0] == later["priority"][0] == "stands"
    assert f"connector retry sets case {desk.portal.ticket(case).number} to 'our words'" in later["title"][1]
    desk.run()
    assert (desk.customer.ticket(ref).fields["short_description"], desk.portal.ticket(case).fields["Title"]) == (
        "our words",
        "their words",
    )
    assert {unit: s["why"] for unit, s in desk.row(ref)["standing"].items()} == {"title": "linked", "priority": "linked"}
    desk.portal.edit(case, VENDOR, {"Title": "their new words"})  # a change travels as ever
    desk.run()
    assert desk.customer.ticket(ref).fields["short_description"] == "their new words"
    with desk.rig.store.operator_transaction(checked.bond) as tx:  # connector retry
        bond = tx.load().bond
        assert operate.try_again(bond, desk.rig.connection.mapping) == ([], ["priority"])
        tx.save(bond)
    desk.run()
    assert desk.portal.ticket(case).fields["Priority"] == "3 normal"
    desk.judge(Table(before=before))


def test_a_candidate_adopts_the_case_and_opens_none(desk: LinkDesk) -> None:
    ref, case = desk.incident(), desk.case()
    desk.rig.engine.poll(Side.CUSTOMER)
    assert desk.row(ref)["state"] == "candidate"
    assert desk.link(ref, case).bond == desk.row(ref)["bond"]
    before = desk.before((ref, case))
    desk.run()
    assert [t.ref for t in desk.portal.tickets()] == [case]
    assert desk.row(ref)["case_ref"] == case
    desk.judge(Table(before=before))


def test_a_worker_that_was_about_to_open_a_case_is_fenced_by_the_link(desk: LinkDesk) -> None:
    """The operator acts while a pass is between its read and its announcement."""
    ref, case = desk.incident(), desk.case()
    before = desk.before((ref, case))
    linker = desk.linker()
    (checked,) = linker.check([desk.numbers(ref, case)])
    desk.rig.engine.poll(Side.CUSTOMER)
    load = desk.rig.store.load

    def linked_meanwhile(bond_ids: Sequence[str]) -> dict[str, Loaded]:
        found = load(bond_ids)
        desk.rig.store.load = load  # type: ignore[method-assign]  # once
        assert linker.link(checked, OPERATOR)
        return found

    desk.rig.store.load = linked_meanwhile  # type: ignore[method-assign]  # a person acts at this very moment
    desk.rig.engine.work("w")
    assert [t.ref for t in desk.portal.tickets()] == [case]
    desk.run()
    assert [t.ref for t in desk.portal.tickets()] == [case]
    desk.judge(Table(before=before))


def test_a_case_that_the_vendor_opened_leaves_its_own_bond(desk: LinkDesk) -> None:
    ref, case = desk.incident(state="2", hold_reason=""), desk.case()
    desk.run(30)
    (held,) = [b for b in desk.rig.store.bonds() if b.state is BondState.CANDIDATE]
    checked = desk.link(ref, case)
    assert any("not meant for the vendor" in warning for warning in checked.outlook.warnings)
    desk.run()
    assert desk.audited(held.id, "gave_way")[0]["bond"] == checked.bond
    desk.portal.comment(case, VENDOR, "and now?", public=True)
    desk.run()
    assert len(desk.ours(ref)) == 1
    desk.judge(Table(before=desk.before((ref, case)) - {desk.portal.ticket(case).comments[-1].id}))


def test_a_case_that_the_vendor_opened_is_linked_like_any_other_after_a_restore(desk: LinkDesk) -> None:
    """A restored store asks whether a ticket of ours tells of it; none does, and nothing of that asking is left."""
    ref, case = desk.incident(state="2", hold_reason=""), desk.case()
    desk.run(30)
    desk.rig.restore(desk.rig.copy())
    desk.run(120)
    desk.link(ref, case)
    desk.run()
    desk.customer.edit(ref, L1, {"short_description": "smoke on the third floor"})
    desk.run()
    assert desk.portal.ticket(case).fields["Title"] == "smoke on the third floor"


def test_contradicting_phases_are_told_and_nothing_is_closed_or_opened(desk: LinkDesk) -> None:
    ref, case = desk.incident(), desk.case()
    desk.customer.edit(ref, L1, {"state": "7", **DONE})
    checked = desk.link(ref, case)
    assert [w for w in checked.outlook.warnings if "no move of it reaches the ticket" in w]
    other = desk.incident("second"), desk.case("second", State="closed successful")
    warned = desk.link(*other)
    assert [w for w in warned.outlook.warnings if "nothing is closed or opened, comments for it are held" in w]
    desk.run(200)
    assert (desk.customer.ticket(ref).fields["state"], desk.portal.ticket(case).fields["State"]) == ("7", "open")
    assert (desk.customer.ticket(other[0]).fields["state"], desk.portal.ticket(other[1]).fields["State"]) == (
        "3",
        "closed successful",
    )
    desk.portal.edit(case, VENDOR, {"State": "pending reminder"})
    desk.run(200)
    assert desk.customer.ticket(ref).fields["state"] == "7"


def test_linking_the_same_two_again_changes_nothing(desk: LinkDesk) -> None:
    ref, case = desk.old()
    first = desk.link(ref, case)
    desk.run()
    state = desk.state()
    again = desk.link(ref, case)
    assert (again.already, again.bond) == (True, first.bond)
    assert desk.state() == state


def test_what_is_linked_otherwise_is_refused_with_its_bond_and_the_remedy(desk: LinkDesk) -> None:
    ref, case = desk.old()
    bond = desk.link(ref, case).bond
    other, spare = desk.incident("another"), desk.case("another")
    number, case_number = desk.customer.ticket(ref).number, desk.portal.ticket(case).number
    assert desk.refusal(other, case) == (
        f"{case_number} is linked with {number} already (bond {bond}); end that exchange first: connector unlink {case_number};"
        f" or let {desk.customer.ticket(other).number} follow it:"
        f" connector link {desk.customer.ticket(other).number} {case_number} --follow"
    )
    assert f"{number} is linked with {case_number} already" in desk.refusal(ref, spare)


def test_a_case_that_the_connector_opened_for_another_ticket_is_refused(desk: LinkDesk) -> None:
    ref, other = desk.incident(), desk.incident("another", state="2", hold_reason="")
    desk.rig.world.choose_fault = lambda call: "twice" if call.label == "TicketCreate" else None
    desk.run(20)
    desk.rig.world.choose_fault = lambda _call: None
    desk.run(60)
    (extra,) = {t.ref for t in desk.portal.tickets()} - {desk.row(ref)["case_ref"]}
    assert f"was opened by the connector for {desk.customer.ticket(ref).number}" in desk.refusal(other, extra)


def test_while_a_case_may_be_on_its_way_nothing_is_linked(desk: LinkDesk) -> None:
    ref, case = desk.incident(), desk.case()
    desk.rig.world.choose_fault = lambda call: "answer_lost" if call.label == "TicketCreate" else None
    desk.rig.turn()
    desk.rig.world.choose_fault = lambda _call: None
    assert "a case may be on its way" in desk.refusal(ref, case)


def test_numbers_that_lead_nowhere_are_told_together(desk: LinkDesk) -> None:
    ref, case = desk.incident(), desk.case()
    merged, into = desk.case("merged"), desk.case("into")
    desk.portal.merge(merged, into, VENDOR)
    rows = [Row("INC9999999", case, 2), Row(desk.customer.ticket(ref).number, desk.portal.ticket(merged).number, 3)]
    rows += [Row(ref, case, 4), Row(desk.customer.ticket(ref).number.lower(), into, 5)]
    found = desk.linker().check(rows)
    told = [f"{p.place}: {p.message}" for one in found for p in one.problems]
    assert "line 2: there is no ticket INC9999999, or our account may not see it" in told
    assert [line for line in told if line.startswith("line 3") and "was merged into" in line]
    assert [line for line in told if line.startswith("line 5") and "stands in line 4 already" in line]


def test_checking_writes_nothing_anywhere(desk: LinkDesk) -> None:
    pairs = [desk.old() for _ in range(3)]
    desk.rig.engine.poll(Side.CUSTOMER)
    state = desk.state()
    desk.linker().check([desk.numbers(*pair) for pair in pairs])
    assert desk.state() == state


def test_a_comment_between_the_look_and_the_link_travels(desk: LinkDesk) -> None:
    ref, case = desk.old()
    before = desk.before((ref, case))
    linker = desk.linker()
    (checked,) = linker.check([desk.numbers(ref, case)])
    desk.rig.clock.advance(5)
    desk.portal.comment(case, VENDOR, "in between", public=True)
    desk.customer.edit(ref, L1, {"short_description": "changed in between"})
    assert linker.link(checked, OPERATOR)
    desk.run()
    assert [t for t in desk.texts(ref) if "in between" in t]
    assert desk.portal.ticket(case).fields["Title"] == "changed in between"
    desk.judge(Table(before=before))


def test_what_was_taken_between_the_look_and_the_link_is_told(desk: LinkDesk) -> None:
    ref, case = desk.old()
    other = desk.incident("another", state="2", hold_reason="")
    linker = desk.linker()
    mine, theirs = (linker.check([desk.numbers(each, case)])[0] for each in (ref, other))
    assert linker.link(theirs, OPERATOR)
    assert not linker.link(mine, OPERATOR)
    assert "already" in mine.problems[0].message
    assert desk.row(other)["case_ref"] == case


def test_a_system_that_is_away_is_told_and_nothing_is_linked(desk: LinkDesk) -> None:
    ref, case = desk.old()
    linker = desk.linker()
    desk.rig.world.choose_fault = lambda call: "refused" if call.system == "otrs" else None
    with pytest.raises(NotDone, match="nothing was linked"):
        linker.check([desk.numbers(ref, case)])
    assert desk.rig.store.bonds() == []


# --- crashes ------------------------------------------------------------------------------------------------


def crash_at(desk: LinkDesk, nth: int) -> Callable[[Call], None]:
    """The process dies at the nth call."""
    left = nth

    def strike(call: Call) -> None:
        nonlocal left
        if call.phase == "before":
            left -= 1
            if left == 0:
                raise Crash

    return strike


@pytest.mark.parametrize("nth", range(1, 9))
def test_a_list_that_dies_half_way_is_linked_by_calling_it_again(nth: int) -> None:
    """One commit a pair: whatever was linked stays, the rest is linked by the next call, each once."""
    desk = LinkDesk(nth)
    pairs = [desk.old() for _ in range(5)]
    before = desk.before(*pairs)
    rows = [desk.numbers(*pair) for pair in pairs]
    linker = desk.linker()
    checked = linker.check(rows)
    done = 0
    commit = desk.rig.store.jointly

    def dying(act: Callable[..., str]) -> str:
        nonlocal done
        done += 1
        if done == (nth + 1) // 2 and nth % 2:  # before the commit
            raise Crash
        found = commit(act)
        if done == nth // 2 and not nth % 2:  # after it
            raise Crash
        return found

    desk.rig.store.jointly = dying  # type: ignore[method-assign, assignment]  # the process dies here
    with pytest.raises(Crash):
        [linker.link(one, OPERATOR) for one in checked]
    desk.rig.store.jointly = commit  # type: ignore[method-assign]  # as it was
    linker = desk.linker()
    again = linker.check(rows)
    assert sum(one.already for one in again) == nth // 2
    assert all(linker.link(one, OPERATOR) for one in again)
    desk.run()
    assert len(desk.rig.store.bonds()) == len(pairs) == len(desk.portal.tickets())
    desk.judge(Table(before=before))


@pytest.mark.parametrize("nth", range(1, 7))
def test_the_first_passes_after_a_link_survive_a_crash_at_any_call(nth: int) -> None:
    desk = LinkDesk(nth)
    ref, case = desk.old()
    before = desk.before((ref, case))
    desk.link(ref, case)
    desk.customer.comment(ref, L1, "new from level 1", public=True)
    desk.rig.world.on_call = crash_at(desk, nth)
    with pytest.raises(Crash):
        desk.run()
    desk.rig.world.on_call = lambda _call: None
    desk.rig.start()
    desk.rig.engine.check()
    desk.run(120)
    assert len([t for t in desk.texts(case) if "new from level 1" in t]) == 1
    desk.judge(Table(before=before))
