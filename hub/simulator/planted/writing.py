"""Mistakes in writing."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.adapter import Failure, Written
from hub.core import merge as core
from hub.core.errors import HubError, Refused, TryLater, Unknown
from hub.core.merge import Shadow
from hub.flow.batch import Batch
from hub.flow.delivering import deliver, plan
from hub.flow.delivering.deliver import DeliveryPage
from hub.flow.delivering.outcome import Carried, Outcomes, silent
from hub.flow.merging import meet
from hub.simulator.planted.bug import Swap
from hub.store import deliveries
from hub.store.database import Tx


def writes_without_version_and_without_a_look() -> Sequence[Swap]:
    return [*no_version(), Swap(DeliveryPage, "look", lambda self, plans: plans)]


def no_version() -> Sequence[Swap]:

    def blind(*given: Any) -> plan.Plan:
        made = plan.plan(*given)
        return made._replace(write=made.write._replace(version=None)) if made.write else made

    return [Swap(deliver, "plan", blind)]


def deletes_without_a_check() -> Sequence[Swap]:
    def look(self: DeliveryPage, plans: list[plan.Plan]) -> list[plan.Plan]:
        checked = right(self, [item for item in plans if item.step != "delete"])
        return checked + [item for item in plans if item.step == "delete"]

    right = DeliveryPage.look

    def unversioned(*given: Any) -> plan.Plan:
        made = plan.plan(*given)
        return made._replace(write=made.write._replace(version=None)) if made.write and made.step == "delete" else made

    return [Swap(DeliveryPage, "look", look), Swap(deliver, "plan", unversioned)]


def sends_whole_records() -> Sequence[Swap]:
    """The plan forgets to compare with the shadow."""

    def everything(shadow: Shadow, ours: Mapping[str, Any], writable: frozenset[str], held: frozenset[str]) -> Any:
        return {name: value for name, value in ours.items() if name in writable}

    return [Swap(plan, "owed", everything), Swap(meet, "owed", everything)]


def never_done() -> Sequence[Swap]:
    """A delivery that was carried out stays owed, and is not compared with the shadow."""
    return [*sends_whole_records(), Swap(deliveries, "finish", lambda tx, binding_id, done: len(done))]


def unknown_is_success() -> Sequence[Swap]:
    right = DeliveryPage.call

    def trusting(self: DeliveryPage, writes: Any) -> list[Any]:
        return [
            Written(write.key) if isinstance(o, Failure) and isinstance(o.error, Unknown) and write.key else o
            for write, o in zip(writes, right(self, writes), strict=True)
        ]

    return [Swap(DeliveryPage, "call", trusting)]


def shadow_moves_before_the_write() -> Sequence[Swap]:
    """The system is believed to hold what it is about to be sent."""
    right = DeliveryPage.announce

    def hopes(self: DeliveryPage, tx: Tx, plans: Sequence[plan.Plan]) -> None:
        right(self, tx, plans)
        batch = Batch(self.hub, self.place, tx)
        for item in plans:
            known = item.due.known
            if item.step == "update" and known.shadow is not None and known.key is not None:
                batch.decide(self.place, known.key, core.settle(known.shadow, item.sent, item.sent))
        batch.save()

    return [Swap(DeliveryPage, "announce", hopes)]


def hammers_what_cannot_be_read() -> Sequence[Swap]:
    """A record that stands aside is written to again and again."""
    return [Swap(DeliveryPage, "unreadable", lambda self, plans: set())]


def refused_is_dropped() -> Sequence[Swap]:
    return failed_is_dropped(Refused)


def postponed_is_dropped() -> Sequence[Swap]:
    return failed_is_dropped(TryLater)


def failed_is_dropped(kind: type[HubError]) -> Sequence[Swap]:
    """What could not be written is not owed any more."""
    again, close = Outcomes.again, Outcomes.close
    forgotten: list[deliveries.Due] = []

    def forgets(self: Outcomes, item: plan.Plan, error: HubError) -> None:
        if isinstance(error, kind) and item.step != "create":
            forgotten.append(item.due)
        else:
            again(self, item, error)

    def closes(self: Outcomes, tx: Tx, token: str) -> None:
        close(self, tx, token)
        deliveries.finish(tx, self.place.id, forgotten)
        forgotten.clear()

    return [Swap(Outcomes, "again", forgets), Swap(Outcomes, "close", closes)]


def decisions_are_overwritten() -> Sequence[Swap]:
    """An answer is stored upon what was known when the write was planned, whatever people decided since."""

    def as_planned(self: Outcomes, tx: Tx, carried: list[Carried]) -> list[Carried]:
        deliveries.finish(tx, self.place.id, [item.due for item, outcome, _ in carried if not silent(item, outcome)])
        return carried

    return [Swap(Outcomes, "as_of_now", as_planned)]
