"""The table that ends a run: a month of every seller company, the leading KPIs of a page or all governed ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from orchestration.figures import in_unit
from orchestration.presenting.words import STATUSES
from orchestration.silent import not_measured, print_silent
from orchestration.tenants import shown_tenants, tenants_of
from orchestration.terminal import Cell, Column, Terminal, styled
from orchestration.warehouse import open_read_only

LEADING = (
    *("contact_volume", "resolution_volume", "backlog_actionable"),
    *("frt", "full_resolution_time", "sla_compliance", "sla_breach_count", "unanswered_overdue"),
    *("sdr_24h", "closed_without_reply_rate", "reopen_rate", "fcr_operational", "transfer_rate"),
    *("csat", "qa_score", "cost_per_unit"),
    *("amz_odr", "amz_late_response_rate_est", "ebay_tdr", "ebay_message_24h"),
)
"""What a support lead looks at first, in that order; about twenty rows with both layers of promises."""
STATUS_STYLES = {"green": "green", "amber": "yellow", "red": "red"}
_HAPPENING = ("PO", "PR", "PS", "PC", "PE")
"""Periods of what happens; stocks, windows and verdicts go on after the last event of a source."""
_OWN_GROUP = "G"
"""KPIs about our own loads: a load is no business of the month."""


@dataclass(frozen=True)
class KpiLine:
    """One governed KPI at company scope; ``value`` and ``target`` in the unit of the mart's row."""

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

    @property
    def says_something(self) -> bool:
        """Whether there is a number at all."""
        return self.value is not None or bool(self.value_text)


@dataclass(frozen=True)
class Months:
    """``last_full`` was over at the instant; ``shown`` is the last such month in which anything happened."""

    last_full: date | None
    shown: date | None


def months_of(connection: duckdb.DuckDBPyConnection, tenant_id: str, as_of: datetime) -> Months:
    """Which month a tenant's table shows.

    Args:
        connection: on the published file.
        tenant_id: seller company.
        as_of: instant of the data, aware UTC.
    """
    rows = connection.execute(
        """
        with definitions as (
            select kpi_id, any_value(kpi_group) as kpi_group, any_value(period) as period
            from governance_review.kpi_definitions group by kpi_id
        )
        select
            max(kpi.month),
            max(kpi.month) filter (
                where kpi.n > 0 and kpi.status <> 'grey_not_measurable'
                    and list_contains(?, definitions.period) and definitions.kpi_group <> ?
            ),
            max(kpi.month) filter (where kpi.n > 0 and kpi.status <> 'grey_not_measurable')
        from governance_review.kpi_monthly as kpi
        left join definitions on kpi.kpi_id = definitions.kpi_id
        where kpi.tenant_id = ? and kpi.scope_type = 'company' and kpi.month + interval 1 month <= ?
        """,
        [list(_HAPPENING), _OWN_GROUP, tenant_id, as_of.replace(tzinfo=None)],
    ).fetchall()
    last_full, happened, counted = rows[0]
    return Months(last_full, happened or counted or last_full)


def kpi_lines(connection: duckdb.DuckDBPyConnection, tenant_id: str, month: date) -> list[KpiLine]:
    """Governed company KPIs of a tenant's month that can be measured, in the order of the registry."""
    rows = connection.execute(
        """
        select kpi.kpi_id, kpi.layer, coalesce(definition.name, kpi.kpi_id), coalesce(kpi.unit, ''), kpi.stat,
            cast(kpi.value as double), kpi.value_text, cast(kpi.target as double), kpi.status,
            cast(kpi.n as bigint), kpi.accountable_role
        from governance_review.kpi_monthly as kpi
        left join (
            select *, row_number() over (partition by kpi_id order by kpi_version desc) as newest
            from governance_review.kpi_definitions
        ) as definition on kpi.kpi_id = definition.kpi_id and definition.newest = 1
        where kpi.tenant_id = ? and kpi.month = ? and kpi.scope_type = 'company' and kpi.is_governed
            and kpi.status <> 'grey_not_measurable'
        order by definition.kpi_group, kpi.kpi_id, kpi.layer desc, kpi.variant
        """,
        [tenant_id, month],
    ).fetchall()
    return [KpiLine(*row) for row in rows]


