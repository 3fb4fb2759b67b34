"""What must hold, whatever happens: judged from what everybody can see (the systems, the log, what stands aside).

Every value that a person types carries a number of its own, so that a history can be read from the values: which
value was typed over which (its past), and which lost to which in a logged conflict. Here is what is judged at the
instant of every write; `hub.simulator.ending` judges what is left when all is quiet.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from hub.core.merge import EXISTENCE
from hub.core.record import Fields
from hub.simulator.broken import DUPLICATED, ECHOED, INVENTED, UNLOGGED, Broken
from hub.simulator.deletions import Deletions
from hub.simulator.pairs import Pairs
from hub.simulator.systems import Simulated, Write1
from hub.simulator.tags import Tag, gave_way, pairs, reach, tag, tags, texts
from hub.simulator.terms import PARENT, Terms
from hub.simulator.world import World
from hub.store import conflicts
from hub.store.conflicts import Conflict


class Judge(Protocol):
    """Somebody who judges writes too: of who belongs to whom (`hub.simulator.kin`)."""

    #: The conflicts about that.
    log: list[Conflict]

    def judge(self, made: Write1) -> None:
        """One write. Raises `Broken`."""
        ...

    def end(self) -> None:
        """What is left when all is quiet. Raises `Broken`."""
        ...


class Oracle:
    """Keeps the hidden truth: who typed what over what. The hub never sees it."""

    def __init__(
        self, world: World, systems: Mapping[str, Simulated], entity: str, terms: Terms, group: tuple[str, ...] = ()
    ) -> None:
        """`group`: fields that belong together: a record never shows a mixture that no person left it in."""
        self.world, self.systems, self.name, self.terms, self.group = world, systems, entity, terms, group
        #: How people left the group.
        self.whole: set[tuple[Tag | None, ...]] = set()
        #: Typed over: each number's own past, one step back.
        self.past: dict[Tag, set[Tag]] = defaultdict(set)
        self.entity: dict[Tag, int] = {}
        #: As a system showed it when a person had typed it there, by system.
        self.typed: dict[Tag, dict[str, Any]] = defaultdict(dict)
        #: What was to be seen where somebody deleted a record, by entity.
        self.deleted: dict[int, set[Tag]] = {}
        self.writes = 0
        #: Records updated in this step, and those ever updated without the hub being told: what was typed there since
        #: may have been typed with our value in view or not, nothing tells.
        self.written: set[int] = set()
        #: Values that went with a system that was put back, and records made or deleted there since its backup.
        self.lost: set[Tag] = set()
        self.undone: set[int] = set()
        self.doubted: set[int] = set()
        #: Records to which a write came after the hub had given it up: our own value may be held against itself.
        self.late: set[int] = set()
        #: Values that a late write hid, by what shows in their place: (system, record, its number). Who types over that
        #: never saw them.
        self.hidden: dict[tuple[str, int, Tag], Tag] = {}
        self.history: list[tuple[Any, ...]] = []
        #: Broken promises found inside a call of the hub, where an exception would be taken for the system's.
        self.broken: list[Broken] = []
        #: Who belongs to whom. None: these records name no others.
        self.kin: Judge | None = None
        self.deletions = Deletions(self)
        self.pairs = Pairs(self)
        self._log: list[Conflict] = []
        self._commits = -1

    def held(self, system: str) -> dict[str, Fields]:
        """What a system holds now, by key, in the entity's terms."""
        simulated = self.systems[system]
        return {key: self.terms.plain(system, raw) for key, raw in simulated.held(simulated.object).items()}

    # -- what people do ---------------------------------------------------------------------------

    def people_type(self, system: str, entity: int, before: Fields, new: Fields, shown: Fields) -> None:
        """`before`, `shown`: the record before and after."""
        self.whole.add(self.grouped({**before, **new}))
        for name, value in new.items():
            number = tag(value)
            assert number is not None
            over = tag(before.get(name))
            self.entity[number] = entity
            self.typed[number][system] = shown[name]
            if over is not None and over != number:
                self.past[number].add(over)
                self.past[number] |= {self.hidden[at] for at in [(system, entity, over)] if at in self.hidden}

    def put_back(self, system: str, before: Mapping[str, Fields], after: Mapping[str, Fields]) -> None:
        """A system shows what it showed at its last backup (`after`). What was typed there since, and nobody else
        shows, is lost with it, and so is what was deleted there, unless the hub has read it by then."""
        elsewhere = {
            t for other in self.systems if other != system for row in self.held(other).values() for t in tags(row)
        }
        typed = {key: tags(row) - tags(after.get(key, {})) for key, row in before.items()}
        self.lost |= {t for key in typed for t in reach(typed[key], self.past)} - elsewhere
        for key, row in before.items():
            if key not in after:
                self.deleted.setdefault(self.entity_of(row), set())
                self.undone.add(self.entity_of(row))
        self.undone |= {self.entity_of(row) for key, row in after.items() if key not in before}

    def grouped(self, fields: Fields) -> tuple[Tag | None, ...]:
        return tuple(tag(fields.get(name)) for name in self.group)

    def people_delete(self, system: str, key: str, fields: Fields) -> None:
        seen = tags(fields)
        self.deleted.setdefault(self.entity_of(fields), set()).update(reach(seen, self.past))
        self.deletions.person(system, key, self.entity_of(fields))
        self.undone |= {self.entity_of(fields)} if self.pairs.delete(self.entity_of(fields)) else set()

    def hide(self, system: str, before: Fields, shown: Fields) -> None:
        """A late write takes the place of what was written after it."""
        for name, value in shown.items():
            late, hidden = tag(value), tag(before.get(name))
            if late is not None and hidden is not None and late != hidden:
                self.hidden[system, self.entity_of(before), late] = hidden

    def doubt(self, rows: Iterable[Fields] = ()) -> None:
        """What was written in this step, and what is on its way to these records, the hub is not told."""
        self.doubted |= self.written
        self.late |= {self.entity_of(row) for row in rows}
        self.doubted |= self.late

    def entity_of(self, fields: Fields) -> int:
        found = {self.entity[t] for t in tags(fields)}
        if len(found) != 1:
            raise Broken(DUPLICATED, f"a record mixes {len(found)} people's records: {fields}")
        return found.pop()

    # -- what the log says ------------------------------------------------------------------------

    def log(self) -> list[Conflict]:
        """The conflict log as people see it, with the values that they type. Read again after each commit."""
        commits = self.world.store.counts.commits
        if commits != self._commits:
            with self.world.store.reading() as tx:
                found = conflicts.find(tx, [place.id for place in self.world.hub.all()], limit=100_000)
            if self.kin is not None:
                self.kin.log = [row for row in found if row.unit == PARENT]
            self._log = [self.people_s(row) for row in found if row.unit != PARENT]
            self._commits = commits
        return self._log

    def people_s(self, row: Conflict) -> Conflict:
        base, ours, theirs = (self.mine(fields) for fields in (row.base, row.ours, row.theirs))
        return row._replace(base=base, ours=ours or {}, theirs=theirs or {})

    def mine(self, fields: Fields | None) -> Fields | None:
        return None if fields is None else {n: value for n, value in fields.items() if n in self.terms.fields}

    def won(self, log: Iterable[Conflict]) -> dict[Tag, set[Tag]]:
        """The past of every value, as far as people and the log made it."""
        past = defaultdict(set, {number: set(over) for number, over in self.past.items()})
        for row in log:
            for ours, theirs in pairs(row):
                winner, loser = (theirs, ours) if row.verdict == "take" else (ours, theirs)
                if row.verdict in ("take", "keep") and winner is not None and loser is not None:
                    past[winner].add(loser)
        return past

    # -- at the instant of every write ------------------------------------------------------------

    def judge(self, made: Write1) -> None:
        """A write of the hub, as it happens. What it breaks is kept: raised here, it would be the system's error."""
        self.writes += 1
        system, key = made.system.name, made.key
        before, after = (None if raw is None else self.terms.plain(system, raw) for raw in (made.before, made.after))
        self.history.append(("  hub", made.write.kind, system, key, "->", made.write.fields))
        try:
            self.written |= {self.entity_of(before)} if before and after else set()
            if after is not None and self.grouped(after) not in self.whole:
                raise Broken(
                    UNLOGGED, f"{system} {key}: {self.group} is a mixture that nobody made: {before} -> {after}"
                )
            if before is None:
                self.judge_create(system, key, after or {})
            elif after is None or self.deletions.closing(made):
                made.system.tell("a record was closed" if after else "a record was deleted by the hub")
                self.deletions.judge(made, self.entity_of(before))
                self.judge_delete(system, key, before)
            else:
                self.judge_update(system, key, before, after)
            self.pairs.judge(made, before, after)
            if self.kin is not None:
                self.kin.judge(made)
        except Broken as error:
            self.broken.append(error)

    def judge_create(self, system: str, key: str, after: Fields) -> None:
        entity = self.entity_of(after)
        twins = [k for k, row in self.held(system).items() if k != key and self.entity_of(row) == entity]
        if twins:
            raise Broken(DUPLICATED, f"twin: {system} {key} is what {twins} is already: {after}")
        log = self.log()
        for name, value in after.items():
            typed = self.typed[tag(value) or 0].get(system, value)
            self.judge_value(system, f"{system} {key} {name}", typed, value, log)

    def judge_delete(self, system: str, key: str, before: Fields) -> None:
        entity = self.entity_of(before)
        if entity not in self.deleted:
            raise Broken(INVENTED, f"nobody deleted {system} {key}: {before}")
        log = self.log()
        unseen = tags(before) - reach(self.deleted[entity], self.won(log)) - gave_way(log)
        if unseen and not any(row.unit == EXISTENCE and self.about(row) == entity for row in log):
            raise Broken(INVENTED, f"deleting {system} {key} kills {unseen}, which nobody who deleted it had seen")
        if any(row.state == "open" and row.unit == EXISTENCE and self.here(row, system, key) for row in log):
            raise Broken(UNLOGGED, f"delete of {system} {key} while a person has to decide")

    def judge_update(self, system: str, key: str, before: Fields, after: Fields) -> None:
        changed = [name for name in after if (before.get(name) or "") != (after[name] or "")]
        if not changed:
            return
        log = self.log()
        held = {name for row in log if row.state == "open" and self.here(row, system, key) for name in row.theirs}
        if touched := held.intersection(changed):
            raise Broken(UNLOGGED, f"{system} {key}: {touched} is held, and was written")
        for name in changed:
            self.judge_value(system, f"{system} {key} {name}", before.get(name), after[name], log)

    def judge_value(self, system: str, where: str, old: Any, new: Any, log: list[Conflict]) -> None:
        old_tag, new_tag = tag(old), tag(new)
        if old_tag is None or old == new or any({old, new} == {a, b} for row in log for a, b in texts(row)):
            return
        if new_tag is None:
            if not any(None in pair and old_tag in pair for row in log for pair in pairs(row)):
                raise Broken(UNLOGGED, f"{where}: {old!r} was blanked")
        elif old_tag == new_tag:
            # A group that was decided as a whole brings back an older value as the winning system shows it.
            # Strangers that meet again cannot know what the system only made of a value.
            rows = [row for row in log if row.unit != EXISTENCE]
            decided = any(new in row.theirs.values() for row in rows if pairs(row))
            if self.entity[old_tag] in self.pairs.mistaken:
                decided |= any(new in {*row.ours.values(), *row.theirs.values()} for row in rows)
            if system in self.typed[old_tag] and not decided:
                raise Broken(ECHOED, f"{where}: {old!r} came back as {new!r} to where it was typed")
        elif old_tag not in reach([new_tag], self.won(log)):
            raise Broken(UNLOGGED, f"{where}: {old!r} was silently overwritten by {new!r}")

    def here(self, row: Conflict, system: str, key: str) -> bool:
        return self.world.hub.place_of(row.binding_id).binding.system == system and row.key == key

    def about(self, row: Conflict) -> int | None:
        """The people's record that a row of the log is about."""
        found = {self.entity[t] for t in tags({**(row.base or {}), **row.ours}) | tags(row.theirs)}
        return found.pop() if len(found) == 1 else None
