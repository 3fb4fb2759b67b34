"""`conf/secrets.yaml`: values sealed with the hub's own key, so that the file may be in git."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from hub.config.keyring import KEY_FILE, KEY_VARIABLE, Keyring, new_ring, read_ring, refuse, replace_file
from hub.config.sealedfile import NAME, NAME_HINT, SECRETS_FILE, missing, read_sealed
from hub.core.secret import Secret

_HEAD = f"# Sealed with {KEY_FILE}, which never goes into git; this file may. Written by 'hub secret set NAME'.\n"


def open_secret(folder: Path, environ: Mapping[str, str], name: str) -> Secret:
    """The sealed value of a name. ConfigError: there is none, or no key opens it."""
    sealed = read_sealed(folder)
    if name not in sealed:
        refuse("secret.missing", missing(name))
    return _ring(folder, environ, sealed).open(sealed[name], name)


def set_secret(folder: Path, environ: Mapping[str, str], name: str, value: Secret) -> None:
    """Seal a value under a name. The first one makes the key file.

    ConfigError, and nothing is written: a bad name, or a value that is there already and does not open with this key.
    """
    if not NAME.fullmatch(name):
        refuse("secret.name", NAME_HINT)
    sealed = read_sealed(folder)
    ring = _ring(folder, environ, sealed)
    if name in sealed:
        ring.key_of(sealed[name], name)
    for other in sealed.keys() - {name}:
        ring.open(sealed[other], other)
    if not (folder / KEY_FILE).exists() and not environ.get(KEY_VARIABLE):
        replace_file(folder / KEY_FILE, ring.text(), 0o600)
    _write(folder, {**sealed, name: ring.seal(value.reveal(), name)})


def rotate(folder: Path, environ: Mapping[str, str]) -> list[str]:
    """Seal every value with a new key; the names. The old keys stay in the ring, for an older `conf/secrets.yaml`.

    A ring in HUB_KEY cannot be added to from here: put a new key behind the old one there, then rotate.
    ConfigError, and nothing is written: a value does not open.
    """
    sealed = read_sealed(folder)
    ring = _ring(folder, environ, sealed)
    values = {name: ring.open(token, name) for name, token in sealed.items()}
    if not environ.get(KEY_VARIABLE):
        ring = ring.grown()
        replace_file(folder / KEY_FILE, ring.text(), 0o600)
    _write(folder, {name: ring.seal(value.reveal(), name) for name, value in values.items()})
    return sorted(values)


def _ring(folder: Path, environ: Mapping[str, str], sealed: Iterable[str]) -> Keyring:
    """The ring. A new one is made only where nothing is sealed yet."""
    ring = read_ring(folder, environ)
    if ring is None and any(sealed):
        refuse(
            "secret.key", f"{SECRETS_FILE} is sealed, but there is no key: bring {KEY_FILE} back, or set {KEY_VARIABLE}"
        )
    return ring or new_ring()


def _write(folder: Path, sealed: Mapping[str, str]) -> None:
    lines = [f"{name}: {sealed[name]}\n" for name in sorted(sealed)]
    replace_file(folder / SECRETS_FILE, _HEAD + "".join(lines), 0o644)
