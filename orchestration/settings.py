"""Environment to typed settings, read once per run; every variable is described in ``.env.example``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dotenv import dotenv_values

from ingestion.config import IngestionSettings, parse_instant
from ingestion.errors import ConfigurationError

PROJECT_DIR = Path(__file__).parent.parent
DBT_DIR = PROJECT_DIR / "dbt_project"
VENDORS = ("zendesk", "amazon", "ebay", "edesk")
SOURCES = (*VENDORS, "landing")
HELPDESKS = ("zendesk", "edesk")
SIMULATED_SOURCES = ("zendesk", "amazon", "ebay", "landing")
"""What is pulled of the simulated seller unless ``--sources`` says otherwise; he has one helpdesk at a time."""

ENGINES = ("duckdb",)
WAREHOUSE_FILE = "warehouse.duckdb"

_CREDENTIALS = ("CLIENT_ID", "CLIENT_SECRET", "TOKEN", "TOKENS")
"""Endings of variables that hold a secret; addresses, dates and limits alone do not mean that a vendor is wanted."""


@dataclass(frozen=True)
class Settings:
    """Everything a run reads from its environment.

    ``as_of`` is the instant the run judges at (aware, UTC); ``is_as_of_pinned`` is false when it is the clock's.
    ``configured_vendors`` are those for which the environment holds credentials.
    """

    home: Path
    landing_dir: Path | None
    as_of: datetime
    is_as_of_pinned: bool
    engine: str
    configured_vendors: tuple[str, ...]

    @property
    def warehouse(self) -> Path:
        """The working file, with one writer; never given to BI."""
        return self.home / WAREHOUSE_FILE

    @property
    def published_dir(self) -> Path:
        """Folder that BI reads."""
        return self.home / "published"

    @property
    def marts_file(self) -> Path:
        """The published marts: a link that is replaced atomically."""
        return self.published_dir / "marts.duckdb"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own storage of runs and events."""
        return self.home / "dagster"

    @property
    def simulator_file(self) -> Path:
        """Start and size of the simulated world that earlier runs have seen."""
        return self.home / "simulator.json"

    @property
    def ingestion(self) -> IngestionSettings:
        """The part that ingestion needs."""
        return IngestionSettings(home=self.home, as_of=self.as_of, landing_dir=self.landing_dir)


def load_dotenv_file(path: Path = PROJECT_DIR / ".env") -> None:
    """Add the variables of ``.env`` to the environment; what is set already wins."""
    if not path.is_file():
        return
    for name, value in dotenv_values(path).items():
        if value is not None:
            os.environ.setdefault(name, value)


def _absolute(text: str) -> Path:
    path = Path(text).expanduser()
    return path if path.is_absolute() else PROJECT_DIR / path


def configured_vendors(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Vendors for which at least one credential is set, in fixed order.

    A half-filled set counts, so that a forgotten variable is reported by the vendor's connector, not taken for
    "no credentials".
    """
    found = []
    for vendor in VENDORS:
        prefix = f"SOURCES__{vendor.upper()}__"
        if any(
            name.startswith(prefix) and value and name.endswith(_CREDENTIALS)
            for name, value in environment.items()
        ):
            found.append(vendor)
    return tuple(found)


@contextmanager
def environment_with(added: Mapping[str, str]) -> Iterator[None]:
    """The environment with these variables for the block; afterwards each is what it was, or absent again."""
    before = {name: os.environ.get(name) for name in added}
    os.environ.update(added)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def home_dir(environment: Mapping[str, str] | None = None) -> Path:
    """Folder under which everything is written (``DESKHOUSE_HOME``)."""
    variables = os.environ if environment is None else environment
    return _absolute(variables.get("DESKHOUSE_HOME") or ".deskhouse")


def nothing_there(path: Path, is_published: bool = True) -> ConfigurationError:
    """The refusal of every command that reads a home in which nothing was built yet, or that is another one.

    Args:
        path: what was looked for.
        is_published: it would be published; else it is the warehouse.
    """
    said = f"Nothing is published at {path}" if is_published else f"{path} does not exist yet"
    return ConfigurationError(
        f"{said}: run deskhouse run first, or name the home that holds it in DESKHOUSE_HOME."
    )


def read_settings(
    environment: Mapping[str, str] | None = None, as_of: str | None = None
) -> Settings:
    """Typed settings from the environment (default: the process's own).

    Args:
        environment: variables by name.
        as_of: ISO-8601 instant that wins over ``DESKHOUSE_AS_OF``; without zone it is UTC.

    Raises:
        ConfigurationError: a variable has an unusable value; the message names it.
    """
    variables = os.environ if environment is None else environment
    engine = variables.get("DESKHOUSE_ENGINE") or "duckdb"
    if engine not in ENGINES:
        raise ConfigurationError(
            f"DESKHOUSE_ENGINE is {engine!r}, but only {', '.join(ENGINES)} can be used: correct or unset it."
        )
    if variables.get("DESKHOUSE_LANGUAGE"):
        # Only who sets it pays for the library of languages.
        from orchestration.presenting.languages import default_language

        default_language(variables)
    landing = variables.get("DESKHOUSE_LANDING_DIR") or ""
    landing_dir = _absolute(landing) if landing else None
    if landing_dir is not None and not landing_dir.is_dir():
        raise ConfigurationError(
            f"DESKHOUSE_LANDING_DIR names {landing_dir}, which is no folder: create it or correct the variable."
        )
    instant = as_of or variables.get("DESKHOUSE_AS_OF") or ""
    return Settings(
        home=home_dir(variables),
        landing_dir=landing_dir,
        as_of=parse_instant(instant) if instant else datetime.now(UTC).replace(microsecond=0),
        is_as_of_pinned=bool(instant),
        engine=engine,
        configured_vendors=configured_vendors(variables),
    )
