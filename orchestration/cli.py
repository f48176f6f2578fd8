"""The ``deskhouse`` command: a failure is one sentence and a non-zero exit, a traceback only with ``--debug``."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from typing import Annotated

import typer

from orchestration.commands import (
    action,
    alerts,
    case,
    close_month,
    dashboard,
    doctor,
    explain,
    export,
    forget,
    landing,
    ledger,
    lookups,
    metrics,
    reports,
    restatement,
    review,
    rollback,
    rotate_key,
    run,
    simulate,
    texts,
    what_if,
)
from orchestration.commands.session import EXIT_STOPPED, Commands, Options
from orchestration.garbage import search_seldom
from orchestration.permissions import close_to_others
from orchestration.settings import load_dotenv_file

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Helpdesk warehouse for marketplace sellers: pull, build, prove, publish, explain.",
)


@app.callback()
def main(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and logs.")] = False,
) -> None:
    """Read ``.env`` and set how much is said."""
    context.obj = Options(debug)
    close_to_others()
    load_dotenv_file()
    if not debug:
        logging.disable(logging.WARNING)
        warnings.simplefilter("ignore")


COMMANDS = (
    *(run, simulate, doctor, landing, dashboard, explain, case, review),
    *(export, metrics, reports, what_if),
    *(
        close_month,
        restatement,
        action,
        alerts,
        lookups,
        ledger,
        rollback,
        rotate_key,
        forget,
        texts,
    ),
)
for _command in COMMANDS:
    _command.register(app)


def entry() -> None:
    """Console script."""
    # Python's watcher of shared memory would have the last word where a run was stopped in the middle.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    search_seldom()
    try:
        app()
    except SystemExit as ended:
        # DuckDB's binding reports what other libraries keep alive at the interpreter's end as leaks: pages of noise
        # after our last word. Nothing of ours is written from here on.
        sys.stdout.flush()
        sys.stderr.flush()
        if ended.code == EXIT_STOPPED:
            # Threads of what was interrupted still compute; at a proper end the interpreter would abort over them.
            os._exit(EXIT_STOPPED)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        raise


if __name__ == "__main__":
    entry()
