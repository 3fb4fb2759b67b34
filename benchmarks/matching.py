"""How good and how fast the match report is: on two lists of companies of which we know which are the same.

python -m benchmarks.matching [--records N]
"""

import argparse
import resource
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from benchmarks.companies import Company, Lists, lists
from hub.core.match import candidate_keys, match_keys
from hub.core.model import Compared, Entity, Similar, Weighed
from hub.core.record import Fields
from hub.match.pairs import Member, Outcome, Pool
from hub.match.score import Scorer

#: The rules that docs/matching.md recommends for companies.
COMPANY = Entity(
    "account",
    (),
    {},
    match=((Compared("vat", "vat"),), (Compared("name", "company"), Compared("postcode"))),
    similar=Similar(
        fields=(
            Weighed("name", "company", 5),
            Weighed("email", "domain", 2),
            Weighed("phone", "phone", 2),
            Weighed("vat", "vat", 3),
            Weighed("postcode", "text", 1),
            Weighed("city", "text", 1),
        ),
        candidates=(
            (Compared("name", "start"), Compared("city")),
            (Compared("phone", "phone"),),
            (Compared("email", "domain"),),
            (Compared("postcode"),),
            (Compared("name", "company"),),
        ),
        certain=90,
        possible=70,
    ),
)


class Quality(NamedTuple):
    """Against what we know. Linked: exact and certain. Proposed: these, and what a person is asked."""

    same: int
    linked: int
    linked_right: int
    proposed_right: int
    asked: int

    @property
    def precision(self) -> float:
        """Of the links that the hub makes by itself, how many are right."""
        return self.linked_right / max(1, self.linked)

    @property
    def recall(self) -> float:
        """Of the pairs that there are, how many the hub links by itself."""
        return self.linked_right / max(1, self.same)

    @property
    def reach(self) -> float:
        """Of the pairs that there are, how many it links or asks a person about."""
        return self.proposed_right / max(1, self.same)


def members(system: str, rows: Mapping[str, Company]) -> Iterator[Member]:
    scorer = Scorer(COMPANY.similar) if COMPANY.similar else None
    for key, company in rows.items():
        fields: Fields = {name: value or None for name, value in company.items()}
        alike = tuple(candidate_keys(COMPANY, fields))
        portrait = scorer.portrait(fields) if scorer else None
        yield Member({system: key}, tuple(fields.values()), tuple(match_keys(COMPANY, fields)), alike, portrait)


def matched(known: Lists) -> Outcome:
    pool = Pool(Scorer(COMPANY.similar) if COMPANY.similar else None)
    pool.take("crm", members("crm", known.crm))
    return pool.take("erp", members("erp", known.erp))


def quality(known: Lists, found: Outcome) -> Quality:
    linked = right = asked = 0
    reached: set[str] = set()
    for one in found.proposals:
        key, other = one.record.keys["erp"], one.other.keys["crm"]
        true = known.same.get(key) == other
        if true:
            reached.add(key)
        if one.result in ("exact", "certain"):
            linked += 1
            right += true
    asked = found.counts["probable"] + found.counts["many_to_one"]
    return Quality(len(known.same), linked, right, len(reached), asked)


def told(found: Outcome, measured: Quality) -> Iterable[str]:
    yield ", ".join(f"{name} {number}" for name, number in found.counts.items())
    yield (
        f"linked: precision {measured.precision:.4f}, recall {measured.recall:.4f} of {measured.same} pairs; "
        f"with what a person is asked ({measured.asked} records): {measured.reach:.4f}"
    )
    if found.crowded:
        yield f"{len(found.crowded)} values too common to compare by, one with {max(found.crowded.values())} records"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=10_000)
    known = lists(options.parse_args().records)
    began, cpu = time.perf_counter(), time.process_time()
    found = matched(known)
    took = f"{time.perf_counter() - began:.1f} s ({time.process_time() - cpu:.1f} s CPU)"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(known.crm)} x {len(known.erp)} companies in {took}, {peak:.0f} MB at the peak")
    for line in told(found, quality(known, found)):
        print(line)


if __name__ == "__main__":
    main()
