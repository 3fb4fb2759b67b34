"""A hub over systems in memory that hold two kinds of records: firms, and people who work for them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from support.memory import ABLE, Noted

from hub.adapter import Can, FieldInfo, Page
from hub.core.mapping import FieldSpec, MappingSpec, compile_mapping
from hub.core.model import Allowed, Binding, Compared, Deletes, Entity, Instance, Policy, Unit
from hub.core.record import Record
from hub.engine.machine import Threads
from hub.engine.sync import Report, sync
from hub.simulator import databases, world
from hub.store import conflicts, links, reviews, schema, waiting
from hub.store.conflicts import Conflict
from hub.store.deliveries import Standing
from hub.store.deliveries import standing as owed
from hub.store.reviews import Review
from hub.store.waiting import Waiting

ASK = Policy("ask")
FIRM, PERSON = "firm", "person"
#: By entity, its references: field -> entity.
WORKS = {PERSON: {"firm": FIRM}}
MAIN = {FIRM: {"main": PERSON}, **WORKS}
GROUP = {FIRM: {"mother": FIRM}, **WORKS}


class Office(Noted):
    """A system of two objects."""

    #: A field that it leaves out of what it shows.
    spares = ""

    def changes(self, obj: str, since: str | None) -> Iterator[Page]:
        for page in super().changes(obj, since):
            yield page._replace(records=self.spared(page.records))

    def read(self, obj: str, keys: Sequence[str]) -> list[Record]:
        return self.spared(super().read(obj, keys))

    def spared(self, records: list[Record]) -> list[Record]:
        if not self.spares:
            return records
        return [row._replace(fields={n: v for n, v in row.fields.items() if n != self.spares}) for row in records]

    def add(self, entity: str, **fields: Any) -> str:
        return self.person_create(entity, fields)

    def change(self, entity: str, key: str, **fields: Any) -> None:
        self.person_edit(entity, key, fields)

    def remove(self, entity: str, key: str) -> None:
        self.person_delete(entity, key)

    def of(self, entity: str) -> dict[str, dict[str, Any]]:
        return self.held(entity)

    def fields(self, entity: str, key: str) -> dict[str, Any]:
        return self.held(entity)[key]

    def one(self, entity: str, name: str) -> dict[str, Any]:
        """The record of this name."""
        [found] = [row for row in self.held(entity).values() if row["name"] == name]
        return found

    def key(self, entity: str, name: str) -> str:
        [found] = [key for key, row in self.held(entity).items() if row["name"] == name]
        return found

    def kinds(self) -> list[str]:
        return [write.kind for write in self.writes]


def office(mark: str, can: Can = ABLE, refuses: Sequence[str] = (), **options: Any) -> Office:
    """`mark`: its keys begin with it, so that no key of one system is one of another. `refuses`: no firm in there."""
    texts = [FieldInfo("name"), FieldInfo("phone")]
    city = FieldInfo("city", choices=("York", "Leeds") if refuses else ())
    objects = {
        FIRM: [*texts, city, *map(FieldInfo, ("main", "mother", "erp_key"))],
        PERSON: [*texts, FieldInfo("firm")],
    }
    return Office(objects, can=can, key=lambda obj, number: f"{mark}{obj[0]}{number}", **options)


class Family(world.World):
    """Firms and people in some systems, and a hub between them."""

    def __init__(self, systems: Mapping[str, Office], **options: Any) -> None:
        self.systems = dict(systems)
        super().__init__(instance(list(systems), **options), systems, databases.fresh(), Threads())

    def sync(self, **options: Any) -> Report:
        self.clock.pass_(1)
        return sync(self.hub, **options)

    def waits(self) -> list[tuple[str, str, str]]:
        """(entity, system, what it says), of every reference that waits."""
        names = self.hub.catalog.by_id()
        return [(*names[row.binding_id], row.said) for row in self.rows()]

    def every(self) -> list[Waiting]:
        """Whatever waits, also of records that are gone."""
        with self.store.reading() as tx:
            return [Waiting(*row) for row in tx.rows(sa.select(schema.waiting))]

    def log(self) -> list[Conflict]:
        with self.store.reading() as tx:
            return conflicts.find(tx, [place.id for place in self.hub.all()])

    def rows(self) -> list[Waiting]:
        with self.store.reading() as tx:
            return [row for golden in self.goldens() for row in waiting.of_golden(tx, golden)]

    def goldens(self) -> list[int]:
        found = dict.fromkeys(
            link.golden_id
            for place in self.hub.all()
            for link in self.links(place.id, sorted(self.systems[place.binding.system].held(place.entity.name)))
        )
        return [*found]

    def entity(self, item: Standing) -> str:
        return self.hub.catalog.by_id()[item.binding_id][0]

    def aside(self) -> list[Review]:
        with self.store.reading() as tx:
            return reviews.find(tx, [place.id for place in self.hub.all()])

    def links(self, binding: int, keys: Sequence[str]) -> list[links.Link]:
        with self.store.reading() as tx:
            return [*links.lookup(tx, binding, keys).values()]

    def owed(self) -> list[Standing]:
        with self.store.reading() as tx:
            return owed(tx, [place.id for place in self.hub.all()], ("owed", "creating", "refused", "held"))


def instance(
    systems: Sequence[str],
    *,
    references: Mapping[str, Mapping[str, str]] = WORKS,
    entities: Sequence[str] = (FIRM, PERSON),
    required: Sequence[tuple[str, str]] = (),
    match: Mapping[str, Sequence[Sequence[str]]] | None = None,
    allowed: Mapping[tuple[str, str], Allowed] | None = None,
    policy: Policy = ASK,
    means: Deletes | None = None,
    without: Sequence[tuple[str, str]] = (),
    named: Sequence[str] = (),
) -> Instance:
    """`required`: (system, field); `allowed`, `without`: by (entity, system). `named`: systems whose firms hold the
    key that they have in the ERP."""

    def entity(name: str) -> Entity:
        refers = references.get(name, {})
        fields = ("name", "phone", *(["city"] if name == FIRM else []), *refers)

        def binding(system: str) -> Binding:
            specs = [
                replace(
                    FieldSpec(field, "reference" if field in refers else "text", (field,), refers=refers.get(field)),
                    required=(system, field) in required,
                )
                for field in fields
            ]
            if name == FIRM and system in named:
                specs.append(FieldSpec("@erp", "reference", ("erp_key",)))
            may = (allowed or {}).get((name, system), Allowed())
            mapping = compile_mapping(MappingSpec(name, name, tuple(specs)))
            return Binding(name, system, name, mapping, "both", may, deletes=means or Deletes())

        rules = tuple(tuple(Compared(part) for part in rule) for rule in (match or {}).get(name, ()))
        units = tuple(Unit(field, (field,), policy, "hub") for field in fields)
        bindings = {system: binding(system) for system in systems if (name, system) not in without}
        return Entity(name, units, bindings, rules, references=refers)

    return Instance("test", "main", True, {}, {name: entity(name) for name in entities}, ())


def two(crm: Office | None = None, erp: Office | None = None, **options: Any) -> tuple[Family, Office, Office]:
    crm, erp = crm or office("c"), erp or office("e")
    return Family({"crm": crm, "erp": erp}, **options), crm, erp


def employed(**options: object) -> tuple[Family, Office, Office]:
    """Two systems that agree on a firm and on Ann, who works there."""
    world, crm, erp = two(**options)  # type: ignore[arg-type]
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme"))
    world.sync()
    world.sync()
    crm.writes.clear()
    erp.writes.clear()
    return world, crm, erp


def stranger(**options: object) -> tuple[Family, Office, Office]:
    """Ann's firm stands aside in the CRM: it does not fit the mapping. She is known, her firm is not."""
    world, crm, erp = employed(**options)
    bolt = crm.add(FIRM, name="\0", phone="5")
    crm.change(PERSON, "cp1", firm=bolt)
    world.sync()
    return world, crm, erp


def refused(**options: object) -> tuple[Family, Office, Office]:
    """The ERP refuses the firm."""
    world, crm, erp = two(erp=office("e", refuses=["city"]), **options)  # type: ignore[arg-type]
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme", city="Atlantis"))
    crm.add(PERSON, name="Bob")
    world.sync()
    return world, crm, erp
