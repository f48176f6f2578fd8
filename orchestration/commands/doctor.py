"""``deskhouse doctor``: is everything there that a run needs?"""

from __future__ import annotations

import typer

from orchestration.commands.session import EXIT_FAILED, output, sentences
from orchestration.settings import read_settings
from orchestration.terminal import styled

_STYLES = {"ok": "green", "warning": "yellow", "error": "red"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(context: typer.Context) -> None:
    """Look at configuration, credentials, disk, versions and locks, and say what to do."""
    with sentences(context):
        from orchestration.doctor import examine

        findings = examine(read_settings())
        shown = output()
        for finding in findings:
            mark = styled(f"{finding.state:<8}", _STYLES[finding.state])
            shown.line(mark, f" {finding.subject:<20} {finding.seen}")
            if finding.remedy:
                shown.line(f"{'':<8} → {finding.remedy}")
        has_errors = any(finding.state == "error" for finding in findings)
    raise typer.Exit(EXIT_FAILED if has_errors else 0)
