"""The published file is followed when it is replaced; who reads the version before is not disturbed."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import ConfigurationError
from orchestration.presenting.publication import publication
from orchestration.settings import read_settings


def publish(home: Path, name: str, value: int) -> None:
    folder = home / "published" / name
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "marts.duckdb")) as connection:
        connection.execute("create schema governance_review")
        connection.execute(
            "create table governance_review.kpi_monthly as "
            "select ? as value, timestamp '2026-11-01 10:00:00' as as_of",
            [value],
        )
    link = home / "published" / "marts.duckdb"
    link.unlink(missing_ok=True)
    link.symlink_to(folder / "marts.duckdb")


def test_a_new_version_is_followed_and_the_old_one_stays_readable(tmp_path):
    settings = read_settings({"DESKHOUSE_HOME": str(tmp_path)})
    with pytest.raises(ConfigurationError, match="Nothing is published"):
        publication(settings)
    publish(tmp_path, "one", 1)
    first = publication(settings)
    assert publication(settings) is first
    publish(tmp_path, "two", 2)
    second = publication(settings)
    query = "select value from governance_review.kpi_monthly where value >= ?"
    assert (first.one(query, [0]), second.one(query, [0]), second.one(query, [3])) == (1, 2, None)
    assert second.rows(query, [0]) == [{"value": 2}]
    assert list(second.frame(query, [0]).value) == [2]
    assert second.as_of == datetime(2026, 11, 1, 10, tzinfo=UTC).replace(tzinfo=None)
