"""A real gateway between the daemon and both systems, mitmproxy, which delays, refuses, cuts and kills from a seed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from connector.sandbox.core import Call
from tests.process.place import Place, eventually
from tests.process.trouble import assert_all_is_well, at_work, quick, ready
from tests.real.postgres import free_port

pytestmark = [pytest.mark.trouble, pytest.mark.timeout(240)]

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
MITMDUMP = Path(os.environ.get("MITMPROXY", _CACHE / "ticket-connector" / "mitmproxy")) / "bin" / "mitmdump"
ADDON = Path(__file__).with_name("gateway_addon.py")
SEED = 1
TROUBLES = 30
"""So many calls at least must have been troubled before people rest."""


@contextmanager
def gateway(here: Place, seed: int) -> Iterator[Path]:
    """Both systems are reached through it from now on. The file that is handed out makes it behave while it is there."""
    quiet, told = here.folder / "quiet", here.folder / "told"
    ports = {name: free_port() for name in here.urls}
    modes = [w for name, port in ports.items() for w in ("--mode", f"reverse:{_root(here.urls[name])}@127.0.0.1:{port}")]
    home = {"GATEWAY_SEED": str(seed), "GATEWAY_QUIET": str(quiet), "GATEWAY_TOLD": str(told)}
    line = [str(MITMDUMP), *modes, "-s", str(ADDON), "--set", f"confdir={here.folder}/mitm", "--set", "http2=false"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | home
    with (here.folder / "gateway.log").open("w", encoding="utf-8") as out:
        process = subprocess.Popen(line, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        for name, port in ports.items():
            here.urls[name] = here.urls[name].replace(_root(here.urls[name]), f"http://127.0.0.1:{port}")
        if not eventually(lambda: all(_is_open(port) for port in ports.values()), 60):
            pytest.fail((here.folder / "gateway.log").read_text(encoding="utf-8"))
        here.configure()
        yield quiet
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@pytest.mark.skipif(not MITMDUMP.exists(), reason="no mitmproxy is installed; .ci/trouble installs one")
def test_nothing_is_lost_or_doubled_behind_a_gateway_in_a_bad_mood(here: Place) -> None:
    quick(here)
    here.extra["CONNECTOR_CONNECTIONS__ACME__TIMING__MAX_ATTEMPTS"] = "100"  # nobody is parked for what the gateway does
    calls: list[Call] = []
    here.world.on_call = lambda call: calls.append(call) if call.write and call.phase == "after" else None
    with gateway(here, SEED) as quiet:
        quiet.touch()
        with here.daemon() as daemon:
            assert ready(daemon)
            quiet.unlink()
            with at_work(here, tickets=10, per_second=6, seed=SEED):
                assert eventually(lambda: len(calls) > 2 * TROUBLES, 60)
            quiet.touch()
            assert_all_is_well(here)
            assert daemon.stop()[0] == 0
    told = dict(line.split() for line in (here.folder / "told").read_text(encoding="utf-8").splitlines())
    assert sum(map(int, told.values())) > TROUBLES, told
    assert len(told) == 8, told  # every kind of trouble
