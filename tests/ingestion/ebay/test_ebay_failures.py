"""The eBay source when the vendor misbehaves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.errors import (
    ConfigurationError,
    ContractError,
    CredentialsError,
    VendorUnreachableError,
)
from ingestion.simulator.ebay.app import ebay_app
from ingestion.simulator.faults import Faults
from ingestion.simulator.world.options import Fault
from ingestion.simulator.world.world import World
from ingestion.sources.ebay import accounts_read_here
from tests.ingestion.amazon.marketplaces import AS_OF, OPTIONS, Loader, altered, served, stumbles

pytestmark = pytest.mark.tables("orders")
SHORT = (AS_OF - timedelta(days=12)).isoformat()


@pytest.fixture(autouse=True)
def _short_history(loader: Loader) -> Iterator[None]:
    """Failures need no long history."""
    loader.configure(START_DATE=SHORT)
    yield


@pytest.fixture(scope="module")
def calm(ebay_address: str, tmp_path_factory: pytest.TempPathFactory) -> Loader:
    """What a load brings when nothing goes wrong; read it only."""
    with pytest.MonkeyPatch.context() as patch:
        once = Loader("ebay", tmp_path_factory.mktemp("calm"), patch)
        once.configure(START_DATE=SHORT)
        once.loaded(ebay_address)
    return once


@pytest.mark.tables()
def test_a_stumbling_vendor_is_survived(loader: Loader, calm: Loader, seller: World) -> None:
    faults = stumbles("ebay")
    loader.configure(REQUEST_TIMEOUT_SECONDS="0.8")
    app = Faults(ebay_app(seller, OPTIONS), faults, "ebay")
    with served(app) as address:
        loader.loaded(address)
    assert app._struck.keys() == set(range(len(faults))), "a kind of failure never came"
    stumbled, expected = loader.content(without_load=True), calm.content(without_load=True)
    for table in ("conversations", "conversation_messages"):
        # each home has a pseudonym key of its own unless one is configured, which the tests do
        assert len(stumbled[table]) == len(expected[table])
    assert stumbled == expected


@pytest.mark.tables("orders", "returns")
def test_a_vendor_that_stays_down_is_named(loader: Loader, seller: World) -> None:
    loader.configure(REQUEST_ATTEMPTS="3")  # each waits a second
    faults = (Fault("503", path="/post-order/", vendor="ebay"),)
    with served(Faults(ebay_app(seller, OPTIONS), faults, "ebay")) as address:
        result = loader.load(address)
    assert isinstance(result.error, VendorUnreachableError)
    assert "503" in str(result.error) and "post-order" in str(result.error)
    assert loader.rows("select count(*) from raw_ebay.orders") == [(0,)]


def test_a_token_that_dies_early_is_renewed(loader: Loader, seller: World) -> None:
    """The vendor's clock leaps half an hour a look, so a token lives for a few calls; the client cannot know."""
    leaps = itertools.count(0, 1800)
    app = ebay_app(seller, OPTIONS, clock=lambda: float(next(leaps)))
    with served(app) as address:
        loader.loaded(address)
    assert loader.rows("select count(distinct seller_account) from raw_ebay.orders") == [(2,)]


@pytest.mark.parametrize(
    ("name", "value", "error", "said"),
    [
        ("CLIENT_SECRET", "wrong", CredentialsError, "SOURCES__EBAY__CLIENT_SECRET"),
        ("CLIENT_ID", "", CredentialsError, "SOURCES__EBAY__CLIENT_ID"),
        (
            "REFRESH_TOKENS",
            '{"ebay.de": "wrong"}',
            CredentialsError,
            "SOURCES__EBAY__REFRESH_TOKENS",
        ),
        ("REFRESH_TOKENS", "v^1.1#token", ConfigurationError, "is no JSON object"),
        ("REFRESH_TOKENS", '{"ebay.xx": "a"}', ConfigurationError, "'ebay.xx'"),
    ],
)
def test_wrong_settings_are_named(
    loader: Loader, ebay_address: str, name: str, value: str, error: type[Exception], said: str
) -> None:
    loader.configure(**{name: value})
    result = loader.load(ebay_address)
    assert isinstance(result.error, error)
    assert said in str(result.error)


def _orders(body: Any) -> None:
    body["orders"][-1]["lineItems"][0]["quantity"] = "two"


def _threads(body: Any) -> None:
    body["conversations"][-1]["createdDate"] = 1765360000


@pytest.mark.tables(
    "orders", "order_line_items", "conversations", "conversation_messages", "returns"
)
@pytest.mark.parametrize(
    ("end", "list_name", "flip", "column"),
    [
        ("/order", "orders", _orders, "orders.quantity"),
        ("/conversation", "conversations", _threads, "conversations.created_date"),
    ],
)
def test_a_changed_type_fails_the_load_and_bends_nothing(
    loader: Loader,
    seller: World,
    end: str,
    list_name: str,
    flip: Callable[[Any], None],
    column: str,
) -> None:
    def alter(path: str, body: Any) -> Any:
        if path.endswith(end) and body.get(list_name):
            flip(body)
        return body

    with served(altered(ebay_app(seller, OPTIONS), alter)) as address:
        result = loader.load(address)
    assert isinstance(result.error, ContractError)
    assert f"ebay {column} is declared" in str(result.error)
    assert loader.rows("select count(*) from raw_ebay.returns") == [(0,)]


@pytest.mark.tables("orders", "conversations", "conversation_messages")
def test_an_unknown_own_user_name_skips_the_mailbox_only(loader: Loader, seller: World) -> None:
    def alter(path: str, body: Any) -> Any:
        for order in body.get("orders", []) if isinstance(body, dict) else []:
            order.pop("sellerId")
        return body

    with served(altered(ebay_app(seller, OPTIONS), alter)) as address:
        loader.loaded(address)
        assert loader.rows("select count(*) from raw_ebay.conversations") == [(0,)]
        assert loader.rows("select count(*) > 0 from raw_ebay.orders") == [(True,)]
        loader.configure(SELLER_USERNAMES='{"ebay.it": "deskhouse_it"}')
        loader.loaded(address)
    assert loader.rows("select count(*) > 0 from raw_ebay.conversations") == [(True,)]


def test_the_seed_says_which_mailboxes_are_read(tmp_path: Path) -> None:
    seed = tmp_path / "seed.csv"
    seed.write_text(
        "tenant_id,marketplace_account_id,message_source\n"
        "*,ebay.it,ebay_api\n*,ebay.de,helpdesk\nother,ebay.fr,ebay_api\n",
        encoding="utf-8",
    )
    assert accounts_read_here("main", seed) == {"ebay.it"}
    assert accounts_read_here("other", seed) == {"ebay.it", "ebay.fr"}
    assert accounts_read_here("main", tmp_path / "absent.csv") == frozenset()
