"""explain finds in core what the marts count, for every KPI it knows, at every scope."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import ConfigurationError
from orchestration.explain.families import FAMILIES
from orchestration.explain.number import (
    Question,
    UnknownNumberError,
    explain,
    explainable,
    parse_month,
    write_csv,
)

SCOPES = ("company", "platform", "marketplace_account", "channel", "team", "agent")


def test_month_is_parsed_and_nonsense_is_named() -> None:
    assert parse_month("2026-10") == date(2026, 10, 1)
    for text in ("2026", "2026-13", "October", "2026-10-01"):
        with pytest.raises(ConfigurationError, match="2026-10"):
            parse_month(text)


def test_every_explainable_kpi_is_in_the_registry() -> None:
    seeds = Path(__file__).parent.parent.parent / "dbt_project" / "seeds"
    with (seeds / "seed_kpi_definitions.csv").open(encoding="utf-8", newline="") as handle:
        registered = {row["kpi_id"] for row in csv.DictReader(handle)}
    assert set(FAMILIES) <= registered


@pytest.fixture(scope="module")
def numbers(
    simulated_warehouse: tuple[Path, datetime],
) -> list[tuple[str, date, str, str]]:
    """Every KPI at company scope and with its nobody, and a fixed sample of the other scopes, for two months."""
    warehouse, _ = simulated_warehouse
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(
            """
            select distinct kpi_id, month, scope_type, scope_id from governance_review.kpi_monthly
            where list_contains(?, kpi_id) and month in (date '2026-01-01', date '2026-02-01')
                and list_contains(?, scope_type) and status <> 'grey_not_measurable'
                and (scope_type = 'company' or scope_id in ('unowned', 'no_team')
                    or hash(kpi_id || scope_id || month) % 16 = 0)
            order by 1, 2, 3, 4
            """,
            [list(explainable()), list(SCOPES)],
        ).fetchall()


@pytest.mark.slow
def test_rows_found_are_the_rows_counted(
    simulated_warehouse: tuple[Path, datetime], numbers: list[tuple[str, date, str, str]]
) -> None:
    warehouse, _ = simulated_warehouse
    assert {kpi_id for kpi_id, *_ in numbers} == set(explainable())
    wrong = []
    for kpi_id, month, scope_type, scope_id in numbers:
        found = explain(warehouse, Question(kpi_id, month, scope_type, scope_id))
        for part in found.parts:
            if part.has_rows and not part.agrees:
                wrong.append(
                    f"{kpi_id} {month:%Y-%m} {scope_type} {scope_id} {part.title}: {len(part.rows)} rows, "
                    f"mart n {part.facts['n']} numerator {part.facts['numerator']}"
                )
    assert wrong == []


@pytest.mark.slow
def test_the_csv_holds_every_row_and_the_exclusions_are_said(
    simulated_warehouse: tuple[Path, datetime], tmp_path: Path
) -> None:
    warehouse, _ = simulated_warehouse
    found = explain(
        warehouse, Question("sla_compliance_first_reply", date(2026, 1, 1), layer="internal")
    )
    assert [part.facts["layer"] for part in found.parts] == ["internal"]
    path = tmp_path / "rows.csv"
    lines = write_csv(found, path)
    assert lines == found.parts[0].expected_rows > 0
    with path.open(encoding="utf-8", newline="") as handle:
        assert len(list(csv.DictReader(handle))) == lines
    assert found.parts[0].owner_rules()
    assert any(reason.startswith("tickets excluded: spam") for reason, _ in found.left_out)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "says"),
    [
        (Question("ftr", date(2026, 1, 1)), "frt"),
        (Question("frt", date(2001, 1, 1)), "2001-01"),
        (Question("frt", date(2026, 1, 1), "agent", "nobody"), "nobody"),
        (Question("csat", date(2026, 1, 1), layer="internal"), "csat"),
    ],
)
def test_what_does_not_exist_is_named_with_what_does(
    simulated_warehouse: tuple[Path, datetime], question: Question, says: str
) -> None:
    with pytest.raises(UnknownNumberError, match=says):
        explain(simulated_warehouse[0], question)


def test_without_a_warehouse_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNumberError, match="deskhouse run"):
        explain(tmp_path / "warehouse.duckdb", Question("frt", date(2026, 1, 1)))
