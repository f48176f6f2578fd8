"""``deskhouse review``: the monthly pack of a forum or role as HTML, PDF and workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.closing.month_close import parse_month
from orchestration.commands.session import output, sentences
from orchestration.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(review)


def review(
    context: typer.Context,
    month: Annotated[str, typer.Argument(help="Month, such as 2026-10.")],
    forum: Annotated[
        str | None, typer.Option(help="Only what this forum reviews, such as weekly_ops_review.")
    ] = None,
    role: Annotated[
        str | None, typer.Option(help="Only what this role answers for, such as team_lead.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="en, it, ro or ru; default DESKHOUSE_LANGUAGE, else en.")
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="One seller company only.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; default published/reviews/MONTH.")
    ] = None,
) -> None:
    """Write the pack of a month: decisions and restatements, KPI table, red numbers with evidence, definitions.

    Before the close of the month it says PROVISIONAL on every page. The same data make the same bytes. Colleagues are
    in the pack of the operations manager only, and that look is logged.
    """
    with sentences(context):
        from orchestration.pack.audience import Audience
        from orchestration.pack.writing import Wanted, write_packs
        from orchestration.presenting.languages import default_language

        wanted = Wanted(
            parse_month(month), Audience(forum, role), lang or default_language(), tenant, out
        )
        terminal = output()
        for written in write_packs(read_settings(), wanted):
            pack = written.pack
            state = "provisional" if pack.is_provisional else "closed"
            terminal.line(
                f"Pack of {pack.tenant_id} for {pack.month:%Y-%m}, {state}: {len(pack.facts):,} numbers, "
                f"{pack.counted('red'):,} red, hash {pack.hash[:16]}"
            )
            for path in written.files.values():
                terminal.line(f"  {path}")
