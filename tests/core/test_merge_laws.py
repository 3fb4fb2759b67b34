"""What holds for every merge, whatever the values and the policy."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from hub.core.merge import Decide, Decision, Merged, Shadow, Verdict, held_fields, merge, owed, settle, untouched
from hub.core.model import Policy, Unit
from hub.core.record import Fields, Value

NAMES = ("name", "street", "city", "zip")
UNITS = (Unit("name", ("name",), Policy("ask"), "hub"), Unit("address", NAMES[1:], Policy("ask"), "group address"))
ALL = frozenset(NAMES)
#: Few, so that values meet.
values: st.SearchStrategy[Value] = st.sampled_from([None, "a", "b", "c"])
#: Not every field is always there.
some = st.dictionaries(st.sampled_from(NAMES), values)
verdicts: st.SearchStrategy[Verdict] = st.sampled_from(["take", "keep", "hold"])


def by(verdict: Verdict, one_way: bool = False) -> Decide:
    """Clashes go this way; what only the system changed is taken, unless it is written one-way."""

    def decide(unit: Unit, mine: object) -> Decision:
        if one_way:
            return Decision("keep", "one-way")
        return Decision(verdict, "said") if mine else Decision("take", "only change")

    return decide


class Case(NamedTuple):
    shadow: Shadow | None
    ours: Fields
    theirs: Fields
    decide: Decide

    def merge(self, theirs: Fields | None = None) -> Merged:
        return merge(UNITS, self.shadow, self.ours, self.theirs if theirs is None else theirs, self.decide)

    def then(self, merged: Merged) -> "Case":
        return self._replace(shadow=merged.shadow, ours={**self.ours, **merged.taken})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Some have met before, some of them hold a clash, some systems made something else of what they were sent."""
    decide = by(draw(verdicts), draw(st.booleans()))
    fields = draw(some)
    asked = draw(st.dictionaries(st.sampled_from(NAMES), values)) if fields else {}
    shadow = Shadow(fields, {name: said for name, said in asked.items() if fields.get(name, said) != said})
    if draw(st.booleans()):
        return Case(None, draw(some), draw(some), decide)
    if draw(st.booleans()):
        shadow = merge(UNITS, shadow, draw(some), draw(some), by("hold")).shadow
    return Case(shadow, draw(some), draw(some), decide)


@given(cases())
def test_the_same_look_again_changes_nothing(case: Case) -> None:
    first = case.merge()
    again = case.then(first).merge()
    assert (again.taken, again.shadow, again.clashes, again.released) == ({}, first.shadow, (), ())


@given(cases())
def test_nothing_is_taken_from_a_system_that_shows_what_it_last_showed(case: Case) -> None:
    """But for a conflict that waits: there the hub may have taken its own edit back."""
    shadow = case.shadow or Shadow({})
    merged = case.merge({name: value for name, value in shadow.fields.items() if name in case.theirs})
    assert merged.taken.keys() <= held_fields(UNITS, shadow)
    assert {clash.unit for clash in merged.clashes} <= shadow.held.keys()


@given(cases())
def test_a_value_taken_is_one_the_system_shows_or_one_that_was_agreed(case: Case) -> None:
    shadow = case.shadow or Shadow({})
    held = {name: value for pair in shadow.held.values() for name, value in pair.theirs.items()}
    for name, value in case.merge().taken.items():
        assert value in (case.theirs.get(name, held.get(name)), shadow.agreed(name))


@given(cases())
def test_no_value_of_the_hub_is_replaced_in_silence(case: Case) -> None:
    """A golden value that a person entered since the last agreement goes only by way of the conflict log."""
    merged, shadow = case.merge(), case.shadow or Shadow({})
    logged = {name: value for clash in merged.clashes for name, value in clash.ours.items()}
    for name, value in merged.taken.items():
        ours = case.ours.get(name)
        assert ours in (None, shadow.agreed(name), shadow.fields.get(name)) or logged.get(name) == ours != value


@given(cases())
def test_no_value_of_the_system_is_overwritten_in_silence(case: Case) -> None:
    """What the system shows and the hub would now write over was there before, or is in the conflict log."""
    merged, shadow = case.merge(), case.shadow or Shadow({})
    after = case.then(merged)
    due = owed(merged.shadow, after.ours, ALL, held_fields(UNITS, merged.shadow))
    logged = {name: value for clash in merged.clashes for name, value in clash.theirs.items()}
    for name in due.keys() & case.theirs.keys():
        shown = case.theirs[name]
        assert shown in (None, shadow.fields.get(name)) or logged[name] == shown


