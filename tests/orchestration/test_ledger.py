"""The chain of ledger files: whole after every crash, broken by every change, the changed file named."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.ledger import chain
from orchestration.ledger.chain import CHAIN_FILE, Ledger, LedgerError
from orchestration.ledger.tables import SCHEMA, TABLES, fill_raw_ledger, ledger_of, table_of

WHEN = datetime(2026, 11, 8, 6, tzinfo=UTC).replace(tzinfo=None)
KINDS = ("signoffs", "acknowledgements", "actions")


def _rows(table: str, mark: str, count: int = 1) -> Any:
    return table_of(
        table, [{"tenant_id": mark, next(iter(TABLES[table])): f"{mark}{n}"} for n in range(count)]
    )


def _ledger(folder: Path, appends: list[list[str]]) -> Ledger:
    ledger = Ledger(folder / "ledger")
    for number, tables in enumerate(appends):
        ledger.append({table: _rows(table, f"a{number}", 2) for table in tables})
    return ledger


_APPENDS = st.lists(
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True), min_size=1, max_size=4
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(appends=_APPENDS, data=st.data())
def test_every_change_of_a_file_is_found_and_named(
    tmp_path_factory: pytest.TempPathFactory, appends: list[list[str]], data: st.DataObject
) -> None:
    ledger = _ledger(tmp_path_factory.mktemp("chain"), appends)
    assert ledger.problems() == []
    assert len(ledger.links) == sum(len(tables) for tables in appends)
    link = data.draw(st.sampled_from(ledger.links))
    path = ledger.folder / link.file
    content = bytearray(path.read_bytes())
    how = data.draw(st.sampled_from(("flip", "cut", "delete", "swap")))
    if how == "flip":
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(content)
    elif how == "cut":
        path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    elif how == "delete":
        path.unlink()
    else:
        other = Ledger(ledger.folder.parent / "other")
        other.append({link.table: _rows(link.table, "forged")})
        path.write_bytes((other.folder / other.links[0].file).read_bytes())
    problems = ledger.problems()
    assert any(link.file in problem for problem in problems)
    with pytest.raises(LedgerError, match=link.file):
        ledger.append({"signoffs": _rows("signoffs", "more")})


def test_a_forged_file_with_a_forged_line_breaks_the_link_of_the_next(tmp_path: Path) -> None:
    ledger = _ledger(tmp_path, [["signoffs"], ["actions"]])
    first, second = ledger.links
    forger = Ledger(tmp_path / "forger")
    forged = forger.append({"signoffs": _rows("signoffs", "forged")})[0]
    (ledger.folder / first.file).write_bytes((forger.folder / forged.file).read_bytes())
    path = ledger.folder / CHAIN_FILE
    path.write_text(
        path.read_text()
        .replace(f'"sha256": "{first.sha256}"', f'"sha256": "{forged.sha256}"')
        .replace(f'"previous": "{first.sha256}"', f'"previous": "{forged.sha256}"')
    )
    assert any(second.file in problem for problem in ledger.problems())


def test_a_lost_list_and_a_file_outside_it_are_found(tmp_path: Path) -> None:
    ledger = _ledger(tmp_path, [["signoffs"]])
    (ledger.folder / "000002-signoffs.parquet").write_bytes(b"forged")
    assert any("000002-signoffs.parquet" in problem for problem in ledger.problems())
    (ledger.folder / CHAIN_FILE).unlink()
    assert any(CHAIN_FILE in problem for problem in ledger.problems())


@pytest.mark.parametrize("call", range(8))
def test_a_killed_append_adds_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """Every write to the disk is one place to die; the next append then works on a chain that verifies."""
    ledger = _ledger(tmp_path, [["signoffs"]])
    calls = iter(range(100))
    for name in ("_write_synced", "_sync_folder"):
        real = getattr(chain, name)

        def dying(*arguments: Any, real: Any = real) -> Any:
            if next(calls) == call:
                raise KeyboardInterrupt
            return real(*arguments)

        monkeypatch.setattr(chain, name, dying)
    with suppress(KeyboardInterrupt):
        ledger.append({"actions": _rows("actions", "x"), "signoffs": _rows("signoffs", "y")})
    monkeypatch.undo()
    assert ledger.problems() == []
    assert len(ledger.links) in (1, 3)
    ledger.append({"acknowledgements": _rows("acknowledgements", "z")})
    assert ledger.problems() == []
    assert len(ledger.links) in (2, 4)


def test_the_warehouse_gets_the_whole_ledger_typed_also_when_it_is_empty(tmp_path: Path) -> None:
    fill_raw_ledger(tmp_path)
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        for table, columns in TABLES.items():
            found = connection.execute(
                "select column_name from information_schema.columns where table_schema = ? and table_name = ? "
                "order by ordinal_position",
                [SCHEMA, table],
            ).fetchall()
            assert [name for (name,) in found] == [*columns, "ledger_seq"]
    ledger = ledger_of(tmp_path)
    for number in range(2):
        row = {"tenant_id": "t", "signoff_id": f"s{number}", "signed_at": WHEN}
        ledger.append({"signoffs": table_of("signoffs", [row])})
    fill_raw_ledger(tmp_path)
    with duckdb.connect(str(warehouse)) as connection:
        found = connection.execute(
            f"select signoff_id, signed_at, ledger_seq from {SCHEMA}.signoffs order by 1"
        ).fetchall()
    assert found == [("s0", WHEN, 1), ("s1", WHEN, 2)]


def test_a_broken_ledger_stops_the_build(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    ledger.append({"signoffs": _rows("signoffs", "a")})
    (ledger.folder / ledger.links[0].file).write_bytes(b"nothing")
    with pytest.raises(
        LedgerError, match=r"000001-signoffs\.parquet was changed.*no month can be closed"
    ):
        fill_raw_ledger(tmp_path)
