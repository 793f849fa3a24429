"""How a request proves who we are: Basic, bearer, and OAuth 2 tokens that renew themselves."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from pydantic import SecretStr

from adapters.base import Misconfigured

TokenCall = Callable[[str, Mapping[str, str]], Mapping[str, object]]
"""Posts a form to a token address and gives the decoded answer; the HTTP client lends it."""

_MARGIN = 60.0  # seconds before its end at which a token is renewed


class Auth(Protocol):
    """Gives the ``Authorization`` header. Used by several threads at once."""

    def header(self, call: TokenCall) -> str: ...

    def renew(self, used: str, call: TokenCall) -> bool:
        """A request with the header ``used`` met a 401: True where it is worth another try with a new one."""
        ...


class Basic:
    def __init__(self, user: str, password: SecretStr) -> None:
        pair = f"{user}:{password.get_secret_value()}".encode()
        self._header = "Basic " + base64.b64encode(pair).decode()

    def header(self, call: TokenCall) -> str:  # noqa: ARG002 - asks nobody
        return self._header

    def renew(self, used: str, call: TokenCall) -> bool:  # noqa: ARG002 - the same again would be refused again
        return False


class Bearer(Basic):
    """A token that a person made, such as a personal access token."""

    def __init__(self, token: SecretStr) -> None:
        self._header = "Bearer " + token.get_secret_value()


class OAuth:
    """Access tokens by the grants ``client_credentials``, ``password`` and ``refresh_token``.

    Tokens are fetched by one thread at a time, shortly before the old one ends. A server may rotate refresh
    tokens, and then the old one is dead: ``save_token`` gets the new one before it is used.

    :param form: the constant part of the request: client_id, client_secret, scope, username, password.
    :param refresh_token: the token to start from, for the grant ``refresh_token``.
    :param save_token: stores a new refresh token for good; raises if it cannot.
    :param newest_token: the one that was stored last: another process with the same account may have been quicker.
    :param clock: seconds since the epoch.
    """

    def __init__(
        self,
        url: str,
        grant: str,
        form: Mapping[str, SecretStr | str],
        *,
        clock: Callable[[], float],
        refresh_token: SecretStr | None = None,
        save_token: Callable[[str], None] | None = None,
        newest_token: Callable[[], SecretStr] | None = None,
    ) -> None:
        self._url = url
        self._grant = grant
        self._form = form
        self._clock = clock
        self._refresh = refresh_token
        self._save = save_token
        self._newest = newest_token
        self._lock = threading.Lock()
        self._header = ""
        self._renew_at = 0.0

    def header(self, call: TokenCall) -> str:
        with self._lock:
            if not self._header or self._clock() >= self._renew_at:
                self._fetch(call)
            return self._header

    def renew(self, used: str, call: TokenCall) -> bool:
        with self._lock:
            if self._header == used:
                self._fetch(call)
            return self._header != used

    def _fetch(self, call: TokenCall) -> None:
        answer = call(self._url, self._request())
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            message = f"{self._url}: the answer holds no access token"
            raise Misconfigured(message)
        self._keep(answer.get("refresh_token"))
        seconds = _lifetime(answer.get("expires_in"))
        # ServiceNow gives the same token again within its lifetime, so a margin alone would ask at every call.
        self._renew_at = self._clock() + max(seconds - _MARGIN, seconds / 2)
        self._header = f"Bearer {token}"

    def _request(self) -> dict[str, str]:
        if self._newest:
            self._refresh = self._newest()
        plain = {k: v.get_secret_value() if isinstance(v, SecretStr) else v for k, v in self._form.items()}
        plain["grant_type"] = self._grant
        if self._grant == "refresh_token" and self._refresh is not None:
            plain["refresh_token"] = self._refresh.get_secret_value()
        return plain

    def _keep(self, refresh: object) -> None:
        if self._grant != "refresh_token" or not isinstance(refresh, str) or not refresh:
            return
        if self._refresh is None or refresh != self._refresh.get_secret_value():
            if self._save:
                self._save(refresh)
            self._refresh = SecretStr(refresh)


def _lifetime(told: object) -> float:
    """Seconds; half an hour where a server does not tell, which a 401 corrects."""
    try:
        return float(str(told))
    except ValueError:
        return 1800.0
