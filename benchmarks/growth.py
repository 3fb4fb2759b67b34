"""What a record costs among many against among few, the two in turns: a machine is faster in one minute than in
another, and ten thousand records and a million are minutes apart."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks import counterparts, scenes
from benchmarks.counterparts import Process
from benchmarks.databases import New
from benchmarks.figures import Row, median
from benchmarks.scenes import HUB, Arena

Tell = Callable[[str], None]
#: How often the quick one is measured before, and again after, the slow one.
AROUND = 3


class Sizes(NamedTuple):
    few: int = 1_000
    middle: int = 10_000
    many: int = 1_000_000


A_MILLION = Sizes()


def measure(folder: Path, new_database: New, rounds: int, tell: Tell, sizes: Sizes = A_MILLION) -> Row:
    """How many times the CPU a record takes of `many`, of that of `middle`; an idle poll of that over `few`."""
    with ExitStack() as stack:
        few, middle, many = (
            stack.enter_context(scenes.arena(records, folder / f"growth-{records}", new_database)) for records in sizes
        )
        loaded(few)
        found = {"initial": between(lambda: loaded(middle), lambda: loaded(many))}
        tell(f"growth: initial {found['initial']:.2f}x")
        rereads = [between(lambda: reread(middle), lambda: reread(many)) for _ in range(rounds)]
        tell(f"growth: re-read {', '.join(f'{one:.2f}x' for one in rereads)}")
        polls = list(idle(few, many, rounds * scenes.IDLE_TIMES))
        tell(f"growth: idle {', '.join(f'{one:.2f}x' for one in polls)}")
    found |= {"reread": median(rereads), "idle": median(polls)}
    return {
        "name": "growth",
        "mode": "fresh",
        "store": "sqlite",
        "records": sizes.many,
        "rounds": rounds,
        **dict.fromkeys(("ratio", "rows_per_s", "cpu_s_per_1000", "peak_mb")),
        **{name: round(value, 2) for name, value in found.items()},
    }


def between(quick: Callable[[], float], slow: Callable[[], float]) -> float:
    """The slow one against the median of the quick one just before it and just after it."""
    before = [quick() for _ in range(AROUND)]
    taken = slow()
    return taken / median([*before, *(quick() for _ in range(AROUND))])


def loaded(arena: Arena) -> float:
    """CPU seconds a record of an initial load, by a process of its own; what it wrote is read back afterwards."""
    arena.reset()
    taken = asked(arena, "initial")
    asked(arena, "settle")
    return taken


def reread(arena: Arena) -> float:
    return asked(arena, "reread")


def idle(few: Arena, many: Arena, times: int) -> Iterator[float]:
    """Polls of two running processes in turns."""
    with running(few) as one, running(many) as other:
        for process in (one, other):
            process.ask("idle")  # it logs on
        for _ in range(times):
            small = float(one.ask("idle")["cpu"])
            yield float(other.ask("idle")["cpu"]) / small


def asked(arena: Arena, phase: str) -> float:
    with running(arena) as process:
        return float(process.ask(phase)["cpu"]) / arena.records


@contextmanager
def running(arena: Arena) -> Iterator[Process]:
    words, environ = arena.words(HUB)
    with counterparts.side(words, environ) as process:
        yield process
