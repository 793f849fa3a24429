"""The kinds of systems that can be simulated, by the names under which people choose them.

A new kind is one line here: how it is built, how judge and people know it (:mod:`connector.sandbox.witness`), and what an
adapter must be told to reach it. Nothing here imports an adapter: settings are plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from connector.sandbox import jsm_witness, otrs, request_tracker_witness
from connector.sandbox.core import System, World
from connector.sandbox.jira_data import MARKER
from connector.sandbox.jira_witness import JiraDesk
from connector.sandbox.jsm_witness import JsmPortal
from connector.sandbox.otrs import Otrs
from connector.sandbox.past import give_past
from connector.sandbox.request_tracker_witness import RequestTrackerPortal
from connector.sandbox.servicenow import ServiceNow
from connector.sandbox.witness import Desk, Portal, Witness

W = TypeVar("W", bound=Witness)

USER, SECRET = "connector", "connector-secret"
"""The account that a connector has in every simulated system."""


@dataclass(frozen=True)
class Simulated(Generic[W]):
    """One simulated system in a world.

    :ivar title: what people call it.
    :ivar served: answers requests. ``known`` is how judge and people know it.
    :ivar adapter: the adapter's name in its registry; ``settings`` what it is told beside the address and the secret.
    :ivar labels: how the world labels its calls that create and that change a ticket.
    :ivar secret: the setting that holds the secret.
    :ivar path: the adapter's address behind the server's.
    :ivar past: lets something have happened there before anybody looks.
    :ivar comment_max: the longest comment that it takes, in characters; ``title_max`` the longest title.
    :ivar solved_is_closed: a solved ticket and a closed one are the same there.
    :ivar overlaps: the adapter's poll can be told how late a change shows.
    :ivar provokes: without history, what a text of ours makes of a ticket there, by the state before.
    :ivar blind: it never tells who changed what.
    :ivar form: the units that our account sets with a new ticket alone.
    :ivar merges: people merge tickets there.
    :ivar internal: our account can write what the system's own staff alone read.
    :ivar words: what people read there, by the word of the pair that is judged, where it is another one.
    :ivar cannot: scenes of the demo that cannot happen there (:mod:`connector.sandbox.scenes`).
    :ivar spells: rights that can be withdrawn there for a while (:mod:`tests.simulation.spells`).
    """

    title: str
    served: System
    known: W
    adapter: str
    settings: Mapping[str, Any]
    labels: Mapping[str, str]
    secret: str = "password"  # noqa: S105 - the name of a setting
    path: str = ""
    past: Callable[[], None] = lambda: None
    comment_max: int = 200_000
    title_max: int = 255
    solved_is_closed: bool = False
    overlaps: bool = True
    provokes: Mapping[str, str] = field(default_factory=dict)
    blind: bool = False
    form: frozenset[str] = frozenset()
    merges: bool = True
    internal: bool = True
    words: Mapping[str, str] = field(default_factory=dict)
    cannot: frozenset[str] = frozenset()
    spells: frozenset[str] = frozenset({"history rights"})

    def read(self, word: str) -> str:
        """What people read there for a word of the pair that is judged."""
        return self.words.get(word, word)


Build = Callable[[World], Simulated[W]]


def _servicenow(world: World) -> Simulated[Desk]:
    instance = ServiceNow(world, USER, SECRET)
    labels = {"create": "POST incident", "change": "PATCH incident"}
    rights = {"journal rights", "history rights", "a hidden incident", "a read-only field", "a hidden field"}
    return Simulated(
        "ServiceNow", instance, instance, "servicenow", {"user": USER}, labels, past=lambda: give_past(instance),
        comment_max=65_536, title_max=160, spells=frozenset(rights),
    )  # fmt: skip


def _otrs(world: World) -> Simulated[Portal]:
    portal = Otrs(world, USER, SECRET)
    labels = {"create": "TicketCreate", "change": "TicketUpdate"}
    provokes = {"pending reminder": "open", "pending auto close+": "open", "closed successful": "open"}
    told = {"user": USER, "customer_user": "acme"}
    return Simulated("an OTRS", portal, portal, "otrs", told, labels, path=otrs.PATH, provokes=provokes)


def _jira(world: World) -> Simulated[Desk]:
    user = f"{USER}@example.com"
    desk = JiraDesk(world, user)
    settings = {"user": user, "deployment": "cloud", "project": "SUP", "issue_type": "Incident", "internal_role": "Developers"}
    labels = {"create": "POST issue", "change": "PUT issue"}
    return Simulated(
        "Jira", desk.served, desk, "jira", settings, labels,
        comment_max=32_767, cannot=frozenset({"unknown_state"}), spells=frozenset({"history rights", "a hidden incident"}),
    )  # fmt: skip


def _request_tracker(world: World) -> Simulated[Portal]:
    portal = RequestTrackerPortal(world, USER, SECRET)
    labels = {"create": "POST ticket", "change": "PUT ticket"}
    return Simulated(
        "a Request Tracker",
        portal.served,
        portal,
        "request_tracker",
        {"user": USER},
        labels,
        title_max=200,
        solved_is_closed=True,
        words=request_tracker_witness.PRIORITIES,
        spells=frozenset(),
    )


def _jsm(world: World) -> Simulated[Portal]:
    user = f"{USER}@example.com"
    portal = JsmPortal(world, user, SECRET)
    told = {
        "user": user,
        "deployment": "cloud",
        **jsm_witness.DESK,
        "requests": "all",
        "marker_field": MARKER,
        "moves": jsm_witness.ACTIONS,
    }
    return Simulated(
        "a service desk in Jira",
        portal.served,
        portal,
        "jsm",
        told,
        {"create": "POST request", "change": "POST request/transition"},
        comment_max=32_767,
        overlaps=False,
        provokes=jsm_witness.PROVOKES,
        blind=True,
        form=frozenset({"title", "priority"}),
        merges=False,
        internal=False,
        words=jsm_witness.PRIORITIES,
        cannot=frozenset({"priority", "at_once", "in_the_middle"}),
        spells=frozenset(),
    )


DESKS: Mapping[str, Build[Desk]] = {"servicenow": _servicenow, "jira": _jira}
"""The customer's side."""

PORTALS: Mapping[str, Build[Portal]] = {"otrs": _otrs, "request-tracker": _request_tracker, "jsm": _jsm}
"""The vendor's side."""


def bounds(desk: Simulated[Desk], portal: Simulated[Portal]) -> dict[str, Any]:
    """What the judge's table says otherwise of this pair than by default."""
    return {
        "title_max": (desk.title_max, portal.title_max),
        "comment_max": (desk.comment_max, portal.comment_max),
        "solved_is_closed": portal.solved_is_closed,
        "form": portal.form,
        "internal": portal.internal,
        "words": portal.words,
        "blind": portal.blind,
    }


def mapping_name(desk: str, portal: str) -> str:
    """The shipped mapping between two kinds."""
    return f"{desk}-{portal}"
