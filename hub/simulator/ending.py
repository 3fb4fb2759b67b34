"""What must be true when all is quiet: nothing lost, nothing twice, all systems alike but for what is held."""

from collections import defaultdict
from collections.abc import Callable

from hub.core.merge import EXISTENCE
from hub.core.record import Fields
from hub.flow.merging.putback import RULE as REPLAYED
from hub.simulator.broken import DUPLICATED, INVENTED, LOST, OTHER, Broken
from hub.simulator.oracle import Oracle
from hub.simulator.tags import Tag, pairs, reach, tag, tags
from hub.store import deliveries, links
from hub.store.conflicts import Conflict
from hub.store.links import Link
from hub.store.schema import LIVE

#: People's record -> system -> its records.
Held = dict[int, dict[str, list[Fields]]]


class Ending:
    """Judges a world at rest."""

    def __init__(self, truth: Oracle) -> None:
        self.truth = truth

    def judge(self, aside: Callable[[Fields], bool] = lambda row: False) -> None:
        """`aside`: a record that the hub cannot read; it stands aside, and nothing else does."""
        log = self.truth.log()
        by_entity, left = self.sorted()
        waiting = {e for e, held in by_entity.items() if any(aside(row) for rows in held.values() for row in rows)}
        for entity in sorted(set(self.truth.entity.values()) - waiting):
            rows = [row for row in log if self.truth.about(row) == entity]
            self.judge_left(entity, left[entity], by_entity[entity])
            self.judge_records(entity, by_entity[entity], set(left[entity]), rows)
            self.judge_kept(entity, by_entity[entity], left[entity], rows)
        self.judge_log(log)
        linked = self.judge_links()
        if not waiting:
            self.truth.pairs.end(linked)
            if self.truth.kin is not None:
                self.truth.kin.end()

    def sorted(self) -> tuple[Held, Held]:
        """The records of every system by people's record: those in sync, and those left behind by a deletion."""
        synced: Held = defaultdict(lambda: defaultdict(list))
        left: Held = defaultdict(lambda: defaultdict(list))
        for name in self.truth.systems:
            apart = self.truth.deletions.left(name)
            for key, row in self.truth.held(name).items():
                (left if key in apart else synced)[self.truth.entity_of(row)][name].append(row)
        return synced, left

    def judge_left(self, entity: int, left: dict[str, list[Fields]], held: dict[str, list[Fields]]) -> None:
        """What stays although it was deleted elsewhere, as the mode of its system says."""
        if left and entity not in self.truth.deleted:
            raise Broken(INVENTED, f"record {entity} was let go in {sorted(left)}, and nobody deleted it")
        if again := [name for name in left if name in held or len(left[name]) > 1]:
            raise Broken(DUPLICATED, f"twin: record {entity} was let go in {again}, and made again there")
        for name in left:
            self.truth.systems[name].tell(f"left there: {self.truth.deletions.means(name).send}")

    def judge_records(self, entity: int, held: dict[str, list[Fields]], left: set[str], log: list[Conflict]) -> None:
        twice = [name for name, rows in held.items() if len(rows) > 1]
        if twice:
            raise Broken(DUPLICATED, f"twin: record {entity} is more than once in {twice}: {dict(held)}")
        existence = [row for row in log if row.unit == EXISTENCE]
        without = self.truth.deletions.without(entity)
        if any(row.state == "open" for row in existence):
            if not without and len({*held, *left}) in (0, len(self.truth.systems)):
                raise Broken(OTHER, f"record {entity}: there is nothing to decide any more: {existence}")
            return
        alone = entity in self.truth.pairs.torn
        if held and not alone and not {*self.truth.systems} - {*held} - left - without <= self.doubtful():
            raise Broken(LOST, f"record {entity} is only in {sorted(held)}: {dict(held)}")
        if held and entity in self.truth.deleted and not existence:
            self.judge_alive(entity, held, without)
        if not held and entity not in self.truth.deleted:
            raise Broken(INVENTED, f"record {entity} vanished, and nobody deleted it")
        self.judge_agreement(entity, {name: rows[0] for name, rows in held.items()}, log)

    def judge_alive(self, entity: int, held: dict[str, list[Fields]], without: set[str]) -> None:
        """It was deleted and lives, and no conflict says why: because it is let go where it was deleted, or a person
        refused the deletion."""
        if without and without.isdisjoint(held):
            self.truth.systems[min(without)].tell("not followed")
        elif entity not in self.truth.deletions.spared | self.truth.undone:
            said = f"lost delete: record {entity} was deleted, and lives without a word in the log: {dict(held)}"
            raise Broken(LOST, said)

    def doubtful(self) -> set[str]:
        """Systems in which a create stands in doubt, for people to see: a bad record may be its child."""
        places = {place.id: place.binding.system for place in self.truth.world.hub.all()}
        with self.truth.world.store.reading() as tx:
            return {places[item.binding_id] for item in deliveries.standing(tx, list(places), [deliveries.CREATING])}

    def judge_agreement(self, entity: int, held: dict[str, Fields], log: list[Conflict]) -> None:
        open_ = [
            (self.truth.world.hub.place_of(row.binding_id).binding.system, row) for row in log if row.state == "open"
        ]
        for _, row in open_ if len(held) == len(self.truth.systems) else ():
            if (
                row.unit != EXISTENCE
                and len({str([shown.get(name) for name in row.theirs]) for shown in held.values()}) < 2
            ):
                raise Broken(OTHER, f"record {entity}: all show the same, there is nothing to decide any more: {row}")
        for name in next(iter(held.values()), {}):
            waits = {system for system, row in open_ if name in row.theirs}
            found = {tag(row[name]) for system, row in held.items() if system not in waits and name in row}
            if len(found) > 1:
                raise Broken(LOST, f"record {entity} differs in {name}: {held}")

    def judge_kept(
        self, entity: int, held: dict[str, list[Fields]], left: dict[str, list[Fields]], log: list[Conflict]
    ) -> None:
        """Every value a person typed is current, in the log, replaced by a later one, or deleted by one who saw it."""
        current = {t for rows in (*held.values(), *left.values()) for row in rows for t in tags(row)}
        logged = {t for row in log for pair in pairs(row) for t in pair if t is not None}
        kept = reach(current | logged | self.truth.deleted.get(entity, set()), self.truth.won(log))
        lost = {t for t, e in self.truth.entity.items() if e == entity} - kept - self.truth.lost
        if lost:
            raise Broken(LOST, f"record {entity}: {lost} was typed by a person and is nowhere: {dict(held)}")

    def judge_links(self) -> dict[str, dict[str, int]]:
        """A golden record has one record in each system, and it is the same people's record in all. By system, the
        golden record of each key."""
        goldens: dict[int, dict[int, str]] = defaultdict(dict)
        linked = {name: dict(self.linked(name, list(self.truth.held(name)))) for name in self.truth.systems}
        for name in self.truth.systems:
            held, seen = self.truth.held(name), dict[int, str]()
            for key, link in linked[name].items():
                if link.golden_id in seen:
                    raise Broken(DUPLICATED, f"{name} {key} and {seen[link.golden_id]} are linked as one record")
                seen[link.golden_id] = key
                goldens[self.truth.entity_of(held[key])][link.golden_id] = name
        for entity, found in goldens.items():
            if len(found) > 1:
                raise Broken(DUPLICATED, f"twin: record {entity} is {len(found)} records of the hub: {found}")
        return {name: {key: link.golden_id for key, link in rows.items()} for name, rows in linked.items()}

    def linked(self, name: str, keys: list[str]) -> list[tuple[str, Link]]:
        place = self.truth.world.place(name, self.truth.name)
        with self.truth.world.store.reading() as tx:
            return [(key, link) for key, link in links.lookup(tx, place.id, keys).items() if link.state == LIVE]

    def judge_log(self, log: list[Conflict]) -> None:
        """Each clash is logged once; what is not a clash is not logged."""
        #: By unit of a record in a system: the last clash.
        seen: dict[tuple[int, int, str], tuple[str, str, str]] = {}
        #: There a value that lost to the hub's may be edited before that is written.
        replayed = set[tuple[int, int, str]]()
        #: What was decided for against a later value: it stands anew.
        kept = dict[tuple[int, int, str], str]()
        #: Back from a bin, or met once more as strangers: with what waited.
        anew = self.truth.undone | self.truth.pairs.mistaken
        for row in sorted(log, key=lambda row: row.id):
            if row.rule == REPLAYED:  # whatever was read again after a backup
                replayed.add((row.binding_id, row.golden_id, row.unit))
                continue
            if row.unit == EXISTENCE:  # a record can be deleted again, and a refused deletion brings its clashes back
                seen = {one: values for one, values in seen.items() if one[1] != row.golden_id}
                continue
            where = (row.binding_id, row.golden_id, row.unit)
            now = (str(row.base), str(row.ours), str(row.theirs))
            if seen.get(where) == now and self.truth.about(row) not in anew:
                raise Broken(OTHER, f"logged twice: {row}")
            seen[where] = now  # after another one it can come back
            stranger = row.base is None and (
                self.truth.world.instance.entities[self.truth.name].matches
                or self.truth.about(row) in self.truth.pairs.strangers
            )  # or the child of a lost create
            untold = self.truth.about(row) in (self.truth.doubted if pairs(row) else self.truth.late)
            again = where in replayed or kept.get(where) == now[1]
            if not stranger and not again and self.invented(row) and not untold:
                raise Broken(OTHER, f"not a clash, one was typed over the other: {row}")
            if row.verdict == "keep":
                kept[where] = now[1]

    def invented(self, row: Conflict) -> bool:
        """Is one side as a whole in the past of the other?"""
        found = pairs(row)
        return all(self.older(ours, theirs) for ours, theirs in found) or all(self.older(b, a) for a, b in found)

    def older(self, one: Tag | None, other: Tag | None) -> bool:
        return other is not None and (one is None or one in reach([other], self.truth.past))
