"""What the loading of one project folder shares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hub.config.document import Document, read_document
from hub.config.problem import Loc, Problems, unknown
from hub.config.secrets import Secrets
from hub.core.errors import ConfigError
from hub.core.secret import Secret


@dataclass(frozen=True, slots=True)
class Loading:
    folder: Path
    environ: Mapping[str, str]
    secrets: Secrets
    problems: Problems = field(default_factory=Problems)
    _read: dict[str, Document | None] = field(default_factory=dict)

    def document(self, file: str) -> Document | None:
        """A file of the folder, read once. None: it cannot be read, and that is noted."""
        if file not in self._read:
            self._read[file] = read_document(self.folder, file, self.problems)
        return self._read[file]

    def has_secret(self, document: Document, loc: Loc, name: str) -> bool:
        """Has a secret a value? If not, that is a problem of the place that asks for it. Nothing is opened."""
        said = self.secrets.problem(name, self.problems)
        if said is not None:
            document.problem(loc, said)
        return said is None

    def secret(self, document: Document, loc: Loc, name: str) -> Secret | None:
        """The value of a secret. None: it has none, or it does not open, and that is noted."""
        if not self.has_secret(document, loc, name):
            return None
        try:
            return self.secrets.get(name)
        except ConfigError as error:
            for said in error.problems:
                document.problem(loc, said)
            return None


def known(document: Document, loc: Loc, what: str, name: str, names: Iterable[str]) -> bool:
    """Is it one of the names? If not, that is a problem, with the nearest one."""
    choices = list(names)
    if name not in choices:
        document.problem(loc, unknown(what, name, choices))
    return name in choices
