"""What the tests on real servers share."""

from __future__ import annotations

from tests.real.postgres import postgres

__all__ = ["postgres"]
