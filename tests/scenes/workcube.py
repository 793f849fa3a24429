"""004: Workcube, support in four levels. No letters; the quotes are translated."""

from __future__ import annotations

from dataclasses import replace

from connector.rasci.installation import Person
from connector.rasci.table import OperatingModel, Setting
from connector.words import Side
from tests.scenes.asking import (
    CUSTOMER,
    END_USER,
    PARTNER,
    VENDOR,
    Handing,
    Question,
    Scene,
    answers,
    answers_for,
    asks_for,
    changes_the_class,
    changes_the_priority,
    changes_the_title,
    closes,
    finds,
    goes,
    hears_the_vendor,
    held_with,
    helps,
    is_heard_by_users,
    may_ask,
    may_speak,
    owes_access,
    part_in,
    passes,
    person,
    row_of,
    says,
    staffs,
    statement,
    submits,
    vendor_asks,
    vendor_closes,
    vendor_resolves_the_ticket,
    vendor_solves,
    works,
)
from tests.scenes.between import asked_by_next, asked_of, counts, elevated, waits_with
from tests.scenes.joined import joined, joins_by, looked_for_by

L1 = "L1: 'problems and requests are solved by the internal Workcube experts in the company'"
L1_PARTNER = "L1: 'Our business partners also offer first level support for customers who have no internal experts'"
L1_PRIORITY = "L1: 'Problems are categorised, prioritised, monitored'"
L2_INFORMATION = "L2: 'sent to the user with an explanation ... otherwise an explanation and instruction is written'"
L2_OLD = "L2: 'If the release is without fault ... and it is an old version, a self-upgrade is recommended to the system administrator'"
L2_QA = "L2: 'If there is no fault in QA, level 2 tells the user that it is mended and comes with a new version'"
L2_TASK = "L2: 'If no task is found, a new one is opened and forwarded to level 3'"
L2_JOIN = "L2: 'findings ... are added to the running notes ... the running task is assigned to the call's list'"
L2_COMPARES = "L2: 'the records of work are examined, whether or not it is a fault ... the details of this task are compared'"
L2_TESTS = "L2: 'makes a test case in the user's system ... the same in QA ... the same in development'"
L2_DESCRIBES = "L2: 'should describe the task that he opens, and add supporting evidence'"
L2_OPTIONAL = "L2: 'Loom videos or screenshots can be added ... mock-ups can be prepared'"
L2_EXPERT = "L2: 'Our business partners are level 2 experts ... a kind of interpreter for level 3'"
L3 = "L3: 'check the tasks that level 2 opened; the problems are classified and the solution is taken into the plan'"
L3_KEY_USERS = "L3: 'requests that level 1 specialists and key users send to the call centre'"
L3_TOGETHER = "L3: 'The process is followed together with level 1 and level 2 until there is a solution'"
L4 = "L4: 'operating system, database, network, application server ... mostly on the customer's servers'"
CERTIFICATE = "'Each level needs expertise and certificates of its own'"

INSIDE, OUTSIDE = {"experts": "internal"}, {"experts": "none"}

EDA = person("Eda", "workdesk-expert", PARTNER, known_to_vendor=None, trained=None, portal_user="")
CAN = person("Can", "company-l1", CUSTOMER, known_to_vendor=None, trained=None, portal_user="")
FIRST = person("Efe", "partner-l1", PARTNER, known_to_vendor=None, trained=None, portal_user="")
TESTS = "test-user-system test-qa test-development"
TEXTS = "related-page findings wishes proof"


def _handed(
    by: str = "Eda",
    present: str = TESTS,
    said: tuple[tuple[str, str, str], ...] = (),
    roster: tuple[Person, ...] = (EDA, CAN, FIRST),
) -> Handing:
    looked_for = f"{TESTS} {TEXTS} result recording mock-up"
    return Handing("l3-support", roster, by, present, looked_for, said, facts=(("experts", "internal"),))


def _stays(clause: str, words: str, who: str, **given: str) -> list[Scene]:
    return [
        Scene(clause, f"{words}: it stays", goes(**given), "stays"),
        Scene(clause, f"{words}: whose work it is", works(**given), who),
        Scene(clause, f"{words}: on whose word it is done", answers_for(**given), who),
    ]


def _staffed(by: str, question: Question) -> Question:
    """The question where the setting says who staffs level 4."""

    def asked(model: OperatingModel) -> str:
        return question(replace(model, settings={**model.settings, "level4.owner": Setting(by)}))

    return asked


