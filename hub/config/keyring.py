"""The hub's own keys, and values sealed with them: AES-256-GCM, each value bound to its name.

A sealed value is `v1:KEY ID:base64(nonce + ciphertext)`. The name is authenticated with it, so a value that is moved
to another name does not open. A key's id is made from the key: a wrong key is noticed before anything is opened.
"""

import base64
import binascii
import hashlib
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.core.errors import ConfigError
from hub.core.secret import Secret

#: The key ring in the project folder: one key a line, the last one seals. Never in git.
KEY_FILE = "conf/hub.key"
#: Holds the ring instead of the file, keys separated by blanks.
KEY_VARIABLE = "HUB_KEY"
_KEY_BYTES, _NONCE_BYTES = 32, 12


class Keyring:
    """Keys that open what was ever sealed, the last of which seals."""

    def __init__(self, keys: list[bytes]) -> None:
        self._keys = {_id(key): key for key in keys}
        self.current = _id(keys[-1])

    @classmethod
    def parse(cls, text: str, where: str) -> "Keyring":
        """A ring as the key file and HUB_KEY write it. `where` is named in errors."""
        try:
            keys = [base64.urlsafe_b64decode(word) for word in text.split()]
        except (binascii.Error, ValueError):
            keys = []
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            refuse("secret.key", f"{where}: expected keys of {_KEY_BYTES} bytes in base64, one a line")
        return cls(keys)

    def text(self) -> str:
        return "".join(base64.urlsafe_b64encode(key).decode() + "\n" for key in self._keys.values())

    def grown(self) -> "Keyring":
        """The same ring with a new key that seals from now on."""
        return Keyring([*self._keys.values(), os.urandom(_KEY_BYTES)])

    def seal(self, value: str, name: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._keys[self.current]).encrypt(nonce, value.encode(), _bound(name))
        return f"v1:{self.current}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, name: str) -> Secret:
        """The value of a name. ConfigError: the key is not in the ring, or the value was changed or moved."""
        key = self.key_of(sealed, name)
        try:
            raw = base64.urlsafe_b64decode(sealed.rpartition(":")[2])
            value = AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(name))
        except (InvalidTag, binascii.Error, ValueError) as error:
            said = f"secret {name} does not open: its value was changed, or sealed for another name"
            raise ConfigError([f"{said}; set it again with 'hub secret set {name}'"], "secret.changed") from error
        return Secret(value.decode())

    def key_of(self, sealed: str, name: str) -> bytes:
        """The key that a value was sealed with. ConfigError: the ring does not hold it."""
        found = re.fullmatch(r"v1:([0-9a-f]{12}):[A-Za-z0-9_=-]+", sealed)
        if found is None:
            refuse("secret.form", f"secret {name}: expected v1:KEY:VALUE as 'hub secret set {name}' writes it")
        if found[1] not in self._keys:
            ring = f"{KEY_FILE} (or {KEY_VARIABLE} in the environment)"
            refuse("secret.key", f"secret {name} was sealed with key {found[1]}, which {ring} does not hold")
        return self._keys[found[1]]

    def __repr__(self) -> str:
        return f"Keyring(current={self.current})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key ring is neither pickled nor copied")


def new_ring() -> Keyring:
    return Keyring([os.urandom(_KEY_BYTES)])


def read_ring(folder: Path, environ: Mapping[str, str]) -> Keyring | None:
    """The ring of the environment, else of the key file. None: there is none. ConfigError: it cannot be used."""
    if environ.get(KEY_VARIABLE):
        return Keyring.parse(environ[KEY_VARIABLE], KEY_VARIABLE)
    path = folder / KEY_FILE
    if not path.exists():
        return None
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        refuse("secret.key-mode", f"{KEY_FILE}: others may read it; run 'chmod 600 {KEY_FILE}'")
    return Keyring.parse(path.read_text("ascii", "replace"), KEY_FILE)


def replace_file(path: Path, text: str, mode: int) -> None:
    """Put a text in place of a file: all of it or nothing, on disk when this returns, never with wider rights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def refuse(code: str, said: str) -> NoReturn:
    raise ConfigError([said], code)


def _id(key: bytes) -> str:
    return hashlib.sha256(b"hub key id" + key).hexdigest()[:12]


def _bound(name: str) -> bytes:
    return f"secret:{name}".encode()
