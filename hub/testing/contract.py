"""What every adapter must do: one suite, run first on the system in memory, then on each real one.

    class TestMyErp(AdapterContract):
        @pytest.fixture
        def adapter(self, server): return connect(System(...))
        @pytest.fixture
        def world(self, server): return MyWorld(server)

What a system cannot do is declared in `Can`, and the suite checks the declaration both ways; `traces`, `in_order`,
`steady` and `keeps` it takes on trust, since no test of a few seconds can tell. It makes what it needs and asks for
no empty system. Needs pytest.
"""

from hub.testing.reading import Describing, Listing, Polling, Reading
from hub.testing.world import World
from hub.testing.writing import Writing

__all__ = ["AdapterContract", "World"]


class AdapterContract(Describing, Reading, Listing, Polling, Writing):
    """All of it. Subclass it as `TestMySystem` and give it the fixtures `adapter` and `world`."""