def print_kpis(
    terminal: Terminal,
    marts: Path,
    as_of: datetime,
    tenant: str | None = None,
    everything: bool = False,
    *,
    is_look_back: bool = False,
) -> None:
    """Print the table of the last full month with data, a block for each tenant.

    Args:
        terminal: where to.
        marts: the published database.
        as_of: instant of the data, aware UTC.
        tenant: only this one.
        everything: all governed company KPIs, with their names and roles.
        is_look_back: the table is that of a look-back, and says above from when it looks.

    Raises:
        ConfigurationError: there is no such tenant.
    """
    silent: dict[str, dict[tuple[str, str], list[str]]] = {}
    if is_look_back:
        terminal.blank()
        terminal.line(
            styled(f"LOOK-BACK, not published: as known at {as_of:%Y-%m-%d %H:%M} UTC", "bold")
        )
    with open_read_only(marts) as connection:
        known = tenants_of(connection)
        for name in shown_tenants(known, tenant):
            months = months_of(connection, name, as_of)
            lines = kpi_lines(connection, name, months.shown) if months.shown else []
            _print_block(terminal, name if len(known) > 1 else None, months, lines, everything)
            if months.shown:
                month = f"{months.shown:%Y-%m}"
                if month not in silent:
                    silent[month] = not_measured(marts, month)
                _print_not_measured(terminal, name, month, silent[month], everything)


def _print_block(
    terminal: Terminal, tenant: str | None, months: Months, lines: list[KpiLine], everything: bool
) -> None:
    whose = f"Tenant {tenant}: " if tenant else ""
    if months.shown is None or months.last_full is None:
        terminal.line(
            f"{whose}no full month lies before this instant yet, so there is no KPI table."
        )
        return
    shown = lines if everything else leading(lines)
    terminal.blank()
    terminal.line(styled(f"{whose}company KPIs of {months.shown:%Y-%m}", "bold"))
    if months.shown != months.last_full:
        terminal.line(
            f"{months.shown:%Y-%m} is the last month with data; the last full month is {months.last_full:%Y-%m}."
        )
    heads = [
        Column("KPI", whole=True),
        *([Column("name")] if everything else []),
        Column("value", "right", whole=True),
        Column("target", "right", whole=True),
        Column("status", whole=True),
        Column("n", "right", whole=True),
        Column("accountable", optional=True),
    ]
    terminal.table(heads, [_row(line, everything) for line in shown])
    if len(shown) < len(lines):
        terminal.line(f"{len(lines) - len(shown)} more governed KPIs: deskhouse run --all")


def _print_not_measured(
    terminal: Terminal,
    tenant: str,
    month: str,
    found: dict[tuple[str, str], list[str]],
    everything: bool,
) -> None:
    """All of it by reason, or how many there are and why, in one line."""
    if everything:
        print_silent(terminal, f"Not measurable in {month}", found, tenant)
        return
    mine = {reason: names for (whose, reason), names in found.items() if whose == tenant}
    if mine:
        reasons = sorted(mine, key=lambda reason: -len(mine[reason]))
        count = sum(map(len, mine.values()))
        more = f" and {len(reasons) - 1} other reasons" if len(reasons) > 1 else ""
        said = f"{count} governed KPIs cannot be measured ({reasons[0]}{more}): deskhouse run --all"
        terminal.line(styled(said, "dim"))


def leading(lines: list[KpiLine]) -> list[KpiLine]:
    """The leading KPIs among them that say something."""
    return [
        line
        for kpi_id in LEADING
        for line in lines
        if line.kpi_id == kpi_id and line.says_something
    ]


def _row(line: KpiLine, everything: bool) -> list[Cell]:
    style = STATUS_STYLES.get(line.status, "dim")
    return [
        line.kpi_id if line.layer == "none" else f"{line.kpi_id} {line.layer}",
        *([line.name] if everything else []),
        line.value_text or in_unit(line.value, line.unit, line.stat),
        in_unit(line.target, line.unit, line.stat),
        styled(STATUSES.get(line.status, line.status), style),
        "" if line.n is None else f"{line.n:,}",
        line.accountable_role or "",
    ]
