"""A raw table as Dagster knows it; apart from the translator of dbt's nodes, because a pull needs nothing of dbt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dlt import DagsterDltTranslator
from dagster_dlt.translator import DltResourceTranslatorData

INGESTION_OWNERS = ["team:data_platform"]
HOURLY = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=6), warn_window=timedelta(hours=3)
)
"""Sources are pulled every hour; three missed pulls deserve a look, six an alarm."""


class RawTableTranslator(DagsterDltTranslator):
    """A dlt resource is the raw table it fills; nothing lies upstream of it in the warehouse."""

    def get_asset_spec(self, data: DltResourceTranslatorData) -> dg.AssetSpec:
        """Key ``raw_<source>/<table>``, grouped by source."""
        source = data.resource.source_name
        hints = data.resource.columns if isinstance(data.resource.columns, Mapping) else {}
        return dg.AssetSpec(
            key=[f"raw_{source}", data.resource.name],
            description=_description(data.resource),
            group_name=f"ingest_{source}",
            owners=INGESTION_OWNERS,
            kinds={"dlt", "duckdb"},
            freshness_policy=HOURLY,
            metadata={
                "dagster/table_name": f"raw_{source}.{data.resource.name}",
                "dagster/column_schema": dg.TableSchema(
                    [
                        dg.TableColumn(name, str(hint.get("data_type", "text")))
                        for name, hint in hints.items()
                    ]
                ),
            },
        )


def _description(resource: Any) -> str | None:
    text = resource.__doc__ or ""
    return text.strip() or None
