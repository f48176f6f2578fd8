"""``deskhouse rollback``: the versions that are kept, and one of them published again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.commands.session import output, sentences
from orchestration.settings import read_settings

_WAIT_SECONDS = 30.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(rollback)


def rollback(
    context: typer.Context,
    version: Annotated[
        str | None, typer.Argument(help="Id of a version, or its beginning; default: list them.")
    ] = None,
) -> None:
    """List the versions that the gate passed and that are kept, or publish one of them again.

    The warehouse and the ledger stay as they are; the next run publishes what it builds.
    """
    with sentences(context):
        from orchestration.locks import run_lock
        from orchestration.promoting import restore
        from orchestration.versions import current_version, gated_versions
        from orchestration.warehouse import warehouse_lock

        settings = read_settings()
        console = output()
        if version is None:
            known = gated_versions(settings.published_dir)
            table = Table("version", "judged at", "published at", "rows", "", box=None)
            for found in known:
                table.add_row(
                    Text(found.version),
                    Text(found.as_of),
                    Text(found.published_at),
                    f"{found.rows:,}",
                    "published now" if found.is_current else "",
                )
            console.print(table if known else "Nothing was published yet: run deskhouse run.")
            return
        waiting = Console(stderr=True)
        with (
            run_lock(settings.home, "deskhouse rollback", _WAIT_SECONDS, waiting.print),
            warehouse_lock(settings.home, _WAIT_SECONDS),
        ):
            before = current_version(settings.published_dir)
            chosen = restore(settings.published_dir, version)
        said = (
            "was published already; nothing changed" if chosen.version == before else "is published"
        )
        console.print(
            f"{chosen.version} {said}: judged at {chosen.as_of}, {chosen.rows:,} rows.",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
