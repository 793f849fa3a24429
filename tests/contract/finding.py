"""How tickets are found by what people call them, and by when they changed last; a part of :mod:`tests.contract.suite`."""

from __future__ import annotations

import pytest

from adapters.base import Gone
from tests.contract.rig import Rig


class FindingContract:
    """Inherited by every adapter's tests."""

    def test_numbers_and_native_ids_are_resolved(self, rig: Rig) -> None:
        other = rig.people_open()
        rig.clock.advance(60)
        numbers = {ref: rig.system.ticket(ref).number for ref in (rig.ref, other)}
        names = [numbers[rig.ref], numbers[other].lower(), rig.ref, "NO*SUCH^NUMBER", "", "x" * 4000]
        assert rig.adapter.resolve(names) == {numbers[rig.ref]: rig.ref, numbers[other].lower(): other, rig.ref: rig.ref}
        assert rig.adapter.resolve([]) == {}
        assert rig.adapter.resolve(["*", "%", "number"]) == {}

    def test_a_number_that_nobody_has_leads_to_no_ticket(self, rig: Rig) -> None:
        number = rig.system.ticket(rig.ref).number
        absent = f"{number[:-2]}99"
        found = rig.adapter.resolve([absent, number])
        assert found.pop(number) == rig.ref
        for ref in found.values():
            with pytest.raises(Gone):
                rig.adapter.read([ref])

    def test_from_a_time_on_every_ticket_is_told_by_and_by(self, rig: Rig) -> None:
        refs, times = [rig.ref], []
        for n in range(9):
            rig.clock.advance(60)
            times.append(rig.clock())
            rig.clock.advance(60)
            refs.append(rig.people_open(f"Ticket {n}"))
        rig.clock.advance(60)
        assert rig.hints(rig.adapter.cursor_at(0))[0] == set(refs)
        assert rig.hints(rig.adapter.cursor_at(times[4]))[0] == set(refs[5:])
        assert rig.hints(rig.adapter.cursor_at(rig.clock()))[0] == set()

    def test_what_is_left_after_a_page_goes_down_to_nothing(self, rig: Rig) -> None:
        for n in range(7):
            rig.people_open(f"Ticket {n}")
            rig.clock.advance(30)
        page = rig.adapter.changed_since(rig.adapter.cursor_at(0))
        told = [page.left]
        while page.more:
            page = rig.adapter.changed_since(page.cursor)
            told.append(page.left)
        assert told == sorted(told, reverse=True)
        assert told[-1] in (-1, 0)
