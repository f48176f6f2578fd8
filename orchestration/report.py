"""What a person sees after a run: the KPIs of the last full month, and where everything lies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.settings import Settings
from orchestration.warehouse import open_read_only

_SHOWN_REFUSALS = 5
_STATUS_STYLE = {"green": "green", "amber": "yellow", "red": "red"}


@dataclass(frozen=True)
class KpiLine:
    """One governed KPI at company scope; ``value`` and ``target`` in the unit of the registry."""

    tenant_id: str
    kpi_id: str
    layer: str
    name: str
    unit: str
    stat: str
    value: float | None
    value_text: str | None
    target: float | None
    status: str
    n: int | None
    accountable_role: str | None


def last_full_month(marts: Path, as_of: datetime) -> tuple[str | None, list[KpiLine]]:
    """The newest month that was over at ``as_of`` (YYYY-MM) and its governed KPI rows, in the order of the registry."""
    with open_read_only(marts) as connection:
        months = connection.execute(
            "select max(month) from governance_review.kpi_monthly "
            "where month + interval 1 month <= ? and scope_type = 'company'",
            [as_of.replace(tzinfo=None)],
        ).fetchall()
        month = months[0][0]
        if month is None:
            return None, []
        rows = connection.execute(
            """
            select kpi.tenant_id, kpi.kpi_id, kpi.layer, coalesce(definition.name, kpi.kpi_id),
                coalesce(definition.unit, ''), kpi.stat,
                cast(kpi.value as double), kpi.value_text, cast(kpi.target as double), kpi.status,
                cast(kpi.n as bigint), kpi.accountable_role
            from governance_review.kpi_monthly as kpi
            left join (
                select *, row_number() over (partition by kpi_id order by kpi_version desc) as newest
                from governance_review.kpi_definitions
            ) as definition on kpi.kpi_id = definition.kpi_id and definition.newest = 1
            where kpi.month = ? and kpi.scope_type = 'company' and kpi.is_governed
                and kpi.status <> 'grey_not_measurable'
            order by kpi.tenant_id, definition.kpi_group, kpi.kpi_id, kpi.layer
            """,
            [month],
        ).fetchall()
    return f"{month:%Y-%m}", [KpiLine(*row) for row in rows]


def print_kpis(
    console: Console, marts: Path, as_of: datetime, *, is_look_back: bool = False
) -> None:
    """The KPI table of the last full month; that of a look-back says from when it looks."""
    month, lines = last_full_month(marts, as_of)
    if month is None:
        console.print("No full month lies before this instant yet, so there is no KPI table.")
        return
    title = f"Company KPIs of {month}"
    if is_look_back:
        title = f"LOOK-BACK, not published: {title} as known at {as_of:%Y-%m-%d %H:%M} UTC"
    table = Table(title=title, title_justify="left")
    has_tenants = len({line.tenant_id for line in lines}) > 1
    if has_tenants:
        table.add_column("tenant")
    for heading in ("KPI", "layer", "value", "target", "status", "n", "accountable"):
        table.add_column(
            heading, justify="right" if heading in ("value", "target", "n") else "left"
        )
    for line in lines:
        style = _STATUS_STYLE.get(line.status, "dim")
        table.add_row(
            *([line.tenant_id] if has_tenants else []),
            f"{line.name} [dim]{line.kpi_id}[/dim]",
            "" if line.layer == "none" else line.layer,
            line.value_text or in_unit(line.value, line.unit, line.stat),
            in_unit(line.target, line.unit, line.stat),
            f"[{style}]{line.status}[/{style}]",
            "" if line.n is None else f"{line.n:,}",
            line.accountable_role or "",
        )
    console.print(table)


def in_unit(value: float | None, unit: str, stat: str) -> str:
    """A value as people read it: durations as h and min, shares as percent, counts whole; empty for null."""
    if value is None:
        return ""
    if unit == "s":
        return duration(value)
    if unit in ("%", "pp or %") or (stat == "ratio" and not unit):
        return f"{value:.1%}"
    plain = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return (
        f"{plain} {unit}"
        if unit in ("per 100", "per hour", "per ticket", "h", "days", "pp")
        else plain
    )


def duration(seconds: float) -> str:
    """Seconds as ``12 s``, ``34 min`` or ``5 h 06 min``."""
    whole = round(seconds)
    if abs(whole) < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if abs(minutes) < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def print_refusals(console: Console, warehouse: Path) -> None:
    """Landing rows that are refused as the files are now: how many, and the first with file, line, column, reason."""
    if not warehouse.exists():
        return
    with open_read_only(warehouse) as connection:
        exists = connection.execute(
            "select count(*) from information_schema.tables "
            "where table_schema = 'raw_landing' and table_name = 'quarantined_records'"
        ).fetchall()[0][0]
        if not exists:
            return
        rows = connection.execute(
            "select file_name, line_no, column_name, reason from raw_landing.quarantined_records "
            "order by file_name, line_no, column_name"
        ).fetchall()
    if not rows:
        return
    console.print(
        f"[yellow]refused:[/yellow] {len(rows):,} landing rows, all listed in data_quality.quarantined_records:",
        highlight=False,
    )
    for file, line, column, reason in rows[:_SHOWN_REFUSALS]:
        place = f"{file} line {line}" if line else str(file)
        console.print(f"  {place}, {column or 'row'}: {reason}", highlight=False, soft_wrap=True)


def print_places(console: Console, settings: Settings, changed: dict[str, int]) -> None:
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
        console.print(f"  {what:<36}{where}", highlight=False, soft_wrap=True)
