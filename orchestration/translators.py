"""Asset keys are warehouse addresses: ``raw_zendesk/tickets``, ``core/dim_tickets``, ``published/marts``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

DAILY = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=50), warn_window=timedelta(hours=26)
)
"""Marts are built every day; 26 h leave two for the run itself, 50 h mean that a day was lost."""


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
