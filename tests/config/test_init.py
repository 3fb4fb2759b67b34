"""`hub init` makes a project folder that loads."""

import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from hub.config import load_project
from hub.config.init import init_project, ready_project
from hub.core.errors import ConfigError

ENVIRON = {"CRM_PASSWORD": "x", "ERP_KEY": "y"}


def test_a_new_project_loads(tmp_path: Path) -> None:
    init_project(tmp_path / "new")
    instance = load_project(tmp_path / "new", ENVIRON).instance("main")
    assert list(instance.systems) == ["crm", "erp"]
    crm = instance.entities["account"].bindings["crm"].mapping
    erp = instance.entities["account"].bindings["erp"].mapping
    assert (crm.object, erp.object) == ("company", "supplier")
    shared = {name for unit in instance.entities["account"].units for name in unit.fields}
    assert set(crm.specs) == shared | {"@erp"}
    assert shared <= set(erp.specs)


def test_a_new_project_says_which_secrets_it_needs(tmp_path: Path) -> None:
    init_project(tmp_path)
    with pytest.raises(ConfigError) as caught:
        load_project(tmp_path, {})
    asked = [line.split("secret ")[1].split(" ")[0] for line in caught.value.problems]
    assert asked == ["CRM_PASSWORD", "ERP_KEY"]


def test_ports_of_a_new_project_come_from_the_environment(tmp_path: Path) -> None:
    init_project(tmp_path)
    systems = load_project(tmp_path, {**ENVIRON, "CRM_PORT": "4711"}).instance("main").systems
    assert ":4711/" in systems["crm"].options.url


def test_init_says_which_files_it_made(tmp_path: Path) -> None:
    made = init_project(tmp_path)
    assert sorted(made) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    names = {path.relative_to(tmp_path).as_posix() for path in made}
    assert {"conf/hub.yaml", "conf/instances/main.yaml", "mappings/account.crm.yaml", ".gitignore"} <= names
    assert "conf/hub.key" in (tmp_path / ".gitignore").read_text()


@pytest.mark.parametrize("name", ["conf/hub.yaml", ".gitignore", "mappings/account.crm.yaml"])
def test_init_overwrites_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(ConfigError) as caught:
        init_project(tmp_path)
    assert caught.value.code == "init.exists"
    assert caught.value.problems == [f"{tmp_path / name}: is there already; nothing was written, name another folder"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / name]


def test_keys_secrets_and_databases_are_never_copied() -> None:
    for name in ready_project():
        assert not name.endswith((".key", ".db"))
        assert "secrets" not in name


def test_the_configuration_is_cheap_to_import() -> None:
    code = (
        "import sys; from hub.config import load_project\n"
        "heavy = {'zeep', 'sqlalchemy', 'requests', 'lxml', 'jsonata', 'cryptography', 'adapters.rest'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    assert in_new_process(code) == ""
    assert in_new_process("import sys, hub.config; print('pydantic' in sys.modules)") == "False"


def in_new_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_an_installation_brings_the_ready_project_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class File(PurePosixPath):
        def locate(self) -> Path:
            return tmp_path / self

    names = ["../../share/integration-hub/conf/hub.yaml", "hub/__init__.py"]
    monkeypatch.setattr("hub.config.init._of_checkout", lambda root: {})
    monkeypatch.setattr("importlib.metadata.files", lambda name: [File(name) for name in names])
    assert ready_project() == {"conf/hub.yaml": tmp_path / names[0]}


def test_an_installation_without_the_ready_project_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.config.init._of_checkout", lambda root: {})
    monkeypatch.setattr("importlib.metadata.files", lambda name: [])
    with pytest.raises(ConfigError) as caught:
        ready_project()
    assert caught.value.code == "init.missing"
