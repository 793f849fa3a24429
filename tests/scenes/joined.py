"""Questions about a task of the vendor's that a ticket joins."""

from __future__ import annotations

from connector.rasci.installation import Installation, Person
from connector.rasci.joining import comparing, found_by_joining, joining, right_to_join
from connector.rasci.replies import Topic
from connector.rasci.routing import destination
from connector.rasci.table import OperatingModel
from connector.words import Reply
from tests.scenes.asking import NOW, Question, facts_of


def joins_by(who: Person) -> Question:
    """By which letters on the vendor's work, and where the document lets them."""

    def asked(model: OperatingModel) -> str:
        rule = joining(model)
        if rule is None:
            return "knows no joining"
        ruling, party = right_to_join(model, Installation(roster=(who,)), rule, Reply(Topic.JOIN, "1 found", who.login, NOW))
        return f"{party.value} {ruling.letters}: {ruling.clause}"

    return asked


def joined(**given: str) -> Question:
    """Where a ticket goes that is handed over, once a task was joined."""
    return lambda model: destination(model, {**facts_of(given), **found_by_joining(model)}, []).way.value


def looked_for_by() -> Question:
    """The level that looks for the like before a task is opened, and where."""
    return lambda model: f"{rule.at} among {rule.to}" if (rule := comparing(model)) else "nobody"
