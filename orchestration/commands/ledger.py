"""``deskhouse ledger``: what the ledger holds, whether it verifies, and how to go on after a loss."""

from __future__ import annotations

from typing import Annotated

import typer

from ingestion.errors import DeskhouseError
from orchestration.commands.session import EXIT_FAILED, output, sentences
from orchestration.settings import read_settings

_LOCK_WAIT_SECONDS = 30
_ledger = typer.Typer(
    no_args_is_help=True, help="Verify the ledger of closed months, go on after a loss."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_ledger, name="ledger")


@_ledger.command("verify")
def verify(context: typer.Context) -> None:
    """Prove every file and signature, and compare with what key folder, publications and warehouse remember."""
    with sentences(context):
        from orchestration.ledger.examining import examine_ledger

        found = examine_ledger(read_settings())
        shown = output()
        for line in (*found.facts, *found.notes):
            shown.line(line)
        for fault in found.faults:
            shown.line(f"{fault.seen} → {fault.remedy}" if fault.remedy else fault.seen)
    raise typer.Exit(EXIT_FAILED if found.faults else 0)


@_ledger.command("accept")
def accept(
    context: typer.Context,
    by: Annotated[str, typer.Option(help="Who decides.")],
    second: Annotated[str, typer.Option(help="Who agrees; another person.")],
    reason: Annotated[str, typer.Option(help="Why there is no backup, or no key, to restore.")],
) -> None:
    """Go on with a ledger whose end or key is lost for good; both names and the loss are written into it."""
    with sentences(context):
        from orchestration.ledger.accepting import accept_loss
        from orchestration.ledger.examining import marks_of_warehouse
        from orchestration.ledger.tables import ledger_of
        from orchestration.locks import run_lock
        from orchestration.warehouse import warehouse_lock

        settings = read_settings()
        if not settings.home.is_dir():
            raise DeskhouseError(
                f"{settings.home} does not exist: name the home in DESKHOUSE_HOME."
            )
        with (
            run_lock(settings.home, "deskhouse ledger accept", _LOCK_WAIT_SECONDS),
            warehouse_lock(settings.home, _LOCK_WAIT_SECONDS),
        ):
            marks = marks_of_warehouse(settings)
            lost = accept_loss(ledger_of(settings.home), by, second, reason, marks)
        output().line(
            f"Accepted by {by} and {second}: {len(lost)} remembered states are lost; this is file "
            f"{ledger_of(settings.home).links[-1].seq} of the ledger."
        )
