"""Superset's own store under ``DESKHOUSE_HOME/superset``: keys, the one user, and the assets imported into it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ingestion.errors import ConfigurationError
from orchestration.settings import Settings
from orchestration.superset import environment

USER = "admin"
SLUG = "deskhouse"
"""Address of the dashboard below ``/superset/dashboard/``."""
FOLDER = Path(__file__).parent
ASSETS = FOLDER / "assets"
PASSWORD_FILE = "admin-password"  # noqa: S105 - the name of a file
SECRET_FILE = "secret.key"  # noqa: S105 - the name of a file
_SECRET_BYTES = 32
_PASSWORD_BYTES = 18


def folder(home: Path) -> Path:
    """Where Superset keeps what is its own; deleting it loses what people made in Superset, nothing of ours."""
    return home / "superset"


def assets() -> dict[str, str]:
    """Text of every asset by its path in Superset's import."""
    return {
        path.relative_to(ASSETS).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(ASSETS.rglob("*.yaml"))
    }


def variables(home: Path) -> dict[str, str]:
    """Environment of a process of Superset: ours without what belongs to us, and where its configuration lies."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DESKHOUSE_", "SOURCES__", "PYTHON", "SUPERSET", "FLASK"))
    }
    return kept | {
        "SUPERSET_HOME": str(folder(home)),
        "SUPERSET_CONFIG_PATH": str(FOLDER / "superset_config.py"),
        "SCARF_ANALYTICS": "false",
        "DO_NOT_TRACK": "1",
        "TZ": "UTC",
    }


def require_publication(settings: Settings) -> None:
    """Say before anything is installed that there is nothing to show.

    Raises:
        ConfigurationError: nothing is published.
    """
    if not settings.marts_file.exists():
        raise ConfigurationError(
            f"Nothing is published yet: {settings.marts_file} does not exist. Run make run, then make superset."
        )


def prepare(settings: Settings) -> None:
    """Bring Superset's store up to date with this version: tables, user, assets. A second time changes nothing.

    Raises:
        ConfigurationError: Superset refuses its store or an asset; what it said follows.
    """
    own = folder(settings.home)
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    _kept(own / SECRET_FILE, secrets.token_hex(_SECRET_BYTES))
    given = {
        "user": USER,
        "password": _kept(own / PASSWORD_FILE, secrets.token_urlsafe(_PASSWORD_BYTES)),
        "assets": assets(),
    }
    _inside(settings.home, given)


def _inside(home: Path, given: Mapping[str, object]) -> None:
    """Run the preparation in Superset's environment; through standard input no list of processes shows secrets."""
    done = subprocess.run(
        [str(environment.python()), "-I", str(FOLDER / "inside.py")],
        input=json.dumps(given),
        env=variables(home),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise ConfigurationError(
            f"Superset could not be prepared in {folder(home)} ({said[-1].strip() if said else 'it said nothing'}): "
            f"correct what it names; if its store is damaged, move that folder away and run make superset again."
        )


def _kept(path: Path, fresh: str) -> str:
    """The secret of a file, which is made for its owner alone where there is none."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(fresh + "\n")
    return fresh
