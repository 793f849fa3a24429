"""Read many tickets of one side in few calls; a bad one stands alone (design D7)."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.base import Adapter, Gone, Misconfigured, NotApplied, Snapshot, Trouble

Read = Snapshot | Trouble
"""What a read of one ticket came to."""


def read_all(adapter: Adapter, refs: Sequence[str]) -> dict[str, Read]:
    """Read tickets, halving a batch that fails until the bad ticket stands alone.

    :raises NotApplied: the system as a whole is out of reach.
    :raises Misconfigured: it rejects our account.
    """
    out: dict[str, Read] = {}
    size = max(1, adapter.capabilities.batch)
    for start in range(0, len(refs), size):
        out |= _read(adapter, refs[start : start + size])
    return out


def _read(adapter: Adapter, refs: Sequence[str]) -> dict[str, Read]:
    try:
        found = adapter.read(refs)
    except Misconfigured:
        raise
    except Trouble as trouble:
        if isinstance(trouble, NotApplied) and trouble.outage:
            raise
        if len(refs) == 1:
            return {refs[0]: trouble}
        half = len(refs) // 2
        return _read(adapter, refs[:half]) | _read(adapter, refs[half:])
    missing = [ref for ref in refs if ref not in found]
    out: dict[str, Read] = dict(found)
    for ref in missing:
        out |= {ref: Gone(f"ticket {ref} is not there")} if len(refs) == 1 else _read(adapter, [ref])
    return out
