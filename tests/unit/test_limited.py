"""What stands before an adapter must pass everything on: what it does not, would be the contract's default."""

from __future__ import annotations

from adapters.base import Adapter
from connector.sync.limited import Limited


def test_every_method_of_the_contract_is_passed_on() -> None:
    public = {name for name, value in vars(Adapter).items() if callable(value) and not name.startswith("_")}
    assert public - vars(Limited).keys() == set()
