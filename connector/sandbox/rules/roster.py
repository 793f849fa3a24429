"""Who may act at the companies of the scenes."""

from __future__ import annotations

from connector.sandbox.cast import AGENTS
from connector.sandbox.company import days_ago, person
from connector.sandbox.rules.told import LARS, LENA, PETRA, SAM, UWE

NUMBERS = {"p1_number": "+31 10 555 0100", "on_call": "+31 20 555 0199"}
"""The vendor's number for urgent calls, and the customer's own around the clock."""

_TRAINED = {"trained": days_ago(100), "known_to_vendor": days_ago(90)}
_NAMES = {
    LENA: "Lena Lund",
    LARS: "Lars Lind",
    "omar.l1": "Omar Ost",
    "noor.l1": "Noor Nes",
    "pia.l1": "Pia Park",
    "tom.l1": "Tom Tal",
}

LEVEL_1 = [person(_NAMES[login], login, "trained-l1", **_TRAINED) for login in dict.fromkeys((LENA, LARS, *AGENTS))]
"""Trained people of the customer, whom the vendor knows (documents 000, 001 and 002)."""

PARTNERS = [
    person("Sam Sand", SAM, "service-desk", party="partner"),
    person("Petra Poll", PETRA, "certified-l2", party="partner", certified_until=days_ago(-365)),
    person("Uwe Ulm", UWE, "certified-l2", party="partner", certified_until=days_ago(3)),
]
"""A partner's people (document 003): who may answer users, who may elevate, and whose certificate ran out."""

EXPERTS = [
    person("Lena Lund", LENA, "company-l1", certified_until=days_ago(-365)),
    person("Petra Poll", PETRA, "workdesk-expert", party="partner", certified_until=days_ago(-365)),
]
"""The company's own expert, and the partner's (document 004)."""


def known_as(login: str) -> str:
    """Under which login the vendor's portal knows a person."""
    return next(str(one["portal_user"]) for one in (*LEVEL_1, *PARTNERS) if one["login"] == login)