KEY_USER = person("Key", "key-user", CUSTOMER, trained=None, certified_until=None)
ADMINISTRATOR = person("Ada", "administrator", CUSTOMER, trained=None, certified_until=None)

L1_RULES = "L1: 'Rules to be kept for a level 1 support request', on a wiki page"


def _chained(question: Question) -> Question:
    """The question where the partner has a tool of its own: the connection between company and partner."""
    return lambda model: question(replace(model, seats={**model.seats, PARTNER: Side.VENDOR}))


FORWARDED = Handing(
    "l3-support", looked_for="version page-object problem customised", present=TESTS, facts=(("experts", "internal"),)
)
FROM_LEVEL_1 = [
    *(
        Scene(L1_RULES, f"the company forwards to the partner's own tool: {words}", _chained(asks_for(words, FORWARDED)), "asked")
        for words in (
            "version in use",
            "object as its address names it",
            "whether that object is customised",
            "problem or wish in detail",
        )
    ),
    Scene(L1_RULES, "what is asked for does not hold it up", _chained(passes(FORWARDED)), "goes"),
]

IN_ONE_SYSTEM = replace(FORWARDED, looked_for="version page-object customised problem", present="")
BROUGHT = replace(IN_ONE_SYSTEM, roster=(EDA, KEY_USER), reporter="Key", been="L2")
WITHOUT_EXPERTS = replace(IN_ONE_SYSTEM, facts=(("experts", "none"),))
BETWEEN = [
    *(
        Scene(L1_RULES, f"level 1 forwards within one system: {words}", asked_by_next("L2", words, IN_ONE_SYSTEM), "asked")
        for words in (
            "version in use",
            "object as its address names it",
            "whether that object is customised",
            "problem or wish in detail",
        )
    ),
    Scene(L1, "the company has experts: they are asked", asked_of("L2", IN_ONE_SYSTEM), "L1 (the customer)"),
    Scene(L1_PARTNER, "it has none: the partner's level 1 is asked", asked_of("L2", WITHOUT_EXPERTS), "L1 (the partner)"),
    Scene(L3_KEY_USERS, "a key user brings it: level 1 is asked for nothing", asked_of("L2", BROUGHT), "nobody"),
    Scene(L3_KEY_USERS, "a key user brings it: with whom it is", waits_with("L2", BROUGHT), "the partner"),
    Scene(L3_KEY_USERS, "a key user went to level 1 first", asked_of("L2", replace(BROUGHT, been="L1 L2")), "L1 (the customer)"),
    Scene(L3_KEY_USERS, "a user who is none brings it", asked_of("L2", replace(BROUGHT, reporter="Uma")), "L1 (the customer)"),
    Scene(L1, "whose it is meanwhile", waits_with("L2", IN_ONE_SYSTEM), "the customer"),
    Scene(L1_PARTNER, "whose it is meanwhile", waits_with("L2", WITHOUT_EXPERTS), "the partner"),
    Scene(L2_EXPERT, "level 1 forwards by the document's own rule", elevated("L2", IN_ONE_SYSTEM), "yes"),
    Scene(L2_EXPERT, "it was never with level 2: no task", passes(replace(_handed(), been="L1")), "held: never there"),
    Scene(L2_EXPERT, "it was with level 2", passes(replace(_handed(), been="L1 L2")), "goes"),
]

CONTACT = [
    Scene(L1, "a user answers nobody", may_speak(person("Uma", party=END_USER)), "may not"),
    Scene(L2_INFORMATION, "level 2's explanation reaches the user", is_heard_by_users(PARTNER), "allow"),
    Scene(L2_INFORMATION, "a WorkDesk expert answers a user", may_speak(EDA), "may"),
    Scene(L1, "an expert of the company answers a user", may_speak(CAN, **INSIDE), "may"),
    Scene(L1, "the company has no experts, and yet one is on the roster", may_speak(CAN, **OUTSIDE), "may not"),
    Scene(L1_PARTNER, "the partner's level 1 answers a user", may_speak(FIRST, **OUTSIDE), "may"),
    Scene(L1_PARTNER, "the company has experts: the partner's level 1 is not its own", may_speak(FIRST, **INSIDE), "may not"),
    Scene(L1_PARTNER, "its statement to level 2 counts", counts(FIRST, *statement("Efe")[1:], **OUTSIDE), "counts"),
    Scene(L1_PARTNER, "the company has experts: it does not", counts(FIRST, *statement("Efe")[1:], **INSIDE), "does not count"),
    Scene(L1, "the statement of the company's expert counts", counts(CAN, *statement("Can")[1:], **INSIDE), "counts"),
    Scene("L3: speaks of level 1 and 2 only", "the vendor's words do not reach the user", is_heard_by_users(VENDOR), "refuse"),
    Scene(L2_JOIN, "level 2 stays responsible for the call: it closes", closes("l3-support", PARTNER), "allow"),
    Scene("L3: speaks of no closing", "the vendor does not close the call", vendor_closes("l3-support"), "refuse"),
]

