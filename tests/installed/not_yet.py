"""What of the documents' scenarios the running engine does not do yet, with the reason. Written by hand.

A scenario that is not here has a test in this folder: by document in ``test_document_00N.py``, what is handed over and what
is owed under 002 in ``test_hand_over.py`` and ``test_duties.py``, section 6 in ``test_what_managers_refuse.py``, what passes between
level 1 and 2 under 003 and 004 in ``test_levels.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

DOC = "no connector can execute it"

NOT_YET: Mapping[str, str] = {
    "000 002 prose: capacities that were agreed for the platform": DOC,
    "000 002 prose: links survive a change of the portal's host": "tested where the adapters are (tests/contract)",
    "003: services under the VAR agreement": DOC,
}
