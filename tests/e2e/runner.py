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

from tests.e2e.warm import run_warm

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
        out, err = Path(name) / "out", Path(name) / "err"
        code = run_warm(arguments, variables, ROOT, out, err, RUN_TIMEOUT_SECONDS)
        return Finished(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


def killed_at(
    step: str,
    *arguments: str,
    variables: Mapping[str, str],
    then: Callable[[], bool] | None = None,
) -> list[str]:
    """Start the command and SIGKILL its whole process group once it announced ``step``; returns what it said.

    Args:
        step: beginning of the line to wait for.
        arguments: of the command.
        variables: its environment.
        then: something that must have happened after the announcement before it is killed.
    """
    said: list[str] = []
    with subprocess.Popen(
        command(*arguments),
        cwd=ROOT,
        env=dict(variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line.rstrip())
            if line.startswith(step):
                break
        while then is not None and process.poll() is None and not then():
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    assert any(line.startswith(step) for line in said), f"{step!r} was never announced: {said}"
    assert process.returncode == -signal.SIGKILL
    return said


@contextmanager
def begun(
    step: str, *arguments: str, variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """The command in the middle of its work: it goes on when it has announced ``step``; killed if the block fails."""
    with subprocess.Popen(
        command(*arguments),
        cwd=ROOT,
        env=dict(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(step):
                break
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


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
            self._stop.wait(0.2)
