"""The installation: each error with its line and remedy, and each finding by a scenario that paraphrases the document."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.rasci.installation import Installation, findings, load, under
from connector.rasci.model import ModelError
from connector.rasci.schema import INSTALLATION
from connector.words import Party
from tests.models.against_schema import faults
from tests.models.named import ROOT, shipped

CLOUD, WSP, PARTNER = "anywhere365-dialogue-cloud", "anywhere365-wsp", "anywhere365-partner-on-premises"
TODAY = date(2026, 3, 9)
EXAMPLE = ROOT / "config" / "installation.example.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")


def written(folder: Path, text: str) -> Path:
    path = folder / "installation.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def altered(*changes: tuple[str, str]) -> str:
    text = TEXT
    for there, instead in changes:
        assert there in text
        text = text.replace(there, instead, 1)
    return text


def found(folder: Path, text: str, model: str = CLOUD) -> list[tuple[str, str, str]]:
    installation = load(written(folder, text), shipped(model))
    return list(findings(installation, under(shipped(model), installation), TODAY))


# --- the shipped example ---


def test_the_example_is_complete_and_nothing_is_found_in_it(tmp_path: Path) -> None:
    here = load(EXAMPLE, shipped(CLOUD))
    assert found(tmp_path, TEXT) == []
    assert here.known["purchased"] == {"training"}
    assert [person.role for person in here.roster] == ["trained-l1", "trained-l1"]
    assert (here.backup, here.roster[0].known_to_vendor) == (date(2026, 3, 2), date(2026, 1, 12))


def test_what_the_example_leaves_out_can_be_uncommented(tmp_path: Path) -> None:
    text = "\n".join(line.replace("# ", "", 1) if line.startswith(("  # ", "    # ")) else line for line in TEXT.splitlines())
    here = load(written(tmp_path, text), shipped(CLOUD))
    assert here.settings["training.max_age"].value == 730
    assert (here.roster[1].party, here.roster[1].certified_until) == (Party.CUSTOMER, date(2027, 5, 31))


def test_the_figures_of_the_installation_go_before_those_of_the_model() -> None:
    model = under(shipped(CLOUD), load(EXAMPLE, shipped(CLOUD)))
    assert model.setting("calendars.vendor") == "Europe/Amsterdam Mo-Fr 08:30-17:30"
    assert model.setting("reopen.window") == shipped(CLOUD).setting("reopen.window")


def test_a_person_is_found_by_the_login_in_either_case_and_by_name() -> None:
    here = load(EXAMPLE, shipped(CLOUD))
    for word in ("maria.bakker", " Maria.Bakker ", "Maria Bakker"):
        assert here.person(word) is here.roster[0]
    assert here.person("nobody") is None


def test_an_empty_file_says_nothing_and_asks_nobody(tmp_path: Path) -> None:
    here = load(written(tmp_path, "# nothing yet\n"), shipped(CLOUD))
    assert here == Installation()
    assert ("roster", "nobody is asked who submits a case, confirms or answers") in [one[:2] for one in found(tmp_path, "")]


# --- errors ---

WRONG = [
    # what stands there, what is written instead, key, words of message and remedy, words of the line that is named
    ("facts:", "fcts:", "fcts", "did you mean `facts`", "deployment: cloud"),
    ("deployment: cloud", "deploymnt: cloud", "facts.deploymnt", "did you mean `deployment`", "deploymnt: cloud"),
    ("deployment: cloud", "deployment: clowd", "facts.deployment", "did you mean `cloud`", "deployment: clowd"),
    ("deployment: cloud", "priority: p1", "facts.priority", "nothing that an installation says", "priority: p1"),
    ("purchased: [training]", "purchased: [holidays]", "facts.purchased", "use one of: training, deployment", "purchased: [holidays]"),
    ("calendars.vendor", "calendar.vendor", "settings.calendar.vendor", "did you mean `calendars.vendor`", "calendar.vendor"),
    ("  # training.max_age: {value: 730", "  training.max_age: {value: long", "settings.training.max_age.value", "whole number", "training.max_age: {value: long"),
    ("backup: 2026-03-02", "backup: last week", "backup", "write it as 2026-03-01", "backup: last week"),
    ("role: trained-l1", "role: trained-l2", "roster[0].role", "did you mean `trained-l1`", "role: trained-l2"),
    ("login: jonas.weber", "login: Maria.Bakker", "roster[1].login", "a login of their own", "login: Maria.Bakker"),
    ("    # party: customer", "    party: partner", "roster[1].party", "the model has no party partner", "party: partner"),
    ("    # party: customer", "    party: connector", "roster[1].party", "the model has no party connector", "party: connector"),
    ("    # party: customer", "    party: us", "roster[1].party", "use one of", "party: us"),
    ("    # party: customer", "    party: end_user", "roster[1].role", "names no roles for this party", "role: trained-l1"),
    ("    phone:", "    fone:", "roster[0]", "add `phone:`", "- name: Maria"),
    ("    login: jonas.weber\n", "", "roster[1]", "add `login:`", "- name: Jonas"),
    ("login: jonas.weber", "login: 7", "roster[1].login", "not a text", "login: 7"),
    ("trained: 2025-11-20", "trained: yes", "roster[0].trained", "is not a date", "trained: yes"),
    ("roster:", "roster: nobody\nrest:", "roster", "is not a list", "roster: nobody"),
]  # fmt: skip


@pytest.mark.parametrize(("there", "instead", "key", "words", "line"), WRONG, ids=[f"{row[2]} {row[3]}" for row in WRONG])
def test_what_is_wrong_is_told_with_its_line_and_a_remedy(
    tmp_path: Path, there: str, instead: str, key: str, words: str, line: str
) -> None:
    text = altered((there, instead))
    with pytest.raises(ModelError) as error:
        load(written(tmp_path, text), shipped(CLOUD))
    [problem] = [one for one in error.value.problems if one.key == key and words in f"{one.message}; {one.remedy}"]
    assert all(one.remedy for one in error.value.problems)
    assert line in text.splitlines()[problem.line - 1]


def test_a_missing_key_is_told_at_its_person_and_nothing_else_for_it(tmp_path: Path) -> None:
    text = altered(("    login: maria.bakker", "    # login"), ("    login: jonas.weber", "    # login"))
    with pytest.raises(ModelError) as error:
        load(written(tmp_path, text), shipped(CLOUD))
    assert [(one.key, one.message) for one in error.value.problems] == [
        ("roster[0]", "lacks `login`"),
        ("roster[1]", "lacks `login`"),
    ]


def test_a_person_of_a_model_without_a_customer_has_to_say_whose_staff_it_is(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="the model has no party customer") as error:
        load(written(tmp_path, "roster:\n  - {name: Ada, email: a@b, phone: '1', login: ada}\n"), shipped(PARTNER))
    assert error.value.problems[0].line == 2


def test_a_file_that_is_not_there_or_not_yaml(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="check the path and its rights"):
        load(tmp_path / "absent.yaml", shipped(CLOUD))
    with pytest.raises(ModelError, match="mend the YAML"):
        load(written(tmp_path, "facts: ["), shipped(CLOUD))


def test_without_a_model_only_the_form_is_judged(tmp_path: Path) -> None:
    load(written(tmp_path, altered(("deployment: cloud", "moon: full"))), None)
    with pytest.raises(ModelError, match="lacks `email`"):
        load(written(tmp_path, altered(("    email:", "    # email:"))), None)


OWN = """
evidence:
  - {id: call-id, title: the id of a call, hand_over: L1-L2}
  - {id: trace, title: a trace of it, hand_over: L1-L2, need: mandatory, by: [file], record_type: incident, not_for: [interfacing]}
