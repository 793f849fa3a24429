"""Strategies for native values, texts and items: everything that people and systems may put there, most of it ugly."""

from __future__ import annotations

import hashlib
from functools import cache

from hypothesis import strategies as st

from adapters.base import Attachment, Comment
from connector.mapping.mapping import TicketMapping
from connector.sync.marker import item_key
from connector.words import Phase, Side
from tests.laws.world import COMMENT_LIMIT, KEY, NUMBERS, REFS, SHIPPED, places

BOND = "b0123456789abcde"
NASTY = (
    "", " ", "ok", "ok ", "ok\r\n", "ok\n\n", "\tok", "two\r\nlines  \r\n", "two\nlines", "old\rmac", "cr\r\r\nlf",
    "e\N{COMBINING ACUTE ACCENT}", "\N{LATIN SMALL LETTER E WITH ACUTE}", "\N{ANGSTROM SIGN}", "\ufb01", "\u1e9b\u0323",
    "nul\x00bel\x07esc\x1b[31m", "\ufffe\uffff", "\u2028line\u2029", "\u202eright to left", "zero\u200bwidth\ufeff", "\u3000",
    "\N{NO-BREAK SPACE}ok\N{NO-BREAK SPACE}", "שלום 🙂 👩\u200d👩\u200d👧", "<b>&amp;</b> & <script>", "[code]<b>x</b>[/code]",
    "{{ number }} {% if x %}", "'; drop table bond; --", "[vendor] please look", "[Vendor]", "#connector called",
    f"> quoted\n\n[ref:{KEY.mark('somebody', 'else')}]", "x" * 159, "x" * 160, "x" * 161, "y " * 140, "z" * 300,
    "w" * (COMMENT_LIMIT - 20), "long\n" * (COMMENT_LIMIT // 4),
)  # fmt: skip

texts = st.sampled_from(NASTY) | st.text(max_size=40)
"""Texts of a field or a comment."""


def field_values(mapping: TicketMapping, side: Side, name: str) -> st.SearchStrategy[str]:
    """A value that the field may hold: every one that the mapping names, and some that it does not; else any text."""
    return _field_values(mapping.name, side, name)


def natives(mapping: TicketMapping, side: Side, unit: str) -> st.SearchStrategy[dict[str, str]]:
    """A value of one unit as a view has it."""
    return _natives(mapping.name, side, unit)


def all_fields(mapping: TicketMapping, side: Side) -> st.SearchStrategy[dict[str, str]]:
    """A ticket's fields: whatever the mapping reads, and one that it does not know."""
    return _all_fields(mapping.name, side)


def statuses(mapping: TicketMapping, side: Side) -> st.SearchStrategy[dict[str, str]]:
    """A status, each phase as often as any other."""
    return _statuses(mapping.name, side)


def value_fields(mapping: TicketMapping, side: Side) -> list[str]:
    """The native fields of all units, less those that belong to the ticket itself."""
    return sorted({name for unit in mapping.units for name in mapping.unit(unit).reads(side) if not name.startswith("$")})


@cache  # making a strategy costs more than drawing from it
def _field_values(mapping: str, side: Side, name: str) -> st.SearchStrategy[str]:
    own = {"$number": NUMBERS[side], "$ref": REFS[side], "$url": "http://somewhere.test"}
    if name == "$phase":
        return st.sampled_from(["", *Phase])
    if name in own:
        return st.just(own[name])
    named = SHIPPED[mapping].uses(side).choices.get(name)
    return st.sampled_from([*sorted(named), "", "odd"]) if named else texts


@cache
def _natives(mapping: str, side: Side, unit: str) -> st.SearchStrategy[dict[str, str]]:
    names = SHIPPED[mapping].unit(unit).reads(side)
    return st.fixed_dictionaries({name: _field_values(mapping, side, name) for name in names})


@cache
def _statuses(mapping: str, side: Side) -> st.SearchStrategy[dict[str, str]]:
    rows = [row.when.allowed for row in SHIPPED[mapping].status.sides[side].reads]
    return st.sampled_from([{}, *({name: min(values) for name, values in row.items()} for row in rows)])


@cache
def _all_fields(mapping: str, side: Side) -> st.SearchStrategy[dict[str, str]]:
    names = value_fields(SHIPPED[mapping], side)
    return st.fixed_dictionaries({**{n: _field_values(mapping, side, n) for n in names}, "unheard_of": st.just("x")})


@cache
def comments(mapping: str, side: Side) -> st.SearchStrategy[Comment]:
    """A comment by anybody, in any place, with or without a marker of ours: only the author makes it ours."""
    other = item_key(side.other, REFS[side.other], "comment", "1")
    return st.builds(
        Comment,
        id=st.just(""),  # numbered where it is put
        place=st.sampled_from([*places(SHIPPED[mapping], side), "", "elsewhere"]),
        author=st.sampled_from(["lena.l1", "vera.vendor", "connector", "שלום\n"]),
        by_us=st.booleans(),
        created=st.just("2026-05-28T20:26:40Z"),
        text=texts,
        format=st.sampled_from(["plain", "html", "servicenow"]),
        marker=st.sampled_from(["", KEY.item(BOND, other), KEY.mark("somebody", "else")]),
    )


@cache
def files(mapping: str, side: Side) -> st.SearchStrategy[Attachment]:
    """A file by anybody: allowed, refused by its kind, too large, of unknown size."""
    digest = hashlib.sha256(b"same").hexdigest()
    return st.builds(
        Attachment,
        id=st.just(""),
        name=st.sampled_from(["log.txt", "log.txt", "setup.EXE", "no extension", ".", "ünï\u202ecode.pdf", "a" * 300]),
        content_type=st.sampled_from(["text/plain", "", "application/x-msdownload; x=y"]),
        size=st.sampled_from([0, 4, -1, 4_999_999, 6_000_000, 50_000_000]),
        author=st.just("lena.l1"),
        by_us=st.booleans(),
        created=st.just("2026-05-28T20:26:40Z"),
        place=st.sampled_from(["", *places(SHIPPED[mapping], side), "elsewhere"]),
        sha256=st.sampled_from(["", digest]),
        marker=st.sampled_from(["", KEY.mark("somebody", "else")]),
    )
