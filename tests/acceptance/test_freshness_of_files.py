"""A folder says the same of its source whenever it was read: a look is no news, and reading it first is none either."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.landing_builder import Desk, at, hours, write
from tests.pipeline import run_landing

_MODELS = ("+source_freshness", "+int_kpi_freshness_rows")
_LAST = at("2026-10-08 09:00")
"""The last reply."""


def _folder(path: Path) -> Path:
    """Four weeks of a desk that is quiet from Friday to Monday, until the 8th of October."""
    desk = Desk("quiet")
    for week in range(4):
        for day in range(5):
            begin = at("2026-09-14 08:00") + hours(24 * (7 * week + day))
            if begin < _LAST:
                ticket = desk.ticket(begin)
                desk.customer(ticket, begin)
                desk.reply(ticket, begin + hours(1))
    return write([desk], path)


def _judged(home: Path) -> list[dict[str, Any]]:
    columns = (
        "table_name, connector, latest_occurred_at, last_looked_at, look_lag_cal_s, expected_quiet_s, "
        "behind_since_at, freshness_lag_s, freshness_status"
    )
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        cursor = connection.execute(
            f"select {columns} from data_quality.source_freshness order by table_name"
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.slow
def test_a_folder_read_before_and_one_read_first_are_as_fresh(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "landing")
    weekend, later = at("2026-10-12 09:00"), at("2026-11-01 09:00")
    run_landing(folder, tmp_path / "known", _LAST + hours(2), select=_MODELS)
    run_landing(folder, tmp_path / "known", weekend, select=_MODELS)
    assert {row["freshness_status"] for row in _judged(tmp_path / "known")} == {"green"}
    run_landing(folder, tmp_path / "known", later, select=_MODELS)
    run_landing(folder, tmp_path / "fresh", later, select=_MODELS)
    known, fresh = _judged(tmp_path / "known"), _judged(tmp_path / "fresh")
    assert known == fresh
    assert {row["table_name"] for row in known} == {"messages", "tickets"}
    for row in known:
        # silent since the 8th at 9; a week is expected, then it counts
        assert (row["freshness_lag_s"], row["freshness_status"]) == (17 * 86_400, "red")
        assert (row["connector"], row["look_lag_cal_s"]) == ("landing", 0)
        assert row["behind_since_at"] == (_LAST + hours(7 * 24)).replace(tzinfo=None)
