"""What a person sees after a run besides its numbers: what was refused, what deserves a look, where everything lies."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from orchestration.settings import Settings
from orchestration.terminal import Terminal, styled
from orchestration.warehouse import open_read_only

_SHOWN_REFUSALS = 5
_SHOWN_CHECKS = 10
_LIMITS = {"greater_or_equal": "at least", "less_or_equal": "at most"}


def print_refusals(terminal: Terminal, warehouse: Path) -> None:
    """Vendors' records that are refused as they were last read: how many, and the first with place, column, reason.

    What became of landing files was said when they had been read (`landing_report`).
    """
    if not warehouse.exists():
        return
    with open_read_only(warehouse) as connection:
        schemas = connection.execute(
            "select table_schema from information_schema.tables where table_name = 'quarantined_records' "
            "and table_schema like 'raw\\_%' escape '\\' and table_schema not like '%\\_staging' escape '\\' "
            "and table_schema <> 'raw_landing' order by 1"
        ).fetchall()
        rows = [
            row
            for (schema,) in schemas
            for row in connection.execute(
                f'select file_name, line_no, column_name, reason from "{schema}".quarantined_records '
                "order by file_name, line_no, column_name, reason"
            ).fetchall()
        ]
    if not rows:
        return
    terminal.line(
        styled("refused:", "yellow"),
        f" {len(rows):,} faults in vendors' records, all listed in data_quality.quarantined_records:",
    )
    for file, line, column, reason in rows[:_SHOWN_REFUSALS]:
        place = f"{file} line {line}" if line else str(file)
        terminal.line(f"  {place}, {column or 'record'}: {reason}")


def print_warnings(terminal: Terminal, marts: Path, as_of: datetime) -> None:
    """Checks of the warehouse's own rates that failed on the last two days, with reason and remedy.

    Args:
        terminal: where to.
        marts: the published database.
        as_of: instant of the data.
    """
    with open_read_only(marts) as connection:
        rows = connection.execute(
            """
            select check_name, limit_condition, cast(limit_value as double), any_value(why), any_value(action),
                string_agg(distinct tenant_id || ', ' || source_system || ', ' || table_name, '; '
                    order by tenant_id || ', ' || source_system || ', ' || table_name),
                case limit_condition when 'less_or_equal' then max(cast(value as double))
                    else min(cast(value as double)) end
            from data_quality.check_results_daily
            where checkpoint = 'warehouse' and status = 'failed' and date_day > ?
            group by check_name, limit_condition, limit_value order by check_name
            """,
            [(as_of - timedelta(days=2)).date()],
        ).fetchall()
    for name, condition, limit, why, action, places, value in rows[:_SHOWN_CHECKS]:
        terminal.warning(
            f"{name} failed ({places}; {_share(value)}, {_LIMITS[condition]} {_share(limit)} needed): "
            f"{action}. Why: {why}."
        )


def _share(value: float) -> str:
    """A share with the digits that tell it from its limit."""
    text = f"{100 * value:.3f}".rstrip("0").rstrip(".")
    return f"{text} %"


def print_places(terminal: Terminal, settings: Settings, changed: dict[str, int]) -> None:
    """What was loaded and where the results lie."""
    loaded = ", ".join(f"{source} {rows:,}" for source, rows in changed.items()) or "nothing"
    places: list[tuple[str, Any]] = [
        ("new and changed rows", loaded),
        ("judged at", settings.as_of.isoformat()),
        ("marts for BI", settings.marts_file),
        ("the same as Parquet", settings.published_dir / "parquet"),
        ("warehouse (one writer, not for BI)", settings.warehouse),
        ("see it", "make ui · deskhouse explain KPI MONTH · deskhouse doctor"),
    ]
    for what, where in places:
        terminal.line(f"  {what:<36}{where}")
