"""`conf/secrets.yaml` as it is read: sealed values by name. Opening one is `hub.config.sealed`."""

import re
from pathlib import Path

from hub.config.document import Document, read_document
from hub.config.problem import Problems

SECRETS_FILE = "conf/secrets.yaml"
NAME = re.compile(r"[A-Z][A-Z0-9_]*")
NAME_HINT = "a secret's name is capitals, digits and '_', such as CRM_PASSWORD"


def missing(name: str) -> str:
    return f"secret {name} is not set: run 'hub secret set {name}', or set HUB_SECRET_{name} in the environment"


def read_sealed(folder: Path) -> dict[str, str]:
    """The sealed values by name; empty without the file. ConfigError: the file is not in order."""
    problems = Problems()
    found = tokens(folder, problems)
    problems.raise_any()
    return found


def tokens(folder: Path, problems: Problems) -> dict[str, str]:
    """The same. `problems` takes what is wrong with the file."""
    if not (folder / SECRETS_FILE).exists():
        return {}
    document = read_document(folder, SECRETS_FILE, problems)
    return _sealed(document) if document else {}


def _sealed(document: Document) -> dict[str, str]:
    data = document.data or {}
    if not isinstance(data, dict):
        document.problem((), "expected NAME: v1:KEY:VALUE on every line")
        return {}
    for name, token in data.items():
        if not (isinstance(name, str) and NAME.fullmatch(name)):
            document.problem((str(name),), NAME_HINT)
        if not (isinstance(token, str) and token.startswith("v1:")):
            document.problem((str(name),), "expected a sealed value; write it with 'hub secret set', never by hand")
    return data
