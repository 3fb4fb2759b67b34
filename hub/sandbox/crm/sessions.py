"""Web service sessions: one for each user, ended by time, by a second logon, or by order."""

import hmac
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from hub.sandbox.crm.paging import Cursor
from hub.sandbox.crm.settings import Settings


class LogonRefused(Exception):
    """No session is given; the text goes out as a fault."""


@dataclass(slots=True)
class User:
    """One who may log on."""

    id: int
    logon: str
    password: str
    bad: int = 0


@dataclass(slots=True)
class Session:
    """One live session and the cursor that `next` goes on with."""

    sid: str
    user: User
    seen: float
    cursor: Cursor | None = None

    def close_cursor(self) -> None:
        if self.cursor:
            self.cursor.close()
        self.cursor = None


class Sessions:
    """All live sessions by id. Not locked: the service carries out one call at a time."""

    def __init__(self, users: list[User], clock: Callable[[], float] = time.monotonic) -> None:
        self._users = {u.logon.lower(): u for u in users}
        self._live: dict[str, Session] = {}
        self._clock = clock
        self._random = random.SystemRandom()

    def logon(self, settings: Settings, logon: str, password: str) -> Session:
        """A new session. Bad logons count and lock; the texts are ours, those of a real server are not known."""
        user = self._users.get(logon.lower())
        if user and settings.lockout and user.bad >= settings.lockout:
            raise LogonRefused("User account is locked out")
        if user is None or not hmac.compare_digest(user.password.encode(), password.encode()):
            if user:
                user.bad += 1
            raise LogonRefused("Invalid username or password")
        user.bad = 0
        self._leave_room(settings, user)
        sid = str(self._random.randrange(10**13, 10**15))
        session = self._live[sid] = Session(sid, user, self._clock())
        return session

    def get(self, settings: Settings, sid: str) -> Session | None:
        """The live session of this id, its time-out begun anew. None: there is none (any more)."""
        session = self._live.get(sid.strip())
        if session is None:
            return None
        if self._clock() - session.seen > settings.idle_s:
            self.end(session)
            return None
        session.seen = self._clock()
        return session

    def end(self, session: Session) -> None:
        session.close_cursor()
        self._live.pop(session.sid, None)

    def end_all(self) -> None:
        for session in list(self._live.values()):
            self.end(session)

    def unlock(self) -> None:
        """Forget all bad logons."""
        for user in self._users.values():
            user.bad = 0

    def _leave_room(self, settings: Settings, user: User) -> None:
        for old in [s for s in self._live.values() if s.user is user]:
            if settings.sessions == "block" and self._clock() - old.seen <= settings.idle_s:
                raise LogonRefused("User is already logged on")
            self.end(old)
