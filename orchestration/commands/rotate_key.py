"""``deskhouse rotate-key``: another privacy key, because one leaked or is old."""

from __future__ import annotations

import typer

from orchestration.commands.session import errors, output, sentences
from orchestration.settings import read_settings

_WAIT_SECONDS = 30.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rotate-key")(rotate_key)


def rotate_key(context: typer.Context) -> None:
    """Make a new privacy key; buyers stay linked, keys of buyers and persons change with the next run.

    Kept versions of the publication that bear the old keys are removed. Broken off, it is finished when run again.
    """
    with sentences(context):
        from orchestration.locks import run_lock
        from orchestration.rotating import rotate
        from orchestration.warehouse import warehouse_lock

        settings = read_settings()
        with (
            run_lock(settings.home, "deskhouse rotate-key", _WAIT_SECONDS, errors().line),
            warehouse_lock(settings.home, _WAIT_SECONDS),
        ):
            done = rotate(settings)
        shown = output()
        how = "The warehouse caught up" if done.was_begun else "Rotated"
        shown.line(
            f"{how}: privacy key {done.version}, {done.moved:,} pseudonyms and fingerprints follow it."
        )
        if done.dropped:
            shown.line(f"Removed with their old keys: {', '.join(done.dropped)}.")
        if done.outdated:
            shown.line(
                f"{done.outdated} is still published with the old keys: deskhouse run publishes the new ones and "
                "removes it. Copies that others made of it keep them."
            )
