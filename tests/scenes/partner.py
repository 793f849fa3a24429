"""003: Anywhere365 on premises, supported by a partner. No letters, and no party "customer"."""

from __future__ import annotations

from dataclasses import replace

from connector.rasci.installation import Person
from tests.scenes.asking import (
    CUSTOMER,
    END_USER,
    PARTNER,
    VENDOR,
    Handing,
    Scene,
    answers,
    answers_for,
    asks_for,
    changes_the_title,
    closes,
    finds,
    goes,
    hears_the_vendor,
    held_with,
    is_heard_by_users,
    may_ask,
    may_speak,
    passes,
    person,
    statement,
    submits,
    vendor_asks,
    vendor_closes,
    vendor_resolves_the_ticket,
    vendor_solves,
    works,
)
from tests.scenes.between import asked_by_next, counts, elevated, stays_because, waits_with

LEVEL_1 = "'Triage, handle all incidents or requests reported to the Partner Services Helpdesk'"
USER_ERROR = "'If cause is due to user error: Provide quick fix for standard issues'"
LEVEL_2 = "'PARTNER shall provide Level 2 Support Services including further analysis'"
CONFIG = "'determine if the incident or request can be resolved by config change'"
TECHNOLOGY = "'... or change to \"supporting technology and hardware\"'"
OTHERS = "'Rule out any other potential cause (Teams, SharePoint, Azure, Connectivity, SBC, firewall, vpn, anti virus)'"
LEVEL_3 = "'All other incidents or requests ... will be elevated as a Case to the Anywhere365 Customer Services Helpdesk'"
INCLUDING = "'... including resolution of defects, infrastructural issue on Anywhere365 application or server side configuration'"
CERTIFIED = "'senior technical support engineers certified for the Anywhere365 service'"
OWN_WORDS = "'Provide a clear and complete description of the scenario and analysis done by level 2'"
ANALYSIS = "'Level 2 Support includes'"

ANN = person("Ann", "certified-l2", PARTNER, known_to_vendor=None, trained=None, portal_user="")
BEN = person("Ben", "service-desk", PARTNER, known_to_vendor=None, trained=None, portal_user="")
DESCRIBED = "description"
ITEMS = "description replicated configuration-correct other-causes potential-cause actions"


def _handed(
    by: str = "Ann",
    *,
    present: str = DESCRIBED,
    said: tuple[tuple[str, str, str], ...] = (),
    roster: tuple[Person, ...] = (ANN, BEN),
) -> Handing:
    return Handing("l3-support", roster, by, present, looked_for=ITEMS, said=said)


def _stays(clause: str, words: str, task: str) -> list[Scene]:
    return [
        Scene(clause, f"{words}: it stays", goes(task), "stays"),
        Scene(clause, f"{words}: whose work it is", works(task), "the partner"),
        Scene(clause, f"{words}: on whose word it is done", answers_for(task), "the partner"),
        Scene(clause, f"{words}: the vendor is not asked", may_ask(task), "nothing"),
    ]


def _case(clause: str, words: str, task: str) -> list[Scene]:
    return [
        Scene(clause, f"{words}: a case", goes(task), "case"),
        Scene(clause, f"{words}: whose work it is", works(task), "the vendor"),
        Scene(clause, f"{words}: on whose word it is done", answers_for(task), "the vendor"),
        Scene(clause, f"{words}: the vendor solves the whole", vendor_solves(task), "the whole, back to level 1"),
    ]


CONTACT = [
    Scene(LEVEL_1, "the partner's service desk answers who reported", may_speak(BEN), "may"),
    Scene(LEVEL_1, "the partner's words reach who reported", is_heard_by_users(PARTNER), "allow"),
    Scene(LEVEL_1, "the vendor's words do not", is_heard_by_users(VENDOR), "refuse"),
    Scene(LEVEL_1, "who reported answers nobody", may_speak(person("Uma", party=END_USER)), "may not"),
    Scene(LEVEL_1, "level 2 is not the service desk", may_speak(ANN), "may not"),
    Scene(LEVEL_1, "the vendor would close the report", vendor_closes("l3-support"), "refuse"),
    Scene(LEVEL_1, "the partner closes what the vendor solved", closes("l3-support", PARTNER), "allow"),
]

