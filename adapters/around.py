"""What an adapter works with besides its settings: the machine's own by default, the world's in tests and in the simulation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import requests
from pydantic import SecretStr


@dataclass(frozen=True, kw_only=True)
class Around:
    """
    :ivar session: a prepared ``requests`` session.
    :ivar clock: seconds since the epoch; ``sleep`` waits between two tries of a read.
    :ivar save_token: keeps a rotated OAuth refresh token for good, before its access token is used; raises if it cannot.
    :ivar newest_token: the one that was kept last: another process with the same account may have been quicker.
    """

    session: requests.Session | None = None
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    save_token: Callable[[str], None] | None = None
    newest_token: Callable[[], SecretStr] | None = None


USUAL = Around()
