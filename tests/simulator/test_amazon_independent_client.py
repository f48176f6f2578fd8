"""python-amazon-sp-api, written by others, reads the simulated seller over HTTP; only its addresses are changed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sp_api.api import OrdersV20260101, Reports, Sellers
from sp_api.auth import AccessTokenClient
from sp_api.auth import access_token_client as token_module
from sp_api.base import Marketplaces

from ingestion.simulator.amazon.app import REFRESH_TOKEN
from ingestion.simulator.server import running_simulator
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World

HEALTH = "GET_V2_SELLER_PERFORMANCE_REPORT"


@pytest.fixture(scope="module")
def address(options: SimulatorOptions, world: World) -> Iterator[str]:
    with running_simulator(options, vendors=("amazon",), world=world) as urls:
        yield urls.amazon


def client_of(kind: Any, address: str, options: SimulatorOptions) -> Any:
    """A client of the library whose login and API addresses are the simulator's."""
    token_module.cache.clear()

    class LoopbackLogin(AccessTokenClient):
        scheme = "http://"
        host = address.removeprefix("http://")

    client = kind(
        marketplace=Marketplaces.IT,
        refresh_token=REFRESH_TOKEN,
        credentials={
            "lwa_app_id": options.client_id,
            "lwa_client_secret": options.client_secret,
        },
        auth_token_client_class=LoopbackLogin,
    )
    client.endpoint = address
    return client


def test_it_reads_orders_page_by_page(address: str, options: SimulatorOptions) -> None:
    orders = client_of(OrdersV20260101, address, options)
    first = orders.search_orders(
        lastUpdatedAfter="2026-02-01T00:00:00Z", maxResultsPerPage=50, includedData="FULFILLMENT"
    )
    page = first.payload["orders"]
    assert len(page) == 50
    second = orders.search_orders(
        lastUpdatedAfter="2026-02-01T00:00:00Z",
        maxResultsPerPage=50,
        includedData="FULFILLMENT",
        paginationToken=first.pagination["nextToken"],
    )
    following = {order["orderId"] for order in second.payload["orders"]}
    assert following and not following & {order["orderId"] for order in page}
    # the library names its home marketplace in every search
    assert {order["salesChannel"]["marketplaceId"] for order in page} == {"APJ6JRA9NG5V4"}


def test_it_asks_for_a_report_and_downloads_it(address: str, options: SimulatorOptions) -> None:
    reports = client_of(Reports, address, options)
    report_id = reports.create_report(reportType=HEALTH).payload["reportId"]
    deadline = time.monotonic() + 20
    while True:
        record = reports.get_report(report_id).payload
        if record["processingStatus"] == "DONE":
            break
        assert time.monotonic() < deadline
    answer = reports.get_report_document(record["reportDocumentId"], download=True)
    body = json.loads(answer.payload["document"])
    assert [one["marketplaceId"] for one in body["performanceMetrics"]] == ["APJ6JRA9NG5V4"]


def test_it_lists_the_marketplaces(address: str, options: SimulatorOptions) -> None:
    sellers = client_of(Sellers, address, options)
    found = sellers.get_marketplace_participation().payload
    assert {one["marketplace"]["countryCode"] for one in found} == {"IT", "DE", "GB"}
