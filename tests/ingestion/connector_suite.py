"""What every connector inherits: the same misbehaviour of the vendor must end in the same rows, or in one sentence.

A new vendor adds one :class:`Connector` to :data:`CONNECTORS`; ``tests/ingestion/test_connectors.py`` does the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from starlette.types import ASGIApp

from ingestion import pipeline
from ingestion.config import IngestionSettings
from ingestion.pipeline import LoadResult, run_sources
from ingestion.simulator.server import vendor_app
from ingestion.simulator.world.options import Fault, SimulatorOptions
from ingestion.simulator.world.world import World
from orchestration.simulated import vendor_environment
from tests.ingestion.amazon.marketplaces import altered, served

AS_OF = datetime(2025, 11, 8, 12, tzinfo=UTC)
OPTIONS = SimulatorOptions(
    seed=5, start=date(2025, 10, 20), days=24, tickets_per_day=5, as_of=AS_OF, rate_limit_scale=0
)
Alter = Callable[[str, Any], Any]
Content = dict[str, list[tuple[Any, ...]]]
UNKNOWN_FIELD = {"surprise": "secret of a buyer", "nested_surprise": {"name": "secret of a buyer"}}


@dataclass(frozen=True)
class Connector:
    """How one vendor is tried.

    Attributes:
        vendor: name of the source.
        path: part of the path of its main list.
        records: key of the records in that list.
        flip: breaks the type of a field of a record, and ``column`` is what the refusal names.
        personal: keys of answers whose values must not be found in the warehouse.
        is_anonymous: whether the vendor's documents that are asked for name nobody.
        settings: further variables, in the connector's own section.
    """

    vendor: str
    path: str
    records: str
    flip: Callable[[dict[str, Any]], None]
    column: str
    personal: frozenset[str]
    settings: tuple[tuple[str, str], ...] = ()
    is_anonymous: bool = False

    def list_of(self, path: str, body: Any) -> list[Any]:
        """The records of an answer, empty for another one than the main list."""
        is_main = path.endswith(self.path) and isinstance(body, dict)
        found = body.get(self.records) if is_main else None
        return found if isinstance(found, list) else []


def _flip(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def flip(record: dict[str, Any]) -> None:
        record[name] = value

    return flip


def _flip_quantity(record: dict[str, Any]) -> None:
    record["lineItems"][0]["quantity"] = "two"


CONNECTORS = (
    Connector(
        "zendesk",
        "/api/v2/incremental/tickets/cursor",
        "tickets",
        _flip("brand_id", "eleven"),
        "tickets.brand_id",
        frozenset(
            {"body", "html_body", "plain_body", "subject", "email", "address", "description"}
        ),
    ),
    Connector(
        "amazon",
        "/orders/2026-01-01/orders",
        "orders",
        _flip("createdTime", "yesterday"),
        "orders.created_time",
        frozenset({"buyerName", "buyerEmail", "addressLine1", "postalCode", "city"}),
        (("REPORT_POLL_SECONDS", "0.01"),),
        is_anonymous=True,
    ),
    Connector(
        "ebay",
        "/order",
        "orders",
        _flip_quantity,
        "orders.quantity",
        frozenset(
            {"messageBody", "username", "fullName", "addressLine1", "email", "buyerUsername"}
        ),
    ),
    Connector(
        "edesk",
        "/v1/tickets",
        "data",
        _flip("owner_user_id", "anna"),
        "tickets.owner_user_id",
        frozenset({"body", "subject", "email", "username", "line_1", "body_text", "external_id"}),
        (("CALLS_PER_SECOND", "0"),),
    ),
)


class Account:
    """One vendor of the simulated seller, and a warehouse to load it into."""

    def __init__(self, connector: Connector, world: World, home: Path) -> None:
        self.connector = connector
        self.world = world
        self.home = home

    @contextmanager
    def served(self, *faults: Fault, alter: Alter | None = None) -> Iterator[str]:
        """The vendor on loopback, misbehaving as told; its address."""
        options = replace(OPTIONS, faults=faults)
        app: ASGIApp = vendor_app(self.connector.vendor, self.world, options, "")
        if alter is not None:
            app = altered(app, alter)
        with served(app) as address:
            yield address

    def variables(self, address: str) -> dict[str, str]:
        """The environment of a run that is quick in its patience."""
        name = self.connector.vendor
        found = vendor_environment(name, address, OPTIONS.client_id, OPTIONS.client_secret)
        quick = {"REQUEST_ATTEMPTS": "5", "REQUEST_BACKOFF_SECONDS": "0.01"}
        own = quick | {"REQUEST_TIMEOUT_SECONDS": "20"} | dict(self.connector.settings)
        return found | {f"SOURCES__{name.upper()}__{key}": value for key, value in own.items()}

    def load(self, address: str, as_of: datetime = AS_OF) -> LoadResult:
        """One run."""
        return run_together(self.home, {self: address}, as_of)[self.connector.vendor]

    def loaded(self, address: str, as_of: datetime = AS_OF) -> LoadResult:
        """One run that must succeed."""
        result = self.load(address, as_of)
        if result.error is not None:
            raise result.error
        return result

    def content(self, *, with_load: bool = False) -> Content:
        """Every row of every raw table, sorted."""
        schema = f"raw_{self.connector.vendor}"
        left_out = "" if with_load else " exclude (_dlt_load_id)"
        with duckdb.connect(str(self.home / "warehouse.duckdb")) as connection:
            connection.execute("set TimeZone = 'UTC'")
            tables = connection.execute(
                "select table_name from duckdb_tables() where schema_name = ? and not starts_with(table_name, '_dlt')",
                [schema],
            ).fetchall()
            return {
                table: sorted(
                    connection.execute(f"select *{left_out} from {schema}.{table}").fetchall(),
                    key=repr,
                )
                for (table,) in sorted(tables)
            }


def run_together(
    home: Path, addresses: dict[Account, str], as_of: datetime = AS_OF
) -> dict[str, LoadResult]:
    """One run of several vendors; the tables of all others are not made, because they take most of the time."""
    names = [one.connector.vendor for one in addresses]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "SOURCES", {name: pipeline.SOURCES[name] for name in names})
        for account, address in addresses.items():
            for key, value in account.variables(address).items():
                patch.setenv(key, value)
        results = run_sources(names, IngestionSettings(home, as_of))
    return {result.source: result for result in results}


def recorded(seen: list[tuple[str, Any]]) -> Alter:
    """Passes answers on and keeps them, each with its path."""

    def alter(path: str, body: Any) -> Any:
        seen.append((path, json.loads(json.dumps(body))))
        return body

    return alter


def values_of(body: Any, names: frozenset[str]) -> Iterator[str]:
    """Texts that stand under one of these keys, wherever in an answer."""
    if isinstance(body, list):
        for item in body:
            yield from values_of(item, names)
    elif isinstance(body, dict):
        for name, value in body.items():
            if name in names and isinstance(value, str) and len(value) > 6:
                yield value
            else:
                yield from values_of(value, names)