"""


def test_what_is_asked_for_here_stands_beside_the_models_own(tmp_path: Path) -> None:
    model = under(shipped(CLOUD), load(written(tmp_path, OWN), shipped(CLOUD)))
    assert [item.id for item in model.evidence] == ["attribution", "details", "information", "call-id", "trace"]
    assert [(item.need, item.basis, item.source) for item in model.evidence[3:]] == [
        ("asked", "ours", "ours"),
        ("mandatory", "ours", "ours"),
    ]


@pytest.mark.parametrize(
    ("there", "instead", "key", "words"),
    [
        ("id: trace", "id: call-id", "evidence[1].id", "give it an id of its own"),
        ("id: trace", "id: details", "evidence[1].id", "give it an id of its own"),
        ("id: trace", "id: a trace", "evidence[1].id", "one word in lower case"),
        ("id: trace", "id: Trace", "evidence[1].id", "one word in lower case"),
        ("L1-L2, need", "L1-L3, need", "evidence[1].hand_over", "no hand-over"),
        ("[interfacing]", "[interfacng]", "evidence[1].not_for", "did you mean `interfacing`"),
        ("need: mandatory", "need: must", "evidence[1].need", "mandatory"),
        ("title: a trace of it, ", "", "evidence[1]", "add `title:`"),
    ],
)
def test_what_could_never_be_asked_for_is_told(tmp_path: Path, there: str, instead: str, key: str, words: str) -> None:
    assert there in OWN
    with pytest.raises(ModelError) as error:
        load(written(tmp_path, OWN.replace(there, instead)), shipped(CLOUD))
    assert any(one.key == key and words in f"{one.message}; {one.remedy}" for one in error.value.problems)


def test_the_example_of_own_evidence_can_be_uncommented(tmp_path: Path) -> None:
    start = TEXT.index("# evidence:")
    own = TEXT[start : TEXT.index("# --- Who may act")]
    here = load(written(tmp_path, "\n".join(line.removeprefix("# ") for line in own.splitlines())), shipped(CLOUD))
    assert [one.id for one in here.evidence] == ["call-id"]


# --- findings: the document's words in a scenario ---


def test_row_7_trained_staff_without_a_date_of_training_is_found_and_names_the_row(tmp_path: Path) -> None:
    """000 and 002, row 7: the customer answers for trained staff, so somebody has to know when they were trained."""
    [(key, message, remedy)] = found(tmp_path, altered(("    trained: 2025-11-20", "    # trained")))
    assert (key, remedy) == ("roster[0]", "enter `trained:`")
    assert message.startswith(
        "Maria Bakker has no date of training (row 7, 'Trained staff to support the end users'); row 7: the customer"
    )


def test_training_is_too_old_only_where_somebody_says_how_old_it_may_be(tmp_path: Path) -> None:
    old = ("trained: 2025-11-20", "trained: 2021-01-01")
    assert found(tmp_path, altered(old)) == []
    text = altered(old, ("  # training.max_age", "  training.max_age"))
    [(key, message, _)] = found(tmp_path, text)
    assert (key, "more than 730 days ago (row 7" in message) == ("roster[0]", True)


def test_two_skilled_persons_are_asked_for_and_one_is_a_finding(tmp_path: Path) -> None:
    """002, customer's summary: at least two skilled persons at level 1. Of two, one leaves."""
    one_left = TEXT[: TEXT.index("  - name: Jonas")]
    [(key, message, remedy)] = found(tmp_path, one_left)
    assert key == "roster"
    assert message.startswith("1 of at least 2 persons have the role trained-l1")
    assert "goes on" in remedy


