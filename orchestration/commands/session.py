"""What all commands share: failures as one sentence, exit codes, a console that suits a terminal and a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

import typer
from rich.console import Console

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.settings import read_settings

PIPE_COLUMNS = 150
EXIT_FAILED = 1
EXIT_CONFIGURATION = 2
EXIT_PARTLY = 3
"""Something was published, but a source or check needs attention."""


@dataclass
class Options:
    """What was given before the command's name."""

    debug: bool = False


@contextmanager
def sentences(context: typer.Context) -> Iterator[None]:
    """Turn every exception of the block into one sentence and an exit code."""
    options: Options = context.obj
    console = Console(stderr=True)
    try:
        yield
    except DeskhouseError as error:
        _fail(console, error, options)
    except KeyboardInterrupt:
        console.print("stopped; what was published stays, and the next run continues.")
        raise typer.Exit(130) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if options.debug:
            raise
        known = _known(error)
        said = " ".join(str(error).split())
        text = str(known) if known else f"{type(error).__name__}: {said} (--debug shows where)"
        _print_error(console, text)
        raise typer.Exit(EXIT_FAILED) from None


def _fail(console: Console, error: DeskhouseError, options: Options) -> NoReturn:
    if options.debug:
        raise error
    _print_error(console, str(error))
    is_configuration = isinstance(error, ConfigurationError)
    raise typer.Exit(EXIT_CONFIGURATION if is_configuration else EXIT_FAILED)


def _print_error(console: Console, text: str) -> None:
    # The text may hold square brackets (a list, a path), which are no markup.
    console.print("[red]error:[/red] ", end="")
    console.print(text, highlight=False, soft_wrap=True, markup=False)


def _known(error: Exception) -> DeskhouseError | None:
    from orchestration.warehouse import describe_engine_error

    return describe_engine_error(error, read_settings().home)


def output() -> Console:
    """Where results are printed; in a pipe, which is taken for eighty columns, tables keep their lines."""
    console = Console()
    return console if console.is_terminal else Console(width=PIPE_COLUMNS)
