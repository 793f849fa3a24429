"""What keeps the whole from starting."""

from __future__ import annotations


class Unusable(Exception):
    """The store or the machine cannot be used as it is; ``str()`` says why and what helps."""


class NotDone(Exception):
    """An order cannot be carried out as things stand; ``str()`` says why and what helps."""


class NoSuchTicket(NotDone):
    """No bond has this ticket, or none that the order could be about."""
