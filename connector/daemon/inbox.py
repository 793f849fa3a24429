"""The webhook inbox: posts that a system signs make its tickets due at once. Never needed, never trusted (decision 0018).

One thread, whatever comes: connections wait in the event loop, where one that says nothing costs a few kilobytes.
When there are too many of them, or they hold too much, the oldest unfinished one is let go: whoever means it well was done long ago.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import cast

from connector.daemon import inbox_http, logs
from connector.daemon.allowance import Allowance
from connector.daemon.hints import Hints, Place
from connector.daemon.hooks import Hook
from connector.daemon.inbox_http import Exchange, Head, Refusal
from connector.daemon.tallies import Tallies

CONNECTIONS = 512
"""Open at once, at most."""

HELD = 32 * 1024 * 1024
"""Bytes of unfinished requests, all together, at most."""

HEAD_S, WHOLE_S, LINGER_S = 5.0, 15.0, 1.0
"""Seconds within which a head, and the whole of a request, must have come; and for which a refused sender may read its answer."""

ONCE = 10_000
"""Posts of which it is remembered that they came, so that their repetitions are known."""

SERVER = "ticket-connector-inbox"
"""How it names itself in answers."""

_BACKLOG = 128
_ROUNDS = 8
_LOOK = 0.5  # seconds between two looks for connections whose time is over
_LOG_EVERY = 60.0  # seconds between two lines of the log about refused posts of one place


class Inbox:
    """Answers in a thread of its own from :meth:`start` to :meth:`stop`.

    :param address: where to listen; port 0 takes any free one, see :attr:`port`.
    :raises OSError: the address cannot be had.
    """

    def __init__(self, address: tuple[str, int], hooks: Mapping[Place, Hook], hints: Hints, tallies: Tallies) -> None:
        self._desk = _Desk({_path(place): (place, hook) for place, hook in hooks.items()}, hints, tallies)
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._socket = socket.create_server(address, family=family, backlog=_BACKLOG)
        self._socket.settimeout(0)
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._hints = hints
        self._thread = threading.Thread(target=self._run, name="webhook-inbox", daemon=True)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def running(self) -> bool:
        return self._thread.is_alive() and self._hints.running

    def start(self) -> None:
        self._hints.start()
        self._thread.start()

    def stop(self) -> None:
        """Take nothing more."""
        if self._thread.ident is None:
            self._loop.close()
            self._socket.close()
        else:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(2)
        self._hints.stop()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()
            self._socket.close()

    async def _serve(self) -> None:
        accepting = self._loop.create_task(self._accept())
        try:
            while not self._stopping.is_set() and not accepting.done():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), _LOOK)
                self._look()
        finally:
            accepting.cancel()
            for _ in range(_ROUNDS):  # a line takes some to be accepted, and to end
                self._desk.close()
                await asyncio.sleep(0)

    def _look(self) -> None:
        try:
            self._desk.look()
        except Exception as error:  # noqa: BLE001 - one line must not end all
            logs.get().error("webhook_crashed", error=type(error).__name__)

    async def _accept(self) -> None:
        while True:
            try:
                line, _ = await self._loop.sock_accept(self._socket)
            except OSError as error:  # it was gone again, or no more files may be opened just now
                logs.get().error("inbox_trouble", reason=error.strerror)
                await asyncio.sleep(_LOOK)
                continue
            try:
                await self._loop.connect_accepted_socket(partial(_Connection, self._desk), line)
            except BaseException:
                line.close()
                raise


def _path(place: Place) -> str:
    return f"/hooks/{place.connection}/{place.side}"


class _Desk:
    """What all connections share. For the loop's thread alone."""

    def __init__(self, hooks: Mapping[str, tuple[Place, Hook]], hints: Hints, tallies: Tallies) -> None:
        self._hooks = hooks
        self._hints = hints
        self._tallies = tallies
        self._allowance = Allowance()
        self._once: OrderedDict[tuple[Place, str], None] = OrderedDict()
        self._open: dict[_Connection, None] = {}  # the oldest first
        self._held = 0
        self._logged: dict[Place, float] = {}
        self._log = logs.get()

    # --- the connections ---

    def opened(self, one: _Connection) -> None:
        self._open[one] = None
        if len(self._open) > CONNECTIONS:
            self._let_oldest_go()

    def received(self, one: _Connection, size: int) -> None:
        one.held += size
        self._held += size
        while self._held > HELD and self._open:
            self._let_oldest_go()

    def released(self, one: _Connection) -> None:
        self._held -= one.held
        one.held = 0

    def closed(self, one: _Connection) -> None:
        self.released(one)
        self._open.pop(one, None)

    def look(self) -> None:
        """Let go whose time is over."""
        now = time.monotonic()
        for one in [one for one in self._open if now >= one.until]:
            one.let_go(HTTPStatus.REQUEST_TIMEOUT)

    def close(self) -> None:
        for one in list(self._open):
            one.drop()

    def _let_oldest_go(self) -> None:
        oldest = next(iter(self._open))
        oldest.let_go(HTTPStatus.SERVICE_UNAVAILABLE)
        oldest.drop()

    # --- the posts ---

    def admit(self, head: Head, address: str) -> None:
        """:raises Refusal: its body is not worth reading."""
        found = self._hooks.get(head.path)
        if found is None:
            raise Refusal(HTTPStatus.NOT_FOUND)
        if head.method != "POST":
            raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED)
        place, hook = found
        if not hook.claims(head.headers, time.time()):
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS if self._unsigned(place, address) else HTTPStatus.UNAUTHORIZED)

    def take(self, head: Head, body: bytes, address: str) -> HTTPStatus:
        """The answer to a post that was read."""
        place, hook = self._hooks[head.path]
        if not hook.signed(head.headers, body, time.time()):
            self._unsigned(place, address)
            self.refused(HTTPStatus.UNAUTHORIZED)
            return HTTPStatus.UNAUTHORIZED  # never "later": its secret will be as wrong then
        self._tallies.count(place, "received")
        if self._came_before((place, hook.again(head.headers))):
            self._tallies.count(place, "repeated")
            return HTTPStatus.ACCEPTED
        refs = hook.refs(body)
        self._tallies.count(place, "ignored", not refs)
        self._tallies.count(place, "dropped", self._hints.put(place, refs))
        return HTTPStatus.ACCEPTED

    def refused(self, status: HTTPStatus) -> None:
        self._tallies.refuse(status.value)

    def _unsigned(self, place: Place, address: str) -> bool:
        """Take notice; whether that address has sent too many of them."""
        now = time.monotonic()
        spent = self._allowance.spent(address, now)
        self._allowance.take(address, now)
        self._tallies.count(place, "refused")
        if now - self._logged.get(place, -_LOG_EVERY) >= _LOG_EVERY:
            self._logged[place] = now
            self._log.warning(
                "webhook_refused", connection=place.connection, side=place.side.value, address=address, reason=_UNSIGNED
            )
        return spent

    def _came_before(self, post: tuple[Place, str]) -> bool:
        if not post[1]:
            return False
        if post in self._once:
            return True
        self._once[post] = None
        if len(self._once) > ONCE:
            self._once.popitem(last=False)
        return False


