"""``deskhouse alerts``: what is open, the most urgent first; its commands acknowledge and deliver."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.commands import alert_delivery
from orchestration.commands.session import output, sentences
from orchestration.delivery.rules import RULE_UNITS, SEVERITIES
from orchestration.figures import in_unit
from orchestration.settings import Settings, nothing_there, read_settings
from orchestration.tenants import shown_tenants, tenants_of
from orchestration.terminal import Cell, Column, Terminal, styled
from orchestration.warehouse import open_read_only

_COLOURS = {"critical": "red", "high": "yellow", "medium": "cyan", "info": "white"}
_QUERY = """
    select alerts.tenant_id, alerts.severity, alerts.rule_id, alerts.scope_type,
        case when alerts.scope_type = 'agent' then agents.display_name else alerts.scope_id end as scope,
        alerts.value, alerts.threshold, alerts.n, alerts.opened_at, alerts.recipients,
        alerts.alert_id, alerts.evidence_query, alerts.agent_key, alerts.acknowledged_by, alerts.acknowledged_at
    from agent_sla.alerts as alerts
    left join core.dim_agents as agents on alerts.agent_key = agents.agent_key
    where alerts.is_open and not alerts.is_suppressed and list_contains(?, alerts.severity)
        and list_contains(?, alerts.tenant_id)
    order by alerts.tenant_id, list_position(?, alerts.severity), alerts.opened_at, alerts.alert_id
"""
_group = typer.Typer(invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Add the command and those below it."""
    alert_delivery.register(_group)
    app.add_typer(_group, name="alerts")


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
        ConfigurationError: an unknown severity or tenant, or nothing was published yet.
        DeskhouseError: what was published knows no alerts.
    """
    import duckdb

    if severity is not None and severity not in SEVERITIES:
        raise ConfigurationError(f"--severity {severity}: choose among {', '.join(SEVERITIES)}.")
    if not marts_file.exists():
        raise nothing_there(marts_file)
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


@_group.callback()
def alerts(
    context: typer.Context,
    severity: Annotated[
        str | None, typer.Option(help="critical, high, medium or info: this and what is worse.")
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="One seller company only.")] = None,
) -> None:
    """List open alerts of the published marts, the most urgent first; acknowledge and send them."""
    if context.invoked_subcommand is not None:
        return
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
        seen = _seen(settings)
        for name in found.shown:
            if len(found.known) > 1:
                shown.line(styled(f"Tenant {name}", "bold"))
            _print(shown, [row for row in found.rows if row["tenant_id"] == name], seen)
            print_silent(shown, "Rules that cannot fire", silent, name)
            print_silent(shown, "Coaching flags that cannot be raised", dumb, name)


def _seen(settings: Settings) -> dict[tuple[str, str], tuple[str, datetime]]:
    """Who has acknowledged which alert and when, also what no build has read yet."""
    from orchestration.ledger.tables import rows_of

    return {
        (row["tenant_id"], row["alert_id"]): (row["acknowledged_by"], row["acknowledged_at"])
        for row in rows_of(settings.home, "acknowledgements")
    }


def _print(
    terminal: Terminal,
    rows: list[dict[str, Any]],
    seen: dict[tuple[str, str], tuple[str, datetime]],
) -> None:
    if not rows:
        terminal.line("No open alerts.")
        return
    heads = [
        *(Column(name, whole=True) for name in ("severity", "rule", "about")),
        *(Column(name, "right", whole=True) for name in ("value", "threshold", "n")),
        *(Column("since (UTC)", whole=True), Column("seen by")),
        *(Column("id", whole=True), Column("told to", optional=True)),
    ]
    table = [
        _row(row, _seen_by(row, seen.get((row["tenant_id"], row["alert_id"])))) for row in rows
    ]
    terminal.table(heads, table)
    terminal.line(f"{len(rows)} open; deskhouse alerts show ID tells how to see the rows behind.")


def _seen_by(row: dict[str, Any], recorded: tuple[str, datetime] | None) -> str:
    """Who has seen this episode: what was seen before it began was another one."""
    known = [(row["acknowledged_by"], row["acknowledged_at"]), recorded or (None, None)]
    told = [(at, str(by)) for by, at in known if at is not None and at >= row["opened_at"]]
    return max(told)[1] if told else ""


def _row(row: dict[str, Any], seen_by: str) -> list[Cell]:
    unit = RULE_UNITS.get(row["rule_id"], "")
    return [
        styled(row["severity"], _COLOURS[row["severity"]]),
        row["rule_id"],
        f"{row['scope_type']} {row['scope']}",
        *(in_unit(_number(row[name]), unit) for name in ("value", "threshold")),
        "" if row["n"] is None else f"{row['n']:,}",
        f"{row['opened_at']:%Y-%m-%d %H:%M}",
        seen_by,
        row["alert_id"][:10],
        (row["recipients"] or "").replace("|", ", "),
    ]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
