"""Where the scenes of the five documents play: what each company's mapping tells apart, and who is on its roster."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from connector.rasci.installation import findings, load, under
from tests.installed.house import HERE, STATEMENT, House
from tests.models.named import shipped

_FACTS = """
facts:
  record_type:
    - {when: {field: subcategory, in: [training, provide-tenant, installation, on-premises-deployment]}, value: request}
    - {when: {field: subcategory, is: change-request}, value: change}
"""

ON_PREMISES = HERE.replace("deployment: cloud", "deployment: on_premises").replace("[training]", "[training, deployment]")

IMPLEMENTATION = HERE.replace("facts: {deployment: cloud, plan: premium_plus, purchased: [training], version: supported}\n", "")

PARTNER = """
p1_number: "+31 10 000 00 00"
roster:
  - {name: Lena Lund, email: lena@partner.example, phone: "+31 20 1", login: lena.l1, party: partner, role: certified-l2,
     certified_until: 2027-01-10}
  - {name: Lars Lind, email: lars@partner.example, phone: "+31 20 2", login: lars.l1, party: partner, role: certified-l2,
     certified_until: 2026-01-10}
  - {name: Omar Ohm, email: omar@partner.example, phone: "+31 20 3", login: omar.l1, party: partner, role: service-desk}
"""

WORKCUBE = """
facts: {experts: internal}
settings:
  level4.owner: {value: customer, source: ours}
roster:
  - {name: Lena Lund, email: lena@partner.example, phone: "+90 1", login: lena.l1, party: partner, role: workdesk-expert,
     certified_until: 2027-01-10}
  - {name: Lars Lind, email: lars@partner.example, phone: "+90 2", login: lars.l1, party: partner, role: workdesk-expert,
     certified_until: 2026-01-10}
  - {name: Omar Ohm, email: omar@company.example, phone: "+90 3", login: omar.l1, party: customer, role: company-l1,
     certified_until: 2027-01-10}
"""

OMAR = "omar.l1"

DESK, SECOND_LINE = "desk", "second-line"
AT_L1, AT_L2 = {"assignment_group": DESK}, {"assignment_group": SECOND_LINE}
LEVELS = f"""
levels:
  field: assignment_group
  values: {{L1: [{DESK}], L2: [{SECOND_LINE}]}}
"""


def topics(tasks: Iterable[str], systems: Iterable[str] = (), more: str = "") -> str:
    """A mapping's sections that tell each topic by a subcategory and each system by the beginning of the title."""
    by_system = [
        f'  - {{by: system, when: {{field: short_description, starts_with: "{one}:"}}, system: {one}}}' for one in systems
    ]
    by_topic = [f"  - {{by: service, when: {{field: subcategory, is: {one}}}, topic: {one}}}" for one in tasks]
    return "\n".join(["", "topics:", *by_system, *by_topic, _FACTS.strip(), more])


_CLOUD_ROWS = (
    "training provide-tenant configure-tenant interfacing connections entry-points change-request l2-3-support"
    " customer-operates configuration hosting-platform"
)
_SYSTEMS = ["back-end", "tenant", "sbc", "entry-point-interfacing"]

EDITIONS = topics([*_CLOUD_ROWS.split(), "infrastructure", "installation", "upgrades"], _SYSTEMS)
CLOUD = topics(_CLOUD_ROWS.split(), _SYSTEMS)
CLOUD_ON_PREMISES = topics([*_CLOUD_ROWS.split(), "on-premises-infrastructure", "on-premises-deployment"], _SYSTEMS)
OF_IMPLEMENTATION = topics(["l2-3-support", "configuration", "implementation", "operating"], _SYSTEMS)
OF_PARTNER = topics(
    [
        "l1-support",
        "l2-support",
        "configuration",
        "supporting-technology",
        "other-causes",
        "defects",
        "application-infrastructure",
        "server-configuration",
        "l3-support",
    ],
    more="evidence:\n  description: [{label: Scenario and analysis, in: description}]\n"
    "  proof: [{file: any}]\n  other-causes: [{label: Other causes, in: description}]",
)
OF_WORKCUBE = topics(["l1-support", "information", "fault-or-wish", "upgrade", "system-layers", "l3-support"])


def wsp(folder: Path, here: str = HERE) -> House:
    return House(folder, model="anywhere365-wsp", mapping=EDITIONS, here=here)


def dialogue_cloud(folder: Path, here: str = HERE) -> House:
    return House(folder, mapping=CLOUD, here=here)


class CloudHouse(House):
    """The same, for whoever has no folder."""

    def __init__(self) -> None:
        with TemporaryDirectory() as folder:
            super().__init__(Path(folder), mapping=CLOUD)


class WorkcubeHouse(House):
    """Document 004's, for whoever has no folder."""

    def __init__(self) -> None:
        with TemporaryDirectory() as folder:
            super().__init__(Path(folder), model="workcube", mapping=OF_WORKCUBE, here=WORKCUBE)


def implementation(folder: Path) -> House:
    return House(folder, model="anywherenow-implementation", mapping=OF_IMPLEMENTATION, here=IMPLEMENTATION)


def partner(folder: Path, more: str = "", language: str = "en") -> House:
    return House(folder, model="anywhere365-partner-on-premises", mapping=OF_PARTNER + more, here=PARTNER, language=language)


def workcube(folder: Path, here: str = WORKCUBE, more: str = "", language: str = "en") -> House:
    return House(folder, model="workcube", mapping=OF_WORKCUBE + more, here=here, language=language)


def reported(house: House, title: str, **fields: str) -> str:
    """A ticket at the service desk, which nobody handed to anybody."""
    return house.customer.create(OMAR, {"short_description": title, "impact": "2", "urgency": "2", **AT_L1, **fields})


def elevated(house: House, title: str, **fields: str) -> str:
    """A ticket that the service desk gave to level 2."""
    ref = reported(house, title, **fields)
    house.wait()
    house.edits(ref, AT_L2, by=OMAR)
    house.wait()
    return ref


def stated(house: House, title: str, **fields: str) -> str:
    """A ticket that is handed over with a named person's statement, and is with the vendor."""
    ref = house.opens(title, **fields)
    house.notes(ref, STATEMENT)
    house.wait()
    house.case(ref)
    return ref


def found_amiss(folder: Path, model: str, here: str) -> str:
    """What ``connector check`` says of an installation, in one text."""
    file = folder / "installation.yaml"
    file.write_text(here, encoding="utf-8")
    found = load(file, shipped(model))
    return "\n".join(" ".join(one) for one in findings(found, under(shipped(model), found), date(2026, 5, 28)))
