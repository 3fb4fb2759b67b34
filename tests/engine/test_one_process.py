"""One process works on a database at a time; a killed one blocks nobody."""

import subprocess
import sys

import psycopg
import pytest
from support import postgres
from support.memory import ANNA, World, memory

from hub.core.errors import TryLater
from hub.store.database import Store
from hub.store.exclusive import exclusive
from hub.store.migrate import prepare

HOLDER = """
import sys, time
from hub.store.database import Store
from hub.store.exclusive import exclusive
with exclusive(Store(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def store(store_url):
    store = Store(store_url)
    prepare(store)
    yield store
    store.close()


def test_the_second_process_is_told_and_a_killed_first_one_lets_go(store, store_url):
    with subprocess.Popen([sys.executable, "-c", HOLDER, store_url], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(TryLater) as refused, exclusive(store):
            pass
        assert refused.value.code == "store.in-use"
        holder.kill()
        holder.wait()
    for _ in range(50):
        try:
            with exclusive(store):
                return
        except TryLater:
            __import__("time").sleep(0.1)
    pytest.fail("the lock outlived its holder")


LOCKS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"


def cut(url: str, which: str) -> None:
    """The database ends these sessions of its own accord."""
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            f"AND pid <> pg_backend_pid() AND pid IN ({which})"
        )


@pytest.fixture
def lone(postgres_url):
    """A hub of its own on PostgreSQL, and the address of its database."""
    with postgres.database(postgres_url) as url:
        world = World({"crm": memory(), "erp": memory()}, store=Store(url))
        yield world, url
        world.store.close()


@pytest.mark.parametrize("which", [LOCKS, "SELECT pid FROM pg_stat_activity"], ids=["the lock", "all"])
def test_a_hub_whose_lock_was_taken_away_sends_nothing_more_in_that_run(lone, which):
    world, url = lone
    world.systems["crm"].create(**ANNA)
    with exclusive(world.store):
        world.systems["crm"].at("changes", "after", lambda: cut(url, which))
        with pytest.raises(TryLater) as lost:
            world.sync()
        assert lost.value.code in ("store.lost", "store.unavailable")
        assert world.systems["erp"].writes == []
        world.sync()
        assert world.held("erp") == [ANNA]


def test_while_another_process_has_the_lock_that_was_lost_nothing_runs(lone):
    world, url = lone
    world.systems["crm"].create(**ANNA)
    other = Store(url)
    with exclusive(world.store):
        cut(url, LOCKS)
        with exclusive(other):
            with pytest.raises(TryLater) as refused:
                world.sync()
            assert refused.value.code == "store.in-use"
            assert world.systems["crm"].calls == []
        world.sync()
        assert world.held("erp") == [ANNA]
    other.close()
    with exclusive(world.store):
        pass
