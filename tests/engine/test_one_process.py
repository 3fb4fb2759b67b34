"""One process works on a database at a time; a killed one blocks nobody."""

import subprocess
import sys

import pytest

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