SUBMITTING = [
    Scene(L2_TASK, "level 2 opens a task", submits(PARTNER), "allow"),
    Scene(L2_TASK, "a user opens none", submits(END_USER), "hold"),
    Scene(L2_TASK, "the vendor opens none", submits(VENDOR), "refuse"),
    Scene(L2_TASK, "the tests are not there: the partner's to make", held_with(_handed(present="")), "the partner"),
    Scene(L2_EXPERT, "a WorkDesk expert hands over", passes(_handed()), "goes"),
    Scene(L2_EXPERT, "level 1 of the company goes to level 3 directly", passes(_handed("Can")), "held: not authorised"),
    Scene(
        L2_EXPERT,
        "level 1 of the partner goes to level 3 directly",
        passes(replace(_handed("Efe"), facts=tuple(OUTSIDE.items()))),
        "held: not authorised",
    ),
    Scene(
        CERTIFICATE,
        "the expert's certificate has run out",
        passes(_handed(roster=(person("Eda", "workdesk-expert", PARTNER, certified_until=None),))),
        "held: not authorised",
    ),
    *(
        Scene(
            CERTIFICATE,
            f"none is known of {role}",
            finds("no certificate", [person("X", role, party, certified_until=None)]),
            "found",
        )
        for role, party in (
            ("workdesk-expert", PARTNER),
            ("partner-l1", PARTNER),
            ("company-l1", CUSTOMER),
            ("l3-expert", VENDOR),
        )
    ),
    Scene(
        CERTIFICATE,
        "none is known of the partner's expert: whose it is to mend",
        part_in("no certificate", PARTNER, [replace(EDA, certified_until=None)]),
        "works on it and answers for it",
    ),
    *(
        Scene(
            CERTIFICATE,
            f"the expert's certificate: not {words} to mend",
            part_in("no certificate", party, [replace(EDA, certified_until=None)]),
            "nothing",
        )
        for words, party in (("Workcube's", VENDOR), ("the company's", CUSTOMER), ("the users'", END_USER))
    ),
    *(
        Scene("no training is named", f"nobody knows of one: {one.name}", finds("date of training", [one]), "nothing")
        for one in (EDA, CAN, FIRST, KEY_USER, ADMINISTRATOR, person("Lev", "l3-expert", VENDOR, trained=None))
    ),
    *(
        Scene(
            "L3: 'key users', L2: 'system administrator': levels of support they are not",
            f"no certificate is asked of {one.name}",
            finds("no certificate", [one]),
            "nothing",
        )
        for one in (KEY_USER, ADMINISTRATOR)
    ),
    *(
        Scene(
            "L1: 'Power user, DDU and level 1 support specialist'",
            f"{one.name} is none of them and answers no user",
            may_speak(one),
            "may not",
        )
        for one in (KEY_USER, ADMINISTRATOR)
    ),
    Scene("no number of persons is named", "there is one expert", finds("of at least", [EDA]), "nothing"),
    Scene("no list of persons is given to Workcube", "Workcube does not know her", finds("has not confirmed", [EDA]), "nothing"),
]

LEVEL_3 = [
    Scene(L3, "a task for level 3", goes("l3-support"), "case"),
    Scene(L3, "a task: whose work it is", works("l3-support"), "the vendor"),
    Scene(L3, "a task: on whose word it is done", answers_for("l3-support"), "the vendor"),
    Scene(L3, "level 3 delivers: the whole is solved", vendor_solves("l3-support"), "the whole, back to level 1"),
    Scene(L3, "where solved is set, the call is resolved", vendor_resolves_the_ticket("l3-support"), "allow"),
    Scene(L3, "level 3 says of what class it is", changes_the_class("l3-support", VENDOR), "allow: L3, sentence 2"),
    Scene(L3, "level 2 says of what class it is", changes_the_class("l3-support", PARTNER), "refuse: L3, sentence 2"),
    Scene(L3_TOGETHER, "level 3 asks back, level 2 helps", vendor_asks("l3-support", PARTNER), "helps when asked"),
    Scene(L3_TOGETHER, "level 2 answers", answers("l3-support", PARTNER), "allow by its row"),
    Scene(L3_TOGETHER, "level 2 follows", hears_the_vendor("l3-support", PARTNER), "helps when asked, is informed"),
    Scene(L3_TOGETHER, "level 1 follows", hears_the_vendor("l3-support", CUSTOMER), "is informed"),
    Scene(L3_TOGETHER, "level 2 mends the title of its task", changes_the_title("l3-support", PARTNER), "allow"),
    Scene(L1_PRIORITY, "level 3 changes the priority: a proposal", changes_the_priority("l3-support", VENDOR), "hold"),
]

