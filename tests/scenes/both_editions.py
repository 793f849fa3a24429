"""What the two editions for customers (000 and 002) say in the same words: their common fourteen rows, and their prose."""

from __future__ import annotations

from tests.scenes.asking import (
    CUSTOMER,
    END_USER,
    VENDOR,
    Handing,
    Phase,
    Scene,
    answers,
    answers_for,
    asks_for,
    changes_the_priority,
    changes_the_title,
    closes,
    comments,
    finds,
    goes,
    hears_the_vendor,
    held_with,
    is_heard_by_users,
    may_ask,
    may_speak,
    passes,
    person,
    refuses_the_solution,
    says,
    statement,
    submits,
    submitted_by,
    toward_the_users,
    vendor_asks,
    vendor_closes,
    vendor_hears,
    vendor_mails_the_caller,
    vendor_opens_a_ticket,
    vendor_resolves_the_ticket,
    vendor_sets,
    vendor_solves,
    waits_for,
    works,
)

CLOUD = {"deployment": "cloud"}
ON_PREMISES = {"deployment": "on_premises"}

ANN, BEN = person("Ann", "trained-l1"), person("Ben", "trained-l1")
TEAM = (ANN, BEN)
VISITOR = person("Cid")  # on the roster, and not of the trained level 1 staff
INCIDENT, REQUEST = (("record_type", "incident"),), (("record_type", "request"),)

ROW_1 = "'Prime contact for end-users of Anywhere365': - | A,R | -"
CONTACT = [
    Scene(ROW_1, "one of the customer's trained staff answers a user", may_speak(ANN), "may"),
    Scene(ROW_1, "what the vendor wrote would be shown to the caller", is_heard_by_users(VENDOR), "refuse"),
    Scene(ROW_1, "the vendor's solved would be set with a mail to the caller", vendor_mails_the_caller("l2-3-support"), "refuse"),
    Scene(ROW_1, "the vendor's closed would close the user's ticket", vendor_closes("l2-3-support"), "refuse"),
    Scene(ROW_1, "the customer closes what the vendor solved: the case follows", closes("l2-3-support"), "allow"),
    Scene(ROW_1, "a caller closes the ticket in self-service", closes("l2-3-support", END_USER), "hold"),
]

ROW_2 = "'Submitting case according to guidelines': - | A,R | -"
SUBMITTING = [
    Scene(ROW_2, "level 1 hands a ticket over", submits(CUSTOMER), "allow"),
    Scene(ROW_2, "the caller sets the trigger", submits(END_USER), "hold"),
    Scene(ROW_2, "the vendor would open a case for the customer", submits(VENDOR), "refuse"),
    Scene(ROW_2, "the vendor would open a ticket in the customer's system", vendor_opens_a_ticket(), "refuse"),
    Scene(
        ROW_2,
        "a hand-over is not complete: it is the customer's to complete",
        held_with(Handing("l2-3-support", TEAM, facts=INCIDENT)),
        "the customer",
    ),
]

ROW_3 = "'L2-3 Support Anywhere365': A,R | S,C,I | -"
L2_L3 = [
    Scene(ROW_3, "a fault in the application", goes("l2-3-support"), "case"),
    Scene(ROW_3, "a fault in the application: who does the work", works("l2-3-support"), "the vendor"),
    Scene(ROW_3, "a fault in the application: on whose word it is done", answers_for("l2-3-support"), "the vendor"),
    Scene(ROW_3, "the vendor begins", vendor_sets(Phase.WORKING, "l2-3-support"), "allow"),
    Scene(ROW_3, "the vendor solves: the whole is solved", vendor_solves("l2-3-support"), "the whole, back to level 1"),
    Scene(
        ROW_3, "where the customer has solved set, the ticket is resolved", vendor_resolves_the_ticket("l2-3-support"), "allow"
    ),
    Scene(ROW_3, "the vendor asks a question and waits", vendor_asks("l2-3-support"), "helps when asked"),
    Scene(ROW_3, "the customer answers", answers("l2-3-support"), "allow by its row"),
    Scene(ROW_3, "the customer comments", comments("l2-3-support"), "allow by its row"),
    Scene(
        ROW_3,
        "the vendor writes what it found",
        hears_the_vendor("l2-3-support"),
        "helps when asked, is consulted, is informed",
    ),
    Scene(ROW_3, "the customer mends the title of its case", changes_the_title("l2-3-support"), "allow"),
    Scene(ROW_3, "the vendor sets a category", changes_the_title("l2-3-support", VENDOR), "allow"),
    Scene(ROW_3, "the vendor lowers the priority: a proposal", changes_the_priority("l2-3-support", VENDOR), "hold"),
    Scene(ROW_3, "the customer raises the priority", changes_the_priority("l2-3-support", CUSTOMER), "allow"),
    Scene(ROW_3, "the customer refuses the solution", refuses_the_solution("l2-3-support"), "allow"),
    Scene(ROW_3, "the customer gives up before it is solved", closes("l2-3-support", now=Phase.WORKING), "withdrawn by a note"),
]

