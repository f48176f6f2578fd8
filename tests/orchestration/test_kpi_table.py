"""The table that ends a run: which month, which KPIs, in which words, a block for each tenant."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.errors import ConfigurationError
from orchestration.kpi_table import LEADING, Months, months_of, print_kpis
from orchestration.settings import DBT_DIR
from orchestration.terminal import Terminal
from orchestration.warehouse import open_read_only

AS_OF = datetime(2027, 3, 5, 6, tzinfo=UTC)
SEP, OCT, NOV, FEB = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1), date(2027, 2, 1)


def registry() -> dict[str, dict[str, str]]:
    with (DBT_DIR / "seeds" / "seed_kpi_definitions.csv").open(encoding="utf-8") as handle:
        return {row["kpi_id"]: row for row in csv.DictReader(handle)}


def _row(
    tenant: str, month: date, kpi_id: str, value: float | None, n: int, **more: Any
) -> dict[str, Any]:
    definition = registry()[kpi_id]
    row = {
        **{
            "tenant_id": tenant,
            "month": month,
            "kpi_id": kpi_id,
            "layer": "none",
            "variant": "none",
        },
        **{"unit": definition["unit"], "stat": definition["stat"], "value": value, "n": n},
        **{"value_text": None, "target": None, "status": "grey_no_target", "scope_type": "company"},
        **{"is_governed": True, "accountable_role": "operations_manager", "status_reason": None},
    }
    return row | more


def marts(path: Path, rows: list[dict[str, Any]]) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema governance_review")
        connection.execute(
            "create table governance_review.kpi_definitions (kpi_id varchar, kpi_version int, kpi_group varchar, "
            "name varchar, unit varchar, period varchar)"
        )
        connection.executemany(
            "insert into governance_review.kpi_definitions values (?, 1, ?, ?, ?, ?)",
            [
                [kpi_id, *(row[name] for name in ("kpi_group", "name", "unit", "period"))]
                for kpi_id, row in registry().items()
            ],
        )
        connection.execute(
            "create table governance_review.kpi_monthly (tenant_id varchar, month date, kpi_id varchar, layer varchar, "
            "variant varchar, unit varchar, stat varchar, value double, n bigint, value_text varchar, target double, "
            "status varchar, scope_type varchar, is_governed boolean, accountable_role varchar, status_reason varchar)"
        )
        connection.executemany(
            f"insert into governance_review.kpi_monthly values ({', '.join('?' * 16)})",
            [list(row.values()) for row in rows],
        )
    return path


def _log_that_ended(tenant: str) -> list[dict[str, Any]]:
    """Contacts until October; afterwards stocks, verdicts by the passing of time, and our own loads go on."""
    rows = [_row(tenant, month, "contact_volume", 25, 25) for month in (SEP, OCT)]
    for month in (OCT, NOV, FEB):
        rows += [
            _row(tenant, month, "backlog_actionable", 3, 3),
            _row(
                tenant, month, "sla_compliance", 0.0, 3, layer="internal", target=0.95, status="red"
            ),
            _row(tenant, month, "load_completeness", 1.0, 9),
            _row(tenant, month, "csat", None, 0, status="grey_not_measurable"),
        ]
    rows += [_row(tenant, month, "contact_volume", 0, 0) for month in (NOV, FEB)]
    return rows


def _printed(path: Path, width: int = 80, **asked: Any) -> str:
    file = io.StringIO()
    print_kpis(Terminal(file=file, width=width), path, AS_OF, **asked)
    return file.getvalue()


def test_the_month_is_the_last_full_one_in_which_anything_happened(tmp_path: Path) -> None:
    path = marts(tmp_path / "m.duckdb", _log_that_ended("main"))
    with open_read_only(path) as connection:
        assert months_of(connection, "main", AS_OF) == Months(FEB, OCT)
        # On the first of November October was just over, and nothing later is known of.
        november = datetime(2026, 11, 1, tzinfo=UTC)
        assert months_of(connection, "main", november) == Months(OCT, OCT)
        october = datetime(2026, 10, 31, 23, tzinfo=UTC)
        assert months_of(connection, "main", october) == Months(SEP, SEP)
        assert months_of(connection, "main", datetime(2026, 9, 30, tzinfo=UTC)) == Months(
            None, None
        )
    said = _printed(path)
    assert "company KPIs of 2026-10\n" in said
    assert "2026-10 is the last month with data; the last full month is 2027-02." in said
    assert "contact_volume" in said
    assert "csat" not in said


def test_where_only_stocks_are_known_their_last_month_is_shown(tmp_path: Path) -> None:
    rows = [_row("main", OCT, "amz_odr", 0.004, 300)]
    with open_read_only(marts(tmp_path / "m.duckdb", rows)) as connection:
        assert months_of(connection, "main", AS_OF).shown == OCT


def test_the_leading_kpis_fit_a_screen_and_all_is_all(tmp_path: Path) -> None:
    layered = ("sla_compliance", "sla_breach_count", "unanswered_overdue")
    rows = [
        _row("main", OCT, kpi_id, 1976400, 1_234_567, layer=layer, target=172800.0)
        for kpi_id in registry()
        for layer in (("marketplace", "internal") if kpi_id in layered else ("none",))
    ]
    path = marts(tmp_path / "m.duckdb", rows)
    lines = _printed(path).splitlines()
    assert len(LEADING) == 20
    assert len(lines) <= 28
    assert max(len(line) for line in lines) <= 80
    assert f"{len(rows) - 23} more governed KPIs: deskhouse run --all" in lines[-1]
    for kpi_id in LEADING:
        assert any(line.startswith(f"{kpi_id} ") for line in lines), kpi_id
    everything = _printed(path, width=200, everything=True)
    for kpi_id, definition in registry().items():
        assert kpi_id in everything
        assert definition["name"] in everything
    assert "22 d 21 h" in everything
    assert "48 h 00 min" in everything


def test_leading_kpis_exist_and_none_is_twice() -> None:
    assert set(LEADING) <= set(registry())
    assert len(set(LEADING)) == len(LEADING)


def test_every_tenant_is_a_block_with_its_own_month(tmp_path: Path) -> None:
    rows = [*_log_that_ended("left [/red]"), _row("busy", FEB, "contact_volume", 7, 7)]
    path = marts(tmp_path / "m.duckdb", rows)
    busy, left = _printed(path).split("Tenant left [/red]: ")
    assert "Tenant busy: company KPIs of 2027-02" in busy
    assert "last month with data" not in busy
    assert left.startswith("company KPIs of 2026-10")
    assert "Tenant" not in _printed(marts(tmp_path / "one.duckdb", _log_that_ended("main")))
    assert "Tenant busy" in _printed(path, tenant="busy")
    assert "left" not in _printed(path, tenant="busy")
    with pytest.raises(ConfigurationError, match=r"no tenant x; known are busy, left \[/red\]"):
        _printed(path, tenant="x")


def test_before_the_first_full_month_there_is_no_table(tmp_path: Path) -> None:
    rows = [_row("main", date(2027, 3, 1), "contact_volume", 7, 7)]
    assert "no full month" in _printed(marts(tmp_path / "m.duckdb", rows))
