"""Superset's assets fit the published contract and each other, without Superset."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from orchestration.publishing import PUBLISHED_SCHEMAS
from orchestration.superset.store import SLUG, assets
from tests.superset.world import (
    columns,
    contract,
    dashboard,
    dataset_of,
    filters,
    metrics,
    names_in,
    of_kind,
)

DATASETS, CHARTS = sorted(of_kind("datasets")), sorted(of_kind("charts"))
PERSONS = re.compile(r"agent_key|dim_agents|display_name|accountable_person|agent_scorecards")
COMPANY_ONLY = {"company_kpis", "speed_and_volume"}
"""Charts of the company alone, whatever platform or team is chosen."""


@pytest.fixture(scope="module")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with contract() as connection:
        yield connection


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_gives_the_columns_it_declares(
    tables: duckdb.DuckDBPyConnection, name: str
) -> None:
    dataset = of_kind("datasets")[name]
    found = tables.execute(f"describe {dataset['sql']}").fetchall()
    assert [row[0] for row in found] == columns(dataset)
    assert {row[0] for row in found if row[1] in ("DATE", "TIMESTAMP")} == {
        column["column_name"] for column in dataset["columns"] if column.get("is_dttm")
    }
    assert dataset["main_dttm_col"] in columns(dataset)
    assert dataset["table_name"] == name


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_reads_published_tables_and_no_persons(name: str) -> None:
    sql = of_kind("datasets")[name]["sql"]
    read = re.findall(r"\b(?:from|join)\s+([a-z_]+)\.[a-z_]+", sql)
    assert read
    assert set(read) <= set(PUBLISHED_SCHEMAS)
    assert PERSONS.findall(sql) == []
    assert "tenant_id" in columns(of_kind("datasets")[name])


def test_a_column_that_is_gone_is_found(tables: duckdb.DuckDBPyConnection) -> None:
    sql = of_kind("datasets")["promises_daily"]["sql"].replace("n_breached", "n_late")
    with pytest.raises(duckdb.BinderException, match="n_late"):
        tables.execute(f"describe {sql}")


@pytest.mark.parametrize("name", DATASETS)
def test_metrics_bind_and_never_average(tables: duckdb.DuckDBPyConnection, name: str) -> None:
    dataset = of_kind("datasets")[name]
    for expression in metrics(dataset).values():
        # grouped by every column that no metric adds up, as the widest chart would
        by = [column for column in columns(dataset) if not re.search(rf"\b{column}\b", expression)]
        grouped = ["reason_name"] if "over (" in expression else by[:1]
        tables.execute(
            f"select {', '.join(grouped)}, {expression} from ({dataset['sql']}) group by {', '.join(grouped)}"
        )
        assert not re.search(r"\b(avg|mean|median)\(", expression)


@pytest.mark.parametrize(
    ("unit", "value", "shown"),
    [
        ("%", 0.0123, "1.23%"),
        ("s", 5400, "1.5 h"),
        (None, 1000, "1,000"),
        (None, 0.9695, "0.9695"),
    ],
)
def test_health_is_shown_in_its_unit(unit: str | None, value: float, shown: str) -> None:
    """Rates, seconds, sums of money and counts stand in one column of the platform's figures."""
    with contract() as connection:
        connection.execute(
            "insert into marketplace_health.account_health_daily (metric, date_day, published_value, target_value)"
            " values ('figure', date '2026-10-31', ?, ?)",
            [value, value],
        )
        if unit:
            connection.execute(
                "insert into governance_review.kpi_monthly (variant, stat, unit) values ('figure', 'published', ?)",
                [unit],
            )
        sql = of_kind("datasets")["account_health"]["sql"]
        found = connection.execute(f"select shown, limit_shown from ({sql})").fetchall()
    assert found == [(shown, shown)]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_names_what_its_dataset_has(name: str) -> None:
    chart = of_kind("charts")[name]
    dataset = dataset_of(chart)
    named, asked = names_in(chart["params"])
    assert sorted(named - set(columns(dataset))) == []
    assert sorted(asked - set(metrics(dataset))) == []
    assert named | asked
    assert chart["params"]["viz_type"] == chart["viz_type"]


