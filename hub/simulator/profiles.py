"""Kinds of worlds: two of everything, and narrow ones for what hardly ever happens in a world of everything."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from adapters.memory import Feed
from hub.adapter import Can
from hub.core.model import Deletes, Policy
from hub.simulator.moves import (
    ADOPT,
    ADOPT_UNREAD,
    ALL,
    ANSWERS,
    BACK_UP,
    MISTAKE,
    NAME,
    PUT_BACK,
    QUIET,
    RIGHT,
    TWICE,
    UNDELETE,
    WHERE,
    WHICH,
    Move,
)
from hub.simulator.staging import Setup
from hub.simulator.systems import ABLE, Kind
from hub.simulator.terms import FIELDS


class Profile(NamedTuple):
    """What worlds are like, and what happens in them."""

    name: str
    setup: Callable[[random.Random], Setup]
    moves: tuple[Move, ...] = ALL
    #: Fewest and most moves of a history.
    steps: tuple[int, int] = (2, 16)
    #: Its share of a campaign of all profiles.
    share: int = 1


FEEDS: tuple[Feed, ...] = ("sequence", "stamp")
EXISTENCE = (Policy("ask"), Policy("edit"), Policy("delete"))
PLAIN = Kind()
LOSSY = Kind(quirks={"name": "truncate", "phone": "upper", "amount": "round"})
#: Does not tell of deletions.
MUTE = Kind(replace(ABLE, tombstones=False))
#: Knows neither tokens nor search nor versions, and does not say what it made of a write.
WEAK = Kind(replace(ABLE, tokens=False, find=False, conditional=False, answers=False))
#: Takes a write whatever has changed since.
BLIND = Kind(replace(ABLE, conditional=False))
LISTED = Kind(replace(ABLE, tombstones=False), page=1)
SEARCHED = Kind(replace(ABLE, tokens=False))


def flip(chance: random.Random) -> bool:
    return chance.random() < 0.5


def any_kind(chance: random.Random) -> Kind:
    can = Can(
        conditional=flip(chance),
        tombstones=flip(chance),
        find=flip(chance),
        tokens=flip(chance),
        answers=flip(chance),
        batch=chance.choice([1, 10]),
    )
    quirks = any_quirks(chance) if flip(chance) else {}
    feed = chance.choice(FEEDS)
    skew, lag = chance.choice([0, 0, -400, 700]), chance.choice([0, 0, 1.0])
    return Kind(can, chance.randint(1, 3), feed, quirks, flip(chance), skew, lag)


def any_quirks(chance: random.Random) -> dict[str, str]:
    texts = ["truncate", "upper", "trim"]
    return {name: "round" if name == "amount" else chance.choice(texts) for name in FIELDS if flip(chance)}


def any_policy(chance: random.Random, names: str) -> Policy:
    orders = [tuple(names), tuple(reversed(names))]
    return chance.choice([Policy("ask"), Policy("newest"), *[Policy("prefer", order) for order in orders]])


LINKS: Mapping[int, tuple[tuple[tuple[str, str], ...], ...]] = {
    2: ((), (("a", "b"),), (("b", "a"),), (("a", "b"), ("b", "a"))),
    3: ((), (("a", "b"), ("a", "c")), (("b", "a"), ("c", "a")), (("a", "b"), ("b", "a"), ("c", "b"))),
}


def any_setup(systems: int) -> Callable[[random.Random], Setup]:
    def setup(chance: random.Random) -> Setup:
        return Setup(
            tuple(any_kind(chance) for _ in range(systems)),
            chance.choice(LINKS[systems]),
            chance.choice([(), (), ("phone", "amount"), FIELDS]),
            tuple(any_policy(chance, "abc"[:systems]) for _ in FIELDS),
            chance.choice(EXISTENCE),
            chance.choice([(), (("name",),)]),
            chance.choice([0, 0, 1, 2]),
        )

    return setup


def pair_with(second: Kind, group: tuple[str, ...] = ()) -> Callable[[random.Random], Setup]:
    """Two systems: a plain one and this one."""
    rules = (Policy("ask"), Policy("prefer", ("a", "b")), Policy("prefer", ("b", "a")))

    def setup(chance: random.Random) -> Setup:
        policies = tuple(chance.choice(rules) for _ in FIELDS)
        return Setup((PLAIN, second), group=group, policies=policies, deletes=chance.choice(EXISTENCE))

    return setup


def held(chance: random.Random) -> Setup:
    """Nothing is decided but by people."""
    group = chance.choice([(), ("phone", "amount")])
    return Setup((PLAIN, replace(PLAIN, page=chance.randint(1, 3))), group=group, deletes=chance.choice(EXISTENCE))


def searched(chance: random.Random) -> Setup:
    """The second system knows no tokens, but finds our key, or the name; a moment late, perhaps."""
    setup = pair_with(replace(SEARCHED, lag=chance.choice([0.0, 1.0])))(chance)
    by_key = chance.random() < 0.7
    return replace(setup, links=(("b", "a"),) if by_key else (), match=() if by_key else (("name",),))


def binned(chance: random.Random) -> Setup:
    """Records that people take out of the bin, with or without the keys of their counterparts."""
    return replace(pair_with(PLAIN)(chance), links=chance.choice(LINKS[2]))


def keyed(chance: random.Random) -> Setup:
    """Records that hold the keys of others, in systems of any kind."""
    return replace(any_setup(2)(chance), links=chance.choice(LINKS[2][1:]))


def kin(chance: random.Random) -> Setup:
    """Records that name one another as parents, in systems of any kind."""
    return replace(any_setup(2)(chance), kin=True, group=())


def restored(chance: random.Random) -> Setup:
    """Parents that are put back where people delete them."""
    kinds = tuple(replace(chance.choice([PLAIN, LOSSY, MUTE]), page=chance.randint(1, 3)) for _ in range(2))
    means = (Deletes(take="restore"), Deletes(take=chance.choice(["restore", "delete"])))
    return Setup(kinds, deletes=chance.choice(EXISTENCE), means=means, kin=True)


def kept(chance: random.Random) -> Setup:
    """The second system is put back from its backups now and then. Its feed tells it, or the versions of its records:
    without both, and within a few minutes, nothing does."""
    feed = chance.choice(FEEDS)
    can = replace(ABLE, counted=feed == "stamp" or chance.random() < 0.5, tombstones=chance.random() < 0.7)
    second = Kind(can=can, page=chance.randint(1, 3), feed=feed)
    policies = tuple(any_policy(chance, "ab") for _ in FIELDS)
    return Setup((PLAIN, second), policies=policies, deletes=chance.choice(EXISTENCE))


def modes(chance: random.Random) -> Setup:
    """Every system has its own mind about deletions."""
    count = chance.choice([2, 2, 3])
    kinds = tuple(replace(chance.choice([PLAIN, PLAIN, MUTE]), page=chance.randint(1, 3)) for _ in range(count))
    return Setup(kinds, deletes=chance.choice(EXISTENCE), means=tuple(any_mode(chance) for _ in range(count)))


def any_mode(chance: random.Random) -> Deletes:
    send = chance.choice(["hard", "soft", "unlink", "ignore"])
    take = chance.choice(["delete", "delete", "delete", "unlink", "restore"])
    return Deletes(send, take, marks={"closed": "yes"} if send == "soft" else {})  # type: ignore[arg-type]


def anything(chance: random.Random) -> Setup:
    """Systems of any kind, or with any mind about deletions."""
    return chance.choice([any_setup(2), any_setup(3), modes])(chance)


def guarded(chance: random.Random) -> Setup:
    """Hardly any deletion is believed before somebody says so."""
    marks = chance.choice([{}, {}, {"closed": "yes"}])
    means = tuple(
        Deletes(
            "soft" if marks and chance.random() < 0.5 else "hard", marks=marks, most=chance.choice([0, 1]), share=0.0
        )
        for _ in range(2)
    )
    return Setup((PLAIN, chance.choice([PLAIN, MUTE])), deletes=chance.choice(EXISTENCE), means=means)


def named(chance: random.Random) -> Setup:
    """Only the likeness of names tells that two records are one."""
    kinds = tuple(replace(PLAIN, page=chance.randint(1, 3)) for _ in range(2))
    return Setup(kinds, policies=tuple(any_policy(chance, "ab") for _ in FIELDS), likeness=True)


def drifting(chance: random.Random) -> Setup:
    """Pages of one row, changed while they are read."""
    setup = any_setup(2)(chance)
    return replace(setup, kinds=tuple(replace(kind, page=1, feed="stamp") for kind in setup.kinds))


def only(name: str, weight: float = 1, **given: Any) -> Move:
    """One move, with fewer choices."""
    [found] = [move for move in ALL if move.name == name]
    return found._replace(weight=weight, given={**found.given, **given})


MISHAPS = (
    only("lose_an_answer", 2, where=(1,), whole=(True,)),
    only("die_at_a_write", where=(1,), whole=(True,)),
    only("sync", 0.5),
    only("wait", 0.5),
)
CREATES = (only("create", 2, where=(0,)), *MISHAPS)
LATE_CREATES = (
    only("create", 2, where=(0,)),
    only("arrive_late", 2, where=(1,), whole=(True,)),
    only("lose_an_answer", where=(1,), phase=("after",), whole=(True,)),
    only("edit", where=(0,)),
    only("delete", where=(0,)),
    only("die_at_a_write", where=(1,), whole=(True,)),
    only("wait", 2, seconds=(1, 120)),
    only("sync", 2),
)
LATE_UPDATES = (
    only("edit", 4, where=(0,)),
    only("edit", where=(1,)),
    only("arrive_late", 3, where=(1,), whole=(True,)),
    only("sync", 3),
    only("wait", seconds=(1, 120)),
    only("decide", 0.5),
)
CHILDREN = (
    only("create", where=(0,)),
    only("edit", 2, where=(1,)),
    only("lose_an_answer", where=(1,), phase=("after",)),
)
UPDATES = (only("edit", 3), only("edit", where=(0,)), *MISHAPS)
DEATHS = (only("create"), only("edit", 2), only("die_at_a_commit", 2, polling=(True,)), only("sync", 0.5))
FULL_DISKS = (
    only("create", 2),
    only("edit", 3),
    only("delete", 0.5),
    only("fill_the_disk", 4),
    only("decide", 0.5),
    only("lose_an_answer", 0.5),
    only("sync"),
)
DELETES = (
    only("edit", 3),
    only("delete", where=(0,)),
    only("poll"),
    only("deliver", where=(1,)),
    only("create", where=(0,)),
    only("sync", 0.5),
)
DRIFT = (
    only("create", 3, where=(0,)),
    only("edit", where=(0,)),
    only("edit_later", 1.5, where=(0,)),
    only("race", call=("changes",)),
    only("vanish", 0.5, call=("changes",)),
    only("stop_reading", 4, where=(0,), nth=(2,)),
    only("poll"),
)
HELD = (
    only("decide_meanwhile", 2),
    only("edit", 2),
    only("edit", 2, where=(0,), names=(("phone",), ("amount",))),
    only("poll", 2, where=(0,)),
    only("copy", 2),
    only("decide", 3),
    only("sync", 2),
    only("poll", 2),
    only("edit_later"),
)
FAILING = (
    only("edit", 4),
    only("refuse", 2, nth=(1,)),
    only("be_away", 2, call=("write",)),
    only("lose_an_answer", phase=("before",)),
    only("poll", 3),
)
LISTS = (only("create", 2), only("sync", 2), only("break_off_a_list", 5, nth=(1, 2)), only("edit", 0.5))
SHORT_LISTS = (
    only("list_short", 2, which=(0,)),
    only("list_nothing"),
    only("create", where=(0,)),
    only("delete", 0.5),
    only("compare_keys"),
    only("sync"),
)
#: The latest records that the hub made vanish, one after the other: as after a backup, but people deleted them.
PRUNED = (
    only("create", 2, where=(0,)),
    only("delete", 3, where=(1,)),
    only("sync", 2),
    only("compare_keys", where=(1,)),
    only("edit"),
)
FAMILIES = (*ALL, ADOPT, only("create", 2), only("sync", 2))
QUIET_FAMILIES = (ADOPT, only("create", 2), only("sync", 2), only("edit"), only("spoil", 1), only("delete", 0.3))
RESTORED = (
    only("create", 1.5),
    ADOPT._replace(weight=2),
    ADOPT._replace(weight=3, given={"where": (0,), "which": (1, 2), "other": (0,)}),
    only("delete", 1.5, where=(0,), which=(0,)),
    only("delete", 0.5),
    only("edit", 0.5),
    only("sync", 4),
    only("poll", 0.5),
    only("lose_an_answer", 0.5),
    only("die_at_a_commit", 0.5),
)
KEPT = (
    BACK_UP,
    PUT_BACK,
    only("create", 1.5),
    only("edit", 3),
    only("delete", 0.5),
    only("poll"),
    only("deliver"),
    only("sync", 3),
    only("look", 0.5),
    only("compare_keys", 0.5),
    only("lose_an_answer", 0.5),
    only("die_at_a_commit", 0.5),
)
BINS = (
    UNDELETE,
    only("create"),
    only("edit", 2),
    only("delete", 2),
    only("poll"),
    only("deliver"),
    only("sync", 2),
    only("look", 0.5),
    only("decide", 0.5),
    only("decide_meanwhile", 0.5),
    only("lose_an_answer", 0.5),
    only("die_at_a_commit", 0.5, polling=(True,)),
)
#: Parents that stand aside while their children go on.
STRANGERS = (ADOPT, ADOPT_UNREAD, only("create", 1.5), only("spoil", 2), only("sync", 2), only("poll", 1))
MODES = (
    only("create"),
    only("edit", 2),
    only("delete", 2),
    only("poll"),
    only("deliver"),
    only("sync", 1.5),
    only("decide"),
    only("compare_keys", 0.5),
    only("lose_an_answer", 0.5),
    only("die_at_a_write", 0.5),
)
GUARDED = (
    only("create", 3, where=(0,)),
    only("delete", 2),
    only("delete", 2, where=(0,)),
    only("edit"),
    only("poll", 0.5),
    only("deliver", 0.5),
    only("sync", 3),
    only("compare_keys", 0.5),
    only("decide", 0.5),
    only("die_at_a_commit", 0.5),
    *ANSWERS,
)
#: Polls are whole before anything is written: whoever enters a record a moment before the hub creates it makes a twin.
TWICE_ENTERED = (
    only("create", 2),
    only("edit"),
    only("poll"),
    only("sync", 2),
    only("look"),
    only("decide", 0.5),
    only("die_at_a_read", 0.5, call=("changes",)),
    only("stop_reading", 0.5),
    TWICE._replace(weight=3),
)
#: Polls are whole before anything is written here too.
NAMED = (
    NAME,
    MISTAKE,
    RIGHT,
    only("create"),
    only("edit", 2),
    only("delete", 0.5),
    only("copy", 0.5),
    only("poll"),
    only("sync", 3),
    only("look", 0.5),
    only("decide", 0.5),
    only("compare_keys", 0.3),
    only("lose_an_answer", 0.5, whole=(True,)),
    only("die_at_a_commit", 0.5, polling=(True,)),
    only("die_at_a_write", 0.5, whole=(True,)),
)
#: Two that were parted, and are one again.
RELINKED = (
    MISTAKE._replace(weight=3, given={"where": WHERE, "which": WHICH, "how": ("clear", "nobody")}),
    RIGHT._replace(weight=4),
    only("create", 0.5),
    only("edit", 2),
    only("delete", 2),
    only("sync", 3),
    only("poll", 0.5),
)
PROFILES = (
    Profile("two systems", any_setup(2), share=10),
    Profile("three systems", any_setup(3), share=8),
    Profile("drift", drifting, DRIFT, (12, 12), share=2),
    Profile("plain", pair_with(PLAIN), QUIET, (12, 12)),
    Profile("groups", pair_with(PLAIN, ("phone", "amount")), QUIET, (12, 12)),
    Profile("failing writes", pair_with(PLAIN), FAILING, (12, 12)),
    Profile("broken lists", pair_with(LISTED), LISTS, (12, 12)),
    Profile("short lists", pair_with(MUTE), SHORT_LISTS, (12, 12)),
    Profile("pruned", pair_with(MUTE), PRUNED, (14, 18)),
    Profile("modes of deletion", modes, MODES, (12, 16), share=2),
    Profile("guarded deletions", guarded, GUARDED, (12, 16), share=2),
    Profile("entered twice", named, TWICE_ENTERED, (10, 14), share=2),
    Profile("foreign keys", keyed, NAMED, (10, 16), share=2),
    Profile("relinked", keyed, RELINKED, (12, 16)),
    Profile("backups", kept, KEPT, (12, 18), share=2),
    Profile("bins", binned, BINS, (12, 16), share=2),
    Profile("bins everywhere", anything, BINS, (12, 16), share=2),
    Profile("held", held, HELD, (12, 12), share=4),
    Profile("lossy", pair_with(LOSSY), QUIET, (12, 12)),
    Profile("deletes", pair_with(LOSSY), DELETES, (12, 12)),
    Profile("lost creates", pair_with(PLAIN), CREATES, (12, 12)),
    Profile("lost creates, weak", pair_with(WEAK), CREATES, (12, 12)),
    Profile("searched", searched, LATE_CREATES, (12, 12), share=2),
    Profile("late updates", pair_with(BLIND), LATE_UPDATES, (12, 16)),
    Profile("edited children", pair_with(WEAK), CHILDREN, (12, 12)),
    Profile("lost updates", pair_with(LOSSY), UPDATES, (12, 12)),
    Profile("deaths", pair_with(PLAIN), DEATHS, (12, 12)),
    Profile("full disks", any_setup(2), FULL_DISKS, (12, 12), share=2),
    Profile("families", kin, FAMILIES, (6, 20), share=3),
    Profile("families at peace", kin, QUIET_FAMILIES, (12, 12)),
    Profile("unknown parents", kin, STRANGERS, (14, 14)),
    Profile("restored parents", restored, RESTORED, (14, 18), share=2),
)
BY_NAME = {profile.name: profile for profile in PROFILES}
