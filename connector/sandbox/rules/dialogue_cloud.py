"""Document 002, Dialogue Cloud: changes are the customer's, an urgent failure is phoned in, some work is done by both."""

from __future__ import annotations

from connector.sandbox.cast import WITH_L1, Scene
from connector.sandbox.company import Company, by
from connector.sandbox.judge_table import ASKED, Due
from connector.sandbox.rules.roster import LEVEL_1, NUMBERS, known_as
from connector.sandbox.rules.told import LARS, LENA, Repertoire, Rule, Told

COMPANY = Company(
    model="anywhere365-dialogue-cloud",
    mapping={
        "topics": [
            by("service", "subcategory", "change", topic="change-request"),
            by("service", "subcategory", "connections", topic="connections"),
            by("service", "subcategory", "interfacing", topic="interfacing"),
            by("category", "category", "software", topic="l2-3-support"),
        ],
        "facts": {"record_type": [{"when": {"field": "subcategory", "is": "change"}, "value": "change"}]},
    },
    roster=LEVEL_1,
    facts={"deployment": "cloud", "plan": "premium_plus", "purchased": ["training"], "version": "supported"},
    numbers=NUMBERS,
)


def change(c: Told) -> Scene:
    c.opens("Team 4 wants to route calls by language.", subcategory="change")
    yield c.l1_is_told("row 6")
    yield c.pause()
    c.edit("takes the ticket back", **WITH_L1)
    c.writes("consult Can a skill have two wallboards?", who=LARS)
    yield c.opened()
    yield c.pause()
    c.vendor_says("Yes, since version 8.")
    c.vendor_moves("pending auto close+", "sets the case to solved")
    yield c.l1_reads("Yes, since version 8.")
    yield c.pause()
    c.stands("the vendor has one case of it: Lars's question", lambda: c.case_says("Asked by Lars Lind", "two wallboards?"))
    c.stands("the answer stands in the ticket's internal notes", lambda: c.says("Yes, since version 8."))
    c.stands_at_home()


def urgent(c: Told) -> Scene:
    c.opens("All queues, all sites.", impact="1", urgency="1")
    yield c.opened()
    yield c.l1_is_told("+31 10 555 0100")
    yield c.pause()
    c.writes("called 14:20, spoke to Vera", who=LARS)
    yield c.heard("called")
    yield c.pause()
    c.stands_with_one_case(known_as(LENA))
    c.stands("the case says what it came without", lambda: c.case_says("Not complete when it was submitted", "highly likely"))
    c.stands("level 1 was asked to add it", lambda: c.says("goes to the vendor at once", "highly likely"))
    c.stands("the call is confirmed: nobody is reminded any more", lambda: not c.owes("p1-call"))


def interfacing(c: Told) -> Scene:
    c.opens("Customers' names no longer show when they call.", subcategory="interfacing")
    yield c.opened()
    yield c.pause()
    c.vendor_says("Our side sends the number again.")
    c.vendor_moves("pending auto close+", "reports it solved")
    yield c.l1_is_told("part as done")
    yield c.pause()
    c.stands_with_one_case(known_as(LENA))
    c.stands("level 1 has read that the vendor's part is done, and that the rest is its own", lambda: c.says("part as done"))
    c.stands_at_home()


REPERTOIRE = Repertoire(
    people="The customer's level 1 helps the users, the vendor does level 2 and 3 and runs the application in its cloud.",
    company=COMPANY,
    rules={
        "change": Rule(
            "A change that a user asks for is the customer's own work; the vendor is asked only where a person decides so",
            "New skill for team 4",
            change,
            Due(case=True, after=ASKED, told="row 6"),
        ),
        "urgent": Rule(
            "Nobody can work (a P1): it goes at once, even with gaps, and somebody has to phone",
            "Nobody can take calls",
            urgent,
            Due(case=True, told="+31 10 555 0100"),
        ),
        "interfacing": Rule(
            "A fault between both parties' systems is work for both: the vendor's \"solved\" is only its part",
            "Names are missing in the call window",
            interfacing,
            Due(case=True, told="part as done"),
        ),
    },
)
