"""001: AnywhereNow provides implementation. The document has no letters: these scenes paraphrase its bullets, systems and flow."""

from __future__ import annotations

from tests.scenes.asking import (
    CUSTOMER,
    END_USER,
    VENDOR,
    Handing,
    Scene,
    analysis_is,
    answers,
    answers_for,
    changes_the_title,
    closes,
    goes,
    hears_the_vendor,
    held_with,
    is_heard_by_users,
    may_ask,
    may_speak,
    owes_analysis,
    part_in,
    part_in_analysis,
    submits,
    vendor_asks,
    vendor_closes,
    vendor_resolves_the_ticket,
    vendor_solves,
    waits_on,
    works,
)
from tests.scenes.cast import ANN, INCIDENT, TEAM
from tests.scenes.clauses import OPERATES_001
from tests.scenes.prose import DETAILS, PEOPLE, VALIDATED

FLOW_2 = "flow: 'AnywhereNow L2/L3 support operations engineers handle the case with assistance of the Customer'"
FLOW_3 = "flow: 'Trained staff of the customer handles internal communication with end-users including closing'"
SUBMIT = "'Submitting cases ... using the support Portal'"
OPERATING = "'Operating the AnywhereNow application ... This includes the Microsoft 365 / Entra ID / Azure tenant, SIP trunk, SBC and the interfacing'"
CONFIGURATION = "'Configuration and functional management of AnywhereNow'"
RCA = "'Root Cause Analyses (RCA) after Priority 1 incidents due to causes other than the AnywhereNow application'"
EXPECTED = "the other half is in no clause (ours)"
TIMELY = "'Support the resolution of the case in a timely manner'"
ACCESS = "'Provide AnywhereNow Level 2/3 support engineers access to systems and infrastructure when needed'"
SKILLED = "'Skilled staff for AnywhereNow Level 1 support of at least 2 persons'"
OVERVIEW = "'Systems overview sample for Cloud scenario'"
HEADING = "'Operating Model 2: AnywhereNow provides implementation'"


def _stays(clause: str, words: str, task: str) -> list[Scene]:
    return [
        Scene(clause, f"{words}: it stays", goes(task), "stays"),
        Scene(clause, f"{words}: whose work it is", works(task), "the customer"),
        Scene(clause, f"{words}: on whose word it is done", answers_for(task), "the customer"),
        Scene(clause, f"{words}: nothing says that the vendor helps", may_ask(task), "nothing"),
    ]


def _case(clause: str, words: str, task: str) -> list[Scene]:
    return [
        Scene(clause, f"{words}: a case", goes(task), "case"),
        Scene(clause, f"{words}: whose work it is", works(task), "the vendor"),
        Scene(clause, f"{words}: on whose word it is done", answers_for(task), "the vendor"),
        Scene(clause, f"{words}: the vendor solves the whole", vendor_solves(task), "the whole, back to level 1"),
    ]


