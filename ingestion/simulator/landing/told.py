"""The seller's sheets are told once an instant: the next run at it finds them written.

Telling them costs as much as the world itself. What they were told from and how each file was left is kept beside the
landing folder; a file that is missing, changed or touched since has them all told again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from pathlib import Path

from ingestion.simulator.landing.export import Desk, write_landing_files
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World

_SUFFIX = ".told.json"


def tell_sheets(
    world: World,
    folder: Path,
    at: datetime,
    desks: Sequence[Desk],
) -> bool:
    """Write the landing files into ``folder`` unless they stand there as they would be written.

    Args:
        world: the simulated seller.
        folder: the landing folder.
        at: instant up to which the files know the world (aware).
        desks: helpdesks and tenants that the files name.

    Returns:
        Whether they were written.
    """
    note = folder.with_name(folder.name + _SUFFIX)
    told_from = _told_from(world.options, at, desks)
    try:
        kept = json.loads(note.read_text(encoding="utf-8"))
        if kept == {"told_from": told_from, "files": _left_as(folder, kept["files"])}:
            return False
    except (OSError, ValueError, KeyError, TypeError):
        # Whoever cannot say what was told tells it.
        pass
    written = write_landing_files(world, folder, at, desks)
    left = {"told_from": told_from, "files": _left_as(folder, [path.name for path in written])}
    note.write_text(json.dumps(left), encoding="utf-8")
    return True


def _told_from(options: SimulatorOptions, at: datetime, desks: Sequence[Desk]) -> str:
    """Digest of the seller, the instant, the desks and the programs that tell."""
    digest = hashlib.blake2b(digest_size=16)
    seller = (options.seed, options.start, options.days, options.plan_days, options.tickets_per_day)
    digest.update(repr((seller, at, [astuple(desk) for desk in desks])).encode())
    simulator = Path(__file__).parent.parent
    programs = [*simulator.rglob("*.py"), *simulator.parent.glob("canonical.*")]
    for path in sorted(programs):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _left_as(folder: Path, names: Sequence[str]) -> dict[str, list[int]]:
    """Size and time of change (ns) of each file.

    Raises:
        OSError: one is not there.
    """
    stats = {name: (folder / name).stat() for name in names}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}
