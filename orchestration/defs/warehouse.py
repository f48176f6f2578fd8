"""The warehouse: one dbt build from raw to marts, then the publication."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration import publishing
from orchestration.building import (
    RelationFacts,
    build_error,
    dbt_arguments,
    drop_leftovers,
    relation_facts,
)
from orchestration.dbt_runner import Node, Outcome, run_dbt
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
from orchestration.raw_translator import INGESTION_OWNERS
from orchestration.resources import (
    FULL_REFRESH_TAG,
    POOL,
    Reporter,
    is_set,
    run_settings,
)
from orchestration.seed_validation import validate_seeds
from orchestration.translators import DAILY, WarehouseTranslator, relation_name
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
    ) -> dg.MaterializeResult[None]:
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
        reporter: dg.ResourceParam[Reporter],
    ) -> Iterator[Any]:
        settings = run_settings(context)
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
            arguments = dbt_arguments(is_full_refresh, left)
            if context.is_subset:
                arguments += ["--select", *_selected(context)]
            outcome = run_dbt(arguments, settings, reporter.advance)
            if outcome.is_successful and not context.is_subset:
                drop_leftovers(settings.warehouse, read_manifest())
                end_build(settings.warehouse, inputs)
        yield from _events(context, outcome, left.values(), settings.warehouse)
        if not outcome.is_successful:
            raise failure(context, build_error(outcome, settings.warehouse))

    return build_warehouse


def _selected(context: dg.AssetExecutionContext) -> list[str]:
    """Names of the seeds and models that a run of only some of all asks for."""
    return [
        node["name"]
        for node in read_manifest()["nodes"].values()
        if node["resource_type"] in ("model", "seed")
        and dg.AssetKey([node["schema"], relation_name(node)]) in context.selected_asset_keys
    ]


def _events(
    context: dg.AssetExecutionContext,
    outcome: Outcome,
    left: Iterable[tuple[str, str]],
    warehouse: Path,
) -> Iterator[dg.Output[None] | dg.AssetCheckResult]:
    """Outputs of what was built and of what stands, without which everything downstream would be skipped; test results.

    Dagster wants the outputs of one step in the order of their dependencies; results of tests may come after.
    """
    manifest = read_manifest()
    nodes = manifest["nodes"]
    names = {key: name for name, key in context.assets_def.keys_by_output_name.items()}
    facts = relation_facts(warehouse) if warehouse.exists() else {}
    metadata: dict[dg.AssetKey, dict[str, Any]] = {
        dg.AssetKey(address): {"deskhouse/unchanged": True} for address in left
    }
    # exposures and metrics have results too, and are nothing that was built
    results = [result for result in outcome.nodes if result.unique_id in nodes]
    for result in results:
        node = nodes[result.unique_id]
        if node["resource_type"] in ("model", "seed") and result.status == "success":
            key = dg.AssetKey([node["schema"], relation_name(node)])
            metadata[key] = {"unique_id": result.unique_id, "Execution Duration": result.seconds}
    for unique_id in in_build_order(manifest):
        key = dg.AssetKey([nodes[unique_id]["schema"], relation_name(nodes[unique_id])])
        if key in metadata:
            shown = metadata[key] | _facts(facts.get((key.path[0], key.path[1])))
            yield dg.Output(None, names[key], metadata=shown)
    # A check bears the name of its dbt test, and no two tests have the same.
    checks = {check.name: check for check in context.selected_asset_check_keys}
    for result in results:
        check = checks.get(nodes[result.unique_id]["name"])
        if check is not None and result.status != "skipped":
            yield _check_result(check, result)


def _check_result(check: dg.AssetCheckKey, result: Node) -> dg.AssetCheckResult:
    severity = (
        dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR
    )
    metadata: dict[str, Any] = {"unique_id": result.unique_id, "status": result.status}
    if result.failures is not None:
        metadata["dagster_dbt/failed_row_count"] = result.failures
    return dg.AssetCheckResult(
        passed=result.status == "pass",
        asset_key=check.asset_key,
        check_name=check.name,
        severity=severity,
        metadata=metadata,
    )


def _facts(found: RelationFacts | None) -> dict[str, Any]:
    if found is None:
        return {}
    columns = [dg.TableColumn(name, type_) for name, type_ in found.columns]
    shown: dict[str, Any] = {"dagster/column_schema": dg.TableSchema(columns)}
    return shown if found.rows is None else shown | {"dagster/row_count": found.rows}


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
    ) -> dg.MaterializeResult[None]:
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
    ) -> dg.MaterializeResult[None]:
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
