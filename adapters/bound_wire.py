"""The calls of a bound portal: one request out of a call and its names, and what its answer means.

An answer is judged by the binding's own ``errors`` first, by the one table of :mod:`adapters.http_table` otherwise: what no
pattern knows is never guessed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

from adapters.around import USUAL, Around
from adapters.base import Gone, Misconfigured, NotApplied, Refused, Stale, Trouble, Unknown
from adapters.bound_load import Binding
from adapters.bound_model import BindingFile, Call, Download, ErrorPattern, Header
from adapters.bound_names import Names, Quoted
from adapters.bound_settings import BoundSettings
from adapters.bound_values import Filling, Written, found, text_at, told
from adapters.http import Garbled, Http, Reply
from adapters.http_auth import Basic, Bearer
from adapters.http_table import FINE, Table, retry_after

_KNOWN_BEST = (HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS)


@dataclass(frozen=True)
class Got:
    """One answer: its content as tables, lists and scalars, its headers, and the portal's clock when it answered (0: not told)."""

    document: Any
    headers: Mapping[str, str]
    at: float


class Wire:
    """One portal. Used by several threads."""

    def __init__(self, binding: Binding, settings: BoundSettings, around: Around = USUAL) -> None:
        self._binding, self._file = binding, binding.file
        self.system = binding.file.binding
        basic = self._file.auth == "basic"
        auth = Basic(settings.user, settings.password) if basic else None
        if self._file.auth == "bearer":
            auth = Bearer(settings.token)
        self.strict = not self._file.services  # REST shows what is empty, SOAP leaves it out
        self._key = {self._file.auth.header: settings.token.get_secret_value()} if isinstance(self._file.auth, Header) else {}
        self._http = _Http(
            self.system,
            settings.url,
            own_error=lambda _: None,
            auth=auth,
            options=settings.http,
            around=around,
        )
        self._http.judge(self._file, around.clock)
        parts = urlsplit(settings.url)
        given = {
            "url": settings.url.rstrip("/"),
            "origin": f"{parts.scheme}://{parts.netloc}",
            "user": settings.user,
            "password": settings.password.get_secret_value(),
            "token": settings.token.get_secret_value(),
            **self._file.settings,
            **settings.values,
        }
        self.names = Names(given, {"me": self.me})
        self._lock = threading.Lock()
        self._me = "" if self._file.me else settings.user

    def me(self) -> str:
        """Our account, as the portal's lists name it.

        :raises Misconfigured: it does not tell.
        """
        with self._lock:
            if not self._me and self._file.me:
                said = self.call("who we are", self._file.me, self.names, write=False)
                self._me = text_at(self._file.me.take, said.document)
                if not self._me:
                    raise Misconfigured(f"{self.system}: nothing stands at me.take ({self._file.me.take}); check the binding")
            return self._me

    def call(
        self,
        what: str,
        call: Call,
        names: Names,
        *,
        write: bool,
        fields: Sequence[Written] = (),
        content: Callable[[str], str | bytes] | None = None,
        parse: Callable[[Got], None] | None = None,
        link: str = "",
    ) -> Got:
        """Make one call; a read is tried again as :class:`Http` does, a write is not.

        :param link: to go on at, instead of the call's own path and query.
        :param parse: raises :class:`Garbled` where the answer lacks what it must have.
        """
        filling = Filling(names, tuple(fields), content)

        def taken(reply: Reply) -> Got:
            got = Got(self._document(reply, call, what, write=write), reply.headers, _date(reply))
            if parse:
                parse(got)
            return got

        method, path, request = self._request(call, filling)
        if link:
            path = self._own(link, what)
            request.pop("params", None)
        send = self._http.write if write else self._http.read
        return send(method, path, taken, what=what, **request)

    def download(self, what: str, call: Download, names: Names, size: int, sha256: str) -> BinaryIO:
        """A file that is an answer."""
        _, path, request = self._request(call, Filling(names))
        return self._http.download(path, what=what, size=size, sha256=sha256, **request)

    def close(self) -> None:
        self._http.close()

    def _own(self, link: str, what: str) -> str:
        """:raises NotApplied: it leads to another server, which must not get to know who we are."""
        whole = urljoin(self._http.base_url + "/", link)
        if not whole.startswith(f"{self.names['origin']}/"):
            raise NotApplied(f"{self.system}: {what}: the next page is said to be on another server", outage=False)
        return whole

    # --- the request ---

    def _request(self, call: Call, filling: Filling) -> tuple[str, str, dict[str, Any]]:
        named = {name: filling.text(value) for name, value in {**self._file.headers, **call.headers}.items()}
        headers = {name: value for name, value in named.items() if value} | self._key
        if call.method in ("ask", "tell"):
            return self._soap_request(call, filling, headers)
        path = self._file.prefix + Filling(Quoted(filling.names)).text(call.target)  # type: ignore[arg-type]  # always Names here
        request: dict[str, Any] = {"headers": headers}
        if call.query:
            request["params"] = filling.table(call.query)
        if call.json_ is not None:
            request["json"] = filling.value(call.json_)
        elif call.form is not None:
            request["data"] = filling.table(call.form)
        elif call.multipart is not None:
            request["files"] = [part for name, value in call.multipart.items() for part in self._part(name, value, filling)]
        elif call.body is not None:
            body = filling.value(call.body)
            request["data"] = body.encode() if isinstance(body, str) else body
        return call.method.upper(), path, request

    @staticmethod
    def _part(name: str, value: Any, filling: Filling) -> list[tuple[str, Any]]:
        made = filling.value(value)
        if isinstance(made, bytes):
            return [(name, (str(filling.names["file_name"]), made, str(filling.names["content_type"])))]
        return [(name, (None, told(one))) for one in (made if isinstance(made, list) else [made])]

    def _soap_request(self, call: Call, filling: Filling, headers: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
        name, _, operation = call.target.partition(".")
        service = self._binding.service(name)
        try:
            envelope = service.request(operation, filling.table(call.with_))
        except ValueError as error:
            raise Refused(f"{self.system}: {error}") from error
        own = {**headers, **service.headers(operation), "Accept": "text/xml"}
        return "POST", self._file.prefix + self._file.services[name].at, {"data": envelope, "headers": own}

    # --- the answer ---

    def _document(self, reply: Reply, call: Call, what: str, *, write: bool) -> Any:
        document, fault = _content(reply, soap=call.method in ("ask", "tell"))
        if told_no := _judged(self._file, reply, document, fault, f"{self.system}: {what}", write=write):
            raise told_no
        return document


class _Http(Http):
    """With the binding's patterns before the table."""

    def judge(self, file: BindingFile, clock: Callable[[], float]) -> None:
        self._table = _Table(self._system, lambda _: None, clock, file=file)


@dataclass(frozen=True, kw_only=True)
class _Table(Table):
    file: BindingFile

    def of_reply(self, reply: Reply, what: str, *, write: bool) -> Trouble | None:
        if reply.status not in FINE and reply.status not in _KNOWN_BEST and not reply.is_page:
            try:
                document, fault = _content(reply, soap=bool(self.file.services))
            except Garbled:
                document, fault = reply.own_json(), ""
            said = f"{self.system}: {what}: HTTP {reply.status}"
            after = retry_after(reply, self.clock())
            if told_no := _judged(self.file, reply, document, fault, said, write=write, after=after):
                return told_no
        return super().of_reply(reply, what, write=write)


def _content(reply: Reply, *, soap: bool) -> tuple[Any, str]:
    """What an answer holds, and its SOAP Fault where it is one.

    :raises Garbled: it is not what was asked for.
    """
    if not soap:
        if reply.is_page:
            raise Garbled("a web page instead of an answer")
        return (reply.json() if reply.body.strip() else {}), ""
    from adapters.soap import Fault, NotSoap, body, document  # noqa: PLC0415 - zeep takes long to import

    try:
        return document(body(reply.body)), ""
    except NotSoap as problem:
        raise Garbled(str(problem)) from problem
    except Fault as fault:
        return None, str(fault)


def _date(reply: Reply) -> float:
    try:
        return parsedate_to_datetime(reply.headers.get("Date", "")).timestamp()
    except ValueError:
        return 0.0


# --- what errors mean --------------------------------------------------------------------------------------------


def _judged(
    file: BindingFile, reply: Reply, document: Any, fault: str, said: str, *, write: bool, after: float | None = None
) -> Trouble | None:
    """The trouble that an answer means by the first pattern that fits; a Fault that none knows says only that something broke."""
    for pattern in file.errors:
        if fits(pattern, reply.status, document, fault):
            words = f"{said}: {fault or text_at(pattern.at, document)[:300]}".removesuffix(": ")
            return _trouble(pattern, words, document, file, write=write, after=after)
    return _doubt(f"{said}: {fault}", write=write) if fault else None


def fits(pattern: ErrorPattern, status: int, document: Any, fault: str = "") -> bool:
    if pattern.status and status not in pattern.status:
        return False
    if pattern.fault and not (fault and re.search(pattern.fault, fault)):
        return False
    if not pattern.at:
        return True
    value = found(pattern.at, document)
    return value not in (None, "", [], {}) and bool(re.search(pattern.says, told(value)))


def _trouble(pattern: ErrorPattern, said: str, document: Any, file: BindingFile, *, write: bool, after: float | None) -> Trouble:
    match pattern.means:
        case "refused":
            return Refused(said, _complained_of(pattern, document, file))
        case "gone":
            return Gone(said)
        case "stale":
            return Stale(said)
        case "misconfigured":
            return Misconfigured(said)
        case "not_applied":
            return NotApplied(said, after, outage=False)
        case "busy":
            return NotApplied(said, after, busy=True)
        case "unknown":
            return _doubt(said, write=write)


def _doubt(said: str, *, write: bool) -> Trouble:
    return Unknown(f"{said}; it may have taken effect") if write else NotApplied(said, outage=False)


def _complained_of(pattern: ErrorPattern, document: Any, file: BindingFile) -> tuple[str, ...]:
    """The native field that a message names, by the group ``field`` of the pattern."""
    match = re.search(pattern.says, text_at(pattern.at, document)) if pattern.says else None
    name = match.groupdict().get("field") if match else None
    return tuple(native for native, words in file.fields.items() if name and name in (native, words.write, words.read))
