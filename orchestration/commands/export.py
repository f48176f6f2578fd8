"""``deskhouse export``: a published table as a file for spreadsheets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ingestion.errors import ConfigurationError
from orchestration.commands.session import output, sentences
from orchestration.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)


def export(
    context: typer.Context,
    table: Annotated[str, typer.Argument(help="Such as agent_sla.agent_scorecards.")],
    csv: Annotated[Path, typer.Option(help="Write to this file; it is replaced.")],
    month: Annotated[
        str | None, typer.Option(help="Only rows whose day or period begins in it: 2026-10.")
    ] = None,
    kpi: Annotated[str | None, typer.Option(help="Only this KPI.")] = None,
    scope: Annotated[
        str | None, typer.Option(help="Only this scope, such as channel:amazon_it or agent:NAME.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Only rows with this value: COLUMN=VALUE, COLUMN= for none; repeatable."),
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="Only rows of this seller company.")] = None,
) -> None:
    """Write rows of a published table as CSV: table, instant, filters and KPI versions on top, units in the header."""
    with sentences(context):
        from orchestration.export.table import HEAD, Wanted
        from orchestration.export.table import export as write
        from orchestration.former_keys import keys_of_today, scope_of_today
        from orchestration.lookups import log_lookup

        settings = read_settings()

        def log(filters: str, keys: list[str], rows: int, tenants: list[str]) -> None:
            log_lookup(settings.home, f"export {table}{filters}", keys, rows, tenants)

        equal = [parts("--where", text, "=") for text in where or ()]
        asked = parts("--scope", scope, ":") if scope is not None else None
        if asked is not None:
            asked = (asked[0], scope_of_today(settings, *asked))
        if any(column.endswith("agent_key") for column, _ in equal):
            keys = keys_of_today(settings)
            equal = [
                (column, keys.get(text, text) if column.endswith("agent_key") else text)
                for column, text in equal
            ]
        wanted = Wanted(table, month, kpi, asked, tuple(equal), tenant)
        count = write(settings.marts_file, wanted, csv, log)
        output().line(
            f"{count:,} rows written to {csv}, below {len(HEAD)} lines that say what they are."
        )


def parts(option: str, text: str, mark: str) -> tuple[str, str]:
    """The two sides of an option's value.

    Raises:
        ConfigurationError: the mark between them is missing.
    """
    before, found, after = text.partition(mark)
    if not found or not before.strip():
        example = "channel:amazon_it" if mark == ":" else "layer=internal"
        raise ConfigurationError(f"{option} {text}: write it like {example}.")
    return before.strip(), after.strip()
