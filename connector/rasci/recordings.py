"""Recordings of somebody's screen: a file that the installation marks as one goes with the consent that was noted. Pure.

Whether the consent was given is the word of the person who notes it; what a file shows nobody looks at.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from connector.rasci.installation import Installation
from connector.rasci.ladder import Gate
from connector.rasci.replies import SIGN, Topic
from connector.rasci.table import OperatingModel
from connector.words import Reply, Ruling, Side, Verdict


def held_recording(
    model: OperatingModel, installation: Installation | None, name: str, replies: Sequence[Reply]
) -> Ruling | None:
    """Why a file stays that seems to be a recording; None where it is none, or somebody noted the consent."""
    if installation is None or not _is_recording(installation, name) or any(_consents(reply, name) for reply in replies):
        return None
    row = model.row(Gate.WORK)
    clause = next((one.source for one in model.clauses if one.id == "screen-sharing"), "recordings of the installation (ours)")
    letters = ",".join(model.letters(model.staff(Side.CUSTOMER), row))
    how = f"`{SIGN} {Topic.CONSENT.value} {name} WHO, AND WHEN` in an internal note"
    reason = f"It is a recording of somebody's screen, which goes with that person's consent only: {how}."
    return Ruling(Verdict.HOLD, row.id, row.title, letters, clause, reason)


def _is_recording(installation: Installation, name: str) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in installation.recordings)


def _consents(reply: Reply, name: str) -> bool:
    """Whether somebody says of this very file who consented; its name may hold blanks."""
    words = " ".join(name.casefold().split())
    return reply.topic == Topic.CONSENT and " ".join(reply.text.casefold().split()).startswith(f"{words} ")
