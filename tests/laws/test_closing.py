"""The closing invariant: a model or a mapping that would break it is refused at load, and with any other nothing breaks it.

Whatever the rows, the letters, the settings and the vendor's moves: no write that the vendor caused brings the customer's
ticket into a state that ends it, mails its caller or starts an automatic close, and none moves a ticket that was ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Phases
from hypothesis import strategies as st

from connector.mapping.load import MappingError, loads
from connector.mapping.mapping import TicketMapping
from connector.rasci.judge import judge
from connector.rasci.model import ModelError, OperatingModel
from connector.rasci.model import loads as load_model
from connector.words import Act, Change, Effect, How, Party, Phase, Side
from tests.laws.hand import Hand
from tests.laws.odd_files import CASE_STATES, REASONS, STATES, Says, mapping_texts, model_texts
from tests.laws.scenes import Drawn
from tests.laws.tickets import Ticket
from tests.laws.world import LAW, MODELS, NORMALS, ROOT, ability
from tests.rules import switches, switches_edges

PRIORITIES = ("1 very low", "3 normal", "5 very high")
SHIPPED_MODEL = MODELS[0]
SHIPPED_TEXT = (ROOT / "mappings" / "servicenow-otrs.yaml").read_text(encoding="utf-8")
MAPPING = loads(SHIPPED_TEXT).bind(NORMALS[Side.CUSTOMER], NORMALS[Side.VENDOR])


@dataclass
class Tally:
    """How often a law's examples came to what: a law whose every file is refused proves nothing."""

    seen: Counter[str] = field(default_factory=Counter)


TALLY = Tally()


def loaded(text: str) -> TicketMapping | None:
    """The mapping, or None where loading refuses it; a refusal names place, reason and remedy of everything."""
    try:
        mapping = loads(text, "odd.yaml")
    except MappingError as refused:
        for problem in refused.problems:
            assert problem.place.startswith("odd.yaml:"), problem
            assert problem.message, problem
            assert problem.remedy, problem
        TALLY.seen["mapping refused"] += 1
        return None
    TALLY.seen["mapping loaded"] += 1
    return mapping.bind(NORMALS[Side.CUSTOMER], NORMALS[Side.VENDOR])


def loaded_model(text: str) -> OperatingModel | None:
    try:
        model = load_model(text, "odd.yaml")
    except ModelError as refused:
        for problem in refused.problems:
            assert problem.line > 0 or problem.key, problem
            assert problem.message, problem
            assert problem.remedy, problem
        TALLY.seen["model refused"] += 1
        return None
    TALLY.seen["model loaded"] += 1
    return model


# --- one life: the vendor does what it likes ----------------------------------------------------------------------

Move = tuple[str, dict[str, str]]
natives = st.fixed_dictionaries({"state": st.sampled_from(STATES), "hold_reason": st.sampled_from(REASONS)})
case_natives = st.fixed_dictionaries(
    {
        "State": st.sampled_from(CASE_STATES),
        "Priority": st.sampled_from(PRIORITIES),
        "DynamicField_Severity": st.sampled_from(["", "6", "7", "8"]),
    }
)
moves: st.SearchStrategy[Move] = st.one_of(
    st.tuples(st.just("vendor"), case_natives),
    st.tuples(st.just("vendor"), case_natives),
    st.tuples(st.just("customer"), natives),
)
histories = st.lists(moves, min_size=1, max_size=6)


def hand(mapping: TicketMapping, model: OperatingModel, start: dict[str, str], *, history: bool, tells: bool) -> Hand:
    """A bond whose case is new and whose ticket stands in some state."""
    fields = {"impact": "2", "urgency": "2", "priority": "3", "short_description": "t", "correlation_id": "", **start}
    case = {"State": "new", "Priority": "3 normal", "Title": "t", "DynamicField_Severity": ""}
    tickets = {
        Side.CUSTOMER: Ticket(Side.CUSTOMER, mapping, {**fields, "correlation_display": ""}, tells=tells),
        Side.VENDOR: Ticket(Side.VENDOR, mapping, {**case, "DynamicField_CustomerReference": ""}, tells=tells),
    }
    return Hand(mapping, model, tickets, {side: ability(mapping, side, history=history) for side in Side})


def live(life: Hand, past: list[Move], says: Says) -> None:
    """Let people move, a pass after each; every write to the ticket that the vendor caused is looked at."""
    for who, values in past:
        life.now += 60.0
        life.tell(f"{who}: {values}")
        life.tickets[Side(who)].set(values, life.now, by_us=False)
        for _ in range(2):
            life.now += 5.0
            before = dict(life.tickets[Side.CUSTOMER].fields)
            scene, effects = life.run()
            look(scene, effects, before, says)


