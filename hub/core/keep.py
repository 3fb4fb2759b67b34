"""For how long runs are remembered."""

from datetime import timedelta
from typing import NamedTuple


class Keep(NamedTuple):
    """For how long runs are kept."""

    runs: timedelta = timedelta(days=90)
    #: Those that found nothing to do: most of them.
    idle: timedelta = timedelta(days=2)


KEEP = Keep()


def keeping(runs: timedelta | None, idle: timedelta | None) -> Keep:
    """For how long runs are kept; None: as by default. ValueError: idle ones longer than others."""
    keep = Keep(runs or KEEP.runs, idle or min(KEEP.idle, runs or KEEP.runs))
    if keep.idle > keep.runs:
        raise ValueError("'idle' runs are some of them: expected no longer time than 'keep'")
    return keep
