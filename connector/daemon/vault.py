"""Where a refresh token is kept that its system replaces at each use: the old one is dead, the new one only ours."""

from __future__ import annotations

import hashlib

from pydantic import SecretStr

from connector.store.store import Store


class Vault:
    """The newest refresh token of one side. It lies in the database, whose readers are as trusted as the connector.

    :param name: of the connection and side.
    """

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._fact = f"refresh_token.{name}"

    def newest(self, given: SecretStr) -> SecretStr:
        """The last one that descends from the one in the settings; a token newly given there wins over all before."""
        origin, _, token = (self._store.fact(self._fact) or "").partition(":")
        return SecretStr(token) if token and origin == _print(given) else given

    def keep(self, given: SecretStr, token: str) -> None:
        self._store.set_fact(self._fact, f"{_print(given)}:{token}")


def _print(token: SecretStr) -> str:
    return hashlib.sha256(token.get_secret_value().encode()).hexdigest()
