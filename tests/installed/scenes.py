"""A dozen scenes of whole tickets: what people of the customer and the vendor do, told by the notes and by ``explain``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.installed.house import CARL, CLOSED, HANDED_OVER, LARS, LENA, RESOLVED, STATEMENT, TAKEN_BACK, VERA, House
from tests.installed.places import CLOUD, LEVELS, elevated, partner, workcube

FAULT = {"subcategory": "l2-3-support"}
P1 = {"impact": "1", "urgency": "1", **FAULT}
Scene = Callable[[House], str]
"""Plays it and answers the ticket."""


def _stated(house: House, title: str, **fields: str) -> str:
    ref = house.opens(title, **fields)
    house.notes(ref, STATEMENT)
    house.wait()
    return ref


def waits_for_a_statement(house: House) -> str:
    ref = house.opens("Calls drop", **FAULT)
    house.wait()
    return ref


def goes_with_a_statement(house: House) -> str:
    ref = waits_for_a_statement(house)
    house.notes(ref, STATEMENT, by=LARS)
    house.wait()
    return ref


def handed_over_by_the_caller(house: House) -> str:
    ref = house.customer.create(LENA, {"short_description": "Calls drop", "impact": "2", "urgency": "2", **FAULT})
    house.edits(ref, HANDED_OVER, by=CARL)
    house.wait()
    return ref


def p1_with_a_call(house: House) -> str:
    ref = house.opens("Nobody can call", **P1)
    house.wait(20 * 60)
    house.notes(ref, "#connector called 22:40, Vera Vendor", by=LARS)
    house.wait()
    return ref


def the_vendor_asks(house: House) -> str:
    ref = _stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "open")
    house.wait()
    house.vendor_writes(ref, "Which version?")
    house.vendor_sets(ref, "pending reminder")
    house.wait()
    house.notes(ref, "[vendor] version 8", by=LARS)
    house.edits(ref, HANDED_OVER, by=LARS)
    house.wait()
    return ref


def solved_and_closed(house: House) -> str:
    ref = _stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.notes(ref, "#connector accept")
    house.edits(ref, RESOLVED)
    house.wait()
    house.edits(ref, CLOSED)
    house.wait()
    return ref


def solution_refused(house: House) -> str:
    ref = _stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.notes(ref, "#connector refuse it drops again after an hour")
    house.edits(ref, HANDED_OVER)
    house.wait(120.0)
    return ref


def withdrawn(house: House) -> str:
    ref = _stated(house, "Calls drop", **FAULT)
    house.vendor_sets(ref, "open")
    house.wait()
    house.edits(ref, CLOSED)
    house.wait(120.0)
    return ref


def closed_by_the_caller(house: House) -> str:
    ref = _stated(house, "Calls drop", caller_id=CARL, **FAULT)
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.edits(ref, CLOSED, by=CARL)
    house.wait(120.0)
    return ref


def change_request_with_a_question(house: House) -> str:
    ref = house.opens("New skill for team 4", subcategory="change-request")
    house.wait()
    house.edits(ref, TAKEN_BACK)
    house.notes(ref, "#connector consult Can a skill have two wallboards?", by=LARS)
    house.wait()
    house.vendor_sets(ref, "open")
    house.wait()
    house.vendor_writes(ref, "Yes, since version 8.")
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    return ref


def joint_work(house: House) -> str:
    ref = house.opens("CRM pop-up empty", subcategory="interfacing")
    house.wait()
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    return ref


def whose_analysis(house: House) -> str:
    ref = _stated(house, "Nobody can call", **P1)
    house.notes(ref, "#connector called 22:30, Vera Vendor")
    house.vendor_sets(ref, "pending auto close+")
    house.wait()
    house.notes(ref, "#connector cause vendor")
    house.wait()
    return ref


def nobody_is_responsible(house: House) -> str:
    ref = house.opens("Canteen")
    house.wait()
    return ref


def user_error(house: House) -> str:
    """Document 003: the partner's level 1."""
    ref = house.opens("Cannot log in", subcategory="l3-support", description="Scenario and analysis: wrong password")
    house.notes(ref, "#connector fact cause user_error")
    house.wait()
    return ref


def asked_by_level_2(house: House) -> str:
    """Document 003: the partner's level 1 hands over to its level 2, which hands over to the vendor and asks back."""
    ref = elevated(house, "Calls drop", subcategory="l3-support", description="Scenario and analysis: the queue loses calls")
    house.notes(ref, "#connector bounce proof which log?")
    house.edits(ref, HANDED_OVER)
    house.wait()
    house.vendor_sets(ref, "pending reminder")
    house.wait()
    return ref


def joins_a_task(house: House) -> str:
    """Document 004: level 2 finds that the vendor works on the like already."""
    tasks = [house.portal.create("piet.other", {"Title": title, "Body": "off by one"}) for title in ("Totals", "Sums")]
    first, second = (house.portal.ticket(task).number for task in tasks)
    ref = house.opens("Sum is wrong", subcategory="l3-support")
    house.wait()
    house.notes(ref, f"#connector join {first} only with a tax of 7 %, since version 8.1")
    house.notes(ref, f"#connector join {second} is it the same?\n#connector join 17 it is the same", by=LARS)
    house.wait()
    house.portal.comment(tasks[0], VERA, "Mended in 8.2.", public=True)
    house.portal.edit(tasks[0], VERA, {"State": "pending auto close+"})
    house.wait()
    house.notes(ref, f"#connector leave {second}")
    house.wait()
    return ref


SCENES: Mapping[str, Scene] = {
    play.__name__: play
    for play in (
        waits_for_a_statement,
        goes_with_a_statement,
        handed_over_by_the_caller,
        p1_with_a_call,
        the_vendor_asks,
        solved_and_closed,
        solution_refused,
        withdrawn,
        closed_by_the_caller,
        change_request_with_a_question,
        joint_work,
        whose_analysis,
        nobody_is_responsible,
        user_error,
        asked_by_level_2,
        joins_a_task,
    )
}


def played(folder: Path, name: str, language: str) -> tuple[House, str]:
    """The house after the scene, and its ticket."""
    if name in (user_error.__name__, asked_by_level_2.__name__):
        house = partner(folder, LEVELS if name == asked_by_level_2.__name__ else "", language)
    elif name == joins_a_task.__name__:
        house = workcube(folder, language=language)
    else:
        house = House(folder, mapping=CLOUD, language=language)
    return house, SCENES[name](house)
