"""eBay: orders, payment disputes, seller standards, service metrics, mailbox, resolution centre."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import dlt
import orjson
from dlt.common.typing import TSecretStrValue
from dlt.extract.resource import DltResource

from ingestion.config import IngestionSettings, parse_instant, tenant_of
from ingestion.errors import ConfigurationError
from ingestion.privacy import load_pseudonymiser
from ingestion.quarantine import VendorQuarantine, empty_resource
from ingestion.sources.ebay import columns
from ingestion.sources.ebay.client import EbayClient, UserGrant
from ingestion.sources.ebay.reading import Lookbacks, Reader
from ingestion.sources.marketplace.http import required
from ingestion.sources.marketplace.tables import CONTRACT
from ingestion.sources.vendor_http import HttpLimits

PRODUCTION = "https://api.ebay.com"
DISPUTES = "https://apiz.ebay.com"
FIRST_LOAD_DAYS = 729
SOURCE_SYSTEM = "ebay_api"
MESSAGE_ACCOUNTS_SEED = (
    Path(__file__).parents[3] / "dbt_project" / "seeds" / "seed_ebay_message_accounts.csv"
)


@dlt.source(name="ebay", section="ebay", max_table_nesting=0, schema_contract=CONTRACT)
def ebay_source(
    settings: IngestionSettings,
    schema_only: bool = False,
    base_url: str = PRODUCTION,
    disputes_url: str = DISPUTES,
    client_id: TSecretStrValue | None = None,
    client_secret: TSecretStrValue | None = None,
    refresh_tokens: TSecretStrValue | None = None,
    seller_usernames: str | None = None,
    start_date: str | None = None,
    order_lookback_hours: float = 24,
    message_lookback_days: float = 14,
    request_lookback_days: float = 120,
    request_timeout_seconds: float = 60,
    request_attempts: int = 10,
    request_backoff_seconds: float = 1,
) -> Iterable[DltResource]:
    """All raw tables of one or more selling accounts; with ``schema_only`` they are only created.

    Configured as ``SOURCES__EBAY__CLIENT_ID``, ``…__CLIENT_SECRET`` and ``…__REFRESH_TOKENS``, a JSON object
    account id → refresh token such as ``{"ebay.de": "v^1.1#…"}``. Which mailboxes are read says the seed
    ``seed_ebay_message_accounts.csv``.

    Raises:
        CredentialsError: one of the three is missing.
        ConfigurationError: the tokens or user names are no JSON object, or an account names no known site.
    """
    if schema_only:
        return [*(table.resource(None) for table in columns.ALL_TABLES), empty_resource()]
    required(
        "ebay", client_id=client_id, client_secret=client_secret, refresh_tokens=refresh_tokens
    )
    limits = HttpLimits(request_timeout_seconds, request_attempts, request_backoff_seconds)
    tokens = _json_object("REFRESH_TOKENS", str(refresh_tokens))
    clients = [
        EbayClient(
            account,
            base_url,
            disputes_url,
            UserGrant(base_url, str(client_id), str(client_secret), token),
            limits,
        )
        for account, token in sorted(tokens.items())
    ]
    start = (
        parse_instant(start_date)
        if start_date
        else settings.as_of - timedelta(days=FIRST_LOAD_DAYS)
    )
    reader = Reader(
        settings,
        clients,
        tenant_of("ebay"),
        start,
        Lookbacks(
            timedelta(hours=order_lookback_hours),
            timedelta(days=message_lookback_days),
            timedelta(days=request_lookback_days),
        ),
        load_pseudonymiser(settings.home),
        _json_object("SELLER_USERNAMES", seller_usernames or "{}"),
        accounts_read_here(tenant_of("ebay")),
        VendorQuarantine(settings, "ebay", SOURCE_SYSTEM),
    )
    return reader.resources()


def _json_object(name: str, text: str) -> dict[str, str]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise ConfigurationError(
            f'SOURCES__EBAY__{name} is no JSON object of texts; write it like {{"ebay.de": "…"}}.'
        )
    return found


def accounts_read_here(tenant_id: str, seed: Path = MESSAGE_ACCOUNTS_SEED) -> frozenset[str]:
    """Accounts whose messages are read from the vendor because they reach no helpdesk (seed, ``ebay_api``)."""
    if not seed.exists():
        return frozenset()
    with seed.open(encoding="utf-8", newline="") as handle:
        return frozenset(
            line["marketplace_account_id"]
            for line in csv.DictReader(handle)
            if line["message_source"] == "ebay_api" and line["tenant_id"] in (tenant_id, "*")
        )
