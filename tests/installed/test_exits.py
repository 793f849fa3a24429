"""What ends before the vendor by what a person found out: documents 003 and 004, in the running engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed.house import HANDED_OVER, House

PARTNER = """
roster:
  - {name: Eda Ek, email: eda@partner.example, phone: "+31 20 3", login: lena.l1, party: partner, role: certified-l2, certified_until: 2099-01-01}
"""


@pytest.mark.parametrize(
    "mapping", ["", "\ntopics:\n  - {by: category, when: {field: category, is: software}, topic: l3-support}\n"]
)
def test_a_user_error_ends_at_level_1_though_it_is_elevated(tmp_path: Path, mapping: str) -> None:
    """003, Level 1: 'If cause is due to user error: provide quick fix'; also where the mapping tells no topics apart."""
    house = House(tmp_path, model="anywhere365-partner-on-premises", here=PARTNER, mapping=mapping)
    ref = house.opens("No sound", category="software", state="2", hold_reason="")
    house.notes(ref, "#connector fact cause user_error")
    house.edits(ref, HANDED_OVER)
    house.wait()
    assert house.cases() == []
    assert any("ends at L1" in note for note in house.told(ref))
    house.notes(ref, "#connector fact cause application")
    house.wait()
    assert house.case(ref).fields["Title"] == "No sound"
