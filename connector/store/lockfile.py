"""One daemon on one embedded database: the operating system's lock on a file beside it."""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import IO

from connector.store.errors import StoreError


def lock(database: Path) -> IO[str]:
    """Hold ``DATABASE.lock`` until the returned file is closed, or the process ends however it ends.

    Raises StoreError naming the process that holds it. The file stays: removing it would let two in.
    """
    path = database.with_name(database.name + ".lock")
    held = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.seek(0)
        who = held.read().strip() or "another process"
        held.close()
        raise StoreError(f"{database} is in use by {who}: one daemon at a time works on an SQLite file") from None
    with suppress(OSError):  # a full disk: who holds it is told as a courtesy, the lock itself needs no room
        held.truncate(0)
        held.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        held.flush()
    return held
