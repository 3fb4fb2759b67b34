"""What a campaign found, for people: the last line, and a failure told so that somebody can read it."""

from collections.abc import Iterable, Iterator

from hub.simulator.broken import KINDS, OTHER
from hub.simulator.campaign import Failure, Sum, Wanted
from hub.simulator.catalogue import OWN, Source, profile
from hub.simulator.histories import History, make, run
from hub.simulator.rare import missing
from hub.simulator.shrinking import Shrinker, signature
from hub.simulator.staging import Setup, staged
from hub.simulator.systems import Kind

#: A campaign of so many histories over all profiles must have met everything rare.
LONG = 5000


def last_line(found: Sum) -> str:
    broken = ", ".join(f"{found.broken[kind]} {kind}" for kind in KINDS)
    return (
        f"{found.histories} histories, {found.crash_runs} crash runs, {found.faults} faults: {broken}; "
        f"{found.caught} of {len(found.bugs)} planted bugs caught"
    )


def problems(wanted: Wanted, found: Sum) -> list[str]:
    """Why this campaign proves nothing. Empty: it proves what its last line says."""
    said = []
    if found.broken[OTHER]:
        said.append(f"{found.broken[OTHER]} histories broke another promise")
    said += [f"planted and not caught: {name}" for name, runs in found.bugs.items() if not all(runs)]
    if wanted.histories >= LONG and not wanted.profile:
        said += [f"never happened: {name}" for name in missing(found.met)]
    return said


def passed(wanted: Wanted, found: Sum) -> bool:
    return not found.broken.total() and not problems(wanted, found)


def unlike(failures: Iterable[Failure]) -> list[Failure]:
    """One of each kind."""
    return list({signature(failure.kind, failure.said): failure for failure in reversed(list(failures))}.values())[::-1]


def told(failure: Failure, source: Source = OWN) -> str:
    """One failure, shrunk: what the world is like, what happens in it, and what is broken."""
    history = make(failure.seed, profile(source, failure.profile, failure.seed))
    shrinker = Shrinker(history, run(history.setup, history.steps, failure.die_at), failure.die_at)
    small = shrinker.shrunk()
    return "\n".join(lines(small, failure, shrinker.die_at))


def lines(small: History, failure: Failure, die_at: int) -> Iterator[str]:
    outcome = run(small.setup, small.steps, die_at)
    yield f"seed {failure.seed} ({failure.profile}): {failure.kind}: {failure.said}"
    yield f"again with: {again(failure)}"
    yield "shrunk to:"
    yield from world(small.setup)
    yield from (f"  {step}" for step in small.steps)
    if die_at:
        yield f"  the process is killed at point {die_at}: {outcome.died_at}"
    yield "what happens:"
    yield from (f"  {line}" for line in outcome.story.splitlines())
    yield f"broken: {outcome.said}"


def again(failure: Failure) -> str:
    crash = f" --crash {failure.die_at}" if failure.die_at else ""
    return f"hub simulate --replay {failure.seed} --profile '{failure.profile}'{crash}"


def world(setup: Setup) -> Iterator[str]:
    plain = Setup((Kind(),) * len(setup.kinds))
    for name, one in zip(staged(setup).instance.entities[staged(setup).entity].bindings, setup.kinds, strict=True):
        yield f"  system {name}: {like(one)}"
    for name in ("links", "group", "policies", "deletes", "match", "page", "means", "likeness"):
        if getattr(setup, name) != getattr(plain, name):
            yield f"  {name}: {getattr(setup, name)}"


def like(kind: Kind) -> str:
    """What a system is like, where it is not plain."""
    able = [name for name in ("conditional", "tombstones", "find", "tokens", "answers") if getattr(kind.can, name)]
    said = [f"can {', '.join(able) or 'nothing more'}", f"batch {kind.can.batch}", f"page {kind.page}", kind.feed]
    if kind.quirks:
        known = "as the mapping says" if kind.told else "which the mapping does not say"
        said.append(f"{', '.join(f'{how} {name}' for name, how in kind.quirks.items())} ({known})")
    return "; ".join(said + [f"{name} {value} s" for name, value in (("skew", kind.skew), ("lag", kind.lag)) if value])
