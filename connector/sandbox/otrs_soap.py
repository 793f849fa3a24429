"""SOAP as the simulated portal speaks it: requests into plain nodes, answers out of plain pairs, by lxml alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from lxml import etree

from connector.sandbox.core import Request, Response

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_ACTION = re.compile(r"[\"']?(?P<namespace>.*?)(?P<separator>[#/])(?P<operation>\w+)[\"']?")
_HEADERS = {"Content-Type": "text/xml; charset=utf-8"}

#: An element of an answer: its name, and its text, its children, or XML that was rendered before.
Pair = tuple[str, "str | int | list[Pair] | Raw"]


@dataclass(frozen=True)
class Raw:
    """The inside of an element, rendered."""

    xml: str


class Fault(Exception):
    """The request is no call of this service: HTTP 500 and a SOAP Fault."""


class TooLarge(Exception):
    """The request is more than the service takes: HTTP 413."""


class Refusal(Exception):
    """An application error: HTTP 200 with an Error element in the answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Node:
    """An element of a request: its text and its children by local name, in order."""

    content: str = ""
    children: dict[str, list[Node]] = field(default_factory=dict)

    def all(self, name: str) -> list[Node]:
        return self.children.get(name, [])

    def one(self, name: str) -> Node | None:
        found = self.children.get(name)
        return found[0] if found else None

    def text(self, name: str, default: str = "") -> str:
        found = self.one(name)
        return default if found is None else found.content

    def texts(self, name: str) -> list[str]:
        return [node.content for node in self.all(name)]


@dataclass(frozen=True)
class Operation:
    name: str
    namespace: str
    body: Node


def operation(request: Request, *, accept_slash: bool) -> Operation:
    """The call in a request.

    :param accept_slash: also take SOAPAction NAMESPACE/Operation, as the published WSDLs have it.
    :raises Fault: no envelope, a DTD, a foreign namespace, or a SOAPAction that is not NAMESPACE#Operation.
    """
    element = called(request.body)
    name = etree.QName(element)
    namespace = name.namespace or ""
    if not namespace.endswith("/TicketConnector/"):
        message = f"No such service: {namespace}"
        raise Fault(message)
    allowed = {f"{namespace}#{name.localname}"}
    if accept_slash:
        allowed |= {f"{namespace}{name.localname}", f"{namespace}/{name.localname}"}
    if request.headers.get("soapaction", "").strip("\"'") not in allowed:
        message = "SOAPAction does not match the operation"
        raise Fault(message)
    return Operation(name.localname, namespace, node_of(element))


def asked(request: Request) -> str:
    """The name of the operation by its SOAPAction, without a look into the body."""
    match = _ACTION.fullmatch(request.headers.get("soapaction", ""))
    return match["operation"] if match else "unknown"


def answer(operation: Operation, pairs: Iterable[Pair], *, in_order: bool, qualified: bool) -> Response:
    """A normal answer.

    :param in_order: children in the order given; else sorted by name, as the real server sends them.
    :param qualified: put children into the service's namespace, as the real server does by a default namespace.
    """
    prefix, suffix = ("", " xmlns=") if qualified else ("tns:", " xmlns:tns=")
    tag = f"{prefix}{operation.name}Response"
    inside = inner(pairs, in_order=in_order)
    return enveloped(200, f'<{tag}{suffix}"{escape(operation.namespace)}">{inside}</{tag}>')


def fault(message: str) -> Response:
    return enveloped(
        500, f"<soap:Fault><faultcode>soap:Server</faultcode><faultstring>{escape(message)}</faultstring></soap:Fault>"
    )


def inner(pairs: Iterable[Pair], *, in_order: bool) -> str:
    """Elements as XML."""
    if not in_order:
        pairs = sorted(pairs, key=lambda pair: pair[0])
    return "".join([f"<{name}>{_value(value, in_order=in_order)}</{name}>" for name, value in pairs])


def _value(value: str | int | list[Pair] | Raw, *, in_order: bool) -> str:
    if isinstance(value, Raw):
        return value.xml
    if isinstance(value, list):
        return inner(value, in_order=in_order)
    return escape(str(value), quote=False)


def enveloped(status: int, body: str) -> Response:
    xml = f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{ENVELOPE}"><soap:Body>{body}</soap:Body></soap:Envelope>'
    return Response(status, _HEADERS, xml.encode())


def called(body: bytes) -> etree._Element:
    """The one element in the body of an envelope.

    :raises Fault: there is none.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        message = f"Error deserializing message: {error}"
        raise Fault(message) from error
    if root.getroottree().docinfo.internalDTD is not None:
        message = "A document type is not allowed"
        raise Fault(message)
    inside = root.find(f"{{{ENVELOPE}}}Body")
    if root.tag != f"{{{ENVELOPE}}}Envelope" or inside is None or not len(inside):
        message = "Got no body from the message"
        raise Fault(message)
    return inside[0]


def node_of(element: etree._Element) -> Node:
    node = Node("" if element.get(_NIL) in ("true", "1") else element.text or "")
    for child in element:
        node.children.setdefault(etree.QName(child).localname, []).append(node_of(child))
    return node
