"""Loads a small simulated seller over HTTP into a warehouse of its own; shared by the tests of both marketplaces."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingestion import pipeline
from ingestion.config import IngestionSettings
from ingestion.pipeline import LoadResult, run_sources
from ingestion.simulator.amazon.app import REFRESH_TOKEN
from ingestion.simulator.ebay.app import refresh_token
from ingestion.simulator.world.options import Fault, SimulatorOptions
from ingestion.warehouse_file import held_open

AS_OF = datetime(2025, 12, 10, 12, tzinfo=UTC)
OPTIONS = SimulatorOptions(
    seed=5, start=date(2025, 10, 1), days=90, tickets_per_day=10, as_of=AS_OF, rate_limit_scale=0
)
Alter = Callable[[str, Any], Any]


def at(instant: datetime) -> SimulatorOptions:
    """The same seller at another instant."""
    return replace(OPTIONS, as_of=instant)


def stumbles(vendor: str) -> tuple[Fault, ...]:
    """Every kind of failure that passes, some of each, none of them many times on end."""
    kinds = ("429", "500", "503", "timeout", "disconnect")
    return tuple(
        Fault(kind, every=11, times=2, skip=2 * place, seconds=1.2, vendor=vendor)
        for place, kind in enumerate(kinds)
    )


@contextlib.contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """An application on a free loopback port; its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def altered(app: ASGIApp, alter: Alter) -> ASGIApp:
    """The application with JSON answers passed through ``alter(path, body)``."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await app(scope, receive, keep)
        body = b"".join(one.get("body", b"") for one in kept[1:])
        headers = dict(kept[0]["headers"])
        if headers.get(b"content-type", b"").startswith(b"application/json"):
            body = json.dumps(alter(scope["path"], json.loads(body))).encode()
            headers[b"content-length"] = str(len(body)).encode()
        await send({**kept[0], "headers": list(headers.items())})
        await send({"type": "http.response.body", "body": body})

    return application


class Loader:
    """Runs one source into a temporary warehouse; patient settings are made quick."""

    def __init__(self, vendor: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.vendor = vendor
        self.home = home
        self._monkeypatch = monkeypatch
        # The empty tables of the other sources are not our subject and cost a minute a test.
        only = {vendor: pipeline.SOURCES[vendor]}
        monkeypatch.setattr(pipeline, "SOURCES", only)
        self.configure(
            CLIENT_ID=OPTIONS.client_id,
            CLIENT_SECRET=OPTIONS.client_secret,
            REQUEST_ATTEMPTS="6",
            REQUEST_BACKOFF_SECONDS="0.01",
            REQUEST_TIMEOUT_SECONDS="20",
        )
        if vendor == "amazon":
            self.configure(REFRESH_TOKEN=REFRESH_TOKEN, REPORT_POLL_SECONDS="0.01")
        else:
            tokens = {account: refresh_token(account) for account in ("ebay.de", "ebay.it")}
            self.configure(REFRESH_TOKENS=json.dumps(tokens))

    def configure(self, **values: str) -> None:
        """Set ``SOURCES__<VENDOR>__<NAME>``; an empty value removes it."""
        for name, value in values.items():
            variable = f"SOURCES__{self.vendor.upper()}__{name}"
            if value:
                self._monkeypatch.setenv(variable, value)
            else:
                self._monkeypatch.delenv(variable, raising=False)

    def begin_with(self, other: Loader) -> Loader:
        """Take over a copy of what another has loaded, instead of loading the same once more."""
        shutil.copytree(other.home, self.home, dirs_exist_ok=True)
        return self

    def load(self, address: str, as_of: datetime = AS_OF) -> LoadResult:
        """One run; its result, error included."""
        other = "LOGIN_URL" if self.vendor == "amazon" else "DISPUTES_URL"
        self.configure(BASE_URL=address, **{other: address})
        settings = IngestionSettings(home=self.home, as_of=as_of)
        (result,) = run_sources([self.vendor], settings)
        return result

    def loaded(self, address: str, as_of: datetime = AS_OF) -> LoadResult:
        """One run that must succeed."""
        result = self.load(address, as_of)
        if result.error is not None:
            raise result.error
        return result

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        with duckdb.connect(str(self.home / "warehouse.duckdb")) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(query).fetchall()

    def tables(self) -> list[str]:
        """Raw tables of the vendor."""
        found = self.rows(
            "select table_name from information_schema.tables where table_name not like '\\_dlt%' escape '\\'"
            f" and table_schema = 'raw_{self.vendor}' order by 1"
        )
        return [name for (name,) in found]

    def content(self, without_load: bool = False) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every raw table, sorted."""
        left_out = " exclude (_dlt_load_id)" if without_load else ""
        with held_open(self.home / "warehouse.duckdb"):
            return {
                table: sorted(
                    self.rows(f"select *{left_out} from raw_{self.vendor}.{table}"), key=repr
                )
                for table in self.tables()
            }
