"""``deskhouse lookups``: who looked at rows of persons."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from orchestration.commands.session import output, sentences
from orchestration.settings import home_dir


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="lookups")(lookups)


def lookups(
    context: typer.Context,
    month: Annotated[str | None, typer.Option(help="Only this month (UTC): 2026-10.")] = None,
    agent: Annotated[str | None, typer.Option(help="Only look-ups of this agent key.")] = None,
) -> None:
    """List logged look-ups of persons, the newest last; persons by key."""
    with sentences(context):
        from orchestration.explain.question import parse_month
        from orchestration.lookups import audit_dir, log_faults, logged

        if month is not None:
            month = f"{parse_month(month):%Y-%m}"
        found = [
            lookup
            for lookup in logged(home_dir(), month)
            if agent is None or agent in lookup.agent_keys
        ]
        console = output()
        for fault in log_faults(home_dir()):
            console.print(f"log: {fault.seen}", highlight=False, soft_wrap=True, markup=False)
        if not found:
            console.print(f"No look-ups in {audit_dir(home_dir())}.", soft_wrap=True)
            return
        table = Table(box=None)
        for name in ("at (UTC)", "operator", "claimed", "command", "persons", "rows"):
            table.add_column(name)
        for lookup in found:
            shown = ", ".join(lookup.agent_keys) if lookup.agents <= 3 else f"{lookup.agents}"
            table.add_row(
                lookup.at,
                lookup.operator or "not known",
                lookup.user,
                lookup.command,
                shown,
                f"{lookup.rows:,}",
            )
        console.print(table)
