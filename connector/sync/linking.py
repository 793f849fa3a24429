"""A person links a ticket with a case that is there already, or ends such an exchange. Pure: what it comes to, and why not.

Linking decides nothing in anybody's ticket. The values found are the base; where they differ, the difference stands
until a person changes one of them, or asks for it (``connector retry``). What identifies the link is the bond in
the store: a marker counts only where our own user created the ticket with it. For people, each ticket is told the
other's number, as at a birth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.base import Snapshot
from connector.mapping.mapping import TicketMapping
from connector.store.records import Bond, BondState, Identity, Loaded, Note, SideState, Standing, UnitState
from connector.sync.differences import Difference, Fate, Once, compare, names_the_other
from connector.sync.marker import bond_id, item_key
from connector.words import ENDED, Phase, Side, TicketView

FAREWELL = "unlinked:"
"""How the topic of the last note on a ticket begins."""

_BONDED = (BondState.LINKED, BondState.ENDED)


@dataclass(frozen=True)
class Objection:
    """Why two tickets cannot be linked, and what a person can do about it."""

    message: str
    remedy: str


@dataclass(frozen=True)
class Pair:
    """A ticket and a case, as read, and the bonds that know them.

    :ivar holders: the bonds that have them; a side whose ticket nobody has is absent.
    :ivar maker: the bond whose case it was created as, by its marker.
    :ivar may_follow: where another ticket leads the case, this one is to follow it.
    """

    connection: str
    snapshots: Mapping[Side, Snapshot]
    holders: Mapping[Side, Loaded] = field(default_factory=dict)
    maker: Loaded | None = None
    may_follow: bool = False

    def number(self, side: Side) -> str:
        return self.snapshots[side].number

    @property
    def linked(self) -> bool:
        """Whether just these two are linked with each other."""
        mine, theirs = self.holders.get(Side.CUSTOMER), self.holders.get(Side.VENDOR)
        return mine is not None and theirs is not None and mine.bond.id == theirs.bond.id and mine.bond.state in _BONDED

    @property
    def leading(self) -> Bond | None:
        """The bond of the ticket that leads the case, where this one could follow it."""
        mine, theirs = self.holders.get(Side.CUSTOMER), self.holders.get(Side.VENDOR)
        free = mine is None or mine.bond.state not in _BONDED
        return theirs.bond if free and theirs and theirs.bond.state in _BONDED else None

    @property
    def follows(self) -> str:
        """The number of the ticket that leads the case that this one is to follow; "" where it is linked by itself."""
        return self.leading.side(Side.CUSTOMER).number if self.may_follow and self.leading else ""


@dataclass(frozen=True)
class Outlook:
    """What linking two tickets would come to."""

    differences: tuple[Difference, ...]
    warnings: tuple[str, ...]


# --- may it be? -------------------------------------------------------------------------------------------


def objections(pair: Pair) -> Iterator[Objection]:
    """Why not. None for two that are linked with each other already: there is nothing to do."""
    if pair.linked:
        return
    customer, vendor = pair.holders.get(Side.CUSTOMER), pair.holders.get(Side.VENDOR)
    if customer and customer.bond.state in _BONDED:
        yield _taken(pair.number(Side.CUSTOMER), customer.bond, Side.VENDOR)
    if vendor and vendor.bond.state in _BONDED:
        if not pair.follows:
            yield _led(pair, vendor.bond)
    elif pair.maker and pair.maker.bond.state is not BondState.UNLINKED and not _same(pair.maker, customer):
        bond = pair.maker.bond
        lead = bond.side(Side.CUSTOMER).number
        yield Objection(
            f"{pair.number(Side.VENDOR)} was opened by the connector for {lead} (bond {bond.id})",
            f"link {lead} with it, or end that exchange first: connector unlink {lead}",
        )
    for side in Side:
        holder = pair.holders.get(side)
        if holder and holder.bond.state is BondState.CANDIDATE and holder.intents:
            yield Objection(
                f"a call about {pair.number(side)} is not answered yet (bond {holder.bond.id}): a case may be on its way",
                f"wait until `connector explain {pair.number(side)}` shows what became of it, then link again",
            )


def _taken(number: str, bond: Bond, other: Side) -> Objection:
    known = bond.side(other)
    with_whom = known.number or known.ref
    return Objection(
        f"{number} is linked with {with_whom} already (bond {bond.id})",
        f"end that exchange first: connector unlink {number}",
    )


def _led(pair: Pair, bond: Bond) -> Objection:
    taken = _taken(pair.number(Side.VENDOR), bond, Side.CUSTOMER)
    if pair.leading is None:
        return taken
    ticket, case = pair.number(Side.CUSTOMER), pair.number(Side.VENDOR)
    return Objection(taken.message, f"{taken.remedy}; or let {ticket} follow it: connector link {ticket} {case} --follow")


def _same(one: Loaded, other: Loaded | None) -> bool:
    return other is not None and one.bond.id == other.bond.id


# --- what it comes to -------------------------------------------------------------------------------------


def outlook(pair: Pair, mapping: TicketMapping, once: Once | None = None) -> Outlook:
    """What would differ, what would be written, and what a person should know before.

    :param once: what our account sets with a new ticket alone.
    """
    views = _views(pair, mapping)
    if pair.follows:
        told = following(pair.follows, pair)
        return Outlook((), (told, *_contradiction(pair, views[Side.CUSTOMER].phase, views[Side.VENDOR].phase, mapping)))
    return Outlook(tuple(compare(mapping, views, once)), tuple(_warnings(pair, mapping, views)))


def following(lead: str, pair: Pair) -> str:
    """What it comes to that the pair's ticket follows its case, in a sentence for a person."""
    ticket, case = pair.number(Side.CUSTOMER), pair.number(Side.VENDOR)
    return (
        f"{lead} leads {case}, and {ticket} follows it: all comments and files travel between the two, those included that are"
        f" there already, and the status of the case reaches {ticket}; its own status, title and priority change nothing at the vendor's"
    )


