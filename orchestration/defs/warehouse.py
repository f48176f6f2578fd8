"""The warehouse: one dbt build from raw to marts, then the publication."""

import os
from collections.abc import Iterable, Iterator
from contextlib import nullcontext, redirect_stdout
from io import StringIO
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource, dbt_assets
from dagster_dbt.errors import DagsterDbtError

from orchestration import publishing
from orchestration.building import (
    build_error,
    dbt_arguments,
    failed_nodes,
    relation_facts,
)
from orchestration.failing import failure, guard_past, one_sentence
from orchestration.gate import forget_profiles, profile_raw_tables
from orchestration.manifest import (
    in_build_order,
    prepared_manifest,
    read_manifest,
    table_descriptions,
)
from orchestration.permissions import bi_group
from orchestration.promoting import promote
from orchestration.resources import (
    ATTENDED_TAG,
    FULL_REFRESH_TAG,
    POOL,
    Reporter,
    dbt_environment,
    is_set,
    run_settings,
)
from orchestration.seed_validation import validate_seeds
from orchestration.translators import DAILY, INGESTION_OWNERS, WarehouseTranslator, relation_name
from orchestration.unchanged import begin_build, end_build, read_inputs, unchanged_nodes
from orchestration.versions import candidate_of
from orchestration.warehouse import warehouse_lock

CHECKS_KEY = dg.AssetKey(["raw_checks", "results"])
CANDIDATE_KEY = dg.AssetKey(["published", "candidate"])
MARTS_KEY = dg.AssetKey(["published", "marts"])
RESTATEMENTS_KEY = dg.AssetKey(["ledger", "restatements"])
_NOT_PULLED = ("raw_checks", "raw_ledger", "raw_identity")
_LOCK_WAIT_SECONDS = 30
_RETRIES = dg.RetryPolicy(max_retries=2, delay=120)
"""For a warehouse that somebody has open for a moment; other failures are not repeated."""


def raw_keys() -> list[dg.AssetKey]:
    """Every raw table that dbt reads."""
    manifest = read_manifest()
    return sorted(
        {
            dg.AssetKey([source["schema"], relation_name(source)])
            for source in manifest["sources"].values()
            if source["schema"].startswith("raw_") and source["schema"] not in _NOT_PULLED
        }
    )


def published_keys() -> list[dg.AssetKey]:
    """Every model that is copied into the publication."""
    manifest = read_manifest()
    return sorted(
        dg.AssetKey([node["schema"], relation_name(node)])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in publishing.PUBLISHED_SCHEMAS
    )


