"""What ``connector sweep`` says of bonds: judged by what stands in both systems; it changes nothing anywhere."""

from __future__ import annotations

from connector.store.tables import identity
from connector.sync import drift
from connector.words import Side
from tests.simulation.trouble_desk import L1, VENDOR, Desk


def found(desk: Desk, ref: str) -> set[tuple[str, str]]:
    """Kinds of findings of one incident's bond, and what they are about."""
    rig = desk.rig
    before, size = desk.writes(), rig.store.audit_size()
    (one,) = drift.look(rig.connection, rig.store, rig.clock, [desk.row(ref)["bond"]])
    assert (desk.writes(), rig.store.audit_size()) == (before, size)
    return {(finding.kind, finding.what.partition(":")[0]) for finding in one.findings}


def test_bonds_that_agree_have_no_findings() -> None:
    desk = Desk()
    desk.both_talk(desk.a)
    desk.customer.comment(desk.a, L1, "internal, and stays", public=False)
    desk.customer.attach(desk.a, L1, "log.txt", b"log", "text/plain")
    desk.portal.attach(desk.case(desk.b).ref, VENDOR, "fix.bin", b"fix")
    desk.run()
    assert found(desk, desk.a) == found(desk, desk.b) == set()


def test_what_has_not_travelled_yet_is_what_the_next_pass_writes() -> None:
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"short_description": "another title"})
    desk.customer.comment(desk.a, L1, "not copied yet", public=True)
    desk.portal.edit(desk.case(desk.b).ref, VENDOR, {"State": "pending auto close+"})
    assert found(desk, desk.a) == {("change", "title"), ("item", "customer")}
    assert ("change", "status") in found(desk, desk.b)
    desk.run()
    assert found(desk, desk.a) == found(desk, desk.b) == set()


def test_a_standing_difference_and_a_deleted_ticket_are_told_with_their_reason() -> None:
    desk = Desk()
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Priority": "1 very low"})
    desk.run()
    desk.customer.delete(desk.b)
    assert ("gone", "customer") in found(desk, desk.b)
    assert ("standing", "priority") in found(desk, desk.a)


def test_a_candidate_and_a_held_one() -> None:
    desk = Desk(linked=False)
    desk.fault("refused", "TicketCreate", 1000)
    desk.run(8)
    assert found(desk, desk.a) == {("no_case", "")}


def test_a_difference_that_no_record_explains_is_called_so() -> None:
    desk = Desk()
    desk.customer.edit(desk.a, L1, {"short_description": "never told"})
    name = desk.row(desk.a)["bond"]
    title = {"short_description": "never told"}
    with desk.rig.store.operator_transaction(name) as tx:  # as if an engine had taken it for agreed
        bond = tx.load().bond
        bond.unit("title").base[Side.CUSTOMER] = title
        tx.save(bond)
    assert found(desk, desk.a) == {("unexplained", "title")}


def test_a_write_whose_outcome_is_not_known_is_in_doubt() -> None:
    desk = Desk()
    desk.fault("late", "TicketUpdate")
    desk.rig.world.late_after = (9.0, 9.0)
    desk.customer.comment(desk.a, L1, "in doubt", public=True)
    desk.rig.turn()
    assert ("in_doubt", "customer") in found(desk, desk.a)


def test_a_copy_of_nothing_is_a_stray() -> None:
    desk = Desk()
    file = desk.customer.attach(desk.a, L1, "log.txt", b"log", "text/plain")
    desk.run()
    assert found(desk, desk.a) == set()
    desk.customer.delete_file(file)
    with desk.rig.store.db.write() as connection:
        connection.execute(identity.delete())
    assert found(desk, desk.a) == {("stray", "vendor")}
