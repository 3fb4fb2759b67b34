"""`hub simulate`: the engine in made-up worlds where everything goes wrong, judged from outside."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.main import Asked
from hub.cli.output import DONE, TROUBLE, as_json, is_terminal, line, text, warn

if TYPE_CHECKING:
    from hub.simulator.campaign import Sum, Wanted
    from hub.simulator.catalogue import Source

#: Seconds between two lines that tell how far a campaign is, where no terminal shows it all the time.
EVERY = 60
#: Failures that are shrunk and told in full.
TOLD = 3


@click.command("simulate")
@click.option("--histories", type=click.IntRange(0), default=500, show_default=True, help="Histories to play.")
@click.option("--seed", type=click.IntRange(0), default=None, help="Of the first one; 1, or the next of the ledger.")
@click.option("--profile", default="", help="Only worlds of this kind; 'list' names them.")
@click.option("--crash-sweep", type=click.IntRange(0), default=0, help="Histories killed at every point, one by one.")
@click.option("--planted", is_flag=True, help="Also plant bugs in the engine, each of which must be caught.")
@click.option("--replay", type=click.IntRange(0), default=None, metavar="SEED", help="Play one history and tell it.")
@click.option("--crash", type=click.IntRange(0), default=0, metavar="POINT", help="With --replay: killed there.")
@click.option(
    "--project", "mine", type=click.Path(path_type=Path), default=None, help="With the mappings of this project folder."
)
@click.option("--ledger", type=click.Path(path_type=Path), default=None, help="A file that gets a row of figures.")
@click.option("--processes", type=click.IntRange(1), default=None, help="Processor cores in use; all, if not said.")
@click.pass_context
def command(ctx: click.Context, /, profile: str, replay: int | None, crash: int, **given: Any) -> None:
    """Play random histories against the real engine: people edit and delete, systems fail, the hub is killed.

    Everything follows from the seed. An oracle that sees only what people see judges each write and the end.
    """
    from hub.simulator.campaign import Wanted
    from hub.simulator.catalogue import OWN, Source, known
    from hub.simulator.ledger import next_seed

    asked: Asked = ctx.obj
    source = Source(str(given["mine"]), asked.instance or "") if given["mine"] else OWN
    if profile == "list":
        text("\n".join(known(source)))
        ctx.exit(DONE)
    if profile and profile not in known(source):
        raise click.BadParameter(f"expected one of {', '.join(known(source))}", ctx, param_hint="--profile")
    if replay is not None:
        ctx.exit(told(source, replay, profile, crash))
    seed = next_seed(given["ledger"]) if given["seed"] is None else given["seed"]
    wanted = Wanted(seed, given["histories"], given["crash_sweep"], given["planted"], profile, source)
    ctx.exit(played(asked, wanted, given["processes"] or os.cpu_count() or 1, given["ledger"]))


def told(source: "Source", seed: int, name: str, crash: int) -> int:
    """One history, line by line."""
    from hub.simulator.catalogue import profile
    from hub.simulator.histories import make, run
    from hub.simulator.report import world

    history = make(seed, profile(source, name, seed))
    outcome = run(history.setup, history.steps, crash, story=True)
    text("\n".join([*world(history.setup), *map(str, history.steps), "", outcome.story]))
    line(f"broken: {outcome.kind}: {outcome.said}" if outcome.kind else "nothing is broken")
    return TROUBLE if outcome.kind else DONE


def played(asked: Asked, wanted: "Wanted", processes: int, ledger: Path | None) -> int:
    from hub.engine.machine import real
    from hub.simulator import report
    from hub.simulator.campaign import campaign
    from hub.simulator.ledger import append

    meanwhile = Meanwhile(wanted)
    found = campaign(wanted, processes, meanwhile)
    meanwhile.new_line()
    if ledger is not None:
        append(ledger, real().now(), wanted, found)
    if asked.json:
        as_json(as_dict(wanted, found))
    else:
        show(wanted, found)
    return DONE if report.passed(wanted, found) else TROUBLE


class Meanwhile:
    """What a campaign of hours says meanwhile, on standard error: a failure when it is found, and how far it is."""

    def __init__(self, wanted: "Wanted", clock: Callable[[], float] = time.monotonic) -> None:
        self.wanted, self.clock = wanted, clock
        self.told, self.last = 0, clock()
        self.live, self.begun = is_terminal(), False

    def __call__(self, total: "Sum", work: object) -> None:
        from hub.simulator import report

        for failure in total.failures[self.told :]:
            self.new_line()
            warn(f"! {report.again(failure)}: {failure.kind}: {failure.said}")
        self.told = len(total.failures)
        far = f"{total.histories} of {self.wanted.histories} histories, {total.crash_runs} crash runs"
        if self.live:
            click.echo(f"\r{far}", nl=False, err=True)
            self.begun = True
        elif self.clock() - self.last >= EVERY:
            self.last = self.clock()
            warn(far)

    def new_line(self) -> None:
        """What is said next does not stand behind how far it is."""
        if self.begun:
            click.echo(err=True)
        self.begun = False


def show(wanted: "Wanted", found: "Sum") -> None:
    from hub.simulator import report

    for failure in report.unlike(found.failures)[:TOLD]:
        text(report.told(failure, wanted.source))
        line()
    for said in report.problems(wanted, found):
        warn(f"! {said}")
    line(report.last_line(found))


def as_dict(wanted: "Wanted", found: "Sum") -> dict[str, Any]:
    from hub.simulator import report

    return {
        "passed": report.passed(wanted, found),
        "said": report.last_line(found),
        "problems": report.problems(wanted, found),
        "histories": found.histories,
        "crash_runs": found.crash_runs,
        "faults": found.faults,
        "broken": dict(found.broken),
        "met": dict(found.met),
        "failures": [failure._asdict() for failure in found.failures],
        "planted": found.bugs,
    }
