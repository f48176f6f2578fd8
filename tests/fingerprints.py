"""Proof of a refactoring: what is published stays row for row, in a full build and in an incremental one.

``python -m tests.fingerprints keep FOLDER`` builds the simulated seller and the acceptance tenants by the rules of this
checkout and keeps their warehouses; ``compare FOLDER``, after a change of the project, builds the same raw rows again,
anew and on top of what was kept, and says every table that differs with a few of its rows. Columns named after FOLDER,
such as ``definition_hash``, may differ: what a change means to change.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tests.acceptance.conftest import AS_OF, build_acceptance_home
from tests.conftest import SIMULATED_AS_OF, build_simulated_home
from tests.pipeline import build
from tests.warehouse_content import difference

LATER = timedelta(days=2)


WORLDS = {
    "acceptance": (build_acceptance_home, AS_OF),
    "simulated": (build_simulated_home, SIMULATED_AS_OF),
}


def keep(folder: Path) -> None:
    """Build every world, and once more two days later on top of the first build."""
    for name, (make, as_of) in WORLDS.items():
        home = folder / name
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        make(home)
        shutil.copy(home / "warehouse.duckdb", home / "first.duckdb")
        build(home, as_of + LATER)
        (home / "warehouse.duckdb").rename(home / "second.duckdb")


def compare(folder: Path, besides: Sequence[str]) -> str:
    """What differs between the kept builds and those of this checkout; empty when nothing does."""
    found = []
    for name, (_, as_of) in WORLDS.items():
        home = folder / name
        again = folder / "again" / name
        shutil.rmtree(again, ignore_errors=True)
        again.mkdir(parents=True)
        shutil.copy(home / "first.duckdb", again / "warehouse.duckdb")
        steps: tuple[tuple[datetime, bool, Path], ...] = (
            (as_of, True, home / "first.duckdb"),
            (as_of + LATER, False, home / "second.duckdb"),
        )
        for instant, is_full, kept in steps:
            built = build(again, instant, full_refresh=is_full)
            differing = difference(kept, built, besides=besides)
            found.append(f"{name} at {instant}:\n{differing}" if differing else "")
    return "\n".join(text for text in found if text)


def main() -> int:
    """Exit code 1 when something differs."""
    command, folder = sys.argv[1], Path(sys.argv[2])
    if command == "keep":
        keep(folder)
        return 0
    differing = compare(folder, sys.argv[3:])
    sys.stdout.write(f"{differing or 'nothing differs'}\n")
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
