"""One simulated seller and its eBay accounts for all tests of the eBay source."""

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
def ebay_address(seller: World) -> Iterator[str]:
    """The seller's accounts over HTTP, without quotas."""
    with running_simulator(OPTIONS, vendors=("ebay",), world=seller) as urls:
        yield urls.ebay


@pytest.fixture
def loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loader:
    """A fresh warehouse."""
    return Loader("ebay", tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def loaded(ebay_address: str, tmp_path_factory: pytest.TempPathFactory) -> Loader:
    """A warehouse loaded once, for tests that only read."""
    with pytest.MonkeyPatch.context() as patch:
        once = Loader("ebay", tmp_path_factory.mktemp("ebay"), patch)
        once.loaded(ebay_address)
    return once
