"""One simulated seller and its orders for all tests of the Amazon source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.simulator.server import running_simulator
from ingestion.simulator.world.world import World
from tests.ingestion.amazon.marketplaces import OPTIONS, Loader


@pytest.fixture(scope="session")
def seller() -> World:
    """Ninety days of a small seller."""
    return World(OPTIONS)


@pytest.fixture(scope="session")
def amazon_address(seller: World) -> Iterator[str]:
    """The seller's marketplace account over HTTP, without limits."""
    with running_simulator(OPTIONS, vendors=("amazon",), world=seller) as urls:
        yield urls.amazon


@pytest.fixture
def loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loader:
    """A fresh warehouse."""
    return Loader("amazon", tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def loaded(amazon_address: str, tmp_path_factory: pytest.TempPathFactory) -> Loader:
    """A warehouse loaded once, for tests that only read."""
    with pytest.MonkeyPatch.context() as patch:
        once = Loader("amazon", tmp_path_factory.mktemp("amazon"), patch)
        once.loaded(amazon_address)
    return once
