"""The chain of ledger files: whole after every crash, broken by every change, the changed file named."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.errors import ConfigurationError
from orchestration.ledger.accepting import accept_loss
from orchestration.ledger.anchor import read_head, write_head
from orchestration.ledger.chain import CHAIN_FILE, Ledger, LedgerError
from orchestration.ledger.keys import FOLDER_VARIABLE, KEY_FILE, SigningKeyError
from orchestration.ledger.tables import (
    SCHEMA,
    TABLES,
    fill_raw_ledger,
    ledger_of,
    rows_of,
    table_of,
)
from tests.orchestration.ledger_writer import log_actions

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
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(appends=_APPENDS, data=st.data())
def test_every_change_of_a_file_is_found_and_named(
    tmp_path_factory: pytest.TempPathFactory, appends: list[list[str]], data: st.DataObject
) -> None:
    """Of each chain files are changed in every way, one after the other; each time the rest is as it was."""
    ledger = _ledger(tmp_path_factory.mktemp("chain"), appends)
    other = Ledger(ledger.folder.parent / "other" / "ledger")
    assert len(ledger.links) == sum(len(tables) for tables in appends)
    for how in ("flip", "cut", "delete", "swap"):
        assert ledger.problems() == []
        link = data.draw(st.sampled_from(ledger.links))
        path = ledger.folder / link.file
        before = path.read_bytes()
        content = bytearray(before)
        if how == "flip":
            place = data.draw(st.integers(0, len(content) - 1))
            content[place] ^= 1 << data.draw(st.integers(0, 7))
            path.write_bytes(content)
        elif how == "cut":
            path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
        elif how == "delete":
            path.unlink()
        else:
            other.append({link.table: _rows(link.table, "forged")})
            path.write_bytes((other.folder / other.links[0].file).read_bytes())
        assert any(link.file in problem for problem in ledger.problems())
        with pytest.raises(LedgerError, match=link.file):
            ledger.append({"signoffs": _rows("signoffs", "more")})
        path.write_bytes(before)
    assert ledger.problems() == []


def test_a_forged_file_with_a_forged_line_breaks_the_link_of_the_next(tmp_path: Path) -> None:
    ledger = _ledger(tmp_path, [["signoffs"], ["actions"]])
    first, second = ledger.links
    forger = Ledger(tmp_path / "forger" / "ledger")
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


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, call: int) -> Iterator[None]:
    """Die at a step by which anything reaches the disk: a forced write, or a name that is given."""
    calls = iter(range(1000))
    with monkeypatch.context() as patched:
        for owner, name in ((os, "fsync"), (Path, "replace")):
            real = getattr(owner, name)

            def step(*arguments: Any, real: Any = real) -> Any:
                if next(calls) == call:
                    raise KeyboardInterrupt
                return real(*arguments)

            patched.setattr(owner, name, step)
        with suppress(KeyboardInterrupt):
            yield


@pytest.mark.parametrize("call", range(14))
def test_a_killed_append_adds_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """Every write to the disk is one place to die; the next append then works on a chain that verifies."""
    ledger = _ledger(tmp_path, [["signoffs"]])
    with dying(monkeypatch, call):
        ledger.append({"actions": _rows("actions", "x"), "signoffs": _rows("signoffs", "y")})
    assert ledger.problems() == []
    assert len(ledger.links) in (1, 3)
    counts = {table: len(ledger.files(table)) for table in ("actions", "signoffs")}
    assert counts in ({"actions": 0, "signoffs": 1}, {"actions": 1, "signoffs": 2})
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


def test_writers_at_the_same_time_lose_nothing_and_give_no_number_twice(tmp_path: Path) -> None:
    """With the lock of the warehouse and without it."""
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        for has_lock in (True, False):
            home = tmp_path / ("with_the_lock" if has_lock else "without")
            home.mkdir()
            given = [
                action_id
                for ids in pool.map(log_actions, [home] * 3, range(3), [has_lock] * 3)
                for action_id in ids
            ]
            assert sorted(given) == [f"A{number:04d}" for number in range(1, 13)]
            ledger = ledger_of(home)
            assert [link.seq for link in ledger.links] == list(range(1, 13))
            assert ledger.problems() == []


def test_the_key_lies_elsewhere_and_is_never_made_anew_beside_a_signed_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, home = tmp_path / "keys", tmp_path / "home"
    monkeypatch.setenv(FOLDER_VARIABLE, str(home / "keys"))
    ledger = ledger_of(home)
    with pytest.raises(ConfigurationError, match=r"within .*name a folder elsewhere"):
        ledger.append({"signoffs": _rows("signoffs", "a")})
    monkeypatch.setenv(FOLDER_VARIABLE, str(keys))
    ledger.append({"signoffs": _rows("signoffs", "a")})
    assert stat.S_IMODE((keys / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    content = (keys / KEY_FILE).read_bytes()
    (keys / KEY_FILE).unlink()
    with pytest.raises(LedgerError, match=r"there is none.*Put that key back"):
        ledger.append({"signoffs": _rows("signoffs", "b")})
    assert not (keys / KEY_FILE).exists()
    (keys / KEY_FILE).write_bytes(b"no key")
    with pytest.raises(SigningKeyError, match=r"cannot be read \(it is no key\).*backup"):
        ledger.verify()
    (keys / KEY_FILE).write_bytes(content)
    ledger.append({"signoffs": _rows("signoffs", "b")})
    assert len(ledger.links) == 2


def test_a_lost_key_is_accepted_by_two_persons_and_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "keys"))
    ledger = ledger_of(tmp_path / "home")
    ledger.append({"signoffs": _rows("signoffs", "a")})
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "other"))
    with pytest.raises(LedgerError, match="is signed with the key"):
        ledger.verify()
    with pytest.raises(ConfigurationError, match="second one has to agree"):
        accept_loss(ledger, "Ada Lovelace", "ada  lovelace", "the laptop died")
    assert accept_loss(ledger, "Ada", "Bob", "the laptop died") == []
    assert ledger.problems() == []
    (*_, record) = rows_of(tmp_path / "home", "signoffs")
    assert (record["kind"], record["signed_by"], record["second_by"]) == (
        "ledger_loss",
        "Ada",
        "Bob",
    )
    assert record["operator"].endswith(f"(uid {os.getuid()})")
    with pytest.raises(LedgerError, match="no loss to accept"):
        accept_loss(ledger, "Ada", "Bob", "again")


def test_the_warehouse_remembers_what_key_folder_and_publications_forgot(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    for mark in "ab":
        ledger.append({"signoffs": _rows("signoffs", mark)})
    fill_raw_ledger(tmp_path)
    shutil.rmtree(ledger.keys / "heads")
    first, second = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(first)
    (ledger.folder / ledger.links[0].file.replace("000001", "000002")).unlink()
    assert ledger.problems() == []
    with pytest.raises(LedgerError, match=r"warehouse\.duckdb remembers the ledger up to file 2"):
        fill_raw_ledger(tmp_path)
    assert second


def test_a_publication_proves_its_head_by_itself_and_a_forged_one_witnesses_nothing(
    tmp_path: Path,
) -> None:
    ledger = ledger_of(tmp_path)
    folder = tmp_path / "published" / "versions" / "v1"
    folder.mkdir(parents=True)
    write_head(tmp_path, folder)
    assert read_head(folder) is None
    ledger.append({"signoffs": _rows("signoffs", "a")})
    write_head(tmp_path, folder)
    found = read_head(folder)
    assert found is not None
    assert (found[0].sha256, found[1]) == (ledger.head, ledger.links[0].key)
    path = folder / "ledger.json"
    path.write_text(path.read_text().replace(f'"seq": {found[0].seq}', '"seq": 9'))
    with pytest.raises(ValueError, match="signature"):
        read_head(folder)
    assert ledger.problems() == []


def test_a_file_in_a_home_with_a_quote_is_read(tmp_path: Path) -> None:
    home = tmp_path / "o'hara"
    home.mkdir()
    ledger_of(home).append({"signoffs": _rows("signoffs", "a")})
    fill_raw_ledger(home)
    assert len(list(rows_of(home, "signoffs"))) == 1
