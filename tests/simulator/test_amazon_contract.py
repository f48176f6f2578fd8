"""The simulated selling-partner API against the vendor's own files; every exception is named and proved needed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from ingestion.simulator.amazon.app import REFRESH_TOKEN
from ingestion.simulator.amazon.health_report import EXAMPLE_SPELLING
from ingestion.simulator.server import running_simulator
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World
from tests.simulator.market_contracts import problems

ITALY, GERMANY, BRITAIN = "APJ6JRA9NG5V4", "A1PA6795UKMFR9", "A1F83G8C2ARO7P"
ALL_SITES = [ITALY, GERMANY, BRITAIN]
ORDERS = "/orders/2026-01-01/orders"
REPORTS = "/reports/2021-06-30/reports"
DOCUMENTS = "/reports/2021-06-30/documents"
EVERYTHING = "BUYER,CANCELLATION,FULFILLMENT,PACKAGES,PROCEEDS"


@pytest.fixture(scope="module")
def contracts(shared_dir: Path) -> Path:
    return shared_dir / "contracts" / "amazon-sp-api"


def sign_in(client: httpx.Client, options: SimulatorOptions, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH_TOKEN,
        "client_id": options.client_id,
        "client_secret": options.client_secret,
    }
    return client.post("/auth/o2/token", data={**form, **changes})


@pytest.fixture(scope="module")
def amazon(options: SimulatorOptions, world: World) -> Iterator[httpx.Client]:
    with (
        running_simulator(options, vendors=("amazon",), world=world) as urls,
        httpx.Client(base_url=urls.amazon) as client,
    ):
        token = sign_in(client, options).json()["access_token"]
        client.headers["x-amz-access-token"] = token
        yield client


def finished(amazon: httpx.Client, report_id: str) -> dict[str, Any]:
    for _ in range(5):
        record: dict[str, Any] = amazon.get(f"{REPORTS}/{report_id}").json()
        if record["processingStatus"] not in ("IN_QUEUE", "IN_PROGRESS"):
            return record
    raise AssertionError("the report never finished")


def document(amazon: httpx.Client, document_id: str) -> bytes:
    about = amazon.get(f"{DOCUMENTS}/{document_id}").json()
    assert about["compressionAlgorithm"] == "GZIP"
    return gzip.decompress(httpx.get(about["url"]).content)


def health(amazon: httpx.Client) -> dict[str, Any]:
    body = {"reportType": "GET_V2_SELLER_PERFORMANCE_REPORT", "marketplaceIds": ALL_SITES}
    report_id = amazon.post(REPORTS, json=body).json()["reportId"]
    found: dict[str, Any] = json.loads(
        document(amazon, finished(amazon, report_id)["reportDocumentId"])
    )
    return found


def test_orders_follow_the_contract(amazon: httpx.Client, contracts: Path) -> None:
    params = {"lastUpdatedAfter": "2026-01-20T00:00:00Z", "includedData": EVERYTHING}
    page = amazon.get(ORDERS, params=params).json()
    assert len(page["orders"]) == 100 and page["pagination"]["nextToken"]
    contract = contracts / "orders_2026-01-01.json"
    assert problems(contract, "SearchOrdersResponse", page) == []
    one = amazon.get(f"{ORDERS}/{page['orders'][0]['orderId']}").json()
    assert problems(contract, "GetOrderResponse", one) == []


def test_pages_of_orders_hold_every_order_once(amazon: httpx.Client, world: World) -> None:
    params = {"createdAfter": "2020-01-01T00:00:00Z", "maxResultsPerPage": "97"}
    seen: list[str] = []
    while True:
        page = amazon.get(ORDERS, params=params).json()
        seen += [order["orderId"] for order in page["orders"]]
        token = page.get("pagination", {}).get("nextToken")
        if not token:
            break
        params = {**params, "paginationToken": token}
    expected = {
        order.order_id
        for order in world.orders
        if order.platform == "amazon" and order.placed_at <= world.options.as_of  # type: ignore[operator]
    }
    assert len(seen) == len(set(seen))
    # what changed within the last two minutes is withheld
    assert set(seen) <= expected and len(expected - set(seen)) <= 2


def test_buyer_data_come_only_when_asked_for(amazon: httpx.Client) -> None:
    params = {"lastUpdatedAfter": "2026-02-20T00:00:00Z", "maxResultsPerPage": "1"}
    assert "buyer" not in amazon.get(ORDERS, params=params).json()["orders"][0]
    asked = amazon.get(ORDERS, params={**params, "includedData": "BUYER"}).json()["orders"][0]
    assert "buyer" in asked


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"createdAfter": "2026-01-01T00:00:00Z", "lastUpdatedAfter": "2026-01-01T00:00:00Z"},
        {"createdAfter": "soon"},
        {"createdAfter": "2026-01-01T00:00:00Z", "maxResultsPerPage": "101"},
    ],
)
def test_bad_searches_are_refused(
    amazon: httpx.Client, contracts: Path, params: dict[str, str]
) -> None:
    answer = amazon.get(ORDERS, params=params)
    assert answer.status_code == 400
    assert problems(contracts / "orders_2026-01-01.json", "ErrorList", answer.json()) == []


def test_marketplaces_follow_the_contract(amazon: httpx.Client, contracts: Path) -> None:
    answer = amazon.get("/sellers/v1/marketplaceParticipations").json()
    name = "GetMarketplaceParticipationsResponse"
    assert problems(contracts / "sellers.json", name, answer) == []
    assert {one["marketplace"]["id"] for one in answer["payload"]} == set(ALL_SITES)


def test_a_report_passes_the_queue_and_follows_the_contract(
    amazon: httpx.Client, contracts: Path
) -> None:
    contract = contracts / "reports_2021-06-30.json"
    body = {"reportType": "GET_V2_SELLER_PERFORMANCE_REPORT", "marketplaceIds": [ITALY]}
    answer = amazon.post(REPORTS, json=body)
    assert answer.status_code == 202
    assert problems(contract, "CreateReportResponse", answer.json()) == []
    states = []
    for _ in range(3):
        record = amazon.get(f"{REPORTS}/{answer.json()['reportId']}").json()
        assert problems(contract, "Report", record) == []
        states.append(record["processingStatus"])
    assert states == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
    about = amazon.get(f"{DOCUMENTS}/{record['reportDocumentId']}").json()
    assert problems(contract, "ReportDocument", about) == []


def test_daily_reports_of_ninety_days_are_listed(amazon: httpx.Client, contracts: Path) -> None:
    params = {
        "reportTypes": "GET_V2_SELLER_PERFORMANCE_REPORT",
        "pageSize": "40",
        "createdSince": "2025-11-01T00:00:00Z",
    }
    found: list[str] = []
    while True:
        page = amazon.get(REPORTS, params=params).json()
        contract = contracts / "reports_2021-06-30.json"
        assert problems(contract, "GetReportsResponse", page) == []
        found += [one["reportId"] for one in page["reports"]]
        if "nextToken" not in page:
            break
        params = {"nextToken": page["nextToken"]}
    assert len(set(found)) == len(found) >= 90


def test_a_report_without_data_is_cancelled(amazon: httpx.Client) -> None:
    body = {
        "reportType": "GET_SELLER_FEEDBACK_DATA",
        "marketplaceIds": [ITALY],
        "dataStartTime": "2019-01-01T00:00:00Z",
        "dataEndTime": "2019-01-02T00:00:00Z",
    }
    record = finished(amazon, amazon.post(REPORTS, json=body).json()["reportId"])
    assert record["processingStatus"] == "CANCELLED" and "reportDocumentId" not in record


def test_feedback_is_tab_separated_and_has_bad_and_neutral_stars_only(amazon: httpx.Client) -> None:
    body = {
        "reportType": "GET_SELLER_FEEDBACK_DATA",
        "marketplaceIds": [GERMANY],
        "dataStartTime": "2025-10-01T00:00:00Z",
    }
    record = finished(amazon, amazon.post(REPORTS, json=body).json()["reportId"])
    lines = document(amazon, record["reportDocumentId"]).decode("cp1252").splitlines()
    assert lines[0].split("\t") == [
        "Date",
        "Rating",
        "Comments",
        "Response",
        "Order ID",
        "Rater Email",
    ]
    stars = {line.split("\t")[1] for line in lines[1:]}
    assert lines[1:] and stars <= {"1", "2", "3"}


def test_account_health_follows_its_schema_in_the_schema_s_spelling(
    amazon: httpx.Client, contracts: Path
) -> None:
    path = contracts / "reports-schemas" / "accountHealthReport-2020-11-18.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    report = health(amazon)
    entries = {one["marketplaceId"]: one for one in report["performanceMetrics"]}
    schema_spelt = {**report, "performanceMetrics": [entries[ITALY], entries[GERMANY]]}
    jsonschema.validate(schema_spelt, schema)


def test_account_health_deviates_where_the_vendor_s_example_does(
    amazon: httpx.Client, contracts: Path
) -> None:
    """Exception A4: the British entry is spelt like the vendor's example, which breaks the vendor's schema."""
    path = contracts / "reports-schemas" / "accountHealthReport-2020-11-18.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    report = health(amazon)
    entries = {one["marketplaceId"]: one for one in report["performanceMetrics"]}
    british = entries[BRITAIN]
    example = schema["examples"][0]["performanceMetrics"][0]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**report, "performanceMetrics": [british]}, schema)
    for name, spelt in EXAMPLE_SPELLING.items():
        assert name not in british and spelt in british and spelt in example
    assert not set(british) - set(example)


def test_account_health_ignores_the_dates_asked_for(amazon: httpx.Client) -> None:
    body = {
        "reportType": "GET_V2_SELLER_PERFORMANCE_REPORT",
        "marketplaceIds": ALL_SITES,
        "dataStartTime": "2025-11-01T00:00:00Z",
        "dataEndTime": "2025-11-02T00:00:00Z",
    }
    report_id = amazon.post(REPORTS, json=body).json()["reportId"]
    asked = json.loads(document(amazon, finished(amazon, report_id)["reportDocumentId"]))
    assert asked == health(amazon)


def test_rates_are_fractions_of_the_published_counts(amazon: httpx.Client) -> None:
    for entry in health(amazon)["performanceMetrics"]:
        for kind in ("mfn", "afn"):
            defects = entry["orderDefectRate"][kind]
            parts = sum(
                defects[name]["count"] for name in ("claims", "chargebacks", "negativeFeedback")
            )
            # an order with several defects counts once
            assert defects["orderWithDefects"]["count"] <= parts
            ratio = defects["orderWithDefects"]["count"] / max(defects["orderCount"], 1)
            assert abs(defects["rate"] - ratio) < 0.0001
        late = entry["lateShipmentRate"]
        assert abs(late["rate"] - late["lateShipmentCount"] / late["orderCount"]) < 0.0001


def test_calls_without_a_valid_token_are_refused(
    amazon: httpx.Client, options: SimulatorOptions
) -> None:
    assert sign_in(amazon, options, client_secret="wrong").status_code == 401
    assert sign_in(amazon, options, refresh_token="wrong").status_code == 400
    for headers in ({"x-amz-access-token": ""}, {"x-amz-access-token": "Atza|stolen"}):
        assert amazon.get(ORDERS, headers=headers).status_code == 403


def test_there_is_no_way_to_read_buyer_messages(amazon: httpx.Client) -> None:
    for path in ("/messaging/v1/orders/1", "/messaging/v1/orders", "/messages"):
        assert amazon.get(path).status_code == 404


def test_true_limits_answer_429_and_announce_the_rate(
    options: SimulatorOptions, world: World
) -> None:
    true_limits = replace(options, rate_limit_scale=1)
    with (
        running_simulator(true_limits, vendors=("amazon",), world=world) as urls,
        httpx.Client(base_url=urls.amazon) as client,
    ):
        token = sign_in(client, true_limits).json()["access_token"]
        client.headers["x-amz-access-token"] = token
        params = {"lastUpdatedAfter": "2026-02-27T00:00:00Z", "maxResultsPerPage": "1"}
        answers = [client.get(ORDERS, params=params) for _ in range(21)]
        assert [one.status_code for one in answers] == [200] * 20 + [429]
        assert {one.headers["x-amzn-RateLimit-Limit"] for one in answers} == {"0.0056"}
        assert answers[-1].json()["errors"][0]["code"] == "QuotaExceeded"
