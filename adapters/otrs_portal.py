"""Calls of the portal: who we are, the envelope, and what its errors mean.

The portal says no with HTTP 200 and an ``Error`` element; a SOAP Fault (HTTP 500) means that the web service or the
operation broke, possibly half-way. Everything else is judged by the one table of :mod:`adapters.http_table`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import requests

from adapters.around import USUAL, Around
from adapters.base import Misconfigured, NotApplied, Refused, Trouble, Unknown
from adapters.http import Garbled, Http, Reply
from adapters.http_table import Table
from adapters.otrs_settings import OtrsSettings
from adapters.soap import Element, Fault, NotSoap, Service, body, record

SYSTEM = "otrs"
#: Validation errors: the portal checks everything before it changes anything.
_REFUSALS = frozenset({"InvalidParameter", "MissingParameter", "EmptyRequest", "WrongStructure"})
_UNSEEN = frozenset({"AccessDenied", "NotValidTicketID", "NotTicketData"})
_NOBODY = frozenset({"AuthFail", "SessionInvalid", "SessionIDInvalid"})
#: Faults of the envelope, told before any operation ran.
_NOT_DISPATCHED = re.compile(
    r"SOAPAction|name-?space|no such (operation|service)|Got no OperationType|operation\b.*\b(not found|unknown|not match)",
    re.IGNORECASE,
)
_NOT_PARSED = re.compile(r"deserializ|no body|document type", re.IGNORECASE)
_NAMED_FIELD = re.compile(r"\bTicket->(\w+)")
_TOLD_AS = {"CustomerUser": "CustomerUserID"}


class AuthFail(Misconfigured):
    """The portal does not know us: wrong password, or a session that ended. Nothing was done."""


class Denied(Refused):
    """The ticket is not there, or not for us: the portal does not tell which."""


class Faulted(NotApplied):
    """A read was answered by a Fault."""


class Portal:
    """One web service, as one agent. Used by several threads."""

    def __init__(self, settings: OtrsSettings, around: Around = USUAL) -> None:
        wsdl = settings.wsdl.read_bytes() if settings.wsdl else files("adapters").joinpath("otrs.wsdl").read_bytes()
        self._service = Service(wsdl, settings.namespace, settings.soap_action_style)
        self._http = _SoapHttp(SYSTEM, settings.url, own_error=lambda _: None, options=settings.http, around=around)
        self._settings = settings
        self._lock = threading.Lock()
        self._session_id = ""
        self._user_id = settings.user_id

    def ask(self, operation: str, **values: Any) -> Element:
        """The answer to a read. Raises :class:`Denied` where a ticket of several is not for us."""
        return self._call(operation, values, write=False)

    def tell(self, operation: str, **values: Any) -> Element:
        """The answer to a write."""
        return self._call(operation, values, write=True)

    def me(self) -> str:
        """Our numeric user id: the only thing in answers that says who wrote an article.

        :raises Misconfigured: it is neither set nor told.
        """
        if not self._user_id:
            self._user_id = self._ask_who()
        return self._user_id

    def close(self) -> None:
        self._http.close()

    # -- who we are -------------------------------------------------------------------------------------------

    def _ask_who(self) -> str:
        remedy = "offer SessionCreate and SessionGet in the web service, or set user_id"
        try:
            answer = self._once("SessionGet", {"SessionID": self._log_in()}, write=False)
        except (Refused, Faulted) as error:
            raise Misconfigured(f"{SYSTEM}: our user id cannot be learned; {remedy} ({error})") from error
        pairs = (record(element)[0] for element in record(answer)[1].get("SessionData", ()))
        # Published WSDLs say Name, servers say Key.
        data = {pair.get("Key") or pair.get("Name", ""): pair.get("Value", "") for pair in pairs}
        if not data.get("UserID"):
            raise Misconfigured(f"{SYSTEM}: SessionGet tells no UserID; {remedy}")
        return data["UserID"]

    def _log_in(self) -> str:
        answer = self._once("SessionCreate", self._password(), write=False)
        session = record(answer)[0].get("SessionID", "")
        if not session:
            raise Misconfigured(f"{SYSTEM}: SessionCreate gives no session")
        return session

    def _password(self) -> dict[str, str]:
        return {"UserLogin": self._settings.user, "Password": self._settings.password.get_secret_value()}

    def _credentials(self) -> dict[str, str]:
        if not self._settings.use_session:
            return self._password()
        with self._lock:
            self._session_id = self._session_id or self._log_in()
            return {"SessionID": self._session_id}

    def _forget(self, session_id: str) -> None:
        with self._lock:
            if self._session_id == session_id:  # else another thread has renewed it
                self._session_id = ""

    # -- one call ---------------------------------------------------------------------------------------------

    def _call(self, operation: str, values: Mapping[str, Any], *, write: bool) -> Element:
        credentials = self._credentials()
        try:
            return self._once(operation, {**credentials, **values}, write=write)
        except AuthFail:
            if "SessionID" not in credentials:
                raise
            self._forget(credentials["SessionID"])
        return self._once(operation, {**self._credentials(), **values}, write=write)

    def _once(self, operation: str, values: Mapping[str, Any], *, write: bool) -> Element:
        try:
            envelope = self._service.request(operation, values)
        except ValueError as error:
            raise Refused(f"{SYSTEM}: {error}") from error
        headers = {**self._service.headers(operation), "Accept": "text/xml"}
        send = self._http.write if write else self._http.read
        return send(
            "POST", "", lambda reply: _answer(reply, operation, write=write), what=operation, data=envelope, headers=headers
        )


class _SoapHttp(Http):
    """SOAP 1.1 has its Faults come with status 500, so a 500 is looked into before the table judges it."""

    def __init__(self, system: str, base_url: str, **rest: Any) -> None:
        super().__init__(system, base_url, **rest)
        self._table = _SoapTable(system, self._table.own_error, self._table.clock)


class _SoapTable(Table):
    def of_reply(self, reply: Reply, what: str, *, write: bool) -> Trouble | None:
        if reply.status == requests.codes.server_error:
            try:
                body(reply.body)
            except Fault as fault:
                return of_fault(fault, what, write=write)
            except NotSoap:
                pass
        return super().of_reply(reply, what, write=write)


def _answer(reply: Reply, operation: str, *, write: bool) -> Element:
    try:
        answer = body(reply.body)
    except NotSoap as problem:
        raise Garbled(str(problem)) from problem
    except Fault as fault:
        raise of_fault(fault, operation, write=write) from fault
    for error in record(answer)[1].get("Error", ()):
        said = record(error)[0]
        raise of_error(said.get("ErrorCode", ""), said.get("ErrorMessage", ""), operation, write=write)
    return answer


# --- what errors mean ----------------------------------------------------------------------------------------


def of_fault(fault: Fault, operation: str, *, write: bool) -> Trouble:
    """A Fault says that something broke; only where it names the envelope is it certain that nothing ran."""
    said = f"{SYSTEM}: {operation}: {fault}"
    if _NOT_PARSED.search(fault.reason):
        return Refused(f"{said}; the portal could not read the request")
    if _NOT_DISPATCHED.search(fault.reason):
        return Misconfigured(f"{said}; check soap_action_style, namespace and the operations of the web service")
    if write:
        return Unknown(f"{said}; it may have taken effect")
    return Faulted(f"{said}; if no call works, check soap_action_style and namespace", outage=False)


def of_error(code: str, text: str, operation: str, *, write: bool) -> Trouble:
    """What an Error element means."""
    said = f"{SYSTEM}: {operation}: {code}: {text}"
    kind = code.rpartition(".")[2]
    if kind in _NOBODY:
        return AuthFail(said)
    if kind in _UNSEEN:
        return Denied(said)
    if kind in _REFUSALS:
        return Refused(said, complained_of(text))
    if kind == "InvalidConfiguration":
        return Misconfigured(said)
    return Unknown(f"{said}; it may have taken effect") if write else NotApplied(said, outage=False)


def complained_of(text: str) -> tuple[str, ...]:
    """The native fields that a message names: "Ticket->StateID or Ticket->State parameter is invalid!" is ``State``."""
    names = _NAMED_FIELD.findall(text)
    shown = [name.removesuffix("ID") if name.removesuffix("ID") in names else name for name in names]
    return tuple(dict.fromkeys(_TOLD_AS.get(name, name) for name in shown))
