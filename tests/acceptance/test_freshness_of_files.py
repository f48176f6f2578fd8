"""A folder says the same of its source whenever it was read: a look is no news, and reading it first is none either.

That a silence which is expected is no lag, and what lag has which colour, is shown by the unit tests of the two models.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.acceptance.conftest import AS_OF
from tests.acceptance.quiet_desks import LAST_REPLY, quiet
from tests.landing_builder import at, hours, write
from tests.pipeline import load, run_landing

_MODEL = ("+source_freshness",)


def _judged(home: Path) -> list[dict[str, Any]]:
    columns = (
        "table_name, connector, latest_occurred_at, last_looked_at, look_lag_cal_s, expected_quiet_s, "
        "behind_since_at, freshness_lag_s, freshness_status"
    )
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        cursor = connection.execute(
            f"select {columns} from data_quality.source_freshness "
            "where tenant_id = 'quiet' order by table_name"
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.slow
def test_a_folder_read_before_and_one_read_first_are_as_fresh(
    acceptance_home: Path, tmp_path: Path
) -> None:
    folder, home = write([quiet()], tmp_path / "landing"), tmp_path / "known"
    for look in (LAST_REPLY + hours(2), at("2026-10-12 09:00")):
        load(["landing"], home, look, folder)
    run_landing(folder, home, AS_OF, select=_MODEL)
    # that folder was never read before
    known, fresh = _judged(home), _judged(acceptance_home)
    assert known == fresh
    assert {row["table_name"] for row in known} == {"messages", "tickets"}
    behind = LAST_REPLY + hours(7 * 24)
    for row in known:
        # silent since the 8th at 9; a week is expected, then it counts
        lag = round((AS_OF - behind).total_seconds())
        assert (row["freshness_lag_s"], row["freshness_status"]) == (lag, "red")
        assert (row["connector"], row["look_lag_cal_s"]) == ("landing", 0)
        assert row["behind_since_at"] == behind.replace(tzinfo=None)
