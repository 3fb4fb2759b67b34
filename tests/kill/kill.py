"""kill -9 of `hub sync` at random moments, then one more sync: nothing is lost, nothing is there twice, all agree.

    python tests/kill/kill.py --kills 50 --seed 1
    python tests/kill/kill.py --kills 50 --on postgresql
    python tests/kill/kill.py --kills 10 --database

Some kills one after the other, then all is looked at. Half of them hit the first load of the demo's companies and
suppliers, half a later sync after people edited both sides; more edits follow while the hub is down. What is right is
judged by both systems' control APIs and by what `hub --json` says, never by the hub's database.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, NamedTuple

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from people import People
from stores import Grown, Lite, store
from support.servers import Crm, Erp, crm_server, erp_server
from victim import Moment, Victim, moment

from hub.sandbox.demo import oracle
from hub.sandbox.demo.world import Both

COMPANIES, SUPPLIERS = 300, 250
#: Edits before the sync that is killed, and before the one after it.
BEFORE, AFTER = 25, 6
Say = Callable[[str], None]


class Trial:
    """Both systems, a hub between them, and what an undisturbed first load comes to."""

    def __init__(self, folder: Path, crm: Crm, erp: Erp, rng: random.Random, store: Lite, *, rob: bool = False) -> None:
        """`rob`: kill the database, not the hub."""
        self.crm, self.erp, self.rng = crm, erp, rng
        self.store, self.rob = store, rob
        self.victim = Victim(folder / "project", crm, erp, store)
        began, calls = time.monotonic(), self.victim.calls()
        self.victim.sync()
        self.seconds, self.calls = time.monotonic() - began, self.victim.calls() - calls
        self.loaded = content(self.look())

    def look(self) -> Both:
        return Both(self.crm.companies(), self.erp.suppliers())

    def reset(self) -> None:
        self.crm.reset()
        self.erp.reset()
        self.victim.empty()

    def first_load(self, kills: int) -> tuple[list[str], list[str]]:
        """The hub knows nothing yet, and is killed while it learns, again and again."""
        self.reset()
        told = [self.kill("first load", self.seconds, max(14, self.calls // (number + 1))) for number in range(kills)]
        self.victim.sync()
        both = self.look()
        problems = self.judge(both, None)
        for system, wanted, found in zip(("CRM", "ERP"), self.loaded, content(both), strict=True):
            problems += [f"{system}: {n} x {name} too many" for name, n in (found - wanted).items()]
            problems += [f"{system}: {n} x {name} missing" for name, n in (wanted - found).items()]
        return told, problems

    def later(self, kills: int) -> tuple[list[str], list[str]]:
        """People edit, the sync is killed, people edit while the hub is down, and so on."""
        waiting = {row["key"] for row in self.victim.ask("conflicts")}
        people = People(self.rng, self.crm, self.erp, self.look(), waiting)
        people.work(BEFORE)
        told = []
        for _ in range(kills):
            told.append(self.kill("later sync", self.seconds * 0.8, 14))
            people.work(AFTER)
        self.victim.sync()
        return told, self.judge(self.look(), people)

    def kill(self, what: str, seconds: float, calls: int) -> str:
        at: Moment = moment(self.rng, seconds, calls)
        if not self.rob:
            hit = self.victim.killed(at)
            return f"{what}, {at}{'' if hit else ' (it had ended)'}"
        assert isinstance(self.store, Grown)
        store = self.store
        killed, hit = self.victim.robbed(at, lambda: store.kill(self.rng))
        store.start(killed)
        return f"{what}, {at}, {killed} of PostgreSQL{'' if hit else ' (it had ended)'}"

    def judge(self, both: Both, people: People | None) -> list[str]:
        """All that is wrong now."""
        status, conflicts, reviews = self.victim.see()
        open_ = [row for row in conflicts if row["state"] == "open"]
        found = oracle.agreement(both, open_, reviews)
        problems = [*found.problems]
        for row in status["systems"]:
            if row["linked"] not in (found.pairs, found.pairs + undecided(open_)):
                problems.append(f"{row['linked']} linked in {row['system']}, the systems show {found.pairs}")
            problems += [f"{row['system']}: {row[name]} {name}" for name in ("owed", "in_doubt") if row[name]]
        if people is not None:
            there = [len(both.companies), len(both.suppliers)]
            if there != people.expected:
                problems.append(f"{there} companies and suppliers, expected {people.expected}")
            problems += people.lost(both, conflicts)
        return problems + self.quiet()

    def quiet(self) -> list[str]:
        """A hub at rest writes nothing."""
        self.crm.reset_stats()
        self.erp.reset_stats()
        report = self.victim.sync()
        written = self.crm.stats()["written"], sum(self.erp.stats()["writes"].values())
        return [f"a sync with nothing to do wrote {written}"] if any(written) or report["written"] else []


def undecided(conflicts: list[Any]) -> int:
    """Records that are deleted on one side and wait: linked in the other system only."""
    return sum(row["unit"] == oracle.EXISTENCE for row in conflicts)


def content(both: Both) -> tuple[Counter[str], Counter[str]]:
    """The records of both systems whatever their keys."""
    companies = Counter(f"{row['name']} ({row['vatnumber']})" for row in both.companies.values())
    return companies, Counter(f"{row['name']} ({row['vat']})" for row in both.suppliers.values())


class Campaign(NamedTuple):
    """So many kills: of what, on which database, and how many of them before all is looked at."""

    kills: int
    seed: str
    on: Literal["sqlite", "postgresql"] = "sqlite"
    what: Literal["hub", "database"] = "hub"
    burst: int = 5


def run(wanted: Campaign, say: Say) -> list[str]:
    """Everything that went wrong in so many kills."""
    problems: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="hub-kill-") as folder,
        store(wanted.on) as kept,
        crm_server(companies=COMPANIES) as crm,
        erp_server(suppliers=SUPPLIERS) as erp,
    ):
        trial = Trial(Path(folder), crm, erp, random.Random(wanted.seed), kept, rob=wanted.what == "database")
        for number, first in enumerate(range(0, wanted.kills, wanted.burst)):
            began, kills = time.monotonic(), min(wanted.burst, wanted.kills - first)
            told, wrong = trial.first_load(kills) if number % 2 == 0 else trial.later(kills)
            for said in told:
                say(said)
            say(f"   {'WRONG' if wrong else 'all is well'}, {(time.monotonic() - began) / kills:.1f} s a kill")
            problems += [f"{'; '.join(told)}: {said}" for said in wrong]
    return problems


def run_all(wanted: Campaign, beside: int, say: Say) -> list[str]:
    """The kills shared out among so many hubs side by side, each with systems of its own."""
    shares = [wanted.kills // beside + (number < wanted.kills % beside) for number in range(beside)]
    with ThreadPoolExecutor(beside) as pool:
        each = [
            pool.submit(run, wanted._replace(kills=share, seed=f"{wanted.seed}:{number}"), say)
            for number, share in enumerate(shares)
            if share
        ]
        return [said for found in each for said in found.result()]


@click.command(help=__doc__)
@click.option("--kills", type=click.IntRange(1), default=50, show_default=True)
@click.option("--on", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--database", is_flag=True, help="Kill the database (PostgreSQL) in the middle of a sync, not the hub.")
@click.option("--burst", type=click.IntRange(1), default=5, show_default=True, help="Kills before all is looked at.")
@click.option("--beside", type=click.IntRange(1), default=2, show_default=True, help="Hubs that run side by side.")
@click.option(
    "--seed", type=int, default=None, help="Which moments and edits; said at the start, so that it can be repeated."
)
def main(kills: int, on: Any, database: bool, burst: int, beside: int, seed: int | None) -> None:
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    wanted = Campaign(kills, str(seed), "postgresql" if database else on, "database" if database else "hub", burst)
    began = time.monotonic()
    click.echo(f"{kills} kills of the {wanted.what} on {wanted.on}, seed {seed}")
    problems = run_all(wanted, beside, click.echo)
    for said in problems:
        click.echo(f"  {said}")
    click.echo(f"{kills} kills of the {wanted.what} in {time.monotonic() - began:.0f} s: {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
