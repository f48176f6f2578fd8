"""The ledger in the graph: its copy for dbt, the monthly close, and the restatements between gate and publication."""

import json
from collections.abc import Iterator
from dataclasses import replace

import dagster as dg

from ingestion.config import parse_instant
from orchestration.building import BuildError, build_error, dbt_arguments
from orchestration.closing.month_close import CloseError, CloseRequest, MonthClose, close_month
from orchestration.closing.restating import REBUILT_AFTER, record_restatements
from orchestration.dbt_runner import run_dbt
from orchestration.defs.warehouse import RESTATEMENTS_KEY
from orchestration.failing import guard_past, one_sentence
from orchestration.ledger.tables import SCHEMA, TABLES, fill_raw_ledger
from orchestration.raw_translator import INGESTION_OWNERS
from orchestration.resources import (
    ATTENDED_TAG,
    CLOSED_AT_TAG,
    CLOSED_BY_TAG,
    POOL,
    PUBLISH_PAST_TAG,
    SECOND_TAG,
    TENANT_TAG,
    WAIVED_TAG,
    Reporter,
    is_set,
    run_settings,
)
from orchestration.settings import Settings
from orchestration.unchanged import is_built_by_other_rules
from orchestration.warehouse import warehouse_lock

MONTH_CLOSE_KEY = dg.AssetKey(["ledger", "month_close"])
CLOSE_GROUP = "month_close"
BY_SCHEDULE = "schedule"
_FIRST_MONTH = "2020-01-01"
_LOCK_WAIT_SECONDS = 30

MONTHS = dg.MonthlyPartitionsDefinition(start_date=_FIRST_MONTH)


def month_close_asset() -> dg.AssetsDefinition:
    """One partition per month; closing one that is closed changes nothing."""

    @dg.asset(
        key=MONTH_CLOSE_KEY,
        partitions_def=MONTHS,
        group_name=CLOSE_GROUP,
        owners=INGESTION_OWNERS,
        kinds={"parquet"},
        pool=POOL,
        description="The month as presented, written once into the ledger after its gates passed or were signed off.",
    )
    def month_close(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> dg.MaterializeResult[None]:
        reporter.step(f"closing {context.partition_key[:7]}")
        settings = run_settings(context)
        tags = context.run.tags
        request = CloseRequest(
            context.partition_time_window.start.date(),
            tags.get(CLOSED_BY_TAG, BY_SCHEDULE),
            json.loads(tags.get(WAIVED_TAG, "{}")),
            tags.get(TENANT_TAG),
            tags.get(SECOND_TAG),
        )
        closed_at = parse_instant(tags[CLOSED_AT_TAG]) if CLOSED_AT_TAG in tags else settings.as_of
        if not is_set(context, ATTENDED_TAG):
            # A tick that waited for a later run closes with what that run knows.
            closed_at = max(closed_at, settings.as_of)
        with one_sentence(context), warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            guard_past(context, settings)
            _refuse_other_rules(settings)
            fill_raw_ledger(settings.home)
            closes = close_month(replace(settings, as_of=closed_at), request)
        return dg.MaterializeResult(metadata=_close_metadata(closes))

    return month_close


def _refuse_other_rules(settings: Settings) -> None:
    """A month is closed as a build of this version shows it, and the marts are made with it by the same rules."""
    if is_built_by_other_rules(settings.warehouse):
        raise CloseError(
            f"{settings.warehouse} was built by another version, or before the privacy key was rotated: run deskhouse "
            "run, then close; nothing was closed."
        )


def _close_metadata(closes: list[MonthClose]) -> dict[str, str | int]:
    metadata: dict[str, str | int] = {"newly_closed": sum(close.is_new for close in closes)}
    for close in closes:
        gates = "; ".join(f"{gate.gate} {gate.state}: {gate.seen}" for gate in close.gates)
        metadata[f"{close.tenant_id}: gates"] = gates
        metadata[f"{close.tenant_id}: rows"] = close.row_count
        metadata[f"{close.tenant_id}: snapshot_hash"] = close.snapshot_hash
    return metadata


def raw_ledger_assets() -> dg.AssetsDefinition:
    """The copy that dbt reads, whole, before every build."""
    specs = [
        dg.AssetSpec(
            [SCHEMA, table],
            deps=[MONTH_CLOSE_KEY],
            group_name="ledger",
            owners=INGESTION_OWNERS,
            kinds={"parquet", "duckdb"},
            description=f"Copy of the ledger's {table}.",
        )
        for table in TABLES
    ]

    @dg.multi_asset(specs=specs, name="read_ledger", pool=POOL)
    def read_ledger(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> Iterator[dg.MaterializeResult[None]]:
        reporter.step("reading the ledger")
        settings = run_settings(context)
        with one_sentence(context), warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            guard_past(context, settings)
            fill_raw_ledger(settings.home)
        for spec in specs:
            yield dg.MaterializeResult(asset_key=spec.key)

    return read_ledger


def restatements_asset() -> dg.AssetsDefinition:
    """After the gate, so that a broken load is never written down as a restatement; before the publication."""

    @dg.asset(
        key=RESTATEMENTS_KEY,
        deps=[
            dg.AssetKey(["governance_review", "kpi_monthly"]),
            dg.AssetKey(["intermediate", "int_restatements_found"]),
        ],
        group_name="ledger",
        owners=INGESTION_OWNERS,
        kinds={"parquet"},
        pool=POOL,
        description="Numbers of closed months that moved, appended to the ledger with their reason; never silently.",
    )
    def restatements(
        context: dg.AssetExecutionContext,
        reporter: dg.ResourceParam[Reporter],
    ) -> dg.MaterializeResult[None]:
        settings = run_settings(context)
        with one_sentence(context), warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            guard_past(context, settings)
            recorded = 0 if is_set(context, PUBLISH_PAST_TAG) else record_restatements(settings)
            if recorded:
                reporter.step(f"recording {recorded:,} restatements of closed months")
                _rebuild(settings)
        return dg.MaterializeResult(metadata={"recorded": recorded})

    return restatements


def _rebuild(settings: Settings) -> None:
    """Bring the marts that read the ledger up to date with what was just recorded."""
    outcome = run_dbt([*dbt_arguments(is_full_refresh=False), "--select", *REBUILT_AFTER], settings)
    if not outcome.is_successful:
        error = build_error(outcome, settings.warehouse)
        raise BuildError(
            f"Restatements were recorded, but the marts could not be built with them: {error}"
        )


def definitions() -> dg.Definitions:
    """Close, copy and restatements."""
    return dg.Definitions(assets=[month_close_asset(), raw_ledger_assets(), restatements_asset()])
