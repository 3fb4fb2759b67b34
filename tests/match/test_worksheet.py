"""The worksheet survives a spreadsheet, and carries no formula into one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import ConfigError
from hub.match.pairs import Member, Outcome, Proposal
from hub.match.worksheet import Row, read, write

KEYS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(str.strip).filter(bool)


def written(path: Path, key: str, name: str, result: str = "exact") -> str:
    record, other = Member({"erp": key}, (name,)), Member({"crm": "1"}, (None,))
    outcome = Outcome("erp", ("crm",), proposals=[Proposal(record, other, result, "vat", None)])  # type: ignore[arg-type]
    assert write(path, ["name"], [Outcome("crm", ()), outcome]) == 1
    return path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("name", ["=1+1", "+353 1", "-5", "@sum", "\t=1"])
def test_no_cell_begins_a_formula(tmp_path: Path, name: str) -> None:
    assert f"'{name}" in written(tmp_path / "sheet.csv", "7", name)


@given(key=KEYS)
def test_a_key_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, key: str) -> None:
    path = tmp_path_factory.mktemp("sheet") / "sheet.csv"
    written(path, key, "Acme")
    assert read(path, ["crm", "erp"]) == [Row(2, "erp", key, "crm", "1", True)]


def test_what_is_not_decided_is_no_decision(tmp_path: Path) -> None:
    written(tmp_path / "sheet.csv", "7", "Acme", "probable")
    assert read(tmp_path / "sheet.csv", ["crm", "erp"]) == []


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_columns_may_be_parted_and_ordered_otherwise_and_rows_added(tmp_path: Path, between: str) -> None:
    cells = [
        ["note", "decision", "system", "key", "other_system", "other_key"],
        ["x", "SAME", "erp", "7", "crm", "1"],
        [""],
    ]
    (tmp_path / "sheet.csv").write_text("\r\n".join(between.join(row) for row in cells), encoding="utf-8")
    assert read(tmp_path / "sheet.csv", ["crm", "erp"]) == [Row(2, "erp", "7", "crm", "1", True)]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'system,key\n"', b"\x00", b"", b"system;key"])
def test_what_is_no_worksheet_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sheet.csv").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read(tmp_path / "sheet.csv", ["crm", "erp"])
    assert caught.value.code == "match.worksheet"
