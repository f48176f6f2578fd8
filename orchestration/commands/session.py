"""What all commands share: failures as one sentence, exit codes, the terminal they write to."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.settings import home_dir
from orchestration.terminal import Terminal

EXIT_FAILED = 1
EXIT_CONFIGURATION = 2
EXIT_PARTLY = 3
"""Something was published, but a source or check needs attention."""
EXIT_STOPPED = 130
"""What shells say of a program that Ctrl-C ended."""


@dataclass
class Options:
    """What was given before the command's name."""

    debug: bool = False


@contextmanager
def sentences(context: typer.Context) -> Iterator[None]:
    """Turn every exception of the block into one sentence and an exit code."""
    options: Options = context.obj
    try:
        yield
    except DeskhouseError as error:
        _fail(error, options)
    except KeyboardInterrupt:
        errors().line("stopped; what was published stays, and the next run continues.")
        raise typer.Exit(EXIT_STOPPED) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if options.debug:
            errors().lines(traceback.format_exc())
            raise typer.Exit(EXIT_FAILED) from None
        known = _known(error)
        said = " ".join(str(error).split())
        text = str(known) if known else f"{type(error).__name__}: {said} (--debug shows where)"
        errors().error(text)
        raise typer.Exit(EXIT_FAILED) from None


def _fail(error: DeskhouseError, options: Options) -> NoReturn:
    if options.debug:
        errors().lines("".join(traceback.format_exception(error)))
    else:
        errors().error(str(error))
    is_configuration = isinstance(error, ConfigurationError)
    raise typer.Exit(EXIT_CONFIGURATION if is_configuration else EXIT_FAILED)


def _known(error: Exception) -> DeskhouseError | None:
    from orchestration.warehouse import describe_engine_error

    return describe_engine_error(error, home_dir())


def output() -> Terminal:
    """Where results are printed."""
    return Terminal()


def errors() -> Terminal:
    """Where failures, warnings and progress are printed."""
    return Terminal(is_error=True)


class Commands(TyperGroup):
    """A group whose usage errors, which repeat what was typed, pass the same door as everything else."""

    def main(self, *arguments: Any, **named: Any) -> Any:
        """Run the command; as a program end with its code.

        Raises:
            SystemExit: the end of the program, in standalone mode.
        """
        is_program = named.pop("standalone_mode", True)
        named["standalone_mode"] = False
        if not is_program:
            return super().main(*arguments, **named)
        try:
            code = super().main(*arguments, **named)
        except typer.Abort:
            errors().line("Aborted!")
            raise SystemExit(1) from None
        except Exception as error:
            said = getattr(error, "format_message", None)
            if said is None:
                raise
            # Without a command the help was printed already.
            if type(error).__name__ != "NoArgsIsHelpError":
                errors().error(f"{said()} (--help says how it is used)")
            raise SystemExit(getattr(error, "exit_code", EXIT_CONFIGURATION)) from None
        raise SystemExit(code if isinstance(code, int) else 0)
