"""What the vendor starts (rows of kind supply): whether the customer is told of it by a ticket, and by whose letters. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

from connector.rasci.judge import judge
from connector.rasci.parts import capital
from connector.rasci.routing import case_of
from connector.rasci.settings import OFF
from connector.rasci.table import Letter, OperatingModel
from connector.words import Act, Change, Facts, News, Party, Ruling, Side, Verdict

HOUR = 3600.0
RELEASE = "new_versions"
"""News of which one ticket tells for good: there is one for each release."""


@dataclass(frozen=True)
class Notice:
    """:ivar quiet: the model does not want to be told: nobody waits for anything.
    :ivar work: it asks the customer for work (S); else it is for information (I).
    """

    ruling: Ruling
    quiet: bool = False
    work: bool = False

    @property
    def told(self) -> bool:
        return self.ruling.allowed and not self.quiet


def notice(model: OperatingModel, facts: Facts, news: News) -> Notice:
    """The ruling on a ticket for this news."""
    row = case_of(model, news.task)
    ruling = judge(model, Change(Act.SUPPLY, Side.CUSTOMER, Party.VENDOR, topic=news.task))
    if not ruling.allowed:
        return Notice(ruling)
    if not row.when.holds(facts):
        unknown = ", ".join(row.when.unanswered(facts))
        why = f"nobody has said {unknown} (facts of the installation)" if unknown else "that is not so here"
        reason = f"{capital(row.called)}, applies where {row.when}: {why}."
        return Notice(replace(ruling, verdict=Verdict.HOLD, reason=reason))
    name = f"information_tickets.{news.what}"
    if model.setting(name) == OFF:
        reason = f"The customer is not told of {news.what} by tickets: setting {name} ({model.settings[name].source})."
        return Notice(replace(ruling, verdict=Verdict.HOLD, reason=reason), quiet=True)
    held = model.letters(model.staff(Side.CUSTOMER), row)
    return Notice(ruling, work=Letter.S in held)


def window(model: OperatingModel, news: News) -> float:
    """For how many seconds one ticket tells of all that comes about the same."""
    return inf if news.what == RELEASE else float(model.setting("information_tickets.window")) * HOUR
