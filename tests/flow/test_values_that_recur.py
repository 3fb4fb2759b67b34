"""People type what was there before, and what others type: a status goes to and fro, two enter the same. Whatever
happened, all comes to rest and agrees but for what a person is asked, and a lone edit goes everywhere afterwards."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from machine import cans, chosen
from support.memory import Noted, World, memory

from adapters.memory import Quirk
from hub.adapter import Can
from hub.core.errors import Refused, Unknown
from hub.core.merge import EXISTENCE
from hub.core.model import Policy
from hub.flow.deciding.decide import resolve
from hub.flow.delivering.deliver import deliver
from hub.flow.polling.poll import poll
from hub.simulator import databases
from hub.store.database import Store

FIELDS = ("name", "phone", "city")
TYPED = ("phone", "city")
VALUES = ("", "ab", "AB", "ac")
RECORDS = ("Anna", "Bert")
#: What a system does to a value, and what is the same then.
QUIRKS: dict[str, list[Quirk]] = {"nothing": [], "upper": ["upper"], "truncate": [{"truncate": 1}]}
SAME: dict[str, Callable[[str], str]] = {"nothing": str, "upper": str.upper, "truncate": lambda value: value[:1]}
#: Nobody touches it: a system that shows nothing any more is not believed.
STILL = "Zoe"
DAY = 90_000
#: Rounds until all must be quiet, and calls of one kind that a round may take.
ROUNDS, CALLS = 8, 12

which, values, fields = st.integers(0, 5), st.sampled_from(VALUES), st.sampled_from(TYPED)
phases = st.sampled_from(["before", "after"])
policies = st.sampled_from([Policy("ask"), Policy("newest"), Policy("prefer", ("a", "b", "c"))])
deletions = st.sampled_from([Policy("ask"), Policy("edit"), Policy("delete")])


class Died(BaseException):
    """The process is killed: nothing in the hub may catch it."""


class Recurring(RuleBasedStateMachine):
    """Systems in memory, and people who type few values."""

    @initialize(
        kinds=st.lists(cans, min_size=2, max_size=3),
        policy=policies,
        deletes=deletions,
        group=st.booleans(),
        quirk=st.sampled_from(list(QUIRKS)),
    )
    def begin(self, kinds: list[Can], policy: Policy, deletes: Policy, group: bool, quirk: str) -> None:
        """`quirk`: what the second system does to values."""
        made: dict[str, dict[str, Any]] = {"b": {"phone": QUIRKS[quirk]}}
        self.same = SAME[quirk]
        self.systems: dict[str, Noted] = {
            name: memory(can, FIELDS, quirks=made.get(name, {})) for name, can in zip("abc", kinds, strict=False)
        }
        self.names = list(self.systems)
        groups = {"both": TYPED} if group else {}
        order = Policy(policy.rule, tuple(self.names) if policy.order else ())
        self.world = World(
            self.systems, store=databases.empty(Store), fields=FIELDS, policy=order, deletes=deletes, groups=groups
        )
        #: Deleted records, by system and key.
        self.bin: dict[tuple[str, str], dict[str, Any]] = {}
        for name in (*RECORDS, STILL):
            self.systems["a"].create(name=name, phone="ab", city="ab")
        for _ in range(2):
            self.world.sync()

    # -- what people do ---------------------------------------------------------------------------

    def one(self, number: int) -> tuple[str, str] | None:
        """A system, and the key of one of its records."""
        found = list(self.each())
        return found[number % len(found)] if found else None

    @rule(number=which, field=fields, value=values)
    def edit(self, number: int, field: str, value: str) -> None:
        if one := self.one(number):
            self.type(*one, field, value)

    def type(self, name: str, key: str, field: str, value: str) -> None:
        if key in self.systems[name].keys_held():
            self.systems[name].edit(key, **{field: value})

    @rule(number=which)
    def delete(self, number: int) -> None:
        if one := self.one(number):
            name, key = one
            self.bin[one] = self.systems[name].row(key)
            self.systems[name].delete(key)

    @rule(number=which)
    def undelete(self, number: int) -> None:
        """Not where it is there under another key: a person would see that."""
        back = [(name, key) for (name, key), row in self.bin.items() if row["name"] not in self.shown(name)]
        if back:
            name, key = back[number % len(back)]
            self.systems[name].undelete(key, **self.bin.pop((name, key)))

    @rule(number=which, side=st.sampled_from(["ours", "theirs"]))
    def decide(self, number: int, side: Any) -> None:
        rows = self.world.log("open")
        if rows:
            self.say(rows[number % len(rows)].id, side)

    def say(self, id_: int, side: Any) -> None:
        try:
            resolve(self.world.hub, id_, side, "anna")
        except Refused as error:
            note(f"refused: {error}")

    # -- what the hub does ------------------------------------------------------------------------

    def somewhere(self, number: int) -> str:
        return self.names[number % len(self.names)]

    @rule(number=which)
    def poll(self, number: int) -> None:
        self.world.clock.pass_(1)
        poll(self.world.hub, self.world.place(self.somewhere(number)))

    @rule(number=which)
    def deliver(self, number: int) -> None:
        deliver(self.world.hub, self.world.place(self.somewhere(number)))

    @rule()
    def sync(self) -> None:
        self.world.sync()

    @rule(number=which, phase=phases)
    def lose_an_answer(self, number: int, phase: str) -> None:
        system = self.systems[self.somewhere(number)]
        system.fail("write", phase, Unknown("net.timeout", "no answer"))
        self.world.sync()
        system.fails.clear()

    @rule(number=which, phase=phases)
    def die_at_a_write(self, number: int, phase: str) -> None:
        system = self.systems[self.somewhere(number)]
        system.fail("write", phase, Died())
        with suppress(Died):
            self.world.sync()
        system.fails.clear()
        self.world.restart()

    @rule(number=which, call=st.sampled_from(["changes", "write"]), phase=phases, field=fields, value=values)
    def edit_meanwhile(self, number: int, call: str, phase: str, field: str, value: str) -> None:
        """Somebody edits in the middle of a call. (Not of a write to a system that cannot compare: nobody can tell.)"""
        one = self.one(number)
        system = self.systems[one[0] if one else self.somewhere(number)]
        if one and (call == "changes" or system.can.conditional):
            system.at(call, phase, lambda: self.type(*one, field, value))
            self.world.sync()
            system.happens.clear()

    # -- what must hold ---------------------------------------------------------------------------

    def teardown(self) -> None:
        if hasattr(self, "bin"):
            self.rest()
            for _ in range(ROUNDS):
                for row in self.world.log("open"):
                    self.say(row.id, "theirs")
                self.rest()
            assert self.world.log("open") == []
            self.edits_arrive()

    def shown(self, name: str) -> dict[str, dict[str, Any]]:
        """The records of a system, by name."""
        rows = self.systems[name].held("thing").values()
        assert max(Counter(row["name"] for row in rows).values(), default=1) == 1, f"{name} has one twice: {rows}"
        return {row["name"]: {field: self.same(row[field] or "") for field in TYPED} for row in rows}

    def round(self) -> int:
        """A day: the writes."""
        self.world.clock.pass_(DAY)
        for system in self.systems.values():
            system.calls.clear()
        written = self.world.sync(keys=True).written
        for system in self.systems.values():
            assert max(Counter(system.calls).values(), default=0) <= CALLS, Counter(system.calls)
        return written

    def rest(self) -> None:
        """After finite rounds nothing is written any more; then all agree."""
        for _ in range(ROUNDS):
            if self.round() + self.round() == 0:
                break
        else:
            raise AssertionError(f"no rest after {ROUNDS} rounds: {[s.writes[-3:] for s in self.systems.values()]}")
        assert [row for row in self.world.owed() if row.state != "refused"] == []
        assert self.world.aside() == []
        self.agree()
        for row in self.world.log("open"):
            assert row.unit == EXISTENCE or self.differ(self.of(row), row.theirs), f"nothing is to be decided: {row}"

    def agree(self) -> None:
        shown = {name: self.shown(name) for name in self.names}
        asked = {
            (self.of(row), field) for row in self.world.log("open") for field in {*row.ours, *row.theirs, row.unit}
        }
        for record in RECORDS:
            held = [name for name in self.names if record in shown[name]]
            if (record, EXISTENCE) in asked:
                assert 0 < len(held) < len(self.names), f"{record}: there is nothing to decide any more"
                continue
            assert len(held) in (0, len(self.names)), f"{record} is only in {held}"
            for field in TYPED if held else ():
                differs = len({shown[name][record][field] for name in held}) > 1
                assert not differs or (record, field) in asked, f"{record} differs in {field}: {shown}"

    def differ(self, record: str, fields: Iterable[str]) -> bool:
        """Do systems show different values of one of these, in whatever form?"""
        rows = [one for name in self.names for one in self.world.held(name) if one["name"] == record]
        return any(len({one[field] or "" for one in rows}) > 1 for field in fields)

    def of(self, row: Any) -> str:
        """The name of the record that a row of the log is about."""
        for name in self.names:
            for key, held in self.systems[name].held("thing").items():
                if self.world.golden(name, key) == row.golden_id:
                    return str(held["name"])
        raise AssertionError(f"a question about a record that nobody has: {row}")

    def edits_arrive(self) -> None:
        for name, key in list(self.each()):
            record = self.systems[name].row(key)["name"]
            for value in ("8", "9"):
                self.systems[name].edit(key, phone=value)
                self.rest()
                assert {self.shown(other)[record]["phone"] for other in self.names} == {value}, f"{name} {key}"

    def each(self) -> Iterator[tuple[str, str]]:
        """Records that somebody touches."""
        held = ((name, key, row) for name in self.names for key, row in self.systems[name].held("thing").items())
        return ((name, key) for name, key, row in held if row["name"] != STILL)


def test_values_that_recur_end_as_others_do() -> None:
    run_state_machine_as_test(Recurring, settings=chosen(0.25))
