"""What `models check` finds, each with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.base import Problem
from connector.daemon.models import checked, standing_of
from connector.settings import Configuration, SettingsError, load
from tests.models.named import ROOT, file_of

WORKCUBE, CLOUD = "workcube", "anywhere365-dialogue-cloud"

FOUND = [
    # model, what stands there, what is written instead, key, words of the message
    (CLOUD, 'rasci: {customer: "A,R"}', 'rasci: {customer: "A"}', "tasks[0].rasci", "has no R"),
    (CLOUD, 'rasci: {customer: "A,R"}', 'rasci: {end_user: "A,R"}', "tasks[0].rasci", "phase closed cannot be reached"),
    (CLOUD, 'gate: submit\n    rasci: {customer: "A,R"}', 'gate: submit\n    rasci: {vendor: "A,R"}', "tasks[1].rasci", "phase new cannot"),
    (CLOUD, '{vendor: "A,R", customer: "S,C,I"}', '{vendor: "R", customer: "A,S"}', "tasks[2].rasci", "phase solved cannot"),
    (CLOUD, '{vendor: "A,R", customer: "S,C,I"}', '{vendor: S, customer: "A,R"}', "tasks[2].rasci", "phase working cannot"),
    (CLOUD, "    next: [L3]\n", "", "levels[2]", "no hand-over leads to level L3"),
    (CLOUD, "    then: hands_over\n    to: L2\n", "    then: hands_over\n    to: L3\n", "flow[0]", "from L1 to L3"),
    (CLOUD, "by: [statement]", "by: []", "evidence[0].by", "nothing can satisfy attribution"),
    (CLOUD, "not_for: [interfacing]", "not_for: [interfcing]", "evidence[0].not_for", "did you mean `interfacing`"),
    (CLOUD, "not_for: [interfacing]", "not_for: [submitting]", "evidence[0].not_for", "is no topic here"),
    ("workcube", "tells: administrator", "tells: admin", "flow[6].tells", "is no role here"),
    (CLOUD, "record_type: incident", "record_type: change", None, ""),
    ("anywhere365-partner-on-premises", "by: [file]\n", "by: [file]\n    record_type: change\n", "evidence[3].record_type", "no change ever"),
    (CLOUD, "may: [submit, speak_to_users]", "may: [submit, work_on_case]", "parties.customer.roles[0].may", "does not hold R"),
    (CLOUD, "{party: customer, level: L1", "{party: vendor, level: L1", "duties.speaks_to_users[0]", "vendor does not hold R"),
    (CLOUD, "{party: customer, level: L1", "{party: vendor, level: L1", "duties.speaks_to_users", "customer holds R"),
    (CLOUD, "      party: vendor\n      solely", "      party: customer\n      solely", "duties.rca[0].party", "does not hold A and R"),
    (CLOUD, "    - owed: must\n      party: customer\n", "    - owed: must\n", "duties.p1_call[0]", "owed by nobody"),
    (CLOUD, "conditions:\n", "conditions:\n  moon: {values: [full, new], given_by: person, means: the moon}\n", "conditions.moon", "nothing depends"),
    (CLOUD, "when: {deployment: cloud}", "when: {deploymnt: cloud}", "tasks[8].when.deploymnt", "did you mean `deployment`"),
    (CLOUD, "when: {deployment: cloud}", "when: {deployment: clod}", "tasks[8].when.deployment", "did you mean `cloud`"),
    (CLOUD, "id: submitting", "id: prime-contact", "tasks[1]", "same id"),
    (CLOUD, "    gate: submit\n", "", "tasks", "no row has `gate: submit`"),
    (CLOUD, "at: L2", "at: L9", "flow[1].at", "no level here"),
    (CLOUD, "levels: [L1]", "levels: [L9]", "parties.customer.roles[0].levels[0]", "no level here"),
    (CLOUD, "managed_by: vendor", "managed_by: partner", "systems[0].managed_by", "not among the parties"),
    (CLOUD, "        state: today\n", "        state: partly\n", "parties.vendor.roles[0]", "does not say what is missing"),
    (CLOUD, "    reason: nothing of a ticket depends on it\n", "", "clauses[6]", "`doc_only` without a reason"),
    (CLOUD, "state: empty_in_source", "state: empty_in_source\n    proof: behaves", "clauses[7]", "yet to be proven"),
    (CLOUD, "      why: the bullet begins", "      wy: the bullet begins", "duties.p1_call[1]", "inferred without a reason"),
    (WORKCUBE, "party: partner, when: {experts: none}", "party: partner, when: {experts: internal}", "levels[0].owner", "has 2 owners (experts internal)"),
    (WORKCUBE, "party: partner, when: {experts: none}", "party: partner, when: {experts: internal}", "levels[0].owner", "has 0 owners (experts none)"),
    (WORKCUBE, "owner: {setting: level4.owner}", "owner: {setting: level5.owner}", "levels[3].owner.setting", "did you mean `level4.owner`"),
    (WORKCUBE, "owner: {setting: level4.owner}", "owner: {source: L4}", "levels[3].owner", "neither a party nor a setting"),
    (WORKCUBE, "owner: {setting: level4.owner}", "owner: []", "levels[3].owner", "has no owner"),
    (WORKCUBE, "    entry: cause\n", "", "levels[3]", "no hand-over leads to level L4"),
    (WORKCUBE, "    causes: [operating system, database, network, application server, SQL performance, normalisation, caching, security, scaling, backup]", "    causes: []", "levels[3]", "no cause is named"),
    (WORKCUBE, "title: WorkDesk expert\n", "title: WorkDesk expert\n    next: no\n", "levels[1].next", "stands here twice"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "there", "instead", "key", "words"), FOUND, ids=[f"{row[3]} {row[4]}" for row in FOUND])
def test_what_is_wrong_is_found_with_its_line_and_a_remedy(
    tmp_path: Path, model: str, there: str, instead: str, key: str | None, words: str
) -> None:
    text = file_of(model).read_text(encoding="utf-8")
    assert there in text
    file = tmp_path / "model.yaml"
    file.write_text(text.replace(there, instead, 1), encoding="utf-8")
    found = checked(str(file))
    assert all(problem.remedy and problem.place.startswith(f"{file}:") for problem in found)
    if key is None:
        assert found == []
        return
    at_key = [problem for problem in found if problem.place.endswith(f" {key}")]
    assert words in " ".join(f"{problem.message}; {problem.remedy}" for problem in at_key), found
    line = int(at_key[0].place.split(":")[1].split(" ")[0])
    assert 0 < line <= len(file.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("model", [CLOUD, "anywhere365-wsp", "anywherenow-implementation", "anywhere365-partner-on-premises"])
def test_a_shipped_model_is_fine(model: str) -> None:
    assert checked(str(file_of(model))) == []


def test_workcube_is_fine_once_somebody_staffs_level_4(tmp_path: Path) -> None:
    [finding] = checked(str(file_of(WORKCUBE)))
    assert finding.place.endswith(" levels[3].owner")
    assert "level4.owner" in finding.remedy
    file = tmp_path / "ours.yaml"
    text = file_of(WORKCUBE).read_text(encoding="utf-8")
    file.write_text(text.replace("  # level4.owner: {value: partner", "  level4.owner: {value: partner"), encoding="utf-8")
    assert checked(str(file)) == []


SETTINGS = """
store: {{url: "sqlite:///store.db"}}
connections:
  acme:
    mapping: mapping.yaml
    operating_model: {model}
    customer: {{system: servicenow, url: "https://itsm.example.com", user: c, password_env: TEST_PASSWORD}}
    vendor: {{system: otrs, url: "https://portal.example.com", user: c, password_env: TEST_PASSWORD, customer_user: acme}}