ROWS = [
    *CONTACT,
    Scene(LEVEL_3, "the partner elevates", submits(PARTNER), "allow"),
    Scene(LEVEL_3, "from the partner's system", submits(CUSTOMER), "allow"),
    Scene(LEVEL_3, "who reported does not elevate", submits(END_USER), "hold"),
    Scene(LEVEL_3, "the vendor opens no case", submits(VENDOR), "refuse"),
    Scene(LEVEL_3, "it is not complete: the partner's to complete", held_with(_handed(present="")), "the partner"),
    *_case(LEVEL_3, "what the partner cannot resolve", "l3-support"),
    Scene(LEVEL_3, "where solved is set, the ticket is resolved", vendor_resolves_the_ticket("l3-support"), "allow"),
    Scene(LEVEL_3, "the vendor asks back", vendor_asks("l3-support", PARTNER), "helps when asked"),
    Scene(LEVEL_3, "the partner answers", answers("l3-support", PARTNER), "allow by its row"),
    Scene(LEVEL_3, "the partner mends the title", changes_the_title("l3-support", PARTNER), "allow"),
    Scene(LEVEL_3, "the vendor writes what it found", hears_the_vendor("l3-support", PARTNER), "helps when asked"),
    *_stays(LEVEL_1, "something is reported", "l1-support"),
    *_stays(LEVEL_2, "further analysis", "l2-support"),
    *_stays(CONFIG, "a setting is wrong", "configuration"),
    *_stays(TECHNOLOGY, "a headset is broken", "supporting-technology"),
    *_stays(OTHERS, "the firewall blocks it", "other-causes"),
    *_case(INCLUDING, "a defect", "defects"),
    *_case(INCLUDING, "the application's own infrastructure", "application-infrastructure"),
    *_case(INCLUDING, "configuration of the server", "server-configuration"),
    Scene("no row", "a ticket about the canteen", goes("canteen"), "unclassified"),
]

PROSE = [
    Scene(USER_ERROR, "level 1 found that the user pressed the wrong button", goes("l3-support", cause="user_error"), "ends"),
    Scene(USER_ERROR, "whose it remains", works("l3-support", cause="user_error"), "the partner"),
    Scene(USER_ERROR, "level 1 found the application to be the cause", goes("l3-support", cause="application"), "case"),
    Scene(
        "'If cause is due to application issue'",
        "level 1 hands over to level 2: no case yet",
        goes(cause="application"),
        "unclassified",
    ),
    Scene(CERTIFIED, "a certified engineer elevates", passes(_handed()), "goes"),
    Scene(CERTIFIED, "the service desk elevates past level 2", passes(_handed("Ben")), "held: not authorised"),
    Scene(
        CERTIFIED,
        "the service desk lets it go with a reason, which is not its to do",
        passes(_handed("Ben", said=(("Ben", "submit", "it is urgent"),))),
        "held: not authorised",
    ),
    Scene(
        CERTIFIED,
        "an engineer without a certificate elevates",
        passes(_handed("Dee", roster=(person("Dee", "certified-l2", PARTNER, certified_until=None),))),
        "held: not authorised",
    ),
    Scene(
        CERTIFIED,
        "a missing certificate is found before",
        finds("no certificate", [person("Dee", "certified-l2", PARTNER, certified_until=None)]),
        "found",
    ),
    Scene("no number of persons is named", "there is one engineer", finds("of at least", [ANN]), "nothing"),
    Scene("no training is named", "nobody knows of a training", finds("training", [ANN, BEN]), "nothing"),
    Scene(
        "no certificate is named for level 1",
        "the service desk has none",
        finds("Ben has no certificate", [replace(BEN, certified_until=None)]),
        "nothing",
    ),
    Scene(
        "no list of persons is given to the vendor", "the vendor does not know her", finds("has not confirmed", [ANN]), "nothing"
    ),
    Scene(OWN_WORDS, "there is none", passes(_handed(present="")), "held: incomplete"),
    Scene(OWN_WORDS, "there is one", passes(_handed()), "goes"),
    *(
        Scene(
            OWN_WORDS,
            f"each {kind} needs one",
            passes(replace(_handed(present=""), facts=(("record_type", kind),))),
            "held: incomplete",
        )
        for kind in ("incident", "request")
    ),
    *(
        Scene(
            ANALYSIS,
            f"{kind}: {words} is asked for",
            asks_for(words, replace(_handed(), facts=(("record_type", kind),))),
            "asked",
        )
        for kind in ("incident", "request")
        for words in ("replicated", "configuration is confirmed", "each other cause", "potential cause", "actions taken")
    ),
    Scene(
        OTHERS,
        "anti-virus: not applicable, says the engineer",
        asks_for(
            "each other cause",
            _handed(said=(("Ann", "statement", "other-causes no anti-virus on these machines; the rest is excluded"),)),
        ),
        "not asked",
    ),
    Scene(LEVEL_1, "what level 1 owes level 2 is not asked when level 2 elevates", asks_for("urgency", _handed()), "not asked"),
]

LISTED = "Level 1: 'a clear and complete description of the scenario and analysis done ... For example'"
RULED_OUT = "Level 1: 'Analyze issue to determine if this is potentially caused by the application or not, rule out basic other'"
NO_ASKING_BACK = (
    "Level 1: 'to ensure level 2 can continue the investigation without having to revert back for basic/known information'"
)
EXAMPLES = {
    "reproducible": "can be reproduced",
    "who-what-when": "who, what, when",
    "proof": "HAR files",
    "impact": "impact of the issue",
    "urgency": "urgency",
    "platform-element": "element of the platform",
    "expected-actual": "what was expected",
    "checks": "checks that were done",
}


