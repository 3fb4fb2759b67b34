"""Credentials by the security schemes of the document."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel
from requests import PreparedRequest
from requests.auth import AuthBase

from adapters.rest.document import Document, unknown
from hub.adapter import SecretName
from hub.core.errors import ConfigError
from hub.core.secret import Secret
from hub.transport.http import Http, Renewable
from hub.transport.masking import Masks
from hub.transport.oauth import ClientCredentials


class Keys:
    """The secrets of the project, by name. Each one that is used is known to `masks` from then on."""

    def __init__(self, secret: Callable[[str], Secret], masks: Masks) -> None:
        self.secret, self.masks = secret, masks

    def value(self, name: str) -> str:
        value = self.secret(name).reveal()
        self.masks.add(value)
        return value

    def pair(self, user: str, name: str) -> str:
        """As basic authentication sends it, before base64."""
        pair = f"{user}:{self.value(name)}"
        self.masks.add(pair)
        return pair


class UserPassword(BaseModel, frozen=True, extra="forbid"):
    user: str
    password: SecretName


class Client(BaseModel, frozen=True, extra="forbid"):
    client_id: str
    client_secret: SecretName
    scope: str = ""
    #: The token endpoint takes id and secret in the body instead of the header.
    in_body: bool = False


Credential = SecretName | UserPassword | Client


class InHeader(AuthBase):
    def __init__(self, name: str, value: Callable[[], str]) -> None:
        self._name, self._value = name, value

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers[self._name] = self._value()
        return request


class InQuery(AuthBase):
    def __init__(self, name: str, value: Callable[[], str]) -> None:
        self._name, self._value = name, value

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.prepare_url(request.url, {self._name: self._value()})
        return request


class Several(AuthBase):
    """All credentials at once: some systems want a key and a token."""

    def __init__(self, parts: list[AuthBase]) -> None:
        self._parts = parts

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        for part in self._parts:
            request = part(request)
        return request

    def renew(self, refused: str | None) -> bool:
        renewed = [part.renew(refused) for part in self._parts if isinstance(part, Renewable)]
        return any(renewed)


def credentials(
    document: Document, given: Mapping[str, Credential], keys: Keys, token_client: Callable[[str], Http]
) -> AuthBase | None:
    """`token_client` makes the client of a token endpoint. ConfigError: no such scheme, or wrong settings for it."""
    schemes = document.security()
    parts, problems = [], []
    for name, credential in given.items():
        part = _part(schemes[name], credential, keys, token_client) if name in schemes else None
        if part:
            parts.append(part)
        elif name not in schemes:
            problems.append(f"credentials.{name}: {unknown('security scheme', name, schemes)} in {document.name}")
        else:
            problems.append(f"credentials.{name}: {_expected(schemes[name])}")
    if problems:
        raise ConfigError(problems, "config.credentials")
    return Several(parts) if parts else None


def _part(scheme: Any, given: Credential, keys: Keys, token_client: Callable[[str], Http]) -> AuthBase | None:
    kind, how = scheme.get("type"), str(scheme.get("scheme", "basic")).lower()
    if isinstance(given, SecretName) and kind == "apiKey" and scheme.get("in") in ("header", "query"):
        place = InHeader if scheme["in"] == "header" else InQuery
        return place(scheme["name"], lambda: keys.value(given.secret))
    if isinstance(given, SecretName) and (kind in ("oauth2", "openIdConnect") or (kind == "http" and how == "bearer")):
        return InHeader("Authorization", lambda: f"Bearer {keys.value(given.secret)}")
    if isinstance(given, UserPassword) and kind in ("http", "basic") and how == "basic":
        return InHeader("Authorization", lambda: _basic(keys.pair(given.user, given.password.secret)))
    if isinstance(given, Client) and (url := _token_url(scheme)):
        http = token_client(url)
        key = keys.secret(given.client_secret.secret)
        scope, in_body = given.scope, given.in_body
        return ClientCredentials(http, given.client_id, key, scope=scope, in_body=in_body, masks=keys.masks)
    return None


def _basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _token_url(scheme: Any) -> str | None:
    flow = (scheme.get("flows") or {}).get("clientCredentials") or scheme
    url = flow.get("tokenUrl")
    return url if isinstance(url, str) and url.startswith("http") else None


def _expected(scheme: Any) -> str:
    kind = scheme.get("type")
    if kind == "oauth2":
        return "expected client_id and client_secret for a scheme with a token address, or {secret: NAME} for a token"
    if kind in ("http", "basic") and str(scheme.get("scheme", "basic")).lower() == "basic":
        return "expected user and password: {secret: NAME}"
    if kind == "apiKey" and scheme.get("in") not in ("header", "query"):
        return f"a key in a {scheme.get('in')} is not supported"
    return "expected {secret: NAME}"
