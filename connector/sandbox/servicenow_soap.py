"""The direct web services of the simulated ServiceNow: every table over SOAP, beside the REST interface of the same instance.

``TABLE.do?SOAP`` takes ``get``, ``getRecords``, ``insert`` and ``update``, document/literal, unqualified. No more than 250 records
come at once; ``__first_row`` (inclusive) and ``__last_row`` (exclusive) name the window, before access rules hide rows of it. A
file is written by a row of ``ecc_queue`` (AttachmentCreator, 5 MB). What an instance refuses is a SOAP Fault.
"""

from __future__ import annotations

import base64
import binascii
import re
from html import escape

from connector.sandbox.core import Request, Response
from connector.sandbox.otrs_soap import Fault, Node, called, enveloped, node_of
from connector.sandbox.servicenow import ServiceNow
from connector.sandbox.servicenow_data import JOURNALS
from connector.sandbox.servicenow_query import Values
from connector.sandbox.servicenow_rules import Refusal

_PATH = re.compile(r"/(\w+)\.do")
_ACTION = re.compile(r'"?http://www\.service-now\.com/(\w+)/(\w+)"?')
_MOST = 250  # records in one answer
_LARGEST = 5 * 1024 * 1024
_WRITES = ("insert", "update")


class ServiceNowSoap(ServiceNow):
    """One instance that is spoken to over SOAP; its REST interface works as before."""

    def is_write(self, request: Request) -> bool:
        return self._asked(request)[1] in _WRITES if _PATH.fullmatch(request.path) else super().is_write(request)

    def label(self, request: Request) -> str:
        return " ".join(reversed(self._asked(request))) if _PATH.fullmatch(request.path) else super().label(request)

    def handle(self, request: Request, as_of: float | None = None) -> Response:
        found = _PATH.fullmatch(request.path)
        if found is None:
            return super().handle(request, as_of)
        with self.world.lock:
            try:
                who = self._rest.who(request)
                return self._answer(request, found[1], who, as_of)
            except Fault as fault:
                return _fault("Client", str(fault))
            except Refusal as no:
                return Response(401) if no.status == 401 else _fault("Server", f"{no.message}: {no.detail}")  # noqa: PLR2004 - not logged in

    @staticmethod
    def _asked(request: Request) -> tuple[str, str]:
        found = _ACTION.fullmatch(request.headers.get("soapaction", ""))
        return (found[1], found[2]) if found else ("?", "?")

    def _answer(self, request: Request, table: str, who: str, as_of: float | None) -> Response:
        body = called(request.body)
        operation, node = body.tag.rpartition("}")[2], node_of(body)
        if (table, operation) != self._asked(request):
            raise Fault("SOAPAction does not match the operation")
        match operation, table:
            case "getRecords", _:
                inside = "".join(f"<getRecordsResult>{_row(row)}</getRecordsResult>" for row in self._records(table, node, as_of))
            case "get", _:
                inside = _row(self._shown(table, self.seen(table, node.text("sys_id"), as_of)))
            case "insert", "incident":
                row = self.insert(who, _given(node), api=True)
                inside = _row({"sys_id": row.values["sys_id"], "number": row.values["number"]})
            case "update", "incident":
                ref = node.text("sys_id")
                self.seen("incident", ref)
                self.update(self.incident(ref), who, _given(node), api=True)
                inside = _row({"sys_id": ref})
            case "insert", "ecc_queue":
                inside = _row({"sys_id": self._attachment(node, who)})
            case _:
                raise Refusal(403, "Operation Failed", f"{operation} of {table} failed due to security constraints")
        space = f"http://www.service-now.com/{table}"
        return enveloped(200, f'<{operation}Response xmlns="{space}">{inside}</{operation}Response>')

    def _records(self, table: str, node: Node, as_of: float | None) -> list[Values]:
        rows = self.table(table)
        if not self.readable(table):
            return []
        query = "^".join(
            filter(None, [node.text("__encoded_query"), *(f"{name}={value}" for name, value in _given(node).items())])
        )
        if order := node.text("__order_by"):
            query += f"^ORDERBY{order}"
        found = rows.search(self.query(table, query), as_of)
        first, last = int(node.text("__first_row") or 0), int(node.text("__last_row") or len(found))
        limit = min(int(node.text("__limit") or _MOST), _MOST)
        return [self._shown(table, row) for row in found[first:last][:limit] if self.visible(row)]

    def _shown(self, table: str, values: Values) -> Values:
        """Every column that there is; journals are empty in the record itself."""
        hidden = self.hidden_fields if table == "incident" else set()
        own = {name: values.get(name, "") for name in self.columns[table] if name not in hidden}
        return {**own, **dict.fromkeys(JOURNALS, "")} if table == "incident" else own

    def _attachment(self, node: Node, who: str) -> str:
        """AttachmentCreator: ``name`` is FILE:TYPE, ``source`` TABLE:SYS_ID, ``payload`` base64."""
        if (node.text("agent"), node.text("topic")) != ("AttachmentCreator", "AttachmentCreator"):
            raise Refusal(403, "Operation Failed", "no such processor")
        name, _, kind = node.text("name").rpartition(":")
        table, _, ref = node.text("source").partition(":")
        try:
            data = base64.b64decode(node.text("payload"), validate=True)
        except binascii.Error as error:
            raise Refusal(400, "Operation Failed", "the payload is no base64") from error
        if len(data) > _LARGEST:
            raise Refusal(413, "Operation Failed", "the payload is larger than 5 MB")
        self.seen(table, ref)
        self.add_file(self.incident(ref), who, name, data, kind, api=True)
        return self.new_id()


def _given(node: Node) -> dict[str, str]:
    """The fields of a call, without what names the record and what steers the query."""
    return {name: node.text(name) for name in node.children if name != "sys_id" and not name.startswith("__")}


def _row(values: Values) -> str:
    return "".join(f'<{name} xmlns="">{escape(value, quote=False)}</{name}>' for name, value in values.items())


def _fault(code: str, text: str) -> Response:
    return enveloped(500, f"<soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{escape(text)}</faultstring></soap:Fault>")