"""


def installation(folder: Path, model: str, *changes: tuple[str, str]) -> Configuration:
    text = (ROOT / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8")
    for there, instead in changes:
        assert there in text
        text = text.replace(there, instead, 1)
    (folder / "mapping.yaml").write_text(text, encoding="utf-8")
    (folder / "connector.yaml").write_text(SETTINGS.format(model=file_of(model)), encoding="utf-8")
    return load(folder / "connector.yaml")


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "secret")


def against(folder: Path, model: str, *changes: tuple[str, str]) -> list[Problem]:
    return checked(str(file_of(model)), folder / "connector.yaml", installation(folder, model, *changes))


@pytest.mark.parametrize("model", [CLOUD, "anywhere365-partner-on-premises"])
def test_the_shipped_mapping_does_nothing_against_a_shipped_model(tmp_path: Path, model: str) -> None:
    assert against(tmp_path, model) == []


NOTIFYING = "    notifying:\n      - {state: [6, 7, 8]}\n"
RESOLVED = ('solved: {set: {state: 2, hold_reason: ""}, keep: [{state: 6}]}', "solved: {set: {state: 6}}")


def line(folder: Path, words: str) -> int:
    lines = (folder / "mapping.yaml").read_text(encoding="utf-8").splitlines()
    return next(number for number, one in enumerate(lines, 1) if words in one)


def test_a_state_that_ends_a_ticket_is_to_be_declared_as_mailing_the_caller(tmp_path: Path) -> None:
    [problem] = against(tmp_path, CLOUD, (NOTIFYING, "    notifying:\n      - {state: [7, 8]}\n"))
    where = f"{tmp_path}/mapping.yaml:{line(tmp_path, '- {state: [7, 8]}')} status.customer.notifying"
    assert problem.place == where
    assert "state 6 reads as solved" in problem.message
    assert "vendor" in problem.remedy
    assert len(against(tmp_path, CLOUD, (NOTIFYING, "    notifying: []\n"))) == 3


def test_a_state_that_mails_the_caller_as_the_target_of_a_vendors_change_is_refused_by_loading(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        installation(tmp_path, CLOUD, RESOLVED)
    [problem] = caught.value.problems
    assert problem.place == f"mapping.yaml:{line(tmp_path, 'solved: {set: {state: 6}}')} status.customer.write.solved"


def test_evidence_that_only_a_file_can_show_needs_files_that_travel(tmp_path: Path) -> None:
    none = ("  to_vendor:\n    - {from: files, to: visible}\n", "  to_vendor: []\n")
    [problem] = against(tmp_path, "anywhere365-partner-on-premises", none)
    assert problem.place == f"{tmp_path}/mapping.yaml:{line(tmp_path, '  to_vendor: []')} attachments.to_vendor"
    assert "proof" in problem.message


# --- what an installation says ---


def with_installation(folder: Path, text: str) -> Path:
    """Settings for workcube whose connection names an installation with this text."""
    installation(folder, WORKCUBE)
    (folder / "here.yaml").write_text(text, encoding="utf-8")
    file = folder / "connector.yaml"
    settings = file.read_text(encoding="utf-8").replace("    mapping:", "    installation: here.yaml\n    mapping:")
    file.write_text(settings, encoding="utf-8")
    return file


@pytest.mark.parametrize(("text", "keys"), [("", ["levels[3].owner"]), ("level4.owner: {value: customer, source: ours}", [])])
def test_who_staffs_level_4_counts_as_given_where_the_installation_gives_it(tmp_path: Path, text: str, keys: list[str]) -> None:
    file = with_installation(tmp_path, f"settings: {{{text}}}\n")
    found = checked(str(file_of(WORKCUBE)), file, load(file))
    assert [problem.place.partition(" ")[2] for problem in found] == keys


def test_one_connection_that_does_not_give_it_is_enough_for_the_finding(tmp_path: Path) -> None:
    file = with_installation(tmp_path, "settings: {level4.owner: {value: customer, source: ours}}\n")
    settings = file.read_text(encoding="utf-8")
    other = settings[settings.index("  acme:") :].replace("  acme:", "  beta:").replace("    installation: here.yaml\n", "")
    file.write_text(settings + other, encoding="utf-8")
    [finding] = checked(str(file_of(WORKCUBE)), file, load(file))
    assert finding.place.endswith(" levels[3].owner")


def test_standing_findings_name_the_line_of_the_installation_and_are_told_apart(tmp_path: Path) -> None:
    file = with_installation(tmp_path, "facts: {experts: internal}\nsettings:\n  level4.owner: {value: partner, source: ours}\n")
    found = {one.place: one.message for one in standing_of(str(file_of(WORKCUBE)), file, load(file))}
    assert "nobody is asked" in found[f"{tmp_path}/here.yaml:1 roster"]
    assert "Monday to Friday in UTC" in found[f"{tmp_path}/here.yaml:3 settings.calendars.vendor"]
    assert checked(str(file_of(WORKCUBE)), file, load(file)) == []


def test_a_connection_without_an_installation_is_told_what_is_not_asked(tmp_path: Path) -> None:
    [finding] = standing_of(str(file_of(CLOUD)), tmp_path / "connector.yaml", installation(tmp_path, CLOUD))
    assert finding.place == "/".join([str(tmp_path), "connector.yaml:5 connections.acme.installation"])
    for words in ("who submits", "evidence", "what it is about", "no duty"):
        assert words in finding.message


@pytest.mark.parametrize(("by", "told"), [("[file]", 1), ("[statement]", 0)])
def test_evidence_of_the_installation_that_nothing_could_show_is_told(tmp_path: Path, by: str, told: int) -> None:
    own = f"evidence: [{{id: trace, title: a trace, hand_over: L1-L2, by: {by}}}]\n"
    file = with_installation(tmp_path, f"settings: {{level4.owner: {{value: customer, source: ours}}}}\n{own}")
    found = [one.message for one in checked(str(file_of(WORKCUBE)), file, load(file))]
    assert sum("never asked for" in message and "trace" in message for message in found) == told


@pytest.mark.parametrize(("item", "told"), [("trace", 0), ("tracce", 1)])
def test_a_mapping_may_name_the_evidence_of_its_installation(tmp_path: Path, item: str, told: int) -> None:
    own = "evidence: [{id: trace, title: a trace, hand_over: L1-L2, by: [file]}]\n"
    file = with_installation(tmp_path, f"settings: {{level4.owner: {{value: customer, source: ours}}}}\n{own}")
    with (tmp_path / "mapping.yaml").open("a", encoding="utf-8") as mapping:
        mapping.write(f"evidence:\n  {item}: [{{file: any}}]\n")
    if told:
        with pytest.raises(SettingsError, match="'tracce' is no item of evidence"):
            load(file)
    else:
        assert checked(str(file_of(WORKCUBE)), file, load(file)) == []
