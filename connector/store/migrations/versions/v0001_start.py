"""Bonds, their work, what is announced and known, and the audit."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Double, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text

revision = "0001"
down_revision = None


def upgrade() -> None:
    _bonds()
    _queue()
    _announced_and_known()
    _small_tables()
    _audit()


def _bonds() -> None:
    op.create_table(
        "bond",
        Column("id", Text, nullable=False),
        Column("connection", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("priority", Integer, nullable=False),
        Column("title", Text, nullable=False),
        Column("customer_number", Text, nullable=False),
        Column("vendor_number", Text, nullable=False),
        Column("held", Text),
        Column("born", Double, nullable=False),
        Column("changed", Double, nullable=False),
        Column("doc", Text, nullable=False),
        Column("length", Integer, nullable=False),
        Column("head", Text, nullable=False),
        Column("sealed", Integer, nullable=False),
        PrimaryKeyConstraint("id", name="pk_bond"),
    )
    op.create_index("ix_bond_connection_state", "bond", ["connection", "state"])
    op.create_table(
        "bond_ref",
        Column("connection", Text, nullable=False),
        Column("side", Text, nullable=False),
        Column("ref", Text, nullable=False),
        Column("bond", Text, nullable=False),
        PrimaryKeyConstraint("connection", "side", "ref", name="pk_bond_ref"),
        ForeignKeyConstraint(["bond"], ["bond.id"], name="fk_bond_ref_bond"),
    )
    op.create_index("ix_bond_ref_bond", "bond_ref", ["bond"])


def _queue() -> None:
    op.create_table(
        "work",
        Column("bond", Text, nullable=False),
        Column("connection", Text, nullable=False),
        Column("due", Double, nullable=False),
        Column("asked", Double, nullable=False),
        Column("hints", Integer, nullable=False),
        Column("priority", Integer, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("lost", Integer, nullable=False),
        Column("owner", Text),
        Column("until", Double, nullable=False),
        Column("lease", Double, nullable=False),
        Column("fence", Integer, nullable=False),
        Column("trouble", Text),
        Column("parked", Text),
        Column("parked_at", Double),
        PrimaryKeyConstraint("bond", name="pk_work"),
        ForeignKeyConstraint(["bond"], ["bond.id"], name="fk_work_bond"),
    )
    op.create_index("ix_work_connection_due", "work", ["connection", "due"])


def _announced_and_known() -> None:
    op.create_table(
        "intent",
        Column("id", Text, nullable=False),
        Column("bond", Text, nullable=False),
        Column("at", Double, nullable=False),
        Column("doc", Text, nullable=False),
        PrimaryKeyConstraint("id", name="pk_intent"),
        ForeignKeyConstraint(["bond"], ["bond.id"], name="fk_intent_bond"),
    )
    op.create_index("ix_intent_bond", "intent", ["bond"])
    op.create_table(
        "identity",
        Column("bond", Text, nullable=False),
        Column("item", Text, nullable=False),
        Column("side", Text, nullable=False),
        Column("ref", Text, nullable=False),
        Column("spare", Text, nullable=False),
        Column("copy", Text, nullable=False),
        Column("at", Double, nullable=False),
        Column("doc", Text, nullable=False),
        PrimaryKeyConstraint("bond", "item", "side", "ref", "spare", name="pk_identity"),
        ForeignKeyConstraint(["bond"], ["bond.id"], name="fk_identity_bond"),
    )


def _small_tables() -> None:
    op.create_table(
        "cursor",
        Column("connection", Text, nullable=False),
        Column("side", Text, nullable=False),
        Column("value", Text, nullable=False),
        PrimaryKeyConstraint("connection", "side", name="pk_cursor"),
    )
    op.create_table(
        "leader",
        Column("name", Text, nullable=False),
        Column("owner", Text, nullable=False),
        Column("until", Double, nullable=False),
        PrimaryKeyConstraint("name", name="pk_leader"),
    )
    op.create_table(
        "fact",
        Column("name", Text, nullable=False),
        Column("value", Text, nullable=False),
        PrimaryKeyConstraint("name", name="pk_fact"),
    )


def _audit() -> None:
    op.create_table(
        "audit_record",
        Column("bond", Text, nullable=False),
        Column("n", Integer, autoincrement=False, nullable=False),
        Column("at", Double, nullable=False),
        Column("kind", Text, nullable=False),
        Column("content_hash", Text, nullable=False),
        Column("previous", Text, nullable=False),
        Column("hash", Text, nullable=False),
        PrimaryKeyConstraint("bond", "n", name="pk_audit_record"),
    )
    op.create_table(
        "audit_content",
        Column("bond", Text, nullable=False),
        Column("n", Integer, autoincrement=False, nullable=False),
        Column("salt", Text, nullable=False),
        Column("body", Text, nullable=False),
        PrimaryKeyConstraint("bond", "n", name="pk_audit_content"),
    )
    op.create_table(
        "audit_checkpoint",
        Column("n", Integer, autoincrement=False, nullable=False),
        Column("at", Double, nullable=False),
        Column("bonds", Integer, nullable=False),
        Column("records", Integer, nullable=False),
        Column("heads", Text, nullable=False),
        Column("previous", Text, nullable=False),
        Column("hash", Text, nullable=False),
        PrimaryKeyConstraint("n", name="pk_audit_checkpoint"),
    )
