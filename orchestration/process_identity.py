"""Which process is meant: its number and when it began, because the system gives numbers of dead processes again."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")
_BOOT_ID = _PROC / "sys" / "kernel" / "random" / "boot_id"
_STATE, _START_TICKS = 0, 19
"""Places in ``/proc/<pid>/stat`` behind the closing bracket of the process's name."""
_DEAD_STATES = ("Z", "X", "x")


def identity_of(process: int) -> str | None:
    """``number@start`` of a living process; None when there is none of this number, or it is dead and not yet buried.

    Args:
        process: number of a process of this machine.
    """
    start = _start_in_proc(process) if _BOOT_ID.exists() else _start_by_ps(process)
    return f"{process}@{start}" if start else None


def own_identity() -> str:
    """The identity of this process."""
    return identity_of(os.getpid()) or f"{os.getpid()}@"


def is_alive(identity: str) -> bool:
    """Whether the very process that bore this identity still lives; a text without a start is nobody's."""
    number, mark, start = identity.partition("@")
    if not (number.isdecimal() and mark and start):
        return False
    return identity_of(int(number)) == identity


def _start_in_proc(process: int) -> str | None:
    """Boot and clock ticks since: neither changes when the clock is set."""
    try:
        text = (_PROC / str(process) / "stat").read_text(encoding="utf-8", errors="replace")
        boot = _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return None
    # The name stands in brackets and may hold any character, brackets included.
    fields = text.rpartition(")")[2].split()
    if len(fields) <= _START_TICKS or fields[_STATE] in _DEAD_STATES:
        return None
    return f"{boot}:{fields[_START_TICKS]}"


def _start_by_ps(process: int) -> str | None:
    """Where there is no ``/proc``: the second in which the process began, as ``ps`` tells it."""
    found = subprocess.run(
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(process)],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C", "TZ": "UTC"},
    )
    state, _, start = found.stdout.strip().partition(" ")
    return "-".join(start.split()) if start and state[0] not in _DEAD_STATES else None
