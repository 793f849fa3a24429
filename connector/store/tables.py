"""The tables. All times are seconds since the epoch by our clock; documents are JSON text."""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, MetaData, Table, Text

SCHEMA = "0001"
"""The migration that this code was written for."""

NEVER = 1e15
"""A time that does not come (``work.asked`` where nobody asked)."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

bond = Table(
    "bond",
    metadata,
    Column("id", Text, primary_key=True),
    Column("connection", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("customer_number", Text, nullable=False),
    Column("vendor_number", Text, nullable=False),
    Column("held", Text),  # why it waits for a person of the customer
    Column("born", Double, nullable=False),
    Column("changed", Double, nullable=False),
    Column("doc", Text, nullable=False),
    Column("length", Integer, nullable=False),  # number of audit records
    Column("head", Text, nullable=False),  # hash of the last one
    Column("sealed", Integer, nullable=False),  # how many of them the last checkpoint covers
    Index(None, "connection", "state"),
)

bond_ref = Table(
    "bond_ref",
    metadata,
    Column("connection", Text, primary_key=True),
    Column("side", Text, primary_key=True),
    Column("ref", Text, primary_key=True),  # so a ticket belongs to one bond
    Column("bond", Text, ForeignKey(bond.c.id), nullable=False, index=True),
)

work = Table(
    "work",
    metadata,
    Column("bond", Text, ForeignKey(bond.c.id), primary_key=True),
    Column("connection", Text, nullable=False),
    Column("due", Double, nullable=False),
    Column("asked", Double, nullable=False),  # earliest hint that no claim has answered
    Column("hints", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),  # failures in a row, and the claim that is held
    Column("lost", Integer, nullable=False),  # claims in a row whose lease ended first: killed, frozen, cut off
    Column("owner", Text),
    Column("until", Double, nullable=False),  # end of the lease, 0 where there is none
    Column("lease", Double, nullable=False),  # its length, by which every commit extends it
    Column("fence", Integer, nullable=False),
    Column("trouble", Text),  # why the last pass failed
    Column("parked", Text),  # why it waits for an operator
    Column("parked_at", Double),
    Index(None, "connection", "due"),
)

intent = Table(
    "intent",
    metadata,
    Column("id", Text, primary_key=True),
    Column("bond", Text, ForeignKey(bond.c.id), nullable=False, index=True),
    Column("at", Double, nullable=False),
    Column("doc", Text, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    Column("bond", Text, ForeignKey(bond.c.id), primary_key=True),
    Column("item", Text, primary_key=True),
    Column("side", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("spare", Text, primary_key=True),  # "" for the copy, its native id for each extra one
    Column("copy", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("doc", Text, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("connection", Text, primary_key=True),
    Column("side", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

leader = Table(
    "leader",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Double, nullable=False),
)

fact = Table(
    "fact",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# The audit's tables point at nothing, so that a removed bond leaves its records behind as witnesses.
record = Table(
    "audit_record",
    metadata,
    Column("bond", Text, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

content = Table(
    "audit_content",
    metadata,
    Column("bond", Text, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("salt", Text, nullable=False),
    Column("body", Text, nullable=False),
)

checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("bonds", Integer, nullable=False),
    Column("records", Integer, nullable=False),
    Column("heads", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
