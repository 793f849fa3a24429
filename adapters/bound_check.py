"""What can be proved of a bound portal before the first pass, and how to mend what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.base import Gone, Misconfigured, Problem, Refused, Uses
from adapters.bound_load import Binding
from adapters.bound_read import Reader
from adapters.bound_values import field_at
from adapters.bound_wire import Wire

_NOBODYS = "k0-0000000000000000"
"""A marker that no ticket has."""
_AHEAD = 120.0  # seconds; a wrong time_zone is off by much more


@dataclass(frozen=True)
class Inspection:
    """One check.

    :param one_ticket: the row of some ticket, as a read shows it.
    :param find: :meth:`Adapter.find`.
    """

    binding: Binding
    wire: Wire
    reader: Reader
    one_ticket: Callable[[], Any]
    find: Callable[[str], list[str]]
    clock: Callable[[], float]

    def problems(self, uses: Uses) -> list[Problem]:
        """Everything that is wrong, together; where the portal cannot be used at all, that alone.

        :raises NotApplied: it is out of reach just now, which is no problem to mend.
        """
        found = [*self._unknown(uses), *self._read_only(uses)]
        try:
            self.wire.me()
            row = self.one_ticket()
            self.find(_NOBODYS)
        except (Misconfigured, Refused, Gone) as error:
            place = f"settings, or the binding {self.wire.system}"
            return [*found, Problem(place, str(error), "check url, the account and its rights, and the binding's paths")]
        return found if row is None else [*found, *self._not_shown(row, uses), *self._clock_off(row)]

    def _unknown(self, uses: Uses) -> Iterator[Problem]:
        known = self.binding.file.fields
        for name in sorted((uses.read | uses.write | uses.creates) - known.keys()):
            remedy = f"use one of {', '.join(known)}, or add it to fields: of the binding"
            yield Problem(f"mapping, field {name}", f"the binding {self.wire.system} knows no field {name}", remedy)

    def _read_only(self, uses: Uses) -> Iterator[Problem]:
        known = self.binding.file.fields
        for name in sorted((uses.write | uses.creates) & known.keys()):
            if not known[name].write:
                remedy = "map it in the other direction only, or give it write: NAME in the binding"
                yield Problem(f"mapping, field {name}", f"the binding does not write {name}", remedy)
        if uses.creates and self.binding.file.create is None:
            yield Problem("mapping", f"the binding {self.wire.system} opens no tickets", "add create: to the binding")

    def _not_shown(self, row: Any, uses: Uses) -> Iterator[Problem]:
        place = self.binding.file.ticket.marker.in_
        if field_at(place, row) is None and self.wire.strict:
            remedy = "create the field in the portal, let our account see it, or mend ticket.marker"
            yield Problem("binding, ticket.marker", f"tickets show no {place}, the place of our marker", remedy)
        shown = self.reader.fields(row)
        for name in sorted(uses.read & self.binding.file.fields.keys() - shown.keys()):
            path = self.binding.file.fields[name].read
            remedy = "let our account see it, or mend its path in fields: of the binding"
            yield Problem(f"mapping, field {name}", f"tickets show no {name} (path {path})", remedy)

    def _clock_off(self, row: Any) -> Iterator[Problem]:
        ahead = self.reader.changed(row)[1] - self.clock()
        if ahead > _AHEAD:
            remedy = "set time_zone of the binding to the portal's, and both clocks by NTP"
            yield Problem("binding, times", f"a ticket was changed {ahead:.0f} s from now, as times are read", remedy)
