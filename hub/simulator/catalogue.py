"""The kinds of worlds there are: the simulator's own, or a project's, by the place where its files are."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hub.config import load_project
from hub.core.errors import ConfigError
from hub.engine.opening import chosen
from hub.simulator import mine, profiles
from hub.simulator.profiles import Profile


class Source(NamedTuple):
    """A project's folder and the name of its instance. Both empty: the simulator's own worlds."""

    folder: str = ""
    instance: str = ""


OWN = Source()


@cache
def known(source: Source) -> Mapping[str, Profile]:
    """By name. ConfigError: the project is wrong, or has nothing that can be simulated."""
    if source == OWN:
        return profiles.BY_NAME
    instance = chosen(load_project(Path(source.folder), os.environ), source.instance or None)
    found = {profile.name: profile for profile in mine.profiles(instance)}
    if not found:
        said = "no entity has two systems and a field that both read and write, and that can hold any text or number"
        raise ConfigError([f"{source.folder}: {said}"], "config.simulation")
    return found


def profile(source: Source, name: str, seed: int) -> Profile:
    """The named one, or that of a seed in a campaign of all of them."""
    if name:
        return known(source)[name]
    places = [each for each in known(source).values() for _ in range(each.share)]
    return places[seed % len(places)]
