"""The assets as data, and empty tables of the published contract to bind their SQL to."""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb
import yaml

from orchestration.manifest import read_manifest
from orchestration.reference.published import published_models
from orchestration.superset.store import assets

Asset = dict[str, Any]


@cache
def of_kind(kind: str) -> dict[str, Asset]:
    """Assets of ``databases``, ``datasets``, ``charts`` or ``dashboards`` by the stem of their file."""
    return {
        path.rsplit("/", 1)[-1].removesuffix(".yaml"): yaml.safe_load(text)
        for path, text in assets().items()
        if path.startswith(f"{kind}/")
    }


def dashboard() -> Asset:
    """The one dashboard."""
    (found,) = of_kind("dashboards").values()
    return found


def dataset_of(chart: Asset) -> Asset:
    """The dataset that a chart asks."""
    return next(one for one in of_kind("datasets").values() if one["uuid"] == chart["dataset_uuid"])


def columns(dataset: Asset) -> list[str]:
    """Names of the columns that a dataset declares."""
    return [column["column_name"] for column in dataset["columns"]]


def metrics(dataset: Asset) -> dict[str, str]:
    """Expressions of its metrics by name."""
    return {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}


def contract() -> duckdb.DuckDBPyConnection:
    """A database in memory with every published table as its contract says, without rows."""
    connection = duckdb.connect()
    models = published_models(read_manifest())
    for schema in {model.schema for model in models}:
        connection.execute(f"create schema {schema}")
    for model in models:
        listed = ", ".join(f'"{column.name}" {column.data_type}' for column in model.columns)
        connection.execute(f"create table {model.address} ({listed})")
    return connection


def names_in(params: Asset) -> tuple[set[str], set[str]]:
    """Columns and metrics that the parameters of a chart name."""
    named: set[str] = set(params.get("all_columns", []))
    asked: set[str] = {params["metric"]} if "metric" in params else set()
    for suffix in ("", "_b"):
        named |= set(params.get(f"groupby{suffix}", []))
        asked |= set(params.get(f"metrics{suffix}", []))
    if "x_axis" in params:
        named.add(params["x_axis"])
    if "timeseries_limit_metric" in params:
        asked.add(params["timeseries_limit_metric"])
    named |= {yaml.safe_load(one)[0] for one in params.get("order_by_cols", [])}
    named |= {one["subject"] for one in filters(params) if "subject" in one}
    return named, asked


def filters(params: Asset) -> list[Asset]:
    """Filters of both queries of a chart."""
    return [*params.get("adhoc_filters", []), *params.get("adhoc_filters_b", [])]
