"""A first run of the simulated seller, and the run after it in which nothing changed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from orchestration.bench.processes import Cost, cost_of
from orchestration.bench.sizes import AS_OF


@dataclass(frozen=True)
class Runs:
    """What ``deskhouse run`` costs on an empty home, and again at the same instant."""

    first: Cost
    unchanged: Cost

    @property
    def ratio(self) -> float:
        """Processor time of the unchanged run in that of the first."""
        return self.unchanged.cpu_s / self.first.cpu_s


def measure_runs(home: Path) -> Runs:
    """Run the default world in ``home`` twice; the home is removed afterwards."""
    shutil.rmtree(home, ignore_errors=True)
    command = ["orchestration.cli", "run", "--as-of", AS_OF.isoformat()]
    try:
        return Runs(*(cost_of(command, {"DESKHOUSE_HOME": str(home)}) for _ in range(2)))
    finally:
        shutil.rmtree(home, ignore_errors=True)
