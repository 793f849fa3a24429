"""From settings to working parts: the store, the adapters, one reconciler a connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from adapters import registry
from adapters.base import Adapter
from connector.daemon.errors import Unusable
from connector.daemon.vault import Vault
from connector.rasci.table import OperatingModel
from connector.settings import Configuration, Configured, SideSettings, StoreSettings
from connector.store.errors import StoreError
from connector.store.store import Store
from connector.sync.connection import Connection, Rule, Timing
from connector.sync.reconcile import Reconciler
from connector.words import Side

M = TypeVar("M", bound=BaseModel)

_DAY = 86400.0
_BOUNDED = ("read_timeout_s", "total_timeout_s")
"""How adapters call the time-outs of one call. An upload or download of a file may take longer."""


def address(settings: StoreSettings) -> str:
    """The whole address of the database, password included."""
    return settings.address.render_as_string(hide_password=False)


@contextmanager
def usable() -> Iterator[None]:
    """What the store refuses comes out as :class:`Unusable`."""
    try:
        yield
    except StoreError as error:
        raise Unusable(str(error)) from error
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise Unusable(f"the store cannot be opened: {cause}; check store.url, the network and the rights") from error


def open_store(settings: StoreSettings) -> Store:
    """:raises Unusable: where it cannot be used as it is."""
    with usable():
        return Store.open(address(settings))


def reconcilers(configuration: Configuration, store: Store) -> dict[str, Reconciler]:
    """One for each connection, by name."""
    made = {}
    for one in configuration.connections:
        connection = connect(one, store)
        for adapter in connection.adapters.values():
            adapter.hasten()
        made[one.name] = Reconciler(connection, store, store.clock, one.settings.timing.in_flight)
    return made


def connect(configured: Configured, store: Store) -> Connection:
    """The connection with its two adapters; nothing is asked of any system yet."""
    timing = _timing(configured)
    sides = {Side.CUSTOMER: configured.settings.customer, Side.VENDOR: configured.settings.vendor}
    adapters = {
        side: _adapter(settings, Vault(store, f"{configured.name}.{side}"), timing.call_timeout)
        for side, settings in sides.items()
    }
    mapping = configured.mapping.bind(adapters[Side.CUSTOMER].normal, adapters[Side.VENDOR].normal)
    rule = Rule(configured.settings.guard.bonds, configured.settings.guard.share)
    return Connection(configured.name, adapters, mapping, configured.model, timing, rule, configured.installation)


def _timing(configured: Configured) -> Timing:
    given = configured.settings.timing
    return Timing(
        max_age=given.max_age_s,
        call_timeout=given.call_timeout_s,
        lease=given.lease_s,
        sweep=given.sweep_s,
        reopen_window=_reopen_window(configured.model),
        note_pause=given.note_pause_s,
        retry=given.retry_s,
        max_attempts=given.max_attempts,
    )


def _reopen_window(model: OperatingModel) -> float:
    return float(model.settings["reopen.window"].value) * _DAY


def _adapter(side: SideSettings, vault: Vault, call_timeout: float) -> Adapter:
    settings = bounded(side.adapter, call_timeout)
    given = getattr(settings, "refresh_token", None)
    if given is None:
        return registry.make(side.system, settings)
    around = registry.Around(save_token=partial(vault.keep, given), newest_token=partial(vault.newest, given))
    return registry.make(side.system, settings, around)


def bounded(settings: M, longest: float) -> M:
    """The settings with no time-out of a call above ``longest``, at any depth: the lease is reckoned from it."""
    changed: dict[str, object] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            changed[name] = bounded(value, longest)
        elif name in _BOUNDED and value > longest:
            changed[name] = longest
    return settings.model_copy(update=changed)
