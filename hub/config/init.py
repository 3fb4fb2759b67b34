"""`hub init DIR`: a project folder of one's own, made from the ready one."""

import importlib.metadata
from pathlib import Path

import hub
from hub.core.errors import ConfigError

#: What a project folder is made of. Keys, sealed secrets and databases are never copied.
_PARTS = ("conf/hub.yaml", "conf/instances/*.yaml", "mappings/*.yaml", "mappings/*.json", "wsdl/*.wsdl", "wsdl/*.xsd")
#: Where an installation keeps the ready project (`data-files` in pyproject.toml).
_SHARE = "share/integration-hub/"
_DISTRIBUTION = "integration-hub"
_IGNORED = "# The hub's own key and databases belong to this machine.\nconf/hub.key\nvar/\n"


def init_project(target: Path) -> list[Path]:
    """Make a project folder; its files. ConfigError, and nothing is written: one of them is there already."""
    files = ready_project()
    present = sorted(name for name in [*files, ".gitignore"] if (target / name).exists())
    if present:
        said = [f"{target / name}: is there already; nothing was written, name another folder" for name in present]
        raise ConfigError(said, "init.exists")
    for name, source in files.items():
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(source.read_bytes())
    (target / "adapters").mkdir(exist_ok=True)
    (target / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    return [target / name for name in [".gitignore", *files]]


def ready_project() -> dict[str, Path]:
    """The files of the ready project, by their path in a project folder: of the checkout, else of the installation."""
    files = _of_checkout(Path(hub.__file__).resolve().parent.parent) or _of_installation()
    if not files:
        raise ConfigError(
            ["the ready project is missing from this installation; install the hub again"], "init.missing"
        )
    return files


def _of_checkout(root: Path) -> dict[str, Path]:
    if not (root / "pyproject.toml").is_file():
        return {}
    found = [path for part in _PARTS for path in sorted(root.glob(part))]
    return {path.relative_to(root).as_posix(): path for path in found}


def _of_installation() -> dict[str, Path]:
    try:
        listed = importlib.metadata.files(_DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        return {}
    shared = [(file.as_posix().partition(_SHARE)[2], file) for file in listed if _SHARE in file.as_posix()]
    return {name: Path(str(file.locate())) for name, file in shared}
