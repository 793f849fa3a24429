"""What can be proved of a portal before the first pass, and how to mend what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from adapters.base import Misconfigured, Problem, Refused, Trouble, Uses
from adapters.otrs_poll import Search
from adapters.otrs_portal import AuthFail, Portal
from adapters.otrs_read import DYNAMIC, PENDING, Reader, Ticket, tickets
from adapters.otrs_settings import OtrsSettings
from adapters.otrs_write import is_writable

#: Fields of a ticket that a portal may leave out (a feature that is off), and that are no mistake of a mapping.
_OPTIONAL = frozenset({PENDING, "Type", "Service", "SLA", "CustomerID", "Closed"})
_CLOCK_OFF = 120.0  # seconds; a wrong time_zone is off by much more


@dataclass
class Inspection:
    """One check. ``seen`` is a ticket that the account can see, where there is one yet."""

    settings: OtrsSettings
    portal: Portal
    reader: Reader
    search: Search
    clock: Callable[[], float]
    seen: Ticket | None = field(default=None, init=False)

    def problems(self, uses: Uses) -> list[Problem]:
        """Everything that is wrong, together; where the portal cannot be used at all, that alone.

        :raises NotApplied: it is out of reach just now, which is no problem to mend.
        """
        found = [self._read_only(name) for name in sorted(uses.write) if not is_writable(name)]
        try:
            self.portal.me()
            self.seen = self._any_ticket()
        except (Misconfigured, Refused) as error:
            return [*found, _cannot_call(error)]
        if self.seen:
            found += [*self._unknown_fields(self.seen, {*uses.read, *uses.write}), *self._clock_off(self.seen)]
        return found

    def _any_ticket(self) -> Ticket | None:
        for conditions in ({"Queues": self.settings.queues}, {}):
            refs = self.search(Limit=1, **conditions)
            if refs:
                return next(iter(tickets(self.portal.ask("TicketGet", TicketID=refs[:1], DynamicFields=1))), None)
        return None

    @staticmethod
    def _read_only(name: str) -> Problem:
        return Problem(
            f"mapping, field {name}", f"{name} cannot be written over this interface", "map it in the other direction only"
        )

    def _unknown_fields(self, ticket: Ticket, names: Iterable[str]) -> Iterator[Problem]:
        shown = {*ticket.leaves, *_OPTIONAL, *(DYNAMIC + name for name in ticket.dynamic)}
        if DYNAMIC + self.settings.marker_field not in shown:
            yield _missing_dynamic("settings, marker_field", self.settings.marker_field)
        for name in sorted(set(names) - shown):
            if name.startswith(DYNAMIC):
                yield _missing_dynamic(f"mapping, field {name}", name.removeprefix(DYNAMIC))
            else:
                yield Problem(f"mapping, field {name}", f"tickets have no field {name}", "use a name that TicketGet shows")

    def _clock_off(self, ticket: Ticket) -> Iterator[Problem]:
        now = self.reader.server_now(ticket)
        off = (now or 0.0) - self.clock()
        if now and abs(off) > _CLOCK_OFF:
            remedy = "set time_zone to the server's OTRSTimeZone, and both clocks by NTP"
            yield Problem(
                "settings, time_zone", f"the portal's clock is {off:+.0f} s from ours, read as {self.settings.time_zone}", remedy
            )


def _missing_dynamic(place: str, name: str) -> Problem:
    return Problem(
        place, f"there is no dynamic field {name} on tickets", f"create it: Admin, Dynamic Fields, object Ticket, name {name}"
    )


def _cannot_call(error: Trouble) -> Problem:
    if isinstance(error, AuthFail):
        return Problem("settings, user and password", str(error), "give the agent's login and password; the agent must be valid")
    return Problem("settings, url", str(error), "check url, namespace, soap_action_style and the operations of the web service")
