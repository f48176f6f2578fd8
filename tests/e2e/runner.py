"""Runs the real command in a process of its own, watches it, and kills it where a test wants it dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tests.e2e.warm import WarmCommand

ROOT = Path(__file__).parent.parent.parent
RUN_TIMEOUT_SECONDS = 540


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str


def environment(home: Path, landing: Path | None = None, **more: str) -> dict[str, str]:
    """The variables of a run: nothing of the developer's own, one dbt target for all runs of the session."""
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SOURCES__", "DESKHOUSE_"))
    }
    variables["DESKHOUSE_HOME"] = str(home)
    variables["DESKHOUSE_PRIVACY_KEY"] = "synthetic-key-for-tests-only"
    # as in the tests' own process: workers fill the cores
    variables["DESKHOUSE_DBT_THREADS"] = "1"
    if landing is not None:
        variables["DESKHOUSE_LANDING_DIR"] = str(landing)
    return variables | more


def command(*arguments: str) -> list[str]:
    """The console script as this interpreter's module, so that tests need no installation."""
    return [sys.executable, "-m", "orchestration.cli", *arguments]


def deskhouse(*arguments: str, variables: Mapping[str, str], is_fresh: bool = False) -> Finished:
    """Run the command to its end.

    Args:
        arguments: of the command.
        variables: its environment.
        is_fresh: in an interpreter of its own, as a person starts it, where the start itself is to be proved; else
            forked from a process that has imported everything (``warm``), which saves seconds each time.
    """
    if not is_fresh:
        return _warm(arguments, variables)
    outcome = subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env=dict(variables),
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_SECONDS,
        check=False,
    )
    return Finished(outcome.returncode, outcome.stdout, outcome.stderr)


def _warm(arguments: tuple[str, ...], variables: Mapping[str, str]) -> Finished:
    with tempfile.TemporaryDirectory(prefix="deskhouse-said-") as name:
        command = WarmCommand(arguments, variables, ROOT, Path(name))
        code = command.wait(RUN_TIMEOUT_SECONDS)
        return Finished(code, command.out, command.err)


def killed_at(
    step: str,
    *arguments: str,
    variables: Mapping[str, str],
    then: Callable[[], bool] | None = None,
) -> None:
    """Begin the command and SIGKILL its whole process group once it announced ``step``.

    Args:
        step: beginning of the line to wait for.
        arguments: of the command.
        variables: its environment.
        then: something that must have happened after the announcement before it is killed.
    """
    with begun(step, *arguments, variables=variables) as command:
        while then is not None and command.is_running and not then():
            time.sleep(0.01)
        command.kill()
        assert command.wait(0) == -signal.SIGKILL, f"it had ended before: {command.err}"


@contextmanager
def begun(step: str, *arguments: str, variables: Mapping[str, str]) -> Iterator[WarmCommand]:
    """The command in the middle of its work, which has announced ``step`` and goes on; killed where the block ends."""
    with tempfile.TemporaryDirectory(prefix="deskhouse-said-") as name:
        command = WarmCommand(arguments, variables, ROOT, Path(name))
        try:
            while not _has_said(command, step) and command.is_running:
                time.sleep(0.01)
            assert _has_said(command, step), f"{step!r} was never announced: {command.err}"
            yield command
        finally:
            if command.is_running:
                command.kill()


def _has_said(command: WarmCommand, step: str) -> bool:
    return any(line.startswith(step) for line in command.err.splitlines())


@dataclass
class Reader:
    """A BI tool that reads the published file over and over while something else happens."""

    file: Path
    reads: int = 0
    problems: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Reader:
        self._thread = threading.Thread(target=self._loop)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join()

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                with duckdb.connect(str(self.file), read_only=True) as connection:
                    found = connection.execute(
                        "select count(*) from governance_review.kpi_monthly"
                    ).fetchall()[0][0]
                if not found:
                    self.problems.append("an empty table was published")
                self.reads += 1
            except duckdb.Error as error:
                self.problems.append(str(error))
            self._stop.wait(0.5)
