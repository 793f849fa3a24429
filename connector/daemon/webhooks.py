"""The settings of webhooks, as the inbox takes them, and what is wrong with them."""

from __future__ import annotations

import http.client
import socket

from adapters.base import Problem
from connector.daemon.hints import Place
from connector.daemon.hooks import Hook, hook
from connector.daemon.inbox import SERVER
from connector.settings import Settings, WebhookSettings
from connector.words import Side

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # nosec B104 - where to ask a daemon that listens everywhere


def hooks(settings: Settings) -> dict[Place, Hook]:
    """Every side that has one."""
    return {
        Place(name, side): _hook(webhook)
        for name, connection in settings.connections.items()
        for side, webhook in ((Side.CUSTOMER, connection.customer.webhook), (Side.VENDOR, connection.vendor.webhook))
        if webhook
    }


def check(settings: Settings) -> list[Problem]:
    """What keeps webhooks from being taken. A daemon of ours that listens there already is fine."""
    address, places = settings.daemon.inbox_address, hooks(settings)
    if address is None:
        remedy = "set daemon.inbox to ADDRESS:PORT, or remove webhook:; the polls work without"
        return [Problem(f"{place.connection}.{place.side} webhook", "nobody takes its posts", remedy) for place in places]
    if not places:
        remedy = "set webhook: at the side that posts, or remove daemon.inbox"
        return [Problem("daemon.inbox", "no side has a webhook: every post would be refused", remedy)]
    if trouble := _taken(address):
        return [Problem("daemon.inbox", f"{settings.daemon.inbox} cannot be had: {trouble}", "change daemon.inbox")]
    return []


def _hook(webhook: WebhookSettings) -> Hook:
    return hook(webhook.kind, webhook.secret.get_secret_value(), webhook.header, webhook.path)


def _taken(address: tuple[str, int]) -> str:
    """Why the address cannot be had; "" where it can, or where an inbox of ours answers."""
    try:
        socket.create_server(address, family=socket.AF_INET6 if ":" in address[0] else socket.AF_INET).close()
    except OSError as error:
        return "" if _ours(address) else error.strerror or str(error)
    return ""


def _ours(address: tuple[str, int]) -> bool:
    asked = http.client.HTTPConnection(_EVERYWHERE.get(address[0], address[0]), address[1], timeout=2)
    try:
        asked.request("GET", "/")
        return asked.getresponse().getheader("Server") == SERVER
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()