def _views(pair: Pair, mapping: TicketMapping) -> dict[Side, TicketView]:
    return {side: mapping.view(side, snapshot) for side, snapshot in pair.snapshots.items()}


def _warnings(pair: Pair, mapping: TicketMapping, views: Mapping[Side, TicketView]) -> Iterator[str]:
    yield from _contradiction(pair, views[Side.CUSTOMER].phase, views[Side.VENDOR].phase, mapping)
    intake = mapping.intake(pair.snapshots[Side.CUSTOMER])
    if not intake.taken and views[Side.CUSTOMER].phase not in ENDED:
        yield f"by the mapping {pair.number(Side.CUSTOMER)} is not meant for the vendor ({intake.reason}); linked, it is all the same"
    if pair.snapshots[Side.VENDOR].created_by_us and pair.maker is None:
        yield (
            f"our own account opened {pair.number(Side.VENDOR)}, and this store does not know for which ticket:"
            f" make sure that it was {pair.number(Side.CUSTOMER)}"
        )


def _contradiction(pair: Pair, customer: Phase | None, vendor: Phase | None, mapping: TicketMapping) -> Iterator[str]:
    """Phases that contradict each other, with what follows; linking closes nothing."""
    ticket, case = pair.number(Side.CUSTOMER), pair.number(Side.VENDOR)
    if customer in ENDED and vendor in ENDED:
        yield f"both have ended ({ticket}: {customer}, {case}: {vendor}): nothing travels until one of them is opened again"
    elif customer in ENDED:
        yield f"{ticket} is {customer}, {case} is not: the case stays open for the vendor to end, and no move of it reaches the ticket"
    elif vendor in ENDED:
        held = ", comments for it are held" if mapping.comment_after_close == "hold" else ""
        yield f"{case} is {vendor}, {ticket} is not: nothing is closed or opened{held}"


# --- the link ---------------------------------------------------------------------------------------------


def new_id(pair: Pair, taken: Mapping[str, Loaded]) -> str:
    """The id of the bond for two that have none. ``taken``: what bears one of :func:`ids` already."""
    return next(name for name in ids(pair) if name not in taken)


def ids(pair: Pair) -> tuple[str, str]:
    """The ids that a bond of these two may bear: the ticket's own, and where an earlier exchange has that, one of the pair's."""
    refs = {side: pair.snapshots[side].ref for side in Side}
    own = bond_id(pair.connection, Side.CUSTOMER, refs[Side.CUSTOMER])
    return own, bond_id(pair.connection, Side.CUSTOMER, f"{refs[Side.CUSTOMER]} {refs[Side.VENDOR]}")


def earlier(pair: Pair, found: Iterable[Loaded]) -> Loaded | None:
    """The bond of an earlier exchange of these two: it goes on, so that nothing that it copied is copied again."""
    refs = {side: pair.snapshots[side].ref for side in Side}
    for one in found:
        bond = one.bond
        if bond.state is BondState.UNLINKED and all(bond.side(side).ref == refs[side] for side in Side):
            return one
    return None


def tie(bond: Bond, pair: Pair, mapping: TicketMapping, now: float) -> list[Difference]:
    """Make the bond the link of these two; returns the differences."""
    views = _views(pair, mapping)
    found = list(compare(mapping, views))
    bond.state, bond.held, bond.ended_at = BondState.LINKED, None, 0.0
    bond.mapping_version = mapping.version
    bond.title = views[Side.CUSTOMER].title
    bond.priority = views[Side.CUSTOMER].priority
    bond.sides = {side: _seen(snapshot) for side, snapshot in pair.snapshots.items()}
    fates = {difference.unit: difference.fate for difference in found}
    bond.units = {name: _unit(name, views, mapping, fates.get(name), now) for name in mapping.units}
    bond.withheld, bond.tried, bond.alone = {}, {}, []
    bond.supply = ""  # whatever it was before, the two are kept in step now
    bond.notes = {topic: note for topic, note in bond.notes.items() if note.written}  # what else there was to say is over
    return found


