"""What must hold, whatever happens: judged from what everybody can see (the systems, the log, what stands aside).

Every value that a person types carries a number of its own, so that a history can be read from the values: which
value was typed over which (its past), and which lost to which in a logged conflict.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from support.memory import World
from watched import Watched

from hub.adapter import Write
from hub.core.merge import EXISTENCE
from hub.core.record import Raw
from hub.store import conflicts, deliveries
from hub.store.conflicts import Conflict

Tag = int
_NUMBER = re.compile(r"\d+")


def tag(value: Any) -> Tag | None:
    """The number in a value: it survives cutting, rounding, trimming and change of case. None: an empty value."""
    found = _NUMBER.search(str(value)) if value not in (None, "") else None
    return int(found.group()) if found else None


def values(fields: Raw) -> dict[str, Any]:
    """Without foreign keys."""
    return {name: value for name, value in fields.items() if not name.endswith("_key") and not name.startswith("@")}


def tags(fields: Raw) -> set[Tag]:
    return {t for value in values(fields).values() if (t := tag(value)) is not None}


class Broken(AssertionError):
    """A promise is broken."""


class Oracle:
    """Keeps the hidden truth: who typed what over what. The hub never sees it."""

    def __init__(self, world: World, group: tuple[str, ...] = ()) -> None:
        """`group`: fields that belong together: a record never shows a mixture that no person left it in."""
        self.world, self.group = world, group
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
        self.doubted: set[int] = set()
        self.history: list[str] = []
        #: Broken promises found inside a call of the hub, where an exception would be taken for the system's.
        self.broken: list[str] = []

    # -- what people do ---------------------------------------------------------------------------

    def people_type(self, system: str, entity: int, before: Raw, new: Raw, shown: Raw) -> None:
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

    def grouped(self, fields: Raw) -> tuple[Tag | None, ...]:
        return tuple(tag(fields.get(name)) for name in self.group)

    def people_delete(self, fields: Raw) -> None:
        seen = tags(fields)
        self.deleted.setdefault(self.entity_of(fields), set()).update(self.reach(seen, self.past))

    def doubt(self) -> None:
        self.doubted |= self.written

    def entity_of(self, fields: Raw) -> int:
        found = {self.entity[t] for t in tags(fields)}
        if len(found) != 1:
            raise Broken(f"a record mixes {len(found)} people's records: {fields}")
        return found.pop()

    # -- what the log says ------------------------------------------------------------------------

    def log(self) -> list[Conflict]:
        with self.world.store.reading() as tx:
            return conflicts.find(tx, [place.id for place in self.world.hub.all()], limit=100_000)

    def won(self, log: Iterable[Conflict]) -> dict[Tag, set[Tag]]:
        """The past of every value, as far as people and the log made it."""
        past = defaultdict(set, {number: set(over) for number, over in self.past.items()})
        for row in log:
            for ours, theirs in pairs(row):
                winner, loser = (theirs, ours) if row.verdict == "take" else (ours, theirs)
                if row.verdict in ("take", "keep") and winner is not None and loser is not None:
                    past[winner].add(loser)
        return past

    @staticmethod
    def reach(start: Iterable[Tag], past: dict[Tag, set[Tag]]) -> set[Tag]:
        found, todo = set[Tag](), list(start)
        while todo:
            number = todo.pop()
            if number not in found:
                found.add(number)
                todo += past.get(number, ())
        return found

    # -- at the instant of every write ------------------------------------------------------------

    def judge(self, system: Watched, write: Write, key: str, before: Raw | None, after: Raw | None) -> None:
        self.writes += 1
        self.history.append(f"hub {write.kind} {system.name} {key}: {before} -> {after}")
        try:
            self.written |= {self.entity_of(before)} if before and after else set()
            if after is not None and self.grouped(after) not in self.whole:
                raise Broken(f"{system.name} {key}: {self.group} is a mixture that nobody made: {before} -> {after}")
            if before is None:
                self.judge_create(system, key, after or {})
            elif after is None:
                self.judge_delete(system, key, before)
            else:
                self.judge_update(system, key, values(before), values(after))
        except Broken as error:
            self.broken.append(str(error))

    def judge_create(self, system: Watched, key: str, after: Raw) -> None:
        entity = self.entity_of(after)
        twins = [k for k, row in system.held("thing").items() if k != key and self.entity_of(row) == entity]
        if twins:
            raise Broken(f"twin: {system.name} {key} is what {twins} is already: {after}")
        log = self.log()
        for name, value in values(after).items():
            typed = self.typed[tag(value) or 0].get(system.name, value)
            self.judge_value(system, f"{system.name} {key} {name}", typed, value, log)

    def judge_delete(self, system: Watched, key: str, before: Raw) -> None:
        entity = self.entity_of(before)
        if entity not in self.deleted:
            raise Broken(f"nobody deleted {system.name} {key}: {before}")
        log = self.log()
        unseen = tags(before) - self.reach(self.deleted[entity], self.won(log))
        if unseen and not any(row.unit == EXISTENCE and self.about(row) == entity for row in log):
            raise Broken(f"deleting {system.name} {key} kills {unseen}, which nobody who deleted it had seen")
        if any(row.state == "open" and row.unit == EXISTENCE and self.here(row, system, key) for row in log):
            raise Broken(f"delete of {system.name} {key} while a person has to decide")

    def judge_update(self, system: Watched, key: str, before: Raw, after: Raw) -> None:
        changed = [name for name in after if (before[name] or "") != (after[name] or "")]
        if not changed:
            return
        log = self.log()
        held = {name for row in log if row.state == "open" and self.here(row, system, key) for name in row.theirs}
        if touched := held.intersection(changed):
            raise Broken(f"{system.name} {key}: {touched} is held, and was written")
        for name in changed:
            self.judge_value(system, f"{system.name} {key} {name}", before[name], after[name], log)

    def judge_value(self, system: Watched, where: str, old: Any, new: Any, log: list[Conflict]) -> None:
        old_tag, new_tag = tag(old), tag(new)
        if old_tag is None or old == new or any({old, new} == {a, b} for row in log for a, b in texts(row)):
            return
        if new_tag is None:
            if not any(None in pair and old_tag in pair for row in log for pair in pairs(row)):
                raise Broken(f"{where}: {old!r} was blanked")
        elif old_tag == new_tag:
            # A group that was decided as a whole brings back an older value as the winning system shows it.
            decided = any(theirs == new for row in log if row.unit != EXISTENCE for _, theirs in texts(row))
            if system.name in self.typed[old_tag] and not decided:
                raise Broken(f"{where}: {old!r} came back as {new!r} to where it was typed")
        elif old_tag not in self.reach([new_tag], self.won(log)):
            raise Broken(f"{where}: {old!r} was silently overwritten by {new!r}")

    def here(self, row: Conflict, system: Watched, key: str) -> bool:
        return self.world.hub.place_of(row.binding_id).binding.system == system.name and row.key == key

    def about(self, row: Conflict) -> int | None:
        """The people's record that a row of the log is about."""
        found = {self.entity[t] for t in tags({**(row.base or {}), **row.ours}) | tags(row.theirs)}
        return found.pop() if len(found) == 1 else None

    # -- when all is quiet ------------------------------------------------------------------------

    def final(self, aside: Callable[[Raw], bool] = lambda row: False) -> None:
        """`aside`: a record that the hub cannot read; it stands aside, and nothing else does."""
        log = self.log()
        by_entity: dict[int, dict[str, list[Raw]]] = defaultdict(lambda: defaultdict(list))
        for name, system in self.world.systems.items():
            for row in system.held("thing").values():
                by_entity[self.entity_of(row)][name].append(values(row))
        waiting = {e for e, held in by_entity.items() if any(aside(row) for rows in held.values() for row in rows)}
        for entity in sorted(set(self.entity.values()) - waiting):
            rows = [row for row in log if self.about(row) == entity]
            self.judge_records(entity, by_entity[entity], rows)
            self.judge_kept(entity, by_entity[entity], rows)
        self.judge_log(log)

    def judge_records(self, entity: int, held: dict[str, list[Raw]], log: list[Conflict]) -> None:
        twice = [name for name, rows in held.items() if len(rows) > 1]
        if twice:
            raise Broken(f"twin: record {entity} is more than once in {twice}: {dict(held)}")
        existence = [row for row in log if row.unit == EXISTENCE]
        if any(row.state == "open" for row in existence):
            if len(held) in (0, len(self.world.systems)):
                raise Broken(f"record {entity}: there is nothing to decide any more: {existence}")
            return
        if held and not {*self.world.systems} - {*held} <= self.doubtful():
            raise Broken(f"record {entity} is only in {sorted(held)}: {dict(held)}")
        if held and entity in self.deleted and not existence:
            raise Broken(f"lost delete: record {entity} was deleted, and lives without a word in the log: {dict(held)}")
        if not held and entity not in self.deleted:
            raise Broken(f"record {entity} vanished, and nobody deleted it")
        self.judge_agreement(entity, {name: rows[0] for name, rows in held.items()}, log)

    def doubtful(self) -> set[str]:
        """Systems in which a create stands in doubt, for people to see: a bad record may be its child."""
        places = {place.id: place.binding.system for place in self.world.hub.all()}
        with self.world.store.reading() as tx:
            return {places[item.binding_id] for item in deliveries.standing(tx, list(places), [deliveries.CREATING])}

    def judge_agreement(self, entity: int, held: dict[str, Raw], log: list[Conflict]) -> None:
        open_ = [(self.world.hub.place_of(row.binding_id).binding.system, row) for row in log if row.state == "open"]
        for name in next(iter(held.values()), {}):
            waits = {system for system, row in open_ if name in row.theirs}
            found = {tag(row[name]) for system, row in held.items() if system not in waits}
            if len(found) > 1:
                raise Broken(f"record {entity} differs in {name}: {held}")

    def judge_kept(self, entity: int, held: dict[str, list[Raw]], log: list[Conflict]) -> None:
        """Every value a person typed is current, in the log, replaced by a later one, or deleted by one who saw it."""
        current = {t for rows in held.values() for row in rows for t in tags(row)}
        logged = {t for row in log for pair in pairs(row) for t in pair if t is not None}
        kept = self.reach(current | logged | self.deleted.get(entity, set()), self.won(log))
        lost = {t for t, e in self.entity.items() if e == entity} - kept
        if lost:
            raise Broken(f"record {entity}: {lost} was typed by a person and is nowhere: {dict(held)}")

    def judge_log(self, log: list[Conflict]) -> None:
        """Each clash is logged once; what is not a clash is not logged."""
        seen = set()
        for row in log:
            if row.unit == EXISTENCE:
                continue  # a record can be deleted again
            now = (row.binding_id, row.golden_id, row.unit, str(row.base), str(row.ours), str(row.theirs))
            if now in seen:
                raise Broken(f"logged twice: {row}")
            seen.add(now)
            stranger = (
                row.base is None and self.world.instance.entities["account"].match
            )  # or the child of a lost create
            if not stranger and self.invented(row) and not (pairs(row) and self.about(row) in self.doubted):
                raise Broken(f"not a clash, one was typed over the other: {row}")

    def invented(self, row: Conflict) -> bool:
        """Is one side as a whole in the past of the other?"""
        found = pairs(row)
        return all(self.older(ours, theirs) for ours, theirs in found) or all(self.older(b, a) for a, b in found)

    def older(self, one: Tag | None, other: Tag | None) -> bool:
        return other is not None and (one is None or one in self.reach([other], self.past))


def pairs(row: Conflict) -> list[tuple[Tag | None, Tag | None]]:
    """(ours, theirs) of a logged clash, field by field, where they differ."""
    names = dict.fromkeys([*row.ours, *row.theirs])
    found = [(tag(row.ours.get(name)), tag(row.theirs.get(name))) for name in names if not name.startswith("@")]
    return [(ours, theirs) for ours, theirs in found if ours != theirs]


def texts(row: Conflict) -> list[tuple[Any, Any]]:
    """(ours, theirs) of a logged clash of different values, whole."""
    found = [(row.ours.get(name), row.theirs.get(name)) for name in row.theirs]
    return [(ours, theirs) for ours, theirs in found if tag(ours) != tag(theirs)]
