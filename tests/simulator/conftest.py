"""One small seller for all tests of the simulator: autumn 2025, so that a DST switch and Black Friday lie inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ingestion.simulator.server import SimulatorUrls, running_simulator
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World
from tests.simulator.zendesk_client import ZendeskClient

AS_OF = datetime(2026, 3, 1, 6, tzinfo=UTC)


@pytest.fixture(scope="session")
def options() -> SimulatorOptions:
    """A hundred and fifty days with about 2,500 contacts."""
    return SimulatorOptions(
        seed=11,
        start=date(2025, 10, 2),
        days=150,
        tickets_per_day=14,
        as_of=AS_OF,
        rate_limit_scale=0,
    )


@pytest.fixture(scope="session")
def world(options: SimulatorOptions) -> World:
    """The seller of ``options``."""
    return World(options)


@pytest.fixture(scope="session")
def simulator(options: SimulatorOptions, world: World) -> Iterator[SimulatorUrls]:
    """The simulated Zendesk account over HTTP, without call limits."""
    with running_simulator(options, vendors=("zendesk",), world=world) as urls:
        yield urls


@pytest.fixture(scope="session")
def zendesk(simulator: SimulatorUrls) -> ZendeskClient:
    """A client with a token."""
    return ZendeskClient(simulator.zendesk, simulator.options)


@pytest.fixture(scope="session")
def earlier_zendesk(options: SimulatorOptions, world: World) -> Iterator[ZendeskClient]:
    """The same account ten days earlier."""
    earlier = replace(options, as_of=datetime(2026, 2, 19, 6, tzinfo=UTC))
    with running_simulator(earlier, vendors=("zendesk",), world=world) as urls:
        yield ZendeskClient(urls.zendesk, earlier)
