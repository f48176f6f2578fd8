"""``deskhouse alerts``: what is open, the most urgent first; its commands acknowledge and deliver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingestion.errors import ConfigurationError
from orchestration.commands import alert_delivery
from orchestration.commands.session import output, sentences
from orchestration.delivery.rules import RULE_UNITS, SEVERITIES
from orchestration.figures import in_unit
from orchestration.settings import nothing_there, read_settings
from orchestration.tenants import shown_tenants, tenants_of
from orchestration.terminal import Cell, Column, Terminal, styled
from orchestration.warehouse import open_read_only

if TYPE_CHECKING:
    from orchestration.delivery.episodes import Episode

_COLOURS = {"critical": "red", "high": "yellow", "medium": "cyan", "info": "white"}
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
    rows: list[Episode]


def open_alerts(
    marts_file: Path,
    severity: str | None = None,
    tenant: str | None = None,
    seen: Mapping[tuple[str, str], tuple[str, datetime]] | None = None,
) -> OpenAlerts:
    """Open alerts of the published marts; names as the legal entity allows.

    Args:
        marts_file: the published database.
        severity: the least severity shown, default all.
        tenant: only this one.
        seen: who has acknowledged an alert and when, by tenant and id, also what no build has read yet.

    Raises:
        ConfigurationError: an unknown severity or tenant, or nothing was published yet.
        DeskhouseError: what was published knows no alerts.
    """
    from orchestration.delivery.episodes import episodes_of
    from orchestration.presenting.publication import Publication

    if severity is not None and severity not in SEVERITIES:
        raise ConfigurationError(f"--severity {severity}: choose among {', '.join(SEVERITIES)}.")
    if not marts_file.exists():
        raise nothing_there(marts_file)
    severities = list(SEVERITIES[: SEVERITIES.index(severity) + 1] if severity else SEVERITIES)
    with open_read_only(marts_file) as connection:
        known = tenants_of(connection)
        shown = shown_tenants(known, tenant)
        found = episodes_of(Publication(marts_file, connection), seen or {})
    rows = [
        one
        for one in found
        if one.is_open
        and not one.is_suppressed
        and one.severity in severities
        and one.tenant_id in shown
    ]
    rows.sort(
        key=lambda one: (
            one.tenant_id,
            severities.index(one.severity),
            one.opened_at,
            one.alert_id,
        )
    )
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
        from orchestration.delivery.episodes import acknowledged
        from orchestration.lookups import log_lookup
        from orchestration.silent import print_silent, silent_flags, silent_rules

        settings = read_settings()
        found = open_alerts(settings.marts_file, severity, tenant, acknowledged(settings))
        keys = [one.agent for one in found.rows]
        log_lookup(settings.home, "alerts", keys, len(found.rows), found.shown)
        shown = output()
        silent = silent_rules(settings.marts_file)
        dumb = silent_flags(settings.marts_file)
        for name in found.shown:
            if len(found.known) > 1:
                shown.line(styled(f"Tenant {name}", "bold"))
            _print(shown, [one for one in found.rows if one.tenant_id == name])
            print_silent(shown, "Rules that cannot fire", silent, name)
            print_silent(shown, "Coaching flags that cannot be raised", dumb, name)


def _print(terminal: Terminal, rows: list[Episode]) -> None:
    if not rows:
        terminal.line("No open alerts.")
        return
    heads = [
        *(Column(name, whole=True) for name in ("severity", "rule", "about")),
        *(Column(name, "right", whole=True) for name in ("value", "threshold", "n")),
        *(Column("since (UTC)", whole=True), Column("seen by")),
        *(Column("id", whole=True), Column("told to", optional=True)),
    ]
    terminal.table(heads, [_row(one) for one in rows])
    terminal.line(f"{len(rows)} open; deskhouse alerts show ID tells how to see the rows behind.")


def _row(one: Episode) -> list[Cell]:
    from orchestration.delivery.places import ID_CHARACTERS, place_of
    from orchestration.presenting.languages import language

    unit = RULE_UNITS.get(one.rule_id, "")
    # Whoever runs commands reads what the listing shows: names as the legal entity allows.
    who = one.agent_name or (one.agent or "")[:ID_CHARACTERS] or None
    return [
        styled(one.severity, _COLOURS[one.severity]),
        one.rule_id,
        place_of(one, who, language("en", "kpis")),
        *(in_unit(value, unit) for value in (one.value, one.limit)),
        "" if one.n is None else f"{one.n:,}",
        f"{one.opened_at:%Y-%m-%d %H:%M}",
        (one.acknowledged_by or "") if one.is_acknowledged else "",
        one.alert_id[:ID_CHARACTERS],
        ", ".join(one.roles),
    ]
