"""``deskhouse action``: the log of what the forums decided."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from ingestion.errors import ConfigurationError
from orchestration.closing.month_close import parse_month
from orchestration.commands.session import output, sentences
from orchestration.ledger.operator import claimed_name
from orchestration.presenting.scopes import Called, called_in
from orchestration.settings import Settings, read_settings
from orchestration.tenants import deciding_tenant, known_tenants, shown_tenants
from orchestration.terminal import Cell, Column, Terminal, styled

_LOCK_WAIT_SECONDS = 30
_log = typer.Typer(no_args_is_help=True, help="Log what a forum decided, close it, list it.")

_Tenant = Annotated[str | None, typer.Option(help="Seller company, if there are several.")]
_By = Annotated[str | None, typer.Option(help="Who records it, default your account.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_log, name="action")


@_log.command("add")
def add(
    context: typer.Context,
    decision: Annotated[str, typer.Argument(help="What was decided, in a sentence.")],
    kpi: Annotated[str, typer.Option(help="KPI that called for it.")],
    owner: Annotated[str, typer.Option(help="Who does it.")],
    due: Annotated[str, typer.Option(help="Day by which it is done, 2026-12-15.")],
    evaluate: Annotated[str, typer.Option(help="Day on which its outcome is judged.")],
    kind: Annotated[str, typer.Option("--type", help="Such as coaching, staffing, process_fix.")],
    forum: Annotated[str, typer.Option(help="Forum that decided.")] = "monthly_business_review",
    trigger: Annotated[
        str, typer.Option(help="red, streak, signal, alert, restatement or idea.")
    ] = "red",
    scope: Annotated[
        str, typer.Option(help="company, or a kind and id such as channel:amazon_it.")
    ] = "company",
    month: Annotated[str | None, typer.Option(help="Month looked at, such as 2026-10.")] = None,
    expect: Annotated[
        str | None, typer.Option(help="Change promised, signed, -0.02 = two points less.")
    ] = None,
    expect_kpi: Annotated[
        str | None, typer.Option(help="KPI that should move, if another; KPI/LAYER for SLA KPIs.")
    ] = None,
    by: _By = None,
    tenant: _Tenant = None,
) -> None:
    """Log a decision; the next run shows it in governance_review.actions."""
    with sentences(context):
        from orchestration.closing.action_log import NewAction, add_action
        from orchestration.former_keys import scope_of_today
        from orchestration.warehouse import warehouse_lock

        settings = read_settings()
        scope_type, _, scope_id = scope.partition(":")
        scope_id = scope_of_today(settings, scope_type, scope_id)
        action = NewAction(
            forum,
            kpi,
            scope_type,
            scope_id or "company",
            parse_month(month) if month else None,
            trigger,
            decision,
            kind,
            owner,
            _day(due),
            _day(evaluate),
            expect_kpi,
            _change(expect),
        )
        whose = _whose(settings, tenant)
        with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            action_id = add_action(settings, action, claimed_name(by), whose)
        output().line(f"{action_id} logged for {whose}, due {due}, judged {evaluate}.")


@_log.command("close")
def close(
    context: typer.Context,
    action_id: Annotated[str, typer.Argument(help="Id, such as A0003.")],
    dropped: Annotated[bool, typer.Option("--dropped", help="It will not be done.")] = False,
    evidence: Annotated[str | None, typer.Option(help="Where the evidence lies.")] = None,
    follow_up: Annotated[str | None, typer.Option(help="Action that continues it.")] = None,
    by: _By = None,
    tenant: _Tenant = None,
) -> None:
    """Say that an action is done, or dropped."""
    with sentences(context):
        from orchestration.closing.action_log import close_action
        from orchestration.warehouse import warehouse_lock

        settings = read_settings()
        whose = _whose(settings, tenant)
        with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            closed = close_action(
                settings,
                action_id,
                claimed_name(by),
                is_dropped=dropped,
                evidence=evidence,
                follow_up=follow_up,
                tenant_id=whose,
            )
        output().line(f"{action_id} is {closed['status']} for {whose}.")


@_log.command("list")
def list_actions(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that are done or dropped.")
    ] = False,
    tenant: Annotated[str | None, typer.Option(help="One seller company only.")] = None,
) -> None:
    """Show open and overdue actions, soonest first."""
    with sentences(context):
        from orchestration.closing.action_log import listed_actions

        settings = read_settings()
        rows = listed_actions(settings)
        known = sorted({*known_tenants(settings), *(row["tenant_id"] for row in rows)})
        listed = [row for row in rows if everything or row["status"] in ("open", "overdue")]
        whose = shown_tenants(known, tenant)
        printed = [row for row in listed if row["tenant_id"] in whose]
        shown, called = output(), called_in(settings, "action list", printed)
        if not known:
            shown.line("No action is open.")
        for name in whose:
            if len(known) > 1:
                shown.line(styled(f"Tenant {name}", "bold"))
            _print(shown, [row for row in printed if row["tenant_id"] == name], called)


def _whose(settings: Settings, tenant: str | None) -> str:
    """The tenant that an action is of.

    Raises:
        ConfigurationError: it cannot be told.
    """
    from orchestration.closing.action_log import latest_actions

    told = {name for name, _ in latest_actions(settings)}
    whose = deciding_tenant(sorted({*known_tenants(settings), *told}), tenant)
    if whose is None:
        raise ConfigurationError(
            "Name the seller company with --tenant: the warehouse is not built yet."
        )
    return whose


def _print(terminal: Terminal, rows: list[dict[str, Any]], called: Called) -> None:
    if not rows:
        terminal.line("No action is open.")
        return
    heads: list[Column | str] = [
        *(Column(name, whole=True) for name in ("action", "due", "status", "KPI", "scope")),
        *("owner", "decision", "outcome"),
    ]
    terminal.table(heads, [_row(row, called) for row in rows])


def _row(row: dict[str, Any], called: Called) -> list[Cell]:
    return [
        row["action_id"],
        str(row["due_on"]),
        row["status"],
        row["kpi_id"],
        called.place(row),
        row["owner"],
        row["decision"],
        row["outcome"] or "",
    ]


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is no day: write it like 2026-12-15.") from error


def _change(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ConfigurationError(
            f"--expect {text!r} is no number: write a signed one like -0.02."
        ) from error
