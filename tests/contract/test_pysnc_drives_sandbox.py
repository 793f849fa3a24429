"""ServiceNow's own Python client works against the simulated instance, over TLS."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from connector.sandbox.core import World
from connector.sandbox.server import Server
from connector.sandbox.servicenow import ServiceNow
from connector.sandbox.tls import loopback

pysnc = pytest.importorskip("pysnc", reason="ServiceNow's client is not installed")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    return loopback(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def desk(tls: tuple[Any, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ServiceNow, str]]:
    # requests prefers these variables to what the client is told, and one login flow of pysnc passes nothing on
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls[1]))
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    world = World(time.time, seed=3)
    system = ServiceNow(world)
    with Server(world, system, tls=tls[0]) as server:
        yield system, server.url


@pytest.fixture
def client(desk: tuple[ServiceNow, str]) -> Iterator[Any]:
    made = pysnc.ServiceNowClient(desk[1], ("connector", "connector-secret"))
    yield made
    made.session.close()


def test_the_certificate_is_checked(desk: tuple[ServiceNow, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert requests.get(f"{desk[1]}/api/now/table/incident", timeout=5).status_code == 401
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{desk[1]}/api/now/table/incident", timeout=5)


def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    loopback(tmp_path / "new")
    assert (tmp_path / "new" / "sandbox-server.pem").stat().st_mode & 0o077 == 0


def test_list_with_paging(desk: tuple[ServiceNow, str], client: Any) -> None:
    refs = [desk[0].create("lena.l1", {"short_description": f"n{i}", "impact": "1"}) for i in range(7)]
    records = client.GlideRecord("incident", batch_size=3)
    records.add_query("impact", "1")
    records.fields = "sys_id,short_description,impact"
    records.query()
    assert records.get_row_count() == 7
    assert sorted(str(record.sys_id) for record in records) == sorted(refs)
    records.rewind()
    assert records.next()
    assert records.get_display_value("impact") == "1 - High"


def test_get_and_what_is_missing(desk: tuple[ServiceNow, str], client: Any) -> None:
    ref = desk[0].create("lena.l1", {"short_description": "here", "caller_id": "carl.caller"})
    record = client.GlideRecord("incident")
    assert record.get(ref)
    assert record.get_value("short_description") == "here"
    assert record.get_display_value("caller_id") == "Carl Caller"
    assert not client.GlideRecord("incident").get("0" * 32)
    by_number = client.GlideRecord("incident")
    assert by_number.get("number", "INC0010001")
    assert by_number.get_value("sys_id") == ref


def test_insert_update_comment_delete(desk: tuple[ServiceNow, str], client: Any) -> None:
    record = client.GlideRecord("incident")
    record.initialize()
    record.short_description = "from outside"
    record.urgency = "1"
    record.impact = "1"
    ref = str(record.insert())
    assert desk[0].ticket(ref).fields["priority"] == "1"

    record.urgency = "3"
    record.comments = "we are looking into it"
    record.work_notes = "internal"
    record.update()
    assert record.get_value("priority") == "3"
    ticket = desk[0].ticket(ref)
    assert ticket.ours
    assert ticket.fields["sys_mod_count"] == "1"
    assert {(c.text, c.public, c.ours) for c in ticket.comments} == {
        ("we are looking into it", True, True),
        ("internal", False, True),
    }
    journal = client.GlideRecord("sys_journal_field")
    journal.add_query("element_id", ref)
    journal.query()
    assert journal.get_row_count() == 2

    assert record.delete()
    with pytest.raises(LookupError):
        desk[0].ticket(ref)


def test_a_data_policy_is_an_error(desk: tuple[ServiceNow, str], client: Any) -> None:
    ref = desk[0].create("lena.l1", {"short_description": "open"})
    record = client.GlideRecord("incident")
    record.get(ref)
    record.state = "6"
    with pytest.raises(pysnc.exceptions.RoleException, match="Data Policy Exception"):
        record.update()
    assert desk[0].ticket(ref).fields["state"] == "1"


def test_attachments_up_and_down(desk: tuple[ServiceNow, str], client: Any, tmp_path: Path) -> None:
    ref = desk[0].create("lena.l1", {"short_description": "with file"})
    record = client.GlideRecord("incident")
    record.get(ref)
    data = bytes(range(256)) * 300
    record.add_attachment("trace.bin", io.BytesIO(data), content_type="application/x-trace")
    desk[0].attach(ref, "carl.caller", "note.txt", b"hello", "text/plain")
    found = {}
    for file in record.get_attachments():
        file.write_to(tmp_path)
        found[str(file.file_name)] = (tmp_path / str(file.file_name)).read_bytes()
    assert found == {"trace.bin": data, "note.txt": b"hello"}
    assert desk[0].ticket(ref).files[0].ours
    for file in record.get_attachments():
        if str(file.file_name) == "note.txt":
            file.delete()
    assert [(file.text, file.size) for file in desk[0].ticket(ref).files if not file.deleted] == [("trace.bin", len(data))]


def test_wrong_password(desk: tuple[ServiceNow, str]) -> None:
    client = pysnc.ServiceNowClient(desk[1], ("connector", "wrong"))
    with pytest.raises(pysnc.exceptions.AuthenticationException):
        client.GlideRecord("incident").get("0" * 32)
    client.session.close()


def test_oauth_client_credentials(desk: tuple[ServiceNow, str]) -> None:
    flow = pysnc.ServiceNowClientCredentialsFlow("connector", "connector-client-secret")
    client = pysnc.ServiceNowClient(desk[1], flow)
    ref = desk[0].create("lena.l1", {"short_description": "token"})
    assert client.GlideRecord("incident").get(ref)
    desk[0].expire_tokens()
    with pytest.raises(pysnc.exceptions.AuthenticationException):
        client.GlideRecord("incident").get(ref)
    client.session.close()
