"""The command in a process of its own that need not import anything: forked from one that has imported everything.

A run imports Dagster, dbt, dlt and Great Expectations, eight seconds of a processor before its first word. Python's
fork server pays them once for all commands of a test process. What a command does is its own all the same: process,
environment, files, exit code.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_IMPORTED = (
    "orchestration.cli",
    "orchestration.running",
    "orchestration.definitions",
    "orchestration.delivery.passing",
    "orchestration.pack.last_month",
    "orchestration.pack.writing",
    "expectations.checkpoints",
    "dbt.cli.main",
    "dbt.adapters.duckdb",
    "tests.e2e.warm",
)
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(list(_IMPORTED))


def run_warm(
    arguments: Sequence[str],
    variables: Mapping[str, str],
    folder: Path,
    out: Path,
    err: Path,
    timeout: float,
) -> int:
    """Run ``deskhouse`` to its end; returns its exit code.

    Args:
        arguments: of the command.
        variables: its whole environment.
        folder: it works in.
        out: what it says.
        err: what it says of its progress and its failure.
        timeout: seconds after which it is killed.

    Raises:
        TimeoutExpired: it was killed.
    """
    process = _SERVER.Process(
        target=_command,
        args=(list(arguments), dict(variables), str(folder), str(out), str(err)),
        name="MainProcess",
    )
    process.start()
    process.join(timeout)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise subprocess.TimeoutExpired(list(arguments), timeout, out.read_text(), err.read_text())
    code: int = process.exitcode
    process.close()
    return code


def _command(
    arguments: list[str], variables: dict[str, str], folder: str, out: str, err: str
) -> None:
    for path, descriptor in ((out, 1), (err, 2)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    sys.argv = ["deskhouse", *arguments]
    from orchestration.cli import entry

    try:
        entry()
    finally:
        # a forked process ends without them; an interpreter that began by itself would run them
        atexit._run_exitfuncs()