SCENES = [
    *OPERATES_001,
    Scene(FLOW_3, "one of the trained staff answers a user", may_speak(ANN), "may"),
    Scene(FLOW_3, "what the vendor wrote would be shown to the caller", is_heard_by_users(VENDOR), "refuse"),
    Scene(FLOW_3, "the vendor would close the user's ticket", vendor_closes("l2-3-support"), "refuse"),
    Scene(FLOW_3, "the enterprise closes what the vendor solved", closes("l2-3-support"), "allow"),
    Scene(FLOW_3, "the caller closes in self-service", closes("l2-3-support", END_USER), "hold"),
    Scene(SUBMIT, "the enterprise hands over", submits(CUSTOMER), "allow"),
    Scene(SUBMIT, "a caller sets the trigger", submits(END_USER), "hold"),
    Scene(SUBMIT, "the vendor would open a case", submits(VENDOR), "refuse"),
    Scene(
        SUBMIT,
        "it is not complete: the enterprise's to complete",
        held_with(Handing("l2-3-support", TEAM, facts=INCIDENT)),
        "the customer",
    ),
    *_case(FLOW_2, "a fault in the application", "l2-3-support"),
    Scene(FLOW_2, "the vendor asks for help and waits", vendor_asks("l2-3-support"), "helps when asked"),
    Scene(FLOW_2, "the enterprise answers", answers("l2-3-support"), "allow by its row"),
    Scene(FLOW_2, "the enterprise mends the title", changes_the_title("l2-3-support"), "allow"),
    Scene(FLOW_2, "the vendor writes what it found", hears_the_vendor("l2-3-support"), "helps when asked"),
    Scene(
        FLOW_2, "where the enterprise has solved set, the ticket is resolved", vendor_resolves_the_ticket("l2-3-support"), "allow"
    ),
    *_stays(CONFIGURATION, "a skill is to be changed", "configuration"),
    *_stays(OPERATING, "a user of the tenant has no licence", "office-tenant"),
    *_stays(OPERATING, "the trunk is down", "connections"),
    *_stays(OPERATING, "the interface to an entry point fails", "entry-points"),
    *_case(OVERVIEW, "the back-end does not answer", "back-end"),
    *_case(HEADING, "a question about the implementation", "implementation"),
    Scene(OVERVIEW, "'AnywhereNow back-end: Managed by AnywhereNow'", goes(system="back-end"), "case"),
    Scene(OVERVIEW, "'Microsoft 365 / Azure tenant: Managed by customer'", goes(system="tenant"), "stays"),
    Scene(OVERVIEW, "the tenant: whose work it is", works(system="tenant"), "the customer"),
    Scene(OVERVIEW, "'SBC (including attached trunk): Managed by customer'", goes(system="sbc"), "stays"),
    Scene(OVERVIEW, "the trunk: whose work it is", works(system="sbc"), "the customer"),
    Scene(OPERATING, "the interfacing with the entry points", goes(system="entry-point-interfacing"), "stays"),
    Scene(OPERATING, "the interfacing: whose work it is", works(system="entry-point-interfacing"), "the customer"),
    Scene("no row and no system", "a ticket about the canteen", goes("canteen"), "unclassified"),
    Scene(
        SKILLED,
        "one has left: whose it is to mend",
        part_in("1 of at least 2", CUSTOMER, [ANN]),
        "works on it and answers for it",
    ),
    Scene(
        SKILLED,
        "one has left: nothing says that it is the vendor's to mend",
        part_in("1 of at least 2", VENDOR, [ANN]),
        "nothing",
    ),
    *(
        Scene(clause, f"the case waits: {words}", waits_on(why, party), part)
        for clause, why in ((TIMELY, "answer"), (ACCESS, "access"))
        for words, party, part in (
            ("the enterprise's part", CUSTOMER, "works on it and answers for it"),
            ("the users have none", END_USER, "nothing"),
            ("the vendor has none", VENDOR, "nothing"),
        )
    ),
    Scene(RCA, "a P1 with another cause", owes_analysis("other"), "the customer"),
    Scene(RCA, "it never was a P1", owes_analysis("other", priority="lower"), "nobody"),
    Scene(EXPECTED, "it never was a P1, and the component caused it", owes_analysis("vendor", priority="lower"), "nobody"),
    Scene(RCA, "the enterprise's part", part_in_analysis("other", CUSTOMER), "works on it and answers for it"),
    Scene(RCA, "nothing says that the vendor has a part", part_in_analysis("other", VENDOR), "nothing"),
    Scene(EXPECTED, "the vendor's component alone: expected of the vendor, never due", analysis_is("vendor"), "expected"),
    Scene(EXPECTED, "the vendor's part", part_in_analysis("vendor", VENDOR), "works on it and answers for it"),
    *(
        Scene(RCA, f"cause {cause}: the users have no part in it", part_in_analysis(cause, END_USER), "nothing")
        for cause in ("vendor", "other")
    ),
    Scene(EXPECTED, "the enterprise helps", part_in_analysis("vendor", CUSTOMER), "helps when asked"),
    *VALIDATED,
    *DETAILS,
    *PEOPLE,
]
