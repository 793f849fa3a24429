"""What 000, 001 and 002 say in the same words besides their tables: systems, statement, details, people."""

from __future__ import annotations

from dataclasses import replace

from connector.rasci.installation import OwnItem, Person
from connector.rasci.ladder import Form, Need
from connector.words import Phase
from tests.scenes.asking import (
    END_USER,
    VENDOR,
    Handing,
    Scene,
    asks_for,
    closes,
    finds,
    goes,
    may_speak,
    part_in,
    passes,
    person,
    statement,
    submitted_by,
    vendor_sets,
    waits_for,
    where,
    works,
)
from tests.scenes.cast import ANN, BEN, CLOUD, INCIDENT, ON_PREMISES, REQUEST, TEAM, VISITOR

NOBODY = "'Systems overview sample for Cloud scenario'"
SYSTEMS = [
    Scene(NOBODY, "'Anywhere365 back-end: Managed by Anywhere365'", goes(system="back-end", **CLOUD), "case"),
    Scene(NOBODY, "the back-end, but nothing runs in the cloud", goes(system="back-end", **ON_PREMISES), "unclassified"),
    Scene(NOBODY, "'Office365 / Azure tenant: Managed by customer'", works(system="tenant", **CLOUD), "the customer"),
    Scene(NOBODY, "the tenant stays", goes(system="tenant", **CLOUD), "stays"),
    Scene(NOBODY, "the tenant, but nothing runs in the cloud", goes(system="tenant", **ON_PREMISES), "unclassified"),
    Scene(NOBODY, "'SBC (with Trunk attached): Managed by customer'", works(system="sbc", **CLOUD), "the customer"),
    Scene(NOBODY, "the trunk stays", goes(system="sbc", **CLOUD), "stays"),
    Scene(NOBODY, "the trunk, but nothing runs in the cloud", goes(system="sbc", **ON_PREMISES), "unclassified"),
    Scene(
        "'For cloud deployment this includes ... the interfacing with the entry points'",
        "a fault there is the customer's",
        works(system="entry-point-interfacing", **CLOUD),
        "the customer",
    ),
    Scene(
        "'For cloud deployment this includes ... the interfacing with the entry points'",
        "a fault there, but nothing runs in the cloud",
        goes(system="entry-point-interfacing", **ON_PREMISES),
        "unclassified",
    ),
    Scene("no row and no system", "a ticket about the canteen", goes("canteen", **CLOUD), "unclassified"),
]

ATTRIBUTION = "'Submitting cases, which have been validated that the issue is highly likely to be attributable to Anywhere365'"
SAID = (statement("Ann"),)
VALIDATED = [
    Scene(ATTRIBUTION, "nobody says so", passes(Handing("l2-3-support", TEAM, facts=INCIDENT)), "held: incomplete"),
    Scene(ATTRIBUTION, "a trained person says so", passes(Handing("l2-3-support", TEAM, facts=INCIDENT, said=SAID)), "goes"),
    Scene(
        ATTRIBUTION,
        "somebody of whom nothing is known says so",
        passes(Handing("l2-3-support", TEAM, facts=INCIDENT, said=(statement("Zoe"),))),
        "held: incomplete",
    ),
    Scene(ATTRIBUTION, "a P1 is never held for it", passes(Handing("l2-3-support", TEAM, facts=INCIDENT, p1=True)), "goes"),
    Scene(
        ATTRIBUTION,
        "a P1 goes, and what is missing is listed",
        waits_for(Handing("l2-3-support", TEAM, facts=INCIDENT, p1=True)),
        "1 missing, 0 asked",
    ),
    Scene(ATTRIBUTION, "nobody said what kind of record it is", passes(Handing("l2-3-support", TEAM)), "held: incomplete"),
    Scene(
        ATTRIBUTION,
        "somebody of the roster lets it go, with a reason",
        passes(Handing("l2-3-support", TEAM, facts=INCIDENT, said=(("Ben", "submit", "the vendor asked for it"),))),
        "goes",
    ),
    Scene(
        ATTRIBUTION,
        "the statement is asked for by name",
        asks_for("highly likely", Handing("l2-3-support", TEAM, facts=INCIDENT)),
        "missing",
    ),
]

