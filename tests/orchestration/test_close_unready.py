"""What a close says before it builds anything: a month that is not over, a home in which nothing was built."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import ConfigurationError
from orchestration.closing.month_close import CloseError, CloseRequest, refuse_unready
from orchestration.settings import Settings

LATER = datetime(2026, 11, 9, tzinfo=UTC)


def settings(home: Path, as_of: datetime = LATER) -> Settings:
    return Settings(home, None, as_of, True, "duckdb", ())


def asked(month: date) -> CloseRequest:
    return CloseRequest(month, "Ada Lovelace")


@pytest.mark.parametrize("month", [date(2026, 11, 1), date(2027, 3, 1), date(9999, 11, 1)])
def test_a_month_that_is_not_over(tmp_path: Path, month: date) -> None:
    with pytest.raises(CloseError, match=r"is not over: it can be closed from \d{4}-\d\d-08 06:00"):
        refuse_unready(settings(tmp_path), asked(month))


def test_an_instant_yet_to_come_makes_no_month_over(tmp_path: Path) -> None:
    ahead = settings(tmp_path, datetime(9000, 1, 9, tzinfo=UTC))
    with pytest.raises(CloseError, match="8999-12 is not over"):
        refuse_unready(ahead, asked(date(8999, 12, 1)))


def test_a_home_without_numbers(tmp_path: Path) -> None:
    october = asked(date(2026, 10, 1))
    with pytest.raises(ConfigurationError, match="does not exist yet: run deskhouse run first"):
        refuse_unready(settings(tmp_path), october)
    assert not settings(tmp_path).warehouse.exists()
    duckdb.connect(str(settings(tmp_path).warehouse)).close()
    with pytest.raises(CloseError, match=r"No KPI was built in .*: run deskhouse run, then close"):
        refuse_unready(settings(tmp_path), october)
