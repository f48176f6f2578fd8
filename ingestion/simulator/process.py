"""The simulated vendors in a process of their own, so that serving and extracting do not share one interpreter."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from ingestion.simulator.server import LOOPBACK, VENDORS
from ingestion.simulator.world.options import Fault, SimulatorOptions

_ROOT = Path(__file__).parent.parent.parent
_STOP_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class ProcessUrls:
    """Base addresses of the vendors that run in another process; ``""`` for one not asked for."""

    zendesk: str
    amazon: str
    ebay: str
    edesk: str
    options: SimulatorOptions

    def of(self, vendor: str) -> str:
        """Base address of ``vendor``."""
        return str(getattr(self, vendor))


def options_to_json(options: SimulatorOptions) -> dict[str, Any]:
    """Options as JSON values."""
    values = asdict(options)
    values["start"] = options.start.isoformat()
    values["as_of"] = options.as_of.isoformat() if options.as_of else None
    return values


def options_from_json(values: dict[str, Any]) -> SimulatorOptions:
    """Options from the values of :func:`options_to_json`."""
    known = dict(values)
    known["start"] = date.fromisoformat(known["start"])
    known["as_of"] = datetime.fromisoformat(known["as_of"]) if known["as_of"] else None
    known["faults"] = tuple(Fault(**fault) for fault in known["faults"])
    return SimulatorOptions(**known)


@contextlib.contextmanager
def running_simulator_process(
    options: SimulatorOptions,
    vendors: tuple[str, ...] = VENDORS,
    host: str = LOOPBACK,
    ports: dict[str, int] | None = None,
    landing_folder: Path | None = None,
    helpdesk: str = "zendesk",
    keep_in: Path | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[ProcessUrls]:
    """Run the simulated vendors in a child process for the length of a ``with`` block.

    Args:
        options: the world, clock, limits and faults.
        vendors: which of zendesk, amazon, ebay to start.
        host: address to bind.
        ports: port per vendor; missing ones are free ports.
        landing_folder: where the child writes the seller's landing files as of the options' instant before it serves;
            None = nowhere. It saves telling the world twice.
        helpdesk: source system that the landing files name as the seller's helpdesk.
        keep_in: file in which the child keeps the world that it told, and finds it the next time; None = nowhere.
        meanwhile: what this process does until the child serves.

    Yields:
        The base addresses.

    Raises:
        RuntimeError: the child did not come up; its last words are in the message.
    """
    request = {
        "options": options_to_json(options),
        "host": host,
        "ports": {vendor: (ports or {}).get(vendor, 0) for vendor in vendors},
        "helpdesk": helpdesk,
        "landing_folder": str(landing_folder.absolute()) if landing_folder else None,
        "keep_in": str(keep_in.absolute()) if keep_in else None,
    }
    # A file, not a pipe, takes its complaints: nobody reads them while it serves, and a full pipe would stop it.
    with tempfile.TemporaryFile(mode="w+", encoding="utf-8") as complaints:
        child = subprocess.Popen(
            [sys.executable, "-m", "ingestion.simulator"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
        try:
            _ask(child, request)
            meanwhile()
            urls = _first_words(child, complaints)
            yield ProcessUrls(
                urls.get("zendesk", ""),
                urls.get("amazon", ""),
                urls.get("ebay", ""),
                urls.get("edesk", ""),
                options,
            )
        finally:
            _stop(child)


def _ask(child: subprocess.Popen[str], request: dict[str, Any]) -> None:
    """Hand the request to the child."""
    if child.stdin is None:
        raise RuntimeError("The simulator process has no pipe to read from.")
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(json.dumps(request) + "\n")
        child.stdin.flush()


def _first_words(child: subprocess.Popen[str], complaints: IO[str]) -> dict[str, str]:
    """Wait for the addresses that the child serves at."""
    if child.stdout is None:
        raise RuntimeError("The simulator process has no pipe to write to.")
    line = child.stdout.readline()
    if not line:
        child.wait(_STOP_TIMEOUT_SECONDS)
        complaints.seek(0)
        words = complaints.read().strip().splitlines() or ["no message"]
        raise RuntimeError(f"The simulated vendors did not start: {words[-1]}")
    urls: dict[str, str] = json.loads(line)
    return urls


def _stop(child: subprocess.Popen[str]) -> None:
    """End the child: it stops when its standard input closes, or is killed after a while."""
    if child.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
    try:
        child.wait(_STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout is not None:
        child.stdout.close()
