"""Texts and files that break naive connectors, markers in the wrong place, cloned tickets."""

from __future__ import annotations

import pytest

from tests.simulation.trouble_desk import L1, ON_HOLD, VENDOR, Desk, sha256

RTL = "\u202eשלום עולם\u202c مرحبا"  # noqa: RUF001 - right to left on purpose
ODD = {
    "emoji": "it works 🙂 👩‍👩‍👧‍👦 🏳️‍🌈",
    "right_to_left": RTL,
    "html": "<script>alert('x')</script> <b>bold</b> &amp; &lt;tag&gt; ]]> <!-- no -->",
    "long": ("0123456789 abcdefghij\n" * 3000)[: 64 * 1024 - 200],
    "combining": "e\u0301cole, Å, \ufb01n",
    "servicenow_code": "[code]<b onclick='x()'>big</b>[/code] and [ref:0000-0123456789abcdef0123]",
    "blank_lines": "first\n\n\n  indented\n\ttab\nlast",
    "windows_lines": "one\r\ntwo\r\n",
    "quotes": '\'; DROP TABLE incident; -- "x" \\ ^ORDERBY {{ 7 * 7 }} {% raw %}',
}


@pytest.mark.parametrize("name", ["emoji", "right_to_left", "html", "long", "blank_lines", "windows_lines", "quotes"])
def test_odd_texts_arrive_as_written_on_both_sides(name: str) -> None:
    desk = Desk()
    desk.both_talk(desk.a, ODD[name])
    desk.both_talk(desk.b)
    desk.run(30)
    desk.agree(desk.a, desk.b)
    desk.still()


@pytest.mark.parametrize("name", ["combining", "servicenow_code"])
def test_texts_that_a_system_would_render_arrive_once_and_disarmed(name: str) -> None:
    desk = Desk()
    desk.both_talk(desk.a, ODD[name])
    desk.both_talk(desk.b)
    desk.run(30)
    assert len(desk.copies(desk.a, "L1:")) == len(desk.copies(desk.a, "vendor:")) == 1
    assert "[code]" not in desk.notes(desk.a)
    desk.agree(desk.b)
    desk.still()


def test_control_characters_travel_without_harm() -> None:
    """NUL and its kin cannot stand in XML: what is left of the text arrives, once."""
    desk = Desk()
    desk.both_talk(desk.a, "before\x00\x07\x1b[31mafter\ufffe")
    desk.both_talk(desk.b)
    desk.run(40)
    for words in ("L1: before", "vendor: before"):
        (copy,) = desk.copies(desk.a, words)
        assert "after" in copy.text
        assert "\x00" not in copy.text
    row = desk.row(desk.a)
    assert (row["withheld"], row["open"], row["parked"]) == ([], 0, None)
    desk.agree(desk.b)
    desk.still()


@pytest.mark.parametrize("name", ["emoji", "right_to_left", "html", "servicenow_code", "quotes"])
def test_odd_titles_agree(name: str) -> None:
    desk = Desk(linked=False)
    odd = desk.incident(ODD[name][:150], description=ODD[name])
    desk.run(20)
    desk.agree(odd, desk.a, desk.b)
    desk.customer.edit(desk.b, L1, {"short_description": "again " + ODD[name][:140]})
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": "vendor " + ODD[name][:120]})
    desk.run(30)
    desk.agree(odd, desk.a, desk.b)
    desk.still()


def test_a_title_with_control_characters_ends_in_agreement_or_is_explained() -> None:
    desk = Desk(linked=False)
    odd = desk.incident("NUL \x00 bell \x07 end", description="body \x00 of it")
    desk.run(40)
    assert "bell" in desk.case(odd).fields["Title"]
    row = desk.row(odd)
    assert (row["standing"], row["parked"], row["held"], row["unverified"]) == ({}, None, None, [])
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_title_that_is_too_long_for_one_side_is_cut_there_and_not_sent_back() -> None:
    desk = Desk()
    long = "vendor title " + "x" * 200
    desk.portal.edit(desk.case(desk.a).ref, VENDOR, {"Title": long})
    desk.run(30)
    shown = desk.customer.ticket(desk.a).fields["short_description"]
    assert long.startswith(shown.rstrip("…. "))
    assert len(shown) <= 160
    assert desk.case(desk.a).fields["Title"] == long
    assert desk.row(desk.a)["standing"] == {}
    desk.agree(desk.b)
    desk.still()


