"""Amazon selling-partner API: orders, account health, seller feedback, marketplaces.

Buyer messages cannot be read through this API (contract notes A1); they reach the helpdesk as relayed e-mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract.resource import DltResource

from ingestion.config import IngestionSettings, parse_instant, tenant_of
from ingestion.quarantine import VendorQuarantine, empty_resource
from ingestion.sources.amazon import columns, reports
from ingestion.sources.amazon.client import AmazonClient, LwaGrant
from ingestion.sources.amazon.feedback import FeedbackReader
from ingestion.sources.amazon.orders import changed_orders, instant_text
from ingestion.sources.amazon.snapshots import HealthReader
from ingestion.sources.marketplace.http import required
from ingestion.sources.marketplace.tables import CONTRACT, RawTable
from ingestion.sources.vendor_http import HttpLimits
from ingestion.unchanged import Row

EUROPE = "https://sellingpartnerapi-eu.amazon.com"
LOGIN = "https://api.amazon.com"
FIRST_LOAD_DAYS = 730
SOURCE_SYSTEM = "amazon_sp"


@dlt.source(name="amazon", section="amazon", max_table_nesting=0, schema_contract=CONTRACT)
def amazon_source(
    settings: IngestionSettings,
    schema_only: bool = False,
    base_url: str = EUROPE,
    login_url: str = LOGIN,
    client_id: TSecretStrValue | None = None,
    client_secret: TSecretStrValue | None = None,
    refresh_token: TSecretStrValue | None = None,
    start_date: str | None = None,
    order_lookback_hours: float = 6,
    order_window_days: float = 30,
    feedback_lookback_days: int = 90,
    health_history_days: int = 90,
    health_interval_hours: float = 20,
    report_wait_seconds: float = 900,
    report_poll_seconds: float = 1,
    request_timeout_seconds: float = 60,
    request_attempts: int = 10,
    request_backoff_seconds: float = 1,
) -> Iterable[DltResource]:
    """All raw tables of one seller in one region; with ``schema_only`` they are only created.

    Configured as ``SOURCES__AMAZON__CLIENT_ID``, ``…__CLIENT_SECRET``, ``…__REFRESH_TOKEN``; ``…__BASE_URL`` for
    another region, ``…__START_DATE`` (ISO-8601, first load; default two years back).

    Raises:
        CredentialsError: one of the three is missing.
    """
    if schema_only:
        return [*(table.resource(None) for table in columns.ALL_TABLES), empty_resource()]
    required(
        "amazon", client_id=client_id, client_secret=client_secret, refresh_token=refresh_token
    )
    limits = HttpLimits(request_timeout_seconds, request_attempts, request_backoff_seconds)
    grant = LwaGrant(login_url, str(client_id), str(client_secret), str(refresh_token))
    patience = reports.Patience(report_wait_seconds, report_poll_seconds)
    client = AmazonClient(base_url, grant, limits)
    quarantine = VendorQuarantine(settings, "amazon", SOURCE_SYSTEM)
    reader = _Reader(
        settings,
        client,
        parse_instant(start_date)
        if start_date
        else settings.as_of - timedelta(days=FIRST_LOAD_DAYS),
        timedelta(hours=order_lookback_hours),
        timedelta(days=order_window_days),
        HealthReader(client, settings, patience, health_history_days, health_interval_hours),
        FeedbackReader(client, settings, patience, feedback_lookback_days, quarantine),
        quarantine,
    )
    return [
        columns.MARKETPLACES.resource(quarantine.watched(reader.marketplaces)),
        columns.ORDERS.resource(quarantine.watched(reader.orders)),
        columns.ACCOUNT_HEALTH.resource(quarantine.watched(reader.account_health)),
        columns.SELLER_FEEDBACK.resource(quarantine.watched(reader.seller_feedback)),
        quarantine.resource(),
    ]


class _Reader:
    """The streams of one seller; each keeps its cursor in dlt's state of its resource."""

    def __init__(
        self,
        settings: IngestionSettings,
        client: AmazonClient,
        start: datetime,
        order_lookback: timedelta,
        order_window: timedelta,
        health: HealthReader,
        feedback: FeedbackReader,
        quarantine: VendorQuarantine,
    ) -> None:
        self._quarantine = quarantine
        self._settings = settings
        self._client = client
        self._start = start
        self._order_lookback = order_lookback
        self._order_window = order_window
        self._health = health
        self._feedback = feedback
        self._tenant_id = tenant_of("amazon")
        self._participations: list[Row] | None = None

    def marketplaces(self) -> Iterator[Any]:
        """`getMarketplaceParticipations`: the sites of the account, read whole."""
        yield from self._emit(columns.MARKETPLACES, [self._sites()])

    def orders(self) -> Iterator[Any]:
        """`searchOrders` by ``lastUpdatedAfter``; the cursor is the end of the last whole window."""
        state = dlt.current.resource_state("orders")
        known = state.get("read_until")
        since = (
            datetime.fromisoformat(known).astimezone(UTC) - self._order_lookback
            if known
            else self._start
        )

        def pages() -> Iterator[list[Row]]:
            found = changed_orders(
                self._client,
                since,
                self._settings.as_of,
                self._order_window,
                self._ids(),
                self._quarantine,
            )
            for rows, reached in found:
                yield rows
                state["read_until"] = max(state.get("read_until") or "", instant_text(reached))

        yield from self._emit(columns.ORDERS, pages())

    def account_health(self) -> Iterator[Any]:
        """Report `GET_V2_SELLER_PERFORMANCE_REPORT`: a snapshot per marketplace; an unchanged one adds no row."""
        state = dlt.current.resource_state("account_health")
        yield from self._emit(columns.ACCOUNT_HEALTH, self._health.pages(state, self._ids()))

    def seller_feedback(self) -> Iterator[Any]:
        """Report `GET_SELLER_FEEDBACK_DATA`: negative and neutral feedback; what vanishes gets ``removed_at``."""
        state = dlt.current.resource_state("seller_feedback")
        pages = self._feedback.pages(state, self._ids(), self._start)
        yield from self._emit(columns.SELLER_FEEDBACK, pages)

    def _sites(self) -> list[Row]:
        if self._participations is None:
            answer = self._client.get(
                "getMarketplaceParticipations", "/sellers/v1/marketplaceParticipations"
            )
            self._participations = [_site_row(one) for one in answer.get("payload") or ()]
        return self._participations

    def _ids(self) -> list[str]:
        """Marketplaces the seller takes part in."""
        return [one["marketplace_id"] for one in self._sites() if one["is_participating"]]

    def _emit(self, table: RawTable, pages: Iterable[list[Row]]) -> Iterator[Any]:
        yield from table.changed_pages(self._settings, self._tenant_id, pages)


def _site_row(participation: dict[str, Any]) -> Row:
    marketplace = participation.get("marketplace") or {}
    part = participation.get("participation") or {}
    return {
        "marketplace_id": marketplace.get("id"),
        "name": marketplace.get("name"),
        "country_code": marketplace.get("countryCode"),
        "default_currency_code": marketplace.get("defaultCurrencyCode"),
        "domain_name": marketplace.get("domainName"),
        "is_participating": part.get("isParticipating"),
        "has_suspended_listings": part.get("hasSuspendedListings"),
    }
