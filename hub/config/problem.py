"""Problems of the configuration: collected, put in order, raised all at once."""

from collections.abc import Iterable
from typing import NamedTuple

from hub.core.errors import ConfigError
from hub.core.unfit import nearest

#: Where in a file: keys and list positions from the top.
Loc = tuple[str | int, ...]


class Problem(NamedTuple):
    """One problem. Line and column count from 1; 0: the file as a whole."""

    file: str
    line: int
    column: int
    key: str
    said: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return ": ".join(part for part in (place, self.key, self.said) if part)


class Problems:
    """All problems found so far. The same problem is kept once."""

    def __init__(self) -> None:
        self._found: set[Problem] = set()

    def add(self, problem: Problem) -> None:
        self._found.add(problem)

    def raise_any(self) -> None:
        """Raise one ConfigError with every problem, in the order of the files."""
        if self._found:
            raise ConfigError([str(problem) for problem in sorted(self._found)])


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """ "unknown entity 'acount', did you mean 'account'?"; with the known names if none is near."""
    names = sorted(known)
    hint = nearest(name, names) or f"; known: {', '.join(names) or 'none'}"
    return f"unknown {what} '{name}'{hint}"