def test_a_text_longer_than_the_other_system_takes_is_withheld_with_its_reason() -> None:
    desk = Desk()
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "y" * 70_000, public=True)
    desk.both_talk(desk.a, "after the long one")
    desk.run(40)
    (withheld,) = desk.row(desk.a)["withheld"]
    assert "70000 characters" in withheld["reason"]
    assert len(desk.copies(desk.a, "after the long one")) == 2
    assert "Not passed on" in desk.spoken(desk.a)
    desk.agree(desk.b)
    desk.still()


# --- files -----------------------------------------------------------------------------------------------


def test_a_file_too_large_for_the_portal_is_withheld_and_people_are_told() -> None:
    desk = Desk()
    big = b"x" * (11 * 1024 * 1024)
    desk.customer.attach(desk.a, L1, "dump.bin", big)
    desk.customer.attach(desk.a, L1, "small.txt", b"small", "text/plain")
    desk.run(40)
    (withheld,) = desk.row(desk.a)["withheld"]
    assert "10485760" in withheld["reason"]
    assert "dump.bin" in desk.notes(desk.a)
    assert [f.text for f in desk.case(desk.a).files] == ["small.txt"]
    desk.agree(desk.b)
    desk.still()


@pytest.mark.parametrize("side", ["portal", "customer"])
def test_a_file_that_the_system_itself_refuses_parks_alone(side: str) -> None:
    """The limit is stricter than anybody told the connector: 413."""
    desk = Desk()
    if side == "portal":
        desk.portal.max_attachment = 1000
        desk.customer.attach(desk.a, L1, "dump.bin", b"x" * 2000)
        desk.customer.attach(desk.a, L1, "small.txt", b"small", "text/plain")
    else:
        desk.customer.max_attachment = 1000
        desk.portal.attach(desk.case(desk.a).ref, VENDOR, "dump.bin", b"x" * 2000)
        desk.portal.attach(desk.case(desk.a).ref, VENDOR, "small.txt", b"small")
    desk.both_talk(desk.a)
    desk.both_talk(desk.b)
    desk.run(60)
    (withheld,) = desk.row(desk.a)["withheld"]
    assert withheld["parked"]
    assert "413" in withheld["reason"] or "large" in withheld["reason"].lower()
    there = desk.case(desk.a) if side == "portal" else desk.customer.ticket(desk.a)
    assert [f.text for f in there.files if f.ours] == ["small.txt"]
    assert "Not passed on" in (desk.notes(desk.a) if side == "portal" else desk.spoken(desk.a))
    assert len(desk.copies(desk.a, "how is it going?")) == 2
    desk.agree(desk.b)
    desk.still()


def test_a_kind_of_file_that_the_instance_refuses_parks_alone() -> None:
    desk = Desk()
    desk.customer.extensions = {"txt"}
    desk.portal.attach(desk.case(desk.a).ref, VENDOR, "fix.zip", b"fix")
    desk.portal.attach(desk.case(desk.a).ref, VENDOR, "fix.txt", b"text")
    desk.run(40)
    (withheld,) = desk.row(desk.a)["withheld"]
    assert withheld["parked"]
    assert "not allowed" in withheld["reason"]
    assert [f.text for f in desk.customer.ticket(desk.a).files] == ["fix.txt"]
    desk.agree(desk.b)
    desk.still()


def test_a_kind_of_file_that_the_mapping_refuses_is_withheld() -> None:
    desk = Desk()
    desk.customer.attach(desk.a, L1, "tool.exe", b"MZ")
    desk.customer.attach(desk.b, L1, "log.txt", b"log")
    desk.run(30)
    (withheld,) = desk.row(desk.a)["withheld"]
    assert "exe" in withheld["reason"]
    assert desk.case(desk.a).files == ()
    desk.agree(desk.b)
    desk.still()


@pytest.mark.parametrize("label", ["GET attachment", "TicketGet"])
def test_a_truncated_download_is_never_passed_on(label: str) -> None:
    desk = Desk()
    data = bytes(range(256)) * 200
    if label == "TicketGet":
        desk.portal.attach(desk.case(desk.a).ref, VENDOR, "fix.bin", data)
        desk.before("POST attachment", lambda: None)
    else:
        desk.customer.attach(desk.a, L1, "log.bin", data)
    desk.fault("truncated", label, times=7)
    desk.both_talk(desk.b)
    desk.run(90)
    assert desk.faults_left() == 0
    there = desk.case(desk.a) if label == "GET attachment" else desk.customer.ticket(desk.a)
    assert [f.sha256 for f in there.files if f.ours] == [sha256(data)]
    desk.agree(desk.a, desk.b)
    desk.still()


