"""What every simulated system shares: requests and answers, the world around them, and faults on command.

A simulated system is one object with one entry, :meth:`System.handle`. The same object is served over
loopback HTTP(S) (:mod:`connector.sandbox.server`) and called in process
(:mod:`connector.sandbox.transport`), so a test in either way meets the same behaviour.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

#: The kinds of trouble that can be injected at a call, by name.
FAULTS = (
    "refused",  # the connection is refused before anything arrives
    "answer_lost",  # the call takes effect, the answer never comes
    "late",  # no answer, and the call takes effect a while later
    "twice",  # the call takes effect, is answered, and takes effect once more later
    "stale",  # a read is answered from the state of a while ago
    "limited",  # 429 with Retry-After
    "limited_bare",  # 429 without a word about when
    "html_502",  # a gateway's page, before the call reached the system
    "html_502_after",  # a gateway's page, after the call took effect
    "html_200",  # a login or maintenance page with status 200; the call did not reach the system
    "expired",  # 401: the token or session ended in the middle
    "truncated",  # the body is cut short
)


@dataclass(frozen=True)
class Request:
    """One HTTP request as a simulated system sees it. ``query`` keeps every value of a repeated name."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    base_url: str  # scheme and host as the caller addressed it, for links in answers

    def holds(self, word: str) -> bool:
        """Whether the word stands anywhere in what is asked."""
        asked = (value for values in self.query.values() for value in values)
        return word in self.path or any(word in value for value in asked) or word.encode() in self.body

    def arg(self, name: str, default: str = "") -> str:
        values = self.query.get(name)
        return values[0] if values else default


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def _page(status: int) -> Response:
    page = b"<!DOCTYPE html><html><body><h1>Please wait</h1></body></html>"
    return Response(status, {"Content-Type": "text/html; charset=utf-8"}, page)


_PAGES = {"html_200": _page(200), "html_502": _page(502), "limited_bare": _page(429)}
_WRITES_ONLY = frozenset({"late", "twice", "html_502_after"})
_READS_ONLY = frozenset({"stale"})


class System(Protocol):
    """A simulated remote system."""

    name: str

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        """Answer one request; ``as_of`` (world time) asks for an old state where the request only reads."""
        ...

    def is_write(self, request: Request) -> bool:
        """True where the request would change the system (SOAP writes are POSTs like its reads)."""
        ...

    def label(self, request: Request) -> str:
        """A short name of what is asked, e.g. ``PATCH incident`` or ``TicketUpdate``."""
        ...


@dataclass(frozen=True)
class Deed:
    """One change of a simulated system, by whomsoever: the judge reads nothing else about the past."""

    at: float
    system: str
    who: str  # login of the actor
    ours: bool  # made through the connector's account
    what: str  # create, field, comment, file, visibility, ...
    ticket: str  # native id
    field: str = ""
    old: str | None = None
    new: str | None = None
    public: bool = False  # shown to an end user (customer side) or to the customer (vendor side)
    item: str = ""  # native id of the comment or file
    again: bool = False  # the world delivered the call of this deed a second time (fault "twice")


@dataclass(frozen=True)
class Call:
    """One call on its way; ``phase`` is ``before`` or ``after`` its effect."""

    n: int
    phase: str
    system: str
    label: str
    write: bool


