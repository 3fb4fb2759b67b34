"""Bugs planted in the engine on purpose: each a mistake that somebody could make, and that the oracle must catch."""

from hub.simulator.planted import believing, clashing, creating, reading, writing
from hub.simulator.planted.bug import Bug, Swap, planted

__all__ = ["BUGS", "Bug", "Swap", "planted"]

BUGS = (
    Bug("the shadow is what was sent", believing.shadow_is_what_was_sent, "lossy"),
    Bug("what was asked for is forgotten", believing.asked_is_forgotten, "lossy"),
    Bug("an update whose answer was lost is not recognised", believing.lost_update_is_not_recognised, "lost updates"),
    Bug("a child found again meets as a stranger", believing.child_meets_as_a_stranger, "edited children"),
    Bug("writes without version and without a look", writing.writes_without_version_and_without_a_look, "plain"),
    Bug("deletes without a check", writing.deletes_without_a_check, "deletes"),
    Bug("sends whole records", writing.sends_whole_records),
    Bug("a delivery is never done", writing.never_done),
    Bug("no answer is taken for success", writing.unknown_is_success, "lost updates"),
    Bug("the shadow of a held field moves", clashing.shadow_of_a_held_field_moves),
    Bug("held fields are written", clashing.held_fields_are_written),
    Bug("clashes are not logged", clashing.clashes_are_not_logged),
    Bug("a held clash is logged again and again", clashing.held_clash_is_logged_again),
    Bug("groups merge field by field", clashing.groups_merge_by_field, "groups"),
    Bug("a deletion always wins", clashing.deletion_always_wins, "deletes"),
    Bug("revived from what one system shows", clashing.revived_from_what_one_system_shows, "deletes"),
    Bug("a fresh token for each try", creating.fresh_token_for_each_try, "lost creates"),
    Bug("no intent is stored before a create", creating.no_intent_for_creates, "lost creates, weak"),
    Bug("creates are repeated blindly", creating.creates_are_repeated_blindly, "lost creates, weak"),
    Bug("an unknown child is taken for new", creating.unknown_child_is_new, "lost creates, weak"),
    Bug("what is not alike is not there", creating.not_alike_is_not_there, "edited children"),
    Bug("the cursor moves before the records", reading.cursor_moves_before_the_records, "deaths"),
    Bug("the last record of a page is skipped", reading.last_record_of_a_page_is_skipped),
    Bug("one bad record stops the page", reading.one_bad_record_stops_the_page),
    Bug("the shadow moves before the write", writing.shadow_moves_before_the_write, "failing writes"),
    Bug("writes again and again to what cannot be read", writing.hammers_what_cannot_be_read, rare=True),
    Bug("what was refused is dropped", writing.refused_is_dropped, "failing writes"),
    Bug("what was postponed is dropped", writing.postponed_is_dropped, "failing writes"),
    Bug("what was announced is forgotten at the start", creating.announced_is_forgotten, "lost creates, weak"),
    Bug("announced updates are forgotten", creating.announced_updates_are_forgotten, "lost updates"),
    Bug("a create in doubt is dropped with its record", creating.doubt_dies_with_its_record, "searched", rare=True),
    Bug("nobody waits for what is on its way", creating.nobody_waits_for_what_is_on_its_way, "searched"),
    Bug("our own key is not recognised", creating.own_key_is_not_recognised, "searched"),
    Bug("a decision is carried out unseen", clashing.decided_unseen, "held", rare=True),
    Bug("a decision is told to nobody", clashing.decision_is_told_to_nobody, "held", rare=True),
    Bug("deletes what waits for a person", clashing.deletes_what_waits_for_a_person, "deletes"),
    Bug("a clash never ends", clashing.clash_never_ends, "held", rare=True),
    Bug("a list of keys that breaks off is believed", reading.failed_list_of_keys_is_empty, "broken lists"),
    Bug("equal stamps at the edge of a page are skipped", reading.equal_stamps_are_skipped, "drift"),
    Bug("what stands aside is never tried again", reading.aside_for_ever, rare=True),
)
