"""The packaged notes to people. A mapping chooses the language, and may replace each note under ``notes:``.

Every text begins with the same words in every language, so that people and their filters recognise the connector.
"""

from __future__ import annotations

from collections.abc import Mapping

from connector.mapping.notes_english import ENGLISH
from connector.mapping.notes_german import GERMAN

HEAD = "[Ticket connector] "
DEFAULT = "en"
PACKAGED: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "de": GERMAN}
"""By language; the same notes with the same names in each."""
