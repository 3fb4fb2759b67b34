"""The match report as people and machines read it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.cli.output import counted, line, plain, table
from hub.core.match import ALIKE
from hub.core.match import shown as key

if TYPE_CHECKING:
    from hub.flow.first.report import MatchReport
    from hub.match.pairs import Outcome, Proposal, Result

FOUND = ("exact", "certain", "probable", "many to one")
HEADS = ("system", "against", "read", "linked already", *FOUND, "only here", "only there")
RESULTS: tuple["Result", ...] = ("exact", "certain", "probable", "many_to_one")
#: What a person accepts: more of these than that is not accepted.
ACCEPTED = ("probable", "many_to_one", "none")


def as_dict(report: "MatchReport", limit: int) -> dict[str, Any]:
    """For machines. The samples are those that people are shown; the worksheet has them all."""
    outcomes = [
        {
            "system": one.system,
            "against": list(one.against),
            "read": one.read,
            "linked": one.linked,
            **{name: one.counts[name] for name in RESULTS},
            "only_here": len(one.alone),
            "only_there": one.missing,
            "too_common": len(one.crowded),
            "samples": [sample(one, proposal) for proposal in samples(one, limit)],
        }
        for one in report.outcomes
    ]
    return {"entity": report.entity, "counts": report.counts(), "systems": outcomes, "unfit": report.unfit}


def samples(outcome: "Outcome", limit: int) -> list["Proposal"]:
    """Some of each kind, the doubtful first."""
    kinds = ("many_to_one", "probable", "certain", "exact")
    return [one for kind in kinds for one in [p for p in outcome.proposals if p.result == kind][:limit]]


def sample(outcome: "Outcome", proposal: "Proposal") -> dict[str, Any]:
    other_system, other_key = next(iter(proposal.other.keys.items()))
    return {
        "result": proposal.result,
        "rule": proposal.rule,
        "score": proposal.score,
        "record": f"{outcome.system}:{proposal.record.keys[outcome.system]}",
        "other": f"{other_system}:{other_key}",
        "fields": proposal.record.shown,
        "other_fields": proposal.other.shown,
    }


def show(report: "MatchReport", limit: int) -> None:
    table(HEADS, [cells(one) for one in report.outcomes])
    for one in report.outcomes:
        for proposal in samples(one, limit):
            found = sample(one, proposal)
            how = f"{found['rule']} {found['score'] or ''}".strip()
            line()
            line(f"{found['result'].replace('_', ' ')}, by {how}")
            line(f"  {found['record']:<16} {plain(values(proposal.record.shown), 100)}")
            line(f"  {found['other']:<16} {plain(values(proposal.other.shown), 100)}")
        if one.crowded:
            most = max(one.crowded, key=lambda found: one.crowded[found])
            what = f"{counted(len(one.crowded), 'value')} of 'candidates'"
            example = f"{most[0].lstrip(ALIKE)} = {key(most[1])} ({one.crowded[most]} records)"
            line()
            line(f"{what} too common to compare by, such as {example}: add a field to that list")


def values(shown: tuple[Any, ...]) -> str:
    return " | ".join("" if value is None else str(value) for value in shown)


def cells(one: "Outcome") -> list[Any]:
    if not one.against:  # the first has nobody to be matched with
        return [one.system, "", one.read, *[""] * (len(HEADS) - 3)]
    results = [one.counts[name] for name in RESULTS]
    return [one.system, ", ".join(one.against), one.read, one.linked, *results, len(one.alone), one.missing]


def tell(report: "MatchReport", accepted: bool, loaded: int | None, path: Path | None, written: int | None) -> None:
    """What it means, and what to do next."""
    counts, name = report.counts(), report.entity
    line()
    if loaded is not None:
        line(f"{counted(loaded, 'decision')} read from the worksheet; the next sync acts on them")
    if written is not None:
        line(f"{counted(written, 'proposal')} in {path}: correct 'decision', then 'hub match {name} --load {path}'")
    for system, number in report.unfit.items():
        line(f"{counted(number, 'record')} of {system} would stand aside, since the mapping does not fit: 'hub check'")
    if accepted:
        line("accepted: the first writes may go out")
    elif report.doubtful:
        waiting = f"{counts['probable']} probable and {counts['many_to_one']} many-to-one"
        line(f"{waiting} wait for a person: 'hub match {name} --worksheet FILE', or 'hub reviews' after a sync")
    if not accepted:
        seen = "/".join(str(counts[one]) for one in ACCEPTED)
        line(f"'hub match {name} --accept --at-most {seen}' accepts what you see here")