def test_under_premium_plus_the_customer_has_a_number_of_its_own_around_the_clock(tmp_path: Path) -> None:
    without = ("on_call: ", "# on_call: ")
    assert [one[0] for one in found(tmp_path, altered(without))] == ["on_call"]
    assert found(tmp_path, altered(without, ("plan: premium_plus", "plan: other"))) == []


def test_the_number_to_call_after_a_p1_is_asked_for_where_a_call_is(tmp_path: Path) -> None:
    """002: under Premium Plus the portal case is followed by a call; without the plan there is no such duty."""
    without = ("p1_number: ", "# p1_number: ")
    assert [one[0] for one in found(tmp_path, altered(without))] == ["p1_number"]
    assert found(tmp_path, altered(without, ("plan: premium_plus", "plan: other"))) == []


def test_figures_are_looked_at_without_a_roster_too(tmp_path: Path) -> None:
    text = TEXT[: TEXT.index("roster:")].replace("on_call: ", "# on_call: ")
    assert [one[0] for one in found(tmp_path, text)] == ["on_call", "roster"]


def test_whom_the_vendor_does_not_know_yet_is_found(tmp_path: Path) -> None:
    """002: e-mail and phone are given to the vendor, so that they are authorised; a new person is a message to the vendor."""
    [(key, message, remedy)] = found(tmp_path, altered(("    known_to_vendor:", "    # known_to_vendor:")))
    assert (key, message) == ("roster[0]", "the vendor has not confirmed that it knows Maria Bakker")
    assert "tell the vendor e-mail and phone" in remedy


def test_who_submits_is_registered_with_the_portal(tmp_path: Path) -> None:
    """002, flow, step 1: trained staff that is registered with the portal. Who may not submit needs no identity there."""
    without = ("    portal_user: acme-mbakker", "    # portal_user")
    [(key, message, _)] = found(tmp_path, altered(without))
    assert (key, "no identity in the vendor's portal" in message) == ("roster[0]", True)
    other = found(tmp_path, altered(without, ("    role: trained-l1", "    # role")))
    assert [one[0] for one in other] == ["roster"]  # one trained person too few, and nothing about the portal


