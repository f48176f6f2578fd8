"""The environment that Superset runs in: its own, from its own lock, so that ours stays as it is."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from ingestion.errors import ConfigurationError
from orchestration.settings import PROJECT_DIR

ENVIRONMENT = PROJECT_DIR / ".venv-superset"
LOCK = Path(__file__).parent / "requirements.lock"
PYTHONS = ((3, 11), (3, 12))
"""Versions that pandas 2.1, which Superset asks for, is built for, and the lock was made for."""
_STAMP = "installed-lock"


def python() -> Path:
    """Interpreter of the environment."""
    return ENVIRONMENT / "bin" / "python"


def is_installed() -> bool:
    """Whether the environment holds what the lock says now."""
    stamp = ENVIRONMENT / _STAMP
    return (
        python().exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == _fingerprint()
    )


def install() -> None:
    """Make the environment anew from the lock.

    Raises:
        ConfigurationError: no Python that fits, or a package could not be had.
    """
    base = suitable_python()
    # What an earlier lock brought must not linger: imports would find it.
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    _run([base, "-m", "venv", str(ENVIRONMENT)], f"{base} cannot create virtual environments")
    pip = [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run(
        [*pip, "--no-deps", "--require-hashes", "-r", str(LOCK)], "Superset could not be installed"
    )
    (ENVIRONMENT / _STAMP).write_text(_fingerprint(), encoding="utf-8")


def suitable_python() -> str:
    """A Python that Superset's packages are made for: ours where it fits, else one of the PATH.

    Raises:
        ConfigurationError: there is none.
    """
    if sys.version_info[:2] in PYTHONS:
        return sys.executable
    for major, minor in PYTHONS:
        found = shutil.which(f"python{major}.{minor}")
        if found:
            return found
    wanted = " or ".join(f"{major}.{minor}" for major, minor in PYTHONS)
    raise ConfigurationError(
        f"Superset needs Python {wanted}, and this is {sys.version_info[0]}.{sys.version_info[1]} with neither on the "
        f"PATH: install one of them (deskhouse itself goes on with its own)."
    )


def _run(command: list[str], fault: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        last = next((line for line in said if line.startswith("ERROR")), said[-1] if said else "")
        raise ConfigurationError(
            f"{fault} ({last.strip()}): look at the network and the disk, then run make superset again."
        )


def _fingerprint() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()
