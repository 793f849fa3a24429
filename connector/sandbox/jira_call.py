"""One request to a simulated Jira, taken apart, and the answers that it gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connector.sandbox.core import Request, Response
from connector.sandbox.jira_data import User
from connector.sandbox.jira_site import Refusal

JSON = {"Content-Type": "application/json;charset=UTF-8"}


@dataclass(frozen=True)
class Call:
    """:param api: ``2`` or ``3``; ``desk`` for the service desk's own API.

    :param parts: what the route's pattern caught of the path.
    """

    request: Request
    api: str
    base: str  # scheme, host and prefix as the caller addressed them: links in answers begin so
    who: User | None
    as_of: float | None
    parts: tuple[str, ...] = ()

    @property
    def by(self) -> User:
        """:raises Refusal: 401 for nobody."""
        if self.who is None:
            raise Refusal(401, "You are not authenticated. Authentication required to perform this operation.")
        return self.who

    @property
    def documents(self) -> bool:
        """Whether texts travel as documents."""
        return self.api == "3"

    def link(self, path: str) -> str:
        return f"{self.base}/rest/{'servicedeskapi' if self.api == 'desk' else f'api/{self.api}'}/{path}"

    def body(self) -> dict[str, Any]:
        """:raises Refusal: 400 for anything but a JSON object, 415 for another type."""
        if not self.request.headers.get("content-type", "").startswith("application/json"):
            raise Refusal(415, "Unsupported Media Type")
        try:
            read = json.loads(self.request.body or b"{}")
        except ValueError as broken:
            raise Refusal(400, "There was an error parsing JSON. Check that your request body is valid.") from broken
        if not isinstance(read, dict):
            raise Refusal(400, "Invalid request payload. Refer to the REST API documentation and try again.")
        return read

    def value(self) -> Any:
        """:raises Refusal: 400 where the body is no JSON."""
        try:
            return json.loads(self.request.body)
        except ValueError as broken:
            raise Refusal(400, "The property value must be a valid, non-empty JSON value.") from broken

    def names(self, name: str) -> list[str]:
        """A list that came repeated, joined by commas, or both."""
        return [part.strip() for text in self.request.query.get(name, []) for part in text.split(",") if part.strip()]

    def number(self, name: str, default: int, most: int = 2**31) -> int:
        """:raises Refusal: 400 for no number."""
        text = self.request.arg(name, str(default))
        if not text.isdecimal():
            raise Refusal(400, f"The value '{text}' of {name} is not a whole number.")
        return min(int(text), most)


Handler = Callable[[Call], Response]
Route = tuple[str, str, Handler]
"""Method, pattern of the path below the API's root, and what answers."""


def reply(status: int, body: object = None, headers: dict[str, str] | None = None) -> Response:
    data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(status, {**(JSON if data else {}), **(headers or {})}, data)


def failure(refused: Refusal) -> Response:
    return reply(refused.status, {"errorMessages": list(refused.messages), "errors": refused.errors}, refused.headers)