DETAILED = "'logs a fully detailed case ... providing relevant information according to the guidelines'"
LOOKED_FOR = "details information"
DETAILS = [
    Scene(
        DETAILED,
        "the description is short: the case goes, and details are asked for",
        passes(Handing("l2-3-support", TEAM, looked_for=LOOKED_FOR, facts=INCIDENT, said=SAID)),
        "goes",
    ),
    Scene(
        DETAILED,
        "details are asked for",
        asks_for("fully detailed", Handing("l2-3-support", TEAM, looked_for=LOOKED_FOR, facts=INCIDENT, said=SAID)),
        "asked",
    ),
    Scene(
        DETAILED,
        "the relevant information is asked for",
        asks_for("relevant information", Handing("l2-3-support", TEAM, looked_for=LOOKED_FOR, facts=INCIDENT, said=SAID)),
        "asked",
    ),
    *(
        Scene(
            DETAILED,
            f"a request as well: {words}",
            asks_for(words, Handing("training", TEAM, looked_for=LOOKED_FOR, facts=REQUEST)),
            "asked",
        )
        for words in ("fully detailed", "relevant information")
    ),
    Scene(
        DETAILED,
        "what is there is not asked for",
        waits_for(Handing("l2-3-support", TEAM, looked_for=LOOKED_FOR, present=LOOKED_FOR, facts=INCIDENT, said=SAID)),
        "0 missing, 0 asked",
    ),
]

GUIDELINE = "'providing relevant information according to the guidelines', which the document does not contain"
CALL_ID = OwnItem(id="call-id", title="the call's id", hand_over="L1-L2", by=(Form.STATEMENT, Form.TEXT))
SAVED = OwnItem(id="trace", title="a trace of the call", hand_over="L1-L2", need=Need.MANDATORY, by=(Form.FILE,))
OWN = Handing("l2-3-support", TEAM, looked_for="trace", facts=INCIDENT, said=SAID, own=(CALL_ID, SAVED))
DETAILS += [
    Scene(GUIDELINE, "its list, as the installation has it: what may be absent", asks_for("call's id", OWN), "asked"),
    Scene(GUIDELINE, "its list: what has to be there", asks_for("trace of the call", OWN), "missing"),
    Scene(GUIDELINE, "what has to be there is not", passes(OWN), "held: incomplete"),
    Scene(GUIDELINE, "it is there", passes(replace(OWN, present="trace")), "goes"),
    Scene(
        GUIDELINE,
        "a person's word shows the rest",
        asks_for("call's id", replace(OWN, said=(*SAID, statement("Ann", "call-id 4711, from the log")))),
        "not asked",
    ),
    Scene(GUIDELINE, "a P1 is not held for it", passes(replace(OWN, p1=True)), "goes"),
]

FLOW_1 = "'trained Level-1 support staff of the customers logs ... in online support portal, that they have registered with'"
GUEST = "'Providing the e-mail address and phone number of this staff ... so they will be authorized to submit cases'"


def _handed(by: str, *roster: Person, said: tuple[tuple[str, str, str], ...] = ()) -> Handing:
    return Handing("l2-3-support", roster or TEAM, by, facts=REQUEST, said=said)


HELPDESK = "'Helpdesk offering L1 support ..., including 24x7 if a Premium Plus Support contract is in place'"
PREMIUM_PLUS = [
    Scene(
        HELPDESK, "Premium Plus, and no number around the clock", finds("around the clock", TEAM, plan="premium_plus"), "found"
    ),
    Scene(HELPDESK, "the same, and nobody is on the roster", finds("around the clock", (), plan="premium_plus"), "found"),
    Scene(HELPDESK, "Premium Plus, and a number", finds("around the clock", TEAM, plan="premium_plus", on_call="2"), "nothing"),
    Scene(HELPDESK, "another plan", finds("around the clock", TEAM, plan="other"), "nothing"),
]

ENGINEER = person("Vic", "l2-l3-engineer", VENDOR, trained=None, certified_until=None)

USER = person("Uma", party=END_USER)
NOT_USERS = [
    Scene(
        "'Trained staff of the customer'", "a user who came on the roster by mistake answers nobody", may_speak(USER), "may not"
    ),
    Scene(
        "'Skilled staff ... of at least 2 persons'",
        "one has left: it is not the users' to mend",
        part_in("1 of at least 2", END_USER, [ANN]),
        "nothing",
    ),
]

