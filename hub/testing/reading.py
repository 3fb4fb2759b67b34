"""The contract of describing, reading and polling."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.adapter import Adapter, Cursor
from hub.core.errors import Refused
from hub.testing.world import NO_KEY, TRICKY, Suite, World


class Describing(Suite):
    def test_it_describes_the_object_and_its_fields(self, adapter: Adapter, world: World) -> None:
        [info] = [info for info in adapter.describe() if info.name == world.object]
        names = [field.name for field in info.fields]
        assert len(names) == len(set(names))
        assert {world.name, world.other} <= set(names)

    def test_what_it_declares_makes_sense(self, adapter: Adapter) -> None:
        assert min(adapter.can.batch, adapter.can.read_batch, adapter.can.connections) >= 1

    def test_closing_twice_does_no_harm(self, adapter: Adapter) -> None:
        adapter.close()
        adapter.close()


class Reading(Suite):
    def test_it_reads_records_as_they_are_now(self, adapter: Adapter, world: World) -> None:
        a, b = self.made(world, 2)
        world.edit(b, {world.name: "Edited"})
        records = {record.key: record.fields[world.name] for record in self.read(adapter, world, [a, b])}
        assert records == {a: "Made 0", b: "Edited"}

    def test_a_key_that_is_not_there_is_not_in_the_answer(self, adapter: Adapter, world: World) -> None:
        [a, b] = self.made(world, 2)
        world.delete(b)
        assert [record.key for record in self.read(adapter, world, [b, a, NO_KEY])] == [a]
        assert adapter.read(world.object, [NO_KEY]) == []
        assert adapter.read(world.object, []) == []

    def test_it_reads_as_many_as_it_says(self, adapter: Adapter, world: World) -> None:
        """Filled up with keys that are not there, where it says more than anyone would care to make."""
        keys = self.made(world, min(adapter.can.read_batch, 2 * world.page + 1))
        absent = [str(int(NO_KEY) - n) for n in range(adapter.can.read_batch - len(keys))]
        assert sorted(record.key for record in adapter.read(world.object, [*absent, *keys])) == sorted(keys)

    def test_keys_versions_and_stamps_are_text(self, adapter: Adapter, world: World) -> None:
        record = self.one(adapter, world, self.made(world, 1)[0])
        assert isinstance(record.key, str)
        assert isinstance(record.version, str | None)
        assert isinstance(record.stamp, str | None)

    def test_a_stamp_is_an_instant_and_does_not_go_back(self, adapter: Adapter, world: World) -> None:
        [key] = self.made(world, 1)
        before = self.one(adapter, world, key)
        world.edit(key, {world.name: "Later"})
        after = self.one(adapter, world, key)
        if after.stamp is None:
            pytest.skip("the system has no stamps")
        old, new = adapter.when(before.stamp or after.stamp), adapter.when(after.stamp)
        assert old is not None
        assert new is not None
        assert new.tzinfo is not None
        assert new >= old

    def test_a_version_changes_when_the_record_does_and_only_then(self, adapter: Adapter, world: World) -> None:
        [key] = self.made(world, 1)
        first, again = self.one(adapter, world, key), self.one(adapter, world, key)
        world.edit(key, {world.name: "Other"})
        assert first.version == again.version
        assert first.version is None or self.one(adapter, world, key).version != first.version

    def test_versions_count_up_where_it_says_so(self, adapter: Adapter, world: World) -> None:
        self.needs(adapter, "counted")
        [key] = self.made(world, 1)
        versions = [self.one(adapter, world, key).version]
        for text in ("One", "Two"):
            world.edit(key, {world.name: text})
            versions.append(self.one(adapter, world, key).version)
        assert versions == sorted(set(versions), key=lambda version: int(version or ""))

    @pytest.mark.parametrize("text", TRICKY)
    def test_text_comes_as_it_was_typed(self, adapter: Adapter, world: World, text: str) -> None:
        key = world.create(world.sample(text))
        assert self.one(adapter, world, key).fields[world.name] == text

    def test_it_takes_calls_from_several_threads(self, adapter: Adapter, world: World) -> None:
        keys = self.made(world, 5)
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(lambda key: self.one(adapter, world, key).key, keys * 3))
        assert found == keys * 3


class Listing(Suite):
    def test_keys_lists_every_key_and_none_that_is_gone(self, adapter: Adapter, world: World) -> None:
        if not adapter.can.keys:
            with pytest.raises(Refused):
                list(adapter.keys(world.object))
            return
        keys = self.made(world, 2 * world.page + 1)
        world.delete(keys[0])
        listed = [key for page in adapter.keys(world.object) for key in page]
        assert set(keys[1:]) <= set(listed)
        assert keys[0] not in listed
        assert len(listed) == len(set(listed))

    def test_it_finds_by_the_value_of_a_field(self, adapter: Adapter, world: World) -> None:
        if not adapter.can.find:
            with pytest.raises(Refused):
                adapter.find(world.object, world.sought, ["x"])
            return
        a, b, _ = (world.create({**world.sample("Sought"), world.sought: f"Sought {n}"}) for n in range(3))
        found = adapter.find(world.object, world.sought, ["Sought 0", "Sought 1", "nowhere"])
        assert {a, b} == {record.key for record in found}
        assert adapter.find(world.object, world.sought, ["nowhere"]) == []

    @pytest.mark.parametrize("text", TRICKY)
    def test_it_finds_the_very_text_or_refuses_to_look(self, adapter: Adapter, world: World, text: str) -> None:
        self.needs(adapter, "find")
        key = world.create({**world.sample("Tricky"), world.sought: text})
        world.create({**world.sample("Plain"), world.sought: "quite another"})
        try:
            records = adapter.find(world.object, world.sought, [text])
        except Refused:
            return
        found = {record.key: record.fields[world.sought] for record in records}
        assert found[key] == text
        assert set(found.values()) == {text}


class Polling(Suite):
    def test_a_full_walk_shows_everything_and_nothing_that_lives_as_deleted(
        self, adapter: Adapter, world: World
    ) -> None:
        keys = self.made(world, 2 * world.page + 1)
        world.delete(keys.pop())
        pages = self.walk(adapter, world)
        assert set(keys) <= {record.key for page in pages for record in page.records}
        assert not set(keys) & {key for page in pages for key in page.gone}
        assert [row for page in pages for row in page.broken] == []

    def test_a_walk_comes_in_pages_with_cursors_of_text(self, adapter: Adapter, world: World) -> None:
        self.made(world, 2 * world.page + 1)
        pages = self.walk(adapter, world)
        assert len(pages) >= 3
        assert all(isinstance(page.cursor, str) for page in pages)

    def test_a_poll_shows_what_was_created_and_edited_since(self, adapter: Adapter, world: World) -> None:
        old, other = self.made(world, 2)
        since = self.mark(adapter, world)
        [new] = self.made(world, 1, "New")
        world.edit(old, {world.name: "Edited"})
        shown = self.shown(adapter, world, since)
        assert shown[old] == "Edited"
        assert shown[new] == "New 0"
        assert shown.get(other, "Made 1") == "Made 1"

    def test_a_poll_shows_more_changes_than_a_page_holds(self, adapter: Adapter, world: World) -> None:
        since = self.mark(adapter, world)
        keys = self.made(world, 2 * world.page + 1)
        assert set(keys) <= set(self.shown(adapter, world, since))

    def test_a_quiet_system_keeps_its_cursor(self, adapter: Adapter, world: World) -> None:
        self.made(world, 3)
        since = self.mark(adapter, world)
        for _ in range(3):
            since = self.mark_after(adapter, world, since)
        [key] = self.made(world, 1, "After")
        assert key in self.shown(adapter, world, since)

    def test_a_walk_can_be_taken_up_again_after_any_page(self, adapter: Adapter, world: World) -> None:
        keys = set(self.made(world, 2 * world.page + 1))
        pages = self.walk(adapter, world)
        for n, page in enumerate(pages):
            seen = {record.key for earlier in pages[: n + 1] for record in earlier.records}
            assert keys - seen <= set(self.shown(adapter, world, page.cursor))

    def test_a_walk_that_is_taken_up_again_shows_also_what_changed_meanwhile(
        self, adapter: Adapter, world: World
    ) -> None:
        keys = self.made(world, 2 * world.page + 1)
        first = next(adapter.changes(world.object, None))
        for key in keys:
            world.edit(key, {world.name: "Meanwhile"})
        shown = self.shown(adapter, world, first.cursor)
        assert {shown.get(key) for key in keys} == {"Meanwhile"}

    def test_what_changes_while_it_is_paged_is_not_lost(self, adapter: Adapter, world: World) -> None:
        keys = self.made(world, 2 * world.page + 1)
        shown: dict[str, str] = {}
        since, first = None, True
        for page in adapter.changes(world.object, None):
            shown |= {record.key: record.fields[world.name] for record in page.records}
            since = page.cursor
            if first:
                for key in (keys[0], keys[-1]):
                    world.edit(key, {world.name: "Moved"})
                world.delete(keys[1])
                first = False
        shown |= self.shown(adapter, world, since)
        assert set(keys) - {keys[1]} <= set(shown)
        assert shown[keys[0]] == shown[keys[-1]] == "Moved"

    def test_deletions_are_reported_as_declared(self, adapter: Adapter, world: World) -> None:
        keys = self.made(world, 3)
        since = self.mark(adapter, world)
        world.delete(keys[1])
        gone = [key for page in self.walk(adapter, world, since) for key in page.gone]
        assert (keys[1] in gone) == adapter.can.tombstones
        assert not {keys[0], keys[2]} & set(gone)

    def test_what_is_deleted_during_a_full_walk_is_reported_in_it_or_after_it(
        self, adapter: Adapter, world: World
    ) -> None:
        self.needs(adapter, "tombstones")
        keys = self.made(world, 2 * world.page + 1)
        walk = adapter.changes(world.object, None)
        since = next(walk).cursor
        for key in (keys[0], keys[-1]):
            world.delete(key)
        pages = list(walk)
        since = pages[-1].cursor if pages else since
        gone = {key for page in [*pages, *self.walk(adapter, world, since)] for key in page.gone}
        assert {keys[0], keys[-1]} <= gone

    def mark_after(self, adapter: Adapter, world: World, since: Cursor) -> Cursor:
        return self.walk(adapter, world, since)[-1].cursor
