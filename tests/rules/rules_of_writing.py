"""Rules of what is agreed, of races with people, and of calls without an answer. See ``table.py``."""

from __future__ import annotations

from tests.rules import switches as off
from tests.rules import switches_edges as edge
from tests.rules import test_absence, test_bases, test_gate
from tests.rules.listed import Chapter, Rule
from tests.simulation import test_at_creation
from tests.simulation import test_trouble_calls as calls
from tests.simulation import test_trouble_outages as outages
from tests.simulation import test_trouble_people as people
from tests.simulation import test_trouble_refusals as refusals

WRITING = (
    Chapter(
        "What is agreed",
        (
            Rule(
                off.base_per_unit,
                "An answered write moves the bases of the units that it wrote, and no others, whatever else the answer shows.",
                "sync/closing.py, close_fields",
                people.test_l1_edits_another_field_just_before_our_write,
            ),
            Rule(
                off.base_per_side,
                "Each side is compared with its own base, never with the other side's in translation.",
                "sync/plan.py, differs",
                test_bases.test_level_1_takes_the_incident_and_keeps_it,
            ),
            Rule(
                off.base_moves_with_the_answer,
                "Bases move when a write is answered, not when it is announced.",
                "sync/closing.py, close_fields",
                people.test_l1_edits_the_title_just_before_the_vendors_arrives,
            ),
            Rule(
                off.source_base_is_what_was_sent,
                "The source's base becomes the value that the write was made from, not the one that stands there by now.",
                "sync/closing.py, close_fields",
                test_bases.test_what_level_1_writes_while_a_write_is_in_doubt_travels_afterwards,
            ),
            Rule(
                off.new_mapping_applies_nothing,
                "Under another mapping differences stand, until somebody asks for them to be applied.",
                "sync/afresh.py, new_mapping",
                outages.test_under_another_mapping_differences_stand_and_nothing_is_written_by_itself,
            ),
        ),
    ),
    Chapter(
        "Races with people",
        (
            Rule(
                off.max_age,
                "Nothing is written from a read that is older than `max_age`:",
                "sync/call.py, fresh",
                test_bases.test_what_the_vendor_writes_during_a_slow_call_is_kept,
            ),
            Rule(
                off.max_age_in_a_turn,
                "... neither of the first bond of a turn nor of the last (whose age is asked before its pass, too, to spare it).",
                "sync/call.py, fresh; sync/batch.py, _turn",
                test_bases.test_what_the_vendor_writes_while_another_bond_takes_long_is_kept,
            ),
            Rule(
                off.stale_snapshot_not_used,
                "A read that is older than one already used, or than the answer to our last write, is not used.",
                "sync/one_pass.py, _newer",
                test_bases.test_an_old_read_makes_no_change_of_what_is_over,
            ),
            Rule(
                off.version_check,
                "An answer that our write alone does not explain makes us look who else wrote.",
                "sync/closing.py, interleaved",
                people.test_l1_edits_the_title_just_before_the_vendors_arrives,
            ),
            Rule(
                off.put_back,
                "A value of the field's owner that our write covered is put back.",
                "sync/covering.py, restore",
                people.test_l1_ends_the_incident_just_before_the_vendors_move_arrives,
                ("7",),
            ),
            Rule(
                off.put_back_is_the_persons,
                "What was put back is that person's from then on: it is not taken for our own doing, and travels.",
                "sync/closing.py, close_fields; sync/own_hand.py, by_own_hand",
                people.test_l1_edits_the_title_just_before_the_vendors_arrives,
            ),
            Rule(
                off.late_own_writes,
                "A value of ours that lands late over a person's newer one is taken back.",
                "sync/own_hand.py, by_own_hand",
                calls.test_a_field_delivered_again_over_a_persons_change_is_put_right,
            ),
            Rule(
                off.field_owner_wins,
                "Where both sides changed a unit, the owner's value wins.",
                "sync/conflicts.py, owner_of",
                people.test_both_sides_edit_one_field_and_the_owner_wins_while_the_other_value_is_kept,
            ),
            Rule(
                off.loser_is_kept,
                "The value that did not win is kept in an internal note.",
                "sync/conflicts.py, keep_loser",
                people.test_both_sides_edit_one_field_and_the_owner_wins_while_the_other_value_is_kept,
            ),
            Rule(
                off.person_since_the_snapshot,
                "A difference after our write is the system's doing only if no person changed the field since our read.",
                "sync/own_hand.py, _dropped",
                test_bases.test_what_the_vendor_changes_just_after_our_write_travels,
            ),
            Rule(
                off.unverified_writes_are_verified,
                "A write whose answer shows no record is verified by a read begun late enough.",
                "sync/own_hand.py, verify",
                people.test_the_vendor_edits_the_title_just_before_ours_arrives,
            ),
            Rule(
                off.second_delivery_is_known,
                "An older value of ours that is delivered again before a newer one was verified is no refusal of that one.",
                "sync/own_hand.py, _came_again",
                calls.test_a_field_delivered_again_between_our_next_write_and_its_check_is_put_right,
                ("vendor",),
            ),
            Rule(
                off.delivered_again,
                "A second delivery that covers a value of a person which nobody has read yet is taken back.",
                "sync/covering.py, delivered_again",
                calls.test_a_field_delivered_again_over_what_nobody_has_read_yet_is_put_right,
                ("customer", "a title"),
            ),
            Rule(
                off.delivered_again_meanwhile,
                "... even where it came while we were reading.",
                "sync/covering.py, delivered_again_meanwhile",
                calls.test_a_field_delivered_again_while_we_read_what_it_covers_is_put_right,
                ("customer", "a title"),
            ),
            Rule(
                off.negative_acknowledgement,
                "A value that a system accepted and did not keep stands as a difference and is said once.",
                "sync/own_hand.py, say_dropped",
                refusals.test_a_title_that_the_portal_drops_stands_and_is_said_once,
            ),
            Rule(
                off.form_is_filled_once,
                "What our account sets with a new ticket alone is not written later: its people are asked for it.",
                "sync/at_creation.py, too_late",
                test_at_creation.test_a_later_change_is_not_tried_and_the_vendors_people_are_asked,
                (test_at_creation.FormDesk,),
            ),
        ),
    ),
    Chapter(
        "Announced, called, closed",
        (
            Rule(
                off.intents,
                "Every write is announced durably before it is sent, and looked for where the answer is missing.",
                "sync/call.py, announce_and_send",
                calls.test_a_case_is_opened_once_whatever_becomes_of_the_call,
                ("answer_lost",),
            ),
            Rule(
                edge.unanswered_is_unknown,
                "A write without an answer of the system's own may have taken effect.",
                "adapters/http_table.py, Table",
                calls.test_comments_arrive_once_whatever_becomes_of_the_call,
                ("late",),
            ),
            Rule(
                edge.fence,
                "A worker whose bond was taken over commits nothing, and so announces nothing.",
                "store/transaction.py, begin_claimed",
                test_absence.test_a_worker_that_stood_still_before_its_announcement_sends_nothing,
            ),
            Rule(
                off.third_of_the_lease_before_sending,
                "A call begins within a third of the lease from its announcement, or not at all.",
                "sync/call.py, _too_late",
                test_absence.test_a_worker_that_stood_still_after_its_announcement_sends_nothing,
            ),
            Rule(
                off.third_of_the_lease_in_absence,
                "Absence is concluded only from a read begun after the time in which the call may have begun,",
                "sync/recognise.py, absent_after",
                test_absence.test_a_case_whose_call_began_late_is_not_opened_again,
            ),
            Rule(
                off.settle,
                "... and the time in which a lost write may still land,",
                "sync/recognise.py, absent_after",
                test_absence.test_a_case_that_lands_within_settle_is_not_opened_again,
            ),
            Rule(
                off.read_lag_in_absence,
                "... and the time by which a read may lag,",
                "sync/recognise.py, absent_after",
                test_absence.test_a_comment_that_a_read_does_not_show_yet_is_not_sent_again,
            ),
            Rule(
                off.find_lag,
                "... and, for a case, the time by which a search may lag.",
                "sync/recognise.py, absent_after",
                test_absence.test_a_case_that_a_search_does_not_find_yet_is_not_opened_again,
            ),
            Rule(
                off.open_units_wait,
                "While the fate of a write is open, its units are not written again.",
                "sync/scene.py, busy",
                test_bases.test_a_late_title_does_not_win_over_a_newer_one,
            ),
            Rule(
                off.presence_is_believed,
                "A write of fields that shows has landed, whoever asks and whenever.",
                "sync/recognise.py, _landed",
                test_bases.test_a_title_that_landed_unanswered_is_agreed_as_soon_as_it_shows,
            ),
            Rule(
                off.presence_in_history_is_believed,
                "... and so has one that the history shows, though a person has changed it since.",
                "sync/recognise.py, _stood",
                outages.test_what_people_make_of_a_write_after_a_crash_is_news,
                (0,),
            ),
            Rule(
                off.accepted_never_sent_again,
                "What a system accepted is never sent again: it is parked if it does not show.",
                "sync/recognise.py, _never_seen",
                refusals.test_an_accepted_note_that_never_shows_is_parked_and_not_sent_again,
            ),
            Rule(
                edge.redirects_of_writes,
                "A redirected write is not followed.",
                "adapters/http.py, _may_follow",
                test_gate.test_a_redirected_write_reaches_nobody_else,
            ),
        ),
    ),
)
