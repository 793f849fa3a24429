"""One HTTP client for every adapter: time-outs always, bounds always, reads tried again, writes never.

What came back is judged by the one table in :mod:`adapters.http_table`. A client serves several threads.
"""

from __future__ import annotations

import hashlib
import json as jsonlib
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import requests
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from adapters.around import USUAL, Around
from adapters.base import Misconfigured, NotApplied
from adapters.http_auth import Auth
from adapters.http_table import FINE, Garbled, OwnError, Reply, Table, TooLarge

T = TypeVar("T")
Parse = Callable[[Reply], T]
"""Takes what is wanted out of a 2xx reply; raises :class:`Garbled` where it is not there."""

__all__ = ["Garbled", "Http", "HttpOptions", "OwnError", "Parse", "Reply"]

_NO_TOKEN = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_CHUNK = 64 * 1024
_IN_MEMORY = 1024 * 1024  # a download up to here needs no file


class HttpOptions(BaseModel):
    """How a system is reached. Times in seconds, sizes in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    connect_timeout_s: float = Field(5, gt=0)
    read_timeout_s: float = Field(20, gt=0, description="Longest silence within an answer.")
    total_timeout_s: float = Field(60, gt=0, description="Longest time for one whole answer.")
    download_timeout_s: float = Field(600, gt=0, description="Longest time for one whole file.")
    tries: int = Field(3, ge=1, description="Attempts at a read.")
    longest_wait_s: float = Field(15, ge=0, description="A read is not tried again if the server asks for a longer delay.")
    max_body: int = Field(32 * 1024 * 1024, gt=0)
    max_file: int = Field(1024 * 1024 * 1024, gt=0)
    pool: int = Field(10, ge=1, description="Connections kept open.")
    verify: bool = Field(default=True, description="Check the server's certificate; switch off in a laboratory only.")
    ca_file: str | None = Field(None, description="PEM file of the authorities to trust instead of the usual ones.")
    client_cert: str | None = Field(None, description="PEM file with certificate and key, for mutual TLS.")
    proxies: dict[str, SecretStr] = Field(default_factory=dict, description="Scheme to proxy address.")


class Http:
    """A client of one system.

    :param base_url: scheme, host and, where there is one, a path prefix.
    :param own_error: what a 4xx in the system's own error shape means.
    :param of_ticket: whether a 429 is about the one ticket that was written to.
    :param around: of its session the transports are kept, everything else is set here.
    :param jitter: a number between two bounds.
    """

    def __init__(
        self,
        system: str,
        base_url: str,
        *,
        own_error: OwnError,
        of_ticket: Callable[[Reply], bool] = lambda _reply: False,
        auth: Auth | None = None,
        options: HttpOptions | None = None,
        around: Around = USUAL,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.options = options or HttpOptions()
        self.base_url = base_url.rstrip("/")
        self._system = system
        self._auth = auth
        self._table = Table(system, own_error, around.clock, of_ticket)
        self._sleep = around.sleep
        self._jitter = jitter
        self._session = _prepared(around.session, self.options)

    def read(self, method: str, path: str, parse: Parse[T], *, what: str = "", **request: Any) -> T:
        """Ask for something; tried again while it is NotApplied, not busy, and the delay asked for is bearable.

        :param path: below the base URL, or a whole URL.
        :param what: names the question in messages, e.g. ``read incident``.
        :param request: ``params``, ``json``, ``data``, ``headers`` as in ``requests``.
        """
        what = what or f"{method} {path}"
        return self._again(lambda: self._call(method, path, parse, what, write=False, **request))

    def write(self, method: str, path: str, parse: Parse[T], *, what: str = "", **request: Any) -> T:
        """Ask for a change, once. After a 401 it is sent again with a new token: nothing had happened."""
        return self._call(method, path, parse, what or f"{method} {path}", write=True, **request)

    def download(self, path: str, *, what: str, size: int = -1, sha256: str = "", **request: Any) -> BinaryIO:
        """A file, whole and rewound; the caller closes it.

        :param size: bytes it must have, -1 where unknown.
        :param sha256: hex digest it must have, "" where unknown.
        :raises NotApplied: also where it came short or different.
        """
        return self._again(lambda: self._download(path, what, size, sha256, request))

    def close(self) -> None:
        self._session.close()

    # --- one call ---

    def _call(self, method: str, path: str, parse: Parse[T], what: str, *, write: bool, **request: Any) -> T:
        response = self._send(method, path, what, write=write, **request)
        reply = self._whole(response, what, write=write)
        if trouble := self._table.of_reply(reply, what, write=write):
            raise trouble
        try:
            return parse(reply)
        except Garbled as problem:
            raise self._table.of_garbled(reply, problem, what, write=write) from problem

    def _download(self, path: str, what: str, size: int, sha256: str, request: dict[str, Any]) -> BinaryIO:
        response = self._send("GET", path, what, write=False, **request)
        if response.status_code not in FINE:
            raise self._table.of_reply(self._whole(response, what, write=False), what, write=False) or NotApplied(what)
        out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
        try:
            got, digest = self._copy(response, out, what)
        except BaseException:
            out.close()
            raise
        if size not in (-1, got) or sha256 not in ("", digest):
            out.close()
            message = f"{self._system}: {what}: {got} bytes came that are not the file's {size}"
            raise NotApplied(message, outage=False)
        out.seek(0)
        return out  # type: ignore[return-value]  # a SpooledTemporaryFile of bytes has all that BinaryIO asks for

    def _copy(self, response: requests.Response, out: tempfile.SpooledTemporaryFile[bytes], what: str) -> tuple[int, str]:
        digest, got = hashlib.sha256(), 0
        for chunk in self._chunks(response, what, self.options.max_file, self.options.download_timeout_s, write=False):
            digest.update(chunk)
            got += out.write(chunk)
        return got, digest.hexdigest()

    def _whole(self, response: requests.Response, what: str, *, write: bool) -> Reply:
        chunks = self._chunks(response, what, self.options.max_body, self.options.total_timeout_s, write=write)
        return Reply(response.status_code, response.headers, b"".join(chunks))

    def _chunks(self, response: requests.Response, what: str, bound: int, seconds: float, *, write: bool) -> Iterator[bytes]:
        """The body in pieces; a drip that never ends and a body without bound are both broken off."""
        ends, got = time.monotonic() + seconds, 0
        try:
            with response:
                for chunk in response.iter_content(_CHUNK):
                    got += len(chunk)
                    if got > bound:
                        raise TooLarge(f"a body of more than {bound} bytes")  # noqa: TRY301
                    if time.monotonic() > ends:
                        raise requests.ReadTimeout
                    yield chunk
        except requests.RequestException as exc:
            raise self._table.of_exception(exc, what, write=write) from exc
        except TooLarge as problem:
            raise self._table.of_garbled(None, problem, what, write=write) from problem

    def _send(self, method: str, path: str, what: str, *, write: bool, **request: Any) -> requests.Response:
        """One exchange up to the headers, and a second one where a 401 is cured by a new token."""
        data = request.get("data")
        start = data.tell() if data is not None and hasattr(data, "seek") else None
        for last in (False, True):
            headers = {"Accept": "application/json", **_plain(request.get("headers"))}
            if self._auth:
                headers.setdefault("Authorization", self._auth.header(self._token))
            response = self._exchange(method, path, what, write=write, **{**request, "headers": headers})
            used = headers.get("Authorization", "")
            if (
                response.status_code != HTTPStatus.UNAUTHORIZED
                or last
                or not self._auth
                or not self._auth.renew(used, self._token)
            ):
                break
            response.close()
            if data is not None and start is not None:
                data.seek(start)
        return response

    def _exchange(self, method: str, path: str, what: str, *, write: bool, **request: Any) -> requests.Response:
        if "json" in request:  # our own bytes: requests would refuse what JSON can hold, and say so in a ValueError
            request["data"] = jsonlib.dumps(request.pop("json")).encode()
            request["headers"] = {"Content-Type": "application/json", **request["headers"]}
        self._check_certificates()
        url = path if path.startswith(("http://", "https://")) else self.base_url + path
        timeout = (self.options.connect_timeout_s, self.options.read_timeout_s)
        follow = _may_follow(method, write=write)
        try:
            return self._session.request(method, url, timeout=timeout, stream=True, allow_redirects=follow, **request)
        except requests.RequestException as exc:
            raise self._table.of_exception(exc, what, write=write) from exc

    def _check_certificates(self) -> None:
        """What requests says of a missing file is an OSError, which could as well come from the network."""
        for name in (self.options.ca_file, self.options.client_cert):
            if name and not Path(name).is_file():
                raise Misconfigured(f"{self._system}: there is no certificate file {name}")

    def _token(self, url: str, form: Mapping[str, str]) -> Mapping[str, object]:
        """Fetch a token. Never Unknown: the call behind which it stands has not been sent yet."""
        what = "ask for a token"
        response = self._exchange("POST", url, what, write=False, data=dict(form), headers={"Accept": "application/json"})
        reply = self._whole(response, what, write=False)
        answer = reply.own_json()
        if reply.status in _NO_TOKEN and isinstance(answer, dict) and "error" in answer:
            message = f"{self._system}: {what}: refused ({str(answer['error'])[:60]}); check client, secret and grant"
            raise Misconfigured(message)
        if trouble := self._table.of_reply(reply, what, write=False):
            raise trouble
        if not isinstance(answer, dict):
            raise self._table.of_garbled(reply, Garbled("no token in the answer"), what, write=False)
        return answer

    # --- again ---

    def _again(self, attempt: Callable[[], T]) -> T:
        retrying = Retrying(
            stop=stop_after_attempt(self.options.tries),
            retry=retry_if_exception(self._bearable),
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(attempt)

    def _bearable(self, exc: BaseException) -> bool:
        if not isinstance(exc, NotApplied) or isinstance(exc.__cause__, TooLarge):
            return False
        if exc.busy:  # nobody is to call for a while, in any thread: whoever sees to that must hear of it
            return False
        return exc.retry_after is None or exc.retry_after <= self.options.longest_wait_s

    def _wait(self, state: RetryCallState) -> float:
        failed = state.outcome.exception() if state.outcome else None
        asked = failed.retry_after if isinstance(failed, NotApplied) and failed.retry_after else 0.0
        return asked + self._jitter(0.1, min(0.5 * 2**state.attempt_number, 4.0))


def _prepared(session: requests.Session | None, options: HttpOptions) -> requests.Session:
    if session is None:
        session = requests.Session()
        transport = HTTPAdapter(pool_connections=options.pool, pool_maxsize=options.pool, max_retries=0)
        session.mount("https://", transport)
        session.mount("http://", transport)
    session.trust_env = False  # neither proxies, CA bundles nor .netrc from the surroundings
    session.verify = (options.ca_file or True) if options.verify else False
    session.cert = options.client_cert
    session.proxies = {scheme: address.get_secret_value() for scheme, address in options.proxies.items()}
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # a cookie would bind us to one node
    return session


def _may_follow(method: str, *, write: bool) -> bool:
    """A redirected POST would hand its body, or its effect, to anyone."""
    return method == "GET" and not write


def _plain(headers: Mapping[str, str] | None) -> dict[str, str]:
    return dict(headers or {})