def _at_level_2(present: str = "", said: tuple[tuple[str, str, str], ...] = (), **given: str) -> Handing:
    """A ticket that the service desk gave to level 2: its form has a place for each of the examples."""
    return Handing("l2-support", (ANN, BEN), "Ben", present, " ".join(EXAMPLES), said, facts=tuple(given.items()))


BETWEEN = [
    *(
        Scene(
            LISTED,
            f"{kind}, without {item}: level 2 asks for it",
            asked_by_next("L2", words, _at_level_2(record_type=kind)),
            "asked",
        )
        for kind in ("incident", "request")
        for item, words in EXAMPLES.items()
    ),
    *(
        Scene(LISTED, f"{item} is there", asked_by_next("L2", words, _at_level_2(item)), "not asked")
        for item, words in EXAMPLES.items()
    ),
    Scene(LISTED, "there is nothing: level 2 has it all the same", waits_with("L2", _at_level_2()), "the partner"),
    *(
        Scene(
            RULED_OUT,
            f"{kind}: nobody says that the application may be the cause",
            asked_by_next("L2", "statement that the application may be the cause", _at_level_2(record_type=kind)),
            "asked",
        )
        for kind in ("incident", "request")
    ),
    Scene(
        RULED_OUT,
        "the service desk says why it may be",
        asked_by_next("L2", "statement that the application may be the cause", _at_level_2(said=(statement("Ben"),))),
        "not asked",
    ),
    Scene(
        RULED_OUT,
        "nobody says what the analysis came to",
        asked_by_next("L2", "whether the application may be the cause and rules out", _at_level_2()),
        "asked",
    ),
    Scene(
        RULED_OUT,
        "it came to the application",
        asked_by_next("L2", "whether the application may be the cause and rules out", _at_level_2(cause="application")),
        "not asked",
    ),
    Scene(RULED_OUT, "the service desk's finding counts", counts(BEN, "fact", "cause user_error"), "counts"),
    Scene(RULED_OUT, "so does its statement", counts(BEN, *statement("Ben")[1:]), "counts"),
    Scene(LEVEL_1, "and what who reported says of a solution", counts(BEN, "accept", ""), "counts"),
    Scene(LEVEL_3, "to elevate is not its to do", counts(BEN, "submit", "it is urgent"), "does not count"),
    Scene(NO_ASKING_BACK, "level 2 asks back for the urgency, and says so", counts(ANN, "bounce", "urgency"), "counts"),
    Scene(
        NO_ASKING_BACK,
        "found to be the application: elevated to level 2",
        elevated("L2", _at_level_2(cause="application")),
        "yes",
    ),
    Scene(NO_ASKING_BACK, "nobody found anything: it came there by no rule", elevated("L2", _at_level_2()), "no"),
    Scene(
        LISTED, "what is first reported comes from no level before", asked_by_next("L1", "urgency", _at_level_2()), "not asked"
    ),
    Scene(LEVEL_3, "it was with level 2", passes(replace(_handed(), been="L1 L2")), "goes"),
    Scene(LEVEL_3, "it was never with level 2", passes(replace(_handed(), been="L1")), "held: never there"),
    Scene(
        LEVEL_3,
        "it was never with level 2, and an engineer of level 2 lets it go",
        passes(replace(_handed(said=(("Ann", "submit", "seen it on the phone"),)), been="L1")),
        "goes",
    ),
    Scene(LEVEL_3, "nobody knows whether it was with level 2", passes(_handed()), "goes"),
]

RESOLVES = "Level 2: 'determine if the incident or request can be resolved by config change or change to \"supporting technology and hardware\"'"
TRIED = "a change of configuration or of supporting technology resolves it"
EXIT = [
    Scene(RESOLVES, "a change of configuration resolves it", goes("l3-support", resolution="configuration"), "ends"),
    Scene(RESOLVES, "another switch resolves it", goes("l3-support", resolution="supporting_technology"), "ends"),
    Scene(RESOLVES, "whose it is then", works("l3-support", resolution="configuration"), "the partner"),
    Scene(RESOLVES, "on whose word it is done then", answers_for("l3-support", resolution="configuration"), "the partner"),
    Scene(RESOLVES, "neither resolves it", goes("l3-support", resolution="neither"), "case"),
    Scene(RESOLVES, "nobody said so", goes("l3-support"), "case"),
    Scene(RESOLVES, "it is elevated, and nobody said: it is asked", asks_for(TRIED, _handed()), "asked"),
    Scene(
        RESOLVES,
        "it is elevated, and somebody did",
        asks_for(TRIED, replace(_handed(), facts=(("resolution", "neither"),))),
        "not asked",
    ),
    Scene(RESOLVES, "it came to level 2: whoever reads why it stays is asked", stays_because("L2", TRIED, _at_level_2()), "said"),
    Scene(RESOLVES, "level 1 is not asked for it", stays_because("L1", TRIED, _at_level_2()), "not said"),
    Scene(RESOLVES, "a service desk does not say so", counts(BEN, "fact", "resolution neither"), "does not count"),
]

SCENES = [*ROWS, *PROSE, *BETWEEN, *EXIT]
