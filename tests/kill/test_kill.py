"""A hub that is killed at any moment loses nothing and makes nothing twice; and the judge of that is not blind."""

import random
from pathlib import Path

import pytest
from kill import Campaign, Trial, run
from people import People
from stores import Lite
from support.servers import crm_server, erp_server

#: The first half of the kills hits a first load, the second half a later sync. Most of these seeds' kills are in time;
#: should a change of the hub move them to after the end, take other seeds.
SHORT = [
    Campaign(6, "half", burst=3),
    Campaign(4, "one", "postgresql", burst=2),
    Campaign(2, "one", "postgresql", "database", burst=1),
]


@pytest.mark.slow
@pytest.mark.parametrize("wanted", SHORT, ids=["SQLite", "PostgreSQL", "PostgreSQL itself"])
def test_some_kills_lose_nothing_and_make_no_twin(wanted: Campaign) -> None:
    said: list[str] = []
    assert run(wanted, said.append) == [], said
    in_time = {line.partition(",")[0] for line in said if not line.endswith("(it had ended)")}
    assert {"first load", "later sync"} <= in_time, said


@pytest.mark.slow
def test_the_judge_sees_a_lost_edit_a_twin_a_difference_and_a_hub_that_is_not_done(tmp_path: Path) -> None:
    with crm_server(companies=60) as crm, erp_server(suppliers=50) as erp:
        trial = Trial(tmp_path, crm, erp, random.Random(1), Lite())
        assert trial.judge(trial.look(), None) == []
        people = People(trial.rng, crm, erp, trial.look(), set())
        company, supplier = trial.look().linked()[-1]
        people.remember("crm", company, "phone", "typed, and nowhere any more")
        crm.edit(company, city="Elsewhere")
        twin = erp.show(supplier)
        erp.add(**{name: twin[name] for name in ("name", "vat", "postcode", "external_ref")})
        problems = "\n".join(trial.judge(trial.look(), people))
    assert "'typed, and nowhere any more'" in problems
    assert "Elsewhere" in problems
    assert f"2 suppliers name company {company}" in problems
    assert "companies and suppliers, expected" in problems
    assert "a sync with nothing to do wrote" in problems
