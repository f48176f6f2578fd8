"""``deskhouse close-month``: the month as presented, frozen for good."""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated

import typer

from ingestion.errors import ConfigurationError
from orchestration.closing.month_close import (
    CloseRequest,
    MonthClose,
    closes_of,
    is_closed,
    parse_month,
    refuse_unready,
)
from orchestration.commands.session import EXIT_FAILED, errors, output, sentences
from orchestration.ledger.operator import claimed_name
from orchestration.settings import Settings, read_settings
from orchestration.tenants import deciding_tenant, known_tenants
from orchestration.terminal import Terminal


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
    tenant: Annotated[
        str | None, typer.Option(help="Seller company, if there are several.")
    ] = None,
    all_tenants: Annotated[
        bool, typer.Option("--all-tenants", help="Every seller company: all are closed or none.")
    ] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="ISO-8601 instant of the close, default now.")
    ] = None,
) -> None:
    """Freeze a month as presented, once its gates pass or are signed off by name, and publish.

    From day 8, 06:00 in the reporting zone. A closed month is never reopened: what moves later is told as a
    restatement beside the frozen value. Takes a minute or more: all is built and published anew, and the packs of the
    month are replaced by final ones.
    """
    with sentences(context):
        if waive and not (by and second and reason):
            raise ConfigurationError(
                "A gate is signed off by two names and a reason: add --by NAME, --second NAME and --reason TEXT."
            )
        settings = read_settings(as_of=as_of)
        if tenant and all_tenants:
            raise ConfigurationError("Give either --tenant or --all-tenants.")
        whose = None if all_tenants else deciding_tenant(known_tenants(settings), tenant)
        waived = dict.fromkeys(waive or (), reason or "")
        request = CloseRequest(parse_month(month), claimed_name(by), waived, whose, second)
        code = _close(settings, request, context.obj.debug)
    raise typer.Exit(code)


def _close(settings: Settings, request: CloseRequest, debug: bool) -> int:
    from orchestration.progress import ConsoleReporter
    from orchestration.running import holding, run_close

    refuse_unready(settings, request)
    os.environ["DESKHOUSE_HOME"] = str(settings.home)
    shown, told = output(), errors()
    with (
        ConsoleReporter() as reporter,
        holding(settings, reporter, "deskhouse close-month") as settings,
    ):
        before = set(closes_of(settings))
        outcome = None if is_closed(settings, request) else run_close(settings, request, reporter)
    if outcome is None:
        _print_closes(shown, settings, request, before, "nothing changed")
        return 0
    became = "it is published now" if outcome.is_published else "it is not published yet"
    _print_closes(shown, settings, request, before, became)
    for text in (*outcome.warnings, *outcome.message_faults):
        told.warning(text)
    for text in outcome.build_errors:
        told.error(text)
    if debug:
        for trace in outcome.traces:
            told.lines(trace)
    return 0 if outcome.is_published and not outcome.build_errors else EXIT_FAILED


def _print_closes(
    terminal: Terminal,
    settings: Settings,
    request: CloseRequest,
    before: set[tuple[str, date]],
    became: str,
) -> None:
    """The closes of the month; ``became`` says what came of those that were closed ``before``."""
    closes = closes_of(settings)
    for key in sorted(closes):
        if key[1] == request.month and request.tenant_id in (None, key[0]):
            _print_close(terminal, closes[key], became if key in before else None)


def _print_close(terminal: Terminal, close: MonthClose, became: str | None) -> None:
    when = f"{close.closed_at:%Y-%m-%d %H:%M} UTC by {close.closed_by}"
    if became is not None:
        terminal.line(f"{close.month:%Y-%m} of {close.tenant_id} was closed on {when}; {became}.")
        return
    terminal.line(
        f"{close.month:%Y-%m} of {close.tenant_id} is closed ({when}): {close.row_count:,} numbers as of "
        f"{close.data_as_of:%Y-%m-%d %H:%M} UTC, snapshot {close.snapshot_hash[:16]}"
    )
    for gate in close.gates:
        terminal.line(f"  {gate.gate:<18} {gate.state:<15} {gate.seen}")
