"""``deskhouse lookups``: who looked at rows of persons."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands.session import output, sentences
from orchestration.lookups import Lookup
from orchestration.settings import read_settings
from orchestration.tenants import known_tenants, shown_tenants
from orchestration.terminal import Cell, Column, Terminal, styled

_UNSAID = "not recorded"
_NAMED_PERSONS = 3


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="lookups")(lookups)


def lookups(
    context: typer.Context,
    month: Annotated[str | None, typer.Option(help="Only this month (UTC): 2026-10.")] = None,
    agent: Annotated[
        str | None,
        typer.Option(help="Only look-ups of this person, by key of today or a former one."),
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="One seller company only.")] = None,
) -> None:
    """List logged look-ups of persons, the newest last; persons by key."""
    with sentences(context):
        from orchestration.explain.question import parse_month
        from orchestration.former_keys import all_keys_of
        from orchestration.lookups import audit_dir, log_faults, logged

        if month is not None:
            month = f"{parse_month(month):%Y-%m}"
        settings = read_settings()
        names = all_keys_of(settings, agent) if agent is not None else set()
        found = [
            lookup
            for lookup in logged(settings.home, month)
            if agent is None or names.intersection(lookup.agent_keys)
        ]
        recorded = {name for lookup in found for name in lookup.tenants}
        known = tuple(sorted({*known_tenants(settings), *recorded}))
        chosen = shown_tenants(known, tenant)
        shown = output()
        for fault in log_faults(settings.home):
            shown.line(f"log: {fault.seen}")
        if tenant is not None:
            found = [lookup for lookup in found if tenant in lookup.tenants]
        if not found:
            shown.line(f"No look-ups in {audit_dir(settings.home)}.")
        elif len(known) < 2:
            _print(shown, found)
        else:
            unsaid = () if tenant is not None else (_UNSAID,)
            for name in (*chosen, *unsaid):
                _print_block(shown, name, found)


def _print_block(terminal: Terminal, tenant: str, found: list[Lookup]) -> None:
    """The look-ups of a tenant; one that concerned several stands in each of their blocks."""
    mine = [lookup for lookup in found if tenant in (lookup.tenants or (_UNSAID,))]
    if mine:
        terminal.line(styled(f"Tenant {tenant}", "bold"))
        _print(terminal, mine)


def _print(terminal: Terminal, found: list[Lookup]) -> None:
    heads: list[Column | str] = [
        Column("at (UTC)", whole=True),
        *("operator", "claimed", "command", "persons"),
        Column("rows", "right", whole=True),
    ]
    terminal.table(heads, [_row(lookup) for lookup in found])


def _row(lookup: Lookup) -> list[Cell]:
    is_few = lookup.agents <= _NAMED_PERSONS
    persons = ", ".join(lookup.agent_keys) if is_few else f"{lookup.agents:,}"
    who = lookup.operator or "not known"
    what = lookup.command + (f" (reason: {lookup.reason})" if lookup.reason else "")
    return [lookup.at, who, lookup.user, what, persons, f"{lookup.rows:,}"]