def checks_asset() -> dg.AssetsDefinition:
    """The store of check results; before the build it takes the baseline of raw row counts."""

    @dg.asset(
        key=CHECKS_KEY,
        deps=raw_keys(),
        group_name="quality",
        owners=INGESTION_OWNERS,
        kinds={"duckdb"},
        pool=POOL,
        description="Results of every gate, and the row counts of all raw tables as the baseline of the next.",
    )
    def raw_checks_results(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> dg.MaterializeResult:
        reporter.step("checking rules and raw tables")
        settings = run_settings(context)
        with one_sentence(context), warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            validate_seeds()
            if is_set(context, FULL_REFRESH_TAG):
                forget_profiles(settings)
            counts = profile_raw_tables(settings)
        return dg.MaterializeResult(
            metadata={"raw_tables": len(counts), "raw_rows": sum(counts.values())}
        )

    return raw_checks_results


def _events(
    invocation: DbtCliInvocation, reporter: Reporter, is_attended: bool
) -> tuple[list[Any], DagsterDbtError | None]:
    """All events of a dbt run and its error; collected, because dbt holds the file until it ends."""
    events: list[Any] = []
    # At a terminal the reporter speaks; dbt's own lines, which dagster_dbt prints, would drown it.
    quiet = redirect_stdout(StringIO()) if is_attended else nullcontext()
    try:
        with quiet:
            for event in invocation.stream():
                events.append(event)
                if isinstance(event, dg.Output):
                    reporter.advance(event.output_name.replace("__", ".", 1))
    except DagsterDbtError as error:
        return events, error
    return events, None


def warehouse_assets() -> dg.AssetsDefinition:
    """Every dbt seed and model."""

    @dbt_assets(
        manifest=prepared_manifest(),
        dagster_dbt_translator=WarehouseTranslator(),
        name="build_warehouse",
        pool=POOL,
        retry_policy=_RETRIES,
    )
    def build_warehouse(
        context: dg.AssetExecutionContext,
        dbt: DbtCliResource,
        reporter: dg.ResourceParam[Reporter],
    ) -> Iterator[Any]:
        settings = run_settings(context)
        # dbt reads its profile and its clock from the environment it inherits.
        os.environ.update(dbt_environment(settings))
        (settings.home / "tmp").mkdir(parents=True, exist_ok=True)
        is_full_refresh = is_set(context, FULL_REFRESH_TAG)
        with one_sentence(context), warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            inputs = read_inputs(settings.warehouse)
            is_whole = not (is_full_refresh or context.is_subset)
            left = unchanged_nodes(read_manifest(), settings.warehouse, inputs) if is_whole else {}
            if begin_build(settings.warehouse, inputs) and is_whole:
                context.log.info(
                    "the rules by which facts are made have changed: all are made anew"
                )
                is_full_refresh, left = True, {}
            reporter.step(
                "building the warehouse", total=len(context.selected_asset_keys) - len(left)
            )
            invocation = dbt.cli(dbt_arguments(is_full_refresh, left), context=context)
            events, error = _events(invocation, reporter, is_set(context, ATTENDED_TAG))
            if error is None and not context.is_subset:
                end_build(settings.warehouse, inputs)
        facts = relation_facts(settings.warehouse) if settings.warehouse.exists() else {}
        for event in _in_order(context, events, left.values()):
            yield _with_facts(context, event, facts)
        if error is not None:
            raise failure(context, _explained(invocation, error, settings.warehouse)) from error

    return build_warehouse


def _in_order(
    context: dg.AssetExecutionContext, events: Iterable[Any], left: Iterable[tuple[str, str]]
) -> list[Any]:
    """Events of a build and outputs of what it left, without which everything downstream would be skipped.

    Dagster wants the outputs of one step in the order of their dependencies; results of tests may come after.
    """
    keys = context.assets_def.keys_by_output_name
    names = {key: name for name, key in keys.items()}
    outputs = {event.output_name: event for event in events if isinstance(event, dg.Output)}
    for address in left:
        name = names[dg.AssetKey(address)]
        outputs[name] = dg.Output(None, name, metadata={"deskhouse/unchanged": True})
    nodes = read_manifest()["nodes"]
    keys_in_order = (
        dg.AssetKey([nodes[node]["schema"], relation_name(nodes[node])])
        for node in in_build_order({"nodes": nodes})
    )
    # a job may have selected only some of all
    order = [names[key] for key in keys_in_order if key in names]
    return [
        *(outputs[name] for name in order if name in outputs),
        *(event for event in events if not isinstance(event, dg.Output)),
    ]


def _with_facts(context: dg.AssetExecutionContext, event: Any, facts: dict[Any, Any]) -> Any:
    if not isinstance(event, dg.Output):
        return event
    key = context.asset_key_for_output(event.output_name)
    found = facts.get(tuple(key.path))
    if found is None:
        return event
    added: dict[str, Any] = {
        "dagster/column_schema": dg.TableSchema(
            [dg.TableColumn(name, type_) for name, type_ in found.columns]
        )
    }
    if found.rows is not None:
        added["dagster/row_count"] = found.rows
    return event.with_metadata({**event.metadata, **added})


def _explained(invocation: DbtCliInvocation, error: DagsterDbtError, warehouse: Any) -> Exception:
    try:
        results = invocation.get_artifact("run_results.json")
    except FileNotFoundError:
        results = {}
    return build_error(failed_nodes(results), warehouse, str(error))


def publication_assets() -> list[dg.AssetsDefinition]:
    """The staged copy, and the swap that makes it visible once its checks have passed."""

    @dg.asset(
        key=CANDIDATE_KEY,
        deps=[*published_keys(), RESTATEMENTS_KEY],
        group_name="published",
        owners=INGESTION_OWNERS,
        kinds={"duckdb", "parquet"},
        pool=POOL,
        description="A complete new version of the marts next to the published one, not yet visible to readers.",
    )
    def stage_publication(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> dg.MaterializeResult:
        reporter.step("staging the publication")
        settings = run_settings(context)
        with one_sentence(context), warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            guard_past(context, settings)
            candidate = publishing.stage(
                settings.warehouse,
                settings.published_dir,
                settings.as_of,
                descriptions=table_descriptions(read_manifest()),
                run_id=context.run_id,
                group=bi_group(),
            )
        return dg.MaterializeResult(
            metadata={
                "version": candidate.version,
                "path": dg.MetadataValue.path(str(candidate.folder)),
                "dagster/row_count": sum(table.rows for table in candidate.tables),
            }
        )

    @dg.asset(
        key=MARTS_KEY,
        deps=[CANDIDATE_KEY],
        group_name="published",
        owners=INGESTION_OWNERS,
        kinds={"duckdb", "parquet"},
        pool=POOL,
        freshness_policy=DAILY,
        description="What BI reads: published/marts.duckdb and published/parquet, replaced in one atomic step.",
    )
    def publish(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> dg.MaterializeResult:
        reporter.step("publishing")
        settings = run_settings(context)
        with one_sentence(context), warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            candidate = candidate_of(settings.published_dir, context.run_id)
            promote(settings.published_dir, candidate)
        return dg.MaterializeResult(
            metadata={
                "version": candidate.version,
                "path": dg.MetadataValue.path(str(settings.marts_file)),
            }
        )

    return [stage_publication, publish]


def definitions() -> dg.Definitions:
    """Check store, dbt and publication."""
    return dg.Definitions(assets=[checks_asset(), warehouse_assets(), *publication_assets()])
