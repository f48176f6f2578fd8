"""``deskhouse what-if``: what would have been under another promise."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ingestion.errors import ConfigurationError
from orchestration.commands.session import errors, output, sentences
from orchestration.settings import read_settings
from orchestration.tenants import known_tenants, shown_tenants


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("what-if")(what_if)


def what_if(
    context: typer.Context,
    policy: Annotated[
        Path, typer.Option(help="YAML file with the changed promises; see docs/what-if.md.")
    ],
    months: Annotated[
        int, typer.Option(min=1, help="Months to show, the running one included.")
    ] = 12,
    layer: Annotated[str | None, typer.Option(help="marketplace or internal.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write all cells of both sides here.")] = None,
    tenant: Annotated[
        str | None, typer.Option(help="Change and show this seller company only.")
    ] = None,
) -> None:
    """Judge history anew under other targets, clocks, calendars or missed-contact policies, and compare with today.

    Nothing is changed: what was published is only read, the replay happens in a scratch copy that is removed.
    """
    with sentences(context):
        from orchestration.presenting.scopes import published_names
        from orchestration.reading import evidence
        from orchestration.what_if.comparing import compare, write_cells
        from orchestration.what_if.policy_file import read_policy_file
        from orchestration.what_if.replaying import replayed
        from orchestration.what_if.show import print_comparison

        if layer not in (None, "marketplace", "internal"):
            raise ConfigurationError(f"--layer is {layer!r}; it is marketplace or internal.")
        started = time.monotonic()
        file = read_policy_file(policy)
        if tenant and file.tenant_id not in (None, tenant):
            raise ConfigurationError(
                f"{policy} is about tenant {file.tenant_id}, not {tenant}: leave --tenant out or correct the file."
            )
        settings = read_settings()
        whose = tenant or file.tenant_id
        if tenant:
            shown_tenants(known_tenants(settings), tenant)
            file = replace(file, tenant_id=tenant)
        with (
            errors().status("judging history anew in a scratch copy"),
            evidence(settings) as warehouse,
            replayed(warehouse, file, settings.home) as copy,
        ):
            comparison = compare(warehouse, copy, months, layer, whose)
        shown = output()
        seconds = time.monotonic() - started
        print_comparison(shown, comparison, file.name, seconds, published_names(settings))
        if csv is not None:
            lines = write_cells(comparison, csv)
            shown.blank()
            shown.line(f"{lines:,} lines written to {csv}")
