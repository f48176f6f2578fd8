"""The Amazon source when the vendor misbehaves."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ingestion.errors import ContractError, CredentialsError, VendorUnreachableError
from ingestion.simulator.amazon.app import amazon_app
from ingestion.simulator.faults import Faults
from ingestion.simulator.world.options import Fault
from ingestion.simulator.world.world import World
from ingestion.sources.amazon.client import PUBLISHED_LIMITS, Pacer
from tests.ingestion.amazon.marketplaces import AS_OF, OPTIONS, Loader, altered, served, stumbles

SHORT = (AS_OF - timedelta(days=12)).isoformat()


HISTORY = {"START_DATE": SHORT, "HEALTH_HISTORY_DAYS": "5"}
"""Failures need no long one."""


@pytest.fixture(autouse=True)
def _short_history(loader: Loader) -> Iterator[None]:
    loader.configure(**HISTORY)
    yield


@pytest.fixture(scope="module")
def calm(amazon_address: str, tmp_path_factory: pytest.TempPathFactory) -> Loader:
    """What a load brings when nothing goes wrong; read it, or begin with a copy."""
    with pytest.MonkeyPatch.context() as patch:
        once = Loader("amazon", tmp_path_factory.mktemp("calm"), patch)
        once.configure(**HISTORY)
        once.loaded(amazon_address)
    return once


def test_a_stumbling_vendor_is_survived(loader: Loader, calm: Loader, seller: World) -> None:
    faults = stumbles("amazon")
    loader.configure(REQUEST_TIMEOUT_SECONDS="0.8")
    app = Faults(amazon_app(seller, OPTIONS), faults, "amazon")
    with served(app) as address:
        loader.loaded(address)
    assert app._struck.keys() == set(range(len(faults))), "a kind of failure never came"
    assert loader.content(without_load=True) == calm.content(without_load=True)


@pytest.mark.tables("orders")
def test_a_vendor_that_stays_down_is_named(loader: Loader, seller: World) -> None:
    loader.configure(REQUEST_ATTEMPTS="3")  # each waits a second
    faults = (Fault("503", path="/orders/", vendor="amazon"),)
    with served(Faults(amazon_app(seller, OPTIONS), faults, "amazon")) as address:
        result = loader.load(address)
    assert isinstance(result.error, VendorUnreachableError)
    assert "amazon" in str(result.error) and "503" in str(result.error)
    assert "run again" in str(result.error)
    # nothing half-loaded, and the tables are there for the build
    assert loader.rows("select count(*) from raw_amazon.orders") == [(0,)]


@pytest.mark.tables("orders")
def test_an_unreachable_vendor_is_named(loader: Loader) -> None:
    result = loader.load("http://127.0.0.1:9")
    assert isinstance(result.error, VendorUnreachableError)
    assert "127.0.0.1:9" in str(result.error)


@pytest.mark.tables("orders")
def test_a_token_that_dies_early_is_renewed(loader: Loader, seller: World) -> None:
    """The vendor's clock leaps ten minutes a look, so a token lives for three calls; the client cannot know."""
    leaps = itertools.count(0, 600)
    app = amazon_app(seller, OPTIONS, clock=lambda: float(next(leaps)))
    with served(app) as address:
        loader.loaded(address)
    assert loader.rows("select count(*) > 100 from raw_amazon.orders") == [(True,)]


@pytest.mark.tables("orders")
@pytest.mark.parametrize(
    ("name", "value"), [("CLIENT_SECRET", "wrong"), ("REFRESH_TOKEN", "wrong"), ("CLIENT_ID", "")]
)
def test_wrong_or_missing_credentials_are_named(
    loader: Loader, amazon_address: str, name: str, value: str
) -> None:
    loader.configure(**{name: value})
    result = loader.load(amazon_address)
    assert isinstance(result.error, CredentialsError)
    assert f"SOURCES__AMAZON__{name}" in str(result.error)


@pytest.mark.parametrize(
    ("column", "flip"),
    [
        (
            "orders.quantity_ordered",
            lambda order: order["orderItems"][0].update(quantityOrdered="two"),
        ),
        ("orders.created_time", lambda order: order.update(createdTime=1765360000)),
        ("orders.order_id", lambda order: order.update(orderId=17)),
    ],
)
def test_a_changed_type_fails_the_load_and_bends_nothing(
    loader: Loader, calm: Loader, seller: World, amazon_address: str, column: str, flip: Any
) -> None:
    loader.begin_with(calm)
    before = loader.content()

    def alter(path: str, body: Any) -> Any:
        if path.endswith("/orders") and body.get("orders"):
            flip(body["orders"][-1])
        return body

    with served(altered(amazon_app(seller, OPTIONS), alter)) as address:
        result = loader.load(address)
    assert isinstance(result.error, ContractError)
    assert f"amazon {column} is declared" in str(result.error)
    assert "nothing of this load was kept" in str(result.error)
    assert loader.content() == before
    loader.loaded(amazon_address)
    assert loader.content() == before


def test_a_report_that_hangs_does_not_hold_up_the_rest(loader: Loader, seller: World) -> None:
    def alter(path: str, body: Any) -> Any:
        if path.endswith("/reports") and "reports" in body:
            return {"reports": []}
        if "processingStatus" in body:
            return {**body, "processingStatus": "IN_PROGRESS"}
        return body

    loader.configure(REPORT_WAIT_SECONDS="0.05")
    with served(altered(amazon_app(seller, OPTIONS), alter)) as address:
        loader.loaded(address)
    assert loader.rows("select count(*) from raw_amazon.account_health") == [(0,)]
    assert loader.rows("select count(*) > 100 from raw_amazon.orders") == [(True,)]


def test_an_unknown_account_status_and_missing_metrics_arrive(
    loader: Loader, seller: World
) -> None:
    """Trap A4: SUSPENDED is in the vendor's example though not in its schema, and metrics are missing there."""
    from ingestion.sources.amazon.reports import Report
    from ingestion.sources.amazon.snapshots import health_rows

    text = (
        '{"accountStatuses":[{"marketplaceId":"A","status":"SUSPENDED"},{"marketplaceId":"B","status":"NEW"}],'
        '"performanceMetrics":[{"marketplaceId":"A","brandNewRate":{"rate":0.5,"status":"GOOD"}}]}'
    )
    rows = health_rows(text, Report("1", AS_OF, "DONE", "d", ("A", "B")))
    assert [row["account_status"] for row in rows] == ["SUSPENDED", "NEW"]
    assert '"name":"brandNewRate"' in str(rows[0]["metric_list"])
    assert rows[1]["metric_list"] is None


def test_the_pacer_keeps_to_the_published_limit() -> None:
    now = 0.0
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        waits.append(seconds)
        now += seconds

    pacer = Pacer(clock=lambda: now, sleep=sleep)
    rate, burst = PUBLISHED_LIMITS["searchOrders"]
    for _ in range(int(burst)):
        pacer.wait("searchOrders")
    assert waits == []
    pacer.wait("searchOrders")
    assert waits == [pytest.approx(1 / rate)]
    pacer.learn("searchOrders", str(rate * 1000))  # the vendor grants more: no wait any more
    for _ in range(100):
        pacer.wait("searchOrders")
    assert len(waits) == 1
    pacer.learn("searchOrders", "not a number")
