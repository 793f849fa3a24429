"""Who may call a simulated Jira, and how often: tokens, rotating refresh tokens, limits of several kinds."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs

from connector.sandbox.core import Request, Response
from connector.sandbox.jira_call import reply
from connector.sandbox.jira_data import User
from connector.sandbox.jira_site import Refusal, Site

_LIFETIME = 3600  # seconds
_REASON = {"x-authentication-denied-reason": "CAPTCHA_CHALLENGE; login-url=/login.jsp"}


@dataclass(frozen=True)
class Secrets:
    """What the connector's account logs in with.

    :param token: its API token, or its password on Data Center.
    :param scoped: an API token with scopes, which is taken below ``/ex/jira/{cloud_id}`` alone.
    """

    token: str = "connector-secret"  # noqa: S105 - of a simulated account
    scoped: str = "connector-scoped-secret"
    pat: str = "connector-pat"
    client_id: str = "connector"
    client_secret: str = "connector-client-secret"  # noqa: S105 - the same
    refresh_token: str = "connector-refresh-0"  # noqa: S105 - the same
    cloud_id: str = "11111111-2222-3333-4444-555555555555"


class Access:
    """One account of the connector; everybody else in this Jira works in a browser."""

    def __init__(self, site: Site, user: User, secrets: Secrets) -> None:
        self._site, self._user, self._secrets = site, user, secrets
        self._tokens: dict[str, float] = {}  # access token -> its end
        self._refresh = secrets.refresh_token  # the only one that still counts
        self._issue_writes: dict[str, deque[float]] = {}
        self._bursts: dict[tuple[str, str], deque[float]] = {}
        self._bucket = (math.inf, 0.0)  # requests left at a time

    # -- who

    def login(self, request: Request, *, prefixed: bool) -> User | None:
        """Who calls; None is nobody.

        :raises Refusal: 401, or 403 where a person must show that it is one.
        """
        scheme, _, credential = request.headers.get("authorization", "").partition(" ")
        if not scheme:
            return None
        known = self._basic(credential, prefixed) if scheme.lower() == "basic" else self._bearer(credential, prefixed)
        if known:
            return self._user
        if self._site.anonymous:
            return None
        words = "Client must be authenticated to access this resource."
        headers = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED", "WWW-Authenticate": 'Basic realm="protected-area"'}
        raise Refusal(401, words, headers=headers)

    def _basic(self, credential: str, prefixed: bool) -> bool:
        name, _, secret = _decoded(credential).partition(":")
        if not self._site.cloud and self._site.denied:
            raise Refusal(403, "Basic Authentication Failure - Reason : AUTHENTICATION_DENIED", headers=_REASON)
        taken = {self._secrets.scoped} if prefixed else {self._secrets.token}
        return name in (self._user.login, self._user.email) and secret in taken

    def _bearer(self, token: str, prefixed: bool) -> bool:
        if not self._site.cloud:
            return token == self._secrets.pat
        return prefixed and self._tokens.get(token, 0.0) > self._site.world.now()

    # -- tokens

    def expire_tokens(self) -> None:
        """End every access token given out; the refresh token stays."""
        self._tokens.clear()

    def token(self, request: Request) -> Response:
        """The token's address: takes JSON or a form; a refresh token serves once, and its answer brings the next."""
        given = _given(request)
        if (given.get("client_id"), given.get("client_secret")) != (self._secrets.client_id, self._secrets.client_secret):
            return _oauth_error(401, "access_denied", "Unauthorized")
        if given.get("grant_type") == "client_credentials":
            return self._granted({})
        if given.get("grant_type") != "refresh_token":
            return _oauth_error(400, "unsupported_grant_type", "Unsupported grant type")
        if given.get("refresh_token") != self._refresh:
            return _oauth_error(403, "invalid_grant", "Unknown or invalid refresh token.")
        self._refresh = self._secret()
        return self._granted({"refresh_token": self._refresh})

    def _granted(self, more: dict[str, str]) -> Response:
        token = self._secret()
        self._tokens[token] = self._site.world.now() + _LIFETIME
        scope = "offline_access read:jira-work write:jira-work"
        answer = {"access_token": token, "expires_in": _LIFETIME, "scope": scope, "token_type": "Bearer"}
        return reply(200, {**answer, **more})

    def _secret(self) -> str:
        return f"{self._site.world.rng.getrandbits(256):064x}"

    # -- how often

    def count(self, request: Request, issue: str) -> dict[str, str]:
        """Count one request (and, where ``issue`` is named, one write to it); returns headers that tell of limits.

        :raises Refusal: 429.
        """
        headers = self._count_bucket() if self._site.bucket and not self._site.cloud else {}
        if self._site.cloud:
            self._count_burst(request)
            if issue:
                self._count_issue(issue)
        return headers

    def _count_issue(self, issue: str) -> None:
        now, writes = self._site.world.now(), self._issue_writes.setdefault(issue, deque())
        for limit, window in self._site.issue_writes:
            within = [at for at in writes if at > now - window]
            if len(within) >= limit:
                raise _limited(limit, within[-limit] + window - now, now, "jira-per-issue-on-write")
        writes.append(now)
        while writes and writes[0] < now - max((window for _, window in self._site.issue_writes), default=0.0):
            writes.popleft()

    def _count_burst(self, request: Request) -> None:
        if self._site.burst is None:
            return
        now, calls = self._site.world.now(), self._bursts.setdefault((request.method, request.path), deque())
        while calls and calls[0] <= now - 1:
            calls.popleft()
        if len(calls) >= self._site.burst:
            raise _limited(self._site.burst, calls[0] + 1 - now, now, "jira-burst-based")
        calls.append(now)

    def _count_bucket(self) -> dict[str, str]:
        size, fill, interval = self._site.bucket or (0, 0, 1.0)
        left, since = self._bucket
        rounds = int((self._site.world.now() - since) / interval)
        left = min(float(size), left + rounds * fill)
        headers = {"X-RateLimit-Limit": str(size), "X-RateLimit-FillRate": str(fill)}
        headers |= {"X-RateLimit-Interval-Seconds": f"{interval:g}"}
        self._bucket = (max(left - 1, 0), since + rounds * interval)
        if left < 1:
            wait = str(max(1, math.ceil(self._bucket[1] + interval - self._site.world.now())))
            raise Refusal(429, "Rate limit exceeded.", headers={**headers, "X-RateLimit-Remaining": "0", "Retry-After": wait})
        return {**headers, "X-RateLimit-Remaining": str(int(left - 1)), "Retry-After": "0"}


def _limited(limit: int, wait: float, now: float, reason: str) -> Refusal:
    seconds = max(1, math.ceil(wait))
    reset = datetime.fromtimestamp(now + seconds, UTC).strftime("%Y-%m-%dT%H:%MZ")
    headers = {"Retry-After": str(seconds), "X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": "0"}
    headers |= {"X-RateLimit-Reset": reset, "X-RateLimit-NearLimit": "true", "RateLimit-Reason": reason}
    return Refusal(429, "Rate limit exceeded.", headers=headers)


def _given(request: Request) -> dict[str, str]:
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            read = json.loads(request.body)
            return {str(k): str(v) for k, v in read.items()} if isinstance(read, dict) else {}
        return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    except ValueError:
        return {}


def _decoded(credential: str) -> str:
    try:
        return base64.b64decode(credential, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _oauth_error(status: int, error: str, description: str) -> Response:
    return reply(status, {"error": error, "error_description": description})
