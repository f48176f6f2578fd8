"""The recipes of ``docs/bi.md`` run on a publication as they stand, and their numbers are those of the forum."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from orchestration.warehouse import open_read_only
from tests.docs.headings import text_of

_BLOCK = re.compile(r"^```(sql|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PARQUET = re.compile(r"published/parquet/(\w+)/(\w+)\.parquet")
_NEAR = 1e-6


def blocks(language: str) -> list[str]:
    """Recipes in one language, in the order of the page."""
    return [text for found, text in _BLOCK.findall(text_of("bi.md")) if found == language]


@pytest.fixture(scope="module")
def published(simulated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds ``published/`` with the marts and the Parquet files that the page names."""
    home = tmp_path_factory.mktemp("recipes")
    (home / "published").mkdir()
    (home / "published" / "marts.duckdb").symlink_to(simulated_home / "warehouse.duckdb")
    with open_read_only(simulated_home / "warehouse.duckdb") as connection:
        for schema, table in set(_PARQUET.findall(text_of("bi.md"))):
            target = home / "published" / "parquet" / schema / f"{table}.parquet"
            target.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(f"copy {schema}.{table} to '{target}' (format parquet)")
    return home


@pytest.fixture
def in_folder(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(published)
    yield published


@pytest.mark.parametrize("number", range(len(blocks("sql"))))
def test_the_queries_run_and_find_rows(in_folder: Path, number: int) -> None:
    with open_read_only(in_folder / "published" / "marts.duckdb") as connection:
        assert connection.execute(blocks("sql")[number]).fetchall()


def test_the_frames_say_what_the_forum_sees(in_folder: Path) -> None:
    names: dict[str, Any] = {}
    for block in blocks("python")[:2]:
        exec(block, names)  # noqa: S102 - a page of our own
    governed = {
        (f"{row.month:%Y-%m}", row.platform): float(row.value)
        for row in names["months"].itertuples()
        if row.value == row.value
    }
    added_up = {
        (str(month), platform): float(value)
        for (month, platform), value in names["compliance"].items()
    }
    common = governed.keys() & added_up.keys()
    assert len(common) > 3
    assert [key for key in common if abs(governed[key] - added_up[key]) > _NEAR] == []


def test_the_workbook_holds_the_governed_numbers(in_folder: Path) -> None:
    exec(blocks("python")[2], {})  # noqa: S102 - a page of our own
    sheet = openpyxl.load_workbook(in_folder / "governed_kpis.xlsx").active
    assert sheet is not None
    header, *rows = sheet.iter_rows(values_only=True)
    place = {name: number for number, name in enumerate(header)}
    with open_read_only(in_folder / "published" / "marts.duckdb") as connection:
        expected = connection.execute(
            """
            select count(*), count(value), cast(sum(value) as double) from governance_review.kpi_monthly
            where is_governed and scope_type = 'company'
            """
        ).fetchall()[0]
    values = [row[place["value"]] for row in rows if row[place["value"]] is not None]
    assert (len(rows), len(values)) == expected[:2]
    assert sum(values) == pytest.approx(expected[2])


def test_the_page_has_recipes_in_both_languages() -> None:
    assert (len(blocks("sql")), len(blocks("python"))) == (3, 3)
