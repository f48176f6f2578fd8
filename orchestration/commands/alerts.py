"""``deskhouse alerts``: what is open, the most urgent first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.commands.session import output, sentences
from orchestration.settings import read_settings

SEVERITIES = ("critical", "high", "medium", "info")
_COLOURS = {"critical": "red", "high": "yellow", "medium": "cyan", "info": "white"}
_QUERY = """
    select alerts.severity, alerts.rule_id, alerts.scope_type,
        case when alerts.scope_type = 'agent' then agents.display_name else alerts.scope_id end as scope,
        alerts.value, alerts.threshold, alerts.n, alerts.opened_at, alerts.recipients,
        alerts.alert_id, alerts.evidence_query, alerts.agent_key
    from agent_sla.alerts as alerts
    left join core.dim_agents as agents on alerts.agent_key = agents.agent_key
    where alerts.is_open and not alerts.is_suppressed and list_contains(?, alerts.severity)
    order by list_position(?, alerts.severity), alerts.opened_at, alerts.alert_id
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="alerts")(alerts)


def open_alerts(marts_file: Path, severity: str | None = None) -> list[dict[str, Any]]:
    """Open alerts of the published marts, the most urgent first; names as the legal entity allows.

    Args:
        marts_file: the published database.
        severity: the least severity shown, default all.

    Raises:
        ConfigurationError: an unknown severity.
        DeskhouseError: nothing was published yet, or what was published knows no alerts.
    """
    import duckdb

    if severity is not None and severity not in SEVERITIES:
        raise ConfigurationError(f"--severity {severity}: choose among {', '.join(SEVERITIES)}.")
    if not marts_file.exists():
        raise DeskhouseError(f"Nothing is published at {marts_file}: run `deskhouse run` first.")
    shown = list(SEVERITIES[: SEVERITIES.index(severity) + 1] if severity else SEVERITIES)
    with duckdb.connect(str(marts_file), read_only=True) as connection:
        try:
            cursor = connection.execute(_QUERY, [shown, list(SEVERITIES)])
        except duckdb.CatalogException as error:
            raise DeskhouseError(
                f"{marts_file} was published without alerts: run `deskhouse run` again."
            ) from error
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def alerts(
    context: typer.Context,
    severity: Annotated[
        str | None, typer.Option(help="critical, high, medium or info: this and what is worse.")
    ] = None,
) -> None:
    """List open alerts of the published marts, the most urgent first."""
    with sentences(context):
        from orchestration.lookups import log_lookup
        from orchestration.silent import print_silent, silent_rules

        settings = read_settings()
        found = open_alerts(settings.marts_file, severity)
        log_lookup(settings.home, "alerts", [row["agent_key"] for row in found], len(found))
        console = output()
        silent = silent_rules(settings.marts_file)
        if not found:
            console.print("No open alerts.")
            print_silent(console, "Rules that cannot fire", silent)
            return
        table = Table(box=None)
        for name in (
            "severity",
            "rule",
            "about",
            "value",
            "threshold",
            "n",
            "since (UTC)",
            "told to",
        ):
            table.add_column(name)
        for row in found:
            colour = _COLOURS[row["severity"]]
            table.add_row(
                f"[{colour}]{row['severity']}[/{colour}]",
                row["rule_id"],
                f"{row['scope_type']} {row['scope']}",
                _number(row["value"]),
                _number(row["threshold"]),
                _number(row["n"]),
                f"{row['opened_at']:%Y-%m-%d %H:%M}",
                row["recipients"].replace("|", ", "),
            )
        console.print(table)
        console.print(
            f"{len(found)} open; evidence_query of agent_sla.alerts shows the rows behind."
        )
        print_silent(console, "Rules that cannot fire", silent)


def _number(value: Any) -> str:
    return "" if value is None else f"{float(value):,.3f}".rstrip("0").rstrip(".")
