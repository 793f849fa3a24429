"""The bare minimum: the same bytes, sent by a plain ``requests`` thread pool that knows nothing and keeps nothing."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

from tests.bench.systems import Call


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock and of the processor."""

    wall: float
    cpu: float


def bare(calls: Sequence[Call], in_flight: int) -> Spent:
    """Send recorded calls again, from a process of its own; what it takes to start is not counted."""
    told = pickle.dumps((list(calls), in_flight))
    done = subprocess.run([sys.executable, "-m", "tests.bench.bare"], input=told, stdout=subprocess.PIPE, check=True)
    wall, cpu = done.stdout.split()
    return Spent(float(wall), float(cpu))


def _main() -> None:
    calls, in_flight = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
    own = threading.local()

    def send(call: Call) -> None:
        session = getattr(own, "session", None)
        if session is None:
            session = own.session = requests.Session()
            session.trust_env = False
        answer = session.request(call.method, call.url, headers=call.headers, data=call.body)
        answer.raise_for_status()

    began, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(in_flight) as pool:
        list(pool.map(send, calls))
    sys.stdout.write(f"{time.perf_counter() - began} {time.process_time() - cpu}")


if __name__ == "__main__":
    _main()
