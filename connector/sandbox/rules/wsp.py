"""Document 000, on premises: an upgrade is the customer's, with advice; the vendor owes the analysis of a failure that it caused."""

from __future__ import annotations

from connector.sandbox.cast import WITH_L1, Scene
from connector.sandbox.company import Company, by
from connector.sandbox.judge_table import ASKED, STATED, Due
from connector.sandbox.rules.roster import LEVEL_1, NUMBERS, known_as
from connector.sandbox.rules.told import LARS, LENA, Repertoire, Rule, Told

COMPANY = Company(
    model="anywhere365-wsp",
    mapping={
        "topics": [
            by("service", "subcategory", "upgrade", topic="upgrades"),
            by("category", "category", "software", topic="l2-3-support"),
        ],
        "supply": {
            "rows": [
                {
                    "when": {"field": "Title", "starts_with": "Release"},
                    "task": "new-versions",
                    "what": "new_versions",
                    "per": "Title",
                }
            ],
            "ticket": {"short_description": "{{ Title }}", "description": "Case {{ number }} of the vendor", "state": "1"},
        },
    },
    roster=LEVEL_1,
    facts={"deployment": "on_premises", "plan": "premium_plus", "purchased": ["deployment"], "version": "unsupported"},
    numbers=NUMBERS,
)


RELEASE = "Release 9.2"


def upgrade(c: Told) -> Scene:
    c.opens("The vendor no longer supports the version that we run.", subcategory="upgrade")
    yield c.l1_is_told("row 17")
    yield c.pause()
    c.edit("takes the ticket back", **WITH_L1)
    c.writes("consult Which version can we go to in one step?", who=LARS)
    yield c.opened()
    yield c.pause()
    c.vendor_says("To 9.2. The upgrade guide has a chapter on it.")
    yield c.l1_reads("To 9.2")
    c.stands("connector check says that the installed version is no longer supported", lambda: _found(c, "no longer supported"))
    c.stands("the vendor has one case of it: Lars's question", lambda: c.case_says("Asked by Lars Lind", "in one step?"))
    c.stands("the advice stands in the ticket's internal notes", lambda: c.says("To 9.2"))
    c.stands_at_home()


def release(c: Told) -> Scene:
    c.opens("Which version comes next, and when?", subcategory="upgrade")
    yield c.l1_is_told("row 17")
    yield c.pause()
    c.vendor_starts(RELEASE, "It is in the customer portal. Please install it by the end of June.")
    yield c.news_of(RELEASE)
    c.finds(RELEASE)
    yield c.pause()
    c.vendor_starts(RELEASE, "A reminder: 9.2 is in the customer portal.")
    yield c.until("the reminder is noted there", lambda: c.news_says("1 more about the same"))
    c.stands("one ticket tells level 1 of the release; the reminder is a note in it", lambda: len(c.told_by(RELEASE)) == 1)
    c.stands("it says by which row, and that there is work to do", lambda: c.news_says("row 18", "needs work on your side"))
    c.stands("nobody but level 1 moves it: it is still New", lambda: {one.fields["state"] for one in c.told_by(RELEASE)} == {"1"})


def _found(c: Told, words: str) -> bool:
    return any(words in finding for finding in c.watch.findings())


def analysis(c: Told) -> Scene:
    c.opens("All queues, all sites.", impact="1", urgency="1")
    c.writes("statement the same on every client and network; only the application logs errors")
    yield c.opened()
    yield c.pause()
    c.vendor_moves("pending auto close+", "reports it solved")
    yield c.with_l1()
    yield c.becomes_owed("cause")
    c.writes("cause vendor their media service had stopped", who=LARS)
    yield c.becomes_owed("rca")
    yield c.pause()
    c.writes("rca done it is in their portal")
    yield c.heard("rca")
    yield c.pause()
    c.stands_with_one_case(known_as(LENA))
    c.stands_at_home()
    c.stands("the analysis is still owed: nobody here has seen a draft of it", lambda: c.owes("rca"))


REPERTOIRE = Repertoire(
    people="The customer's level 1 helps the users, the vendor does level 2 and 3. The application runs on the customer's servers.",
    company=COMPANY,
    rules={
        "upgrade": Rule(
            "An upgrade is the customer's own work; the vendor gives advice when a person asks for it",
            "Upgrade to a supported version",
            upgrade,
            Due(case=True, after=ASKED, told="row 17"),
        ),
        "release": Rule(
            "The vendor publishes a new version by itself; level 1 is told by one ticket, with work to do",
            "What comes after 9.1?",
            release,
            Due(case=False, told="row 17"),
        ),
        "analysis": Rule(
            "After an urgent failure that the vendor caused, the vendor owes an analysis of it",
            "Nobody can take calls",
            analysis,
            Due(case=True, after=STATED, told="+31 10 555 0100"),
        ),
    },
)
