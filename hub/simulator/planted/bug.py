"""A bug planted in the engine: what is wrong, and how to make it so for a while."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple


class Swap(NamedTuple):
    """Something of the engine, and what stands in for it."""

    owner: Any
    name: str
    value: Any


class Bug(NamedTuple):
    """What is wrong, and how to make it so."""

    name: str
    swaps: Callable[[], Sequence[Swap]]
    #: The kind of world in which it shows soon.
    profile: str = "plain"
    #: Does it take hundreds of histories?
    rare: bool = False


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """The engine has this bug in here."""
    swaps = bug.swaps()
    right = [getattr(swap.owner, swap.name) for swap in swaps]
    for swap in swaps:
        setattr(swap.owner, swap.name, swap.value)
    try:
        yield
    finally:
        for swap, value in zip(swaps, right, strict=True):
            setattr(swap.owner, swap.name, value)
