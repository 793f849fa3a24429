"""Rules above single writes: limits, several tickets on one case, ended exchanges, time that went back. See ``table.py``."""

from __future__ import annotations

from connector.words import Side
from tests.installed import test_document_002 as document_002
from tests.installed.places import CloudHouse
from tests.rules import switches_at_large as off
from tests.rules.listed import Chapter, Rule
from tests.simulation import test_following as following
from tests.simulation import test_limits as limits
from tests.simulation import test_recovery as recovery
from tests.simulation import test_rollback as rollback
from tests.simulation import test_unlinking as unlinking
from tests.simulation.link_desk import LinkDesk
from tests.unit.store import test_out_of_reach as out_of_reach

AT_LARGE = (
    Chapter(
        "Where an installation is named",
        (
            Rule(
                off.secrets_stay,
                "A text file that seems to hold a secret does not go to the vendor before an authorised person lets it.",
                "sync/disclosure.py, withheld_for",
                document_002.test_bullet_9_a_file_with_a_client_secret_stays_and_level_1_is_told_the_line,
                (CloudHouse,),
            ),
            Rule(
                off.vendors_lines_are_talk,
                "A vendor can object to a cause and ask for access; no other line of its to the connector does anything.",
                "rasci/replies.py, FROM_VENDOR; sync/replies.py",
                document_002.test_whatever_else_the_vendor_writes_to_the_connector_is_talk,
                (CloudHouse, "cause other"),
            ),
        ),
    ),
    Chapter(
        "Limits",
        (
            Rule(
                off.pauses_told_to_all,
                "A pause that one process was asked for is obeyed by all.",
                "sync/limits.py, heed",
                limits.test_what_one_process_was_asked_for_another_obeys,
            ),
            Rule(
                off.database_trouble_counts_against_nobody,
                "Trouble with the connector's own database counts against no bond.",
                "sync/batch.py, _one and _end",
                out_of_reach.test_a_database_that_fails_parks_no_bond_and_sends_nothing,
            ),
        ),
    ),
    Chapter(
        "Several tickets on one case",
        (
            Rule(
                off.words_of_one_ticket_stay_there,
                "What is said in one ticket goes to the case, and to no other ticket.",
                "sync/items.py, sources",
                following.test_comments_and_files_of_a_follower_go_to_the_case_alone_under_its_number,
                (following.Case,),
            ),
            Rule(
                off.each_ticket_has_its_copies,
                "What has a copy on one ticket travels to the others all the same.",
                "sync/scene.py, concerns",
                following.test_the_vendors_word_goes_to_every_ticket_once,
                (following.Case,),
            ),
            Rule(
                off.only_the_lead_moves,
                "Only the lead's moves drive the case.",
                "sync/proposals.py, _translated",
                following.test_the_status_of_the_case_goes_to_every_ticket_and_only_the_leads_moves_to_the_case,
                (following.Case,),
            ),
            Rule(
                off.another_leads_when_the_lead_ends,
                "The end of the lead does not end the case while another of its tickets is open.",
                "sync/one_pass.py, _succession",
                following.test_when_the_lead_closes_the_oldest_open_follower_leads_and_the_case_stays_open,
                (following.Case,),
            ),
            Rule(
                off.the_unread_may_be_open,
                "Nor while another of its tickets, which was open when it was seen last, cannot be read.",
                "sync/proposals.py, _may_not_be_the_last",
                following.test_the_end_of_the_lead_does_not_end_the_case_while_a_follower_cannot_be_read,
                (following.Case,),
            ),
            Rule(
                off.owed_whichever_case,
                "What our write covered on a ticket is put back there, though its case was merged into another meanwhile.",
                "sync/following.py, move",
                following.test_a_person_s_word_that_our_write_covered_as_the_case_was_merged_is_put_back,
                ("nobody's", ""),
            ),
        ),
    ),
    Chapter(
        "Exchanges that a person ended",
        (
            Rule(
                off.ended_exchange_is_silent,
                "Nothing travels between two that were unlinked but one last note to each.",
                "sync/one_pass.py, _run; sync/farewell.py",
                unlinking.test_an_exchange_ends_with_one_note_on_each_side_and_nothing_else,
                (LinkDesk,),
            ),
            Rule(
                off.unlinked_is_not_born_again,
                "A ticket that was unlinked does not go to the vendor again by itself.",
                "sync/one_pass.py, _run",
                unlinking.test_a_ticket_that_was_unlinked_gets_no_second_case,
                (LinkDesk,),
            ),
        ),
    ),
    Chapter(
        "Time that went back",
        (
            Rule(
                off.guard_stops_writes,
                "Nothing is written while one of the systems is not what it was.",
                "sync/guard.py, watch; sync/batch.py, run",
                rollback.test_a_system_that_went_back_stops_all_writes_and_goes_on_when_it_is_brought_back,
                (Side.VENDOR,),
            ),
            Rule(
                off.a_ticket_that_went_back_is_held,
                "A single ticket that is older than what was seen of it holds its bond.",
                "sync/rollback.py, sign_of",
                rollback.test_one_ticket_that_went_back_holds_its_bond_alone,
                (Side.CUSTOMER,),
            ),
            Rule(
                off.another_system_is_noticed,
                "An address that leads to another system stops everything at once.",
                "sync/guard.py, identify",
                rollback.test_another_identity_stops_at_once_and_the_old_one_lets_it_go_on,
            ),
            Rule(
                off.nothing_is_taken_in_meanwhile,
                "Meanwhile polls give hints alone, and no cursor moves.",
                "sync/polling.py, glance",
                rollback.test_what_happened_in_the_right_instance_meanwhile_is_not_passed_by,
            ),
            Rule(
                off.restored_values_stand,
                "After a restore of the store no value moves by itself: what differs stands.",
                "sync/restored.py, take_up",
                recovery.test_a_value_that_moved_after_the_backup_stands_until_it_is_asked_for,
            ),
            Rule(
                off.restored_candidate_looks_first,
                "A candidate from before the restore looks for its case by the marker before it opens one,",
                "sync/birth.py, _made_meanwhile",
                recovery.test_a_case_opened_after_the_backup_is_found_and_no_second_one_is_opened,
                ("candidate",),
            ),
            Rule(
                off.restored_new_bond_looks_first,
                "... and so does a bond that is born after it.",
                "sync/polling.py, birth_of",
                recovery.test_a_case_opened_after_the_backup_is_found_and_no_second_one_is_opened,
                ("unknown",),
            ),
            Rule(
                off.restored_waits_for_what_was_sent,
                "After a restore nothing is concluded before all that was on its way has landed.",
                "sync/restored.py, too_early",
                recovery.test_a_case_that_was_on_its_way_when_the_store_was_lost_is_waited_for,
            ),
            Rule(
                off.restored_says_nothing_twice,
                "What a note said before the restore is not said again.",
                "sync/scene.py, stands_there",
                recovery.test_notes_are_not_said_again,
            ),
        ),
    ),
)
