"""Document 003: a partner between the users and the vendor. Only its certified engineers elevate; a user's error never goes."""

from __future__ import annotations

from connector.sandbox.cast import AT_VENDOR, WITH_L1, Scene
from connector.sandbox.company import Company, by
from connector.sandbox.judge_table import STATED, Due
from connector.sandbox.rules.roster import PARTNERS, known_as
from connector.sandbox.rules.told import PETRA, SAM, UWE, Repertoire, Rule, Told

_ANALYSIS = "No sound on internal calls.\nAnalysis: replicated on 9.1; Teams, network and SBC excluded; the media service drops the stream"

COMPANY = Company(
    model="anywhere365-partner-on-premises",
    mapping={
        "topics": [by("category", "category", "software", topic="l3-support")],
        "evidence": {"description": [{"label": "Analysis", "in": "description"}]},
    },
    roster=PARTNERS,
    staff=("partner", "vendor"),
)


def elevation(c: Told) -> Scene:
    c.opens("No sound on internal calls.", who=SAM)
    yield c.l1_is_told("not among those who submit")
    yield c.pause()
    c.edit("takes it over from the service desk", who=PETRA, **WITH_L1)
    yield c.pause()
    c.edit("hands it to the vendor", who=PETRA, **AT_VENDOR)
    yield c.l1_is_told("own clear and complete description")
    yield c.pause()
    c.edit("adds her own analysis to the description", who=PETRA, description=_ANALYSIS)
    yield c.opened()
    yield c.pause()
    c.stands_with_one_case(known_as(PETRA))
    c.stands("her analysis stands in the case", lambda: c.case_says("Teams, network and SBC excluded"))
    c.stands_at_vendors()


def certificate(c: Told) -> Scene:
    c.opens(_ANALYSIS, who=UWE)
    yield c.l1_is_told("no certificate that holds today")
    yield c.pause()
    c.writes("submit I have checked what Uwe found", who=PETRA)
    yield c.opened()
    yield c.pause()
    c.stands_with_one_case(known_as(PETRA))
    c.stands_at_vendors()


def user_error(c: Told) -> Scene:
    c.opens(_ANALYSIS, who=PETRA, state="2", hold_reason="")
    c.writes("fact cause user_error", who=PETRA)
    yield c.pause()
    c.edit("hands it to the vendor all the same", who=PETRA, **AT_VENDOR)
    yield c.l1_is_told("user error")
    yield c.pause()
    c.stands_without_case()
    c.stands("the partner has read why, in an internal note", lambda: c.says("a user error gets a quick fix"))


REPERTOIRE = Repertoire(
    people="A partner's service desk (level 1) and engineers (level 2) help the users; the vendor is level 3.",
    company=COMPANY,
    rules={
        "elevation": Rule(
            "Only a certified engineer sends a case to the vendor, and with an analysis of their own",
            "No sound on internal calls",
            elevation,
            Due(case=True, told="not among those who submit"),
        ),
        "certificate": Rule(
            "A certificate that ran out does not count; a colleague with one can answer for it",
            "Sound stops after ten minutes",
            certificate,
            Due(case=True, after=STATED, told="no certificate that holds today"),
        ),
        "user_error": Rule(
            "What a user did wrong is put right at home and never goes to the vendor",
            "Headset stays silent",
            user_error,
            Due(case=False, told="user error"),
        ),
    },
)
