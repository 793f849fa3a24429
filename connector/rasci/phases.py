"""Who has a case, and who wins when both sides moved it at once.

The table answers only for crossing moves: both sides left the agreed phase, for different phases. Whether the
winner's move may be written at all is for ``judge`` to say.
"""

from __future__ import annotations

from connector.words import Party, Phase, Side

TURN = "turn"

# Row: the customer's phase. Column: the vendor's. Entry: who wins.
#   customer  the customer's word ends the matter: it withdrew, closed or resolved its own ticket (decision 0010)
#   turn      the party whose turn it was in the phase agreed before (``holder``)
#   same      no crossing: both say the same
# A customer that reopens needs no entry of its own. It works from a solved or ended base, which is its turn,
# so its `working` wins over a vendor's `solved`.
_TABLE = """
                    new       working   waiting_customer  waiting_third_party  solved    closed    cancelled
new                 same      turn      turn              turn                 turn      turn      turn
working             turn      same      turn              turn                 turn      turn      turn
waiting_customer    turn      turn      same              turn                 turn      turn      turn
waiting_third_party turn      turn      turn              same                 turn      turn      turn
solved              customer  customer  customer          customer             same      customer  customer
closed              customer  customer  customer          customer             customer  same      customer
cancelled           customer  customer  customer          customer             customer  customer  same
"""


def _read(table: str) -> dict[tuple[Phase, Phase], str]:
    head, *rows = [line.split() for line in table.strip().splitlines()]
    return {(Phase(row[0]), Phase(vendor)): entry for row in rows for vendor, entry in zip(head, row[1:], strict=True)}


CROSSING = _read(_TABLE)
"""(customer's phase, vendor's phase) -> "customer", "turn" or "same"; 49 entries."""

_VENDORS_TURN = frozenset({Phase.NEW, Phase.WORKING, Phase.WAITING_THIRD_PARTY})


def holder(phase: Phase) -> Party:
    """Whose turn it is. In an ended case it is the customer's: it alone may reopen."""
    return Party.VENDOR if phase in _VENDORS_TURN else Party.CUSTOMER


def winner(base: Phase | None, customer: Phase | None, vendor: Phase | None) -> Side:
    """The side whose move stands. ``base`` is the phase agreed before (None: never agreed, the customer's word stands).

    A side whose phase is None says nothing about the case and loses; if neither says anything, the customer's
    value stays.
    """
    if vendor is None:
        return Side.CUSTOMER
    if customer is None:
        return Side.VENDOR
    if CROSSING[customer, vendor] == TURN and base is not None and holder(base) is Party.VENDOR:
        return Side.VENDOR
    return Side.CUSTOMER
