"""What the two editions for customers (000 and 002) say in the same words: ten of their common fourteen rows, letter by letter."""

from __future__ import annotations

from connector.words import Phase
from tests.scenes.asking import (
    CUSTOMER,
    END_USER,
    VENDOR,
    Handing,
    Scene,
    analysis_is,
    answers,
    answers_for,
    changes_the_priority,
    changes_the_title,
    closes,
    comments,
    customer_solves,
    goes,
    hears_the_vendor,
    held_with,
    is_heard_by_users,
    may_ask,
    may_speak,
    owes_analysis,
    part_in,
    part_in_analysis,
    passes,
    person,
    refuses_the_solution,
    says,
    submits,
    toward_the_users,
    vendor_asks,
    vendor_closes,
    vendor_ends_it,
    vendor_hears,
    vendor_mails_the_caller,
    vendor_opens_a_ticket,
    vendor_resolves_the_ticket,
    vendor_sets,
    vendor_solves,
    vendor_starts,
    works,
    works_on_it,
)
from tests.scenes.cast import ANN, BEN, CLOUD, INCIDENT, ON_PREMISES, REQUEST, TEAM

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
    Scene(ROW_3, "the customer declares the vendor's work solved", customer_solves("l2-3-support"), "is not its to say"),
    Scene(ROW_3, "the customer refuses the solution", refuses_the_solution("l2-3-support"), "allow"),
    Scene(ROW_3, "the customer gives up before it is solved", closes("l2-3-support", now=Phase.WORKING), "withdrawn by a note"),
]

ROW_4 = "'Root Cause Analyses (RCA) P1 incidents caused by Anywhere365': A,R | S,C,I | -"
ROW_5 = "'Root Cause Analyses (RCA) P1 incidents with other causes': S,C,I | A,R | -"
ANALYSES = [
    Scene(ROW_4, "a P1, and the vendor's component alone was the cause", owes_analysis("vendor"), "the vendor"),
    Scene(ROW_4, "the vendor's part", part_in_analysis("vendor", VENDOR), "works on it and answers for it"),
    Scene(
        ROW_4, "the customer's part", part_in_analysis("vendor", CUSTOMER), "helps when asked and is consulted and is informed"
    ),
    Scene(ROW_4, "the vendor is done, and the customer never saw a draft", analysis_is("vendor", "done"), "overdue"),
    Scene(ROW_4, "the customer had the draft, and the vendor is done", analysis_is("vendor", "draft", "done"), "done"),
    Scene(ROW_4, "it is the customer's word that nothing else was the cause", owes_analysis("other"), "the customer"),
    Scene(ROW_5, "the customer's part", part_in_analysis("other", CUSTOMER), "works on it and answers for it"),
    Scene(ROW_5, "the vendor's part", part_in_analysis("other", VENDOR), "helps when asked and is consulted and is informed"),
    *(
        Scene(row, "the users have no part in it", part_in_analysis(cause, END_USER), "nothing")
        for row, cause in ((ROW_4, "vendor"), (ROW_5, "other"))
    ),
    Scene(ROW_4, "it never was a P1, and the component caused it", owes_analysis("vendor", priority="lower"), "nobody"),
    Scene(ROW_5, "it never was a P1, and something else caused it", owes_analysis("other", priority="lower"), "nobody"),
    Scene(ROW_5, "the customer says what it was", analysis_is("other", "the provider's line, see the report"), "done"),
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
    Scene(
        ROW_6,
        "whoever reads why it stays is told what the user is owed",
        says("The customer has to ask the user before and tell the user after.", "change-request"),
        "said",
    ),
]

ROW_7 = "'Trained staff to support end-users': C,S | A,R | -"
UNTRAINED = [person("Ann", "trained-l1", trained=None), BEN]
STAFF = [
    Scene(
        ROW_7,
        "nobody knows when she was trained: whose it is",
        part_in("no date of training", CUSTOMER, UNTRAINED),
        "works on it and answers for it",
    ),
    Scene(
        ROW_7,
        "nobody knows when she was trained: the vendor",
        part_in("no date of training", VENDOR, UNTRAINED),
        "helps when asked and is consulted",
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
    Scene(ROW_9, "the vendor moves the tenant by itself", vendor_starts("provide-tenant", **CLOUD), "a ticket for information"),
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
    Scene(ROW_11, "the customer's components work again", customer_solves("interfacing"), "is its own part"),
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

ROW_14 = "'Monitoring and maintenance of Anywhere365': A,R | I | -"
MONITORING = [
    Scene(ROW_14, "the platform is serviced on Sunday", vendor_starts("monitoring", **CLOUD), "a ticket for information"),
    Scene(ROW_14, "nobody asked for alarms (ours)", vendor_starts("monitoring", "alarms", **CLOUD), "nobody wants to be told"),
    Scene(ROW_14, "on premises it is no such thing", vendor_starts("monitoring", **ON_PREMISES), "hold"),
    Scene(ROW_14, "nobody said where the application runs", vendor_starts("monitoring"), "hold"),
    Scene(ROW_14, "whose work it is", works_on_it("monitoring"), "the vendor"),
    Scene(ROW_14, "the work is done, on the vendor's word", vendor_ends_it("monitoring"), "all is done"),
    Scene(ROW_14, "the vendor tells how it goes", hears_the_vendor("monitoring"), "is informed"),
    Scene(ROW_14, "what is done for the customer is no work that the vendor starts", vendor_starts("l2-3-support"), "refuse"),
]

ROWS = [
    *CONTACT,
    *SUBMITTING,
    *L2_L3,
    *ANALYSES,
    *CHANGES,
    *STAFF,
    *TRAINING,
    *TENANT,
    *CONFIGURING,
    *INTERFACING,
    *CONNECTIONS,
    *ENTRY_POINTS,
    *MONITORING,
]
