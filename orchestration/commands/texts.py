"""``deskhouse texts``: remove the store of message texts, or give it another key."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands.session import errors, output, sentences
from orchestration.settings import Settings, read_settings

_WAIT_SECONDS = 30.0
_texts = typer.Typer(
    no_args_is_help=True,
    help="The store of message texts (DESKHOUSE_KEEP_TEXTS): remove it, or encrypt it with another key.",
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_texts, name="texts")


@_texts.command("remove")
def remove(
    context: typer.Context,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove every kept text; runs keep them anew unless DESKHOUSE_KEEP_TEXTS is unset. The key stays."""
    with sentences(context):
        from ingestion.texts.store import remove_store, store_file
        from orchestration.locks import run_lock
        from orchestration.lookups import log_deed

        settings = read_settings()
        if not store_file(settings.home).parent.is_dir():
            output().line("No texts are kept; nothing was changed.")
            return
        if not is_sure and not typer.confirm("Remove every kept text of messages for good?"):
            output().line("Nothing was changed.")
            return
        with run_lock(settings.home, "deskhouse texts remove", _WAIT_SECONDS, errors().line):
            log_deed(settings.home, "texts remove")
            remove_store(settings.home)
        output().line(f"Removed: {store_file(settings.home).parent}. No number depends on it.")
        _remind(settings)


def _remind(settings: Settings) -> None:
    from ingestion.texts.keeping import KEEP_VARIABLE, read_keeping

    if read_keeping().is_on:
        output().line(
            f"{KEEP_VARIABLE} is still {read_keeping().mode}: unset it to keep no more texts."
        )


@_texts.command("rotate-key")
def rotate_key(context: typer.Context) -> None:
    """Encrypt every kept text with a new key; broken off, it is done when run again."""
    with sentences(context):
        from ingestion.texts.key import is_in_variable, next_key, place_of
        from ingestion.texts.store import TextStore, has_store
        from orchestration.locks import run_lock
        from orchestration.lookups import log_deed

        settings = read_settings()
        if not has_store(settings.home):
            output().line("No texts are kept; nothing was changed.")
            return
        with run_lock(settings.home, "deskhouse texts rotate-key", _WAIT_SECONDS, errors().line):
            log_deed(settings.home, "texts rotate-key")
            cipher = next_key(settings.home).cipher()
            with TextStore(settings.home, cipher) as store:
                count = store.encrypt_anew(cipher)
        place = place_of(settings.home)
        output().line(f"{count:,} texts are encrypted with the newest key of {place}.")
        if is_in_variable():
            output().line(f"The older keys in {place} are needed no more by this home.")
        else:
            output().line(f"The older keys stay in {place}, for other homes that share it.")
