"""What posts say: who signed them, and which tickets they name; and that nothing in them ever raises."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.daemon.hooks import KINDS, MOST_REFS, WINDOW, hook
from connector.daemon.inbox_http import MOST_BODY, MOST_HEAD, Exchange, Refusal
from tests.process.posts import SECRET, plain, servicenow

DOCS = Path(__file__).parents[2] / "docs"
NOW = 1_800_000_000.0
SYS_ID = "9d385017c611228701d22104cc95c371"


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


# --- signatures -----------------------------------------------------------------------------------------------------


def test_jiras_own_example_is_signed() -> None:
    """The test vector that Atlassian publishes."""
    jira = hook("jira", "It's a Secret to Everybody")
    headers = {"x-hub-signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"}
    assert jira.claims(headers, NOW)
    assert jira.signed(headers, b"Hello World!", NOW)
    assert not jira.signed(headers, b"Hello World?", NOW)


@pytest.mark.parametrize("form", ["hex", "HEX", "prefixed", "base64", "prefixed base64"])
def test_a_signature_may_be_written_in_each_usual_form(form: str) -> None:
    mac = hmac.digest(SECRET.encode(), b"{}", hashlib.sha256)
    plain_text = base64.b64encode(mac).decode()
    forms = {"hex": mac.hex(), "HEX": mac.hex().upper(), "prefixed": f"sha256={mac.hex()}", "base64": plain_text}
    headers = {"x-connector-signature": (forms | {"prefixed base64": f"sha256={plain_text}"})[form]}
    assert hook("generic", SECRET).signed(headers, b"{}", NOW)
    assert not hook("generic", SECRET + "x").signed(headers, b"{}", NOW)


@pytest.mark.parametrize(
    "value", ["", "sha256=", "sha1=" + "0" * 40, "0" * 63, "0" * 64 + "0", "ä" * 64, "zz" * 32, "AAAA", " " * 64]
)
def test_what_is_no_signature_is_told_from_its_header_alone(value: str) -> None:
    for kind in KINDS:
        known = hook(kind, SECRET)
        headers = {known.header: value, "x-connector-timestamp": str(int(NOW))}
        assert not known.claims(headers, NOW)
        assert not known.signed(headers, b"", NOW)


@pytest.mark.parametrize(("off", "fine"), [(0, True), (-WINDOW, True), (WINDOW, True), (-WINDOW - 1, False), (WINDOW + 1, False)])
def test_a_stamp_counts_for_five_minutes(off: float, fine: bool) -> None:
    body, headers = servicenow(SYS_ID, at=NOW + off)
    assert hook("servicenow", SECRET).signed(lower(headers), body, NOW) is fine
    assert hook("servicenow", SECRET).claims(lower(headers), NOW) is fine


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e9", "٣", "9" * 400, f"{NOW + 1:.0f}"])
def test_a_stamp_that_is_none_or_another_spoils_the_signature(stamp: str) -> None:
    body, headers = servicenow(SYS_ID, at=NOW)
    assert not hook("servicenow", SECRET).signed(lower(headers) | {"x-connector-timestamp": stamp}, body, NOW)


# --- which tickets ---------------------------------------------------------------------------------------------------

CLOUD = {
    "webhookEvent": "jira:issue_updated",
    "issue": {"id": "10002", "key": "ACME-2", "fields": {}},
    "user": {"accountId": "5"},
}
CLOUD_COMMENT = {"webhookEvent": "comment_created", "comment": {"id": "1"}, "issue": {"id": "10003"}}
CENTER_COMMENT = {
    "webhookEvent": "comment_created",
    "comment": {"self": "https://jira.example.com/rest/api/2/issue/17334/comment/18977", "id": "18977"},
}


@pytest.mark.parametrize(
    ("kind", "path", "body", "refs"),
    [
        ("jira", "", CLOUD, ("10002",)),
        ("jira", "", CLOUD_COMMENT, ("10003",)),
        ("jira", "", CENTER_COMMENT, ("17334",)),
        ("jira", "", {"webhookEvent": "jira:issue_deleted", "issue": {"id": "10004"}}, ("10004",)),
        ("jira", "", {"worklog": {"id": "3", "issueId": "10005"}}, ("10005",)),
        ("jira", "", {"issueLink": {"sourceIssueId": 10006, "destinationIssueId": 10007}}, ("10006", "10007")),
        ("jira", "", {"issue": {"id": "ACME-2"}}, ()),
        ("jira", "", {"issue": {"id": "10002 OR 1=1"}}, ()),
        ("jira", "", {"webhookEvent": "user_created", "user": {}}, ()),
        ("servicenow", "", {"sys_id": SYS_ID}, (SYS_ID,)),
        ("servicenow", "", {"sys_id": [SYS_ID, SYS_ID]}, (SYS_ID,)),
        ("servicenow", "", {"sys_id": SYS_ID + "^ORactive=true"}, ()),
        ("servicenow", "record.sys_id", {"record": {"sys_id": SYS_ID}}, (SYS_ID,)),
        ("otrs", "", {"TicketID": 17}, ("17",)),
        ("otrs", "", {"TicketID": "0"}, ()),
        ("request_tracker", "", {"id": "42"}, ("42",)),
        ("generic", "data.tickets.id", {"data": {"tickets": [{"id": "a-1"}, {"id": "b_2"}, {"no": 1}, 7]}}, ("a-1", "b_2")),
        ("generic", "", {"id": True}, ()),
        ("generic", "", {"id": "../../etc"}, ()),
        ("generic", "", [], ()),
        ("generic", "", None, ()),
    ],
)
def test_the_tickets_that_a_body_names(kind: str, path: str, body: Any, refs: tuple[str, ...]) -> None:
    assert hook(kind, SECRET, path=path).refs(json.dumps(body).encode()) == refs


def test_a_mass_change_is_left_to_the_polls() -> None:
    assert len(hook("generic", SECRET).refs(json.dumps({"id": [str(n) for n in range(5000)]}).encode())) == MOST_REFS


def test_a_repetition_is_known_by_what_its_kind_says() -> None:
    assert hook("jira", SECRET).again({"x-atlassian-webhook-identifier": "abc", "x-hub-signature": "s"}) == "abc"
    assert hook("jira", SECRET).again({"x-hub-signature": "s"}) == ""
    for kind in ("servicenow", "otrs"):
        assert hook(kind, SECRET).again({"x-connector-signature": "s"}) == "", "two changes of one ticket in one second are two"


# --- whatever comes --------------------------------------------------------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(
            st.sampled_from(["issue", "comment", "self", "id", "sys_id", "TicketID", "issueLink", "x"]), below, max_size=4
        )
    ),
    max_leaves=20,
)
_BODY = st.binary(max_size=200) | _JSON.map(lambda value: json.dumps(value).encode())
_TEXT = st.text(max_size=80)


@given(
    st.sampled_from(sorted(KINDS)),
    st.dictionaries(st.sampled_from(["x-hub-signature", "x-connector-signature", "x-connector-timestamp"]), _TEXT),
    _BODY,
    _TEXT,
)
def test_no_header_and_no_body_ever_raises_or_is_taken_for_signed(
    kind: str, headers: dict[str, str], body: bytes, path: str
) -> None:
    known = hook(kind, SECRET, path=path)
    assert not known.signed(headers, body, NOW)
    assert isinstance(known.claims(headers, NOW), bool)
    assert isinstance(known.again(headers), str)
    assert all(known.kind.shape.fullmatch(ref) for ref in known.refs(body))


_HEADS = st.lists(st.tuples(_TEXT, _TEXT), max_size=5).map(
    lambda pairs: "".join(f"{name}: {value}\r\n" for name, value in pairs).encode("latin-1", "replace")
)
_REQUESTS = st.binary(max_size=400) | st.tuples(
    st.sampled_from([b"POST /hooks/a/b HTTP/1.1\r\n", b"GET / HTTP/1.0\r\n", b"POST /" + b"a" * 200 + b" HTTP/1.1\r\n"]),
    st.sampled_from([b"", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"Transfer-Encoding: chunked\r\n"]),
    _HEADS,
    st.just(b"\r\n"),
    st.sampled_from([b"", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"ffffffffff\r\n", b"5\r\nhell"]) | st.binary(max_size=100),
).map(b"".join)


@given(_REQUESTS, st.lists(st.integers(1, 60), max_size=20))
def test_whatever_arrives_in_whatever_pieces_is_a_request_or_a_refusal(raw: bytes, cuts: list[int]) -> None:
    """And the same one, however it was cut."""
    assert _outcome(raw, [len(raw) or 1]) == _outcome(raw, [*cuts, len(raw) or 1])


def _outcome(raw: bytes, cuts: list[int]) -> object:
    exchange, left = Exchange(lambda head: None), raw
    try:
        for size in cuts:
            piece, left = left[:size], left[size:]
            if piece and exchange.feed(piece):
                return exchange.head, exchange.body
    except Refusal as no:
        return no.status
    return None


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"POST / HTTP/1.1\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MOST_BODY + 1), 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % (MOST_BODY + 1), 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 300, 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", 400),
        (b"POST / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nX: a\r\n folded: b\r\n\r\n", 400),
        (b"POST  / HTTP/1.1\r\n\r\n", 400),
        (b"\r\n\r\n", 400),
        (b"X" * (MOST_HEAD + 1), 431),
        (b"POST / HTTP/1.1\r\nX: " + b"x" * MOST_HEAD + b"\r\n\r\n", 431),
    ],
)
def test_what_is_refused_with_which_status(raw: bytes, status: int) -> None:
    assert _outcome(raw, [len(raw)]) == status


def test_a_body_in_chunks_is_put_together() -> None:
    head = b"POST /hooks/a/b?x=1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    found = _outcome(head + b"5;name=value\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", [7] * 100)
    assert isinstance(found, tuple)
    assert (found[0].path, found[1]) == ("/hooks/a/b", b"hello!")


# --- what is shipped for the other end ---------------------------------------------------------------------------------

_GLIDE = """
const { createHmac } = require('crypto');
const props = { 'connector.webhook.secret': process.argv[2], 'connector.webhook.url': 'https://x.example' };
const gs = { getProperty: (name) => props[name], warn: (text) => { throw new Error(text); } };
const GlideStringUtil = { base64Encode: (text) => Buffer.from(text).toString('base64') };
class GlideCertificateEncryption {
  generateMac(key, algorithm, data) { return createHmac('sha256', Buffer.from(key, 'base64')).update(data).digest('base64'); }
}
const sent = { headers: {} };
const sn_ws = { RESTMessageV2: class {
  setEndpoint() {} setHttpMethod() {} setHttpTimeout() {}
  setRequestHeader(name, value) { sent.headers[name] = value; }
  setRequestBody(body) { sent.body = body; }
  execute() { return { getStatusCode: () => 202 }; }
} };
const current = { getUniqueValue: () => process.argv[3] };
"""


@pytest.mark.skipif(not shutil.which("node"), reason="no node is installed")
def test_the_business_rule_that_is_shipped_signs_as_we_ask(tmp_path: Path) -> None:
    """With stand-ins for what the platform offers; generateMac takes a key in base64 and gives base64."""
    script = tmp_path / "rule.js"
    rule = (DOCS / "systems" / "servicenow-webhook.js").read_text(encoding="utf-8")
    script.write_text(f"{_GLIDE}\n{rule}\nconsole.log(JSON.stringify(sent));", encoding="utf-8")
    sent = json.loads(_run("node", str(script), SECRET, SYS_ID))
    headers, known = lower(sent["headers"]), hook("servicenow", SECRET)
    assert known.signed(headers, sent["body"].encode(), float(headers["x-connector-timestamp"]))
    assert known.refs(sent["body"].encode()) == (SYS_ID,)


@pytest.mark.skipif(not shutil.which("perl"), reason="no perl is installed")
@pytest.mark.parametrize("kind", ["request_tracker", "otrs"])
def test_the_perl_that_is_shipped_signs_as_we_ask(kind: str, tmp_path: Path) -> None:
    """The two expressions that make body and signature, taken out of the script as they stand there."""
    name = {"request_tracker": "request-tracker-webhook.pl", "otrs": "otrs-webhook.pm"}[kind]
    text = (DOCS / "systems" / name).read_text(encoding="utf-8")
    body = next(line.split("=", 1)[1].strip() for line in text.splitlines() if "$body     = " in line.lower())
    mac = next(line.split("=>", 1)[1].strip().rstrip(",") for line in text.splitlines() if "'X-Connector-Signature' =>" in line)
    body = body.replace("$self->TicketObj->Id", "17").replace("$Param{TicketID}", "17").rstrip(";")
    names = "my ($body, $Body, $secret, $Settings); $secret = $ARGV[0]; $Settings = { Secret => $secret };"
    script = tmp_path / "sign.pl"
    script.write_text(f"use Digest::SHA; {names} $body = $Body = {body}; print $body, qq(\\n), {mac};", encoding="utf-8")
    sent, signature = _run("perl", str(script), SECRET).split("\n")
    assert hook(kind, SECRET).signed({"x-connector-signature": signature}, sent.encode(), NOW)
    assert hook(kind, SECRET).refs(sent.encode()) == ("17",)


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl is installed")
def test_the_line_for_a_trial_in_the_docs_signs_as_we_ask() -> None:
    text = (DOCS / "webhooks.md").read_text(encoding="utf-8")
    line = next(line.strip() for line in text.splitlines() if "openssl dgst" in line)
    made = _run("bash", "-c", f"SECRET='{SECRET}'; BODY='{{\"TicketID\":17}}'; {line}; printf %s \"$MAC\"")
    body, headers = plain(b'{"TicketID":17}')
    assert f"sha256={made}" == headers["X-Connector-Signature"]
    assert hook("otrs", SECRET).refs(body) == ("17",)


def _run(*line: str) -> str:
    return subprocess.run(line, capture_output=True, text=True, check=True, timeout=20).stdout.strip()
