"""``deskhouse what-if``: what would have been under another promise."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ingestion.errors import ConfigurationError
from orchestration.commands.session import output, sentences
from orchestration.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("what-if")(what_if)


def what_if(
    context: typer.Context,
    policy: Annotated[
        Path, typer.Option(help="YAML file with the changed promises; see the README.")
    ],
    months: Annotated[
        int, typer.Option(min=1, help="Months to show, the running one included.")
    ] = 12,
    layer: Annotated[str | None, typer.Option(help="marketplace or internal.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write all cells of both sides here.")] = None,
) -> None:
    """Judge history anew under other targets, clocks, calendars or missed-contact policies, and compare with today.

    Nothing is changed: what was published is only read, the replay happens in a scratch copy that is removed.
    """
    with sentences(context):
        from orchestration.reading import evidence
        from orchestration.what_if.comparing import compare, write_csv
        from orchestration.what_if.policy_file import read_policy_file
        from orchestration.what_if.replaying import replayed
        from orchestration.what_if.show import print_comparison

        if layer not in (None, "marketplace", "internal"):
            raise ConfigurationError(f"--layer is {layer!r}; it is marketplace or internal.")
        started = time.monotonic()
        file = read_policy_file(policy)
        settings = read_settings()
        errors = Console(stderr=True)
        with (
            errors.status("judging history anew in a scratch copy"),
            evidence(settings) as warehouse,
            replayed(warehouse, file, settings.home) as copy,
        ):
            comparison = compare(warehouse, copy, months, layer)
        console = output()
        print_comparison(console, comparison, file.name, time.monotonic() - started)
        if csv is not None:
            lines = write_csv(comparison, csv)
            console.print(f"\n{lines:,} lines written to {csv}", highlight=False)
