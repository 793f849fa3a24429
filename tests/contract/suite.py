"""What every adapter must do, as tests that run against its simulated system.

How to inherit, in about 15 lines::

    class TestServiceNow(AdapterContract):
        words = Words(
            ticket={"short_description": "Printer on fire", "impact": "2", "urgency": "2"},
            title="short_description",
            status="state",
            moved="2",
            public="comments",
            internal="work_notes",
            uses=Uses(read=frozenset({...}), write=frozenset({...})),
            refused={"state": "6"},
            dropped={"priority": "1"},
        )

        def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
            system = ServiceNow(world, "connector", "secret")
            session = requests.Session()
            session.mount("http://servicenow.test", InProcess(world, system))
            return system, adapters.servicenow.ServiceNow(
                settings, around=Around(session=session, clock=clock, sleep=clock.advance)
            )

Give the adapter a page of two or three tickets, so that paging is exercised. Overriding a single test is
allowed only with the reason as its docstring. Every test gets a new world, in which a person has already
opened and edited a ticket (``rig.ref``), and a checked adapter.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

import pytest

from adapters.base import Adapter, Change, Gone, NotApplied, Refused, Unknown, Uses, Write
from connector.mapping.text import to_plain
from connector.sandbox.core import World
from tests.contract.finding import FindingContract
from tests.contract.rig import MARKER, Clock, Rig, Sandbox, Words

__all__ = ["MARKER", "AdapterContract", "Clock", "Rig", "Sandbox", "Words"]

AWKWARD = {
    "emoji": "fire 🔥 family 👩‍👩‍👧 flag 🇨🇭",
    "right_to_left": "שלום, مرحبا بالعالم (abc) 123",
    "markup": "<b>bold</b> & <script>alert(1)</script> a < b ]]> &amp; [brackets]",
    "long": "0123456789abcdéf" * 4096,
    "lines": "one\n\n  two\n\tthree",
}


class AdapterContract(FindingContract, ABC):
    """Inherit, name the words, make the system and its adapter."""

    words: ClassVar[Words]
    dated = True  # the system tells when anything of a ticket changed last

    @abstractmethod
    def make(self, world: World, clock: Clock) -> tuple[Sandbox, Adapter]:
        """A simulated system and an adapter that talks to it in process, both by this clock."""

    def clock(self) -> Clock:
        """By which the world and the adapter live; virtual, unless the system is a real one."""
        return Clock()

    @pytest.fixture
    def rig(self) -> Iterator[Rig]:
        clock = self.clock()
        world = World(clock, seed=7)
        system, adapter = self.make(world, clock)
        rig = Rig(world, clock, system, adapter, self.words)
        rig.ref = rig.people_open("The first ticket")
        clock.advance(60)
        rig.people_rename(rig.ref, "The first ticket, renamed")
        rig.people_say("It began this morning.")
        rig.touched = clock()
        clock.advance(60)
        problems = adapter.check(self.words.uses)
        assert problems == []
        yield rig
        adapter.close()

    # --- check ---

    def test_check_changes_nothing_and_names_an_unknown_field(self, rig: Rig) -> None:
        before = len(rig.world.deeds)
        uses = Uses(self.words.uses.read | {"no_such_field"}, self.words.uses.write)
        problems = rig.adapter.check(uses)
        assert any("no_such_field" in f"{p.place} {p.message}" and p.remedy for p in problems)
        assert len(rig.world.deeds) == before

    # --- reading ---

    def test_one_ticket_is_read_whole(self, rig: Rig) -> None:
        begun = rig.clock()
        snapshot = rig.adapter.read([rig.ref])[rig.ref]
        assert snapshot.ref == rig.ref
        assert snapshot.number == rig.system.ticket(rig.ref).number
        assert snapshot.fields[self.words.title] == "The first ticket, renamed"
        assert snapshot.fields[self.words.status] == rig.stored(self.words.status)
        assert all(isinstance(value, str) for value in snapshot.fields.values())
        assert begun <= snapshot.read_at <= begun + 1
        assert abs(snapshot.changed - rig.touched) < 2 or (not self.dated and snapshot.changed <= rig.touched)
        assert not snapshot.created_by_us

    def test_many_tickets_are_read_in_few_calls(self, rig: Rig) -> None:
        refs = [rig.people_open(f"Ticket {n}") for n in range(7)]
        rig.clock.advance(60)
        before = rig.world.calls[rig.system.name]["read"]
        snapshots = rig.adapter.read(refs)
        calls = rig.world.calls[rig.system.name]["read"] - before
        assert {r: s.fields[self.words.title] for r, s in snapshots.items()} == {r: f"Ticket {n}" for n, r in enumerate(refs)}
        assert calls < len(refs)

    def test_a_missing_ticket_is_left_out_and_alone_is_gone(self, rig: Rig) -> None:
        missing = self.missing_ref()
        assert set(rig.adapter.read([rig.ref, missing])) == {rig.ref}
        with pytest.raises(Gone):
            rig.adapter.read([missing])

    def missing_ref(self) -> str:
        """A well-formed native id of no ticket."""
        return "f" * 32

    def test_comments_come_oldest_first_with_place_and_author(self, rig: Rig) -> None:
        for n, public in enumerate((True, False, True, False)):
            rig.people_say(f"Comment {n}", public=public)
            rig.clock.advance(1)
        said = [c for c in rig.comments() if c.text.startswith("Comment")]
        assert [c.text for c in said] == [f"Comment {n}" for n in range(4)]
        assert [c.place for c in said] == [self.words.public, self.words.internal] * 2
        assert not any(c.by_us or c.marker for c in said)
        assert len({c.id for c in said}) == 4
        assert all(c.author for c in said)

    def test_ids_of_comments_do_not_change(self, rig: Rig) -> None:
        rig.people_say("Same words")
        first = [c.id for c in rig.comments()]
        rig.people_say("Same words")
        assert [c.id for c in rig.comments()][: len(first)] == first

    def test_files_come_back_byte_for_byte(self, rig: Rig) -> None:
        data = bytes(range(256)) * 300
        rig.system.attach(rig.ref, self.words.person, "dump.bin", data)
        rig.clock.advance(60)
        (file,) = rig.adapter.read([rig.ref])[rig.ref].attachments
        assert (file.name, file.by_us) == ("dump.bin", False)
        assert file.size in (-1, len(data))
        assert file.sha256 in ("", hashlib.sha256(data).hexdigest())
        with rig.adapter.open_attachment(rig.ref, file.id) as content:
            assert content.read() == data

    def test_a_short_file_is_not_taken_for_whole(self, rig: Rig) -> None:
        rig.system.attach(rig.ref, self.words.person, "dump.bin", b"x" * 50_000)
        rig.clock.advance(60)
        (file,) = rig.adapter.read([rig.ref])[rig.ref].attachments
        with rig.fault("truncated"), pytest.raises(NotApplied):
            rig.adapter.open_attachment(rig.ref, file.id)
        with rig.fault("truncated", times=1), rig.adapter.open_attachment(rig.ref, file.id) as content:
            assert len(content.read()) == 50_000

    def test_a_stale_read_is_an_older_state_and_no_error(self, rig: Rig) -> None:
        rig.people_rename(rig.ref, "Changed just now")
        with rig.fault("stale"):
            old = rig.adapter.read([rig.ref])[rig.ref]
        new = rig.adapter.read([rig.ref])[rig.ref]
        assert old.fields[self.words.title] == "The first ticket, renamed"
        assert new.fields[self.words.title] == "Changed just now"
        assert old.changed < new.changed

    # --- writing ---

    def test_a_field_is_written(self, rig: Rig) -> None:
        if not self.words.edits:
            with pytest.raises(Refused) as caught:
                rig.rename("Renamed by the connector")
            assert caught.value.fields == (self.words.title,)
            assert rig.stored(self.words.title) == "The first ticket, renamed"
            return
        answer = rig.rename("Renamed by the connector")
        assert rig.stored(self.words.title) == "Renamed by the connector"
        assert answer.ref == rig.ref
        if answer.fields is not None:
            assert answer.fields[self.words.title] == "Renamed by the connector"
        rig.clock.advance(rig.adapter.capabilities.read_lag + 1)
        assert rig.adapter.read([rig.ref])[rig.ref].fields[self.words.title] == "Renamed by the connector"

    def test_units_of_one_ticket_go_in_one_call(self, rig: Rig) -> None:
        change = Change(rig.ref, units={"title": {self.words.title: "Both"}, "status": {self.words.status: self.words.moved}})
        rig.send(change)
        assert (rig.stored(self.words.title), rig.stored(self.words.status)) == ("Both", self.words.moved)

    def test_a_comment_is_written_and_recognised(self, rig: Rig) -> None:
        rig.say("Seen by the vendor.", public=False)
        comment = rig.comments()[-1]
        assert (comment.text, comment.place, comment.marker) == ("Seen by the vendor.", self.words.internal, MARKER)
        assert comment.by_us

    def test_a_quoted_marker_is_a_persons_text(self, rig: Rig) -> None:
        rig.say("Original", public=True)
        ours = rig.system.ticket(rig.ref).comments[-1].text
        rig.people_say(f"They wrote:\n> {ours}\nand I disagree.\n[ref:{MARKER}] is what I mean.")
        comment = rig.comments()[-1]
        assert not comment.by_us
        assert comment.marker == ""
        assert "I disagree" in comment.text

    @pytest.mark.parametrize("name", AWKWARD)
    def test_awkward_text_survives(self, rig: Rig, name: str) -> None:
        text = AWKWARD[name][: rig.adapter.capabilities.comment_limit]
        rig.say(text)
        comment = rig.comments()[-1]
        assert comment.text == text
        assert comment.marker == MARKER
        rig.people_say(text)
        said = rig.comments()[-1]
        assert to_plain(said.text, said.format) == text

    def test_what_the_wire_cannot_carry_is_replaced_visibly(self, rig: Rig) -> None:
        rig.say("a\x00b\x0bc\ud800d")
        assert rig.comments()[-1].text == "a\ufffdb\ufffdc\ufffdd"
        title = rig.open(title="a\x00b").ref
        assert rig.stored(self.words.title, title) == "a\ufffdb"

    def test_a_file_is_written_byte_for_byte(self, rig: Rig) -> None:
        data = bytes(range(256)) * 64
        rig.attach(data, "Bericht Übersicht.bin", "application/octet-stream")
        stored = rig.system.ticket(rig.ref).files[-1]
        assert (stored.text, stored.sha256, stored.ours) == ("Bericht Übersicht.bin", hashlib.sha256(data).hexdigest(), True)
        rig.clock.advance(60)
        file = rig.adapter.read([rig.ref])[rig.ref].attachments[-1]
        assert file.by_us
        with rig.adapter.open_attachment(rig.ref, file.id) as content:
            assert content.read() == data

    def test_a_created_ticket_is_found_by_its_marker_alone(self, rig: Rig) -> None:
        ref = rig.open().ref
        rig.system.clone(ref, self.words.person)
        rig.clock.advance(rig.adapter.capabilities.find_lag + 1)
        assert rig.adapter.find(MARKER) == [ref]
        assert rig.adapter.find("k1-fedcba9876543210") == []
        snapshot = rig.adapter.read([ref])[ref]
        assert (snapshot.created_by_us, snapshot.marker) == (True, MARKER)
        assert snapshot.fields[self.words.title] == "Opened by the connector"

    def test_a_clone_of_our_ticket_is_a_persons(self, rig: Rig) -> None:
        clone = rig.system.clone(rig.open().ref, self.words.person)
        rig.clock.advance(60)
        assert not rig.adapter.read([clone])[clone].created_by_us

    def test_a_refusal_is_refused_and_changes_nothing(self, rig: Rig) -> None:
        if not self.words.refused:
            pytest.skip("this system refuses nothing in its own shape")
        before = rig.system.ticket(rig.ref).fields
        with pytest.raises(Refused):
            rig.send(Change(rig.ref, units={"status": self.words.refused}))
        assert rig.system.ticket(rig.ref).fields == before

    def test_a_dropped_value_is_seen(self, rig: Rig) -> None:
        if not self.words.dropped:
            pytest.skip("this system drops nothing silently")
        answer = rig.send(Change(rig.ref, units={"status": self.words.dropped}))
        rig.clock.advance(rig.adapter.capabilities.read_lag + 1)
        now: Mapping[str, str] = answer.fields or rig.adapter.read([rig.ref])[rig.ref].fields
        assert {name: now[name] for name in self.words.dropped} != dict(self.words.dropped)

    def test_a_write_to_a_missing_ticket_is_gone_or_refused(self, rig: Rig) -> None:
        with pytest.raises((Gone, Refused)):
            rig.adapter.send(Write(self.missing_ref(), units={"title": {self.words.title: "x"}}))

    # --- trouble on the way of a write ---

    @pytest.mark.parametrize("fault", ["answer_lost", "html_502_after", "truncated"])
    def test_an_effect_without_a_whole_answer_is_unknown(self, rig: Rig, fault: str) -> None:
        with rig.fault(fault, times=1, writes=True), pytest.raises(Unknown):
            rig.write("It landed")
        assert rig.written() == "It landed"

    @pytest.mark.parametrize("fault", ["late", "html_200", "html_502"])
    def test_silence_is_unknown_too(self, rig: Rig, fault: str) -> None:
        before = rig.written()
        with rig.fault(fault, times=1, writes=True), pytest.raises(Unknown):
            rig.write("It may land")
        assert rig.written() == before

    def test_a_creation_without_answer_is_found(self, rig: Rig) -> None:
        with rig.fault("answer_lost", times=1, writes=True), pytest.raises(Unknown):
            rig.open()
        rig.clock.advance(rig.adapter.capabilities.find_lag + 1)
        (ref,) = rig.adapter.find(MARKER)
        assert rig.system.ticket(ref).ours

    def test_what_was_never_sent_is_not_applied(self, rig: Rig) -> None:
        before = rig.written()
        with rig.fault("refused", times=1, writes=True), pytest.raises(NotApplied) as caught:
            rig.write("Never sent")
        assert caught.value.outage
        assert rig.written() == before

    @pytest.mark.parametrize(("fault", "after"), [("limited", 2.0), ("limited_bare", None)])
    def test_a_limit_is_not_applied_with_its_delay(self, rig: Rig, fault: str, after: float | None) -> None:
        before, calls = rig.written(), rig.world.calls[rig.system.name]["write"]
        with rig.fault(fault, writes=True), pytest.raises(NotApplied) as caught:
            rig.write("Limited")
        assert (caught.value.retry_after, caught.value.outage) == (after, True)
        assert rig.written() == before
        assert rig.world.calls[rig.system.name]["write"] == calls + 1

    # --- trouble on the way of a read ---

    @pytest.mark.parametrize("fault", ["refused", "answer_lost", "html_502", "html_200", "truncated"])
    def test_a_read_is_tried_again(self, rig: Rig, fault: str) -> None:
        with rig.fault(fault, times=1):
            assert rig.ref in rig.adapter.read([rig.ref])

    @pytest.mark.parametrize(("fault", "after"), [("limited", 2.0), ("limited_bare", None)])
    def test_a_read_that_meets_a_limit_is_not_tried_again(self, rig: Rig, fault: str, after: float | None) -> None:
        """Whoever sees to all calls of the side must hear of it."""
        with rig.fault(fault, times=1), pytest.raises(NotApplied) as caught:
            rig.adapter.read([rig.ref])
        assert (caught.value.busy, caught.value.retry_after) == (True, after)

    @pytest.mark.parametrize("fault", ["refused", "answer_lost", "limited", "limited_bare", "html_502", "html_200", "truncated"])
    def test_a_read_that_fails_for_good_is_not_applied(self, rig: Rig, fault: str) -> None:
        for read in self.reads(rig):
            with rig.fault(fault), pytest.raises(NotApplied):
                read()

    def reads(self, rig: Rig) -> list[Callable[[], object]]:
        return [
            lambda: rig.adapter.read([rig.ref]),
            lambda: rig.adapter.changed_since(None),
            lambda: rig.adapter.find(MARKER),
        ]

    def test_an_ended_session_is_renewed(self, rig: Rig) -> None:
        with rig.fault("expired", times=1, writes=False):
            assert rig.ref in rig.adapter.read([rig.ref])
        with rig.fault("expired", times=1, writes=True):
            rig.write("After the session ended")
        assert rig.written() == "After the session ended"

    # --- polling ---

    def test_a_poll_finds_every_change(self, rig: Rig) -> None:
        _, cursor = rig.hints(None)
        other = rig.people_open()
        for act in self.acts(rig, other):
            rig.clock.advance(30)
            act()
            rig.clock.advance(30)
            refs, cursor = rig.hints(cursor)
            assert other in refs

    def acts(self, rig: Rig, ref: str) -> list[Callable[[], object]]:
        """What people do that a poll must see."""
        return [
            lambda: rig.people_rename(ref, "Renamed again"),
            lambda: rig.people_say("A word", ref=ref),
            lambda: rig.people_say("A note", ref=ref, public=False),
            lambda: rig.system.attach(ref, self.words.person, "a.txt", b"abc"),
        ]

    def test_a_poll_finds_changes_of_the_second_it_ran_in(self, rig: Rig) -> None:
        _, cursor = rig.hints(None)
        other = rig.people_open()
        rig.clock.advance(60)
        rig.clock.begin_a_second()
        rig.people_rename(rig.ref, "At the same second")
        _, cursor = rig.hints(cursor)
        rig.people_rename(other, "At the same second, too")
        rig.people_rename(rig.ref, "Once more")
        rig.clock.advance(0.5)
        refs, cursor = rig.hints(cursor)
        later, _ = rig.hints(cursor)
        assert {other, rig.ref} <= refs | later

    def test_a_poll_pages_through_many_changes_of_one_second(self, rig: Rig) -> None:
        _, cursor = rig.hints(None)
        rig.clock.advance(60)
        many = {rig.people_open(f"Ticket {n}") for n in range(11)}
        rig.clock.advance(30)
        refs, cursor = rig.hints(cursor)
        assert many <= refs
        rig.clock.advance(30)
        rig.people_rename(rig.ref, "Later")
        rig.clock.advance(30)
        refs, _ = rig.hints(cursor)
        assert rig.ref in refs

    def test_a_first_poll_looks_back(self, rig: Rig) -> None:
        refs, _ = rig.hints(None)
        assert rig.ref in refs

    def test_a_poll_that_failed_loses_nothing(self, rig: Rig) -> None:
        _, cursor = rig.hints(None)
        rig.clock.advance(60)
        rig.people_rename(rig.ref, "While the line was down")
        with rig.fault("refused"), pytest.raises(NotApplied):
            rig.adapter.changed_since(cursor)
        rig.clock.advance(600)
        refs, _ = rig.hints(cursor)
        assert rig.ref in refs

    # --- history ---

    def author(self, rig: Rig) -> str:
        """By what a history names the person of the words."""
        return self.words.person

    def test_history_names_who_changed_what(self, rig: Rig) -> None:
        if not rig.adapter.capabilities.history:
            pytest.skip("this system tells no history")
        rig.clock.advance(60)
        edited = rig.clock()
        rig.system.edit(rig.ref, self.words.person, {self.words.status: self.words.moved})
        rig.rename("Ours")
        rig.clock.advance(60)
        events = rig.adapter.history([rig.ref])[rig.ref]
        moved = [e for e in events if e.field == self.words.status][-1]
        assert (moved.new, moved.author, moved.by_us) == (self.words.moved, self.author(rig), False)
        assert abs(moved.at - edited) < 2
        assert [e.at for e in events] == sorted(e.at for e in events)
