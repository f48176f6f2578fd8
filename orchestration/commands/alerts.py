"""``deskhouse alerts``: what is open, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.commands.session import output, sentences
from orchestration.figures import in_unit
from orchestration.settings import read_settings
from orchestration.tenants import shown_tenants, tenants_of
from orchestration.terminal import Cell, Column, Terminal, styled
from orchestration.warehouse import open_read_only

SEVERITIES = ("critical", "high", "medium", "info")
_COLOURS = {"critical": "red", "high": "yellow", "medium": "cyan", "info": "white"}
RULE_UNITS = {
    **dict.fromkeys(("agent_sla_below", "agent_sla_watch", "csat_drop"), "%"),
    **dict.fromkeys(("closed_unanswered_spike", "mapping_gap", "completeness"), "%"),
    "resolution_below": "%",
    "backlog_high": "days",
    **dict.fromkeys(("obligation_at_risk", "obligation_breached", "oldest_overdue"), "s"),
    **dict.fromkeys(("case_deadline", "unexplained_slowdown", "data_stale"), "s"),
    **dict.fromkeys(("headroom_low", "sensitive_burst"), "count"),
    "reason_surge": "per 100",
}
"""Unit of value and threshold by rule."""
_QUERY = """
    select alerts.tenant_id, alerts.severity, alerts.rule_id, alerts.scope_type,
        case when alerts.scope_type = 'agent' then agents.display_name else alerts.scope_id end as scope,
        alerts.value, alerts.threshold, alerts.n, alerts.opened_at, alerts.recipients,
        alerts.alert_id, alerts.evidence_query, alerts.agent_key
    from agent_sla.alerts as alerts
    left join core.dim_agents as agents on alerts.agent_key = agents.agent_key
    where alerts.is_open and not alerts.is_suppressed and list_contains(?, alerts.severity)
        and list_contains(?, alerts.tenant_id)
    order by alerts.tenant_id, list_position(?, alerts.severity), alerts.opened_at, alerts.alert_id
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="alerts")(alerts)


@dataclass(frozen=True)
class OpenAlerts:
    """Open alerts of the shown tenants, each tenant's most urgent first; ``known`` are all tenants of the file."""

    known: tuple[str, ...]
    shown: tuple[str, ...]
    rows: list[dict[str, Any]]


def open_alerts(
    marts_file: Path, severity: str | None = None, tenant: str | None = None
) -> OpenAlerts:
    """Open alerts of the published marts; names as the legal entity allows.

    Args:
        marts_file: the published database.
        severity: the least severity shown, default all.
        tenant: only this one.

    Raises:
        ConfigurationError: an unknown severity or tenant.
        DeskhouseError: nothing was published yet, or what was published knows no alerts.
    """
    import duckdb

    if severity is not None and severity not in SEVERITIES:
        raise ConfigurationError(f"--severity {severity}: choose among {', '.join(SEVERITIES)}.")
    if not marts_file.exists():
        raise DeskhouseError(f"Nothing is published at {marts_file}: run `deskhouse run` first.")
    severities = list(SEVERITIES[: SEVERITIES.index(severity) + 1] if severity else SEVERITIES)
    with open_read_only(marts_file) as connection:
        known = tenants_of(connection)
        shown = shown_tenants(known, tenant)
        try:
            cursor = connection.execute(_QUERY, [severities, list(shown), list(SEVERITIES)])
        except duckdb.CatalogException as error:
            raise DeskhouseError(
                f"{marts_file} was published without alerts: run `deskhouse run` again."
            ) from error
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return OpenAlerts(known, shown, rows)


def alerts(
    context: typer.Context,
    severity: Annotated[
        str | None, typer.Option(help="critical, high, medium or info: this and what is worse.")
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="One seller company only.")] = None,
) -> None:
    """List open alerts of the published marts, the most urgent first."""
    with sentences(context):
        from orchestration.lookups import log_lookup
        from orchestration.silent import print_silent, silent_flags, silent_rules

        settings = read_settings()
        found = open_alerts(settings.marts_file, severity, tenant)
        keys = [row["agent_key"] for row in found.rows]
        log_lookup(settings.home, "alerts", keys, len(found.rows), found.shown)
        shown = output()
        silent = silent_rules(settings.marts_file)
        dumb = silent_flags(settings.marts_file)
        for name in found.shown:
            if len(found.known) > 1:
                shown.line(styled(f"Tenant {name}", "bold"))
            _print(shown, [row for row in found.rows if row["tenant_id"] == name])
            print_silent(shown, "Rules that cannot fire", silent, name)
            print_silent(shown, "Coaching flags that cannot be raised", dumb, name)


def _print(terminal: Terminal, rows: list[dict[str, Any]]) -> None:
    if not rows:
        terminal.line("No open alerts.")
        return
    heads = [
        *(Column(name, whole=True) for name in ("severity", "rule", "about")),
        *(Column(name, "right", whole=True) for name in ("value", "threshold", "n")),
        *(Column("since (UTC)", whole=True), Column("told to", optional=True)),
    ]
    terminal.table(heads, [_row(row) for row in rows])
    terminal.line(f"{len(rows)} open; evidence_query of agent_sla.alerts shows the rows behind.")


def _row(row: dict[str, Any]) -> list[Cell]:
    unit = RULE_UNITS.get(row["rule_id"], "")
    return [
        styled(row["severity"], _COLOURS[row["severity"]]),
        row["rule_id"],
        f"{row['scope_type']} {row['scope']}",
        *(in_unit(_number(row[name]), unit) for name in ("value", "threshold")),
        "" if row["n"] is None else f"{row['n']:,}",
        f"{row['opened_at']:%Y-%m-%d %H:%M}",
        (row["recipients"] or "").replace("|", ", "),
    ]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
