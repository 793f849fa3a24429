"""SOAP 1.1 document/literal: requests by zeep from a WSDL, replies by one lenient lxml reader.

zeep is used to *serialise* only: it knows the order and the namespaces that the WSDL asks for. Replies are not
given to it, because real servers leave their own WSDL (undeclared ``Error`` elements, repeated elements that are
declared once, another order), and because it is many times slower than reading the elements directly.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import zeep
import zeep.exceptions
from lxml import etree

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it
_ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
_ENVELOPE_12 = "{http://www.w3.org/2003/05/soap-envelope}"
_new_client: Any = zeep.Client  # zeep's constructor has no types
#: What XML 1.0 cannot carry, not even as a character reference.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class NotSoap(ValueError):
    """The body is no SOAP envelope: a gateway's page, a cut answer, a document type."""


class Fault(Exception):
    """The server answered with a SOAP Fault."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"SOAP Fault {code}: {reason or 'no reason given'}")
        self.code = code
        self.reason = reason


# --- requests ------------------------------------------------------------------------------------------------


class Service:
    """Builds the requests of one web service; safe for threads.

    :param wsdl: the WSDL itself, complete (imports are refused: nothing is ever fetched).
    :param namespace: replaces the WSDL's target namespace, which differs among servers of one family.
    :param action: what stands between namespace and operation in SOAPAction; ``/`` is not doubled.
    :raises ValueError: the WSDL cannot be used.
    """

    def __init__(self, wsdl: bytes, namespace: str = "", action: str = "#") -> None:
        found = re.search(rb"""<(?:\w+:)?definitions\b[^>]*?\btargetNamespace=["']([^"']+)["']""", wsdl)
        if not found:
            message = "the WSDL names no target namespace"
            raise ValueError(message)
        own = found[1].decode()
        self.namespace = namespace or own
        self.action = action
        settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_external=True)
        try:
            self._client = _new_client(io.BytesIO(wsdl.replace(found[1], self.namespace.encode())), settings=settings)
        except (zeep.exceptions.Error, etree.XMLSyntaxError, OSError) as error:
            message = f"the WSDL cannot be used: {error}"
            raise ValueError(message) from error

    def request(self, operation: str, values: Mapping[str, Any]) -> bytes:
        """The envelope of one call. Characters that XML cannot carry become U+FFFD; ``bytes`` become base64.

        :raises ValueError: the values do not fit the WSDL.
        """
        try:
            envelope = self._client.create_message(self._client.service, operation, **_clean(values))
        except (zeep.exceptions.Error, TypeError, AttributeError) as error:
            message = f"{operation}: the request does not fit the WSDL: {error}"
            raise ValueError(message) from error
        return bytes(etree.tostring(envelope, encoding="utf-8", xml_declaration=True))

    def operations(self) -> dict[str, dict[str, str]]:
        """Every operation with its arguments by name; each has the name of its type."""
        binding = self._client.service._binding  # noqa: SLF001 - zeep has no other way to list them
        return {name: _arguments(operation) for name, operation in binding._operations.items()}  # noqa: SLF001 - the same

    def headers(self, operation: str) -> dict[str, str]:
        """The HTTP headers of one call. SOAPAction is quoted, as SOAP 1.1 has it."""
        between = "" if self.action == "/" and self.namespace.endswith("/") else self.action
        return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{self.namespace}{between}{operation}"'}


def _arguments(operation: Any) -> dict[str, str]:
    """Of its request; none where it takes none."""
    body = operation.input.body
    kind = getattr(body, "type", None)
    return {name: element.type.name or "table" for name, element in getattr(kind, "elements", ())}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _ILLEGAL.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {name: _clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value


# --- replies -------------------------------------------------------------------------------------------------


def body(content: bytes) -> Element:
    """The one element inside the Body of a reply.

    :raises NotSoap: it is no envelope.
    :raises Fault: it is a Fault.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        message = f"the answer is no XML ({error})"
        raise NotSoap(message) from error
    return _inside(root)


def _inside(root: Element) -> Element:
    if root.getroottree().docinfo.internalDTD is not None:
        message = "the answer has a document type, as no SOAP message may"
        raise NotSoap(message)
    for space in (_ENVELOPE, _ENVELOPE_12):
        inside = root.find(f"{space}Body")
        if root.tag == f"{space}Envelope" and inside is not None and len(inside):
            if local(inside[0].tag) == "Fault":
                raise _fault(inside[0])
            return inside[0]
    message = f"the answer is no SOAP envelope with a body, but <{local(root.tag)}>"
    raise NotSoap(message)


def _fault(element: Element) -> Fault:
    leaves, branches = record(element)
    code, reason = leaves.get("faultcode", ""), leaves.get("faultstring", "")
    for name in ("Code", "Reason"):  # SOAP 1.2 has them one level deeper
        for child in branches.get(name, ()):
            text = " ".join(str(part) for part in child.itertext()).strip()
            code, reason = (text, reason) if name == "Code" else (code, text)
    return Fault(code.strip(), reason.strip())


@lru_cache(maxsize=4096)
def local(tag: str) -> str:
    """An element's name without its namespace: servers qualify children or not, as they please."""
    return tag.rpartition("}")[2]


def record(element: Element) -> tuple[dict[str, str], dict[str, list[Element]]]:
    """The children of an element by name, in whatever order they came.

    First the texts of leaves (the first of a name wins), then the elements that have children of their own.
    """
    leaves: dict[str, str] = {}
    branches: dict[str, list[Element]] = {}
    for child in element:
        name = local(child.tag)
        if len(child):
            branches.setdefault(name, []).append(child)
        elif name not in leaves:
            leaves[name] = child.text or ""
    return leaves, branches


def every(element: Element, name: str) -> list[str]:
    """The texts of all leaves of one name, in the order they came."""
    return [child.text or "" for child in element if not len(child) and local(child.tag) == name]


def document(element: Element) -> Any:
    """An element as tables, lists and texts, by names without namespaces: what comes several times is a list.

    Attributes are left out, and so are texts beside child elements. ``nil`` is the empty text, as an empty element is.
    """
    if not len(element):
        return element.text or ""
    table: dict[str, Any] = {}
    for child in element:
        name, value = local(child.tag), document(child)
        if name not in table:
            table[name] = value
        elif isinstance(table[name], list):
            table[name].append(value)
        else:
            table[name] = [table[name], value]
    return table