ENGINEERS = "flow: 'L2/L3 support operations engineers handle the case'"
CLOSING = "flow: 'Trained staff of the customer handles internal communication with end-users including closing'"
STAFF_ONLY = [
    Scene(ENGINEERS, "one of them begins, whoever it is", vendor_sets(Phase.WORKING, "l2-3-support"), "allow"),
    Scene(ENGINEERS, "one of them answers a user", may_speak(ENGINEER), "may not"),
    Scene(
        ENGINEERS,
        "one of them hands over",
        passes(Handing("l2-3-support", (ANN, ENGINEER), "Vic", facts=REQUEST)),
        "held: not authorised",
    ),
    Scene(CLOSING, "a trained person closes", closes("l2-3-support"), "allow"),
    Scene(
        CLOSING, "somebody else of the staff closes: it counts (ours)", closes("l2-3-support", untrained=True), "allow, marked"
    ),
    Scene(
        CLOSING,
        "somebody else closes, and level 1 is to confirm",
        where("close_by_others", "l1_confirms", closes("l2-3-support", untrained=True)),
        "hold",
    ),
    Scene(
        CLOSING,
        "a trained person closes where that is so",
        where("close_by_others", "l1_confirms", closes("l2-3-support")),
        "allow",
    ),
]

PEOPLE = [
    *NOT_USERS,
    *STAFF_ONLY,
    *(
        Scene(
            "flow: 'L2/L3 support operations engineers handle the case'",
            f"nothing is asked of them: {words}",
            finds(words, [ENGINEER]),
            "nothing",
        )
        for words in ("Vic has no date of training", "Vic has no certificate")
    ),
    Scene(FLOW_1, "one of the trained staff hands over", passes(_handed("Ann")), "goes"),
    Scene(FLOW_1, "the case is that person's", submitted_by(_handed("Ann")), "Ann"),
    Scene(FLOW_1, "somebody who is not on the roster hands over", passes(_handed("Zoe")), "held: not authorised"),
    Scene(
        FLOW_1, "somebody of the roster without the role hands over", passes(_handed("Cid", ANN, VISITOR)), "held: not authorised"
    ),
    Scene(
        FLOW_1,
        "somebody else handed over, and a trained person makes it their own",
        submitted_by(_handed("Zoe", said=(("Ben", "submit", "I looked into it myself"),))),
        "Ben",
    ),
    Scene(
        FLOW_1,
        "somebody without the role cannot let another's hand-over go",
        passes(_handed("Zoe", ANN, VISITOR, said=(("Cid", "submit", "please"),))),
        "held: not authorised",
    ),
    Scene(
        FLOW_1,
        "a person with no identity in the portal hands over",
        passes(_handed("Dee", person("Dee", "trained-l1", portal_user=""))),
        "held: not authorised",
    ),
    Scene(
        GUEST,
        "the vendor has not been told of the person",
        passes(_handed("Dee", person("Dee", "trained-l1", known_to_vendor=None))),
        "held: not authorised",
    ),
    Scene(
        GUEST,
        "the vendor has not been told of the person: it is found before anybody hands over",
        finds("vendor has not confirmed", [ANN, BEN, person("Dee", "trained-l1", known_to_vendor=None)]),
        "found",
    ),
    Scene(
        "flow: 'Trained staff of the customer handles internal communication with end-users'",
        "somebody without the role answers a user",
        may_speak(VISITOR),
        "may not",
    ),
    Scene(
        "'Skilled staff for Anywhere365 Level 1 support of at least 2 persons'",
        "one has left",
        finds("1 of at least 2", [ANN]),
        "found",
    ),
    Scene(
        "'Skilled staff for Anywhere365 Level 1 support of at least 2 persons'",
        "two are there",
        finds("of at least", TEAM),
        "nothing",
    ),
    Scene(
        "'Skilled staff for Anywhere365 Level 1 support of at least 2 persons'",
        "one has left, and the other still hands over",
        passes(_handed("Ann", ANN)),
        "goes",
    ),
    Scene(
        "'qualified and trained staff'",
        "nobody knows when she was trained",
        finds("no date of training", [person("Ann", "trained-l1", trained=None), BEN]),
        "found",
    ),
    Scene(
        "'qualified and trained staff'",
        "no certificate is asked for",
        passes(_handed("Ann", person("Ann", "trained-l1", certified_until=None))),
        "goes",
    ),
]

PROSE = [*SYSTEMS, *VALIDATED, *DETAILS, *PEOPLE]
