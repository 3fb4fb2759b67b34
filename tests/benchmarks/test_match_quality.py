"""The match report finds the pairs of two lists of which we know them, and links hardly any others."""

import re

import pytest
import yaml

from benchmarks.companies import FIELDS, lists
from benchmarks.matching import COMPANY, matched, quality
from hub.config.entity import _rule, _similar
from hub.config.files import EntityFile

#: Lists of these seeds; the floors hold for each.
SEEDS = (1, 7, 20261122)


@pytest.mark.parametrize("seed", SEEDS)
def test_links_are_right_and_most_pairs_are_found(seed: int) -> None:
    known = lists(3000, seed)
    measured = quality(known, matched(known))
    assert measured.precision >= 0.998
    assert measured.recall >= 0.90
    assert measured.reach >= 0.95
    assert measured.asked <= 0.06 * len(known.erp)


def test_lists_that_are_the_same_are_linked_in_full_and_nothing_else() -> None:
    known = lists(2000)
    found = matched(known._replace(erp=known.crm, same={key: key for key in known.crm}))
    assert found.counts["exact"] + found.counts["many_to_one"] == len(known.crm)
    assert found.counts["none"] == found.counts["probable"] == 0
    assert found.counts["many_to_one"] <= 4


def test_the_lists_are_the_same_for_the_same_seed_and_hold_what_parts_and_what_misleads() -> None:
    one, again = lists(200, 5), lists(200, 5)
    assert one == again != lists(200, 6)
    assert set(one.crm["c0"]) == set(FIELDS)
    unlike = [key for key, other in one.same.items() if one.erp[key] != one.crm[other]]
    names = {company["name"] for company in one.crm.values()}
    assert len(unlike) > 0.9 * len(one.same)
    assert [key for key, company in one.erp.items() if company["name"] in names and key not in one.same]


def test_the_rules_that_are_measured_are_those_of_the_page() -> None:
    with open("docs/matching.md", encoding="utf-8") as page:
        blocks = re.findall(r"```yaml\n(.*?)```", page.read(), re.DOTALL)
    said = {key: value for block in blocks for key, value in yaml.safe_load(block).items()}
    file = EntityFile.model_validate(
        {"fields": {name: {"type": "text"} for name in FIELDS}, "bindings": {"a": {}}, **said}
    )
    assert tuple(map(_rule, file.match)) == COMPANY.match
    assert _similar(file.similar) == COMPANY.similar