def look(scene: Drawn, effects: list[Effect], before: dict[str, str], says: Says) -> None:
    for effect in effects:
        for write in effect.units if effect.side is Side.CUSTOMER else ():
            if write.how is not How.PROPOSE:
                continue  # the customer's own value, put back
            after = {**before, **write.target}
            status = {"state", "hold_reason"}
            if {n: v for n, v in after.items() if n in status} == {n: v for n, v in before.items() if n in status}:
                continue
            assert not says.ends(after), (write.unit, dict(write.target), before, says.ends(after))
            assert scene.mapping.phase(Side.CUSTOMER, before) not in (Phase.CLOSED, Phase.CANCELLED), (write, before)


@pytest.mark.slow
@LAW
@given(mapping_texts(), st.sampled_from(MODELS), natives, histories, st.booleans(), st.booleans())
def test_with_any_mapping_the_vendor_ends_nothing(
    text: str, model: OperatingModel, start: dict[str, str], past: list[Move], history: bool, tells: bool
) -> None:
    mapping = loaded(text)
    if mapping is not None:
        live(hand(mapping, model, start, history=history, tells=tells), past, Says(text))


@pytest.mark.slow
@LAW
@given(model_texts(), natives, histories)
def test_with_any_model_the_vendor_ends_nothing(text: str, start: dict[str, str], past: list[Move]) -> None:
    model = loaded_model(text)
    if model is None:
        return
    life = hand(MAPPING, model, start, history=True, tells=True)
    live(life, past, Says(SHIPPED_TEXT))
    for to in Phase:
        for notifies in (False, True):
            for actor in (Party.VENDOR, Party.PARTNER, Party.CONNECTOR):
                ruling = judge(model, Change(Act.MOVE, Side.CUSTOMER, actor, to=to, source=Phase.SOLVED, notifies=notifies))
                assert not ruling.allowed or not (notifies or to in (Phase.CLOSED, Phase.CANCELLED))


# --- the law is not empty, and it bites --------------------------------------------------------------------------


@pytest.mark.slow
def test_both_fates_occur() -> None:
    """Some of the odd files are refused and some are used; a refusal for the invariant's sake is among them."""
    TALLY.seen.clear()
    reasons: set[str] = set()

    @settings(LAW, max_examples=50)
    @given(mapping_texts(), model_texts())
    def tried(text: str, model: str) -> None:
        loaded(text)
        loaded_model(model)
        try:
            loads(text)
        except MappingError as refused:
            reasons.update(problem.message for problem in refused.problems)

    tried()
    assert min(TALLY.seen[kind] for kind in ("mapping refused", "mapping loaded", "model refused", "model loaded")) >= 3, TALLY
    assert any("closing invariant" in reason for reason in reasons)


@contextmanager
def unguarded() -> Iterator[None]:
    """Without the invariant: neither the rules ask for it, nor does the loader."""
    with switches.closing_invariant(), switches_edges.notifying_targets_refused_at_load():
        yield


BITES = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    phases=[Phases.generate],  # that there is a counterexample is enough; the smallest is not asked for
)


@pytest.mark.slow
def test_without_the_invariant_a_counterexample_is_found() -> None:
    """In the rules and at load: with both out, a mapping that closes on the vendor's word is found out."""

    @BITES
    @given(mapping_texts(), natives, histories)
    def law(text: str, start: dict[str, str], past: list[Move]) -> None:
        mapping = loaded(text)
        if mapping is not None:
            live(hand(mapping, SHIPPED_MODEL, start, history=True, tells=True), past, Says(text))

    with unguarded(), pytest.raises(AssertionError):
        law()


@pytest.mark.slow
def test_without_it_in_the_rules_alone_the_loader_still_stands() -> None:
    """And with the loader's look alone taken out, the rules stand: each of the two is enough by itself."""

    @settings(BITES, max_examples=50)
    @given(mapping_texts(), natives, histories)
    def law(text: str, start: dict[str, str], past: list[Move]) -> None:
        mapping = loaded(text)
        if mapping is not None:
            live(hand(mapping, SHIPPED_MODEL, start, history=True, tells=True), past, Says(text))

    with switches.closing_invariant():
        law()
    with switches_edges.notifying_targets_refused_at_load():
        law()


def test_the_rules_look_at_what_a_partial_write_makes_of_the_ticket() -> None:
    """State 3 alone says nothing; with the hold reason that stands there it reads as closed. The loader did not look."""
    text = SHIPPED_TEXT
    for old, new in (
        (
            "      - {when: {state: 3}, phase: none",
            "      - {when: {state: 3, hold_reason: 5}, phase: closed}\n      - {when: {state: 3}, phase: none",
        ),
        ('waiting_customer: {set: {state: 2, hold_reason: ""}', "waiting_customer: {set: {state: 3}"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    with switches_edges.notifying_targets_refused_at_load():
        mapping = loaded(text)
    assert mapping is not None
    for reason in ("5", "1"):
        life = hand(mapping, SHIPPED_MODEL, {"state": "1", "hold_reason": reason}, history=True, tells=True)
        live(life, [("vendor", {"State": "new"}), ("vendor", {"State": "pending reminder"})], Says(text))
        assert life.tickets[Side.CUSTOMER].fields["state"] == ("1" if reason == "5" else "3")
