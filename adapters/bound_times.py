"""Times as a portal writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

WORDS = ("iso", "seconds", "milliseconds")
_SCALE = {"seconds": 1, "milliseconds": 1000}


@dataclass(frozen=True)
class Times:
    """One form of times.

    :param form: ``iso``, ``seconds`` or ``milliseconds`` since the epoch, or a form of ``strptime``.
    :param zone: of times that do not name their own.
    """

    form: str
    zone: str = "UTC"

    def epoch(self, text: str) -> float:
        """Seconds since the epoch; 0 where there is no time. Of an hour that comes twice, the first is meant."""
        try:
            if self.form in _SCALE:
                return float(text) / _SCALE[self.form]
            found = datetime.fromisoformat(text) if self.form == "iso" else datetime.strptime(text, self.form)  # noqa: DTZ007 - the zone follows
        except ValueError:
            return 0.0
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(self.zone))).timestamp()

    def text(self, at: float) -> str:
        """A time as the portal reads it, in whole seconds or coarser, never later than ``at``."""
        if self.form in _SCALE:
            return str(int(at) * _SCALE[self.form])
        moment = datetime.fromtimestamp(int(at), ZoneInfo(self.zone))
        return moment.isoformat().replace("+00:00", "Z") if self.form == "iso" else moment.strftime(self.form)

    def iso(self, text: str) -> str:
        """For people: ISO 8601 UTC, "" where there is no time."""
        at = self.epoch(text)
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
