"""Disks that fail: errors put into the system calls of a running process on given files, and a small one filled up."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.process.place import eventually

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="no strace is installed; .ci/trouble installs one")
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root may mount a small disk")


@contextmanager
def failing(pid: int, files: Sequence[Path], calls: str, error: str) -> Iterator[None]:
    """While the block lasts these calls of the process fail on these files, and only on them.

    :param calls: names with commas between, e.g. ``fsync,fdatasync``.
    :param error: e.g. ``EIO``.
    """
    paths = [word for file in files for word in ("-P", str(file))]
    inject = ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}"]
    log = files[0].with_name("strace.log")
    with log.open("w", encoding="utf-8") as errors:
        tracer = subprocess.Popen([_program("strace"), "-f", "-p", str(pid), "-o", "/dev/null", *paths, *inject], stderr=errors)
    try:
        if not eventually(lambda: "attached" in log.read_text(encoding="utf-8") or tracer.poll() is not None):
            pytest.fail("strace does not begin")
        if tracer.poll() is not None:
            pytest.skip(f"a process may not be traced here: {log.read_text(encoding='utf-8').strip()}")
        yield
    finally:
        tracer.send_signal(signal.SIGINT)  # the process goes on without it
        tracer.wait(10)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own, so small that it can be filled."""
    folder.mkdir()
    done = subprocess.run(
        [_program("mount"), "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"nothing may be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run([_program("umount"), "--lazy", str(folder)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Not a byte is left on this disk while the block lasts."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(4096))
        except OSError:
            pass
    try:
        yield
    finally:
        filler.unlink()


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is not installed"
    return found
