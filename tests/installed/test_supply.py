"""What the vendor starts (rows of kind supply): one ticket tells the customer of it, quiet, once for each system and window."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.sandbox.core import SimTicket
from tests.installed.house import CLOSED, HERE, LENA, VERA, House
from tests.installed.news import ALARMS_ON, SUPPLY
from tests.installed.places import CLOUD, EDITIONS, ON_PREMISES

RELEASES = SUPPLY.replace(
    "  ticket:",
    '    - {when: {field: Title, starts_with: "Release:"}, task: new-versions, what: new_versions, per: Title}\n  ticket:',
)
HOUR = 3600.0


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, mapping=CLOUD + SUPPLY, here=ALARMS_ON)


def publishes(house: House, title: str, about: str = "", body: str = "On Sunday, 02:00 to 04:00.") -> str:
    """A case that somebody of the vendor opens by himself; answers its ref."""
    more = {"DynamicField_Severity": about} if about else {}
    ref = house.portal.create(VERA, {"Title": title, "Body": body, **more})
    house.wait()
    return ref


def tickets(house: House) -> list[SimTicket]:
    return house.customer.tickets()


def test_row_14_maintenance_becomes_one_quiet_ticket(house: House) -> None:
    """The customer is informed (I): a ticket of its own, with the vendor's words in internal notes and nobody mailed."""
    publishes(house, "Maintenance: platform west", "platform-west")
    (ticket,) = tickets(house)
    assert ticket.ours
    assert ticket.fields["short_description"] == "Maintenance: platform west"
    assert ticket.fields["state"] == "1"
    assert not [note for note in ticket.comments if note.public]
    texts = "\n".join(house.told(ticket.ref))
    assert "On Sunday, 02:00 to 04:00." in texts
    assert "For your information" in texts
    assert "row 14" in texts


def test_row_14_forty_alarms_of_one_system_become_one_ticket(house: House) -> None:
    for n in range(40):
        house.portal.create(VERA, {"Title": f"Alarm: no answer {n}", "Body": f"alarm {n}", "DynamicField_Severity": "sbc-3"})
    house.wait(600.0)
    (ticket,) = tickets(house)
    newest = house.told(ticket.ref)[-1]
    assert "39 more about the same" in newest
    assert newest.count("Alarm: no answer") == 20
    publishes(house, "Alarm: no answer", "sbc-4")
    assert len(tickets(house)) == 2
    house.judged()


def test_row_14_after_the_window_another_ticket_tells(house: House) -> None:
    publishes(house, "Maintenance: platform west", "west")
    house.wait(23 * HOUR)
    publishes(house, "Maintenance: west again", "west")
    assert len(tickets(house)) == 1
    house.wait(2 * HOUR)
    publishes(house, "Maintenance: west once more", "west")
    assert [one.fields["short_description"] for one in tickets(house)] == [
        "Maintenance: platform west",
        "Maintenance: west once more",
    ]


def test_row_14_nobody_reads_a_closed_ticket_so_another_one_tells(house: House) -> None:
    publishes(house, "Maintenance: platform west", "west")
    house.edits(tickets(house)[0].ref, CLOSED)
    house.wait()
    publishes(house, "Maintenance: west again", "west")
    assert len(tickets(house)) == 2


def test_row_14_the_ticket_is_level_1s_own_and_so_is_the_case_the_vendors(house: House) -> None:
    case = publishes(house, "Maintenance: platform west", "west")
    (ticket,) = tickets(house)
    house.portal.comment(case, VERA, "It takes an hour longer.", public=True)
    house.portal.edit(case, VERA, {"State": "closed successful", "Title": "Maintenance: west is done", "Priority": "5 very high"})
    house.wait(120.0)
    assert house.ticket(ticket.ref).fields["state"] == "1"
    assert house.ticket(ticket.ref).fields["short_description"] == "Maintenance: platform west"
    texts = house.told(ticket.ref)
    assert sum("It takes an hour longer." in text for text in texts) == 1
    assert sum("has ended its work" in text for text in texts) == 1
    house.edits(ticket.ref, {"urgency": "1", "short_description": "West is down"})
    house.edits(ticket.ref, CLOSED)
    house.wait(120.0)
    assert house.portal.ticket(case).fields["State"] == "closed successful"
    assert house.portal.ticket(case).fields["Title"] == "Maintenance: west is done"
    house.judged()


def test_row_14_closing_the_ticket_leaves_the_vendors_work_alone(house: House) -> None:
    case = publishes(house, "Maintenance: platform west", "west")
    house.edits(tickets(house)[0].ref, CLOSED)
    house.wait(120.0)
    assert house.portal.ticket(case).fields["State"] == "new"
    assert not [one for one in house.portal.ticket(case).comments if one.ours]


