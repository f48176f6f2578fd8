"""Replay random worlds by hand: ``python -m tests.property.replay HOME FIRST LAST [--as-of …] [--story SEED]``."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import datetime
from pathlib import Path

from tests.oracle.comparison.compare import compare_core, compare_kpis
from tests.oracle.comparison.registry import MARTS, compared
from tests.pipeline import run_landing
from tests.property.landing import story, tenant_name, write_seeds
from tests.property.worlds import random_world


def main() -> int:
    """Build the worlds of seeds FIRST to LAST in HOME and print the first differences of facts, KPIs and marts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--as-of", type=datetime.fromisoformat, default="2026-05-20T12:00:00+00:00")
    parser.add_argument("--story", type=int)
    parser.add_argument("--show", type=int, default=4)
    options = parser.parse_args()
    if options.story is not None:
        rows = random_world(options.story, tenant_name(options.story), options.as_of)
        sys.stdout.write(story(rows) + "\n")
        return 0
    shutil.rmtree(options.home, ignore_errors=True)
    write_seeds(options.home / "landing", range(options.first, options.last), options.as_of)
    path = run_landing(options.home / "landing", options.home / "home", options.as_of)
    report, computed = compare_core(path, options.as_of)
    compare_kpis(report, path, computed)
    sys.stdout.write(report.text(options.show) + "\n")
    differing = bool(report.differences)
    for table in MARTS:
        mart = compared(path, options.as_of, table)
        sys.stdout.write(f"{table}: {mart.compared} rows compared, {mart.text(options.show)}\n")
        differing |= bool(mart.differences)
    return int(differing)


if __name__ == "__main__":
    raise SystemExit(main())
