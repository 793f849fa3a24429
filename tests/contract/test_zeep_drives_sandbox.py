"""The simulated portal passes what a real one passes: zeep drives it over HTTP, by our WSDL and by a published one."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree
from zeep.exceptions import Fault
from zeep.helpers import serialize_object

from connector.sandbox.core import World
from connector.sandbox.otrs import PATH, Otrs
from connector.sandbox.server import Server
from connector.sandbox.tls import loopback

REPO = Path(__file__).parents[2]
OURS = REPO / "adapters" / "otrs.wsdl"
PUBLISHED = REPO.parent / "shared" / "contracts" / "GenericTicketConnectorSOAP.wsdl"
BLOB = bytes(range(256)) * 40
LOGIN = {"UserLogin": "connector", "Password": "connector-secret"}
XSD = "{http://www.w3.org/2001/XMLSchema}"


@dataclass
class Desk:
    """A client of a portal that listens on a port of its own."""

    portal: Otrs
    url: str
    service: Any

    def call(self, operation: str, **values: Any) -> dict[str, Any]:
        answer = getattr(self.service, operation)(**{**LOGIN, **values})
        out = plain_of(answer, dict)
        return out if isinstance(out, dict) else {"only": out}

    def get(self, ticket_id: Any) -> dict[str, Any]:
        out = self.call("TicketGet", TicketID=ticket_id, AllArticles=1, Attachments=1, DynamicFields=1)
        tickets = out.get("Ticket") or out["only"]
        return dict(tickets[0])

    def create(self, **more: Any) -> dict[str, Any]:
        ticket = {"Title": "Disk ü & <x>", "Queue": "Support", "State": "new", "Priority": "3 normal", "CustomerUser": "acme"}
        return self.call("TicketCreate", Ticket=ticket, Article=article("It broke ✓\nline 2"), **more)


def article(body: str) -> dict[str, Any]:
    return {
        "Subject": "It broke", "Body": body, "ContentType": "text/plain; charset=utf-8", "CommunicationChannel": "Internal",
        "IsVisibleForCustomer": 1, "SenderType": "customer",
    }  # fmt: skip


# zeep's own functions have no types.
Client: Any = zeep.Client
Transport: Any = zeep.Transport
plain_of: Any = serialize_object


def _client(wsdl: Path, **settings: Any) -> Any:
    if not wsdl.exists():
        pytest.skip(f"no published contract at {wsdl.name}")
    return Client(str(wsdl), settings=zeep.Settings(**settings))


@pytest.fixture(params=["ours, strict", "published, lenient"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    portal = Otrs(World(time.time))
    strict = request.param == "ours, strict"
    if strict:  # strictness forbids what real servers do: answers out of order, with elements of their own
        client = _client(OURS, strict=True)
        portal.shuffle = False
    else:
        client = _client(PUBLISHED, strict=False, xml_huge_tree=True, xsd_ignore_sequence_order=True)
    with Server(portal.world, portal) as server:
        binding = next(iter(client.wsdl.bindings))
        yield Desk(portal, server.url + PATH, client.create_service(binding, server.url + PATH))


def found(answer: dict[str, Any] | None) -> set[int]:
    """Ticket ids of a search: the published contract declares one, the rest is left over as raw elements."""
    if not answer:
        return set()
    first = answer.get("TicketID", answer.get("only")) or []
    rest = [int(element.text) for element in answer.get("_raw_elements") or []]
    return {int(one) for one in (first if isinstance(first, list) else [first])} | set(rest)


def test_a_ticket_comes_back_as_it_was_created(desk: Desk) -> None:
    fields = [{"Name": "CustomerReference", "Value": "INC0010001"}, {"Name": "Severity", "Value": "Sev2"}]
    blob = [{"Content": BLOB, "ContentType": "application/octet-stream", "Filename": "log ü.bin"}]
    made = desk.create(DynamicField=fields, Attachment=blob)
    ticket = desk.get(made["TicketID"])
    assert ticket["TicketNumber"] == made["TicketNumber"]
    assert (ticket["Title"], ticket["State"], ticket["Priority"]) == ("Disk ü & <x>", "new", "3 normal")
    (only,) = ticket["Article"]
    assert (only["ArticleID"], only["Body"]) == (made["ArticleID"], "It broke ✓\nline 2")
    (file,) = only["Attachment"]
    assert (file["Filename"], file["Content"]) == ("log ü.bin", BLOB)
    values = {field["Name"]: "".join(filter(None, field["Value"])) for field in ticket["DynamicField"]}
    assert values == {"ConnectorMarker": "", "CustomerReference": "INC0010001", "Severity": "Sev2"}
    assert desk.portal.ticket(str(made["TicketID"])).ours


def test_an_update_changes_fields_and_adds_an_article(desk: Desk) -> None:
    ticket_id = desk.create()["TicketID"]
    changes = {"State": "open", "Priority": "5 very high"}
    field = [{"Name": "Severity", "Value": "Sev1"}]
    written = desk.call("TicketUpdate", TicketID=ticket_id, Ticket=changes, Article=article("an answer"), DynamicField=field)
    ticket = desk.get(ticket_id)
    assert (ticket["State"], ticket["Priority"]) == ("open", "5 very high")
    assert [a["Body"] for a in ticket["Article"]] == ["It broke ✓\nline 2", "an answer"]
    assert ticket["Article"][1]["ArticleID"] == written["ArticleID"]
    assert desk.portal.ticket(str(ticket_id)).fields["DynamicField_Severity"] == "Sev1"


def test_searches_by_change_time_and_by_dynamic_field(desk: Desk) -> None:
    ids = [desk.create(DynamicField=[{"Name": "ConnectorMarker", "Value": f"m{n}"}])["TicketID"] for n in range(3)]
    recent = desk.portal.store.stamp(time.time() - 60)
    coming = desk.portal.store.stamp(time.time() + 60)
    assert found(desk.call("TicketSearch", TicketLastChangeTimeNewerDate=recent, Queues=["Support"])) == set(ids)
    assert found(desk.call("TicketSearch", TicketChangeTimeNewerDate=coming)) == set()
    assert found(desk.call("TicketSearch", DynamicField=[{"Name": "ConnectorMarker", "Equals": "m1"}])) == {ids[1]}


def test_the_history_tells_who_did_what(desk: Desk) -> None:
    ticket_id = desk.create()["TicketID"]
    desk.portal.edit(str(ticket_id), "vera", {"Priority": "4 high"})
    answer = desk.call("TicketHistoryGet", TicketID=[ticket_id])
    (history,) = answer.get("TicketHistory") or answer["only"]
    lines = {line["HistoryType"]: line for line in history["History"]}
    assert lines["PriorityUpdate"]["Name"] == "%%3 normal%%3%%4 high%%4"
    assert lines["PriorityUpdate"]["CreateBy"] == desk.portal.store.user("vera").id
    assert lines["NewTicket"]["CreateBy"] == desk.portal.store.user("connector").id


def test_a_file_comes_with_an_update_and_many_tickets_in_one_answer(desk: Desk) -> None:
    first, second = desk.create()["TicketID"], desk.create()["TicketID"]
    blob = [{"Content": BLOB, "ContentType": "application/x-trace", "Filename": "trace.bin"}]
    desk.call("TicketUpdate", TicketID=second, Article=article("see the file"), Attachment=blob)
    (file,) = desk.portal.ticket(str(second)).files
    assert (file.text, file.sha256, file.ours) == ("trace.bin", hashlib.sha256(BLOB).hexdigest(), True)
    out = desk.call("TicketGet", TicketID=[first, second])
    assert [str(ticket["TicketID"]) for ticket in out.get("Ticket") or out["only"]] == [str(first), str(second)]


def test_a_session_stands_for_the_password(desk: Desk) -> None:
    session = desk.call("SessionCreate")
    key = session.get("SessionID") or session["only"]
    nobody = {"UserLogin": None, "Password": None}
    made = desk.create(**nobody, SessionID=key)
    assert desk.portal.ticket(str(made["TicketID"])).ours
    told = desk.service.SessionGet(SessionID=key)
    assert "connector" in str(told)


def test_all_of_it_over_tls(tmp_path: Path) -> None:
    context, ca = loopback(tmp_path)
    portal = Otrs(World(time.time))
    portal.shuffle = False
    transport = Transport()
    transport.session.verify = str(ca)
    transport.session.trust_env = False
    with Server(portal.world, portal, tls=context) as server:
        assert server.url.startswith("https://")
        url = server.url + PATH
        client = Client(url + "?wsdl", transport=transport, settings=zeep.Settings(strict=True))
        desk = Desk(portal, url, client.service)
        made = desk.create()
        desk.call("TicketUpdate", TicketID=made["TicketID"], Ticket={"State": "open"}, Article=article("an answer"))
        ticket = desk.get(made["TicketID"])
    transport.session.close()
    assert (ticket["State"], [a["Body"] for a in ticket["Article"]]) == ("open", ["It broke ✓\nline 2", "an answer"])


def test_a_wrong_password_is_an_error_in_a_good_answer(desk: Desk) -> None:
    answer = desk.call("TicketUpdate", TicketID=1, Ticket={"State": "open"}, Password="wrong")
    assert answer["Error"]["ErrorCode"] == "TicketUpdate.AuthFail"
    assert not answer["TicketID"]


def test_a_portal_that_wants_its_own_soap_action_faults_on_the_published_one(desk: Desk) -> None:
    desk.portal.accept_slash = False
    by_slash = desk.service._binding.name.namespace != "http://www.otrs.org/TicketConnector/"
    if by_slash:
        with pytest.raises(Fault):
            desk.create()
        assert desk.portal.tickets() == []
    else:
        assert desk.create()["TicketID"]


def test_the_portal_serves_our_wsdl_with_its_own_address(desk: Desk) -> None:
    client = Client(desk.url + "?wsdl", settings=zeep.Settings(strict=True))
    desk.portal.shuffle = False
    made = client.service.TicketCreate(
        **LOGIN,
        Ticket={"Title": "By its own WSDL", "Queue": "Support", "State": "open", "Priority": "2 low", "CustomerUser": "acme"},
        Article={"Subject": "s", "Body": "b", "ContentType": "text/plain; charset=utf-8"},
    )
    assert desk.portal.ticket(str(made.TicketID)).fields["Title"] == "By its own WSDL"


def _schema() -> etree.XMLSchema:
    schema = next(etree.parse(str(OURS)).iter(f"{XSD}schema"))
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))  # on its own, with the namespaces in scope


def test_answers_in_order_are_valid_by_the_schema_of_our_wsdl() -> None:
    portal = Otrs(World(time.time))
    portal.shuffle = portal.qualified = False
    ref = portal.create("vera", {"Title": "t", "DynamicField_Severity": "Sev1"})
    portal.attach(ref, "vera", "a.txt", b"data")
    portal.edit(ref, "vera", {"State": "closed successful"})
    schema, transport = _schema(), Transport()
    with Server(portal.world, portal) as server:
        client = Client(server.url + PATH + "?wsdl", transport=transport, settings=zeep.Settings(raw_response=True))
        asked: dict[str, dict[str, Any]] = {
            "TicketGet": {"TicketID": [ref], "AllArticles": 1, "Attachments": 1, "DynamicFields": 1, "Extended": 1},
            "TicketSearch": {"Queues": ["Support"]},
            "TicketHistoryGet": {"TicketID": [ref]},
            "SessionCreate": {},
            "TicketUpdate": {"TicketID": ref, "Ticket": {"State": "nonsense"}},
        }
        for operation, values in asked.items():
            answer = getattr(client.service, operation)(**LOGIN, **values)
            body = etree.fromstring(answer.content)[0][0]
            assert schema.validate(body), (operation, schema.error_log)
    transport.session.close()
