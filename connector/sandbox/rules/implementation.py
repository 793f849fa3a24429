"""Document 001: it states the customer's duties only, and whose three systems are."""

from __future__ import annotations

from connector.sandbox.cast import Scene
from connector.sandbox.company import Company, by
from connector.sandbox.judge_table import STATED, Due
from connector.sandbox.rules.roster import LEVEL_1, NUMBERS, known_as
from connector.sandbox.rules.told import LARS, LENA, Repertoire, Rule, Told

COMPANY = Company(
    model="anywherenow-implementation",
    mapping={
        "topics": [
            by("system", "subcategory", "trunk", system="sbc"),
            by("service", "subcategory", "implementation", topic="implementation"),
            by("category", "category", "software", topic="l2-3-support"),
        ],
        "facts": {"record_type": [{"when": {"field": "subcategory", "is": "implementation"}, "value": "request"}]},
    },
    roster=LEVEL_1,
    numbers=NUMBERS,
)


def trunk(c: Told) -> Scene:
    c.opens("Nobody outside can reach us.", subcategory="trunk")
    yield c.l1_is_told("systems overview, item 3")
    yield c.pause()
    c.stands_without_case()
    c.stands("level 1 has read why, in an internal note", lambda: c.says("it stays here", "session border controller"))


def implementation(c: Told) -> Scene:
    c.opens("Please set up the second site as agreed.", subcategory="implementation")
    yield c.opened()
    yield c.pause()
    c.stands_with_one_case(known_as(LENA))
    c.stands("nobody was asked for evidence: it is no fault", lambda: not c.says("Missing"))


def own_half(c: Told) -> Scene:
    c.opens("All queues, all sites.", impact="1", urgency="1")
    c.writes("statement the same on every client and network; only the application logs errors")
    yield c.opened()
    yield c.pause()
    c.vendor_moves("pending auto close+", "reports it solved")
    yield c.with_l1()
    yield c.becomes_owed("cause")
    c.writes("cause vendor their media service had stopped", who=LARS)
    yield c.heard("cause")
    yield c.pause()
    c.stands("the analysis is expected of the vendor, and nobody demands it: the page does not", lambda: not c.owes("rca"))
    c.stands("nobody was reminded to phone: the number is only offered", lambda: not c.says("Still to be done", "+31 10"))
    c.stands_at_home()


def other_half(c: Told) -> Scene:
    c.opens("All queues, all sites.", impact="1", urgency="1")
    c.writes("statement the application answers nobody; its back-end may be down")
    yield c.opened()
    yield c.pause()
    c.vendor_moves("pending auto close+", "reports it solved")
    yield c.with_l1()
    yield c.becomes_owed("cause")
    c.writes("cause other our own firewall had blocked it", who=LARS)
    yield c.becomes_owed("rca")
    yield c.pause()
    c.stands("the enterprise owes the analysis, until it says where it stands", lambda: c.owes("rca"))
    c.stands_at_home()


_P1 = Due(case=True, after=STATED)

REPERTOIRE = Repertoire(
    people="The enterprise's level 1 helps the users, the vendor does level 2 and 3 and the implementation.",
    company=COMPANY,
    rules={
        "trunk": Rule(
            "A fault of the telephone line stays: the line is the enterprise's",
            "Calls from outside do not arrive",
            trunk,
            Due(case=False, told="systems overview, item 3"),
        ),
        "implementation": Rule(
            "The implementation is the vendor's, so a wish about it goes to the vendor",
            "Set up the second site",
            implementation,
            Due(case=True),
        ),
        "own_half": Rule(
            "The vendor caused an urgent failure; this page does not say that it owes an analysis",
            "Nobody can take calls",
            own_half,
            _P1,
        ),
        "other_half": Rule(
            "Something else caused it; this page says that the enterprise owes the analysis",
            "All calls are lost",
            other_half,
            _P1,
        ),
    },
)
