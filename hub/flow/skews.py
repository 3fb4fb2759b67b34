"""The clocks of the systems, measured at every poll against the hub's own, with what the poll reads anyway."""

from collections.abc import Callable, Mapping

from hub.adapter import Told
from hub.core.clocks import measured, set_back
from hub.core.errors import TooMuchChanged
from hub.flow.place import Hub, Place
from hub.store.agenda import Agenda


def remember(hub: Hub, standing: Mapping[int, Agenda]) -> None:
    """What earlier processes measured."""
    for place in hub.all():
        clock = standing[place.id].clock
        if clock is not None:
            hub.clocks.setdefault(place.binding.system, clock)


def measure(hub: Hub, place: Place) -> None:
    """How the clock of a system stands now, if it says so."""
    ask: Callable[[], Told | None] | None = getattr(place.adapter, "told_time", None)  # see `TellsTime`
    told = ask() if ask is not None else None
    if told is not None:
        system = place.binding.system
        hub.clocks[system] = measured(hub.machine.now(), told, hub.clocks.get(system))


def late(hub: Hub, place: Place) -> str | None:
    """Was the system's clock set back? In words. What is edited there is then stamped as if it were old, and no poll by
    stamps shows it: everything is read, until the clock shows what it showed before."""
    skew = hub.clocks.get(place.binding.system)
    if skew is None or not set_back(hub.machine.now(), skew):
        return None
    back = skew.latest - (hub.machine.now().timestamp() + skew.high)
    said = f"{place.binding.system}: its clock shows {back:.0f} s less than it did before: everything is read each time"
    return str(TooMuchChanged("system.clock-back", f"{said} until it has caught up; see that its clock is right"))
