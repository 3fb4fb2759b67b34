"""OAuth 2.0 client credentials (RFC 6749 4.4) for the outbound client."""

import base64
import json
import threading
import time
from collections.abc import Callable
from urllib.parse import quote_plus, urlencode

from requests import PreparedRequest
from requests.auth import AuthBase

from hub.core.errors import Denied, HubError, TryLater
from hub.core.secret import Secret
from hub.transport.http import Answer, Http
from hub.transport.masking import Masks

#: After a refusal nobody asks again for so long (seconds): accounts lock.
_REFUSED_FOR = 60.0


class ClientCredentials(AuthBase):
    """Puts a bearer token on each request; fetches one when there is none, before it expires, and once on a 401.

    `http`: a client of its own whose base is the token endpoint. One thread fetches, the others wait for it.
    `masks` learn what is sent, here and to the system.
    """

    def __init__(
        self,
        http: Http,
        client_id: str,
        client_secret: Secret,
        *,
        scope: str = "",
        in_body: bool = False,
        clock: Callable[[], float] = time.monotonic,
        masks: Masks | None = None,
    ) -> None:
        self._http, self._id, self._secret = http, client_id, client_secret
        self._scope, self._in_body, self._clock = scope, in_body, clock
        self._masks = masks or Masks()
        self._lock = threading.Lock()
        self._header, self._until = "", 0.0
        self._refused: tuple[float, HubError] | None = None

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        with self._lock:
            if self._clock() >= self._until:
                self._fetch()
            request.headers["Authorization"] = self._header
        return request

    def renew(self, refused: str | None) -> bool:
        """Forget the token that was refused, unless another thread has already renewed it."""
        with self._lock:
            if refused == self._header:
                self._until = 0.0
        return True

    def _fetch(self) -> None:
        if self._refused and self._clock() - self._refused[0] < _REFUSED_FOR:
            raise self._refused[1]
        form = {"grant_type": "client_credentials"} | ({"scope": self._scope} if self._scope else {})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        self._masks.add(self._secret.reveal())
        if self._in_body:
            form |= {"client_id": self._id, "client_secret": self._secret.reveal()}
        else:
            pair = f"{quote_plus(self._id)}:{quote_plus(self._secret.reveal())}"
            self._masks.add(pair)
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        try:
            self._keep(self._http.send("POST", "", headers=headers, body=urlencode(form).encode(), repeatable=True))
        except Denied as error:
            self._refused = (self._clock(), error)
            raise

    def _keep(self, answer: Answer) -> None:
        if answer.status in (400, 403):
            raise Denied("system.denied", f"token endpoint: the client credentials were refused ({answer.status})")
        try:
            token = json.loads(answer.body) if answer.status == 200 else {}
            self._header = f"Bearer {token['access_token']}"
            self._masks.add(str(token["access_token"]))
            life = float(token.get("expires_in", 3600))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise TryLater("answer.token", f"token endpoint: no token in the answer ({answer.status})") from None
        self._until = self._clock() + life - min(60.0, life / 5)