def _seen(snapshot: Snapshot) -> SideState:
    version = -1 if snapshot.version is None else snapshot.version
    return SideState(snapshot.ref, snapshot.number, snapshot.url, snapshot.changed, version)


def _unit(name: str, views: Mapping[Side, TicketView], mapping: TicketMapping, fate: Fate | None, now: float) -> UnitState:
    values = {side: dict(view.units[name]) for side, view in views.items() if name in view.units}
    if fate is Fate.WRITTEN and names_the_other(mapping, name):
        values[next(iter(mapping.unit(name).sources))] = {}  # whatever the source shows is news
    state = UnitState(values)
    if fate is Fate.STANDS:
        reason = "they differed when they were linked: not applied unless asked for"
        state.standing = Standing(values[Side.CUSTOMER], values[Side.VENDOR], "linked", reason, now)
    return state


def there_before(pair: Pair, identities: Iterable[Identity], now: float) -> list[Identity]:
    """The comments and files that stand on both tickets now, by their ids: they stay where they are.

    By ids, not by a time: they are exact, and an edit does not change them.
    """
    known = {identity.item for identity in identities}
    return [one for side in Side for one in _items(pair, side, now) if one.item not in known]


def _items(pair: Pair, side: Side, now: float) -> Iterator[Identity]:
    snapshot, to = pair.snapshots[side], pair.snapshots[side.other].ref
    named = [("comment", c.id, c.by_us) for c in snapshot.comments] + [("file", f.id, f.by_us) for f in snapshot.attachments]
    for kind, native, by_us in named:
        if not by_us:
            yield Identity(item_key(side, snapshot.ref, kind, native), kind, side.other, to, "", now)


def linked(pair: Pair, bond: Bond, found: Iterable[Difference], before: Iterable[Identity], by: str) -> dict[str, Any]:
    """The record of a link: who made it, what was seen, and what became the base."""
    differing = {one.unit: one.fate.value for one in found}
    kept = [one.kind for one in before]
    return {
        "kind": "linked",
        "by": by,
        "tickets": {side.value: {"ref": s.ref, "number": s.number, "changed": s.changed} for side, s in pair.snapshots.items()},
        "base": {name: {side.value: value for side, value in unit.base.items()} for name, unit in bond.units.items()},
        "differ": differing,
        "before": {"comments": kept.count("comment"), "files": kept.count("file")},
    }


# --- the end ----------------------------------------------------------------------------------------------


def part(bond: Bond, mapping: TicketMapping, by: str, now: float) -> dict[str, Any]:
    """End the exchange: nothing is closed, nothing is written but one last note on each side. Returns the record."""
    bond.state, bond.held = BondState.UNLINKED, None
    for side in Side:
        _last_note(bond, side, mapping.note("unlinked", number=_number(bond, side.other)), now)
    return {"kind": "unlinked", "by": by, "ticket": bond.side(Side.CUSTOMER).number, "case": bond.side(Side.VENDOR).number}


def part_follower(bond: Bond, follower: Bond, own: Bond, mapping: TicketMapping, by: str, now: float) -> dict[str, Any]:
    """One ticket follows the bond's case no more; its exchange ends in a bond of its own, and the bond goes on without it.

    Its side hears of it from its own bond, the case from the one that goes on with it. Returns the record of both.
    """
    bond.followers = [one for one in bond.followers if one is not follower]
    ticket, case = follower.side(Side.CUSTOMER), bond.side(Side.VENDOR)
    own.state, own.title, own.priority, own.mapping_version = (
        BondState.UNLINKED,
        follower.title,
        follower.priority,
        mapping.version,
    )
    own.sides = {Side.CUSTOMER: ticket, Side.VENDOR: SideState(case.ref, case.number, case.url)}
    _last_note(own, Side.CUSTOMER, mapping.note("unlinked", number=_number(bond, Side.VENDOR)), now)
    _last_note(bond, Side.VENDOR, mapping.note("unfollowed", number=ticket.number or ticket.ref), now)
    return {"by": by, "ticket": ticket.number, "case": case.number}


def _last_note(bond: Bond, side: Side, text: str, now: float) -> None:
    """Said anew at each end, even in the same words."""
    topic = f"{FAREWELL}{side}:"
    n = sum(1 for known in bond.notes if known.startswith(topic)) + 1
    bond.notes[f"{topic}{n}"] = Note(side, text, now)


def _number(bond: Bond, side: Side) -> str:
    known = bond.side(side)
    return known.number or known.ref


def give_way(bond: Bond, to: str) -> dict[str, Any]:
    """A case's own candidate, or an exchange that ended, leaves its ticket to the bond ``to``. Returns the record."""
    bond.state, bond.held = BondState.UNLINKED, None
    return {"kind": "gave_way", "bond": to}
