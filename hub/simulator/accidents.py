"""What can go wrong in a step of the hub, as something armed before it: at which call of which system, and what."""

from collections.abc import Callable, Sequence

from hub.adapter import Write
from hub.core.errors import Denied, Refused, TryLater, Unknown
from hub.flow.deciding.decide import Side
from hub.simulator.faults import Died
from hub.simulator.play import Play
from hub.simulator.tags import tag

#: A late request is carried out so many seconds after its sender gave up; the hub waits longer before it looks.
LATE = 1.0


class Accidents:
    """Arms one accident; the next step of the hub may run into it."""

    def __init__(self, play: Play) -> None:
        self.play = play

    def arm(self, said: str, where: str, call: str, phase: str, act: Callable[[], None], nth: int = 1) -> None:
        def happens() -> None:
            self.play.note("  ", said, "at", where, call, phase)
            self.play.met[said] += 1
            act()

        self.play.trouble.arm(where, call, phase, happens, nth)

    def die(self, where: str, call: str, phase: str, nth: int) -> None:
        def act() -> None:
            raise Died

        self.arm("killed", where, call, phase, act, nth)

    def fill_the_disk(self, nth: int) -> None:
        """The hub's database refuses a commit: nothing of it is stored, and the process goes on."""

        def act() -> None:
            self.play.oracle.doubt()  # answers that cannot be noted are as good as lost
            raise TryLater("store.unavailable", "the disk is full")

        self.arm("disk full", "hub", "commit", "before", act, nth)

    def later(self, where: str, call: str, nth: int = 1) -> None:
        def act() -> None:
            raise TryLater("system.busy", "come back later")

        self.arm("away", where, call, "before", act, nth)

    def throttle(self, where: str, call: str, seconds: float) -> None:
        def act() -> None:
            raise TryLater("system.throttled", "too many calls", after=seconds)

        self.arm("throttled", where, call, "before", act)

    def deny(self, where: str, call: str) -> None:
        def act() -> None:
            raise Denied("system.denied", "not with these credentials")

        self.arm("denied", where, call, "before", act)

    def refusal(self, where: str, nth: int) -> None:
        """One record of a batch is refused, as by a right that is missing for a field."""

        def act() -> None:
            raise Refused("record.refused", "name: no right to change it")

        self.arm("refused", where, "one", "before", act, nth)

    def lose(self, where: str, phase: str) -> None:
        """No answer to a write, that arrived (after) or did not (before)."""
        self.arm("answer lost", where, "write", phase, self.unanswered)

    def lose_one(self, where: str, phase: str, nth: int) -> None:
        """No word about one record of a batch."""
        self.arm("answer lost for one", where, "one", phase, self.unanswered, nth)

    def unanswered(self) -> None:
        self.play.oracle.doubt()
        raise Unknown("system.no-answer", "no answer")

    def delay(self, where: str) -> None:
        """No answer to a write that arrives a moment later."""
        system = self.play.systems[where]

        def act() -> None:
            self.play.oracle.doubt(self.play.terms.plain(where, raw) for raw in system.writing())
            system.delay(LATE, lambda write: self.takes_along(where, write))

        self.arm("arrives late", where, "write", "before", act)

    def takes_along(self, where: str, write: Write) -> bool:
        """Would a late write destroy what somebody typed there, and nobody read? No hub could give that back. (Nor one
        that changes half of a group.)"""
        system, oracle = self.play.systems[where], self.play.oracle
        row = oracle.held(where).get(write.key or "")
        if system.can.conditional or write.kind == "create" or row is None:
            return False
        touched = self.play.terms.plain(where, write.fields)
        typed = any(where in oracle.typed[tag(row.get(name)) or 0] for name in touched)
        if write.kind == "delete" or typed or not touched.keys().isdisjoint(oracle.group):
            return True
        oracle.hide(where, row, touched)
        return False

    def race(self, where: str, call: str, phase: str, number: int, names: Sequence[str]) -> None:
        """Somebody edits in the middle of a call."""
        people = self.play.people
        if self.play.systems[where].can.conditional or call != "write":
            self.arm("edited meanwhile", where, call, phase, lambda: people.edit(where, number, names))

    def vanish(self, where: str, call: str, phase: str, number: int) -> None:
        """Somebody deletes in the middle of a call."""
        people = self.play.people
        if self.play.systems[where].can.conditional or call != "write":
            self.arm("deleted meanwhile", where, call, phase, lambda: people.delete(where, number))

    def decide(self, where: str, phase: str, number: int, side: Side) -> None:
        """Somebody decides a conflict while writes are out."""
        admins = self.play.admins
        self.arm("decided meanwhile", where, "write", phase, lambda: admins.decide_now(number, side))
