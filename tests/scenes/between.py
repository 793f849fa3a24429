"""Questions on a ticket that passes from one level of the customer's side to the next, within one system."""

from __future__ import annotations

from connector.rasci.conditions import When
from connector.rasci.installation import Installation, Person
from connector.rasci.levels import Received, heeded, level_of, received, stays_with
from connector.rasci.parts import named
from connector.rasci.table import OperatingModel
from connector.words import Reply
from tests.scenes.asking import NOW, Handing, Question, facts_of


def _received(model: OperatingModel, level: str, handing: Handing) -> Received | None:
    return received(model, Installation(roster=handing.roster), handing.submission(model), level)


def asked_by_next(level: str, words: str, handing: Handing) -> Question:
    """Whether the level that has it now asks the one before for this, or waits for it."""

    def asked(model: OperatingModel) -> str:
        found = _received(model, level, handing)
        lists = (("must", found.must), ("asked", found.asked)) if found else ()
        return next((name for name, items in lists if any(words in one for one in items)), "not asked")

    return asked


def asked_of(level: str, handing: Handing) -> Question:
    return lambda model: found.from_whom if (found := _received(model, level, handing)) else "nobody"


def elevated(level: str, handing: Handing) -> Question:
    """Whether it came there by a rule of the flow."""
    return lambda model: "yes" if (found := _received(model, level, handing)) and found.rule else "no"


def waits_with(level: str, handing: Handing) -> Question:
    """Who is to do something about it while nobody hands it to the vendor."""

    def asked(model: OperatingModel) -> str:
        has = level_of(model, level)
        if has is None:
            return "no such level"
        ruling, party = stays_with(model, facts_of(dict(handing.facts)), has, _received(model, level, handing))
        return ruling.verdict.value if ruling.allowed else named([party])

    return asked


def stays_because(level: str, words: str, handing: Handing) -> Question:
    """Whether people are told so while nobody hands it to the vendor."""

    def asked(model: OperatingModel) -> str:
        has = level_of(model, level)
        ruling = stays_with(model, facts_of(dict(handing.facts)), has, _received(model, level, handing))[0] if has else None
        return "said" if ruling and words in ruling.reason else "not said"

    return asked


def counts(who: Person, topic: str, text: str, **given: str) -> Question:
    """Whether a person's word to the connector counts where the levels are told apart."""
    here = Installation(facts=When({name: (value,) for name, value in given.items()}), roster=(who,))
    reply = Reply(topic, text, who.login, NOW)
    return lambda model: "counts" if heeded(model, here, reply, levels=True) else "does not count"
