"""What people tell the connector: lines ``#connector TOPIC text`` in an internal note, or ``connector answer``. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from connector.rasci.joining import found_by_joining
from connector.rasci.table import OperatingModel
from connector.words import SIGN, Facts, Reply, to_connector

__all__ = ["FROM_VENDOR", "SIGN", "OfVendor", "Topic", "facts_of", "first_word", "heard", "key_of", "last"]


class Topic(StrEnum):
    """What a reply can be about."""

    STATEMENT = "statement"  # the issue is highly likely the application's: on what basis
    SUBMIT = "submit"  # send what is held, for this reason
    CONSULT = "consult"  # ask the vendor, and wait for its advice: the question
    SUPPORT = "support"  # ask the vendor to help with what stays here: with what
    FACT = "fact"  # a condition of the operating model and its value
    CALLED = "called"  # the vendor's number was called: when, and who was reached
    CAUSE = "cause"  # what a P1 was caused by: vendor, other or mixed
    RCA = "rca"  # a root cause analysis: draft, or done, with where it stands
    ACCESS = "access"  # access was given: to whom, until when; never a password
    ACCEPT = "accept"
    REFUSE = "refuse"
    CONFIRM = "confirm"
    BOUNCE = "bounce"  # it was asked back for what a hand-over lists: for which item
    JOIN = "join"  # a task of the vendor's is about the same: its number, then the findings for it
    CONSENT = "consent"  # a recording may go: the file, then who consented and when
    LEAVE = "leave"  # nothing is to be told of a joined task any more: its number


class OfVendor(StrEnum):
    """What the vendor's people can tell the connector, under names that no word of the customer's has."""

    OBJECT = "object"  # the cause that the customer stated is not the cause: why
    ASKS_ACCESS = "access asked for"  # the case waits for access: to what


TOPICS: Mapping[str, str] = {topic.value: topic.value for topic in Topic}
FROM_VENDOR: Mapping[str, str] = {"object": OfVendor.OBJECT, "access": OfVendor.ASKS_ACCESS}
"""The words that are read in the vendor's case: what they are kept as. Nothing else that is written there does anything."""


def heard(text: str, known: Mapping[str, str] = TOPICS) -> Iterator[tuple[str, str, str]]:
    """The lines of a note that speak to the connector: the line, its topic ("" where it is not known), and the rest."""
    for line in (line.strip() for line in text.splitlines()):
        if not to_connector(line):
            continue
        _, _, words = line.partition(" ")
        topic, _, rest = words.strip().partition(" ")
        yield line, known.get(topic.casefold(), ""), rest.strip()


def first_word(text: str) -> str:
    """What a line names first, whatever is put behind it."""
    return text.partition(" ")[0].casefold().rstrip(":,;.")


def key_of(reply: Reply) -> str:
    """Names one reply for good: by the note that it stands in, else by the moment at which an operator typed it."""
    return reply.item or f"{reply.at:.3f}"


def last(replies: Sequence[Reply], *topics: Topic | OfVendor) -> Reply | None:
    """The newest reply on one of these topics."""
    return next((reply for reply in reversed(replies) if reply.topic in topics), None)


def facts_of(replies: Sequence[Reply], model: OperatingModel) -> Facts:
    """What persons found out, the newest word on each condition: ``#connector fact NAME VALUE``, or a task that they joined.

    Only what a person may say, and only values that the model knows: the rest is the installation's or nobody's.
    """
    said: dict[str, frozenset[str]] = {}
    for reply in replies:
        if reply.topic == Topic.JOIN:
            said |= found_by_joining(model)
        if reply.topic == Topic.FACT and len(pair := reply.text.casefold().split()) == _PAIR:
            name, value = pair
            condition = model.conditions.get(name)
            if condition and condition.given_by.of_the_ticket and value in condition.values:
                said[name] = frozenset({value})
    return said


_PAIR = 2  # name and value
