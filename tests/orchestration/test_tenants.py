"""Whose numbers a command shows, and whose decision it takes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingestion.errors import ConfigurationError
from orchestration.settings import read_settings
from orchestration.tenants import deciding_tenant, known_tenants, listed, shown_tenants


def _file(path: Path, tenants: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema governance_review")
        connection.execute("create table governance_review.kpi_monthly (tenant_id varchar)")
        for tenant in tenants:
            connection.execute("insert into governance_review.kpi_monthly values (?)", [tenant])


def test_the_publication_knows_the_tenants_and_before_it_the_warehouse(tmp_path: Path) -> None:
    settings = read_settings({"DESKHOUSE_HOME": str(tmp_path)})
    assert known_tenants(settings) == ()
    _file(settings.warehouse, ["b", "a", "b"])
    assert known_tenants(settings) == ("a", "b")
    _file(settings.marts_file, ["c"])
    assert known_tenants(settings) == ("c",)


def test_a_file_without_numbers_knows_nobody(tmp_path: Path) -> None:
    settings = read_settings({"DESKHOUSE_HOME": str(tmp_path)})
    duckdb.connect(str(settings.warehouse)).close()
    assert known_tenants(settings) == ()


def test_showing_takes_all_or_the_named_one() -> None:
    assert shown_tenants(("a", "b"), None) == ("a", "b")
    assert shown_tenants(("a", "b"), "b") == ("b",)
    with pytest.raises(ConfigurationError, match=r"^There is no tenant c; known are a, b\.$"):
        shown_tenants(("a", "b"), "c")
    assert shown_tenants((), "c") == ("c",)


def test_deciding_takes_the_only_one_or_asks() -> None:
    assert deciding_tenant(("a",), None) == "a"
    assert deciding_tenant(("a", "b"), "b") == "b"
    assert deciding_tenant((), None) is None
    with pytest.raises(ConfigurationError, match=r"with --tenant: there are a, b\.$"):
        deciding_tenant(("a", "b"), None)
    with pytest.raises(ConfigurationError, match="no tenant c; known are a, b"):
        deciding_tenant(("a", "b"), "c")


def test_very_many_tenants_are_counted() -> None:
    names = [f"t{number:03}" for number in range(25)]
    assert listed(names).endswith("t019 and 5 more")
    assert listed(names[:20]).endswith("t018, t019")
