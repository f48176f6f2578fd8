"""``deskhouse rollback``: the versions that are kept, and one of them published again."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands.session import errors, output, sentences
from orchestration.settings import read_settings
from orchestration.terminal import Column

_WAIT_SECONDS = 30.0
_COLUMNS = (
    Column("version", whole=True),
    Column("judged at"),
    Column("published at"),
    Column("rows", "right"),
    Column(""),
)


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
        shown = output()
        if version is None:
            known = gated_versions(settings.published_dir)
            if not known:
                shown.line("Nothing was published yet: run deskhouse run.")
                return
            shown.table(
                _COLUMNS,
                [
                    (
                        found.version,
                        found.as_of,
                        found.published_at,
                        f"{found.rows:,}",
                        "published now" if found.is_current else "",
                    )
                    for found in known
                ],
            )
            return
        with (
            run_lock(settings.home, "deskhouse rollback", _WAIT_SECONDS, errors().line),
            warehouse_lock(settings.home, _WAIT_SECONDS),
        ):
            before = current_version(settings.published_dir)
            chosen = restore(settings.published_dir, version)
        said = (
            "was published already; nothing changed" if chosen.version == before else "is published"
        )
        shown.line(f"{chosen.version} {said}: judged at {chosen.as_of}, {chosen.rows:,} rows.")