class World:
    """Time, chance, the log of deeds and the pending late effects of one simulated world.

    :param clock: seconds since the epoch; virtual in simulation, ``time.time`` in the demo.
    """

    def __init__(self, clock: Callable[[], float], seed: int = 0) -> None:
        self.clock = clock
        self.rng = random.Random(seed)  # noqa: S311 - play, not secrets
        self.lock = threading.RLock()
        self.deeds: list[Deed] = []
        self.calls: dict[str, dict[str, int]] = {}  # system -> {"read": n, "write": n}
        self.injected: dict[str, int] = {}
        self.n = 0
        #: Chooses the fault of a call, or none. Called once a call, before it takes effect.
        self.choose_fault: Callable[[Call], str | None] = lambda _call: None
        #: People act, and crashes happen, here: called before and after each call's effect.
        self.on_call: Callable[[Call], None] = lambda _call: None
        self._late: list[tuple[float, Callable[[], object]]] = []
        self._repeating = False
        self.late_after = (1.0, 8.0)  # how long a late effect may take, in seconds
        self.stale_by = 2.0  # how old a stale read is, in seconds
        self.retry_after = 2  # what a 429 asks for, in seconds
        #: Reads that their system cannot answer (500): those in which all words of one of these stand.
        self.spoiled: set[tuple[str, ...]] = set()

    def now(self) -> float:
        return self.clock()

    def record(self, deed: Deed) -> None:
        self.deeds.append(replace(deed, again=True) if self._repeating else deed)

    def _repeat(self, effect: Callable[[], object]) -> None:
        """Let a call take effect once more; its deeds are marked, for nobody else did them."""
        self._repeating = True
        try:
            effect()
        finally:
            self._repeating = False

    def tick(self) -> None:
        """Let what was delayed arrive. Called at each call and by whoever moves the clock."""
        with self.lock:
            now = self.now()
            due = [effect for at, effect in self._late if at <= now]
            self._late = [(at, effect) for at, effect in self._late if at > now]
            for effect in due:
                effect()

    def later(self, effect: Callable[[], object]) -> None:
        self._late.append((self.now() + self.rng.uniform(*self.late_after), effect))

    def pending(self) -> int:
        return len(self._late)

    def deliver(self, system: System, request: Request) -> Response | str:
        """Carry one call to a system: people, faults, effect.

        Returns the answer, or the name of the fault by which no answer comes
        (``refused`` before anything arrived; ``answer_lost`` and ``late`` as a time-out).
        """
        with self.lock:
            self.n += 1
            write = system.is_write(request)
            call = Call(self.n, "before", system.name, system.label(request), write)
            counts = self.calls.setdefault(system.name, {"read": 0, "write": 0})
            counts["write" if write else "read"] += 1
            self.tick()
            self.on_call(call)
            spoiled = not write and any(all(map(request.holds, words)) for words in self.spoiled)
            fault = self.choose_fault(call)
            answer = _page(500) if spoiled else self._with_fault(system, request, write, fault)
            self.on_call(Call(call.n, "after", call.system, call.label, write))
            return answer

    def _with_fault(self, system: System, request: Request, write: bool, fault: str | None) -> Response | str:
        if fault is None or fault in (_READS_ONLY if write else _WRITES_ONLY):
            return system.handle(request)
        self.injected[fault] = self.injected.get(fault, 0) + 1
        if fault in _PAGES:
            return _PAGES[fault]
        if fault == "refused":
            return fault
        if fault == "limited":
            return Response(429, {"Retry-After": str(self.retry_after), "Content-Type": "application/json"}, b"{}")
        if fault == "stale":
            return system.handle(request, self.now() - self.stale_by)
        return self._applied(system, request, fault)

    def _applied(self, system: System, request: Request, fault: str) -> Response | str:
        """The call reaches the system, now or later; something is wrong with the answer."""
        if fault == "late":
            self.later(lambda: system.handle(request))
            return fault
        if fault == "expired":
            self.expire(system)
        answer = system.handle(request)
        if fault == "twice":
            self.later(lambda: self._repeat(lambda: system.handle(request)))
        if fault == "truncated":
            return Response(answer.status, answer.headers, answer.body[: max(1, len(answer.body) // 2)])
        lost: dict[str, Response | str] = {"answer_lost": fault, "html_502_after": _page(502)}
        return lost.get(fault, answer)

    @staticmethod
    def expire(system: System) -> None:
        """End every token or session that the system has given out, where it gives any."""
        end = getattr(system, "expire_tokens", None)
        if end:
            end()


@dataclass(frozen=True)
class SimItem:
    """A comment or a file as the judge sees it."""

    id: str
    kind: str  # comment, file
    who: str  # login
    ours: bool
    at: float
    text: str  # a comment's whole text as stored; a file's name
    public: bool  # customer side: shown to the end user; vendor side: shown to the customer
    sha256: str = ""  # files
    size: int = 0
    subject: str = ""  # where comments have one
    deleted: bool = False


@dataclass(frozen=True)
class SimTicket:
    """A ticket as the judge sees it: native names and values, whole truth, no access rules."""

    ref: str
    number: str
    who: str  # login of the creator
    ours: bool
    created: float
    fields: Mapping[str, str]
    comments: tuple[SimItem, ...]
    files: tuple[SimItem, ...]


class Cast(Protocol):
    """What people do in a simulated system, and what the judge sees of it. Every act is recorded as a deed.

    Acts by a person skip HTTP and access rules, but obey the system's own logic (computed fields,
    mandatory fields, normalisation). ``who`` is a login; display names follow from it.
    """

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        """Open a ticket; returns its native id."""
        ...

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        """Change native fields in one save.

        :raises ValueError: where the system itself refuses (mandatory fields, unknown state).
        """
        ...

    def comment(self, ref: str, who: str, text: str, *, public: bool) -> str:
        """Write a comment; ``public`` as in :class:`SimItem`. Returns its native id."""
        ...

    def attach(self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream") -> str:
        """Attach a file; returns its native id."""
        ...

    def clone(self, ref: str, who: str) -> str:
        """Copy a ticket with all its fields (a marker too), as people do; returns the copy's native id."""
        ...

    def tickets(self) -> list[SimTicket]:
        """Every ticket, oldest first."""
        ...

    def ticket(self, ref: str) -> SimTicket: ...