LEVEL_1 = [
    Scene(L1, "who staffs level 1", staffs("L1", **INSIDE), "the customer"),
    Scene(L1_PARTNER, "who staffs level 1", staffs("L1", **OUTSIDE), "the partner"),
    Scene(L1, "a problem at level 1: it stays", goes("l1-support", **INSIDE), "stays"),
    Scene(L1, "a problem at level 1: whose work it is", works("l1-support", **INSIDE), "the customer"),
    Scene(L1, "a problem at level 1: on whose word it is done", answers_for("l1-support", **INSIDE), "the customer"),
    Scene(L1, "a company without experts has no such level 1", goes("l1-support", **OUTSIDE), "unclassified"),
    Scene(L1_PARTNER, "a problem: it stays", goes("l1-support-by-partner", **OUTSIDE), "stays"),
    Scene(L1_PARTNER, "a problem: whose work it is", works("l1-support-by-partner", **OUTSIDE), "the partner"),
    Scene(L1_PARTNER, "a problem: on whose word it is done", answers_for("l1-support-by-partner", **OUTSIDE), "the partner"),
    Scene(L1_PARTNER, "a company with experts has no such level 1", goes("l1-support-by-partner", **INSIDE), "unclassified"),
    Scene(L1, "the vendor is not asked", may_ask("l1-support", **INSIDE), "nothing"),
]

LEVEL_2 = [
    Scene(L2_INFORMATION, "how do I print an invoice", goes("l3-support", call="information", **INSIDE), "ends"),
    Scene(L2_INFORMATION, "how do I print an invoice: whose it is", works(call="information", **INSIDE), "the partner"),
    Scene(L2_INFORMATION, "how do I use this page", goes("l3-support", call="usage", **INSIDE), "ends"),
    Scene(L2_INFORMATION, "the row that is named is that of information", row_of(call="usage", **INSIDE), "information"),
    Scene(
        L2_INFORMATION, "somebody asks for information before it is classified", works("information", call="usage"), "the partner"
    ),
    Scene(L2_INFORMATION, "where it is looked for first", says("wiki and library of tips are searched", call="usage"), "said"),
    Scene(L2_INFORMATION, "an explanation is written: on whose word it is done", answers_for(call="usage"), "the partner"),
    *_stays(L2_TESTS, "a fault is reported, and not tested yet", "the partner", call="fault", experts="internal"),
    *_stays(L2_TESTS, "a wish, and not tested yet", "the partner", call="wish", experts="internal"),
    Scene(L2_OLD, "faultless, and an old version", goes("l3-support", call="fault", release="faultless", version="old"), "ends"),
    Scene(
        L2_OLD,
        "the row that is named is that of upgrades",
        row_of(call="fault", release="faultless", version="old", **INSIDE),
        "upgrade",
    ),
    Scene(
        L2_OLD,
        "the version is old, but the release has the fault",
        goes("l3-support", call="fault", release="faulty", version="old"),
        "case",
    ),
    Scene(L2_OLD, "faultless, and the current version", goes(call="fault", release="faultless", version="current"), "stays"),
    Scene(L2_OLD, "the upgrade: whose work it is", works("upgrade", version="old"), "the customer"),
    Scene(L2_OLD, "the upgrade: on whose word it is done", answers_for("upgrade", version="old"), "the customer"),
    Scene(L2_OLD, "the upgrade: who helps", helps("upgrade", version="old"), "the partner"),
    Scene(L2_OLD, "a current version needs no upgrade", goes("upgrade", version="current"), "unclassified"),
    Scene(L2_QA, "the fault is not in QA", goes("l3-support", call="fault", release="faulty", qa="faultless"), "ends"),
    Scene(L2_QA, "the fault is in QA as well", goes("l3-support", call="fault", release="faulty", qa="faulty"), "case"),
    Scene(L2_TASK, "tested, and nobody works on the like", goes(call="fault", qa="faulty", task="none"), "case"),
    Scene(
        L2_TASK,
        "tested, and nobody works on the like: whose work it is",
        works(call="fault", qa="faulty", task="none"),
        "the vendor",
    ),
    Scene(L2_JOIN, "somebody works on the like: no new task", goes(call="fault", qa="faulty", task="similar"), "stays"),
    Scene(L2_JOIN, "somebody works on the like: it joins", says("It joins", call="fault", task="similar"), "said"),
    Scene(L2_JOIN, "somebody works on the like: the call is level 2's", works(call="fault", task="similar"), "the partner"),
    Scene(L2_JOIN, "it was to go to level 3, and joins", goes("l3-support", call="fault", task="similar"), "stays"),
    Scene(L2_JOIN, "a WorkDesk expert joins it: by which right", joins_by(EDA), "partner S,I: L2, procedure, step 6"),
    Scene(L2_JOIN, "a task was joined: no new one is opened", joined(call="fault", qa="faulty"), "stays"),
    Scene(L2_COMPARES, "who looks for the like", looked_for_by(), "L2 among L3"),
    Scene(L2_COMPARES, "a wish, and the like is under way: it joins as well", goes(call="wish", task="similar"), "stays"),
    Scene(L2_COMPARES, "what was found is asked for", says("named by `#connector join", call="wish", task="similar"), "said"),
]

