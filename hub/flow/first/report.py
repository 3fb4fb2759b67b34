"""Read all records of an entity from all its systems, and find out which are the same. Nothing is written anywhere."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from hub.core.errors import Denied, Refused
from hub.core.mapping import Problem
from hub.core.match import candidate_keys, match_keys
from hub.core.record import Fields, Record
from hub.flow.place import Hub, Place
from hub.flow.references import resolve
from hub.match.pairs import Key, Member, Outcome, Pool, Result, Said
from hub.match.score import Scorer
from hub.store import catalog, links, pairings
from hub.store.schema import LIVE

#: (place, records read so far, in all if known)
Progress = Callable[[Place, int, int | None], None]


class MatchReport(NamedTuple):
    """How the records of an entity find one another."""

    entity: str
    #: The fields that people are shown of each record.
    fields: tuple[str, ...]
    #: The systems in the order in which they were matched; the first has nobody to be matched with.
    outcomes: list[Outcome]
    #: By system, records that do not fit the mapping: they stand aside in a sync.
    unfit: dict[str, int]

    def counts(self) -> dict[str, int]:
        """Over all systems."""
        results: tuple[Result, ...] = ("exact", "certain", "probable", "many_to_one")
        found: dict[str, int] = {name: sum(one.counts[name] for one in self.outcomes) for name in results}
        none = sum(len(one.alone) + one.missing for one in self.outcomes[1:])
        return {**found, "none": none, "unfit": sum(self.unfit.values())}

    @property
    def doubtful(self) -> bool:
        """Is there anything that a person should look at?"""
        counts = self.counts()
        return bool(counts["probable"] or counts["many_to_one"])


def propose(hub: Hub, entity: str, progress: Progress) -> MatchReport:
    """The report. Refused: a system is paused; whatever a system says otherwise."""
    places = list(hub.places[entity].values())
    model = places[0].entity
    pool = Pool(Scorer(model.similar) if model.similar else None, said(hub, places))
    reading = Reading(hub, shown_fields(places[0]), progress)
    for place in places:
        with hub.store.reading() as tx:
            why = catalog.position(tx, place.id).paused
        if why is not None:
            system = place.binding.system
            raise Refused("match.paused", f"{system} is paused, 'hub resume {system}' goes on: {why}")
    outcomes = [pool.take(place.binding.system, reading.members(place)) for place in places]
    return MatchReport(entity, reading.fields, outcomes, reading.unfit)


def shown_fields(place: Place) -> tuple[str, ...]:
    """The fields of the rules, in the order in which they are named."""
    entity = place.entity
    names = [part.field for rule in entity.match for part in rule]
    if entity.similar is not None:
        names += [part.field for part in entity.similar.fields]
        names += [part.field for rule in entity.similar.candidates for part in rule]
    return tuple(dict.fromkeys(names))


def said(hub: Hub, places: Sequence[Place]) -> Said:
    """What people decided on worksheets."""
    systems = {place.id: place.binding.system for place in places}
    same: dict[tuple[str, str, str], str] = {}
    apart: set[tuple[str, str, str, str]] = set()
    with hub.store.reading() as tx:
        for pair in pairings.all_(tx, list(systems)):
            one, other = systems[pair.binding_id], systems.get(pair.other_id, "")
            if pair.same:
                same[one, pair.key, other] = pair.other_key
            else:
                apart.add((one, pair.key, other, pair.other_key))
    return Said(same, frozenset(apart))


class Reading:
    """The records of one system after the other, as much of them as matching needs."""

    def __init__(self, hub: Hub, fields: tuple[str, ...], progress: Progress) -> None:
        self.hub, self.fields, self.progress = hub, fields, progress
        self.unfit: dict[str, int] = {}

    def members(self, place: Place) -> Iterator[Member]:
        """Every record once: systems may repeat records while they are paged."""
        seen: set[str] = set()
        scorer = Scorer(place.entity.similar) if place.entity.similar else None
        for records, total in self.pages(place):
            fresh = [record for record in records if record.key not in seen]
            seen.update(record.key for record in fresh)
            mapped = [place.binding.mapping.to_hub(record.fields) for record in fresh]
            with self.hub.store.reading() as tx:
                known = links.lookup(tx, place.id, [record.key for record in fresh])
                resolve(tx, place, [(record.key, fields) for record, (fields, _) in zip(fresh, mapped, strict=True)])
            for record, (fields, problems) in zip(fresh, mapped, strict=True):
                link = known.get(record.key)
                member = self.member(place, record.key, fields, problems, scorer)
                if member is not None:
                    member.golden_id = link.golden_id if link is not None and link.state == LIVE else None
                    yield member
            self.progress(place, len(seen), total)

    def pages(self, place: Place) -> Iterator[tuple[list[Record], int | None]]:
        try:
            for page in place.adapter.changes(place.binding.object, None):
                if page.broken:
                    self.note(place, len(page.broken))
                yield page.records, page.total
        except Denied as error:
            with self.hub.store.transaction() as tx:
                catalog.pause(tx, place.id, str(error))
            raise

    def note(self, place: Place, number: int) -> None:
        self.unfit[place.binding.system] = self.unfit.get(place.binding.system, 0) + number

    def member(
        self, place: Place, key: str, fields: Fields, problems: Sequence[Problem], scorer: Scorer | None
    ) -> Member | None:
        if problems:
            self.note(place, 1)
            return None
        shown = tuple([fields.get(name) for name in self.fields])
        exact = (*named(place, key, fields), *match_keys(place.entity, fields))
        alike = tuple(candidate_keys(place.entity, fields))
        portrait = scorer.portrait(fields) if scorer is not None else None
        return Member({place.binding.system: key}, shown, exact, alike, portrait)


def named(place: Place, key: str, fields: Fields) -> Iterator[Key]:
    """A record with a foreign key and the one that it names share a key: `@erp` and the key in erp."""
    for name in place.links:
        if fields.get(name) is not None:
            yield name, str(fields[name])
    if place.named:
        yield place.own, key
