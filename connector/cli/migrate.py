"""``connector migrate``: bring the database to this program's schema."""

from __future__ import annotations

from connector.cli import show
from connector.daemon.office import migrate as migrate_store


def migrate(config: show.ConfigOption = None, json: show.JsonOption = False) -> None:
    """Bring the database to the schema of this version, in one transaction. Make a backup first."""
    configuration = show.settings(config, json=json)
    steps: list[str] = []

    def say(line: str) -> None:
        steps.append(line)
        if not json:
            show.out.print(line, markup=False, highlight=False)

    with show.reported(json=json):
        migrate_store(configuration, say)
    if json:
        show.emit({"ok": True, "steps": steps})
    elif not steps:
        show.out.print("the database is up to date")
