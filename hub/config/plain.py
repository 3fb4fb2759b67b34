"""`conf/hub.yaml` where it is in order, read without pydantic: importing that alone takes a tenth of a second, which
`hub status` need not pay. What is not in order is for the model of `hub.config.hubfile`, which says what is wrong."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

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


def plain(data: Any) -> Plain | None:
    """The settings. None: something is not as it should be."""
    if not isinstance(data, Mapping) or not data.keys() <= {"store", "log"}:
        return None
    store, log = _store(data.get("store", STORE)), data.get("log", {})
    if store is None or not isinstance(log, Mapping) or not log.keys() <= {"level", "format"}:
        return None
    level, format_ = log.get("level", "info"), log.get("format", "text")
    if level not in get_args(Level) or format_ not in get_args(Format):
        return None
    return Plain(*store, level, format_)


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
