"""A run that would only repeat the last one: the same instant, rows, rules and programs; what is published stands.

What a run was made of is taken before it builds and kept when it has published. The ledger counts as it was then: what
the run itself wrote there is news to the next. Results of gates do not count; like those of every run they are shown by
the next build.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.ledger.files import write_whole
from orchestration.manifest import fingerprint_of
from orchestration.permissions import bi_group_name
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.unchanged import read_inputs
from orchestration.versions import current_version

_FILE = "last_run.json"
_PROGRAMS = ("ingestion", "expectations", "orchestration")
_OWN_SCHEMAS = ("raw_checks.", "raw_ledger.")
"""Written by runs themselves; the ledger is looked at where it lies."""


@dataclass(frozen=True)
class Repeated:
    """The run that this one would repeat: the warnings of its gates, which hold as before."""

    warnings: tuple[str, ...]


def made_of(settings: Settings) -> str:
    """Digest of everything that a build at the instant of the settings would be made of, the raw tables included."""
    parts = [f"instant {settings.as_of.isoformat()}"]
    inputs = read_inputs(settings.warehouse) if settings.warehouse.exists() else {}
    parts += [
        f"{name} {fingerprint}"
        for name, fingerprint in sorted(inputs.items())
        if not name.startswith(_OWN_SCHEMAS)
    ]
    parts.append(f"group {bi_group_name()}")
    for folder in _PROGRAMS:
        parts.append(fingerprint_of((PROJECT_DIR / folder).rglob("*.py"), PROJECT_DIR))
    ledger = settings.home / "ledger"
    parts.append(fingerprint_of(ledger.rglob("*.parquet"), ledger))
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def repeated(settings: Settings, digest: str) -> Repeated | None:
    """The last run, when what it published is what readers see and a run from here would publish the same; else None.

    Args:
        settings: of this run.
        digest: what ``made_of`` says before it builds.
    """
    path = settings.home / _FILE
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        is_same = kept["made_of"] == digest
        is_seen = kept["version"] == current_version(settings.published_dir)
        warnings = tuple(str(text) for text in kept["warnings"])
    except (OSError, ValueError, KeyError, TypeError):
        # Whoever cannot say what the last run was made of builds.
        return None
    is_there = settings.marts_file.is_file() and settings.warehouse.is_file()
    return Repeated(warnings) if is_same and is_seen and is_there else None


def remember(settings: Settings, digest: str, warnings: Sequence[str]) -> None:
    """Keep what a run that has just published was made of."""
    record = {
        "made_of": digest,
        "version": current_version(settings.published_dir),
        "warnings": list(warnings),
    }
    write_whole(settings.home / _FILE, json.dumps(record).encode())
