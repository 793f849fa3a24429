"""What the store refuses, in sentences fit for a person."""

from __future__ import annotations

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

OUT_OF_REACH = (OperationalError, InterfaceError, InternalError)
"""What is raised where the database itself fails: full, broken or away, or rid of a transaction that rested for too long.

No bond is to blame, and none may be parked for it.
"""


class StoreError(Exception):
    """The store cannot do what was asked; ``str()`` says why and what helps."""


class Fenced(StoreError):
    """The bond is no longer ours: the lease was taken over, or a person acted. Drop the pass; nothing was written."""


class AlreadyBonded(StoreError):
    """The ticket belongs to another bond, whose id is ``bond``."""

    def __init__(self, message: str, bond: str) -> None:
        super().__init__(message)
        self.bond = bond
