"""What no scene proves yet, by model: the names of what is altered (see ``altering.py``), with the reason. Written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

ONE_CASE = "the document does not tell level 2 and 3 apart: both are the vendor's, and one case"
OPTIONAL = "may come along: nothing waits for it and nobody asks for it"
ORDER = "the tests are asked for as evidence of the hand-over, in whatever order they were made"
ALIKE = "ends just as the step before it; only a person knows whether the library had something"

_BOTH_EDITIONS = {"levels.L2 next": ONE_CASE, "levels.L3 owner 0": ONE_CASE}

NOT_YET: Mapping[str, Mapping[str, str]] = {
    "anywhere365-wsp": _BOTH_EDITIONS,
    "anywhere365-dialogue-cloud": _BOTH_EDITIONS,
    "anywherenow-implementation": {
        "levels.L2 next": ONE_CASE,
        "levels.L3 owner 0": ONE_CASE,
    },
    "anywhere365-partner-on-premises": {},
    "workcube": {
        "measuring-partners *": "doc_only: how partners are measured is the vendor's own affair",
        "evidence.L2-L3.recording": OPTIONAL,
        "evidence.L2-L3.recording hand_over": OPTIONAL,
        "evidence.L2-L3.mock-up": OPTIONAL,
        "evidence.L2-L3.mock-up hand_over": OPTIONAL,
        "flow.test-*": ORDER,
        "flow.write-explanation*": ALIKE,
    },
}


def listed(name: str, what: str) -> bool:
    return any(fnmatchcase(what, pattern) for pattern in NOT_YET[name])
