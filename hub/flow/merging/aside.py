"""A record that cannot be merged steps aside, with its reason; everything else goes on."""

from datetime import timedelta

from hub.core.errors import HubError
from hub.flow.batch import Batch
from hub.flow.place import Hub, stamp
from hub.flow.seen import Tally

#: It is tried again at least daily.
RETRY = timedelta(days=1)


class Aside:
    """The records of one page that step aside."""

    def __init__(self, hub: Hub, batch: Batch, tally: Tally) -> None:
        self.hub, self.batch, self.tally = hub, batch, tally

    def put(self, key: str, kind: str, error: HubError, golden_id: int | None = None) -> None:
        """`kind`: as reviews are named."""
        self.tally.aside += 1
        due = stamp(self.hub.machine.now() + RETRY)
        self.batch.review(self.batch.place, key, kind, error, due, golden_id)
