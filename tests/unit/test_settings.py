"""The settings: what is shipped loads, what is wrong is told all at once, with its line and its remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from adapters import registry
from adapters.servicenow import ServiceNowSettings
from connector.daemon.assemble import connect
from connector.settings import Settings, SettingsError, load
from connector.settings.secrets import fields
from connector.store.store import Store

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config" / "connector.example.yaml"
MAPPING = ROOT / "mappings" / "servicenow-otrs.yaml"
MODEL = ROOT / "config" / "operating-models" / "anywhere365-dialogue-cloud.yaml"

GOOD = f"""
store:
  url: sqlite:///x.db
connections:
  acme:
    mapping: {MAPPING}
    operating_model: {MODEL}
    customer:
      system: servicenow
      url: https://example.service-now.com
      user: connector
      password_env: SN_PASSWORD
    vendor:
      system: otrs
      url: https://portal.example.com/otrs/nph-genericinterface.pl/Webservice/X
      user: connector
      password_env: OTRS_PASSWORD
"""


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SN_PASSWORD", "OTRS_PASSWORD", "SERVICENOW_PASSWORD", "PORTAL_PASSWORD"):
        monkeypatch.setenv(name, "12345678")


def write(folder: Path, text: str) -> Path:
    path = folder / "connector.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def told(folder: Path, text: str) -> list[str]:
    """Every problem of a text, one line each."""
    with pytest.raises(SettingsError) as error:
        load(write(folder, text))
    assert all(problem.remedy for problem in error.value.problems)
    return str(error.value).splitlines()


def test_the_shipped_example_loads() -> None:
    configuration = load(EXAMPLE)
    [acme] = configuration.connections
    assert (acme.name, acme.mapping.name, acme.model.id) == ("acme", "servicenow-otrs", "anywhere365-dialogue-cloud")


def test_the_shipped_example_with_every_default_written_out_means_the_same(tmp_path: Path) -> None:
    """Whoever takes the # away before a default must get that default."""
    commented = re.compile(r"^( *)# ((?:  )*\w+:(?: [^ ].*| +#.*)?)$")
    one_of = re.compile(
        r"# (client_|refresh_|password_|wsdl|installation|  ca_file|  client_cert|ca_file|webhook|  kind|  secret_|  header|  path)"
    )
    lines = [
        commented.sub(r"\1\2", line) if line.startswith(" ") and not one_of.search(line) else line
        for line in EXAMPLE.read_text(encoding="utf-8").splitlines()
    ]
    text = "\n".join(lines).replace("../mappings", str(ROOT / "mappings")).replace("anywhere365-dialogue-cloud", str(MODEL))
    written = load(write(tmp_path, text))
    shipped = load(EXAMPLE)
    assert "poll_s: 15" in text
    assert "# poll_s" not in text
    assert written.settings.daemon == shipped.settings.daemon
    for side in ("customer", "vendor", "timing"):
        assert getattr(written.connections[0].settings, side) == getattr(shipped.connections[0].settings, side)


def test_every_key_of_every_adapter_stands_in_the_example() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    models: list[type[BaseModel]] = [Settings, *(registry.settings_model(name) for name in registry.ADAPTERS)]
    names = {name for model in models for name, _ in fields(model)} - {"adapter"}
    assert {name for name in names if not re.search(rf"\b{name}(_env|_file|:)", text) and name != "proxies"} == set()


def test_all_problems_are_reported_together_with_line_and_remedy(tmp_path: Path) -> None:
    text = GOOD.replace("url: sqlite:///x.db", "url: mysql://x/y\n  colour: red").replace("      user: connector\n", "", 1)
    text += "    timing: {lease_s: 40, poll_s: never}\n  BAD: {}\n"
    problems = "\n".join(told(tmp_path, text))
    assert "connector.yaml:3 store.url: the store runs on sqlite or postgresql" in problems
    assert "connector.yaml:4 store.colour: unknown key 'colour'" in problems
    assert "connector.yaml:10 connections.acme.customer.user: the key user is missing" in problems
    assert re.search(r"connector.yaml:\d+ connections.acme.timing.poll_s: input should be a valid number", problems)
    assert "'BAD' cannot name a connection" in problems


def test_a_lease_must_outlive_two_calls(tmp_path: Path) -> None:
    [problem] = told(tmp_path, GOOD + "    timing: {lease_s: 40}\n")
    assert "lease_s (40) must be more than twice call_timeout_s (20)" in problem
    assert "set lease_s above 40" in problem


def test_problems_of_the_mapping_and_of_the_model_are_reported_too(tmp_path: Path) -> None:
    problems = told(tmp_path, GOOD.replace(str(MAPPING), "nowhere.yaml").replace(str(MODEL), "unheard-of"))
    assert "nowhere.yaml" in problems[0]
    assert "operating-models/unheard-of.yaml" in problems[1]


def test_a_misspelt_key_is_named_with_what_was_meant(tmp_path: Path) -> None:
    problems = told(tmp_path, GOOD.replace("      user: connector", "      users: connector", 1))
    assert any("unknown key 'users'. did you mean 'user'?" in problem for problem in problems)