_UNSIGNED = "its signature is missing or wrong, or its time is; compare the secret and the clock of both ends"


class _Connection(asyncio.Protocol):
    """One connection: one request, one answer."""

    def __init__(self, desk: _Desk) -> None:
        self._desk = desk
        self._exchange: Exchange | None = Exchange(self._admit)  # None: it was answered
        self._address = ""
        self._transport: asyncio.Transport
        self.held = 0
        self.until = time.monotonic() + HEAD_S

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""
        self._desk.opened(self)

    def data_received(self, data: bytes) -> None:
        self._desk.received(self, len(data))  # which may let us go
        if self._exchange is None:
            return
        try:
            self._go_on(self._exchange, data)
        except Refusal as no:
            self.let_go(no.status)
        except Exception as error:  # noqa: BLE001 - whatever came, the next one is to be answered
            logs.get().error("webhook_crashed", error=type(error).__name__)
            self.let_go(HTTPStatus.INTERNAL_SERVER_ERROR)

    def connection_lost(self, _: Exception | None) -> None:
        self._desk.closed(self)

    def let_go(self, status: HTTPStatus) -> None:
        """Answer in place of what was asked for; who has an answer and does not go is cut off."""
        if self._exchange is None:
            self.drop()
            return
        self._desk.refused(status)
        self._answer(status, {"Allow": "POST"} if status is HTTPStatus.METHOD_NOT_ALLOWED else _LATER.get(status, {}))
        self._transport.pause_reading()
        try:
            self._transport.write_eof()  # closed at once, with bytes of it still on their way, the answer might be lost
        except OSError:  # it hung up in this moment
            self.drop()

    def drop(self) -> None:
        self._desk.closed(self)
        self._transport.abort()

    def _admit(self, head: Head) -> None:
        self._desk.admit(head, self._address)
        self.until += WHOLE_S - HEAD_S

    def _go_on(self, exchange: Exchange, data: bytes) -> None:
        if not exchange.feed(data):
            if exchange.waits:
                self._transport.write(inbox_http.CONTINUE)
        elif exchange.head:
            self._answer(self._desk.take(exchange.head, exchange.body, self._address), {})
            self._transport.close()  # all of it was read

    def _answer(self, status: HTTPStatus, more: Mapping[str, str]) -> None:
        self._exchange = None
        self._desk.released(self)
        self.until = time.monotonic() + LINGER_S
        self._transport.write(inbox_http.answer(status, {"Server": SERVER, **more}))


_LATER = {status: {"Retry-After": "60"} for status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)}
