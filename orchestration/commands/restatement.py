"""``deskhouse restatement``: numbers of closed months that moved, approved by name and shown to a forum."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ingestion.config import parse_instant
from ingestion.errors import ConfigurationError
from orchestration.closing.month_close import parse_month
from orchestration.commands.session import output, sentences
from orchestration.ledger.operator import claimed_name
from orchestration.ledger.tables import rows_of
from orchestration.presenting.scopes import Called, called_in
from orchestration.settings import Settings, read_settings
from orchestration.tenants import deciding_tenant, known_tenants, shown_tenants
from orchestration.terminal import Cell, Column, Terminal, styled

_LOCK_WAIT_SECONDS = 30
_SHOWN_ROWS = 40
_SHORT_ID = 10
_log = typer.Typer(
    no_args_is_help=True,
    help="Numbers of closed months that moved: list, approve, show to a forum.",
)

_Ids = Annotated[list[str] | None, typer.Argument(help="Ids, or their beginning; default all.")]
_Month = Annotated[str | None, typer.Option(help="Closed month, such as 2026-10.")]
_Kpi = Annotated[str | None, typer.Option(help="KPI id.")]
_Tenant = Annotated[str | None, typer.Option(help="One seller company only.")]
_All = Annotated[bool, typer.Option("--all-tenants", help="Those of every seller company.")]
_By = Annotated[str | None, typer.Option(help="Who, default your account.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_log, name="restatement")


@_log.command("list")
def list_restatements(
    context: typer.Context,
    month: _Month = None,
    kpi: _Kpi = None,
    reason: Annotated[str | None, typer.Option(help="Such as late_data or mapping_fix.")] = None,
    tenant: _Tenant = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those a forum has seen, and every row.")
    ] = False,
) -> None:
    """Show what moved and no forum has seen yet, the newest first."""
    with sentences(context):
        from orchestration.closing.reviewing import Picked, listed_restatements

        settings = read_settings()
        picked = Picked((), parse_month(month) if month else None, kpi, reason)
        found = listed_restatements(settings, picked)
        known = sorted({*known_tenants(settings), *(row["tenant_id"] for row in found)})
        rows = [row for row in found if everything or row["shown_in_forum_at"] is None]
        whose = shown_tenants(known, tenant)
        of = {name: [row for row in rows if row["tenant_id"] == name] for name in whose}
        printed = [row for some in of.values() for row in _printed(some, everything)]
        shown, called = output(), called_in(settings, "restatement list", printed)
        if not known:
            _print(shown, rows, everything, called)
        for name in whose:
            if len(known) > 1:
                shown.line(styled(f"Tenant {name}", "bold"))
            _print(shown, of[name], everything, called)


def _printed(rows: list[dict[str, Any]], everything: bool) -> list[dict[str, Any]]:
    return rows if everything else rows[:_SHOWN_ROWS]


def _print(
    terminal: Terminal, rows: list[dict[str, Any]], everything: bool, called: Called
) -> None:
    if not rows:
        terminal.line("No restatement waits for a forum.")
        return
    heads: list[Column | str] = [
        *(Column(name, whole=True) for name in ("id", "month", "KPI", "statistic", "scope")),
        *("before", "now", "reason", "approved by", "shown"),
    ]
    shown = _printed(rows, everything)
    terminal.table(heads, [_row(row, called) for row in shown])
    if len(rows) > len(shown):
        terminal.line(
            f"… and {len(rows) - len(shown):,} more; --month, --kpi and --reason narrow, --all lists every row."
        )


def _row(row: dict[str, Any], called: Called) -> list[Cell]:
    parts = (row["stat"], row["clock"], row["layer"], row["variant"])
    at = row["shown_in_forum_at"]
    return [
        row["restatement_id"][:_SHORT_ID],
        f"{row['month']:%Y-%m}",
        row["kpi_id"],
        " · ".join(part for part in parts if part != "none"),
        called.place(row),
        _seen(row, "old"),
        _seen(row, "new"),
        row["reason_code"],
        row["approved_by"] or "",
        f"{at:%Y-%m-%d}" if at else "",
    ]


def _whose(settings: Settings, tenant: str | None, all_tenants: bool) -> str | None:
    """The tenant that is decided for, None for all of them, or where nothing tells which there are.

    Raises:
        ConfigurationError: there are several and none was named, or it is unknown.
    """
    if all_tenants and tenant:
        raise ConfigurationError("Give either --tenant or --all-tenants.")
    if all_tenants:
        return None
    told = {row["tenant_id"] for row in rows_of(settings.home, "restatements")}
    return deciding_tenant(sorted({*known_tenants(settings), *told}), tenant)


@_log.command("approve")
def approve(
    context: typer.Context,
    ids: _Ids = None,
    month: _Month = None,
    kpi: _Kpi = None,
    reason: Annotated[
        str | None, typer.Option(help="Only those told with this reason, such as late_data.")
    ] = None,
    set_reason: Annotated[
        str | None, typer.Option(help="The true reason, where the evidence gives another.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="What there is to say about them.")] = None,
    by: _By = None,
    tenant: _Tenant = None,
    all_tenants: _All = False,
) -> None:
    """Approve restatements by name; the next run shows it in governance_review.restatements."""
    with sentences(context):
        from orchestration.closing.reviewing import Picked
        from orchestration.closing.reviewing import approve as approve_picked
        from orchestration.warehouse import warehouse_lock

        settings = read_settings()
        picked = Picked(
            tuple(ids or ()),
            parse_month(month) if month else None,
            kpi,
            reason,
            _whose(settings, tenant, all_tenants),
        )
        person = claimed_name(by)
        with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            count = approve_picked(settings, picked, person, note, set_reason)
        output().line(f"{count:,} approved by {person}.")


@_log.command("shown")
def shown(
    context: typer.Context,
    month: _Month = None,
    forum: Annotated[str, typer.Option(help="Forum that saw them.")] = "monthly_business_review",
    meeting: Annotated[
        str | None, typer.Option(help="ISO-8601 instant of the meeting, default now.")
    ] = None,
    by: _By = None,
    tenant: _Tenant = None,
    all_tenants: _All = False,
) -> None:
    """Record that a forum was shown all restatements it had not seen (found before the meeting)."""
    with sentences(context):
        from orchestration.closing.reviewing import Picked, show
        from orchestration.warehouse import warehouse_lock

        settings = read_settings()
        whose = _whose(settings, tenant, all_tenants)
        picked = Picked((), parse_month(month) if month else None, tenant_id=whose)
        at = parse_instant(meeting) if meeting else settings.as_of
        with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            count = show(settings, picked, forum, claimed_name(by), at)
        output().line(f"{count:,} shown to {forum} at {at:%Y-%m-%d %H:%M} UTC.")


def _seen(row: dict[str, object], side: str) -> str:
    """Value and status of one side; the mart's plain numbers, as units need the registry."""
    value, text = row[f"{side}_value"], row[f"{side}_value_text"]
    number = "" if value is None else f"{float(str(value)):,.6g}"
    said = " ".join(str(part) for part in (number, text, row[f"{side}_status"]) if part)
    return said or "–"