LEVEL_4 = [
    Scene(L4, "the disk of the database is slow: no task at level 3", goes("l3-support", cause="system_layer"), "stays"),
    Scene(L4, "the cause is the application", goes("l3-support", cause="application"), "case"),
    Scene(L4, "the company has level 4", _staffed("customer", works(cause="system_layer")), "the customer"),
    Scene(L4, "the partner has level 4", _staffed("partner", works(cause="system_layer")), "the partner"),
    Scene(L4, "Workcube has level 4", _staffed("vendor", goes(cause="system_layer")), "case"),
    Scene(
        L4, "the partner has level 4: who gives it access", _staffed("partner", owes_access(cause="system_layer")), "the customer"
    ),
    Scene(L4, "Workcube has level 4: who gives it access", _staffed("vendor", owes_access(cause="system_layer")), "the customer"),
    Scene(L4, "the company has level 4: its own servers", _staffed("customer", owes_access(cause="system_layer")), "nobody"),
    Scene(L4, "the cause is the application: no servers", _staffed("partner", owes_access(cause="application")), "nobody"),
    Scene(L4, "nobody said who has level 4: the company answers", answers_for(cause="system_layer"), "the customer"),
    Scene(L4, "nobody said who has level 4: the company works", works(cause="system_layer"), "the customer"),
    Scene(L4, "a database is slow, says the mapping", works("system-layers", cause="system_layer"), "the customer"),
]

HAND_OVER = [
    *(
        Scene(L2_TESTS, f"without {words}", asks_for(words, _handed(present=TESTS.replace(name, ""))), "missing")
        for name, words in (
            ("test-user-system", "test in the user's own system"),
            ("test-qa", "the same test in QA"),
            ("test-development", "the same test in development"),
        )
    ),
    Scene(L2_TESTS, "QA was left out", passes(_handed(present="test-user-system test-development")), "held: incomplete"),
    Scene(
        L2_TESTS,
        "the result, environment and date are told in a statement",
        passes(
            _handed(present="test-user-system test-development", said=(("Eda", "statement", "test-qa failed in QA on 1 March"),))
        ),
        "goes",
    ),
    *(
        Scene(L2_DESCRIBES, f"{words}: asked for", asks_for(words, _handed()), "asked")
        for words in (
            "address of the page",
            "problem and findings",
            "wishes and recommendations",
            "result of the test",
            "evidence that supports",
        )
    ),
    Scene(L2_OPTIONAL, "no video", asks_for("videos or screenshots", _handed()), "not asked"),
    Scene(L2_OPTIONAL, "no mock-up", asks_for("mock-ups", _handed()), "not asked"),
    Scene(
        "L1: rules on a wiki page",
        "what level 1 owes level 2 is not asked when level 2 hands over",
        asks_for("customised", _handed()),
        "not asked",
    ),
]

SCENES = [*FROM_LEVEL_1, *BETWEEN, *CONTACT, *SUBMITTING, *LEVEL_3, *LEVEL_1, *LEVEL_2, *LEVEL_4, *HAND_OVER]
