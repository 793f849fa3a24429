"""Thousands of posts at once, from a process of their own: good ones, forged ones, huge ones, and some that never end."""

from __future__ import annotations

import random
import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from tests.process.posts import CUSTOMER, VENDOR, otrs, plain, servicenow

HUGE = 10 * 1024 * 1024
AT_ONCE = 16
CUT = 0  # instead of a status: the line was cut before an answer could be read

Post = tuple[bytes, Mapping[str, str]]


@dataclass(frozen=True)
class Flood:
    """What it is made of. ``incidents`` and ``cases``: ids of tickets that are there."""

    port: int
    count: int
    incidents: Sequence[str]
    cases: Sequence[str]


def pour(flood: Flood) -> Counter[tuple[str, int]]:
    """Send all of it; how often which kind of post was answered how."""
    slow: list[socket.socket] = []
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return Counter(pool.map(lambda n: _one(flood, n, slow), range(flood.count)))
    finally:
        for line in slow:
            line.close()


def _one(flood: Flood, n: int, slow: list[socket.socket]) -> tuple[str, int]:
    chance = random.Random(n)
    if n % 50 == 2:
        return "slow", _begin(flood.port, slow)
    if n % 100 == 1:
        return "huge", _send(flood.port, VENDOR, _forged(flood, chance)[1] if n % 200 == 1 else plain(b" " * HUGE))
    if n % 3 == 0:
        return "forged", _send(flood.port, *_forged(flood, chance))
    return "signed", _send(flood.port, *_signed(flood, chance))


def _signed(flood: Flood, chance: random.Random) -> tuple[str, Post]:
    if chance.random() < 0.5:
        return CUSTOMER, servicenow(chance.choice([*flood.incidents, f"{chance.getrandbits(128):032x}"]))
    return VENDOR, otrs(chance.choice([*flood.cases, str(chance.randint(10_000, 99_999))]))


def _forged(flood: Flood, chance: random.Random) -> tuple[str, Post]:
    path, (body, headers) = _signed(flood, chance)
    return path, chance.choice(
        [
            (body, {}),
            (body + b" ", headers),
            (body, {**headers, "X-Connector-Signature": "sha256=" + "0" * 64}),
            (body, {**headers, "X-Connector-Signature": "nonsense"}),
            plain(body, secret="a secret that somebody guessed"),
        ]
    )


def _begin(port: int, slow: list[socket.socket]) -> int:
    """Say half a head and no more; the line stays open to the end."""
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.sendall(f"POST {VENDOR} HTTP/1.1\r\nContent-Le".encode())
    slow.append(line)
    return CUT


def _send(port: int, path: str, sent: Post) -> int:
    body, headers = sent
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        with suppress(OSError):  # it would not hear the rest: perhaps it said why
            line.sendall(head + body)
        try:
            answer = line.recv(64)
        except OSError:
            return CUT
    return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.1 ") else CUT
