"""What the contract suite needs: the adapter, the people of its system, and short ways to ask."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import pytest

from hub.adapter import Adapter, Can, Cursor, Failure, Page, Write, Written
from hub.core.errors import HubError
from hub.core.record import Raw, Record

#: A key that no system gives, and that looks like one. Numbers, because many systems take nothing else.
NO_KEY = "999999999"

#: Values that break what is not escaped.
TRICKY = ["Müller & Söhne <GmbH>", 'O\'Brien "Bob"', "100%_a,b;c", "x=1&y=2#z", "{a}$.b/../c", "日本 ß"]


class World(Protocol):
    """The people of the system, who work behind the adapter's back."""

    #: The object to try, and two of its raw text fields of at least 40 characters that take any text.
    object: str
    name: str
    other: str
    #: The raw text field by which `find` is tried.
    sought: str
    #: Records in a page of `changes`; the suite makes a little more than two pages of them.
    page: int

    def sample(self, name: str) -> Raw:
        """A whole record, ready to be created, whose field `name` holds this text and `other` holds some."""
        ...

    def create(self, fields: Raw) -> str:
        """Somebody enters a record; its key."""
        ...

    def edit(self, key: str, fields: Raw) -> None:
        """Somebody changes some fields of it."""
        ...

    def delete(self, key: str) -> None:
        """Somebody deletes it."""
        ...


class Suite:
    """What the tests need: the adapter, the world, and shorter ways to ask."""

    @pytest.fixture
    def adapter(self) -> Iterator[Adapter]:
        pytest.fail("the suite needs a fixture `adapter` that gives the adapter of your system", pytrace=False)

    @pytest.fixture
    def world(self) -> World:
        pytest.fail("the suite needs a fixture `world` that gives the people of your system", pytrace=False)

    def made(self, world: World, count: int, prefix: str = "Made") -> list[str]:
        return [world.create(world.sample(f"{prefix} {n}")) for n in range(count)]

    def walk(self, adapter: Adapter, world: World, since: Cursor | None = None) -> list[Page]:
        pages = list(adapter.changes(world.object, since))
        assert pages, "`changes` gave no page, so the cursor is not known"
        return pages

    def mark(self, adapter: Adapter, world: World) -> Cursor:
        """The cursor behind everything there is."""
        return self.walk(adapter, world)[-1].cursor

    def shown(self, adapter: Adapter, world: World, since: Cursor | None) -> dict[str, str]:
        """What was created and edited since: key -> name, as shown last."""
        pages = self.walk(adapter, world, since)
        return {record.key: record.fields[world.name] for page in pages for record in page.records}

    def one(self, adapter: Adapter, world: World, key: str) -> Record:
        [record] = adapter.read(world.object, [key])
        return record

    def read(self, adapter: Adapter, world: World, keys: Sequence[str]) -> list[Record]:
        """Any number of them, in calls of the size that the system takes."""
        size = adapter.can.read_batch
        return [r for n in range(0, len(keys), size) for r in adapter.read(world.object, keys[n : n + size])]

    def write(self, adapter: Adapter, world: World, *writes: Write) -> list[Written | Failure]:
        outcomes = adapter.write(world.object, writes)
        assert len(outcomes) == len(writes)
        return outcomes

    def done(self, adapter: Adapter, world: World, write: Write) -> Written:
        [outcome] = self.write(adapter, world, write)
        assert isinstance(outcome, Written), outcome
        return outcome

    def failed(self, adapter: Adapter, world: World, write: Write) -> HubError:
        [outcome] = self.write(adapter, world, write)
        assert isinstance(outcome, Failure), outcome
        return outcome.error

    def needs(self, adapter: Adapter, *abilities: str) -> Can:
        for ability in abilities:
            if not getattr(adapter.can, ability):
                pytest.skip(f"the system says that it cannot: {ability}")
        return adapter.can
