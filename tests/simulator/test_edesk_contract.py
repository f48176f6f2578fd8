"""The simulated eDesk against the vendor's own definitions; every exception is named and proved to be needed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingestion.simulator.edesk.app import access_token, edesk_app
from ingestion.simulator.edesk.lists import ACCOUNT_ZONE
from ingestion.simulator.server import running_simulator
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World
from tests.ingestion.amazon.marketplaces import served
from tests.simulator.market_contracts import problems

Schemas = dict[str, Any]
CLOCK = "%Y-%m-%d %H:%M:%S"


@pytest.fixture(scope="module")
def contract(shared_dir: Path) -> Path:
    return shared_dir / "contracts" / "edesk" / "edesk-open-api-2.0.subset.json"


@pytest.fixture(scope="module")
def edesk(options: SimulatorOptions, world: World) -> Iterator[httpx.Client]:
    with (
        running_simulator(options, vendors=("edesk",), world=world) as urls,
        httpx.Client(base_url=f"{urls.edesk}/v1/") as client,
    ):
        client.headers["Authorization"] = f"Bearer {access_token(options)}"
        yield client


def nullable(schemas: Schemas) -> None:
    """OpenAPI's ``nullable`` as JSON Schema says it."""
    for name, part in list(schemas.items()):
        if not isinstance(part, dict):
            continue
        nullable(part)
        if part.pop("nullable", False) is True:
            schemas[name] = {"anyOf": [part, {"type": "null"}]}


def as_observed(schemas: Schemas) -> None:
    """Where the vendor's answers differ from its definitions (notes D4)."""
    schemas["Ticket"]["properties"]["created_at"] = {"type": "string"}
    schemas["Ticket"]["properties"]["time_left_to_reply"] = {"type": ["number", "boolean"]}


def page(edesk: httpx.Client, path: str, **params: str) -> dict[str, Any]:
    answer = edesk.get(path, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def everything(edesk: httpx.Client, path: str, **params: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    total = 1
    while len(rows) < total:
        number = str(len(rows) // 100 + 1)
        found = page(edesk, path, itemsPerPage="100", page=number, **params)
        total = found["paginator"]["totalItemsCount"]
        rows += found["data"]
        assert found["data"] or not total
    return rows


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("users", "User"),
        ("channels", "Channel"),
        ("tags", "Tag"),
        ("tag-groups", "TagGroup"),
        ("templates", "Template"),
    ],
)
def test_reference_lists_follow_the_contract(
    edesk: httpx.Client, contract: Path, path: str, schema: str
) -> None:
    rows = everything(edesk, path)
    assert rows
    assert [found for row in rows for found in problems(contract, schema, row, nullable)] == []


def test_tickets_follow_the_contract_but_for_two_observed_oddities(
    edesk: httpx.Client, contract: Path
) -> None:
    rows = page(edesk, "tickets", itemsPerPage="100", order_by="created_at")["data"]
    assert len(rows) == 100
    for row in rows:
        assert problems(contract, "Ticket", row, nullable, as_observed) == []
        declared = problems(contract, "Ticket", row, nullable)
        assert "created_at" in "".join(declared)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row["created_at"])
    assert any(row["time_left_to_reply"] is False for row in rows)
    one = page(edesk, f"tickets/{rows[3]['id']}")["data"]
    assert one == rows[3]


def test_items_follow_the_contract_and_are_read_one_by_one(
    edesk: httpx.Client, contract: Path
) -> None:
    tickets = page(edesk, "tickets", itemsPerPage="60")["data"]
    kinds: Counter[tuple[str, str]] = Counter()
    for ticket in tickets:
        times = []
        for item_id in ticket["messages_ids"]:
            item = page(edesk, f"messages/{item_id}")["data"]
            assert problems(contract, "Ticket_Item", item, nullable) == []
            assert item["ticket_id"] == ticket["id"]
            kinds[item["type"], item["direction"]] += 1
            if item["type"] not in ("Note", "Status"):
                times.append(item["created_at"])
        assert ticket["last_updated_at"] == max(times, default=None)
    assert (
        kinds["Message", "Incoming"] and kinds["Message", "Outgoing"] and kinds["Status", "Other"]
    )
    assert edesk.get("messages/5").status_code == 404
    assert edesk.get("messages").status_code == 404


def test_errors_follow_the_contract(edesk: httpx.Client, contract: Path) -> None:
    for answer, status in (
        (edesk.get("tickets/1"), 404),
        (edesk.get("tickets", params={"order_by": "owner"}), 400),
        (edesk.get("tickets", params={"filter_last_updated_at_gte": "yesterday"}), 400),
        (edesk.get("tickets", headers={"Authorization": "Bearer another"}), 401),
    ):
        assert answer.status_code == status
        assert answer.json()["error"]["httpCode"] == status
        assert problems(contract, "BaseErrorResponse", answer.json()) == []


def test_only_the_camel_case_spellings_page(edesk: httpx.Client) -> None:
    default = page(edesk, "tickets", per_page="5", items_per_page="5", limit="5")
    assert len(default["data"]) == default["paginator"]["itemsPerPage"] == 20
    second = page(edesk, "tickets", page="2", itemsPerPage="5")
    assert [one["id"] for one in second["data"]] == [one["id"] for one in default["data"][5:10]]
    assert second["paginator"]["currentPage"] == 2


def test_the_date_filter_means_days_of_the_accounts_zone(edesk: httpx.Client) -> None:
    day = date(2026, 2, 20)
    midnight = datetime(2026, 2, 20, tzinfo=ACCOUNT_ZONE).astimezone(UTC).strftime(CLOCK)
    found = everything(edesk, "tickets", filter_last_updated_at_gte=day.isoformat())
    ids = {one["id"] for one in found}
    expected = {
        one["id"]
        for one in everything(edesk, "tickets")
        if one["last_updated_at"] is not None and one["last_updated_at"] >= midnight
    }
    assert ids == expected
    assert expected


def test_closing_does_not_move_the_time_of_the_last_update(edesk: httpx.Client) -> None:
    moved = 0
    for ticket in page(edesk, "tickets", itemsPerPage="60", filter_status_equals="Closed")["data"]:
        items = [page(edesk, f"messages/{one}")["data"] for one in ticket["messages_ids"]]
        closings = [one["created_at"] for one in items if one["body"].endswith("to Closed")]
        moved += bool(closings) and max(closings) > ticket["last_updated_at"]
    assert moved


def test_the_bucket_holds_sixty_calls_and_refills_by_two_a_second(world: World) -> None:
    limited = SimulatorOptions(
        seed=11, start=date(2025, 10, 2), days=150, as_of=datetime(2026, 3, 1, tzinfo=UTC)
    )
    seconds = [0.0]
    app = edesk_app(world, limited, clock=lambda: seconds[0])
    with served(app) as address, httpx.Client(base_url=f"{address}/v1/") as client:
        client.headers["Authorization"] = f"Bearer {access_token(limited)}"
        answers = [client.get("channels") for _ in range(61)]
        assert [one.status_code for one in answers] == [200] * 60 + [429]
        assert answers[-1].headers["Retry-After"] == "1"
        seconds[0] = 1.0
        assert [client.get("tags").status_code for _ in range(3)] == [200, 200, 429]
        client.headers["Authorization"] = "Bearer another"
        assert client.get("tags").status_code == 401
