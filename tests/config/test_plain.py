"""conf/hub.yaml is read the quick way only where the model would read the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.config.hubfile import HubFile
from hub.config.plain import Plain, plain


def modelled(data: Any) -> Plain | None:
    try:
        return HubFile.model_validate(data).plain()
    except ValidationError:
        return None


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"store": "sqlite:///x.db"},
        {"store": {"url": "postgresql://hub@db/hub", "password": {"secret": "PG"}}},
        {"store": {"password": None}},
        {"store": {}},
        {"log": {"level": "debug"}, "store": "x"},
        {"log": {"format": "json"}},
        {"runs": {}},
        {"runs": {"keep": "1d", "idle": None}},
        {"runs": {"keep": "30d", "idle": "12h"}, "log": {"level": "debug"}},
    ],
)
def test_a_file_in_order_is_read_without_the_model(data: Any) -> None:
    assert plain(data) == modelled(data) is not None


@pytest.mark.parametrize(
    "data",
    [
        [],
        "text",
        {"stor": "x"},
        {"store": None},
        {"store": 1},
        {"store": {"url": None}},
        {"store": {"password": "hunter2"}},
        {"store": {"password": {"secret": 1}}},
        {"store": {"password": {"secret": "PG", "more": 1}}},
        {"log": None},
        {"log": []},
        {"log": {"level": "loud"}},
        {"log": {"level": ["info"]}},
        {"log": {"format": None}},
        {"runs": None},
        {"runs": {"kept": "1d"}},
        {"runs": {"keep": 90}},
        {"runs": {"keep": "90"}},
        {"runs": {"keep": "1d", "idle": "2d"}},
        {"runs": {"idle": "91d"}},
    ],
)
def test_what_is_not_in_order_is_left_to_the_model(data: Any) -> None:
    assert plain(data) is None is modelled(data)


WORDS = st.sampled_from(["url", "password", "secret", "level", "format", "store", "log", "info", "json", "other"])
TIMES = st.sampled_from(["keep", "idle", "1d", "91d", "5m", "other"])
LEAVES = st.one_of(WORDS, st.none(), st.booleans(), st.integers(0, 1))
DATA = st.recursive(LEAVES, lambda inner: st.dictionaries(WORDS, inner, max_size=3) | st.lists(inner, max_size=2))


@given(DATA, DATA)
def test_both_ways_agree_on_anything(store: Any, log: Any) -> None:
    for data in (store, {"store": store}, {"log": log}, {"store": store, "log": log}):
        assert plain(data) == modelled(data)


@given(st.dictionaries(TIMES, st.one_of(TIMES, st.none(), st.integers()), max_size=3))
def test_both_ways_agree_on_times(runs: Any) -> None:
    assert plain({"runs": runs}) == modelled({"runs": runs})
