"""002: Anywhere365 Dialogue Cloud. Its table has no on-premises rows, though its prose has on-premises items."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from connector.rasci.table import OperatingModel, Setting
from tests.scenes.asking import Question, Scene, finds, goes
from tests.scenes.both_editions import ROWS
from tests.scenes.cast import ON_PREMISES, TEAM
from tests.scenes.clauses import BOTH_EDITIONS, WITHOUT_A_ROW
from tests.scenes.prose import PREMIUM_PLUS, PROSE

NO_ROWS = "the table ends with 'Monitoring and maintenance of Anywhere365'"

BACKUP = "'up-to-date, self-documented configuration of your setup and/or technical backup of your functional configuration'"


def _within_a_month(question: Question) -> Question:
    """The question where the installation wants a backup each month; the document has no figure."""

    def asked(model: OperatingModel) -> str:
        return question(replace(model, settings={**model.settings, "backup.max_age": Setting(30)}))

    return asked


SCENES = [
    *ROWS,
    *PROSE,
    *BOTH_EDITIONS,
    *WITHOUT_A_ROW,
    *PREMIUM_PLUS,
    Scene(NO_ROWS, "a disk is full on premises: no row says whose it is", goes("infrastructure", **ON_PREMISES), "unclassified"),
    Scene(NO_ROWS, "an upgrade on premises: no row says whose it is", goes("upgrades", **ON_PREMISES), "unclassified"),
    Scene(BACKUP, "the last one is of last year", _within_a_month(finds("backed up", TEAM, backup=date(2025, 6, 1))), "found"),
    Scene(BACKUP, "the last one is of last week", _within_a_month(finds("backed up", TEAM, backup=date(2026, 2, 25))), "nothing"),
    Scene(BACKUP, "nobody knows of one", _within_a_month(finds("backed up", ())), "found"),
    Scene(BACKUP, "nobody said how old it may be", finds("backed up", TEAM), "nothing"),
]
