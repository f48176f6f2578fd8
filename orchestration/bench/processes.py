"""A process from start to end: what it cost and what it said."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """Processor time of a process and its children (s), time by the clock (s), peak memory of the largest (bytes)."""

    cpu_s: float
    wall_s: float
    peak_bytes: int
    said: str


def cost_of(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run ``python -m …`` and wait for it.

    Raises:
        RuntimeError: it failed; its last words are in the message.
    """
    started = time.perf_counter()
    with tempfile.TemporaryFile(mode="w+", encoding="utf-8") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if child.returncode:
        raise RuntimeError(f"python -m {' '.join(arguments)} failed: {said[-2000:]}")
    wall = time.perf_counter() - started
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024, said)
