"""A store copied while it works, and put back: what ``connector backup`` and ``connector restore`` do."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from connector.daemon import assemble
from connector.daemon.office import Progress
from connector.settings import Configuration
from connector.store import backup as copies
from connector.store import restore as restores


def backup(configuration: Configuration, path: Path, progress: Progress) -> dict[str, Any]:
    """Write the whole store to a new file; returns what the file says of itself.

    :raises Unusable: the store cannot be used, or the file cannot be written or is there already.
    """
    store = assemble.open_store(configuration.settings.store)
    try:
        with assemble.usable():
            return copies.write(store, path, progress).as_dict()
    finally:
        store.close()


def look(path: Path) -> dict[str, Any]:
    """What a backup says of itself.

    :raises Unusable: the file is no backup, or damaged.
    """
    with assemble.usable():
        return copies.read_manifest(path).as_dict()


def restore(configuration: Configuration, path: Path, by: str, progress: Progress) -> dict[str, Any]:
    """Put a backup in the place of the store, which is kept; no daemon may run.

    :raises Unusable: it cannot be done; then nothing was changed.
    """
    address = assemble.address(configuration.settings.store)
    with assemble.usable():
        done = restores.from_file(address, path, by, time.time, progress)
    return {"manifest": done.manifest.as_dict(), "bonds": done.bonds, "kept": done.kept}