def test_a_binding_that_cannot_be_used_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text("binding: desk\nspeaks: rest\n", encoding="utf-8")
    vendor = f"    vendor: {{system: rest, binding: {tmp_path / 'desk.yaml'}, url: 'https://desk.test', user: c, password_env: PORTAL_PASSWORD}}\n"
    problems = told(tmp_path, GOOD[: GOOD.index("    vendor:")] + vendor)
    assert any(
        "connections.acme.vendor" in one and "desk.yaml:1 refs: the key refs is missing (and 8 more)" in one for one in problems
    )


def test_an_unknown_system_is_told_with_the_known_ones(tmp_path: Path) -> None:
    [problem] = told(tmp_path, GOOD.replace("system: otrs", "system: orts"))
    assert "there is no adapter for 'orts'. use one of jira, jsm, otrs, request_tracker, rest, servicenow, soap" in problem


def test_a_file_that_is_not_there_or_not_yaml(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="name the file by --config or CONNECTOR_CONFIG"):
        load(tmp_path / "no.yaml")
    assert "connector.yaml:3: this is not YAML" in told(tmp_path, "store:\n  - a: [b\n")[0]
    assert "no connection" in told(tmp_path, "")[0]


def test_no_secret_in_the_file(tmp_path: Path) -> None:
    text = GOOD.replace("password_env: SN_PASSWORD", "password: hunter2-hunter2").replace(
        "sqlite:///x.db", "postgresql://u:pw12@h/d"
    )
    problems = told(tmp_path, text)
    assert len(problems) == 2
    assert "connector.yaml:3 store.url: a secret stands in the settings file" in problems[0]
    assert "connector.yaml:12 connections.acme.customer.password" in problems[1]
    assert "password_env" in problems[1]
    assert not any("hunter2" in problem or "pw12" in problem for problem in problems)


