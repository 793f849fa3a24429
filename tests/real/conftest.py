"""What the tests on real servers share."""

from __future__ import annotations

from tests.real.postgres import postgres
from tests.real.znuny import znuny, znuny_original
from tests.real.znuny_link import linked

__all__ = ["linked", "postgres", "znuny", "znuny_original"]
