"""Lives under an installation: words to the connector, duties, what is asked of the vendor, and what the vendor starts."""

from __future__ import annotations

from connector.sandbox.judge_table import Due, Table
from tests.crash.people import VENDOR, Ticket
from tests.crash.registry import scenario
from tests.crash.stage import CrashRig, Script, Stage
from tests.installed.house import STATEMENT, TOPICS, mapping_with
from tests.installed.news import ALARMS_ON, SUPPLY
from tests.installed.places import OF_WORKCUBE, WORKCUBE
from tests.models.named import installed

MINUTE = 60.0


class InstalledRig(CrashRig):
    """The cloud, with its roster, its topics, and news of the vendor's."""

    def __init__(self, seed: int) -> None:
        model, installation = installed("anywhere365-dialogue-cloud", ALARMS_ON)
        mapping = mapping_with(TOPICS + SUPPLY)
        super().__init__(seed, mapping=mapping, model=model, installation=installation)


def _fault(stage: Stage, title: str = "calls drop", **fields: str) -> Ticket:
    return stage.incident(title, category="software", **fields)


def _publishes(stage: Stage, title: str, system: str = "west") -> str:
    stage.breathe()
    return stage.portal.create(VENDOR, {"Title": title, "Body": f"{title}, in full", "DynamicField_Severity": system})


@scenario(rig=InstalledRig)
def a_statement_lets_it_go(stage: Stage) -> Script:
    """Held for a named person's statement, told once; the statement opens the case, and is in its text."""
    a = _fault(stage)
    yield None
    a.notes("#connector babble")
    a.notes(STATEMENT)
    yield None
    a.vendor_says("which version?")
    a.moves("pending reminder")
    yield None


@scenario(rig=InstalledRig)
def a_p1_is_to_be_called(stage: Stage) -> Script:
    """It goes with its gaps listed; the call is called to mind until somebody has made it."""
    a = _fault(stage, "nobody can call", impact="1", urgency="1")
    yield None
    stage.pass_time(16 * MINUTE)
    yield None
    a.notes("#connector called 22:40, Vera")
    yield None
    a.moves("pending auto close+")
    yield None
    a.notes("#connector cause vendor")
    yield None


@scenario(rig=InstalledRig)
def a_question_to_the_vendor(stage: Stage) -> Script:
    """What stays opens a case on a person's word alone; the answer comes, and the ticket stays where it is."""
    a = stage.incident("new skill", subcategory="change")
    stage.table = Table(asked=frozenset({a.number}))
    yield None
    a.takes_back()
    a.notes("#connector consult can a skill have two wallboards?")
    yield None
    a.vendor_says("yes, since version 8")
    a.moves("pending auto close+")
    yield None


@scenario(rig=InstalledRig)
def a_solution_that_does_not_hold(stage: Stage) -> Script:
    """Level 1 says why, gives it back, and accepts the second one."""
    a = _fault(stage)
    a.notes(STATEMENT)
    yield None
    a.moves("pending auto close+")
    yield None
    a.notes("#connector refuse it drops again")
    a.hands_over()
    yield None
    a.moves("pending auto close+")
    yield None
    a.notes("#connector accept")
    a.ends("7")
    yield None


@scenario(rig=InstalledRig)
def news_of_the_vendor(stage: Stage) -> Script:
    """One ticket tells of maintenance: what the vendor writes, and that it is done; nobody but its people closes it."""
    case = _publishes(stage, "Maintenance: west")
    yield None
    stage.breathe()
    stage.portal.comment(case, VENDOR, "an hour longer", public=True)
    stage.portal.attach(case, VENDOR, "plan.txt", b"plan")
    yield None
    stage.portal.edit(case, VENDOR, {"State": "closed successful"})
    yield None


@scenario(rig=InstalledRig)
def news_whose_answer_is_lost(stage: Stage) -> Script:
    """The ticket was opened and nobody said so: it is found by its mark."""
    stage.fault("answer_lost", "POST incident")
    _publishes(stage, "Maintenance: west")
    yield None
    _publishes(stage, "Maintenance: east", "east")
    yield None


@scenario(rig=InstalledRig, replicas=2)
def alarms_of_one_system(stage: Stage) -> Script:
    """Three cases, one ticket; a closed one makes way."""
    _publishes(stage, "Alarm: west 1")
    _publishes(stage, "Alarm: west 2")
    yield None
    _publishes(stage, "Alarm: west 3")
    yield None
    (ticket,) = stage.customer.tickets()
    stage.customer.edit(ticket.ref, "lena.l1", {"state": "7", "close_code": "Solved (Permanently)", "close_notes": "read"})
    yield None
    _publishes(stage, "Alarm: west 4")
    yield None


class WorkcubeRig(CrashRig):
    """Company and partner in one system, who may join what the vendor works on."""

    def __init__(self, seed: int) -> None:
        model, installation = installed("workcube", WORKCUBE)
        super().__init__(seed, mapping=mapping_with(OF_WORKCUBE), model=model, installation=installation)


def _task(stage: Stage, title: str) -> tuple[str, str]:
    """Work under way at the vendor's: ref and number."""
    ref = _publishes(stage, title)
    stage.breathe()
    stage.portal.comment(ref, VENDOR, "we look at it", public=True)
    return ref, stage.portal.ticket(ref).number


def _goes_on(stage: Stage, task: str, said: str, state: str) -> None:
    stage.breathe()
    stage.portal.comment(task, VENDOR, said, public=True)
    stage.breathe()
    stage.portal.edit(task, VENDOR, {"State": state})


@scenario(rig=WorkcubeRig)
def a_call_joins_two_tasks(stage: Stage) -> Script:
    """Findings go there once each, news come back once each, and the call stays where it is."""
    (first, one), (second, two) = _task(stage, "totals"), _task(stage, "sums")
    a = stage.incident("sum is wrong", subcategory="l3-support")
    stage.table = Table(due={a.number: Due(case=False)})
    a.notes(f"#connector join {one} only with a tax of 7\n#connector join {two} since version 8")
    yield None
    _goes_on(stage, first, "mended in 8.2", "pending auto close+")
    a.notes(f"#connector join {one} and with 19")
    yield None
    a.notes(f"#connector leave {two}")
    yield None
    _goes_on(stage, second, "mended as well", "closed successful")
    yield None


@scenario(rig=WorkcubeRig, replicas=2)
def a_finding_whose_answer_is_lost(stage: Stage) -> Script:
    """Two calls join one task, which is merged into another one afterwards."""
    (first, one), (second, _) = _task(stage, "totals"), _task(stage, "sums")
    a, b = (stage.incident(title, subcategory="l3-support") for title in ("sum is wrong", "total is wrong"))
    stage.table = Table(due={ticket.number: Due(case=False) for ticket in (a, b)})
    yield None
    stage.fault("answer_lost", "TicketUpdate")
    a.notes(f"#connector join {one} only with a tax of 7")
    b.notes(f"#connector join {one} since version 8")
    yield None
    stage.breathe()
    stage.portal.merge(first, second, VENDOR)
    yield None
    _goes_on(stage, second, "mended in 8.2", "closed successful")
    yield None
