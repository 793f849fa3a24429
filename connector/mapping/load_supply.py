"""Reading what the vendor starts. A ticket that tells of it begins where nobody is mailed, and carries no text of the vendor to an end user."""

from __future__ import annotations

from collections.abc import Mapping

from connector.mapping.conditions import All
from connector.mapping.load_conditions import read_condition
from connector.mapping.load_intake import Read
from connector.mapping.load_texts import read_template
from connector.mapping.source import Item, Reader
from connector.mapping.status import StatusUnit
from connector.mapping.supply import NEWS, Supply, SupplyRow
from connector.mapping.templates import Template
from connector.mapping.units import as_is
from connector.words import ENDED, Audience, Phase, Side

Places = Mapping[Side, Mapping[str, Audience]]


def read_supply(reader: Reader, item: Item, status: StatusUnit, intake: Read, places: Places) -> Supply:
    parts = reader.table(item, ("rows", "ticket"))
    rows = tuple(_row(reader, row, places) for row in reader.items(parts["rows"])) if "rows" in parts else ()
    if not rows and "rows" in parts:
        reader.wrong(parts["rows"], "no row says what is news", "add a row, or remove the section")
    fields = reader.entries(parts["ticket"]) if "ticket" in parts else {}
    ticket = {name: read_template(reader, text, None) for name, text in fields.items()}
    _check_ticket(reader, fields, ticket, status, intake, places)
    return Supply(rows, ticket)


def _row(reader: Reader, item: Item, places: Places) -> SupplyRow:
    parts = reader.table(item, ("when", "task", "what"), ("per",))
    when = read_condition(reader, parts["when"]) if "when" in parts else All(())
    per = reader.texts(parts["per"]) if "per" in parts else ()
    reader.no_place(item, {*when.fields(), *per}, places[Side.VENDOR], "ask a field that the vendor's people fill in")
    task = reader.text(parts["task"], empty=False) if "task" in parts else ""
    return SupplyRow(when, task, reader.choice(parts["what"], NEWS) if "what" in parts else NEWS[0], per)


def _check_ticket(
    reader: Reader,
    fields: Mapping[str, Item],
    ticket: Mapping[str, Template],
    status: StatusUnit,
    intake: Read,
    places: Places,
) -> None:
    fixed = {status.name: status.reads(Side.CUSTOMER), "caller": frozenset({intake.caller})}
    for name, template in ticket.items():
        reader.no_place(fields[name], [name], places[Side.CUSTOMER], "the vendor's texts come as notes")
        for what, named in fixed.items():
            if name in named and template.variables:
                reader.wrong(fields[name], f"the {what} of a ticket is not the vendor's to say", "write a fixed value")
    native = {name: ticket[name].render({}) for name in status.reads(Side.CUSTOMER) if name in ticket}
    row = status.sides[Side.CUSTOMER].read(native, as_is) if native else None
    if native and (status.notifies(native, as_is) or (row is not None and row.phase in (Phase.SOLVED, *ENDED))):
        where = fields[next(iter(native))]
        reader.wrong(
            where, "the ticket would begin in a state that ends it, mails the caller or closes by itself", "begin it open"
        )