def test_whoever_is_informed_may_ask_back(house: House) -> None:
    """Floor right: either side may always ask and answer."""
    case = publishes(house, "Maintenance: platform west", "west")
    house.notes(tickets(house)[0].ref, "[vendor] Are calls recorded meanwhile?")
    house.wait()
    assert [one.text for one in house.portal.ticket(case).comments if one.ours and "Are calls recorded meanwhile?" in one.text]


def test_row_9_the_vendors_own_work_on_the_tenant_is_told(house: House) -> None:
    publishes(house, "Tenant: new region")
    publishes(house, "Tenant: new region")
    assert len(tickets(house)) == 2, "a case that names nothing it is about is told by itself"
    assert "row 9" in "\n".join(house.told(tickets(house)[0].ref))


def test_alarms_are_not_told_unless_somebody_wants_them(tmp_path: Path) -> None:
    house = House(tmp_path, mapping=CLOUD + SUPPLY)
    publishes(house, "Alarm: no answer", "sbc-3")
    assert tickets(house) == []
    (row,) = house.rows()
    assert "setting information_tickets.alarms" in row["held"]
    publishes(house, "Maintenance: platform west", "west")
    assert len(tickets(house)) == 1


def test_what_is_no_news_opens_nothing_for_the_customer(house: House) -> None:
    """Row 2: the customer submits."""
    publishes(house, "You should upgrade")
    assert tickets(house) == []
    (row,) = house.rows()
    assert "row 2" in row["held"]


@pytest.mark.parametrize(
    ("here", "says"),
    [(ON_PREMISES, "that is not so here"), (HERE.replace("deployment: cloud, ", ""), "nobody has said deployment")],
)
def test_row_14_is_about_the_cloud(tmp_path: Path, here: str, says: str) -> None:
    house = House(tmp_path, model="anywhere365-wsp", mapping=EDITIONS + SUPPLY, here=here)
    publishes(house, "Maintenance: platform west", "west")
    assert tickets(house) == []
    assert says in house.rows()[0]["held"]


@pytest.mark.slow
def test_000_row_18_one_ticket_with_work_to_do_for_each_release(tmp_path: Path) -> None:
    house = House(tmp_path, model="anywhere365-wsp", mapping=EDITIONS + RELEASES, here=ON_PREMISES)
    publishes(house, "Release: 8.2", body="Download it from the portal.")
    house.wait(60 * 24 * HOUR)
    publishes(house, "Release: 8.2", body="Reminder: 8.2 is there.")
    publishes(house, "Release: 8.3", body="Download it from the portal.")
    assert [one.fields["short_description"] for one in tickets(house)] == ["Release: 8.2", "Release: 8.3"]
    texts = "\n".join(house.told(tickets(house)[0].ref))
    assert "needs work on your side" in texts
    assert "row 18" in texts
    assert "1 more about the same" in texts


def test_the_story_says_why_the_ticket_is_there(house: House) -> None:
    publishes(house, "Maintenance: platform west", "west")
    publishes(house, "Maintenance: west again", "west")
    (ticket,) = tickets(house)
    story = house.story(ticket.ref)
    told = "\n".join(line["text"] for line in story.as_dict()["story"])
    assert "is news of maintenance, about west" in told
    assert f"Ticket {ticket.number} was opened to tell the customer" in told
    assert "is about the same" in told


def test_a_person_of_level_1_who_works_on_the_ticket_is_no_trigger(house: House) -> None:
    """Handing the ticket to the vendor's group opens no second case: it has one."""
    publishes(house, "Maintenance: platform west", "west")
    house.edits(tickets(house)[0].ref, {"state": "3", "hold_reason": "4"}, by=LENA)
    house.wait()
    assert len(house.cases()) == 1
    assert house.ticket(tickets(house)[0].ref).fields["state"] == "3"


def test_002_a_release_is_told_by_its_bullet_where_the_table_has_no_row(tmp_path: Path) -> None:
    """'Publish new versions and maintenance updates and provide access to these updates': for information, since no letter says more."""
    releases = RELEASES.replace("task: new-versions", "task: on-premises-versions")
    house = House(tmp_path, mapping=CLOUD + releases, here=ON_PREMISES)
    publishes(house, "Release: 8.4")
    publishes(house, "Release: 8.4")
    (ticket,) = tickets(house)
    texts = "\n".join(house.told(ticket.ref))
    assert "For your information" in texts
    assert "publishes new versions and maintenance updates" in texts


def test_002_in_the_cloud_nobody_is_told_of_a_release_by_it(tmp_path: Path) -> None:
    releases = RELEASES.replace("task: new-versions", "task: on-premises-versions")
    house = House(tmp_path, mapping=CLOUD + releases, here=HERE)
    publishes(house, "Release: 8.4")
    assert tickets(house) == []
