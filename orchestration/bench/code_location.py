"""How long Dagster needs to load the definitions."""

from __future__ import annotations

import subprocess
import sys

_LOAD = """
import time
started = time.perf_counter()
import dagster, dagster_dbt, dagster_dlt
libraries = time.perf_counter() - started
from orchestration.definitions import defs
defs().get_repository_def()
print(libraries, time.perf_counter() - started - libraries)
"""


def code_location_seconds() -> tuple[float, float]:
    """Seconds to import the libraries alone, and seconds that our definitions add; the second of two runs."""
    found = (0.0, 0.0)
    for _ in range(2):
        outcome = subprocess.run(
            [sys.executable, "-c", _LOAD], capture_output=True, text=True, check=True
        )
        libraries, ours = outcome.stdout.split()
        found = (float(libraries), float(ours))
    return found
