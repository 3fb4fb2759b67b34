"""The hub at work: every task on its schedule, until it is told to stop."""

import threading
from collections.abc import Callable

import schedule

from hub.core.errors import HubError
from hub.core.model import Task
from hub.engine.sync import Report, sync
from hub.flow.place import Hub, stamp
from hub.store import runs

#: Marks a run that compared all keys.
ALL_KEYS = ", all keys"

#: Told after every run: the task, and what it did or why it failed.
Done = Callable[[Task, Report | HubError], None]


class Loop:
    """Tasks run one after the other, in one process; a task that is late runs once, not once for every time missed."""

    def __init__(self, hub: Hub, done: Done) -> None:
        self.hub, self.done = hub, done
        self.ticker = schedule.Scheduler()
        self.stopping = threading.Event()

    def stop(self) -> None:
        """Stop after the step that is under way."""
        self.stopping.set()

    def run(self, *, times: int | None = None) -> None:
        """Run every task at once, then each on its schedule. `times`: so many runs in all, then end."""
        left = [times]
        for task in self.hub.instance.tasks:
            self.ticker.every(max(1, round(task.every.total_seconds()))).seconds.do(self.once, task, left)
        self.ticker.run_all()
        while not self.stopping.is_set():
            self.stopping.wait(max(0.05, min(1.0, self.ticker.idle_seconds or 1.0)))
            if not self.stopping.is_set():
                self.ticker.run_pending()

    def once(self, task: Task, left: list[int | None]) -> None:
        """One run. `schedule` forgets a job that raises, so whatever the hub knows to go wrong is told instead."""
        if self.stopping.is_set():
            return
        try:
            keys = self.keys_due(task)
            name = task.name + ALL_KEYS if keys else task.name
            self.done(task, sync(self.hub, task.entities, task=name, keys=keys))
        except HubError as error:
            self.done(task, error)
        if left[0] is not None:
            left[0] -= 1
            if left[0] <= 0:
                self.stop()

    def keys_due(self, task: Task) -> bool:
        """Is it time to compare all keys, for deletions that no system told of?"""
        with self.hub.store.reading() as tx:
            last = runs.last(tx, self.hub.catalog.instance_id, task.name + ALL_KEYS)
        return last is None or last < stamp(self.hub.machine.now() - task.keys_every)
