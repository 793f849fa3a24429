"""What 000 and 002 say in the same words, about tickets in the cloud. A row of the one is the row of the other."""

from __future__ import annotations

from tests.installed.rows import CASE, STAYS, Handed

ROWS = [
    Handed("row 3", "l2-3-support", CASE),
    Handed("row 6", "change-request", STAYS, "The customer has to ask the user before and tell the user after."),
    Handed("row 8", "training", CASE),
    Handed("row 9", "provide-tenant", CASE),
    Handed("row 10", "configure-tenant", STAYS, "row 10"),
    Handed("row 11", "interfacing", CASE),
    Handed("row 12", "connections", STAYS, "#connector support TEXT"),
    Handed("row 13", "entry-points", CASE),
    Handed("customer's summary, operating", "customer-operates", STAYS, "the vendor has no part in it"),
    Handed("customer's summary, configuration", "configuration", STAYS, "configuration and functional management"),
    Handed("vendor's summary, hosting", "hosting-platform", CASE),
    Handed("systems overview, back-end", "back-end:", CASE, task="l2-3-support"),
    Handed("systems overview, tenant", "tenant:", STAYS, "the customer manages it", task="l2-3-support"),
    Handed("systems overview, SBC with trunk", "sbc:", STAYS, "the customer manages it", task="l2-3-support"),
    Handed("customer's summary, cloud", "entry-point-interfacing:", STAYS, "the customer manages it", task="l2-3-support"),
]
