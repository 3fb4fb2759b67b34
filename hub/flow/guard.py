"""The guard on deletions: so many in one run are believed; when there are more, they wait for a person.

Only deletions wait. While some of a system do, the next ones join them, so that what was stopped does not drip through.
"""

from hub.core.model import Deletes
from hub.store import absences, deliveries, links
from hub.store.absences import ACCEPTED, HELD, Absence
from hub.store.database import Tx

#: Nobody waits for these: a person has decided, or is asked.
WAITING = (HELD, ACCEPTED)


class Guard:
    """The deletions of one run, by binding."""

    def __init__(self) -> None:
        self._absent: dict[int, dict[str, Absence]] = {}
        self._taken: dict[int, int] = {}
        self._sent: dict[int, int] = {}
        self._limits: dict[int, float] = {}
        #: Bindings whose deletions are not taken, or not sent, in this run.
        self._closed: set[int] = set()
        self._shut: set[int] = set()
        #: Deletions that were held in this run, for its report: taken from and sent to a system.
        self.held_from: dict[int, int] = {}
        self.held_to: dict[int, int] = {}
        #: Systems whose list of keys shows no record that we know.
        self.strange: set[int] = set()

    # -- records that are not shown -----------------------------------------------------------------

    def absent(self, tx: Tx, binding_id: int) -> dict[str, Absence]:
        """The records of a system that are missed, by key. Looked up once a run."""
        known = self._absent.get(binding_id)
        if known is None:
            known = self._absent[binding_id] = absences.of(tx, binding_id)
            if any(row.state == HELD for row in known.values()):
                self._closed.add(binding_id)
        return known

    def miss(self, tx: Tx, binding_id: int, rows: list[Absence]) -> None:
        """Remember records that are not shown."""
        absences.save(tx, binding_id, rows)
        self.absent(tx, binding_id).update({row.key: row for row in rows})

    def found(self, tx: Tx, binding_id: int, keys: list[str]) -> None:
        """They are there again, or their deletion is taken: no longer missed."""
        absences.drop(tx, binding_id, keys)
        for key in keys:
            self.absent(tx, binding_id).pop(key, None)

    # -- how many -----------------------------------------------------------------------------------

    def beyond(self, tx: Tx, binding_id: int, rule: Deletes, number: int) -> bool:
        """Are so many deletions in one run more than is believed?"""
        if number <= rule.most:
            return False
        if binding_id not in self._limits:
            there = links.count(tx, binding_id) + self._taken.get(binding_id, 0)
            self._limits[binding_id] = rule.share * there
        return number > self._limits[binding_id]

    def takes(self, tx: Tx, binding_id: int, rule: Deletes, number: int) -> bool:
        """May so many more deletions be taken from a system? All of them, or none."""
        self.absent(tx, binding_id)
        if binding_id in self._closed:
            return False
        total = self._taken.get(binding_id, 0) + number
        if self.beyond(tx, binding_id, rule, total):
            return False
        self._taken[binding_id] = total
        return True

    def hold(self, tx: Tx, binding_id: int, keys: list[str], way: str, now: str) -> int:
        """These deletions are not taken until a person decides; how many of them were not waiting already."""
        absent = self.absent(tx, binding_id)
        fresh = [key for key in keys if key not in absent or absent[key].state not in WAITING]
        since = {key: absent[key].since if key in absent else now for key in fresh}
        self.miss(tx, binding_id, [Absence(key, HELD, way, since[key]) for key in fresh])
        self._closed.add(binding_id)
        self.held_from[binding_id] = self.held_from.get(binding_id, 0) + len(fresh)
        return len(fresh)

    def sends(self, tx: Tx, binding_id: int, rule: Deletes, number: int, now: str) -> bool:
        """May so many more deletions be sent to a system? When too many are due, none goes out."""
        due, held = (0, 0) if binding_id in self._sent else deliveries.deletions(tx, binding_id, now)
        total = self._sent.get(binding_id, 0) + number
        if held or self.beyond(tx, binding_id, rule, max(due, total)):
            self._shut.add(binding_id)
        self._sent[binding_id] = total
        return binding_id not in self._shut

    def note_held(self, binding_id: int, number: int) -> None:
        """So many deletions are not sent until a person decides."""
        self.held_to[binding_id] = self.held_to.get(binding_id, 0) + number
