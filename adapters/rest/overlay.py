"""OpenAPI Overlay 1.0: what is said beside a vendor's document, which stays untouched.

Targets are JSONPath of names, places and wildcards: $, .name, ['name'], [0], .*, [*]. Filters, slices and
descendants are refused, and so is a target that is not there: it would be a setting without effect.
"""

import re
from typing import Any

_STEP = re.compile(
    r"\.(?P<name>[A-Za-z_][\w-]*)|\['(?P<single>[^']*)'\]|\[\"(?P<double>[^\"]*)\"\]|\[(?P<place>\d+)\]"
    r"|(?P<all>\.\*|\[\*\])"
)


def apply(document: dict[str, Any], overlay: Any) -> list[str]:
    """Carry out the actions on a document; the problems found, each with its place in the overlay."""
    if not isinstance(overlay, dict) or not str(overlay.get("overlay", "")).startswith("1."):
        return ["overlay: expected an OpenAPI Overlay document of version 1.x"]
    actions = overlay.get("actions")
    if not isinstance(actions, list):
        return ["actions: expected a list"]
    return [f"actions.{n}: {said}" for n, action in enumerate(actions) if (said := _act(document, action))]


def _act(document: dict[str, Any], action: Any) -> str | None:
    if not isinstance(action, dict) or not isinstance(action.get("target"), str):
        return "expected an object with a target"
    unknown = set(action) - {"target", "description", "update", "remove"}
    if unknown:
        return f"{sorted(unknown)[0]}: unknown setting"
    target = action["target"]
    steps = _steps(target)
    if steps is None:
        return f"target: '{target}' is more than names, places and wildcards"
    places = _places(document, steps)
    if not places:
        return f"target: there is no '{target}' in the document"
    if action.get("remove"):
        return _remove(places)
    for parent, name in places:
        parent[name] = merged(parent[name], action.get("update"))
    return None


def merged(old: Any, new: Any) -> Any:
    """Objects merge, lists grow, everything else is replaced."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{name: merged(old[name], value) if name in old else value for name, value in new.items()}}
    if isinstance(old, list):
        return [*old, *new] if isinstance(new, list) else [*old, new]
    return new


def _steps(target: str) -> list[Any] | None:
    """Names, places, and None for a wildcard; None: not understood."""
    if not target.startswith("$"):
        return None
    steps: list[Any] = []
    at = 1
    while at < len(target):
        found = _STEP.match(target, at)
        if found is None:
            return None
        at = found.end()
        names = [found[group] for group in ("name", "single", "double") if found[group] is not None]
        steps += names or [int(found["place"]) if found["place"] else None]
    return steps


def _places(document: dict[str, Any], steps: list[Any]) -> list[tuple[Any, Any]]:
    """(parent, name) of everything that the steps lead to."""
    root = {"$": document}
    places: list[tuple[Any, Any]] = [(root, "$")]
    for step in steps:
        places = [(parent[name], child) for parent, name in places for child in _children(parent[name], step)]
    return places if steps else [(_Root(document), "$")]


class _Root:
    """The whole document as a place whose object keeps its identity."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def __getitem__(self, name: str) -> dict[str, Any]:
        return self.document

    def __setitem__(self, name: str, value: dict[str, Any]) -> None:
        self.document.update(value)


def _children(value: Any, step: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value) if step is None else [step] if step in value else []
    if isinstance(value, list):
        return (
            list(range(len(value))) if step is None else [step] if isinstance(step, int) and step < len(value) else []
        )
    return []


def _remove(places: list[tuple[Any, Any]]) -> str | None:
    for parent, name in reversed(places):
        if isinstance(parent, _Root):
            return "target: the whole document cannot be removed"
        del parent[name]
    return None
