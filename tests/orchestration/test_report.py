"""What a run says besides its numbers: refused rows with their markup, failed checks with reason and remedy."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from orchestration.report import print_refusals, print_warnings
from orchestration.settings import DBT_DIR
from orchestration.terminal import Terminal

AS_OF = datetime(2026, 11, 12, 6, tzinfo=UTC)
_COLUMNS = (
    "tenant_id varchar, source_system varchar, date_day date, checkpoint varchar, check_name varchar, "
    "table_name varchar, status varchar, value decimal(18, 6), limit_value decimal(18, 6), limit_condition varchar, "
    "why varchar, action varchar"
)


def _warned(path: Path, rows: list[tuple[object, ...]]) -> list[str]:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema data_quality")
        connection.execute(f"create table data_quality.check_results_daily ({_COLUMNS})")
        connection.executemany(
            f"insert into data_quality.check_results_daily values ({', '.join('?' * 12)})", rows
        )
    file = io.StringIO()
    print_warnings(Terminal(file=file), path, AS_OF)
    return file.getvalue().splitlines()


def _row(
    tenant: str, day: int, value: str, status: str = "failed", checkpoint: str = "warehouse"
) -> tuple[object, ...]:
    return (
        *(
            tenant,
            "desk",
            date(2026, 11, day),
            checkpoint,
            "load_completeness",
            "messages",
            status,
            value,
        ),
        *("0.999", "greater_or_equal", "it [/red] is lost", "correct the source"),
    )


def test_a_failed_rate_is_one_line_with_places_worst_value_remedy_and_reason(
    tmp_path: Path,
) -> None:
    rows = [_row("b", 12, "0.98"), _row("a", 11, "0.9985"), _row("a", 12, "0.995")]
    assert _warned(tmp_path / "m.duckdb", rows) == [
        "warning: load_completeness failed (a, desk, messages; b, desk, messages; 98 %, at least 99.9 % needed): "
        "correct the source. Why: it [/red] is lost."
    ]


def test_older_days_passed_checks_and_the_gate_are_not_told_again(tmp_path: Path) -> None:
    rows = [
        _row("a", 10, "0.5"),
        _row("a", 12, "1", status="passed"),
        _row("a", 12, "0.5", checkpoint="raw"),
    ]
    assert _warned(tmp_path / "m.duckdb", rows) == []


def test_every_rate_of_the_warehouse_has_a_reason_and_a_remedy() -> None:
    text = (DBT_DIR / "models/marts/data_quality/int_warehouse_checks.sql").read_text(
        encoding="utf-8"
    )
    listed = re.findall(r"'(\w+)', [\d.]+, '(\w+)',\n\s+'([^']{30,})',\n\s+'([^']{30,})',\n", text)
    assert len(listed) == len(re.findall(r"'(?:greater|less)_or_equal',", text)) == 11


def test_a_refused_cell_with_markup_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw_zendesk")
        connection.execute(
            "create table raw_zendesk.quarantined_records as select 'tickets' as file_name, 7 as line_no, "
            "'sent_at' as column_name, '''[/red]\x1b[31m'' is no instant' as reason"
        )
    file = io.StringIO()
    print_refusals(Terminal(file=file), path)
    assert "tickets line 7, sent_at: '[/red]\\x1b[31m' is no instant" in file.getvalue()
