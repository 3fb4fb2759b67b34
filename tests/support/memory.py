"""A hub over systems in memory: the whole engine, no network, a clock that the test moves."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.memory import Memory
from hub.adapter import Can, Failure, FieldInfo, Write, Written
from hub.engine.machine import Threads
from hub.engine.sync import Report, sync
from hub.simulator import databases
from hub.simulator import world as simulator
from hub.simulator.world import integration
from hub.store import catalog, conflicts, deliveries, links, reviews
from hub.store.conflicts import Conflict
from hub.store.database import Store
from hub.store.deliveries import Standing
from hub.store.reviews import Review

FIELDS = ("name", "phone", "street", "city")
ABLE = Can(conditional=True, tombstones=True, find=True, tokens=True, answers=True, batch=10)


class Noted(Memory):
    """A system that notes what the hub writes, and fails as it is told."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.writes: list[Write] = []
        #: What the next calls raise, by (call, phase): the first first.
        self.fails: dict[tuple[str, str], list[BaseException]] = {}
        #: What happens when the next calls come to a phase.
        self.happens: dict[tuple[str, str], list[Callable[[], object]]] = {}
        self.calls: list[str] = []
        self.fault = self._at

    def _at(self, call: str, phase: str) -> None:
        if phase == "before":
            self.calls.append(call)
        if act := self.happens.get((call, phase)):
            act.pop(0)()
        if errors := self.fails.get((call, phase)):
            raise errors.pop(0)

    def _write(self, obj: str, write: Write) -> Written | Failure:
        self.writes.append(write)
        return super()._write(obj, write)

    def fail(self, call: str, phase: str, *errors: BaseException) -> None:
        self.fails[call, phase] = list(errors)

    def at(self, call: str, phase: str, *acts: Callable[[], object]) -> None:
        self.happens[call, phase] = list(acts)

    def create(self, **fields: Any) -> str:
        """Somebody creates a record; its key."""
        return self.person_create("thing", fields)

    def edit(self, key: str, **fields: Any) -> None:
        self.person_edit("thing", key, fields)

    def delete(self, key: str) -> None:
        self.person_delete("thing", key)

    def undelete(self, key: str, **fields: Any) -> None:
        """Somebody takes a record out of the bin: it shows these fields, under its key."""
        self.person_undelete("thing", key, fields)

    def row(self, key: str) -> dict[str, Any]:
        return self.held("thing")[key]

    def keys_held(self) -> list[str]:
        return sorted(self.held("thing"))


def memory(
    can: Can = ABLE,
    fields: Sequence[str] = FIELDS,
    links: Sequence[str] = (),
    choices: Mapping[str, tuple[str, ...]] | None = None,
    **options: Any,
) -> Noted:
    """A system with one object, `thing`; `links`: its foreign key fields; `choices`: all that a field may hold."""
    infos = [FieldInfo(name, choices=(choices or {}).get(name, ())) for name in (*fields, *links)]
    return Noted({"thing": infos}, can=can, **options)


class World(simulator.World):
    """Systems, and a hub between them."""

    def __init__(
        self,
        systems: Mapping[str, Memory],
        *,
        store: Store | None = None,
        fields: Sequence[str] = FIELDS,
        **options: Any,
    ) -> None:
        """`options`: see `hub.simulator.world.integration`."""
        self.systems = dict(systems)
        super().__init__(integration(list(systems), fields, **options), systems, store or databases.fresh(), Threads())

    def sync(self, **options: Any) -> Report:
        self.clock.pass_(1)
        return sync(self.hub, **options)

    def log(self, *states: str) -> list[Conflict]:
        """The conflict log, the oldest first."""
        with self.store.reading() as tx:
            return conflicts.find(tx, [place.id for place in self.hub.all()], states=states)[::-1]

    def cursor(self, system: str) -> str | None:
        """Where polling a system goes on."""
        with self.store.reading() as tx:
            return catalog.position(tx, self.place(system).id).cursor

    def resume(self, system: str) -> None:
        """What `hub resume` does."""
        with self.store.transaction() as tx:
            catalog.pause(tx, self.place(system).id, None)

    def golden(self, system: str, key: str) -> int:
        """The golden record that a record is linked to."""
        with self.store.reading() as tx:
            return links.lookup(tx, self.place(system).id, [key])[key].golden_id

    def aside(self) -> list[Review]:
        """What stands aside."""
        with self.store.reading() as tx:
            return reviews.find(tx, [place.id for place in self.hub.all()])

    def owed(self, *states: str) -> list[Standing]:
        """Deliveries that stand."""
        with self.store.reading() as tx:
            return deliveries.standing(
                tx, [place.id for place in self.hub.all()], states or ("owed", "creating", "refused")
            )

    def held(self, system: str) -> list[dict[str, Any]]:
        """The records of a system, without its foreign keys, in order."""
        rows = self.systems[system].held("thing").values()
        plain = [{name: row[name] for name in row if not name.endswith("_key")} for row in rows]
        return sorted(plain, key=str)


ANNA = {"name": "Anna", "phone": "1", "street": "High Street 1", "city": "York"}


def pair(crm: Noted | None = None, erp: Noted | None = None, **options: Any) -> tuple[World, Noted, Noted]:
    """Two systems, empty."""
    crm, erp = crm or memory(), erp or memory()
    return World({"crm": crm, "erp": erp}, **options), crm, erp


def many(number: int = 30, erp: Noted | None = None, **options: Any) -> tuple[World, Noted, Noted]:
    """Two systems that agree on so many records."""
    world, crm, erp = pair(erp=erp, **options)
    for each in range(number):
        crm.create(name=f"company {each:03}")
    world.sync()
    world.sync()
    crm.writes.clear()
    erp.writes.clear()
    return world, crm, erp


def linked(crm: Noted | None = None, erp: Noted | None = None, **options: Any) -> tuple[World, Noted, Noted]:
    """Two systems that agree on one record, which has the key 1 in both."""
    world, crm, erp = pair(crm, erp, **options)
    crm.create(**ANNA)
    world.sync()
    world.sync()
    for system in (crm, erp):
        system.writes.clear()
        system.calls.clear()
    return world, crm, erp
