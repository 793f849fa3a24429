"""Document 004, Workcube: four levels. What level 2 finds out decides where a call ends, and a task needs three tests."""

from __future__ import annotations

from connector.sandbox.cast import Scene
from connector.sandbox.company import Company, by
from connector.sandbox.judge_table import STATED, Due
from connector.sandbox.rules.roster import EXPERTS, known_as
from connector.sandbox.rules.told import LENA, PETRA, Repertoire, Rule, Told

COMPANY = Company(
    model="workcube",
    mapping={"topics": [by("category", "category", "software", topic="l3-support")]},
    roster=EXPERTS,
    facts={"experts": "internal"},
    settings={"level4.owner": "customer"},
    staff=("customer", "partner", "vendor"),
)


def usage(c: Told) -> Scene:
    c.opens("Where do I enter the discount of a customer?", who=LENA)
    yield c.l1_is_told("not hold R on row 2")
    yield c.pause()
    c.writes("fact call usage", who=PETRA)
    yield c.l1_is_told("It ends at L2")
    yield c.pause()
    c.stands_without_case()
    c.stands("level 2 has read that it answers the user", lambda: c.says("with an explanation for this user"))


def next_version(c: Told) -> Scene:
    c.opens("The total is wrong when a line has a discount.", who=PETRA)
    yield c.l1_is_told("test in QA")
    yield c.pause()
    c.writes("fact call fault", who=PETRA)
    c.writes("fact release faulty", who=PETRA)
    c.writes("fact qa faultless", who=PETRA)
    yield c.l1_is_told("comes with a new version")
    yield c.pause()
    c.stands_without_case()
    c.stands("level 2 has read what to tell the user", lambda: c.says("told that it is fixed and comes with a new version"))


def tests(c: Told) -> Scene:
    c.opens("The report stops with an error.", who=PETRA)
    yield c.l1_is_told("test in development")
    yield c.pause()
    for place in ("user-system", "qa", "development"):
        c.writes(f"statement test-{place} failed today, same page, same error", who=PETRA)
    yield c.opened()
    yield c.pause()
    c.stands_with_one_case(known_as(PETRA))
    c.stands("the results stand in the case", lambda: c.case_says("test-qa failed today"))
    c.stands_at_vendors()


def database(c: Told) -> Scene:
    c.opens("Every list takes a minute since Monday.", who=PETRA)
    yield c.l1_is_told("test in QA")
    yield c.pause()
    c.writes("fact cause system_layer", who=PETRA)
    yield c.l1_is_told("L4")
    yield c.pause()
    c.stands_without_case()
    c.stands("level 4 has it, which is the company's own here", lambda: c.says("It is for L4", "the customer's"))


REPERTOIRE = Repertoire(
    people="The company's experts are level 1, a partner's are level 2, the vendor is level 3; level 4 cares for servers and databases.",
    company=COMPANY,
    rules={
        "usage": Rule(
            "A question of how to use it ends at level 2, with an explanation",
            "Discount of a customer",
            usage,
            Due(case=False, told="It ends at L2"),
        ),
        "next_version": Rule(
            "A fault that the next version no longer has does not go to the vendor",
            "Wrong total",
            next_version,
            Due(case=False, told="comes with a new version"),
        ),
        "tests": Rule(
            "A fault goes to the vendor once it was tested in three places",
            "Report stops with an error",
            tests,
            Due(case=True, after=STATED, told="test in development"),
        ),
        "database": Rule(
            "A slow database is for whoever runs the servers, not for the vendor",
            "All lists are slow",
            database,
            Due(case=False, told="It is for L4"),
        ),
    },
)
