"""`conf/hub.yaml` where it is in order, read without pydantic: importing that alone takes a tenth of a second, which
`hub status` need not pay. What is not in order is for the model of `hub.config.hubfile`, which says what is wrong."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

from hub.config.duration import parse_duration
from hub.core.keep import KEEP, Keep, keeping

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["text", "json"]
STORE = "sqlite:///var/hub.db"


class Plain(NamedTuple):
    """What the file says, as plain values."""

    url: str = STORE
    #: The name of the secret that is the store's password. None: there is none.
    password: str | None = None
    level: Level = "info"
    format: Format = "text"
    keep: Keep = KEEP


def plain(data: Any) -> Plain | None:
    """The settings. None: something is not as it should be."""
    if not isinstance(data, Mapping) or not data.keys() <= {"store", "log", "runs"}:
        return None
    store, log = _store(data.get("store", STORE)), data.get("log", {})
    if store is None or not isinstance(log, Mapping) or not log.keys() <= {"level", "format"}:
        return None
    level, format_ = log.get("level", "info"), log.get("format", "text")
    if level not in get_args(Level) or format_ not in get_args(Format):
        return None
    keep = _keep(data.get("runs", {}))
    return None if keep is None else Plain(*store, level, format_, keep)


def _keep(runs: Any) -> Keep | None:
    if not isinstance(runs, Mapping) or not runs.keys() <= {"keep", "idle"}:
        return None
    try:
        times = [None if runs.get(name) is None else parse_duration(runs[name]) for name in ("keep", "idle")]
        return keeping(*times)
    except ValueError:
        return None


def _store(store: Any) -> tuple[str, str | None] | None:
    if isinstance(store, str):
        return store, None
    if not isinstance(store, Mapping) or not store.keys() <= {"url", "password"}:
        return None
    url, password = store.get("url", STORE), store.get("password")
    if password is not None:
        named = isinstance(password, Mapping) and password.keys() == {"secret"}
        password = password["secret"] if named else False
    if not isinstance(url, str) or not isinstance(password, str | None):
        return None
    return url, password
