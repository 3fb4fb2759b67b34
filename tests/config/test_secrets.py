"""Secrets: named in files, sealed beside them, shown nowhere."""

import copy
import json
import os
import pickle
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.config import Project
from hub.config.keyring import KEY_FILE, new_ring
from hub.config.sealed import open_secret, rotate, set_secret
from hub.config.sealedfile import SECRETS_FILE, read_sealed
from hub.config.secrets import Secrets
from hub.core.errors import ConfigError
from hub.core.secret import Secret

VALUE = "corréct horse\n"
NOTHING: dict[str, str] = {}
Load = Callable[..., Project]


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A folder with two sealed values."""
    set_secret(tmp_path, NOTHING, "CRM_PASSWORD", Secret(VALUE))
    set_secret(tmp_path, NOTHING, "ERP_KEY", Secret("battery staple"))
    return tmp_path


def refused(do: Callable[..., Any], *args: Any) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        do(*args)
    assert VALUE not in str(caught.value)
    return caught.value


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "conf").iterdir())}


def test_a_sealed_value_comes_back(sealed: Path) -> None:
    assert open_secret(sealed, NOTHING, "CRM_PASSWORD").reveal() == VALUE
    assert open_secret(sealed, NOTHING, "ERP_KEY").reveal() == "battery staple"


def test_the_key_is_for_its_owner_only_and_the_sealed_file_holds_no_value(sealed: Path) -> None:
    assert stat.S_IMODE((sealed / KEY_FILE).stat().st_mode) == 0o600
    text = (sealed / SECRETS_FILE).read_text()
    assert "horse" not in text
    assert "battery" not in text
    assert list(read_sealed(sealed)) == ["CRM_PASSWORD", "ERP_KEY"]


def test_the_same_value_is_sealed_differently_each_time(sealed: Path) -> None:
    before = read_sealed(sealed)["ERP_KEY"]
    set_secret(sealed, NOTHING, "ERP_KEY", Secret("battery staple"))
    assert read_sealed(sealed)["ERP_KEY"] != before


def test_the_environment_goes_before_the_sealed_file(sealed: Path) -> None:
    def get(**environ: str) -> str:
        return Secrets(sealed, environ).get("ERP_KEY").reveal()

    assert get() == "battery staple"
    assert get(ERP_KEY="plain") == "plain"
    assert get(ERP_KEY="plain", HUB_SECRET_ERP_KEY="named") == "named"
    assert get(ERP_KEY="") == "battery staple"


def test_the_ring_may_be_in_the_environment(tmp_path: Path) -> None:
    environ = {"HUB_KEY": new_ring().text()}
    set_secret(tmp_path, environ, "A", Secret(VALUE))
    assert not (tmp_path / KEY_FILE).exists()
    assert open_secret(tmp_path, environ, "A").reveal() == VALUE


def test_a_missing_secret_says_how_to_set_it(sealed: Path) -> None:
    error = refused(Secrets(sealed, NOTHING).get, "CRM_USER")
    assert error.code == "secret.missing"
    said = "secret CRM_USER is not set: run 'hub secret set CRM_USER', or set HUB_SECRET_CRM_USER in the environment"
    assert error.problems == [said]


def test_a_wrong_key_opens_nothing_and_overwrites_nothing(sealed: Path) -> None:
    (sealed / KEY_FILE).write_text(new_ring().text())
    before = files(sealed)
    for do in (
        lambda: open_secret(sealed, NOTHING, "CRM_PASSWORD"),
        lambda: set_secret(sealed, NOTHING, "CRM_PASSWORD", Secret("new")),
        lambda: set_secret(sealed, NOTHING, "NEW_ONE", Secret("new")),
        lambda: rotate(sealed, NOTHING),
    ):
        assert refused(do).code == "secret.key"
    assert files(sealed) == before


def test_a_lost_key_is_not_replaced_by_a_new_one(sealed: Path) -> None:
    (sealed / KEY_FILE).unlink()
    for do in (lambda: set_secret(sealed, NOTHING, "NEW_ONE", Secret("new")), lambda: rotate(sealed, NOTHING)):
        error = refused(do)
        assert error.code == "secret.key"
        assert "bring conf/hub.key back" in error.said
    assert not (sealed / KEY_FILE).exists()


def test_a_value_moved_to_another_name_does_not_open(sealed: Path) -> None:
    tokens = read_sealed(sealed)
    swapped = f"CRM_PASSWORD: {tokens['ERP_KEY']}\nERP_KEY: {tokens['CRM_PASSWORD']}\n"
    (sealed / SECRETS_FILE).write_text(swapped)
    for name in ("CRM_PASSWORD", "ERP_KEY"):
        assert refused(open_secret, sealed, NOTHING, name).code == "secret.changed"
    assert refused(rotate, sealed, NOTHING).code == "secret.changed"
    assert (sealed / SECRETS_FILE).read_text() == swapped


@pytest.mark.parametrize("place", [16, 20, 40])
def test_a_changed_value_does_not_open_and_can_be_set_again(sealed: Path, place: int) -> None:
    token = read_sealed(sealed)["ERP_KEY"]
    other = "A" if token[place] != "A" else "B"
    text = (sealed / SECRETS_FILE).read_text()
    (sealed / SECRETS_FILE).write_text(text.replace(token, token[:place] + other + token[place + 1 :]))
    assert refused(open_secret, sealed, NOTHING, "ERP_KEY").code == "secret.changed"
    set_secret(sealed, NOTHING, "ERP_KEY", Secret("again"))
    assert open_secret(sealed, NOTHING, "ERP_KEY").reveal() == "again"


def test_rotation_seals_everything_anew_and_older_files_still_open(sealed: Path) -> None:
    old_file, old_key = (sealed / SECRETS_FILE).read_text(), (sealed / KEY_FILE).read_text()
    assert rotate(sealed, NOTHING) == ["CRM_PASSWORD", "ERP_KEY"]
    new_file, new_key = (sealed / SECRETS_FILE).read_text(), (sealed / KEY_FILE).read_text()
    assert open_secret(sealed, NOTHING, "CRM_PASSWORD").reveal() == VALUE

    ids = {line.split(":")[2] for line in new_file.splitlines()[1:]}
    assert len(ids) == 1
    assert ids.isdisjoint(line.split(":")[2] for line in old_file.splitlines()[1:])
    assert new_key.startswith(old_key)

    (sealed / SECRETS_FILE).write_text(old_file)
    assert open_secret(sealed, NOTHING, "CRM_PASSWORD").reveal() == VALUE

    (sealed / SECRETS_FILE).write_text(new_file)
    (sealed / KEY_FILE).write_text(old_key)
    assert refused(open_secret, sealed, NOTHING, "CRM_PASSWORD").code == "secret.key"


def test_rotation_of_a_ring_in_the_environment_goes_to_its_last_key(tmp_path: Path) -> None:
    old, new = new_ring(), new_ring()
    set_secret(tmp_path, {"HUB_KEY": old.text()}, "A", Secret(VALUE))
    rotate(tmp_path, {"HUB_KEY": f"{old.text().strip()} {new.text()}"})
    assert open_secret(tmp_path, {"HUB_KEY": new.text()}, "A").reveal() == VALUE


def test_a_rotation_cut_off_between_its_two_files_loses_nothing(sealed: Path) -> None:
    before = (sealed / SECRETS_FILE).read_bytes()
    rotate(sealed, NOTHING)
    (sealed / SECRETS_FILE).write_bytes(before)
    assert open_secret(sealed, NOTHING, "CRM_PASSWORD").reveal() == VALUE


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
def test_a_key_that_others_may_read_is_refused(sealed: Path) -> None:
    (sealed / KEY_FILE).chmod(0o644)
    assert refused(open_secret, sealed, NOTHING, "ERP_KEY").problems == [
        "conf/hub.key: others may read it; run 'chmod 600 conf/hub.key'"
    ]


@pytest.mark.parametrize("text", ["", "short", "%%%%", "QUJD\n", "é"])
def test_a_key_file_that_holds_no_key_is_refused(sealed: Path, text: str) -> None:
    (sealed / KEY_FILE).write_text(text)
    assert refused(open_secret, sealed, NOTHING, "ERP_KEY").code == "secret.key"


@pytest.mark.parametrize("name", ["crm_password", "A-B", "", "1A", "A\nB: c", "../x"])
def test_a_name_is_capitals_digits_and_underscores(sealed: Path, name: str) -> None:
    before = files(sealed)
    assert refused(set_secret, sealed, NOTHING, name, Secret("x")).code == "secret.name"
    assert refused(Secrets(sealed, {name: "x"}).get, name).code == "secret.name"
    assert files(sealed) == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ERP_KEY: hunter2\n", "1:1: ERP_KEY: expected a sealed value; write it with 'hub secret set', never by hand"),
        ("erp_key: v1:x\n", "1:1: erp_key: a secret's name is capitals, digits and '_', such as CRM_PASSWORD"),
        ("- hunter2\n", "1:1: expected NAME: v1:KEY:VALUE on every line"),
        ("ERP_KEY: 'v1:x\n", "1:10: the quote or bracket opened here is not closed"),
    ],
)
def test_a_sealed_file_out_of_order_is_said_without_its_values(sealed: Path, text: str, said: str) -> None:
    (sealed / SECRETS_FILE).write_text(text)
    error = refused(open_secret, sealed, NOTHING, "ERP_KEY")
    assert error.problems == [f"conf/secrets.yaml:{said}"]
    assert "hunter2" not in str(error)


def test_a_sealed_value_of_no_known_form_is_refused(sealed: Path) -> None:
    (sealed / SECRETS_FILE).write_text("ERP_KEY: v1:nonsense\n")
    assert refused(open_secret, sealed, NOTHING, "ERP_KEY").code == "secret.form"


@pytest.mark.parametrize(
    "show", [repr, str, "{:>9}".format, lambda s: f"{s!r}", lambda s: str([s]), lambda s: str({1: s})]
)
def test_a_secret_never_shows(show: Callable[[Any], str]) -> None:
    assert VALUE not in show(Secret(VALUE))


@pytest.mark.parametrize(
    "write",
    [json.dumps, pickle.dumps, copy.copy, copy.deepcopy, vars, lambda s: json.dumps({"a": [s]})],
)
def test_a_secret_is_not_written_or_copied(write: Callable[[Any], Any], sealed: Path) -> None:
    for hidden in (Secret(VALUE), Secrets(sealed, {"A": VALUE})):
        with pytest.raises(TypeError) as caught:
            write(hidden)
        assert VALUE not in str(caught.value)


def test_a_project_never_shows_a_secret(load: Load) -> None:
    project = load()
    system: Any = project.connect(project.instance("main"), "crm")
    for thing in (project, project.secrets, project.instance("main"), system, system.options):
        assert "correct horse" not in repr(thing) + str(thing)


def test_a_ring_never_shows_its_keys() -> None:
    ring = new_ring()
    assert ring.text().strip() not in repr(ring)
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            write(ring)


SECRET_TEXTS = [
    "hunter2",
    '"hunter2',
    "*hunter2",
    "&hunter2",
    "!hunter2",
    "%hunter2",
    "@hunter2",
    "{hunter2}",
    "{hunter2: 1}",
    "{secret: hunter2}",
    "{secret: [hunter2]}",
    "{secret: CRM_PASSWORD, hunter2: 1}",
    "[hunter2]",
    "hunter2: hunter2",
    "|hunter2",
    ">hunter2",
    "'hunter2' hunter2",
    "${hunter2}",
    "hunter2 ${X}",
    "\thunter2",
    "`hunter2`",
    "!!int hunter2",
    "!!python/name:hunter2 x",
    '"hunter2\\q"',
]


@pytest.mark.parametrize("text", SECRET_TEXTS)
def test_a_password_in_a_file_is_refused_and_never_repeated(
    problems: Callable[..., list[str]], change: Callable[[str, str, str], None], text: str
) -> None:
    change("conf/instances/main.yaml", "{secret: CRM_PASSWORD}", text)
    assert "hunter2" not in "\n".join(problems())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("url: http://127.0.0.1:8701/crm", "url: [http://hub:hunter2@127.0.0.1/]"),
        ("url: http://127.0.0.1:8701/crm", "url: http://hub:hunter2@127.0.0.1/"),
        ("    user: hub\n    password: {secret: CRM_PASSWORD}", "    user: hub\n    pasword: hunter2"),
        ("    zone: Europe/Dublin", "    token: hunter2"),
        ("    zone: Europe/Dublin", "    timeout: {password: hunter2}"),
        ("    zone: Europe/Dublin", "    headers: {Authorization: hunter2}"),
        ("    zone: Europe/Dublin", "    headers: [hunter2]"),
    ],
)
def test_a_password_in_the_wrong_place_is_never_repeated(
    problems: Callable[..., list[str]], change: Callable[[str, str, str], None], old: str, new: str
) -> None:
    change("conf/instances/main.yaml", old, new)
    assert "hunter2" not in "\n".join(problems())


def test_a_sealed_file_out_of_order_is_one_of_the_problems_of_a_project(
    folder: Path, problems: Callable[..., list[str]]
) -> None:
    (folder / SECRETS_FILE).write_text("CRM_PASSWORD: hunter2\n")
    said = problems(HUB_SECRET_CRM_PASSWORD="", ERP_PASSWORD="")
    assert len(said) == 2
    assert said[0].startswith("conf/instances/main.yaml:14:5: systems.erp.password: secret ERP_PASSWORD is not set")
    assert said[1].startswith("conf/secrets.yaml:1:1: CRM_PASSWORD: expected a sealed value")


def test_a_project_takes_its_secrets_from_the_sealed_file(folder: Path, load: Load) -> None:
    set_secret(folder, NOTHING, "CRM_PASSWORD", Secret("sealed one"))
    assert load(HUB_SECRET_CRM_PASSWORD="").secrets.get("CRM_PASSWORD").reveal() == "sealed one"