def test_files_of_one_name_and_files_of_one_content_all_arrive() -> None:
    desk = Desk()
    for data in (b"one", b"two", b"one"):
        desk.customer.attach(desk.a, L1, "log.txt", data, "text/plain")
        desk.portal.attach(desk.case(desk.a).ref, VENDOR, "fix.txt", data, "text/plain")
    desk.customer.attach(desk.b, L1, "empty.txt", b"", "text/plain")
    desk.customer.attach(desk.b, L1, f"{RTL} 🙂/..\\x.txt", b"name", "text/plain")
    desk.run(60)
    assert sorted(f.sha256 for f in desk.case(desk.a).files if f.ours) == sorted(map(sha256, (b"one", b"two", b"one")))
    assert sorted(f.sha256 for f in desk.customer.ticket(desk.a).files if f.ours) == sorted(map(sha256, (b"one", b"two", b"one")))
    desk.agree(desk.a, desk.b)
    desk.still()


# --- markers in the wrong place ----------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["quoted", "verbatim"])
def test_a_quoted_marker_is_a_persons_text(style: str) -> None:
    """L1 answers with our whole text below the answer, or pastes it as it is: it travels like any comment."""
    desk = Desk()
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, "please restart it", public=True)
    desk.run(10)
    (ours,) = desk.copies(desk.a, "please restart it")
    quote = "\n".join("> " + line for line in ours.text.splitlines()) if style == "quoted" else ours.text
    desk.customer.comment(desk.a, L1, f"done, see below\n{quote}", public=True)
    desk.both_talk(desk.b)
    desk.run(30)
    (copy,) = desk.copies(desk.a, "done, see below")
    assert "please restart it" in copy.text
    assert len(desk.case(desk.a).comments) == 3
    desk.agree(desk.b)
    desk.still()


def test_the_vendor_quotes_our_article_with_its_subject() -> None:
    desk = Desk()
    desk.customer.comment(desk.a, L1, "the lamp blinks", public=True)
    desk.run(10)
    (ours,) = desk.copies(desk.a, "the lamp blinks")
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, f"we see\n> {ours.text}", public=True, subject=f"Re: {ours.subject}")
    desk.portal.comment(desk.case(desk.a).ref, VENDOR, ours.text, public=True, subject=ours.subject)
    desk.run(30)
    assert len(desk.copies(desk.a, "we see")) == 1
    assert len([i for i in desk.customer.ticket(desk.a).comments if i.ours and "the lamp blinks" in i.text]) == 2
    desk.agree(desk.a, desk.b)
    desk.still()


def test_a_cloned_incident_becomes_a_case_of_its_own() -> None:
    desk = Desk()
    clone = desk.customer.clone(desk.a, L1)
    desk.run(10)
    assert len(desk.portal.tickets()) == 2, "a clone is new and not with the vendor yet"
    desk.customer.edit(clone, L1, ON_HOLD)
    desk.customer.comment(clone, L1, "said on the clone", public=True)
    desk.run(40)
    assert desk.case(clone).ref != desk.case(desk.a).ref
    assert desk.customer.ticket(clone).fields["correlation_id"] == desk.case(clone).number
    assert desk.customer.ticket(desk.a).fields["correlation_id"] == desk.case(desk.a).number
    assert not [i for i in desk.case(desk.a).comments if "said on the clone" in i.text]
    desk.agree(desk.a, desk.b, clone)
    desk.still()


def test_a_cloned_case_opens_nothing_at_the_customer() -> None:
    """The vendor's copy carries our marker, but somebody else made it: it is the vendor's own case."""
    desk = Desk()
    clone = desk.portal.clone(desk.case(desk.a).ref, VENDOR)
    desk.portal.comment(clone, VENDOR, "said on the clone", public=True)
    desk.both_talk(desk.a)
    desk.run(40)
    assert len(desk.customer.tickets()) == 2
    assert "said on the clone" not in desk.notes(desk.a) + desk.notes(desk.b)
    desk.agree(desk.a, desk.b)
    desk.still()