ROW_6 = "'Change request from end-user': C,S | A,R | C,I"
CHANGES = [
    Scene(ROW_6, "a user wants another greeting", goes("change-request"), "stays"),
    Scene(ROW_6, "a user wants another greeting: whose work it is", works("change-request"), "the customer"),
    Scene(ROW_6, "a user wants another greeting: on whose word it is done", answers_for("change-request"), "the customer"),
    Scene(ROW_6, "the customer wants the vendor's advice, or its help", may_ask("change-request"), "consult, support"),
    Scene(ROW_6, "the vendor was asked and declares the change solved", vendor_solves("change-request"), "refuse"),
    Scene(
        ROW_6,
        "the change is decided, and made",
        toward_the_users("change-request"),
        "the customer has to ask the user before and tell the user after",
    ),
]

ROW_8 = "'Providing Anywhere365 training': A,R | S,I | -; 'Training of Customers (when purchased)'"
BOUGHT = {"purchased": "training"}
TRAINING = [
    Scene(ROW_8, "a course is asked for, and training was purchased", goes("training", **BOUGHT), "case"),
    Scene(ROW_8, "a course: who gives it", works("training", **BOUGHT), "the vendor"),
    Scene(ROW_8, "a course: on whose word it is done", answers_for("training", **BOUGHT), "the vendor"),
    Scene(ROW_8, "a course, and only a deployment was purchased", goes("training", purchased="deployment"), "not_bought"),
    Scene(ROW_8, "a course, and nobody said what was purchased", says("nobody said", "training"), "said"),
    Scene(ROW_8, "the vendor asks which rooms there are", vendor_asks("training"), "helps when asked"),
    Scene(ROW_8, "the vendor names the dates", hears_the_vendor("training"), "helps when asked, is informed"),
    Scene(
        ROW_8,
        "a course needs no statement about a fault",
        passes(Handing("training", TEAM, facts=REQUEST)),
        "goes",
    ),
]

ROW_9 = "'Provide the Anywhere365 tenant': A,R | I | -"
TENANT = [
    Scene(ROW_9, "a second tenant is ordered", goes("provide-tenant", **CLOUD), "case"),
    Scene(ROW_9, "a second tenant: who provides it", works("provide-tenant", **CLOUD), "the vendor"),
    Scene(ROW_9, "a second tenant: on whose word it is done", answers_for("provide-tenant", **CLOUD), "the vendor"),
    Scene(ROW_9, "the tenant is provided: the order is done", vendor_resolves_the_ticket("provide-tenant"), "allow"),
    Scene(ROW_9, "a second tenant on premises is no such thing", goes("provide-tenant", **ON_PREMISES), "unclassified"),
    Scene(ROW_9, "nobody said where the application runs", says("nobody said deployment", "provide-tenant"), "said"),
    Scene(ROW_9, "the vendor tells how far it is", hears_the_vendor("provide-tenant"), "is informed"),
    Scene(ROW_9, "the vendor asks: the customer is no help by its row", vendor_asks("provide-tenant"), "as anybody on the case"),
    Scene(ROW_9, "the customer comments on its own order all the same", comments("provide-tenant"), "allow by the floor"),
    Scene(ROW_9, "who is informed does not rewrite the case", changes_the_title("provide-tenant"), "refuse"),
]

ROW_10 = "'Configuring the Anywhere365 tenant': C | A,R | C,I"
CONFIGURING = [
    Scene(ROW_10, "a queue is to be set up", goes("configure-tenant", **CLOUD), "stays"),
    Scene(ROW_10, "a queue on premises is no such thing", goes("configure-tenant", **ON_PREMISES), "unclassified"),
    Scene(ROW_10, "a queue: whose work it is", works("configure-tenant", **CLOUD), "the customer"),
    Scene(ROW_10, "a queue: on whose word it is done", answers_for("configure-tenant", **CLOUD), "the customer"),
    Scene(ROW_10, "the customer wants advice", may_ask("configure-tenant", **CLOUD), "consult"),
    Scene(
        ROW_10,
        "the queue is decided, and set up",
        toward_the_users("configure-tenant"),
        "the customer has to ask the user before and tell the user after",
    ),
]

