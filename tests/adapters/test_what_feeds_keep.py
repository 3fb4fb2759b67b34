"""For how long a feed goes back is said in the document, or of a system in memory; the shortest counts."""

from datetime import timedelta
from typing import Any

import pytest
from rest_zoo import Reply, Zoo

from adapters.memory import Options, connect
from hub.adapter import System

FEED = {"by": "feed", "call": "GET /log", "query": {"after": "{after}"}, "items": "items"}


@pytest.mark.parametrize(
    ("changes", "deletions", "days"),
    [({}, {}, None), ({"keeps": 30}, {}, 30), ({}, {"keeps": 15}, 15), ({"keeps": 30}, {"keeps": 0.5}, 0.5)],
)
def test_the_shortest_time_of_a_document_counts(
    zoo: Zoo, changes: dict[str, Any], deletions: dict[str, Any], days: float | None
) -> None:
    thing = {"changes": {**FEED, **changes}, "deletions": {**FEED, **deletions, "deleted_key": "id"}}
    rest = zoo.with_thing(thing, lambda asked: Reply(404))
    assert rest.can.keeps == (None if days is None else timedelta(days=days))


@pytest.mark.parametrize("days", [None, 2.5])
def test_a_system_in_memory_keeps_them_as_it_is_told(days: float | None) -> None:
    options = Options.model_validate({"can": {"keeps": days}})
    made = connect(System("crm", options, {}, None, lambda name: None))  # type: ignore[arg-type]
    assert made.can.keeps == (None if days is None else timedelta(days=days))
