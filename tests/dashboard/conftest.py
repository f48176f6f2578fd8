"""One published home of the simulated seller for all tests of the dashboard; each test writes into its own home."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication, publication
from orchestration.settings import Settings, environment_with
from tests.conftest import SIMULATED_AS_OF
from tests.dashboard.driving import publish
from tests.shared_build import built_once


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, simulated_home: Path) -> Path:
    """A home that holds nothing but what was published of the simulated seller."""

    def build(home: Path) -> None:
        shutil.copyfile(simulated_home / "warehouse.duckdb", home / "warehouse.duckdb")
        publish(home, SIMULATED_AS_OF)
        (home / "warehouse.duckdb").unlink()

    return built_once(tmp_path_factory, "dashboard", build)


@pytest.fixture
def home(tmp_path: Path, published: Path) -> Iterator[Path]:
    """A home of a test's own over the shared publication; the dashboard is pointed at it."""
    own = tmp_path / "home"
    own.mkdir()
    (own / "published").symlink_to(published / "published")
    with at_home(own):
        yield own


@pytest.fixture
def settings(home: Path) -> Settings:
    """Settings of the test's home at the seller's instant."""
    return Settings(home, None, SIMULATED_AS_OF, True, "duckdb", ())


@pytest.fixture
def current(settings: Settings) -> Publication:
    """The published version, open."""
    return publication(settings)


@pytest.fixture
def seller() -> Filters:
    """The seller's last full month, whole company."""
    return Filters(tenant="main", month="2025-12")


@contextmanager
def at_home(home: Path) -> Iterator[None]:
    """Point the dashboard at a home for the block."""
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    variables = {"DESKHOUSE_HOME": str(home), "DESKHOUSE_AS_OF": SIMULATED_AS_OF.isoformat()}
    with environment_with(variables):
        yield
