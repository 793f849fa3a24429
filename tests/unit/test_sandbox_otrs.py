"""The simulated support portal, called in process."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from html import escape
from typing import Any

import pytest
import requests
from lxml import etree

from connector.sandbox.core import Cast, Deed, Request, System, World
from connector.sandbox.otrs import PATH, Otrs
from connector.sandbox.transport import InProcess

BASE = "http://portal.example"
NS = "http://www.otrs.org/TicketConnector/"
START = datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC).timestamp()
LOGIN = {"UserLogin": "connector", "Password": "connector-secret"}
TICKET = {"Title": "Disk full", "Queue": "Support", "State": "new", "Priority": "3 normal", "CustomerUser": "acme"}
ARTICLE = {"Subject": "It broke", "Body": "It broke.", "ContentType": "text/plain; charset=utf-8"}
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class Desk:
    """A portal and a bare SOAP client of it: answers become dicts, every element a list of values."""

    def __init__(self, **settings: Any) -> None:
        self.clock = Clock()
        self.world = World(self.clock)
        self.portal = Otrs(self.world, **settings)
        self.session = requests.Session()
        self.session.mount(BASE, InProcess(self.world, self.portal))

    def post(self, operation: str, inside: str, *, action: str | None = None, namespace: str = NS) -> requests.Response:
        call = f'<n:{operation} xmlns:n="{namespace}">{inside}</n:{operation}>'
        body = f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Body>{call}</e:Body></e:Envelope>'
        headers = {"SOAPAction": f'"{namespace}#{operation}"' if action is None else action}
        return self.session.post(BASE + PATH, body.encode(), headers=headers)

    def call(self, operation: str, values: dict[str, Any] | None = None, /, **more: Any) -> dict[str, Any]:
        answer = self.post(operation, xml({**LOGIN, **(values or {}), **more}))
        assert answer.status_code == 200, answer.text
        return read(etree.fromstring(answer.content)[0][0])

    def error(self, operation: str, /, **values: Any) -> tuple[str, str]:
        (error,) = self.call(operation, values)["Error"]
        return error["ErrorCode"][0], error["ErrorMessage"][0]

    def create(self, **more: Any) -> str:
        ticket = {**TICKET, **more.pop("Ticket", {})}
        return str(self.call("TicketCreate", Ticket=ticket, Article=ARTICLE, **more)["TicketID"][0])

    def get(self, *refs: str, **more: Any) -> list[dict[str, Any]]:
        got: list[dict[str, Any]] = self.call("TicketGet", TicketID=list(refs), **more)["Ticket"]
        return got

    def search(self, **values: Any) -> list[str]:
        return list(self.call("TicketSearch", values).get("TicketID", []))

    def history(self, ref: str) -> list[tuple[str, str, str]]:
        (one,) = self.call("TicketHistoryGet", TicketID=ref)["TicketHistory"]
        return [(line["HistoryType"][0], line["Name"][0], line["CreateBy"][0]) for line in one["History"]]

    def deeds(self, **wanted: Any) -> list[Deed]:
        return [deed for deed in self.world.deeds if all(getattr(deed, k) == v for k, v in wanted.items())]


def xml(values: dict[str, Any]) -> str:
    out = ""
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            out += f"<{name}>{xml(one) if isinstance(one, dict) else escape(str(one))}</{name}>"
    return out


def read(element: etree._Element) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for child in element:
        out.setdefault(etree.QName(child).localname, []).append(read(child) if len(child) else child.text or "")
    return out


def dynamic(**fields: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in fields.items()]


@pytest.fixture
def desk() -> Desk:
    return Desk()


# -- SOAP -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [f"{NS}#TicketSearch", f"{NS}TicketSearch", f'"{NS}/TicketSearch"'])
def test_the_soap_action_may_have_a_hash_or_a_slash(desk: Desk, action: str) -> None:
    assert desk.post("TicketSearch", xml(LOGIN), action=action).status_code == 200


@pytest.mark.parametrize("action", ["", f"{NS}#TicketGet", "TicketSearch"])
def test_any_other_soap_action_is_a_fault(desk: Desk, action: str) -> None:
    answer = desk.post("TicketSearch", xml(LOGIN), action=action)
    assert answer.status_code == 500
    assert b"faultstring" in answer.content


def test_a_strict_portal_takes_the_hash_only(desk: Desk) -> None:
    desk.portal.accept_slash = False
    assert desk.post("TicketSearch", xml(LOGIN), action=f"{NS}TicketSearch").status_code == 500
    assert desk.post("TicketSearch", xml(LOGIN)).status_code == 200


def test_answers_are_in_the_namespace_of_the_request(desk: Desk) -> None:
    other = "http://www.otobo.org/TicketConnector/"
    answer = desk.post("SessionCreate", xml(LOGIN), namespace=other)
    assert etree.fromstring(answer.content)[0][0].tag == f"{{{other}}}SessionCreateResponse"
    assert desk.post("SessionCreate", xml(LOGIN), namespace="http://elsewhere.example/").status_code == 500


def test_children_are_qualified_or_not(desk: Desk) -> None:
    assert etree.fromstring(desk.post("SessionCreate", xml(LOGIN)).content)[0][0][0].tag == f"{{{NS}}}SessionID"
    desk.portal.qualified = False
    assert etree.fromstring(desk.post("SessionCreate", xml(LOGIN)).content)[0][0][0].tag == "SessionID"


@pytest.mark.parametrize("body", [b"", b"not xml", b"<a/>", f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Body/></e:Envelope>'.encode()])
def test_what_is_no_envelope_is_a_fault(desk: Desk, body: bytes) -> None:
    assert desk.session.post(BASE + PATH, body, headers={"SOAPAction": f"{NS}#TicketGet"}).status_code == 500


def test_a_document_type_is_refused(desk: Desk) -> None:
    inside = f'<n:TicketGet xmlns:n="{NS}"><UserLogin>&who;</UserLogin></n:TicketGet>'
    body = f'<!DOCTYPE a [<!ENTITY who "connector">]><e:Envelope xmlns:e="{ENVELOPE}"><e:Body>{inside}</e:Body></e:Envelope>'
    answer = desk.session.post(BASE + PATH, body.encode(), headers={"SOAPAction": f"{NS}#TicketGet"})
    assert answer.status_code == 500
    assert b"document type" in answer.content


def test_an_unknown_operation_and_an_unknown_path(desk: Desk) -> None:
    assert desk.post("TicketDelete", xml(LOGIN)).status_code == 500
    assert desk.session.get(BASE + "/otrs/index.pl").status_code == 404


def test_elements_come_out_of_order_unless_told_otherwise(desk: Desk) -> None:
    def names() -> list[str]:
        answer = desk.post("TicketCreate", xml({**LOGIN, "Ticket": TICKET, "Article": ARTICLE}))
        return [etree.QName(e).localname for e in etree.fromstring(answer.content)[0][0]]

    assert names() == ["ArticleID", "TicketID", "TicketNumber"]
    desk.portal.shuffle = False
    assert names() == ["TicketID", "TicketNumber", "ArticleID"]


def test_undeclared_elements_are_there_by_default(desk: Desk) -> None:
    ref = desk.create()
    assert "EscalationTime" in desk.get(ref)[0]
    desk.portal.shuffle = False
    assert "EscalationTime" not in desk.get(ref)[0]


def test_writes_and_labels_are_told_by_the_soap_action(desk: Desk) -> None:
    def request(operation: str) -> Request:
        return Request("POST", PATH, {}, {"soapaction": f'"{NS}#{operation}"'}, b"", BASE)

    operations = ("TicketCreate", "TicketUpdate", "TicketGet", "TicketSearch", "TicketHistoryGet", "SessionCreate")
    assert [desk.portal.is_write(request(one)) for one in operations] == [True, True, False, False, False, False]
    assert desk.portal.label(request("TicketUpdate")) == "TicketUpdate"
    wsdl = Request("GET", PATH, {"wsdl": [""]}, {}, b"", BASE)
    assert (desk.portal.is_write(wsdl), desk.portal.label(wsdl)) == (False, "GET wsdl")


# -- who may call -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation", ["TicketGet", "TicketSearch", "TicketHistoryGet", "TicketUpdate", "TicketCreate", "SessionCreate"]
)
def test_a_wrong_password_is_an_error_with_status_200(desk: Desk, operation: str) -> None:
    ref = desk.create()
    assert desk.error(operation, Password="wrong", TicketID=ref, Ticket=TICKET, Article=ARTICLE)[0] == f"{operation}.AuthFail"
    assert len(desk.portal.tickets()) == 1


def test_a_write_without_credentials_misses_a_parameter(desk: Desk) -> None:
    for login in ({"UserLogin": ""}, {"Password": ""}):
        assert desk.error("TicketUpdate", **login, TicketID=1)[0] == "TicketUpdate.MissingParameter"


def test_sessions_work_until_they_expire(desk: Desk) -> None:
    ref = desk.create()
    session = {"UserLogin": "", "Password": "", "SessionID": desk.call("SessionCreate")["SessionID"][0]}
    assert desk.get(ref, **session)[0]["Title"] == ["Disk full"]
    data = {d["Name"][0]: d["Value"][0] for d in desk.call("SessionGet", session)["SessionData"]}
    assert (data["UserLogin"], data["UserID"]) == ("connector", "2")
    World.expire(desk.portal)
    assert desk.error("TicketGet", **session, TicketID=ref)[0] == "TicketGet.AuthFail"
    assert desk.error("TicketUpdate", **session, TicketID=ref, Ticket={"Title": "x"})[0] == "TicketUpdate.AuthFail"
    assert desk.error("SessionGet", **session)[0] == "SessionGet.SessionInvalid"
    assert desk.get(ref)[0]["Title"] == ["Disk full"]


def test_a_customer_user_sees_its_own_tickets_and_what_is_visible(desk: Desk) -> None:
    mine = desk.create()
    desk.portal.comment(mine, "vera", "between us", public=False)
    other = desk.portal.create("vera", {"Title": "not theirs", "CustomerUserID": "globex"})
    login = {"UserLogin": "", "CustomerUserLogin": "acme"}
    assert desk.search(**login) == [mine]
    assert [a["Body"] for a in desk.get(mine, AllArticles=1, **login)[0]["Article"]] == [["It broke."]]
    assert desk.error("TicketGet", **login, TicketID=other)[0] == "TicketGet.AccessDenied"
    assert desk.error("TicketHistoryGet", **login, TicketID=mine)[0] == "TicketHistoryGet.AuthFail"
    desk.call("TicketUpdate", login, TicketID=mine, Article=ARTICLE)
    assert desk.get(mine, AllArticles=1)[0]["Article"][-1]["SenderType"] == ["customer"]


# -- TicketCreate and TicketUpdate ------------------------------------------------------------------------------------


def test_a_created_ticket_is_all_there(desk: Desk) -> None:
    answer = desk.call("TicketCreate", Ticket=TICKET, Article=ARTICLE, DynamicField=dynamic(Severity="Sev2"))
    assert set(answer) == {"TicketID", "TicketNumber", "ArticleID"}
    (ref,), (number,) = answer["TicketID"], answer["TicketNumber"]
    assert number.startswith("20260302")
    assert desk.portal.find(number) == ref
    ticket = desk.portal.ticket(ref)
    assert (ticket.who, ticket.ours, ticket.created) == ("connector", True, START)
    assert ticket.fields["DynamicField_Severity"] == "Sev2"
    (first,) = ticket.comments
    assert (first.text, first.subject, first.public, first.ours) == ("It broke.", "It broke", True, True)
    got = desk.get(ref)[0]
    assert (got["Created"], got["CreateBy"], got["StateType"], got["PriorityID"]) == (
        ["2026-03-02 10:00:00"],
        ["2"],
        ["new"],
        ["3"],
    )
    assert "Article" not in got
    assert "DynamicField" not in got


@pytest.mark.parametrize("field", ["Title", "Queue", "State", "Priority", "CustomerUser"])
def test_a_new_ticket_needs_its_fields(desk: Desk, field: str) -> None:
    code, message = desk.error("TicketCreate", Ticket={**TICKET, field: ""}, Article=ARTICLE)
    assert code == "TicketCreate.MissingParameter"
    assert f"Ticket->{field} parameter is missing!" in message


@pytest.mark.parametrize("field", ["Queue", "State", "Priority", "Type"])
@pytest.mark.parametrize("operation", ["TicketCreate", "TicketUpdate"])
def test_an_unknown_value_is_refused_by_name(desk: Desk, operation: str, field: str) -> None:
    ref = desk.create()
    code, message = desk.error(operation, TicketID=ref, Ticket={**TICKET, field: "nonsense"}, Article=ARTICLE)
    assert code == f"{operation}.InvalidParameter"
    assert f"Ticket->{field} parameter is invalid!" in message
    assert len(desk.portal.tickets()) == 1
    assert len(desk.portal.ticket(ref).comments) == 1


def test_values_may_be_given_by_id(desk: Desk) -> None:
    ref = desk.create()
    desk.call("TicketUpdate", TicketID=ref, Ticket={"StateID": "4", "PriorityID": "5"})
    assert (desk.portal.ticket(ref).fields["State"], desk.portal.ticket(ref).fields["Priority"]) == ("open", "5 very high")
    assert desk.error("TicketUpdate", TicketID=ref, Ticket={"StateID": "77"})[0] == "TicketUpdate.InvalidParameter"


@pytest.mark.parametrize("missing", ["Subject", "Body", "ContentType"])
def test_an_article_needs_its_parts(desk: Desk, missing: str) -> None:
    code, message = desk.error("TicketCreate", Ticket=TICKET, Article={**ARTICLE, missing: ""})
    assert code == "TicketCreate.MissingParameter"
    assert missing in message
    assert desk.portal.tickets() == []


def test_a_new_ticket_needs_an_article(desk: Desk) -> None:
    assert desk.error("TicketCreate", Ticket=TICKET)[0] == "TicketCreate.MissingParameter"
    assert desk.error("TicketCreate", Article=ARTICLE)[0] == "TicketCreate.MissingParameter"


@pytest.mark.parametrize("name", ["SenderType", "CommunicationChannel", "HistoryType"])
def test_an_article_takes_known_kinds_only(desk: Desk, name: str) -> None:
    assert desk.error("TicketCreate", Ticket=TICKET, Article={**ARTICLE, name: "x"})[0] == "TicketCreate.InvalidParameter"


@pytest.mark.parametrize(("given", "visible"), [("1", True), ("0", False), ("", False), ("false", True)])
def test_visibility_is_true_for_any_text_but_zero(desk: Desk, given: str, visible: bool) -> None:
    ref = desk.create()
    desk.call("TicketUpdate", TicketID=ref, Article={**ARTICLE, "IsVisibleForCustomer": given})
    assert desk.portal.ticket(ref).comments[-1].public is visible
    assert desk.get(ref, AllArticles=1)[0]["Article"][-1]["IsVisibleForCustomer"] == [str(int(visible))]


def test_waiting_needs_an_end(desk: Desk) -> None:
    ref = desk.create()
    waiting = {"State": "pending reminder"}
    assert desk.error("TicketUpdate", TicketID=ref, Ticket=waiting)[0] == "TicketUpdate.MissingParameter"
    wrong = {**waiting, "PendingTime": {"Year": 2026, "Month": 13, "Day": 1, "Hour": 0, "Minute": 0}}
    assert desk.error("TicketUpdate", TicketID=ref, Ticket=wrong)[0] == "TicketUpdate.InvalidParameter"
    assert desk.portal.ticket(ref).fields["State"] == "new"
    desk.call("TicketUpdate", TicketID=ref, Ticket={**waiting, "PendingTime": {"Diff": 90}})
    assert desk.get(ref)[0]["UntilTime"] == ["5400"]
    moment = {"Year": 2026, "Month": 3, "Day": 2, "Hour": 11, "Minute": 0}
    desk.call("TicketUpdate", TicketID=ref, Ticket={**waiting, "PendingTime": moment})
    assert desk.get(ref)[0]["UntilTime"] == ["3600"]


def test_dynamic_fields_must_be_known(desk: Desk) -> None:
    ref = desk.create(DynamicField=dynamic(CustomerReference="INC1"))
    code, message = desk.error("TicketUpdate", TicketID=ref, DynamicField=dynamic(Nonsense="x"))
    assert code == "TicketUpdate.InvalidParameter"
    assert "DynamicField->Name" in message
    desk.call("TicketUpdate", TicketID=ref, DynamicField=dynamic(CustomerReference="", Severity="Sev1"))
    fields = {f["Name"][0]: f["Value"][0] for f in desk.get(ref, DynamicFields=1)[0]["DynamicField"]}
    assert fields == {"ConnectorMarker": "", "CustomerReference": "", "Severity": "Sev1"}
    assert Desk(dynamic_fields=["Region"]).create(DynamicField=dynamic(Region="EU")) == "1"


def test_an_update_of_an_unknown_ticket_is_denied(desk: Desk) -> None:
    assert desk.error("TicketUpdate", TicketID=99, Ticket={"Title": "x"})[0] == "TicketUpdate.AccessDenied"
    assert desk.error("TicketUpdate", TicketNumber="99", Ticket={"Title": "x"})[0] == "TicketUpdate.AccessDenied"
    assert desk.error("TicketUpdate", Ticket={"Title": "x"})[0] == "TicketUpdate.MissingParameter"


def test_an_update_by_number_answers_with_ids_only(desk: Desk) -> None:
    ref = desk.create()
    number = desk.portal.ticket(ref).number
    answer = desk.call("TicketUpdate", TicketNumber=number, Ticket={"Title": "Other"})
    assert answer == {"TicketID": [ref], "TicketNumber": [number]}
    assert desk.portal.ticket(ref).fields["Title"] == "Other"


def test_text_is_normalised(desk: Desk) -> None:
    ref = desk.create(Ticket={"Title": "x" * 300 + "   "})
    assert desk.portal.ticket(ref).fields["Title"] == "x" * 255
    desk.portal.edit(ref, "vera", {"Title": "  blank around \t"})
    assert desk.portal.ticket(ref).fields["Title"] == "blank around"
    desk.portal.comment(ref, "vera", "one\r\ntwo\rthree\x0b \n", public=True)
    assert desk.get(ref, AllArticles=1)[0]["Article"][-1]["Body"] == ["one\ntwo\nthree"]


def test_a_save_that_changes_nothing_leaves_no_trace(desk: Desk) -> None:
    ref = desk.create()
    before, lines = desk.get(ref)[0]["Changed"], desk.history(ref)
    desk.clock.now += 60
    desk.call("TicketUpdate", TicketID=ref, Ticket={"Title": "Disk full", "State": "new"})
    assert (desk.get(ref)[0]["Changed"], desk.history(ref)) == (before, lines)


# -- attachments ------------------------------------------------------------------------------------------------------


def test_attachments_come_back_byte_equal(desk: Desk) -> None:
    blob = bytes(range(256)) * 8
    file = {"Content": base64.b64encode(blob).decode(), "ContentType": "application/x-log", "Filename": "ü & <log>.bin"}
    empty = {"Content": "", "ContentType": "text/plain", "Filename": "empty.txt"}
    ref = desk.create(Attachment=[file, empty])
    (article,) = desk.get(ref, AllArticles=1, Attachments=1)[0]["Article"]
    first, second = article["Attachment"]
    assert base64.b64decode(first["Content"][0]) == blob
    assert (first["FileID"], first["Filename"], first["FilesizeRaw"]) == (["1"], ["ü & <log>.bin"], ["2048"])
    assert (second["FileID"], second["Content"]) == (["2"], [""])
    bare = desk.get(ref, AllArticles=1, Attachments=1, GetAttachmentContents=0)[0]["Article"][0]["Attachment"][0]
    assert (bare["Content"], bare["FilesizeRaw"]) == ([""], ["2048"])
    assert "Attachment" not in desk.get(ref, AllArticles=1)[0]["Article"][0]
    seen = desk.portal.ticket(ref).files[0]
    assert (seen.id, seen.text, seen.size, seen.ours) == (f"{article['ArticleID'][0]}:1", "ü & <log>.bin", 2048, True)


def test_an_attachment_needs_an_article(desk: Desk) -> None:
    ref = desk.create()
    file = {"Content": "eA==", "ContentType": "text/plain", "Filename": "x.txt"}
    assert desk.error("TicketUpdate", TicketID=ref, Attachment=file)[0] == "TicketUpdate.MissingParameter"
    for broken, code in (({"Filename": ""}, "MissingParameter"), ({"Content": "a"}, "InvalidParameter")):
        assert (
            desk.error("TicketUpdate", TicketID=ref, Article=ARTICLE, Attachment={**file, **broken})[0] == f"TicketUpdate.{code}"
        )
    assert len(desk.portal.ticket(ref).comments) == 1


def test_an_attachment_that_is_too_large_has_no_effect(desk: Desk) -> None:
    desk.portal.max_attachment = 100
    ref = desk.create()
    file = {"Content": base64.b64encode(b"x" * 101).decode(), "ContentType": "text/plain", "Filename": "x.txt"}
    answer = desk.post(
        "TicketUpdate", xml({**LOGIN, "TicketID": ref, "Ticket": {"Title": "y"}, "Article": ARTICLE, "Attachment": file})
    )
    assert answer.status_code == 413
    assert desk.portal.ticket(ref).fields["Title"] == "Disk full"
    assert len(desk.portal.ticket(ref).comments) == 1


# -- knobs ------------------------------------------------------------------------------------------------------------


def test_read_only_fields_are_dropped_without_a_word(desk: Desk) -> None:
    desk.portal.read_only = {"Priority", "Title"}
    ref = desk.create(Ticket={"Priority": "5 very high"})
    assert desk.portal.ticket(ref).fields["Priority"] == "3 normal"
    answer = desk.call("TicketUpdate", TicketID=ref, Ticket={"Title": "x", "Priority": "5 very high", "State": "open"})
    assert "Error" not in answer
    fields = desk.portal.ticket(ref).fields
    assert (fields["Title"], fields["Priority"], fields["State"]) == ("Disk full", "3 normal", "open")
    desk.portal.edit(ref, "vera", {"Priority": "4 high"})
    assert desk.portal.ticket(ref).fields["Priority"] == "4 high"
    desk.portal.read_only = {"State"}
    desk.call("TicketUpdate", TicketID=ref, Ticket={"State": "pending reminder", "PendingTime": {"Diff": 5}})
    assert desk.history(ref)[-1][0] == "PriorityUpdate"


def test_refused_moves_are_refused_to_the_api_alone(desk: Desk) -> None:
    desk.portal.refuse_states = {("open", "closed successful")}
    ref = desk.create(Ticket={"State": "open"})
    change = {"State": "closed successful", "Title": "x"}
    assert desk.error("TicketUpdate", TicketID=ref, Ticket=change)[0] == "TicketUpdate.AccessDenied"
    assert desk.portal.ticket(ref).fields["Title"] == "Disk full"
    desk.portal.edit(ref, "vera", {"State": "closed successful"})
    assert desk.portal.ticket(ref).fields["State"] == "closed successful"


@pytest.mark.parametrize("state", ["pending reminder", "closed unsuccessful"])
def test_an_article_may_open_a_ticket_again(desk: Desk, state: str) -> None:
    ref = desk.create()
    desk.portal.edit(ref, "vera", {"State": state})
    desk.call("TicketUpdate", TicketID=ref, Article=ARTICLE)
    assert desk.portal.ticket(ref).fields["State"] == state
    desk.portal.comment_reopens = True
    desk.call("TicketUpdate", TicketID=ref, Ticket={"State": "closed successful"}, Article=ARTICLE)
    assert desk.portal.ticket(ref).fields["State"] == "closed successful"
    desk.call("TicketUpdate", TicketID=ref, Article=ARTICLE)
    assert desk.portal.ticket(ref).fields["State"] == "open"
    assert desk.history(ref)[-1] == ("StateUpdate", "%%closed successful%%open%%", "2")
    assert desk.deeds(field="State", new="open")[0].ours


# -- reads ------------------------------------------------------------------------------------------------------------


def test_one_bad_ticket_spoils_a_read_of_many(desk: Desk) -> None:
    refs = [desk.create(), desk.create()]
    assert [t["TicketID"] for t in desk.get(*refs)] == [[refs[0]], [refs[1]]]
    assert [t["TicketID"] for t in desk.get(",".join(refs))] == [[refs[0]], [refs[1]]]
    desk.portal.delete(refs[1])
    for operation in ("TicketGet", "TicketHistoryGet"):
        assert desk.error(operation, TicketID=refs)[0] == f"{operation}.AccessDenied"
        assert desk.error(operation)[0] == f"{operation}.MissingParameter"


def test_articles_may_be_limited(desk: Desk) -> None:
    ref = desk.create()
    for text in ("a", "b"):
        desk.portal.comment(ref, "vera", text, public=True)
    latest = desk.get(ref, AllArticles=1, ArticleOrder="DESC", ArticleLimit=2)[0]["Article"]
    assert [a["Body"] for a in latest] == [["b"], ["a"]]
    assert "Article" not in desk.get(ref, AllArticles=1, ArticleSenderType="customer")[0]


def test_a_search_by_change_time_includes_its_second(desk: Desk) -> None:
    first, second = desk.create(), desk.create()
    desk.clock.now += 10.7
    desk.portal.comment(first, "vera", "news", public=True)
    assert desk.search(TicketLastChangeTimeNewerDate="2026-03-02 10:00:10") == [first]
    assert desk.search(TicketChangeTimeNewerDate="2026-03-02 10:00:11") == []
    assert desk.search(TicketCreateTimeNewerDate="2026-03-02 10:00:00", SortBy="Age", OrderBy="Up") == [first, second]
    assert desk.search(SortBy="Changed", OrderBy="Down") == [first, second]
    assert desk.search(SortBy="Changed", OrderBy="Up", Limit=1) == [second]
    assert desk.error("TicketSearch", TicketChangeTimeNewerDate="yesterday")[0] == "TicketSearch.InvalidParameter"


def test_searches_by_field(desk: Desk) -> None:
    one = desk.create(DynamicField=dynamic(ConnectorMarker="m1"))
    two = desk.create(Ticket={"State": "open"}, DynamicField=dynamic(ConnectorMarker="m2"))
    elsewhere = desk.portal.create("vera", {"Title": "Else", "Queue": "Misc"})
    assert desk.search(Queues=["Support"], OrderBy="Up") == [one, two]
    assert desk.search(States=["open"]) == [two]
    assert desk.search(StateType=["new"], Queues=["Misc", "Raw"]) == [elsewhere]
    assert desk.search(TicketNumber=desk.portal.ticket(two).number) == [two]
    assert desk.search(Title="else*") == [elsewhere]
    assert desk.search(DynamicField={"Name": "ConnectorMarker", "Equals": "m1"}) == [one]
    assert desk.search(DynamicField={"Name": "ConnectorMarker", "Equals": ["m1", "m2"]}, OrderBy="Up") == [one, two]
    assert desk.search(DynamicField={"Name": "ConnectorMarker", "Like": "M*"}, OrderBy="Up") == [one, two]
    assert desk.search(DynamicField={"Name": "ConnectorMarker", "Equals": "m3"}) == []


def test_the_index_follows_a_dynamic_field(desk: Desk) -> None:
    ref = desk.create(DynamicField=dynamic(ConnectorMarker="old"))
    desk.call("TicketUpdate", TicketID=ref, DynamicField=dynamic(ConnectorMarker="new"))
    assert desk.search(DynamicField={"Name": "ConnectorMarker", "Equals": "old"}) == []
    assert desk.search(DynamicField={"Name": "ConnectorMarker", "Equals": "new"}) == [ref]
    desk.portal.delete(ref)
    assert desk.search(DynamicField={"Name": "ConnectorMarker", "Equals": "new"}) == []


def test_a_search_by_an_unknown_dynamic_field_finds_everything(desk: Desk) -> None:
    refs = {desk.create(), desk.create()}
    assert set(desk.search(DynamicField={"Name": "Typo", "Equals": "m1"})) == refs


def test_times_are_in_the_zone_of_the_server() -> None:
    desk = Desk(tz_offset=7200)
    ref = desk.create()
    assert desk.get(ref)[0]["Changed"] == ["2026-03-02 12:00:00"]
    assert desk.search(TicketChangeTimeNewerDate="2026-03-02 12:00:00") == [ref]
    assert desk.search(TicketChangeTimeNewerDate="2026-03-02 12:00:01") == []


def test_a_stale_read_shows_the_past(desk: Desk) -> None:
    ref = desk.create(DynamicField=dynamic(ConnectorMarker="m1"))
    desk.clock.now += 1
    desk.portal.edit(ref, "vera", {"State": "open"})
    desk.portal.comment(ref, "vera", "later", public=True)
    desk.world.choose_fault = lambda _call: "stale"
    assert desk.error("TicketGet", TicketID=ref)[0] == "TicketGet.AccessDenied"
    assert desk.search(DynamicField={"Name": "ConnectorMarker", "Equals": "m1"}) == []
    desk.clock.now += 1.5
    (then,) = desk.get(ref, AllArticles=1)
    assert (then["State"], len(then["Article"]), len(desk.history(ref))) == (["new"], 1, 3)
    assert desk.search(DynamicField={"Name": "ConnectorMarker", "Equals": "m1"}) == [ref]
    desk.world.choose_fault = lambda _call: None
    assert desk.get(ref)[0]["State"] == ["open"]


def test_extended_tells_when_a_ticket_was_closed(desk: Desk) -> None:
    ref = desk.create()
    desk.clock.now += 5
    desk.portal.edit(ref, "vera", {"State": "closed successful"})
    assert desk.get(ref, Extended=1)[0]["Closed"] == ["2026-03-02 10:00:05"]


# -- history ----------------------------------------------------------------------------------------------------------


def test_the_history_has_the_format_of_the_product(desk: Desk) -> None:
    ref = desk.create(DynamicField=dynamic(Severity="Sev2"))
    desk.portal.edit(ref, "vera", {"State": "open", "Priority": "4 high", "Title": "New", "DynamicField_Severity": "Sev1"})
    desk.portal.edit(ref, "vera", {"Queue": "Misc", "State": "pending reminder"})
    number = desk.portal.ticket(ref).number
    assert desk.history(ref) == [
        ("NewTicket", f"%%{number}%%Support%%3 normal%%new%%{ref}", "2"),
        ("TicketDynamicFieldUpdate", "%%FieldName%%Severity%%Value%%Sev2%%OldValue%%", "2"),
        ("AddNote", "%%", "2"),
        ("StateUpdate", "%%new%%open%%", "3"),
        ("PriorityUpdate", "%%3 normal%%3%%4 high%%4", "3"),
        ("TitleUpdate", "%%Disk full%%New", "3"),
        ("TicketDynamicFieldUpdate", "%%FieldName%%Severity%%Value%%Sev1%%OldValue%%Sev2", "3"),
        ("Move", "%%Misc%%4%%Support%%5", "3"),
        ("StateUpdate", "%%open%%pending reminder%%", "3"),
        ("SetPendingTime", "%%2026-03-03 10:00", "3"),
    ]
    (one,) = desk.call("TicketHistoryGet", TicketID=ref)["TicketHistory"]
    assert [line["StateID"] for line in one["History"]][-1] == ["6"]
    assert one["History"][2]["ArticleID"] != ["0"]


def test_the_history_cuts_long_values(desk: Desk) -> None:
    ref = desk.create(Ticket={"Title": "x" * 150})
    desk.portal.edit(ref, "vera", {"Title": "y" * 150})
    assert desk.history(ref)[-1][1] == "%%" + "x" * 150 + "%%" + "y" * 46


def test_histories_of_many_tickets_and_without_rights(desk: Desk) -> None:
    refs = [desk.create(), desk.create()]
    assert [h["TicketID"] for h in desk.call("TicketHistoryGet", TicketID=refs)["TicketHistory"]] == [[refs[0]], [refs[1]]]
    desk.portal.history_rights = False
    assert desk.error("TicketHistoryGet", TicketID=refs)[0] == "TicketHistoryGet.AccessDenied"


def test_numbers_must_be_numbers(desk: Desk) -> None:
    ref = desk.create()
    assert desk.error("TicketSearch", Limit="many")[0] == "TicketSearch.InvalidParameter"
    far = {"State": "pending reminder", "PendingTime": {"Diff": "9" * 30}}
    assert desk.error("TicketUpdate", TicketID=ref, Ticket=far)[0] == "TicketUpdate.InvalidParameter"
    assert desk.error("TicketGet", TicketID="x")[0] == "TicketGet.AccessDenied"


# -- people -----------------------------------------------------------------------------------------------------------


def test_people_open_edit_and_write(desk: Desk) -> None:
    ref = desk.portal.create("vera", {"Title": "Outage", "Priority": "5 very high", "Body": "All is down."})
    item = desk.portal.comment(ref, "vera", "for us", public=False)
    file = desk.portal.attach(ref, "vera", "a.log", b"data", "text/plain")
    ticket = desk.portal.ticket(ref)
    assert (ticket.who, ticket.ours, ticket.fields["CustomerUserID"]) == ("vera", False, "acme")
    assert [(c.text, c.public) for c in ticket.comments] == [("All is down.", True), ("for us", False), ("Attached: a.log", True)]
    assert (ticket.comments[1].id, ticket.files[0].id, ticket.files[0].size) == (item, file, 4)
    assert [t.ref for t in desk.portal.tickets()] == [ref]
    got = desk.get(ref, AllArticles=1, Attachments=1)[0]
    assert got["Article"][2]["Attachment"][0]["Content"] == [base64.b64encode(b"data").decode()]
    assert got["ChangeBy"] == ["3"]


@pytest.mark.parametrize(
    "fields", [{"State": "x"}, {"Queue": "x"}, {"Priority": "x"}, {"DynamicField_X": "x"}, {"Colour": "red"}]
)
def test_people_cannot_set_what_does_not_exist(desk: Desk, fields: dict[str, str]) -> None:
    ref = desk.create()
    with pytest.raises(ValueError, match="invalid"):
        desk.portal.edit(ref, "vera", fields)


def test_visibility_can_be_taken_back(desk: Desk) -> None:
    ref = desk.create()
    item = desk.portal.comment(ref, "vera", "oops", public=True)
    desk.clock.now += 3
    desk.portal.set_visible(ref, item, "vera", visible=False)
    assert desk.portal.ticket(ref).comments[-1].public is False
    article = desk.get(ref, AllArticles=1)[0]["Article"][-1]
    assert (article["IsVisibleForCustomer"], article["ChangeTime"]) == (["0"], ["2026-03-02 10:00:03"])
    (deed,) = desk.deeds(what="visibility")
    assert (deed.item, deed.old, deed.new, deed.public) == (item, "1", "0", False)


def test_a_clone_has_the_marker_too(desk: Desk) -> None:
    ref = desk.create(DynamicField=dynamic(ConnectorMarker="m1"))
    copy = desk.portal.clone(ref, "vera")
    assert set(desk.search(DynamicField={"Name": "ConnectorMarker", "Equals": "m1"})) == {ref, copy}
    assert desk.portal.ticket(copy).who == "vera"
    assert desk.portal.ticket(copy).comments[0].text == "It broke."


def test_a_merge_moves_the_articles(desk: Desk) -> None:
    gone, kept = desk.create(), desk.create()
    desk.portal.attach(gone, "vera", "a.log", b"data")
    ids = {c.id for t in (gone, kept) for c in desk.portal.ticket(t).comments}
    desk.portal.merge(gone, kept, "vera")
    assert {c.id for c in desk.portal.ticket(kept).comments} == ids
    assert len(desk.portal.ticket(kept).files) == 1
    old = desk.portal.ticket(gone)
    assert old.fields["State"] == "merged"
    assert desk.portal.ticket(kept).number in old.comments[0].text
    assert old.comments[0].public is False
    assert ("Merged", f"%%{old.number}%%{gone}%%{desk.portal.ticket(kept).number}%%{kept}", "3") in desk.history(gone)
    assert [d.new for d in desk.deeds(what="merge", ticket=gone)] == [kept]


def test_a_deleted_ticket_is_gone(desk: Desk) -> None:
    ref = desk.create()
    number = desk.portal.ticket(ref).number
    desk.portal.delete(ref)
    assert desk.portal.tickets() == []
    assert desk.search() == []
    for ask in (lambda: desk.portal.ticket(ref), lambda: desk.portal.find(number)):
        with pytest.raises(KeyError):
            ask()
    assert desk.deeds(what="delete", ticket=ref)


def test_every_change_is_a_deed(desk: Desk) -> None:
    file = {"Content": "eA==", "ContentType": "text/plain", "Filename": "x.txt"}
    ref = desk.create(DynamicField=dynamic(Severity="Sev2"), Attachment=file)
    born = {d.field: d.new for d in desk.deeds(what="field", ticket=ref, ours=True)}
    assert (born["State"], born["DynamicField_Severity"], born["CustomerUserID"]) == ("new", "Sev2", "acme")
    article = desk.portal.ticket(ref).comments[0].id
    assert [(d.item, d.new, d.public) for d in desk.deeds(what="file")] == [(f"{article}:1", "x.txt", True)]
    before = len(desk.world.deeds)
    desk.portal.edit(ref, "vera", {"State": "open", "Title": "Disk full"})
    desk.portal.comment(ref, "vera", "hidden", public=False)
    state, note = desk.world.deeds[before:]
    assert state == Deed(
        START, "otrs", "vera", ours=False, what="field", ticket=ref, field="State", old="new", new="open", public=True
    )
    assert (note.what, note.new, note.public, note.ours) == ("comment", "hidden", False, False)


def test_the_portal_is_a_system_and_a_cast(desk: Desk) -> None:
    system: System = desk.portal
    cast: Cast = desk.portal
    assert system.name == "otrs"
    assert cast.tickets() == []


def test_ids_start_where_they_are_told() -> None:
    desk = Desk(first_id=500)
    assert desk.create() == "500"
    assert desk.portal.ticket("500").comments[0].id == "500"


def test_a_lost_answer_still_took_effect(desk: Desk) -> None:
    desk.world.choose_fault = lambda call: "answer_lost" if call.write else None
    with pytest.raises(requests.exceptions.ReadTimeout):
        desk.create(DynamicField=dynamic(ConnectorMarker="m1"))
    assert len(desk.search(DynamicField={"Name": "ConnectorMarker", "Equals": "m1"})) == 1
