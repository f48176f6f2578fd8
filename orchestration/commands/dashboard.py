"""``deskhouse dashboard``: the pages over the published file, on loopback."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands.session import output, sentences
from orchestration.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(dashboard)


def dashboard(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8501,
) -> None:
    """Show the published numbers in the browser until interrupted; new publications are followed."""
    with sentences(context):
        from orchestration.dashboard.serving import address, refuse_taken, serve

        settings = read_settings()
        refuse_taken(port, f"deskhouse dashboard --port {port + 1}")
        shown = output()
        if not settings.marts_file.exists():
            shown.line("Nothing is published yet: the pages fill when deskhouse run has published.")
        shown.line(f"Dashboard on {address(port)} (stop with Ctrl-C)")
        serve(port)
