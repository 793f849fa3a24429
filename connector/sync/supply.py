"""What the vendor starts: one ticket tells the customer of it, and of all that comes about the same (rows of kind supply).

The ticket is the customer's own: nothing is kept in step with the case, the vendor's words come as internal notes, and
nobody but its people moves or ends it.
"""

from __future__ import annotations

from math import inf

from adapters.base import Gone
from connector.rasci.judge import judge
from connector.rasci.supply import Notice, notice, window
from connector.store.errors import AlreadyBonded
from connector.store.records import Bond, BondState
from connector.sync import birth, following
from connector.sync.deliver import Again, Delivery
from connector.sync.hand_over import Waits
from connector.sync.recognise import recognise
from connector.sync.scene import Scene
from connector.words import ENDED, Act, Change, News, Party, Side

UNKNOWN = "?"
"""Name of news that a lost store knew, and the mapping no longer tells."""


def vendor_opened(delivery: Delivery, scene: Scene) -> None:
    """A case that no ticket of the customer led to: news, or something that the vendor may not open for the customer.

    :raises Again: the customer is told by another ticket, or its creation is not cleared up yet.
    """
    case = scene.snapshots[Side.VENDOR]
    scene.bond.title = case.number
    recognise(scene)
    news = scene.mapping.supply.news(case)
    if _found(delivery, scene, news):
        return
    if news is None:
        ruling = judge(scene.model, Change(Act.SUBMIT, Side.CUSTOMER, Party.VENDOR))
        birth.hold(delivery, scene, Waits(ruling.reason, ruling, party=Party.VENDOR))
        return
    known = scene.installation.known if scene.installation else {}
    found = notice(scene.model, known, news)
    if found.told:
        _tell(delivery, scene, news, found)
    else:
        waits = Waits(found.ruling.reason, found.ruling, task=news.task, party=Party.VENDOR, stays=found.quiet)
        birth.hold(delivery, scene, waits)


def _found(delivery: Delivery, scene: Scene, news: News | None) -> bool:
    """Whether its ticket is there already: a creation that nobody answered, or one of which a restored store does not know."""
    known = scene.bond.supply
    scene.bond.supply = known or (_name(news) if news else UNKNOWN)
    if birth.find_case(delivery, scene):
        _claim(delivery, scene)
        return True
    scene.bond.supply = known
    return False


def _name(news: News) -> str:
    """Under which the bond of the ticket that tells of it is known: no two bonds can have it at once."""
    return f"news:{news.task}:{news.what}:{news.about}"


# --- one ticket for all of it -----------------------------------------------------------------------------------


def _tell(delivery: Delivery, scene: Scene, news: News, found: Notice) -> None:
    bond, name, store = scene.bond, _name(news), delivery.store
    holder = store.known(delivery.connection.name, Side.CUSTOMER, [name]).get(name)
    if holder not in (None, bond.id):
        _beside(delivery, scene, news, str(holder))
    ruling = found.ruling.as_dict()
    if holder is None:
        bond.supply, bond.topic, bond.held = name, news.task, None
        scene.fact("news", task=news.task, what=news.what, about=news.about, because=news.because, ruling=ruling)
        if taken := _claim(delivery, scene):
            raise Again(1.0, taken)
    template = "news_work" if found.work else "news"
    scene.note(
        "news", Side.CUSTOMER, scene.mapping.note(template, number=scene.snapshots[Side.VENDOR].number, rule=found.ruling.clause)
    )
    birth.open_ticket(delivery, scene, Side.CUSTOMER, {"ticket": scene.mapping.supply.written(scene.snapshots[Side.VENDOR])})


def _claim(delivery: Delivery, scene: Scene) -> str:
    """Make the bond's ticket the one that tells of its news. Returns why that cannot be; "" where it is."""
    try:
        with delivery.store.transaction(delivery.claim) as tx:
            tx.link(Side.CUSTOMER, scene.bond.supply)
            delivery.flush(tx, scene)
    except AlreadyBonded as taken:
        return str(taken)
    return ""


def _beside(delivery: Delivery, scene: Scene, news: News, holder: str) -> None:
    """Another ticket tells of it: this case is noted there. One that is over makes way.

    :raises Again: always; the bond ends, or begins anew.
    """
    bond, store = scene.bond, delivery.store
    lead = store.load([holder])[holder].bond
    if lead.state is BondState.CANDIDATE and lead.held is None:
        raise Again(delivery.connection.timing.retry, "the ticket that tells of it is just being opened")
    if _over(delivery, scene, lead, window(scene.model, news)):
        following.make_way(store, holder, _name(news))
        raise Again(0.0, "the ticket that told of it before is over")
    try:
        following.tell_beside(store, bond.id, holder, _title(scene))
    except following.CannotFollow as changed:
        raise Again(1.0, str(changed)) from changed
    raise Again(0.0, f"{lead.side(Side.CUSTOMER).number} tells of it")


def _over(delivery: Delivery, scene: Scene, lead: Bond, reach: float) -> bool:
    """Whether nobody would look at it any more: another ticket is to tell of what comes now. One tells of a release for good."""
    if lead.state not in (BondState.LINKED, BondState.ENDED) or lead.held or scene.now - lead.born > reach:
        return True
    ref = lead.side(Side.CUSTOMER).ref
    try:
        ticket = delivery.ask(Side.CUSTOMER, lambda adapter: adapter.read([ref])).get(ref)
    except Gone:
        return True
    return reach < inf and (ticket is None or scene.mapping.phase(Side.CUSTOMER, ticket.fields) in ENDED)


def _title(scene: Scene) -> str:
    case = scene.views[Side.VENDOR]
    return f"{case.number}: {case.title}"[:200]
