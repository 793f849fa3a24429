"""How Alembic runs the migrations: on the connection, and in the transaction, that ``connector.store`` hands over."""

from __future__ import annotations

from typing import Any

from alembic import context

from connector.store.tables import metadata


def report(*_: Any, **said: Any) -> None:
    """Alembic calls this by keyword after each migration."""
    progress = context.config.attributes.get("progress")
    if progress is not None:
        step = said["step"]
        progress(f"schema {step.up_revision_id}: {step.up_revision.doc}")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    on_version_apply=report,
)
with context.begin_transaction():
    context.run_migrations()
