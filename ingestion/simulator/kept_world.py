"""The world is told once for a seller and a day: the next start finds it as it was told.

Telling is most of what a start costs. The kept file is read by an unpickler that makes nothing but the world's own
classes and plain values, so a file that somebody put there in its stead can run no program.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import platform
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

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
_DIGEST_BYTES = 16


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
    digest = hashlib.blake2b(platform.python_version().encode(), digest_size=_DIGEST_BYTES)
    seller = (options.seed, options.start, options.days, options.plan_days, options.tickets_per_day)
    digest.update(repr(seller).encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()


def _kept(path: Path, made_of: bytes) -> World | None:
    """The world of a file that begins with what it was made of and a digest of the rest; None when it does not."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    head, body = content[: 2 * _DIGEST_BYTES], memoryview(content)[2 * _DIGEST_BYTES :]
    if head != made_of + _digest(body):
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
    """Write the world beside the file and put it in its place whole; only its owner may read it."""
    # credentials and faults of a start are no part of the world
    options = world.options
    world.options = world.staff.options = replace(
        options, as_of=None, faults=(), client_id="", client_secret=""
    )
    with without_collection():
        body = pickle.dumps(world, protocol=pickle.HIGHEST_PROTOCOL)
    world.options = world.staff.options = options
    path.parent.mkdir(parents=True, exist_ok=True)
    file, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(file, "wb") as out:
            out.write(made_of + _digest(body))
            out.write(body)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _digest(body: bytes | memoryview) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest()
