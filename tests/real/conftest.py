"""What the tests on real servers share."""

from __future__ import annotations

from tests.real.postgres import postgres
from tests.real.request_tracker import request_tracker
from tests.real.znuny import znuny, znuny_original
from tests.real.znuny_link import linked

__all__ = ["linked", "postgres", "request_tracker", "znuny", "znuny_original"]
