"""eDesk: tickets, their states from poll to poll, timeline items, users, channels, tags, tag groups, templates."""

from __future__ import annotations

from collections.abc import Iterable

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract.resource import DltResource

from ingestion.config import IngestionSettings, parse_instant, tenant_of
from ingestion.privacy import load_pseudonymiser
from ingestion.quarantine import VendorQuarantine, empty_resource
from ingestion.sources.edesk import columns
from ingestion.sources.edesk.client import BURST, REFILL_PER_SECOND, Bucket, EdeskClient
from ingestion.sources.edesk.reader import Reader
from ingestion.sources.marketplace.http import required
from ingestion.sources.marketplace.tables import CONTRACT
from ingestion.sources.vendor_http import HttpLimits

PRODUCTION = "https://api.edesk.com/v1"
SOURCE_SYSTEM = "edesk"
CALLS_PER_LOAD = 3_600
"""Half an hour at the vendor's pace: what is read is committed that often, and a killed run loses no more."""


@dlt.source(name="edesk", section="edesk", max_table_nesting=0, schema_contract=CONTRACT)
def edesk_source(
    settings: IngestionSettings,
    schema_only: bool = False,
    base_url: str = PRODUCTION,
    token: TSecretStrValue | None = None,
    start_date: str | None = None,
    calls_per_load: int = CALLS_PER_LOAD,
    calls_per_second: float = REFILL_PER_SECOND,
    calls_at_once: float = BURST,
    request_timeout_seconds: float = 60,
    request_attempts: int = 10,
    request_backoff_seconds: float = 1,
) -> Iterable[DltResource]:
    """All raw tables of one account; with ``schema_only`` they are only created.

    Configured as ``SOURCES__EDESK__TOKEN`` and, if wanted, ``…__START_DATE`` (ISO-8601, first load only) and
    ``…__CALLS_PER_SECOND`` (default the vendor's 2; 0 = no own limit). After ``calls_per_load`` calls a load pauses, is
    committed and goes on (``continues`` in the state of ``tickets``).

    Raises:
        CredentialsError: the token is missing.
    """
    if schema_only:
        return [*(table.resource(None) for table in columns.ALL_TABLES), empty_resource()]
    required("edesk", token=token)
    limits = HttpLimits(request_timeout_seconds, request_attempts, request_backoff_seconds)
    bucket = Bucket(calls_at_once, calls_per_second)
    reader = Reader(
        settings,
        EdeskClient(base_url, str(token), limits, bucket),
        tenant_of("edesk"),
        parse_instant(start_date).date() if start_date else None,
        calls_per_load,
        load_pseudonymiser(settings.home),
        VendorQuarantine(settings, "edesk", SOURCE_SYSTEM),
    )
    return reader.resources()
