"""What can be proved of a Request Tracker before the first pass, and how to mend what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from adapters.base import Gone, Misconfigured, Problem, Refused, Trouble, Uses
from adapters.request_tracker_api import Api, Listing, Row, quoted
from adapters.request_tracker_read import CUSTOM, DESCRIPTION, FIELDS, epoch, moment
from adapters.request_tracker_settings import RequestTrackerSettings
from adapters.request_tracker_write import is_writable

_CLOCK_OFF = 120.0  # seconds


@dataclass
class Inspection:
    """One check. ``names`` are the custom fields of tickets, by id."""

    settings: RequestTrackerSettings
    api: Api
    clock: Callable[[], float]
    names: dict[str, str] = field(default_factory=dict, init=False)

    def problems(self, uses: Uses) -> list[Problem]:
        """Everything that is wrong, together; where the system cannot be used at all, that alone.

        :raises NotApplied: it is out of reach just now, which is no problem to mend.
        """
        found = [_read_only(name) for name in sorted(uses.write) if not is_writable(name)]
        try:
            self.api.record("/rt")
            self.api.me()
        except (Misconfigured, Refused, Gone) as error:
            return [*found, _cannot_call(error)]
        for queue in self.settings.queues:
            found += self._queue(queue, uses)
        return [*found, *self._times()]

    def _queue(self, name: str, uses: Uses) -> Iterator[Problem]:
        try:
            queue = self.api.named("queue", name)
        except (Refused, Gone) as error:
            remedy = (
                "check the name, and grant the account SeeQueue, ShowTicket and the rights of docs/systems/request-tracker.md"
            )
            yield Problem(f"settings, queue {name}", str(error), remedy)
            return
        names = {str(one["name"]): str(one["id"]) for one in queue.get("TicketCustomFields") or ()}
        self.names |= {number: plain for plain, number in names.items()}
        wanted = {CUSTOM + self.settings.marker_field, *uses.read, *uses.write, *uses.creates}
        yield from self._unknown(name, wanted, names)
        yield from self._choices(uses, names)

    def _unknown(self, queue: str, wanted: Iterable[str], names: dict[str, str]) -> Iterator[Problem]:
        for one in sorted(wanted):
            plain = one.removeprefix(CUSTOM)
            if one.startswith(CUSTOM) and plain not in names:
                place = "settings, marker_field" if plain == self.settings.marker_field else f"mapping, field {one}"
                remedy = f"create it for tickets, apply it to queue {queue}, and grant SeeCustomField and ModifyCustomField on it"
                yield Problem(place, f"queue {queue} has no custom field {plain}, or not for this account", remedy)
            elif not one.startswith(CUSTOM) and one not in FIELDS and one != DESCRIPTION:
                yield Problem(
                    f"mapping, field {one}",
                    f"tickets have no field {one}",
                    "use a name that docs/systems/request-tracker.md lists",
                )

    def _choices(self, uses: Uses, names: dict[str, str]) -> Iterator[Problem]:
        """Values of custom fields to select from; statuses cannot be listed over this interface."""
        for one, values in sorted(uses.choices.items()):
            number = names.get(one.removeprefix(CUSTOM)) if one.startswith(CUSTOM) else None
            allowed = self._values(number) if number else set()
            for value in sorted(values - allowed - {""}) if allowed else ():
                yield Problem(
                    f"mapping, field {one}", f"{value} is none of its values", f"use one of {', '.join(sorted(allowed))}"
                )

    def _values(self, number: str) -> set[str]:
        try:
            found = self.api.record(f"/customfield/{number}").get("Values") or ()
        except (Refused, Gone):
            return set()
        return {str(one["name"] if isinstance(one, dict) else one) for one in found}

    def _times(self) -> Iterator[Problem]:
        """Proved on the ticket that has rested longest, which is unlikely to change meanwhile."""
        queues = " OR ".join(f"Queue = {quoted(queue)}" for queue in self.settings.queues)
        listing = self.api.tickets(queues, ["LastUpdated"], 1, oldest_change_first=True)
        off = listing.asked_at - self.clock()
        if listing.asked_at and abs(off) > _CLOCK_OFF:
            yield Problem("clock", f"Request Tracker's clock is {off:+.0f} s from ours", "set both clocks by NTP")
        for ticket in listing.items:
            if not self._found_by_its_time(ticket):
                remedy = "set time_zone to the account's time zone (Preferences, About me), or that one to UTC"
                message = f"times in a search are not read as {self.settings.time_zone}"
                yield Problem("settings, time_zone", message, remedy)

    def _found_by_its_time(self, ticket: Row) -> bool:
        at = quoted(moment(self.settings, epoch(str(ticket["LastUpdated"]))))
        query = f"id = {ticket['id']} AND LastUpdated >= {at} AND LastUpdated <= {at}"
        found: Listing = self.api.tickets(query, ["LastUpdated"], 1)
        return bool(found.items)


def _read_only(name: str) -> Problem:
    return Problem(
        f"mapping, field {name}", f"{name} cannot be written over this interface", "map it in the other direction only"
    )


def _cannot_call(error: Trouble) -> Problem:
    remedy = "check url and that REST 2 is reachable there; give a valid token, or user and password, of a privileged account"
    return Problem("settings, url and token", str(error), remedy)
