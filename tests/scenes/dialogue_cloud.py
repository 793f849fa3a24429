"""002: Anywhere365 Dialogue Cloud. Its table has no on-premises rows, though its prose has on-premises items."""

from __future__ import annotations

from tests.scenes.asking import Scene, goes
from tests.scenes.both_editions import ROWS
from tests.scenes.cast import ON_PREMISES
from tests.scenes.prose import PROSE

NO_ROWS = "the table ends with 'Monitoring and maintenance of Anywhere365'"

SCENES = [
    *ROWS,
    *PROSE,
    Scene(NO_ROWS, "a disk is full on premises: no row says whose it is", goes("infrastructure", **ON_PREMISES), "unclassified"),
    Scene(NO_ROWS, "an upgrade on premises: no row says whose it is", goes("upgrades", **ON_PREMISES), "unclassified"),
]
