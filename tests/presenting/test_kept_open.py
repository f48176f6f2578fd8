"""Files that stay open between two looks: cursors read in UTC wherever the server stands, and do not meet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.presenting.publication import kept_open

_ZONE = """
import sys
from pathlib import Path
from orchestration.presenting.publication import kept_open
with kept_open(Path(sys.argv[1])) as cursor:
    print(cursor.execute("select current_setting('TimeZone')").fetchall()[0][0])
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    made = []
    for number in (1, 2):
        made.append(tmp_path / f"{number}.duckdb")
        with duckdb.connect(str(made[-1])) as connection:
            connection.execute(f"create table known as select {number} as number")
    return made


def test_a_cursor_is_in_utc_wherever_the_server_stands(files: list[Path]) -> None:
    said = subprocess.run(
        [sys.executable, "-c", _ZONE, str(files[0])],
        env={**os.environ, "TZ": "America/New_York"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "UTC"


def test_what_a_look_made_is_gone_and_another_file_is_another_one(files: list[Path]) -> None:
    for path in (files[0], files[1], files[0]):
        with kept_open(path) as cursor:
            cursor.execute("create temp table made as from known")
            number = int(path.stem)
            assert cursor.execute("from made").fetchall() == [(number,)]
        with kept_open(path) as cursor, pytest.raises(duckdb.CatalogException, match="made"):
            cursor.execute("from made")


def test_two_looks_at_once_do_not_meet(files: list[Path]) -> None:
    with kept_open(files[0]) as one, kept_open(files[0]) as other:
        one.execute("create temp table made as select 1 as number")
        other.execute("create temp table made as select 2 as number")
        assert one.execute("from made").fetchall() == [(1,)]
        assert other.execute("from made").fetchall() == [(2,)]
