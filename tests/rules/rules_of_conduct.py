"""Rules of copies, of who may do what, of hints and of the record. See ``table.py``."""

from __future__ import annotations

from tests.installed import test_join
from tests.installed.places import WorkcubeHouse
from tests.rules import switches as off
from tests.rules import switches_at_large as at_large
from tests.rules import switches_edges as edge
from tests.rules import test_audit, test_bases, test_gate, test_hints, test_items, test_webhooks
from tests.rules.listed import Chapter, Rule
from tests.simulation import test_trouble_calls as calls
from tests.simulation import test_trouble_hands as hands
from tests.simulation import test_trouble_outages as outages
from tests.simulation import test_trouble_people as people
from tests.simulation import test_trouble_refusals as refusals

CONDUCT = (
    Chapter(
        "Once each, in order",
        (
            Rule(
                off.marker,
                "A copy is recognised by its marker where nobody noted it.",
                "sync/recognise.py, _copies",
                calls.test_comments_arrive_once_whatever_becomes_of_the_call,
                ("answer_lost",),
            ),
            Rule(
                edge.case_marker,
                "A case is looked for by its marker before another one is opened.",
                "sync/birth.py, _settle",
                calls.test_a_case_is_opened_once_whatever_becomes_of_the_call,
                ("answer_lost",),
            ),
            Rule(
                edge.marker_needs_our_author,
                "A marker by any other author is that person's text.",
                "sync/recognise.py, _copies; sync/items.py, sources",
                test_items.test_a_pasted_copy_is_a_persons_text,
            ),
            Rule(
                edge.case_needs_our_author,
                "A case that bears our marker and was opened by somebody else is that person's case.",
                "sync/polling.py, _birth and _report_second_cases",
                test_items.test_a_clone_of_a_case_is_the_vendors_own,
            ),
            Rule(
                off.own_items_never_a_source,
                "What our own user wrote is never a source, with or without a marker.",
                "sync/items.py, sources",
                test_items.test_what_our_account_wrote_by_hand_is_no_source,
                ("portal",),
            ),
            Rule(
                off.file_by_content,
                "A file without room for a marker is recognised by its size and hash.",
                "sync/recognise.py, _by_content",
                test_items.test_a_file_that_landed_unanswered_is_not_sent_again,
            ),
            Rule(
                edge.whole_files_only,
                "Only a file that came whole travels.",
                "adapters/http.py, download",
                test_items.test_half_a_file_never_travels,
            ),
            Rule(
                edge.nth_of_equal_items,
                "Texts without ids are told apart by author, words and which of equal ones they are.",
                "adapters/servicenow_journal.py, of_display",
                refusals.test_no_journal_rights_from_the_start,
            ),
            Rule(
                off.direction_lane,
                "While the fate of a comment or file is open, no later one goes to that ticket.",
                "sync/items.py, _lane_open; sync/call.py, lane",
                test_items.test_comments_keep_their_order_although_the_first_lands_late,
            ),
            Rule(
                off.second_case_is_reported,
                "A second case of ours is reported, and never written to.",
                "sync/polling.py, _report_second_cases",
                calls.test_a_case_opened_twice_by_the_network_is_reported,
            ),
            Rule(
                off.parked_stays_parked,
                "What a system refused is not sent again until an operator says so.",
                "sync/items.py, _parked",
                test_items.test_a_file_that_a_system_refuses_is_not_sent_again_at_each_look,
            ),
            Rule(
                off.only_the_refused_unit_parks,
                "Of a refused write only the unit parks that was refused.",
                "sync/call.py, _refused_units",
                refusals.test_a_transition_that_a_business_rule_refuses_parks_alone,
            ),
            Rule(
                edge.notes_are_said_once,
                "A note of ours is written once for each content.",
                "sync/items.py, _said",
                test_items.test_a_ticket_in_trouble_hears_of_it_once,
            ),
            Rule(
                at_large.unseen_comments_prove_nothing,
                "A ticket that shows no comment is asked whether it has any before ours is taken for absent.",
                "sync/recognise.py, in_question",
                test_items.test_a_comment_in_doubt_is_not_sent_again_though_no_comment_was_ever_seen,
            ),
            Rule(
                off.vanished_comments_hold,
                "If all comments of a ticket are gone, nothing is concluded from it: the bond is held.",
                "sync/recognise.py, comments_vanished",
                test_items.test_a_comment_in_doubt_is_not_sent_again_while_no_comment_can_be_read,
            ),
        ),
    ),
    Chapter(
        "What our own comments do",
        (
            Rule(
                off.provoked_status,
                "A status that our comment provoked is nobody's decision and is never proposed.",
                "sync/own_hand.py, by_own_hand",
                test_items.test_a_solution_stands_although_our_comment_reopened_the_case,
            ),
            Rule(
                off.status_weighed,
                "... but no status that changed after the case was seen: our comment had done by then what it does.",
                "sync/own_hand.py, weigh_status",
                hands.test_without_history_what_was_seen_after_our_text_was_not_changed_by_it,
            ),
            Rule(
                off.person_before_provocation,
                "A person's status that our comment covered is put back.",
                "sync/own_hand.py, _person_before_provocation",
                people.test_our_comment_reopens_the_case_and_the_vendors_waiting_is_put_back,
            ),
            Rule(
                off.put_back_is_seen_first,
                "Behind a status that was put back no text of ours goes before a read has shown it.",
                "sync/plan.py, _just_put_back",
                people.test_no_comment_of_ours_follows_a_put_back_before_a_read_has_shown_it,
            ),
            Rule(
                off.covered_move,
                "... even where the comment turned it back to what was agreed.",
                "sync/own_hand.py, covered_move",
                test_items.test_a_question_of_the_vendor_stands_although_our_comment_turned_it_back,
            ),
        ),
    ),
    Chapter(
        "Who may do what",
        (
            Rule(
                off.the_gate,
                "Every proposed change goes through the rules of the operating model.",
                "rasci/judge.py, judge",
                test_gate.test_the_customers_solution_does_not_solve_the_vendors_case,
            ),
            Rule(
                off.closing_invariant,
                "No change of the vendor resolves, closes or cancels an incident, whatever the mapping says.",
                "rasci/judge.py, _closing_invariant",
                test_gate.test_the_vendor_ends_no_incident_even_where_a_mapping_would_write_it,
            ),
            Rule(
                edge.notifying_targets_refused_at_load,
                "A mapping that would write such a state is refused when it is loaded.",
                "mapping/load_status.py, _check_closing",
                test_gate.test_a_mapping_that_lets_the_vendor_resolve_is_refused,
            ),
            Rule(
                off.no_move_to_a_closed_ticket,
                "No move of the vendor is sent to an incident that the customer ended.",
                "rasci/moves.py, _on_ticket",
                people.test_the_vendor_reopens_what_the_customer_closed_and_it_stays_closed,
            ),
            Rule(
                off.taken_up_again,
                "What the vendor did while an incident had ended does not move it when it is taken up again.",
                "sync/plan.py, _since_it_was_refused",
                test_bases.test_what_the_vendor_did_in_the_meantime_does_not_move_a_ticket_that_is_taken_up_again,
            ),
            Rule(
                off.closing_waits,
                "A case is closed only after everything that is not parked has arrived.",
                "sync/plan.py, _may_end; sync/deliver.py, _ends_too_early",
                people.test_a_close_waits_for_the_comment_written_before_it,
            ),
            Rule(
                off.nothing_after_the_end,
                "A comment or file for a ticket that ended is held.",
                "sync/items.py, _held_back",
                people.test_a_comment_after_the_end_is_held_and_delivered_when_it_is_reopened,
            ),
            Rule(
                off.notes_reopen_nothing,
                "Our own word does not reopen a case that ended.",
                "sync/items.py, would_reopen",
                test_items.test_our_word_about_a_late_comment_does_not_reopen_the_case,
            ),
            Rule(
                off.ended_before_its_case,
                "An incident that ended before its case was opened gets none.",
                "sync/birth.py, _waits",
                test_gate.test_an_incident_that_ended_before_its_case_gets_none,
            ),
            Rule(
                off.gone_never_closes,
                "A ticket that cannot be found holds its bond: nothing is closed, and it is no failure.",
                "sync/one_pass.py, _unreadable",
                refusals.test_a_deleted_incident_is_held_and_its_case_is_not_closed,
            ),
            Rule(
                edge.default_deny,
                "Internal texts travel by no rule but one that names their place.",
                "mapping/channels.py, Rule.takes",
                people.test_internal_notes_never_travel,
            ),
            Rule(
                edge.end_users_hear_the_customer_only,
                "The vendor's words reach no end user, whatever the mapping says.",
                "rasci/texts.py, judge_text",
                test_gate.test_the_vendors_words_reach_no_end_user_even_where_a_mapping_would_show_them,
            ),
            Rule(
                edge.public_targets_refused_at_load,
                "A mapping that would show them is refused when it is loaded.",
                "mapping/load_channels.py, _check_rule",
                test_gate.test_a_mapping_that_shows_the_vendors_words_to_end_users_is_refused,
            ),
            Rule(
                edge.lost_visibility_is_told,
                "A text that was hidden after it was copied is reported.",
                "sync/items.py, _still_visible",
                test_items.test_an_article_that_was_hidden_later_is_told_to_the_vendor,
            ),
        ),
    ),
    Chapter(
        "Nothing missed, nobody delayed",
        (
            Rule(
                edge.births_with_the_cursor,
                "A poll's cursor moves in the transaction that takes in what the page named.",
                "store/intake.py, advance",
                test_hints.test_a_poll_that_dies_after_a_commit_loses_no_ticket,
            ),
            Rule(
                off.strangers_looked_at_twice,
                "A ticket that is not the vendor's at the first look is looked at once more.",
                "sync/polling.py, _Strangers",
                test_hints.test_a_ticket_that_the_first_read_did_not_show_is_taken_at_the_second_look,
            ),
            Rule(
                edge.second_must_be_over,
                "A change time tells a state from all others only when its second is over.",
                "adapters/otrs_read.py, _stamp",
                test_hints.test_a_change_in_the_same_second_as_our_look_is_seen,
            ),
            Rule(
                edge.only_our_own_echo_is_quiet,
                "Only a state that a pass knows is an echo.",
                "sync/echoes.py, explain",
                test_hints.test_a_change_right_after_our_own_write_is_no_echo,
            ),
            Rule(
                edge.scattered_parts_explain_nothing,
                "A ticket whose parts were read at once explains no echo, unless it had been saved before the last pass.",
                "sync/echoes.py, passed; sync/one_pass.py, _newer",
                test_hints.test_a_comment_that_came_while_a_tickets_parts_were_read_at_once_is_no_echo,
            ),
            Rule(
                edge.only_signed_posts_count,
                "A webhook makes a ticket due only if whoever knows the secret signed its very bytes.",
                "daemon/hooks.py, signed",
                test_webhooks.test_a_forged_post_marks_nothing,
            ),
            Rule(
                edge.hints_during_a_pass,
                "A hint that comes during a pass brings the bond back.",
                "store/queue.py, hint",
                test_hints.test_a_hint_that_comes_during_a_pass_brings_the_bond_back,
            ),
            Rule(
                edge.sweep,
                "Every bond is looked at without any hint, slowly.",
                "sync/one_pass.py, _sweep",
                test_hints.test_a_change_that_no_poll_names_is_found_by_the_sweep,
            ),
            Rule(
                edge.p1_first,
                "A priority 1 goes first and alone.",
                "store/queue.py, claim",
                test_hints.test_a_p1_goes_first_and_alone,
            ),
            Rule(
                edge.bad_record_stands_alone,
                "A ticket that cannot be read stands alone: those that were asked for with it go on.",
                "sync/reading.py, _read",
                test_hints.test_a_ticket_that_fails_at_each_pass_parks_and_no_other_waits_for_it,
            ),
            Rule(
                edge.failures_park_in_the_end,
                "A bond that fails again and again parks.",
                "sync/batch.py, _fail",
                test_hints.test_a_ticket_that_fails_at_each_pass_parks_and_no_other_waits_for_it,
            ),
            Rule(
                edge.kills_are_no_failures,
                "No kill counts as a failure,",
                "store/queue.py, _claim",
                outages.test_restarts_park_no_bond_even_with_a_failure_on_top,
            ),
            Rule(
                edge.what_is_lost_comes_in_small_company,
                "... a bond that was lost with its process comes in smaller company each time,",
                "store/queue.py, _choose",
                outages.test_a_bond_that_ends_every_process_parks_at_last_and_delays_no_other,
            ),
            Rule(
                edge.what_ends_processes_parks_in_the_end,
                "... and parks at last.",
                "sync/reconcile.py, work",
                outages.test_a_bond_that_ends_every_process_parks_at_last_and_delays_no_other,
            ),
            Rule(
                off.circuit_breaker,
                "A side that is away is asked ever more slowly,",
                "sync/pace.py, _shut",
                outages.test_an_outage_costs_few_calls_counts_against_nobody_and_is_caught_up,
                ("refused", "Ticket"),
            ),
            Rule(
                edge.pauses_asked_for,
                "... not before the time that it asks for,",
                "adapters/http_table.py, retry_after",
                calls.test_a_429_is_obeyed_for_as_long_as_it_says,
            ),
            Rule(
                off.outage_counts_against_nobody,
                "... and that counts against no bond.",
                "sync/batch.py, _one; sync/reconcile.py, work",
                outages.test_an_outage_that_begins_with_a_write_counts_against_nobody,
            ),
        ),
    ),
    Chapter(
        "Tasks that a ticket joined",
        (
            Rule(
                edge.a_joined_task_gets_findings_alone,
                "Nothing goes into a joined task but what a person chose for it,",
                "sync/joining.py, effects",
                test_join.test_chosen_findings_go_into_the_task_and_nothing_else_of_the_ticket,
                (WorkcubeHouse,),
            ),
            Rule(
                edge.what_was_there_before_a_join_is_no_news,
                "... and of what was said there only what came since is told.",
                "sync/scene.py, toward",
                test_join.test_what_becomes_of_the_task_is_told_inside_and_moves_nothing,
                (WorkcubeHouse,),
            ),
        ),
    ),
    Chapter(
        "The record",
        (
            Rule(
                edge.audit_with_what_it_records,
                "A record is written in the transaction of what it records.",
                "store/transaction.py, Tx.record",
                test_audit.test_every_copy_has_its_record_wherever_the_process_dies,
            ),
            Rule(
                edge.one_daemon_a_file,
                "One daemon alone works on an SQLite file.",
                "store/lockfile.py, lock",
                test_audit.test_a_second_daemon_keeps_off_the_file,
            ),
        ),
    ),
)
