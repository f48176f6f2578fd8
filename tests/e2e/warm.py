"""The command in a process of its own that need not import anything: forked from one that has imported everything.

A run imports Dagster, dbt, dlt and Great Expectations, fifteen seconds of a processor until it has published. Python's
fork server pays them once for all commands of a test process. What a command does is its own all the same: process,
session, environment, files, exit code; it can be killed like any other.
"""

from __future__ import annotations

import atexit
import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import ingestion
import orchestration

_IMPORTED = (
    "orchestration.cli",
    "orchestration.running",
    "orchestration.definitions",
    "orchestration.delivery.passing",
    "orchestration.pack.last_month",
    "orchestration.pack.reporting",
    "orchestration.pack.writing",
    "orchestration.kpi_table",
    "orchestration.progress",
    "orchestration.pulling",
    "orchestration.report",
    "orchestration.silent",
    "ingestion.sources.amazon",
    "ingestion.sources.ebay",
    "ingestion.sources.edesk",
    "ingestion.sources.landing",
    "ingestion.sources.zendesk",
    "expectations.checkpoints",
    "expectations.context",
    "great_expectations",
    # dlt looks for secrets in it
    "streamlit",
    "dbt.cli.main",
    "dbt.adapters.duckdb",
    "tests.e2e.warm",
    # last: what was imported is left alone by every collection of garbage
    "tests.e2e.frozen",
)
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(list(_IMPORTED))


class WarmCommand:
    """``deskhouse`` that has begun, and what it has said so far."""

    def __init__(
        self, arguments: Sequence[str], variables: Mapping[str, str], folder: Path, said: Path
    ) -> None:
        """Begin.

        Args:
            arguments: of the command.
            variables: its whole environment.
            folder: it works in.
            said: folder for what it says, which must exist.
        """
        self._out, self._err = said / "out", said / "err"
        for path in (self._out, self._err):
            path.touch(mode=0o600)
        self._arguments = list(arguments)
        self._process: ForkServerProcess = _SERVER.Process(
            target=_command,
            args=(
                *(self._arguments, dict(variables), str(folder)),
                *(str(self._out), str(self._err)),
            ),
            name="MainProcess",
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.is_alive()

    @property
    def out(self) -> str:
        """What it said."""
        return self._out.read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        """What it said of its progress and its failure."""
        return self._err.read_text(encoding="utf-8")

    def wait(self, timeout: float) -> int:
        """Its exit code, negative the signal that ended it.

        Raises:
            TimeoutExpired: it was killed after so many seconds.
        """
        self._process.join(timeout)
        if self._process.exitcode is None:
            self.kill()
            raise subprocess.TimeoutExpired(self._arguments, timeout, self.out, self.err)
        code: int = self._process.exitcode
        return code

    def kill(self) -> None:
        """SIGKILL for it and all that it started."""
        try:
            # it leads a session of its own from its first step on
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            self._process.kill()
        self._process.join()


def _command(
    arguments: list[str], variables: dict[str, str], folder: str, out: str, err: str
) -> None:
    os.setsid()
    for path, descriptor in ((out, 1), (err, 2)):
        opened = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.environ.clear()
    os.environ.update(variables)
    # what these packages set in the environment of who imports them, they set in that of the command
    for package in (ingestion, orchestration):
        importlib.reload(package)
    os.chdir(folder)
    sys.argv = ["deskhouse", *arguments]
    from orchestration.cli import entry

    try:
        entry()
    finally:
        # a forked process ends without them; an interpreter that began by itself would run them
        atexit._run_exitfuncs()
