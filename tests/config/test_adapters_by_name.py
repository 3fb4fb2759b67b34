"""Adapters are found by name: the shipped ones, and the project's own beside them."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import adapters
from hub.config.adapters import adapter_names, load_adapter
from hub.core.errors import ConfigError

GOOD = (
    "from pydantic import BaseModel\nclass Options(BaseModel, extra='forbid'):\n    a: int = 1\n"
    "def connect(system):\n    return {}\n"
)


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Path]:
    (tmp_path / "adapters").mkdir()

    def write(name: str, text: str) -> Path:
        (tmp_path / "adapters" / f"{name}.py").write_text(text)
        return tmp_path

    return write


def refused(name: str, folder: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_adapter(name, folder)
    return caught.value


def test_a_project_s_own_adapter_is_found_beside_the_shipped_ones(own: Callable[..., Path]) -> None:
    folder = own("paper", GOOD.format("'paper'"))
    assert {"memory", "paper"} <= set(adapter_names(folder))
    assert load_adapter("paper", folder).connect(None) == "paper"
    assert load_adapter("memory", folder).__name__ == "adapters.memory"


def test_an_own_adapter_does_not_touch_the_import_path(own: Callable[..., Path]) -> None:
    folder = own("requests", GOOD.format("'own'"))
    before = list(sys.path)
    assert load_adapter("requests", folder).connect(None) == "own"
    assert sys.path == before
    assert "adapters.requests" not in sys.modules


def test_two_projects_may_have_adapters_of_the_same_name(own: Callable[..., Path], tmp_path: Path) -> None:
    first, second = own("paper", GOOD.format("1")), tmp_path / "second"
    (second / "adapters").mkdir(parents=True)
    (second / "adapters/paper.py").write_text(GOOD.format("2"))
    assert (load_adapter("paper", first).connect(None), load_adapter("paper", second).connect(None)) == (1, 2)
    assert load_adapter("paper", first) is load_adapter("paper", first)


def test_an_own_adapter_goes_before_a_shipped_one(own: Callable[..., Path]) -> None:
    assert load_adapter("memory", own("memory", GOOD.format("'own'"))).connect(None) == "own"


def test_in_a_checkout_the_shipped_adapter_is_the_one_that_is_imported() -> None:
    root = Path(__file__).parents[2]
    assert load_adapter("memory", root).__name__ == "adapters.memory"


def test_only_the_adapter_that_is_asked_for_is_imported(own: Callable[..., Path]) -> None:
    folder = own("never", "raise RuntimeError('imported')\n")
    own("paper", GOOD.format("1"))
    load_adapter("paper", folder)


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("papre", "adapter.unknown", "unknown adapter 'papre', did you mean 'paper'?"),
        ("../paper", "adapter.unknown", "unknown adapter '../paper', did you mean 'paper'?"),
        ("_hidden", "adapter.unknown", "unknown adapter '_hidden'"),
        ("os.path", "adapter.unknown", "unknown adapter 'os.path'"),
        ("syntax", "adapter.broken", "adapter 'syntax' does not load: SyntaxError in line 2: "),
        (
            "imports",
            "adapter.broken",
            "adapter 'imports' does not load: ModuleNotFoundError: No module",
        ),
        ("raises", "adapter.broken", "adapter 'raises' does not load: ZeroDivisionError: division by zero"),
        ("empty", "adapter.incomplete", "adapter 'empty' is not complete: it needs a pydantic model Options"),
    ],
)
def test_an_adapter_that_cannot_be_used_says_why(own: Callable[..., Path], name: str, code: str, said: str) -> None:
    folder = own("paper", GOOD.format("1"))
    own("_hidden", GOOD.format("1"))
    own("syntax", "x = 1\ndef = 2\n")
    own("imports", "import nowhere\n")
    own("raises", "1 / 0\n")
    own("empty", "def connect(system):\n    return 1\n")
    error = refused(name, folder)
    assert error.code == code
    assert error.said.startswith(said)


def test_a_folder_that_hides_the_shipped_adapters_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters, "__file__", None)
    monkeypatch.setattr(adapters, "__path__", [str(tmp_path / "adapters")])
    error = refused("memory", tmp_path)
    assert error.code == "adapter.hidden"
    assert f"is hidden by {tmp_path}" in error.said


def test_a_broken_adapter_can_be_repaired_and_loaded(own: Callable[..., Path]) -> None:
    folder = own("paper", "1 / 0\n")
    refused("paper", folder)
    own("paper", GOOD.format("'repaired'"))
    assert load_adapter("paper", folder).connect(None) == "repaired"