def test_secrets_come_from_variables_and_files_and_stay_text(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("0815\n", encoding="utf-8")
    text = GOOD.replace("password_env: OTRS_PASSWORD", f"password_file: {secret}")
    [acme] = load(write(tmp_path, text)).connections
    assert acme.settings.customer.adapter.password.get_secret_value() == "12345678"
    assert acme.settings.vendor.adapter.password.get_secret_value() == "0815"
    assert "12345678" not in repr(acme.settings)


def test_secrets_that_are_not_to_be_had_are_all_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SN_PASSWORD")
    problems = told(tmp_path, GOOD.replace("password_env: OTRS_PASSWORD", "password_file: /nowhere/secret"))
    assert "customer.password_env: the variable SN_PASSWORD is not set, or empty" in problems[0]
    assert "vendor.password_file: the file /nowhere/secret cannot be read" in problems[1]


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECTOR_CONNECTIONS__ACME__CUSTOMER__PASSWORD", "007")
    monkeypatch.setenv("CONNECTOR_CONNECTIONS__ACME__TIMING__POLL_S", "99")
    monkeypatch.setenv("CONNECTOR_PORT", "tcp://10.0.0.1:80")  # what an orchestrator sets by itself
    [acme] = load(write(tmp_path, GOOD)).connections
    assert isinstance(acme.settings.customer.adapter, ServiceNowSettings)
    assert acme.settings.customer.adapter.password is not None
    assert acme.settings.customer.adapter.password.get_secret_value() == "007"
    assert acme.settings.timing.poll_s == 99


def test_a_wrong_variable_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECTOR_DAEMON__LISTEN", "here")
    [problem] = told(tmp_path, GOOD)
    assert problem.startswith("environment CONNECTOR_DAEMON__LISTEN: 'here' is no address with a port")


def test_the_database_password_is_joined_to_its_address_only_for_the_database(tmp_path: Path) -> None:
    text = GOOD.replace("url: sqlite:///x.db", "url: postgresql://u@db/c\n  password_env: SN_PASSWORD")
    store = load(write(tmp_path, text)).settings.store
    assert store.address.render_as_string(hide_password=False) == "postgresql://u:12345678@db/c"
    assert "12345678" not in repr(store)


# --- the installation, and what mapping and model say of each other ---

HERE = ROOT / "config" / "installation.example.yaml"
NAMED = GOOD + f"    installation: {HERE}\n"


def test_the_installation_is_loaded_with_the_model_and_goes_before_its_figures(tmp_path: Path) -> None:
    [acme] = load(write(tmp_path, NAMED)).connections
    assert acme.installation is not None
    assert acme.installation.roster[0].login == "maria.bakker"
    assert acme.model.setting("calendars.customer") == "Europe/Amsterdam Mo-Fr 08:00-17:00"
    [plain] = load(write(tmp_path, GOOD)).connections
    assert (plain.installation, plain.model.setting("calendars.customer")) == (None, "")


def test_the_shipped_example_names_the_shipped_installation(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("# installation: installation.yaml", "installation: installation.yaml")
    text = text.replace("../mappings", str(ROOT / "mappings")).replace("anywhere365-dialogue-cloud", str(MODEL))
    (tmp_path / "installation.yaml").write_text(HERE.read_text(encoding="utf-8"), encoding="utf-8")
    [acme] = load(write(tmp_path, text)).connections
    assert acme.installation is not None


def test_the_daemon_gets_the_installation(tmp_path: Path) -> None:
    [acme] = load(write(tmp_path, NAMED)).connections
    store = Store.memory()
    try:
        connection = connect(acme, store)
        assert connection.installation is acme.installation
        assert connection.model is acme.model
    finally:
        store.close()


CLOWD = ("deployment: cloud", "deployment: clowd")


def with_files(folder: Path, text: str, mapping: str = "", *installation: tuple[str, str]) -> str:
    """Settings whose mapping has more sections, and whose installation is other than the example."""
    (folder / "mapping.yaml").write_text(MAPPING.read_text(encoding="utf-8") + mapping, encoding="utf-8")
    here = HERE.read_text(encoding="utf-8")
    for there, instead in installation:
        assert there in here
        here = here.replace(there, instead, 1)
    (folder / "here.yaml").write_text(here, encoding="utf-8")
    return text.replace(str(MAPPING), "mapping.yaml").replace(str(HERE), "here.yaml")


def test_problems_of_the_installation_are_told_with_all_others(tmp_path: Path) -> None:
    text = with_files(tmp_path, NAMED, "unheard: of\n", CLOWD, ("    # party: customer", "    twice: yes"))
    problems = told(tmp_path, text)
    assert any(problem.startswith("mapping.yaml:") and "unheard" in problem for problem in problems)
    assert any("here.yaml:" in problem and "facts.deployment: deployment is never 'clowd'" in problem for problem in problems)
    assert any("roster[1].twice: is not known" in problem for problem in problems)
    wrong_too = told(tmp_path, text.replace("system: otrs", "system: orts"))
    assert set(problems) < set(wrong_too)


def test_an_installation_is_judged_by_its_form_where_the_model_cannot_be_used(tmp_path: Path) -> None:
    text = with_files(tmp_path, NAMED, "", ("    email:", "    # email:"), CLOWD).replace(str(MODEL), "unheard-of")
    problems = "\n".join(told(tmp_path, text))
    assert "lacks `email`" in problems
    assert "unheard-of.yaml" in problems
    assert "clowd" not in problems


def test_an_installation_that_is_not_there(tmp_path: Path) -> None:
    [problem] = told(tmp_path, GOOD + "    installation: nowhere.yaml\n")
    assert "nowhere.yaml" in problem
    assert "check the path and its rights" in problem
    [problem] = told(tmp_path, GOOD + "    installation:\n")
    assert "connections.acme.installation" in problem


SECTIONS = """
topics:
  - {by: system, when: {field: cmdb_ci.name, is: SBC}, system: sbc}
  - {by: service, when: {field: business_service.name, is: Contact centre}, topic: l2-3-support}
facts:
  version: [{when: {field: category, is: old}, value: unsupported}]
evidence:
  details: [{label: Steps to reproduce, in: description}]
"""


def test_a_mapping_may_name_what_the_model_has(tmp_path: Path) -> None:
    [acme] = load(write(tmp_path, with_files(tmp_path, GOOD, SECTIONS))).connections
    assert acme.mapping.classifies


@pytest.mark.parametrize(
    ("there", "instead", "key", "words"),
    [
        ("system: sbc", "system: sbcs", "topics[0].system", "'sbcs' is no system in the operating model"),
        ("topic: l2-3-support", "topic: l2-support", "topics[1].topic", "did you mean `l2-3-support`"),
        ("topic: l2-3-support", "topic: submitting", "topics[1].topic", "no row that a ticket can be about"),
        ("  version:", "  versions:", "facts.versions", "did you mean `version`"),
        ("value: unsupported", "value: old", "facts.version[0].value", "'old' is no value of version"),
        ("  details:", "  detail:", "evidence.detail", "did you mean `details`"),
    ],
)
def test_what_a_mapping_names_and_the_model_does_not_have_is_told_with_its_line(
    tmp_path: Path, there: str, instead: str, key: str, words: str
) -> None:
    text = with_files(tmp_path, GOOD, SECTIONS.replace(there, instead))
    [problem] = told(tmp_path, text)
    place = re.match(rf"mapping\.yaml:(\d+) {re.escape(key)}: ", problem)
    assert place, problem
    assert words in problem
    line = (tmp_path / "mapping.yaml").read_text(encoding="utf-8").splitlines()[int(place[1]) - 1]
    assert instead.strip().rstrip(":") in line


def test_two_connections_with_the_same_wrong_files_are_told_of_them_once(tmp_path: Path) -> None:
    text = with_files(tmp_path, NAMED, SECTIONS.replace("system: sbc", "system: sbcs"), CLOWD)
    second = text[text.index("  acme:") :].replace("  acme:", "  beta:", 1)
    assert len(told(tmp_path, text + second)) == 2
