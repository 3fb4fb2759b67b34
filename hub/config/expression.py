"""Expressions of a mapping: JSONata, kept from running away.

An expression sees plain JSON (text, numbers, booleans, null) and nothing of Python. Each evaluation has its own limits
(time, depth, size of any text or list it makes), its regular expressions run in linear time, and what would give
another answer on every poll (`$now`, `$random`) is refused when the mapping is loaded: a hub at rest writes nothing.
One evaluation costs some 50 to 500 microseconds, a hundred named transforms: for the few fields that need it.

The engine raises its recursion limit for the whole process when it is imported, so it is imported here, when the
first expression is compiled, and not in projects that have none.
"""

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

from hub.core.errors import ConfigError
from hub.core.record import Raw
from hub.core.unfit import Unfit

SECONDS = 0.5
DEPTH = 200
#: Characters of a text, items of a list.
LARGEST = 1_000_000
_REGEX_MEMORY = 8 << 20
_NOT_HERE = {
    "now": "gives another answer every time",
    "millis": "gives another answer every time",
    "random": "gives another answer every time",
    "shuffle": "gives another answer every time",
    "eval": "runs a text that nobody has checked",
}


def compile_expression(text: str) -> Callable[[Raw], object]:
    """The function of an expression: raw fields in, a JSON value out (an absent result is None). Thread-safe.

    Raises `ConfigError` (config.expression) with the position; the function raises `Unfit` (record.expression).
    """
    from jsonata import Jsonata

    try:
        engine = Jsonata(text, _regex)
    except Exception as error:
        raise ConfigError([f"not a JSONata expression: {error}{_position(error)}"], "config.expression") from error
    refused = [f"${name} is not allowed here: it {_NOT_HERE[name]}" for name in sorted(set(_variables(engine.ast)))]
    if refused:
        raise ConfigError(refused, "config.expression")
    engine.register_lambda("pad", _pad)

    def evaluate(raw: Raw) -> object:
        try:
            return _plain(engine.evaluate(raw, _limits()))
        except Unfit:
            raise
        except Exception as error:  # an interpreter: whatever it raises is of this record
            said = f"{type(error).__name__}: {error}" if not str(error) or isinstance(error, KeyError) else str(error)
            raise Unfit("record.expression", f"the expression failed: {said}{_position(error)}") from error

    return evaluate


def _position(error: Exception) -> str:
    """Where in the text, counted from 1; the engine says -1 when it does not know."""
    location = getattr(error, "location", -1)
    return f" (position {location})" if isinstance(location, int) and location > 0 else ""


def _regex(pattern: str, flags: Any) -> Any:
    """A regular expression that cannot take more than linear time: no limit of time reaches inside one."""
    import re2

    options = re2.Options()
    options.case_sensitive = not flags.case_insensitive
    options.log_errors = False
    options.max_mem = _REGEX_MEMORY
    return re2.compile(("(?m)" if flags.multiline else "") + pattern, options)


def _pad(text: str | None, width: int, char: str | None = None) -> str | None:
    if text is None:
        return None
    if abs(width) > LARGEST:
        raise Unfit("record.expression", f"$pad: expected a width of at most {LARGEST}, got {width}")
    filler = char or " "
    missing = max(abs(int(width)) - len(text), 0)
    padding = (filler * (missing // len(filler) + 1))[:missing]
    return padding + text if width < 0 else text + padding


def _limits() -> dict[str, Any]:
    """Fresh limits for one evaluation, as variables of its own frame, where the engine looks for such hooks."""
    deadline = monotonic() + SECONDS
    depth = 0

    def entered(expr: Any, value: Any, frame: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise Unfit("record.expression", f"the expression calls itself more than {DEPTH} levels deep")
        if monotonic() > deadline:
            raise Unfit("record.expression", f"the expression took more than {SECONDS} seconds")

    def left(expr: Any, value: Any, frame: Any, result: Any) -> None:
        nonlocal depth
        depth -= 1
        if isinstance(result, str | list) and len(result) > LARGEST:
            raise Unfit("record.expression", f"the expression made a text or list of more than {LARGEST}")

    return {"__evaluate_entry": entered, "__evaluate_exit": left}


def _variables(node: Any, seen: set[int] | None = None) -> Iterator[str]:
    """The forbidden variables that a parsed expression names, wherever they stand."""
    seen = set() if seen is None else seen
    if id(node) in seen or node is None or isinstance(node, str | int | float):
        return
    seen.add(id(node))
    if getattr(node, "type", None) == "variable" and node.value in _NOT_HERE:
        yield node.value
    for part in node if isinstance(node, list | tuple) else getattr(node, "__dict__", {}).values():
        yield from _variables(part, seen)


def _plain(result: Any) -> object:
    """The engine's lists and functions as plain JSON."""
    if result is None or isinstance(result, str | bool | int | float):
        return result
    if isinstance(result, dict):
        return {str(name): _plain(value) for name, value in result.items()}
    if isinstance(result, list | tuple):
        return [_plain(value) for value in result]
    raise Unfit("record.expression", "expected a value, the expression gives a function")
