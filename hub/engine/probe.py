"""What an adapter declares of its system (`hub.adapter.Can`), tried on the system itself, as far as reading can tell.

| Ability       | Confirmed when                                          | Disproved when                            |
|---------------|---------------------------------------------------------|-------------------------------------------|
| `keys`        | it lists keys, and what it lists can be read            | it refuses; no listed record can be read  |
| `find`        | it finds a record by its value, and none by one of none | it refuses; it does not                   |
| `conditional` | a record has a version                                  | none has one to compare                   |
| `counted`     | versions are numbers                                    | one is not                                |
| `since`       | a poll from where the last one ended shows less         | it shows all, though nothing is polled    |

The others (`tombstones`, `tokens`, `answers`, `traces`, `in_order`, `steady`) would need a write, or can be proved by
nothing: they are taken on trust. `since` is declared by every adapter.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Literal, NamedTuple

from hub.adapter import Adapter, Cursor
from hub.core.errors import HubError, Refused
from hub.core.model import LINK, Binding, Entity
from hub.core.record import Record

#: Records that are looked at.
SAMPLE = 5
#: So many records in one page are no chance: a poll that shows them all does not ask for changes.
MANY = 20
#: Pages of a poll that are read, and how near to each other stamps are that are all of a first load.
PAGES, LATELY = 10, timedelta(days=1)
#: A text that no record holds.
NOWHERE = "hub-probe-no-such-value"


class Probed(NamedTuple):
    """One declared ability."""

    ability: str
    #: trusted: it could not be tried, or proves nothing.
    result: Literal["confirmed", "disproved", "trusted"]
    #: Why, where it is not confirmed.
    said: str = ""


def probe(adapter: Adapter, entity: Entity, binding: Binding, since: Cursor | None) -> list[Probed]:
    """Some calls, all of them reading. `since`: where polling stands; None: nothing was polled yet."""
    trial = _Trial(adapter, entity, binding)
    found = [trial.listed] if adapter.can.keys else []
    if adapter.can.find:
        found.append(trial.guarded("find", trial.finds))
    if adapter.can.conditional:
        found.append(trial.guarded("conditional", trial.compares))
    if adapter.can.counted:
        found.append(trial.counts())
    if since is not None:
        found.append(trial.guarded("since", lambda: trial.shows_less(since)))
    trusted = [name for name in ("tombstones", "tokens", "answers", "traces", "in_order", "steady")
               if getattr(adapter.can, name)]  # fmt: skip
    return found + [Probed(name, "trusted", "reading cannot tell") for name in trusted]


class _Trial:
    """The abilities of one system, tried on some of its records."""

    def __init__(self, adapter: Adapter, entity: Entity, binding: Binding) -> None:
        self.adapter, self.entity, self.binding = adapter, entity, binding
        self.records: Sequence[Record] = ()
        self.listed = self.guarded("keys", self.lists) if adapter.can.keys else Probed("keys", "trusted")

    def guarded(self, ability: str, attempt: Callable[[], Probed]) -> Probed:
        try:
            return attempt()
        except Refused as error:
            return Probed(ability, "disproved", error.said)
        except HubError as error:
            return Probed(ability, "trusted", error.said)

    def lists(self) -> Probed:
        keys = next(iter(self.adapter.keys(self.binding.object)), [])[:SAMPLE]
        try:
            self.records = self.adapter.read(self.binding.object, keys) if keys else ()
        except HubError as error:
            return Probed("keys", "trusted", f"they cannot be read: {error.said}")
        if not keys:
            return Probed("keys", "trusted", "there is no record")
        if not self.records:
            return Probed("keys", "disproved", f"none of the listed keys can be read: {', '.join(keys)}")
        return Probed("keys", "confirmed")

    def finds(self) -> Probed:
        """By the fields that the hub would search by: its own key over there, and those of match rules."""
        refused: Refused | None = None
        for field in self.sought():
            held = [(str(value), record.key) for record in self.records if (value := record.fields.get(field))]
            if not held:
                return Probed("find", "trusted", f"no record has a {field} to search by")
            try:
                return self.finds_by(field, *held[0])
            except Refused as error:
                refused = error  # it need not search by each of them
        if refused is not None:
            raise refused
        return Probed("find", "trusted", "the mapping has nothing to search by")

    def finds_by(self, field: str, value: str, key: str) -> Probed:
        obj = self.binding.object
        if key not in {record.key for record in self.adapter.find(obj, field, [value])}:
            return Probed("find", "disproved", f"{key} is not found by its {field}")
        if not value.isdecimal() and self.adapter.find(obj, field, [NOWHERE]):
            return Probed("find", "disproved", f"records are found by a {field} that none has")
        return Probed("find", "confirmed")

    def sought(self) -> list[str]:
        """Raw fields."""
        specs = self.binding.mapping.specs
        names = [name for name in specs if name.startswith(LINK)]
        names += [rule[0].field for rule in self.entity.match if len(rule) == 1]
        return [specs[name].sources[0] for name in names if name in specs and len(specs[name].sources) == 1]

    def compares(self) -> Probed:
        """Where a list shows no versions, a single record may."""
        if not self.records:
            return Probed("conditional", "trusted", "no record was seen")
        found = any(record.version is not None for record in self.records)
        one = () if found else self.adapter.read(self.binding.object, [self.records[0].key])
        if found or any(record.version is not None for record in one):
            return Probed("conditional", "confirmed")
        return Probed("conditional", "disproved", f"{self.records[0].key} has no version to compare")

    def counts(self) -> Probed:
        versions = [record.version for record in self.records if record.version is not None]
        if not versions:
            return Probed("counted", "trusted", "no version was seen")
        odd = [version for version in versions if not version.isdecimal()]
        return (
            Probed("counted", "disproved", f"a version is no number: {odd[0]}")
            if odd
            else Probed("counted", "confirmed")
        )

    def shows_less(self, since: Cursor) -> Probed:
        """Twice, since what was written last is rightly shown once; and what was changed lately may be shown again."""
        shown, cursor = self.polled(since)
        if len(shown) > MANY and cursor is not None:
            shown, cursor = self.polled(cursor)
        if cursor is None:
            return Probed("since", "trusted", f"more than {PAGES} pages have changed")
        if len(shown) <= MANY or not {record.key for record in self.records} <= {record.key for record in shown}:
            return Probed("since", "confirmed")
        stamps = [at for record in shown if record.stamp and (at := self.adapter.when(record.stamp))]
        if stamps and max(stamps) - min(stamps) < LATELY:
            return Probed("since", "trusted", "all records were changed lately")
        return Probed("since", "disproved", f"a poll shows {len(shown)} records each time: is it told what to ask for?")

    def polled(self, since: Cursor) -> tuple[list[Record], Cursor | None]:
        """What a poll shows, and where it ends. None: not within some pages."""
        found, number = list[Record](), 0
        for page in self.adapter.changes(self.binding.object, since):
            number, since = number + 1, page.cursor
            found += page.records
            if number == PAGES:
                return found, None
        return found, since
