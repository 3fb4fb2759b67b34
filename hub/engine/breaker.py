"""The circuit breaker: a system that fails as a whole, run after run, is left alone for a growing pause; so is one that
asks for a pause. What it is owed waits as it is. The first step after the pause is the probe: if it works, all is over.
"""

from collections.abc import Iterable
from datetime import timedelta

from hub.core.errors import HubError
from hub.core.retry import PATIENCE, asked, leave, whole
from hub.flow.place import Hub, stamp
from hub.store import deliveries, outages
from hub.store.agenda import Agenda


class Breaker:
    """The breakers of all systems of one instance, during one run. Asks the store only when something fails."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        #: Failures in a row of the systems that were not in order.
        self.failures: dict[str, int] = {}
        #: Systems of which something worked in this run.
        self.working: set[str] = set()

    def left_alone(self, standing: dict[int, Agenda]) -> dict[str, str]:
        """Why, by system: those that are not to be asked now. To be called before anything else."""
        found, now = {}, self.hub.now()
        for place in self.hub.all():
            agenda, system = standing[place.id], place.binding.system
            if agenda.failures is not None:
                self.failures[system] = agenda.failures
            if agenda.until is not None and agenda.until > now:
                said = f"left alone until {agenda.until[:19]}Z, 'hub resume {system}' tries at once"
                found[system] = f"{system}: {said}: {agenda.why}"
        return found

    def failed(self, system: str, error: HubError) -> None:
        """A step of it failed; it is out for the rest of this run."""
        pause = asked(error)
        if pause is not None:
            self.note(system, error, pause)
        elif whole(error) and system not in self.working:
            failures = self.failures[system] = self.failures.get(system, 0) + 1
            self.note(system, error, leave(failures, self.hub.machine.jitter()))

    def note(self, system: str, error: HubError, pause: timedelta | None) -> None:
        failures = self.failures.setdefault(system, 0)
        until = None if pause is None else stamp(self.hub.machine.now() + pause)
        with self.hub.store.transaction() as tx:
            outages.failed(
                tx,
                self.hub.catalog.instance_id,
                system,
                now=self.hub.now(),
                failures=failures,
                until=until,
                code=error.code,
                said=error.said,
            )

    def worked(self, system: str) -> None:
        """A step of it worked."""
        self.working.add(system)
        failures = self.failures.pop(system, None)
        if failures is not None:
            self.over(system, wake=failures >= PATIENCE)

    def over(self, system: str, *, wake: bool) -> None:
        """`wake`: what was put off because of it is due at once."""
        with self.hub.store.transaction() as tx:
            outages.over(tx, self.hub.catalog.instance_id, system)
            for binding_id in self.bindings(system) if wake else ():
                deliveries.wake(tx, binding_id, self.hub.now())

    def bindings(self, system: str) -> Iterable[int]:
        return [place.id for place in self.hub.all() if place.binding.system == system]
