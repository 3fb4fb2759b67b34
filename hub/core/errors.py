"""Errors, sorted by what to do next. Foreign errors become one of these at the border, the cause kept."""

from collections.abc import Iterable, Sequence


class HubError(Exception):
    """What went wrong, said once, with a stable code that `docs/errors.md` explains.

    `code` is dotted lower case (`answer.html`). `said` names the place, what was expected and what came;
    it never holds a secret.
    """

    def __init__(self, code: str, said: str) -> None:
        super().__init__(code, said)
        self.code = code
        self.said = said

    def __str__(self) -> str:
        return f"{self.said} [{self.code}]"


class ConfigError(HubError):
    """All problems of the configuration at once, each `file:line: key: what was expected, what came`."""

    def __init__(self, problems: Sequence[str], code: str = "config.invalid") -> None:
        super().__init__(code, "\n".join(problems))
        self.problems = list(problems)


class TryLater(HubError):
    """Nothing was done; the same call may succeed later. `after`: seconds the system asked us to wait."""

    def __init__(self, code: str, said: str, *, after: float | None = None) -> None:
        super().__init__(code, said)
        self.after = after


class Stale(HubError):
    """The record is no longer as we last saw it: read it, merge it, decide again. Nothing was written."""


class Gone(HubError):
    """The record does not exist there any more."""


class Refused(HubError):
    """The system (or the mapping) will not take this record as it is; a person must see the reasons."""

    def __init__(self, code: str, said: str, *, reasons: Iterable[str] = ()) -> None:
        super().__init__(code, said)
        self.reasons = tuple(reasons)


class Denied(HubError):
    """Credentials or rights were refused. Never retried by itself: accounts lock. The system is paused."""


class Unknown(HubError):
    """The request may or may not have been carried out. It is read back before anything is sent again."""


class TooMuchChanged(HubError):
    """The brake: more vanished than is believable. Only the deletes are held."""


class PutBack(HubError):
    """The system shows an earlier state than the hub knows. It is left alone until a person says what counts."""