@given(cases())
def test_both_moved_apart_is_always_logged_or_waiting(case: Case) -> None:
    merged, shadow = case.merge(), case.shadow or Shadow({})
    for unit in UNITS:
        moved = any(
            case.theirs[n] not in (shadow.fields.get(n), case.ours.get(n)) for n in unit.fields if n in case.theirs
        )
        mine = any(
            shadow.changed(n, case.ours) and case.theirs[n] != case.ours.get(n) for n in unit.fields if n in case.theirs
        )
        if moved and mine:
            assert unit.name in {clash.unit for clash in merged.clashes} | merged.shadow.held.keys()


@given(cases())
def test_a_group_never_mixes_two_sides(case: Case) -> None:
    """Afterwards it is all the hub's or all the system's, but for fields on which they do not differ."""
    merged, shadow = case.merge(), case.shadow or Shadow({})
    unit = UNITS[1]
    changed = {name for name in unit.fields if name in merged.taken}
    stood = [n for n in unit.fields if n not in changed and shadow.changed(n, case.ours) and n in case.ours]
    if changed:
        assert all(case.theirs.get(name, case.ours[name]) == case.ours[name] for name in stood)


@given(cases())
def test_a_field_that_waits_is_not_owed_and_its_base_does_not_move(case: Case) -> None:
    merged, shadow = case.merge(), case.shadow or Shadow({})
    waits = held_fields(UNITS, merged.shadow)
    due = owed(merged.shadow, case.then(merged).ours, ALL, waits)
    assert not waits & due.keys()
    assert {n: v for n, v in merged.shadow.fields.items() if n in waits} == {
        n: v for n, v in shadow.fields.items() if n in waits
    }


@given(cases())
def test_a_released_unit_waits_no_more(case: Case) -> None:
    merged = case.merge()
    assert not set(merged.released) & merged.shadow.held.keys()
    assert not set(merged.released) & {clash.unit for clash in merged.clashes}


@given(cases(), some)
def test_nothing_is_owed_after_everything_owed_was_written(case: Case, made: Fields) -> None:
    """Whatever the system made of it."""
    merged = case.merge()
    ours, waits = case.then(merged).ours, held_fields(UNITS, merged.shadow)
    sent = owed(merged.shadow, ours, ALL, waits)
    assert owed(settle(merged.shadow, sent, made), ours, ALL, waits) == {}


@given(cases(), some)
def test_what_a_system_made_of_a_write_is_no_change_when_it_comes_back(case: Case, made: Fields) -> None:
    merged = case.merge()
    after = case.then(merged)
    sent = owed(merged.shadow, after.ours, ALL, held_fields(UNITS, merged.shadow))
    holds = {name: made.get(name, value) for name, value in sent.items()}
    seen = merge(UNITS, settle(merged.shadow, sent, made), after.ours, {**case.theirs, **holds}, case.decide)
    assert (seen.taken, seen.clashes) == ({}, ())


@given(cases())
def test_nothing_is_invented(case: Case) -> None:
    """The shadow holds only what the system shows or showed."""
    merged, shadow = case.merge(), case.shadow or Shadow({})
    held = [pair.theirs for pair in shadow.held.values()]
    for name, value in merged.shadow.fields.items():
        assert value in [known[name] for known in (case.theirs, shadow.fields, *held) if name in known]


@given(cases())
def test_what_is_given_is_left_as_it_was(case: Case) -> None:
    ours, theirs, shadow = dict(case.ours), dict(case.theirs), case.shadow
    before = None if shadow is None else (dict(shadow.fields), dict(shadow.asked), dict(shadow.held))
    case.merge()
    assert (case.ours, case.theirs) == (ours, theirs)
    assert before is None or shadow == Shadow(*before)


@given(some, some)
def test_a_deletion_stands_only_if_the_hub_has_nothing_new(fields: Fields, ours: Fields) -> None:
    new = {name for name in ours if ours[name] != fields.get(name)}
    assert untouched(Shadow(fields), ours) is not bool(new)


def test_a_foreign_key_that_the_hub_filled_in_keeps_no_deleted_record_alive() -> None:
    assert untouched(Shadow({"name": "a", "@erp": None}), {"name": "a", "@erp": "17"})


def test_a_record_with_an_undecided_conflict_is_not_deleted_unasked() -> None:
    shadow = merge(UNITS, Shadow({"name": "a"}), {"name": "b"}, {"name": "c"}, by("hold")).shadow
    assert not untouched(shadow, {"name": "a"})
