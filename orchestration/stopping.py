"""Whether somebody asked a run to stop (Ctrl-C, or an end by the system), whoever made what of the signal.

Dagster takes an interrupted step for one to try again after a minute or two, dlt and dbt turn the signal into results
of their own; so a run would go on without what was interrupted. Here the signal itself is seen.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from dagster import DagsterExecutionInterruptedError

INTERRUPTS = (KeyboardInterrupt, DagsterExecutionInterruptedError)
"""What an interruption is raised as; dlt's own is a ``KeyboardInterrupt``."""
_SIGNALS = {signal.SIGINT, signal.SIGTERM}
_asked = threading.Event()
_arriving, _arrives = socket.socketpair()
_arriving.setblocking(False)
_arrives.setblocking(False)


def ask() -> None:
    """Remember that the run shall stop: no further step begins."""
    _asked.set()


def is_asked() -> bool:
    """Whether the run of this process shall stop."""
    if _SIGNALS.intersection(_arrived()):
        ask()
    return _asked.is_set()


def _arrived() -> bytes:
    """Numbers of the signals that arrived since the last look."""
    with suppress(BlockingIOError):
        return _arriving.recv(4096)
    return b""


@contextmanager
def stoppable() -> Iterator[None]:
    """A run of this process; an interruption of any of its steps ends it.

    Raises:
        KeyboardInterrupt: the run was interrupted, whatever its steps made of that.
    """
    _arrived()
    _asked.clear()
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.set_wakeup_fd(_arrives.fileno(), warn_on_full_buffer=False) if is_main else -1
    try:
        yield
    except INTERRUPTS as error:
        raise KeyboardInterrupt from error
    finally:
        if is_main:
            signal.set_wakeup_fd(before)
    if is_asked():
        raise KeyboardInterrupt
