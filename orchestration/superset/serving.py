"""Superset's server on loopback, as a child process."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestion.errors import ConfigurationError
from orchestration.dashboard.serving import HOST
from orchestration.superset import environment, store

PORT = 8088
LOG = "server.log"
_START_SECONDS = 180
_STOP_SECONDS = 30
_THREADS = 8


def address(port: int) -> str:
    """Where a browser finds the dashboard."""
    return f"http://{HOST}:{port}/superset/dashboard/{store.SLUG}/"


@contextmanager
def served(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers, for the block.

    Raises:
        ConfigurationError: it ended or did not answer in time; its log is named.
    """
    log = store.folder(home) / LOG
    with log.open("wb") as handle:
        child = subprocess.Popen(
            _command(port), env=store.variables(home), stdout=handle, stderr=handle
        )
        try:
            _wait(child, port, log)
            yield child
        finally:
            child.terminate()
            try:
                child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _command(port: int) -> list[str]:
    """One process with threads: Superset's store is SQLite, and DuckDB itself uses all cores."""
    return [
        *(str(environment.python()), "-I", "-m", "gunicorn", "--bind", f"{HOST}:{port}"),
        *("--workers", "1", "--worker-class", "gthread", "--threads", str(_THREADS)),
        *("--timeout", "120", "--no-control-socket", "superset.app:create_app()"),
    ]


def _wait(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise ConfigurationError(
        f"Superset did not answer on {HOST}:{port} within {_START_SECONDS} seconds: the reason stands in {log}."
    )