ROW_11 = "'Troubleshooting interfacing': R,S | A,R | -"
INTERFACING = [
    Scene(ROW_11, "calls are lost between the CRM and the application", goes("interfacing", **CLOUD), "case"),
    Scene(ROW_11, "the same on premises is no such thing", goes("interfacing", **ON_PREMISES), "unclassified"),
    Scene(ROW_11, "lost calls: both work", works("interfacing", **CLOUD), "the vendor and the customer"),
    Scene(ROW_11, "lost calls: on whose word it is done", answers_for("interfacing", **CLOUD), "the customer"),
    Scene(ROW_11, "the vendor's components work again", vendor_solves("interfacing"), "its part, back to level 1"),
    Scene(ROW_11, "the vendor cannot resolve the customer's ticket", vendor_resolves_the_ticket("interfacing"), "refuse"),
    Scene(ROW_11, "the customer asks about its own components", vendor_hears("interfacing"), "helps when asked"),
    Scene(ROW_11, "the vendor asks the customer, who works on it too", vendor_asks("interfacing"), "works on it too"),
    Scene(ROW_11, "joint work needs no statement", passes(Handing("interfacing", TEAM, facts=INCIDENT)), "goes"),
]

ROW_12 = "'Connections into Anywhere365 tenant': S,C | A,R | -"
CONNECTIONS = [
    Scene(ROW_12, "the border controller drops calls", goes("connections", **CLOUD), "stays"),
    Scene(ROW_12, "the same on premises is no such thing", goes("connections", **ON_PREMISES), "unclassified"),
    Scene(ROW_12, "dropped calls: whose work it is", works("connections", **CLOUD), "the customer"),
    Scene(ROW_12, "dropped calls: on whose word it is done", answers_for("connections", **CLOUD), "the customer"),
    Scene(ROW_12, "the customer wants help, or advice", may_ask("connections", **CLOUD), "consult, support"),
    Scene(ROW_12, "the vendor was asked for help, and the customer keeps the work", vendor_solves("connections"), "refuse"),
]

ROW_13 = "'Entry points of Anywhere365 tenant': A,R | S | -"
ENTRY_POINTS = [
    Scene(ROW_13, "the address that calls come in by is down", goes("entry-points", **CLOUD), "case"),
    Scene(ROW_13, "the same on premises is no such thing", goes("entry-points", **ON_PREMISES), "unclassified"),
    Scene(ROW_13, "the address is down: whose work it is", works("entry-points", **CLOUD), "the vendor"),
    Scene(ROW_13, "the address is down: on whose word it is done", answers_for("entry-points", **CLOUD), "the vendor"),
    Scene(ROW_13, "the vendor solves: the whole is solved", vendor_solves("entry-points"), "the whole, back to level 1"),
    Scene(ROW_13, "the vendor asks for a trace", vendor_asks("entry-points"), "helps when asked"),
    Scene(ROW_13, "the customer sends the trace", answers("entry-points"), "allow by its row"),
    Scene(
        ROW_13,
        "the vendor tells how far it is: no I, and yet it is one's own case",
        changes_the_title("entry-points", VENDOR, shown=True),
        "allow",
    ),
    Scene(ROW_13, "who helps is told no more than that", hears_the_vendor("entry-points"), "helps when asked"),
]

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

FLOW_1 = "'trained Level-1 support staff of the customers logs ... in online support portal, that they have registered with'"
GUEST = "'Providing the e-mail address and phone number of this staff ... so they will be authorized to submit cases'"


def _handed(by: str, *roster: object, said: tuple[tuple[str, str, str], ...] = ()) -> Handing:
    people = tuple(one for one in roster if isinstance(one, type(ANN)))
    return Handing("l2-3-support", people or TEAM, by, facts=REQUEST, said=said)


ENGINEER = person("Vic", "l2-l3-engineer", VENDOR, trained=None, certified_until=None)

PEOPLE = [
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

ROWS = [
    *CONTACT,
    *SUBMITTING,
    *L2_L3,
    *CHANGES,
    *TRAINING,
    *TENANT,
    *CONFIGURING,
    *INTERFACING,
    *CONNECTIONS,
    *ENTRY_POINTS,
]
PROSE = [*SYSTEMS, *VALIDATED, *DETAILS, *PEOPLE]
SCENES = [*ROWS, *PROSE]