def test_backups_are_a_duty_of_document_002_where_somebody_says_how_old_one_may_be(tmp_path: Path) -> None:
    old, asked = ("backup: 2026-03-02", "backup: 2025-01-01"), ("  # backup.max_age", "  backup.max_age")
    [(key, message, _)] = found(tmp_path, altered(old, asked))
    assert key == "backup"
    assert message.startswith("the configuration was not backed up within 90 days (row 10, 'Configure the tenant")
    assert [one[0] for one in found(tmp_path, altered(("backup: 2026-03-02", ""), asked))] == ["backup"]
    assert found(tmp_path, altered(("backup: 2026-03-02", "backup: 2026-01-01"), asked)) == []
    assert found(tmp_path, altered(old)) == []
    assert found(tmp_path, altered(old), WSP) == []


def test_an_installed_version_that_is_no_longer_supported_is_found(tmp_path: Path) -> None:
    """000, row 17: upgrades by the End of Life policy. A case still goes, with a remark."""
    text = altered(("version: supported", "version: unsupported"))
    [(key, message, _)] = found(tmp_path, text, WSP)
    assert (key, "(row 17, " in message) == ("facts.version", True)


def test_a_fact_that_nobody_says_and_office_hours_that_nobody_gives_are_found(tmp_path: Path) -> None:
    text = altered(("  version: supported", "  # version"), ("  calendars.vendor", "  # calendars.vendor"))
    told = {key: (message, remedy) for key, message, remedy in found(tmp_path, text)}
    assert set(told) == {"facts.version", "settings.calendars.vendor"}
    assert "one of supported, unsupported" in told["facts.version"][1]
    assert "UTC" in told["settings.calendars.vendor"][0]


LEVEL_2 = (
    "{name: Ada, email: a@p.example, phone: '1', login: ada, party: partner, role: certified-l2, known_to_vendor: 2026-01-01%s}"
)
EXPERT = "{name: Eda, email: e@p.example, phone: '1', login: eda, party: partner, role: workdesk-expert, known_to_vendor: 2026-01-01%s}"
HOURS = "settings:\n" + "".join(
    f"  calendars.{party}: {{value: Europe/Berlin Mo-Fr 08:00-17:00, source: ours}}\n"
    for party in ("vendor", "customer", "partner")
)


@pytest.mark.parametrize(
    ("model", "person", "facts", "clause"),
    [
        (PARTNER, LEVEL_2, "", "Level 2, introduction"),
        ("workcube", EXPERT, "facts: {experts: internal}\n", "row 10, 'Expertise and certificate for each level'"),
    ],
)
def test_where_engineers_are_certified_a_certificate_has_to_hold(
    tmp_path: Path, model: str, person: str, facts: str, clause: str
) -> None:
    """003: senior certified engineers at level 2. 004: each level has its certificate. One person is enough in both."""
    for until, fine in (("", False), (", certified_until: 2026-03-08", False), (", certified_until: 2026-03-09", True)):
        text = f"{facts}p1_number: '1'\n{HOURS}roster:\n  - {person % until}\n"
        told = found(tmp_path, text, model)
        assert told == [] if fine else [one[0] for one in told] == ["roster[0]"]
        assert fine or f"no certificate that holds today ({clause}" in told[0][1]


# --- the schema for editors ---


def test_the_shipped_schema_is_made_from_the_class() -> None:
    remedy = "write connector.rasci.schema.INSTALLATION.text() into it"
    assert (ROOT / "config" / INSTALLATION.file).read_text(encoding="utf-8") == INSTALLATION.text(), remedy
    assert TEXT.startswith(f"# yaml-language-server: $schema={INSTALLATION.file}\n")


def tree() -> Any:
    return json.loads(json.dumps(yaml.safe_load(TEXT), default=str))


def test_the_example_fits_the_schema() -> None:
    assert list(faults(tree(), INSTALLATION.schema())) == []


MARKED: dict[str, Callable[[Any], object]] = {
    "an unknown key": lambda of: of.update(fcts={}),
    "a person without a login": lambda of: of["roster"][0].pop("login"),
    "an unknown key of a person": lambda of: of["roster"][0].update(fone="1"),
    "the connector as a party": lambda of: of["roster"][0].update(party="connector"),
    "an unknown setting": lambda of: of["settings"].update({"reopen.windw": {"value": 1, "source": "ours"}}),
    "a fact that is a number": lambda of: of["facts"].update(plan=7),
}


@pytest.mark.parametrize("change", MARKED.values(), ids=MARKED)
def test_what_the_reader_refuses_the_editor_marks(tmp_path: Path, change: Callable[[Any], object]) -> None:
    wrong = tree()
    change(wrong)
    assert list(faults(wrong, INSTALLATION.schema()))
    with pytest.raises(ModelError):
        load(written(tmp_path, yaml.safe_dump(wrong)), shipped(CLOUD))