@pytest.mark.parametrize("name", CHARTS)
def test_what_does_not_add_up_is_not_added(name: str) -> None:
    """Layers, levels and ends of months are each a whole: a chart fixes one or shows them apart."""
    chart = of_kind("charts")[name]
    params, have = chart["params"], set(columns(dataset_of(chart)))
    fixed = {one["subject"] for one in filters(params) if one.get("operator") == "=="}
    shown = names_in(params)[0] - {one.get("subject") for one in filters(params)}
    is_raw = params.get("query_mode") == "raw"
    for column in {"layer", "scope_type"} & have:
        assert is_raw or column in fixed | shown, f"{column} is added up"
    if dataset_of(chart)["table_name"] == "speed_weekly":
        assert params["x_axis"] == "period_start"
        level = next(one["comparator"] for one in filters(params) if one["subject"] == "scope_type")
        assert level == "company" or "team" in params["groupby"]
    if dataset_of(chart)["table_name"] == "backlog_month_end" and name not in _excluded("month"):
        assert "x_axis" not in params


def _excluded(key: str) -> set[str]:
    """Charts that a filter leaves alone."""
    numbers = {
        piece["meta"]["chartId"]: piece["id"].removeprefix("CHART-")
        for piece in dashboard()["position"].values()
        if isinstance(piece, dict) and piece["type"] == "CHART"
    }
    own = next(
        one
        for one in dashboard()["metadata"]["native_filter_configuration"]
        if one["id"] == f"NATIVE_FILTER-{key}"
    )
    return {numbers[number] for number in own["scope"]["excluded"]}


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("tenant", "tenant_id"),
        ("month", "month_label"),
        ("platform", "platform"),
        ("team", "team"),
    ],
)
def test_a_filter_concerns_the_charts_that_can_follow_it(key: str, column: str) -> None:
    charts = of_kind("charts")
    lacks = {name for name in CHARTS if column not in columns(dataset_of(charts[name]))}
    over_months = {
        name for name in CHARTS if charts[name]["params"].get("x_axis") in ("month", "period_start")
    }
    expected = {"tenant": set(), "month": over_months}.get(key, COMPANY_ONLY)
    assert _excluded(key) == lacks | expected


def test_tiles_stand_still_without_a_month() -> None:
    """A stock over all months would be nonsense: the month is always chosen, as the company is."""
    required = {
        one["id"]
        for one in dashboard()["metadata"]["native_filter_configuration"]
        if one.get("requiredFirst")
        and one["controlValues"]["enableEmptyFilter"]
        and one["controlValues"]["defaultToFirstItem"]
        and not one["controlValues"]["multiSelect"]
    }
    assert required == {"NATIVE_FILTER-tenant", "NATIVE_FILTER-month"}


def test_every_asset_has_a_uuid_of_its_own_and_leads_to_one_that_exists() -> None:
    everything = [
        one
        for kind in ("databases", "datasets", "charts", "dashboards")
        for one in of_kind(kind).values()
    ]
    uuids = [one["uuid"] for one in everything]
    assert len(uuids) == len(set(uuids)) == len(assets()) - 1, "one of them is metadata.yaml"
    (database,) = (one["uuid"] for one in of_kind("databases").values())
    assert {one["database_uuid"] for one in of_kind("datasets").values()} == {database}
    assert {one["dataset_uuid"] for one in of_kind("charts").values()} <= set(uuids)
    for own in dashboard()["metadata"]["native_filter_configuration"]:
        (target,) = own["targets"]
        dataset = next(
            one for one in of_kind("datasets").values() if one["uuid"] == target["datasetUuid"]
        )
        assert target["column"]["name"] in columns(dataset)
        assert own.get("sortMetric") in (None, *metrics(dataset))


def test_the_dashboard_places_every_chart_once() -> None:
    position = {key: one for key, one in dashboard()["position"].items() if isinstance(one, dict)}
    placed = [one["meta"] for one in position.values() if one["type"] == "CHART"]
    by_uuid = {chart["uuid"]: chart["slice_name"] for chart in of_kind("charts").values()}
    assert {meta["uuid"]: meta["sliceName"] for meta in placed} == by_uuid
    assert len({meta["chartId"] for meta in placed}) == len(placed) == len(by_uuid)
    assert {key for key in position if key != "HEADER_ID"} == {
        "ROOT_ID",
        *_below(position, "ROOT_ID"),
    }
    for row in (one for one in position.values() if one["type"] == "ROW"):
        assert sum(position[child]["meta"]["width"] for child in row["children"]) == 12
    assert dashboard()["slug"] == SLUG


def _below(position: dict[str, dict[str, list[str]]], key: str) -> Iterator[str]:
    for child in position[key]["children"]:
        yield child
        yield from _below(position, child)


def test_the_database_is_read_only() -> None:
    (database,) = of_kind("databases").values()
    assert database["sqlalchemy_uri"].endswith("?access_mode=READ_ONLY")
    assert not any(database[f"allow_{what}"] for what in ("ctas", "cvas", "dml", "file_upload"))
