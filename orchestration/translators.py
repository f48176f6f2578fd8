"""Asset keys are warehouse addresses: ``raw_zendesk/tickets``, ``core/dim_tickets``, ``published/marts``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject
from dagster_dlt import DagsterDltTranslator
from dagster_dlt.translator import DltResourceTranslatorData

INGESTION_OWNERS = ["team:data_platform"]
HOURLY = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=6), warn_window=timedelta(hours=3)
)
"""Sources are pulled every hour; three missed pulls deserve a look, six an alarm."""
DAILY = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=50), warn_window=timedelta(hours=26)
)
"""Marts are built every day; 26 h leave two for the run itself, 50 h mean that a day was lost."""


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


class WarehouseTranslator(DagsterDbtTranslator):
    """A dbt node is the relation it builds, owned by its dbt group."""

    def __init__(self) -> None:
        super().__init__(
            settings=DagsterDbtTranslatorSettings(
                enable_asset_checks=True, enable_source_tests_as_checks=True
            )
        )

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """Key ``<schema>/<relation>``, group = schema; what BI reads must be a day old at most."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        schema = node["schema"]
        owners = _owners(manifest, node.get("group"))
        changes: dict[str, Any] = {"group_name": schema, "kinds": {"dbt", "duckdb"}}
        if owners:
            changes["owners"] = owners
        if node.get("access") == "public":
            changes["freshness_policy"] = DAILY
        return spec.replace_attributes(key=dg.AssetKey([schema, relation_name(node)]), **changes)


def relation_name(node: Mapping[str, Any]) -> str:
    """Name of the table or view of a dbt node in the warehouse."""
    name: str = node.get("identifier") or node.get("alias") or node["name"]
    return name


def _owners(manifest: Mapping[str, Any], group: str | None) -> list[str]:
    for candidate in manifest.get("groups", {}).values():
        if candidate["name"] == group and candidate["owner"].get("email"):
            return [candidate["owner"]["email"]]
    return []
