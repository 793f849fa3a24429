"""Who may call the simulated ServiceNow: Basic, OAuth 2 tokens, and requests an hour."""

from __future__ import annotations

import base64
import binascii
import json
from urllib.parse import parse_qs

from connector.sandbox.core import Request, Response, World
from connector.sandbox.servicenow_rules import Refusal

_LIFETIME = 1799  # seconds
_JSON = {"Content-Type": "application/json;charset=UTF-8"}


class Access:
    """One account, one registered OAuth client."""

    def __init__(self, world: World, user: str, password: str, client: tuple[str, str]) -> None:
        self._world = world
        self._user = user
        self._password = password
        self._client = client
        self._token = ""  # the access token in force
        self._token_ends = 0.0
        self._refresh: set[str] = set()
        self._hour = (0, 0)  # hour since the epoch, requests in it

    def login(self, request: Request) -> str:
        """The caller's login.

        :raises Refusal: 401.
        """
        scheme, _, credential = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._token and credential == self._token and self._world.now() < self._token_ends:
            return self._user
        if scheme.lower() == "basic" and _decoded(credential) == f"{self._user}:{self._password}":
            return self._user
        raise Refusal(401, "User Not Authenticated", "Required to provide Auth information")

    def expire_tokens(self) -> None:
        self._token = ""

    def token(self, request: Request) -> Response:
        """``/oauth_token.do``: takes a form, gives a token. Within its lifetime the same token is given again."""
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return _oauth_error(400, "invalid_request", "unspecified error")
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if not self._knows_client(request, form):
            return _oauth_error(401, "invalid_client", "access_denied")
        match form.get("grant_type"):
            case "password" if form.get("username") == self._user and form.get("password") == self._password:
                return self._grant(with_refresh=True)
            case "client_credentials":
                return self._grant(with_refresh=False)
            case "refresh_token" if form.get("refresh_token") in self._refresh:
                return self._grant(with_refresh=False, refresh=form["refresh_token"])
        return _oauth_error(401, "server_error", "access_denied")

    def _knows_client(self, request: Request, form: dict[str, str]) -> bool:
        scheme, _, credential = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic" and "client_secret" not in form:
            return _decoded(credential) == ":".join(self._client)
        return (form.get("client_id"), form.get("client_secret")) == self._client

    def _grant(self, *, with_refresh: bool, refresh: str = "") -> Response:
        now = self._world.now()
        if not self._token or now >= self._token_ends:
            self._token, self._token_ends = self._secret(), now + _LIFETIME
        if with_refresh:
            refresh = self._secret()
            self._refresh.add(refresh)
        answer: dict[str, object] = {"access_token": self._token, "scope": "useraccount", "token_type": "Bearer"}
        answer["expires_in"] = int(self._token_ends - now)
        if refresh:
            answer["refresh_token"] = refresh
        return Response(200, _JSON, json.dumps(answer).encode())

    def _secret(self) -> str:
        return f"{self._world.rng.getrandbits(384):096x}"

    def count(self, limit: int | None) -> dict[str, str]:
        """Count one request of the hour; returns the headers that tell about the rule.

        :raises Limited: over the limit.
        """
        if limit is None:
            return {}
        now = int(self._world.now())
        hour = now // 3600
        self._hour = (hour, self._hour[1] + 1 if self._hour[0] == hour else 1)
        reset = (hour + 1) * 3600
        headers = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Reset": str(reset), "X-RateLimit-Rule": f"{limit:032x}"}
        if self._hour[1] > limit:
            raise Limited(limit, {**headers, "Retry-After": str(reset - now)})
        return headers


class Limited(Refusal):
    """429, with the headers that say until when."""

    def __init__(self, limit: int, headers: dict[str, str]) -> None:
        super().__init__(429, "Rate limit exceeded", f"Rate limit of {limit} requests per hour for Table API exceeded")
        self.headers = headers


def _decoded(credential: str) -> str:
    try:
        return base64.b64decode(credential, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _oauth_error(status: int, error: str, description: str) -> Response:
    return Response(status, _JSON, json.dumps({"error": error, "error_description": description}).encode())
