"""Whether a person's word to the connector says what its topic needs. Presence and form only: nobody judges whether it is true. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from connector.rasci.bounces import item_of
from connector.rasci.joining import joining
from connector.rasci.rca import CAUSES
from connector.rasci.replies import Topic, facts_of, first_word
from connector.rasci.table import OperatingModel
from connector.words import Reply

_NEEDS_WORDS: Mapping[str, str] = {
    Topic.STATEMENT: "on what basis the issue is the application's",
    Topic.SUBMIT: "why it is to go as it is",
    Topic.CONSULT: "what the vendor is asked",
    Topic.SUPPORT: "with what the vendor is to help",
    Topic.CALLED: "when, and who was reached",
    Topic.RCA: "draft or done, and where it stands",
    Topic.ACCESS: "who was given access, and until when; never a password",
    Topic.REFUSE: "why the solution does not hold",
    Topic.JOIN: "the number of the vendor's task, then the findings for it",
    Topic.CONSENT: "the name of the file, then who consented to the recording, and when",
    Topic.LEAVE: "the number of the task of which nothing is to be told any more",
}
_BOTH = 2  # the file, and who consented
_SECRET = re.compile(r"\b(pass(word|wort|phrase)|kennwort|pwd)\b\s*[:=]", re.IGNORECASE)


def objection(reply: Reply, model: OperatingModel) -> str:
    """What is wrong with the words, with the remedy; "" where nothing is."""
    if len(reply.text.split()) < (_BOTH if reply.topic == Topic.CONSENT else 1) and reply.topic in _NEEDS_WORDS:
        return f"{reply.topic} needs some words: {_NEEDS_WORDS[reply.topic]}"
    if reply.topic == Topic.CAUSE and first_word(reply.text) not in CAUSES:
        return f"cause begins with one of {', '.join(CAUSES)}, then the reason"
    if reply.topic == Topic.BOUNCE and item_of(reply) not in {item.id for item in model.evidence}:
        return (
            f"bounce names what was asked back for: {', '.join(dict.fromkeys(item.id for item in model.evidence)) or 'nothing'}"
        )
    if reply.topic == Topic.FACT and not facts_of([reply], model):
        return f"fact NAME VALUE takes what a person can find out under this model: {_sayable(model)}"
    if reply.topic in (Topic.JOIN, Topic.LEAVE) and joining(model) is None:
        return (
            "this operating model knows no joining of the vendor's tasks: hand the ticket over, or write a comment for the vendor"
        )
    if reply.topic == Topic.ACCESS and carries_password(reply.text):
        return "access never carries a password: remove it here, change it, and say only who was given access and until when"
    return ""


def carries_password(text: str) -> bool:
    """Whether a line on access looks like one."""
    return _SECRET.search(text) is not None


def _sayable(model: OperatingModel) -> str:
    said = {
        name: one.values
        for name, one in model.conditions.items()
        if all(facts_of([Reply(Topic.FACT, f"{name} {value}", "", 0.0)], model) for value in one.values)
    }
    return "; ".join(f"{name} {' or '.join(values)}" for name, values in said.items()) or "nothing"
