"""Fixtures of the adapters' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rest_zoo import Zoo, serving


@pytest.fixture
def zoo(tmp_path: Path) -> Iterator[Zoo]:
    """A REST server on loopback whose answers the test decides."""
    with serving(tmp_path) as server:
        yield server
