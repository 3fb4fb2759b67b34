"""The contract of writing."""

import pytest

from hub.adapter import Adapter, Can, Failure, Kind, Write, Written
from hub.core.errors import Gone, Refused, Stale
from hub.testing.world import TRICKY, Suite, World


class Writing(Suite):
    def create(self, world: World, name: str, token: str) -> Write:
        return Write("create", None, world.sample(name), token=token)

    def test_a_create_makes_a_record_with_a_key_of_its_own(self, adapter: Adapter, world: World) -> None:
        self.needs(adapter, "create")
        [there] = self.made(world, 1)
        written = self.done(adapter, world, self.create(world, "Brand new", "t-create"))
        assert written.key != there
        fields = self.one(adapter, world, written.key).fields
        for name, value in world.sample("Brand new").items():
            assert fields[name] == value

    def test_the_same_token_makes_one_record_as_declared(self, adapter: Adapter, world: World) -> None:
        self.needs(adapter, "create")
        first = self.done(adapter, world, self.create(world, "Once", "t-once"))
        again = self.done(adapter, world, self.create(world, "Once", "t-once"))
        other = self.done(adapter, world, self.create(world, "Once", "t-other"))
        assert (first.key == again.key) == adapter.can.tokens
        assert other.key not in (first.key, again.key)

    def test_an_update_changes_the_named_fields_only(self, adapter: Adapter, world: World) -> None:
        self.needs(adapter, "update")
        before = self.one(adapter, world, self.made(world, 1)[0])
        write = Write("update", before.key, {world.name: "Renamed"}, before.version)
        assert self.done(adapter, world, write).key == before.key
        after = self.one(adapter, world, before.key)
        assert after.fields[world.name] == "Renamed"
        assert after.fields[world.other] == before.fields[world.other]

    def test_a_field_can_be_emptied(self, adapter: Adapter, world: World) -> None:
        self.needs(adapter, "update")
        before = self.one(adapter, world, self.made(world, 1)[0])
        self.done(adapter, world, Write("update", before.key, {world.other: None}, before.version))
        assert not self.one(adapter, world, before.key).fields.get(world.other)

    @pytest.mark.parametrize("text", TRICKY)
    def test_text_arrives_as_it_was_sent(self, adapter: Adapter, world: World, text: str) -> None:
        self.needs(adapter, "update")
        [key] = self.made(world, 1)
        self.done(adapter, world, Write("update", key, {world.name: text}, self.one(adapter, world, key).version))
        assert self.one(adapter, world, key).fields[world.name] == text

    def test_the_answer_tells_the_record_as_declared(self, adapter: Adapter, world: World) -> None:
        can = self.needs(adapter, "create", "update")
        made = self.done(adapter, world, self.create(world, "Answered", "t-answer"))
        self.check_answer(adapter, world, made, can)
        update = Write("update", made.key, {world.name: "Again"}, self.one(adapter, world, made.key).version)
        self.check_answer(adapter, world, self.done(adapter, world, update), can)

    def check_answer(self, adapter: Adapter, world: World, written: Written, can: Can) -> None:
        assert (written.fields is not None) == can.answers
        record = self.one(adapter, world, written.key)
        if written.fields is not None:
            assert written.fields == record.fields
        assert written.version in (None, record.version)

    def test_an_old_version_is_refused_as_declared(self, adapter: Adapter, world: World) -> None:
        can = self.needs(adapter, "update")
        [key] = self.made(world, 1)
        old = self.one(adapter, world, key)
        world.edit(key, {world.name: "By a person"})
        [outcome] = self.write(adapter, world, Write("update", key, {world.name: "By the hub"}, old.version))
        kept = "By a person" if can.conditional else "By the hub"
        assert isinstance(outcome, Failure if can.conditional else Written)
        assert not isinstance(outcome, Failure) or isinstance(outcome.error, Stale)
        assert self.one(adapter, world, key).fields[world.name] == kept

    def test_the_version_of_an_answer_serves_the_next_write(self, adapter: Adapter, world: World) -> None:
        self.needs(adapter, "create", "update")
        written = self.done(adapter, world, self.create(world, "One", "t-next"))
        for name in ("Two", "Three"):
            written = self.done(adapter, world, Write("update", written.key, {world.name: name}, written.version))
        assert self.one(adapter, world, written.key).fields[world.name] == "Three"

    def test_a_delete_deletes(self, adapter: Adapter, world: World) -> None:
        self.needs(adapter, "delete")
        a, b = self.made(world, 2)
        self.done(adapter, world, Write("delete", a, {}, self.one(adapter, world, a).version))
        assert [record.key for record in self.read(adapter, world, [a, b])] == [b]

    def test_a_delete_of_an_old_version_is_refused_where_versions_are_compared(
        self, adapter: Adapter, world: World
    ) -> None:
        self.needs(adapter, "delete", "conditional")
        [key] = self.made(world, 1)
        old = self.one(adapter, world, key).version
        world.edit(key, {world.name: "Still wanted"})
        assert isinstance(self.failed(adapter, world, Write("delete", key, {}, old)), Stale)
        assert self.one(adapter, world, key).fields[world.name] == "Still wanted"

    @pytest.mark.parametrize("kind", ["update", "delete"])
    def test_a_record_that_is_gone_is_gone(self, adapter: Adapter, world: World, kind: Kind) -> None:
        self.needs(adapter, kind)
        [key] = self.made(world, 1)
        version = self.one(adapter, world, key).version
        world.delete(key)
        fields = {world.name: "Too late"} if kind == "update" else {}
        assert isinstance(self.failed(adapter, world, Write(kind, key, fields, version)), Gone)
        assert adapter.read(world.object, [key]) == []

    def test_one_write_that_fails_stops_no_other(self, adapter: Adapter, world: World) -> None:
        can = self.needs(adapter, "create", "update")
        [key, gone, *more] = self.made(world, min(can.batch, 2 * world.page) + 1)
        world.delete(gone)
        versions = {record.key: record.version for record in self.read(adapter, world, [key, *more])}
        writes = [Write("update", k, {world.name: f"Batch {k}"}, versions.get(k)) for k in (key, gone, *more)]
        outcomes: list[Written | Failure] = []
        for start in range(0, len(writes), can.batch):
            outcomes += self.write(adapter, world, *writes[start : start + can.batch])
        assert [o.key for o in outcomes if isinstance(o, Written)] == [key, *more]
        assert isinstance(outcomes[1], Failure)
        assert isinstance(outcomes[1].error, Gone)
        for record in self.read(adapter, world, [key, *more]):
            assert record.fields[world.name] == f"Batch {record.key}"

    def test_a_batch_mixes_all_kinds_and_answers_in_order(self, adapter: Adapter, world: World) -> None:
        can = self.needs(adapter, "create", "update", "delete")
        if can.batch < 3:
            pytest.skip("the system takes its writes one by one")
        a, b = self.made(world, 2)
        versions = {record.key: record.version for record in self.read(adapter, world, [a, b])}
        outcomes = self.write(
            adapter,
            world,
            Write("delete", b, {}, versions[b]),
            self.create(world, "Mixed", "t-mixed"),
            Write("update", a, {world.name: "Mixed too"}, versions[a]),
        )
        deleted, created, updated = outcomes
        assert isinstance(deleted, Written)
        assert isinstance(created, Written)
        assert isinstance(updated, Written)
        assert (deleted.key, updated.key) == (b, a)
        names = {record.key: record.fields[world.name] for record in self.read(adapter, world, [a, b, created.key])}
        assert names == {a: "Mixed too", created.key: "Mixed"}

    @pytest.mark.parametrize("kind", ["create", "update", "delete"])
    def test_what_it_cannot_do_is_refused(self, adapter: Adapter, world: World, kind: Kind) -> None:
        if getattr(adapter.can, kind):
            pytest.skip(f"the system says that it can: {kind}")
        [key] = self.made(world, 1)
        since = self.mark(adapter, world)
        fields = {} if kind == "delete" else world.sample("Not allowed")
        write = Write(kind, None if kind == "create" else key, fields)
        assert isinstance(self.failed(adapter, world, write), Refused)
        assert self.one(adapter, world, key).fields[world.name] == "Made 0"
        assert "Not allowed" not in self.shown(adapter, world, since).values()

    def test_its_own_writes_come_back_in_the_next_poll_as_they_are_held(self, adapter: Adapter, world: World) -> None:
        self.needs(adapter, "create")
        since = self.mark(adapter, world)
        written = self.done(adapter, world, self.create(world, "Echo", "t-echo"))
        records = [r for page in self.walk(adapter, world, since) for r in page.records if r.key == written.key]
        assert records
        assert records[-1] == self.one(adapter, world, written.key)
