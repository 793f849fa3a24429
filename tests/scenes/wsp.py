"""000: Anywhere365 with Workstreampeople, cloud and on-premises."""

from __future__ import annotations

from tests.scenes.asking import (
    Scene,
    answers_for,
    goes,
    hears_the_vendor,
    may_ask,
    vendor_asks,
    vendor_ends_it,
    vendor_solves,
    vendor_starts,
    works,
    works_on_it,
)
from tests.scenes.both_editions import ROWS
from tests.scenes.cast import CLOUD, ON_PREMISES
from tests.scenes.clauses import BOTH_EDITIONS
from tests.scenes.prose import PREMIUM_PLUS, PROSE

BOUGHT = {"deployment": "on_premises", "purchased": "deployment"}

ROW_15 = "'Infrastructure on which Anywhere365 is running': C | A,R | -"
ROW_16 = "'Initial installation of Anywhere365 on the infrastructure': A,R | S | -; 'Initial deployment ... (if purchased)'"
ROW_17 = "'Upgrades to assure Anywhere365 is supported according to ... End of Life Policy': C | A,R | -"

ROW_18 = "'Provide new versions and maintenance updates (via the customer portal)': A,R | S | -"

SCENES = [
    *ROWS,
    *PROSE,
    *BOTH_EDITIONS,
    *PREMIUM_PLUS,
    Scene(ROW_15, "a disk is full", goes("infrastructure", **ON_PREMISES), "stays"),
    Scene(ROW_15, "a disk is full, but all runs in the cloud", goes("infrastructure", **CLOUD), "unclassified"),
    Scene(ROW_15, "a disk is full: whose work it is", works("infrastructure", **ON_PREMISES), "the customer"),
    Scene(ROW_15, "a disk is full: on whose word it is done", answers_for("infrastructure", **ON_PREMISES), "the customer"),
    Scene(ROW_15, "the customer wants advice", may_ask("infrastructure", **ON_PREMISES), "consult"),
    Scene(ROW_16, "the first installation, and it was purchased", goes("installation", **BOUGHT), "case"),
    Scene(
        ROW_16,
        "the first installation, and only training was purchased",
        goes("installation", deployment="on_premises", purchased="training"),
        "not_bought",
    ),
    Scene(
        ROW_16,
        "the first installation, but all runs in the cloud",
        goes("installation", deployment="cloud", purchased="deployment"),
        "unclassified",
    ),
    Scene(ROW_16, "the first installation: whose work it is", works("installation", **BOUGHT), "the vendor"),
    Scene(ROW_16, "the first installation: on whose word it is done", answers_for("installation", **BOUGHT), "the vendor"),
    Scene(ROW_16, "it stands: the whole is done", vendor_solves("installation"), "the whole, back to level 1"),
    Scene(ROW_16, "the vendor asks for a server", vendor_asks("installation"), "helps when asked"),
    Scene(ROW_16, "the vendor tells how far it is", hears_the_vendor("installation"), "helps when asked"),
    Scene(ROW_17, "the installed version will no longer be supported", goes("upgrades", **ON_PREMISES), "stays"),
    Scene(ROW_17, "an upgrade, but all runs in the cloud", goes("upgrades", **CLOUD), "unclassified"),
    Scene(ROW_17, "an upgrade: whose work it is", works("upgrades", **ON_PREMISES), "the customer"),
    Scene(ROW_17, "an upgrade: on whose word it is done", answers_for("upgrades", **ON_PREMISES), "the customer"),
    Scene(ROW_17, "the customer wants advice", may_ask("upgrades", **ON_PREMISES), "consult"),
    Scene(ROW_18, "a version is out", vendor_starts("new-versions", "new_versions", **ON_PREMISES), "a ticket with work to do"),
    Scene(ROW_18, "a version is out, and all runs in the cloud", vendor_starts("new-versions", "new_versions", **CLOUD), "hold"),
    Scene(ROW_18, "whose work it is to provide it", works_on_it("new-versions"), "the vendor"),
    Scene(ROW_18, "it is provided, on the vendor's word", vendor_ends_it("new-versions"), "all is done"),
]
