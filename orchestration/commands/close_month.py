"""``deskhouse close-month``: the month as presented, frozen for good."""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from ingestion.errors import ConfigurationError
from orchestration.closing.month_close import (
    CloseRequest,
    MonthClose,
    closes_of,
    is_closed,
    parse_month,
)
from orchestration.commands.session import EXIT_FAILED, output, sentences
from orchestration.ledger.operator import claimed_name
from orchestration.settings import Settings, read_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(close_month)


def close_month(
    context: typer.Context,
    month: Annotated[str, typer.Argument(help="Month, such as 2026-10.")],
    by: Annotated[str | None, typer.Option(help="Who closes, default your account.")] = None,
    waive: Annotated[
        list[str] | None, typer.Option(help="A failed gate that --by signs off; repeatable.")
    ] = None,
    second: Annotated[
        str | None, typer.Option(help="Who agrees to what is signed off; another person.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why it may be closed all the same.")] = None,
    tenant: Annotated[str | None, typer.Option(help="One seller company only.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="ISO-8601 instant of the close, default now.")
    ] = None,
) -> None:
    """Freeze a month as presented, once its gates pass or are signed off by name, and publish.

    From day 8, 06:00 in the reporting zone. What moves later is told as a restatement beside the frozen value.
    """
    with sentences(context):
        if waive and not (by and second and reason):
            raise ConfigurationError(
                "A gate is signed off by two names and a reason: add --by NAME, --second NAME and --reason TEXT."
            )
        settings = read_settings(as_of=as_of)
        waived = dict.fromkeys(waive or (), reason or "")
        request = CloseRequest(parse_month(month), claimed_name(by), waived, tenant, second)
        code = _close(settings, request, context.obj.debug)
    raise typer.Exit(code)


def _close(settings: Settings, request: CloseRequest, debug: bool) -> int:
    from orchestration.progress import ConsoleReporter
    from orchestration.running import run_close

    os.environ["DESKHOUSE_HOME"] = str(settings.home)
    console, errors = output(), Console(stderr=True)
    before = set(closes_of(settings))
    if is_closed(settings, request):
        _print_closes(console, settings, request, before)
        return 0
    with ConsoleReporter() as reporter:
        outcome = run_close(settings, request, reporter)
    _print_closes(console, settings, request, before)
    for text in outcome.warnings:
        errors.print("[yellow]warning:[/yellow] ", end="")
        errors.print(text, highlight=False, soft_wrap=True, markup=False)
    for text in outcome.build_errors:
        errors.print("[red]error:[/red] ", end="")
        errors.print(text, highlight=False, soft_wrap=True, markup=False)
    if debug:
        for trace in outcome.traces:
            errors.print(trace, highlight=False, markup=False)
    return 0 if outcome.is_published and not outcome.build_errors else EXIT_FAILED


def _print_closes(
    console: Console, settings: Settings, request: CloseRequest, before: set[tuple[str, date]]
) -> None:
    closes = closes_of(settings)
    for key in sorted(closes):
        if key[1] == request.month and request.tenant_id in (None, key[0]):
            _print_close(console, closes[key], is_new=key not in before)


def _print_close(console: Console, close: MonthClose, is_new: bool) -> None:
    when = f"{close.closed_at:%Y-%m-%d %H:%M} UTC by {close.closed_by}"
    if not is_new:
        console.print(
            f"{close.month:%Y-%m} of {close.tenant_id} was closed on {when}; nothing changed.",
            highlight=False,
        )
        return
    console.print(
        f"{close.month:%Y-%m} of {close.tenant_id} is closed ({when}): {close.row_count:,} numbers as of "
        f"{close.data_as_of:%Y-%m-%d %H:%M} UTC, snapshot {close.snapshot_hash[:16]}",
        highlight=False,
    )
    for gate in close.gates:
        console.print(f"  {gate.gate:<18} {gate.state:<15} {gate.seen}", highlight=False)
