"""A plan that was applied leaves nothing to plan, whatever people did on both sides before it."""

from __future__ import annotations

from hypothesis import given

from connector.mapping.results import Carry
from connector.store import codec
from connector.sync.marker import item_key
from connector.words import Effect, Side
from tests.laws.hand import Hand
from tests.laws.lives import lives
from tests.laws.values import BOND
from tests.laws.world import KEY, LAW, REFS, TIMING

PASSES = 8
"""More than the longest chain: a comment, what it provoked, what that covered, its putting back, what follows from it."""


@LAW
@given(lives(calm=True))
def test_a_plan_applied_leaves_an_empty_plan(hand: Hand) -> None:
    _first, planned = hand.run()
    hand.now += 5.0
    _second, left = hand.run()
    assert not [effect for effect in left if not _follows(hand, planned, effect)]
    hand.now += TIMING.note_pause
    _third, notes = hand.run()
    assert not [effect for effect in notes if effect.kind != "note"]
    hand.now += TIMING.note_pause
    _fourth, nothing = hand.run()
    assert not nothing


def _follows(hand: Hand, planned: list[Effect], effect: Effect) -> bool:
    """Notes come after what they tell of; a unit that names the other side's phase comes after the phase."""
    if effect.kind == "note":
        return True
    moved = {e.side for e in planned for w in e.units if w.unit == "status"}
    units = [hand.mapping.unit(w.unit) for w in effect.units]
    return bool(units) and effect.side.other in moved and all("$phase" in u.reads(effect.side.other) for u in units)


@LAW
@given(lives(provokes=True))
def test_after_any_trouble_the_plans_come_to_an_end(hand: Hand) -> None:
    """Lost answers, people in the middle of passes, comments that move a status: some passes later all is quiet."""
    hand.now += 600.0  # no lost call can land any more
    for _ in range(PASSES):
        hand.run()
        hand.now += TIMING.note_pause
    _scene, nothing = hand.run()
    assert not nothing
    assert not hand.intents
    for side in Side:
        _each_once(hand, side)
    for unit in hand.mapping.units:
        assert _explained(hand, unit), unit


def _each_once(hand: Hand, to: Side) -> None:
    """No item has two copies, and none that may travel has none."""
    ticket, source = hand.tickets[to], hand.tickets[to.other]
    markers = [c.marker for c in ticket.comments if c.by_us] + [f.marker for f in ticket.files if f.by_us]
    assert len(markers) == len(set(markers))
    withheld = codec.bond_of(hand.document).withheld
    theirs = [("comment", c.id) for c in source.comments if not c.by_us] + [("file", f.id) for f in source.files if not f.by_us]
    for kind, native in theirs:
        key = item_key(to.other, REFS[to.other], kind, native)
        assert key in withheld or KEY.item(BOND, key) in markers, key


def _explained(hand: Hand, unit: str) -> bool:
    """The two sides agree, or it is on record why not, or one of them shows what concerns itself alone."""
    scene = hand.scene()
    values = {side: scene.native(unit, side) or {} for side in Side}
    if hand.mapping.same(unit, values[Side.CUSTOMER], values[Side.VENDOR]):
        return True
    standing = scene.bond.unit(unit).standing
    if standing is not None and scene.stands(unit, standing, values[Side.CUSTOMER], values[Side.VENDOR]):
        return True
    answers = [hand.mapping.translate(unit, s, values[s], values[s.other], {}) for s in Side if hand.mapping.carries(unit, s)]
    return any(answer.carry is Carry.NOTHING for answer in answers)
