"""What the stories of the engine stand on: each is told on SQLite and on PostgreSQL, in an empty database."""

import pytest
from support.memory import linked


def test_a_world_is_kept_where_its_test_says(request: pytest.FixtureRequest) -> None:
    world, _, _ = linked()
    named = request.node.callspec.params["world_kept"]
    assert world.store.url.get_backend_name() == named


def test_the_next_world_finds_nothing_of_the_one_before() -> None:
    for _ in range(2):
        world, crm, erp = linked()
        crm.edit("1", phone="2")
        erp.edit("1", phone="3")
        world.sync()
        assert [row.id for row in world.log()] == [1]
