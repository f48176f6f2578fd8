"""The world is told once for a seller and a day: the next start finds it as it was told.

Telling is most of what a start costs. The kept file is read by an unpickler that makes nothing but the world's own
classes and plain values, so a file that somebody put there in its stead can run no program.
"""

from __future__ import annotations

import io
import pickle
import platform
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingestion.kept_files import digest, keep, read_kept
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World, without_collection

_WORLD = f"{__package__}.world."
_PLAIN = {
    ("builtins", "list"),
    ("collections", "defaultdict"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
}


class _WorldsOnly(pickle.Unpickler):
    """Makes classes of the world and plain values, nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if self._may_be(module, name) else None
        if (module, name) in _PLAIN or (isinstance(found, type) and found.__module__ == module):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a simulated world")

    @staticmethod
    def _may_be(module: str, name: str) -> bool:
        return (module, name) in _PLAIN or (module.startswith(_WORLD) and "." not in name)


def told_world(options: SimulatorOptions, keep_in: Path | None = None) -> World:
    """The world of these options: as it was kept, or told and then kept.

    Args:
        options: of the world; those that tell nothing (clock, limits, faults, credentials) may differ from the kept.
        keep_in: file in which the world is kept; None = it is told and not kept.
    """
    if keep_in is None:
        return World(options)
    made_of = _made_of(options)
    world = _kept(keep_in, made_of)
    if world is None:
        world = World(options)
        _keep(world, keep_in, made_of)
    # instant, limits and faults are of this start; nothing of the world was told from them
    world.options = world.staff.options = options
    return world


def _made_of(options: SimulatorOptions) -> bytes:
    """Digest of the seller and of the programs that tell it, Python included."""
    seller = (options.seed, options.start, options.days, options.plan_days, options.tickets_per_day)
    programs = (path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py")))
    return digest(b"".join((platform.python_version().encode(), repr(seller).encode(), *programs)))


def _kept(path: Path, made_of: bytes) -> World | None:
    """The world of the file; None where none of the same was kept, or it cannot be read."""
    body = read_kept(path, made_of)
    if body is None:
        return None
    try:
        with without_collection():
            world = _WorldsOnly(io.BytesIO(body)).load()
    except (
        pickle.UnpicklingError,
        AttributeError,
        EOFError,
        ImportError,
        LookupError,
        TypeError,
        ValueError,
    ):
        # Whoever cannot read what was kept tells it.
        return None
    return world if isinstance(world, World) else None


def _keep(world: World, path: Path, made_of: bytes) -> None:
    """Keep the world without what is of this start."""
    # credentials and faults of a start are no part of the world
    options = world.options
    world.options = world.staff.options = replace(
        options, as_of=None, faults=(), client_id="", client_secret=""
    )
    with without_collection():
        body = pickle.dumps(world, protocol=pickle.HIGHEST_PROTOCOL)
    world.options = world.staff.options = options
    path.parent.mkdir(parents=True, exist_ok=True)
    keep(path, made_of, body)
