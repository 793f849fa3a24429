"""What the prose of 000, 001 and 002 says of something for which their table has no row."""

from __future__ import annotations

from tests.scenes.asking import (
    VENDOR,
    Handing,
    Scene,
    answers,
    answers_for,
    changes_the_title,
    goes,
    hears_the_vendor,
    kind_of_record,
    may_ask,
    passes,
    row_of,
    says,
    vendor_asks,
    vendor_ends_it,
    vendor_solves,
    vendor_starts,
    works,
    works_on_it,
)
from tests.scenes.cast import CLOUD, INCIDENT, ON_PREMISES, REQUEST, TEAM


def _the_customers(clause: str, topic: str, words: str, **given: str) -> list[Scene]:
    return [
        Scene(clause, f"{words}: it stays", goes(topic, **given), "stays"),
        Scene(clause, f"{words}: whose work it is", works(topic, **given), "the customer"),
        Scene(clause, f"{words}: on whose word it is done", answers_for(topic, **given), "the customer"),
        Scene(clause, f"{words}: the vendor has no part in it", may_ask(topic, **given), "nothing"),
        Scene(clause, f"{words}: the vendor starts no such thing", vendor_starts(topic, **given), "refuse"),
    ]


def _the_vendors(clause: str, topic: str, words: str, **given: str) -> list[Scene]:
    return [
        Scene(clause, f"{words}: a case", goes(topic, **given), "case"),
        Scene(clause, f"{words}: whose work it is", works(topic, **given), "the vendor"),
        Scene(clause, f"{words}: on whose word it is done", answers_for(topic, **given), "the vendor"),
        Scene(clause, f"{words}: the vendor solves, and the whole is solved", vendor_solves(topic), "the whole, back to level 1"),
        Scene(clause, f"{words}: the vendor asks", vendor_asks(topic), "helps when asked"),
        Scene(clause, f"{words}: the customer answers", answers(topic), "allow by its row"),
        Scene(clause, f"{words}: the vendor says how far it is", changes_the_title(topic, VENDOR, shown=True), "allow"),
        Scene(clause, f"{words}: who helps is told no more than that", hears_the_vendor(topic), "helps when asked"),
    ]


OPERATING = "'Operating the Anywhere365 application with qualified and trained staff'"
OPERATES = _the_customers(OPERATING, "customer-operates", "an operator's nightly restart")
OPERATES_001 = _the_customers(OPERATING, "operating", "an operator's nightly restart")

CONFIGURATION = "'Configuration and functional management of Anywhere365'"
CONFIGURES = [
    *_the_customers(CONFIGURATION, "configuration", "a queue on premises", **ON_PREMISES),
    *_the_customers(CONFIGURATION, "configuration", "a queue, wherever it runs"),
]

HOSTED = "'If the application is hosted ..., is also responsible for providing and maintaining the underlying hosting platform'"
PLATFORM = [
    *_the_vendors(HOSTED, "hosting-platform", "the platform is slow", **CLOUD),
    Scene(HOSTED, "it is not hosted", goes("hosting-platform", **ON_PREMISES), "unclassified"),
    Scene(
        HOSTED,
        "an incident there waits for a statement",
        passes(Handing("hosting-platform", TEAM, facts=INCIDENT)),
        "held: incomplete",
    ),
]

DOCUMENTED = "'providing the Anywhere365 application with functionality described in the documentation'"
AS_DOCUMENTED = [
    Scene(DOCUMENTED, "it does not do what is described", goes("change-request", documented="deviates"), "case"),
    Scene(
        DOCUMENTED, "it does not do what is described: the row", row_of("change-request", documented="deviates"), "l2-3-support"
    ),
    Scene(DOCUMENTED, "it does not do what is described: an incident", kind_of_record(documented="deviates"), "incident"),
    Scene(DOCUMENTED, "what was expected is described nowhere", goes("l2-3-support", documented="beyond"), "stays"),
    Scene(
        DOCUMENTED,
        "what was expected is described nowhere: the row",
        row_of("l2-3-support", documented="beyond"),
        "change-request",
    ),
    Scene(DOCUMENTED, "what was expected is described nowhere: a wish", kind_of_record(documented="beyond"), "change"),
    Scene(DOCUMENTED, "whoever reads why it stays is told", says("not promised", "l2-3-support", documented="beyond"), "said"),
    Scene(
        DOCUMENTED,
        "the vendor is asked where somebody decides so",
        may_ask("l2-3-support", documented="beyond"),
        "consult, support",
    ),
    Scene(DOCUMENTED, "nobody says what is described", goes("l2-3-support"), "case"),
    Scene(DOCUMENTED, "nobody says what is described, of a wish", goes("change-request"), "stays"),
    Scene(DOCUMENTED, "nobody says what is described: no kind follows", kind_of_record(), "nobody says"),
]

BOTH_EDITIONS = [*OPERATES, *CONFIGURES, *PLATFORM, *AS_DOCUMENTED]

BOUGHT = {"deployment": "on_premises", "purchased": "deployment"}
DEPLOYMENT = "'Initial deployment of Anywhere365 on the infrastructure of the customer (if purchased)', without a row"
VERSIONS = "'Publish new versions and maintenance updates and provide access to these updates', without a row"
INFRASTRUCTURE = "'Infrastructure on which Anywhere365 is running', without a row"
BEFORE = "on-premises-versions"
WITHOUT_A_ROW = [
    *_the_vendors(DEPLOYMENT, "on-premises-deployment", "the first installation", **BOUGHT),
    Scene(
        DEPLOYMENT,
        "only training was purchased",
        goes("on-premises-deployment", deployment="on_premises", purchased="training"),
        "not_bought",
    ),
    Scene(
        DEPLOYMENT,
        "all runs in the cloud",
        goes("on-premises-deployment", deployment="cloud", purchased="deployment"),
        "unclassified",
    ),
    Scene(DEPLOYMENT, "a request needs no statement", passes(Handing("on-premises-deployment", TEAM, facts=REQUEST)), "goes"),
    Scene(VERSIONS, "a version is out", vendor_starts(BEFORE, "new_versions", **ON_PREMISES), "a ticket for information"),
    Scene(VERSIONS, "a version is out, and all runs in the cloud", vendor_starts(BEFORE, "new_versions", **CLOUD), "hold"),
    Scene(VERSIONS, "whose work it is to publish it", works_on_it(BEFORE), "the vendor"),
    Scene(VERSIONS, "it is published, on the vendor's word", vendor_ends_it(BEFORE), "all is done"),
    Scene(VERSIONS, "the vendor tells of it", hears_the_vendor(BEFORE), "is informed"),
    Scene(VERSIONS, "it is nothing that a ticket asks for", goes(BEFORE, **ON_PREMISES), "unclassified"),
    *_the_customers(INFRASTRUCTURE, "on-premises-infrastructure", "a disk is full", **ON_PREMISES),
    Scene(
        INFRASTRUCTURE, "a disk is full, but all runs in the cloud", goes("on-premises-infrastructure", **CLOUD), "unclassified"
    ),
]
