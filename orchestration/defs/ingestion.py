"""Raw tables: one step per source, one asset per dlt resource, and the job that pulls them."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dlt.translator import DltResourceTranslatorData

from ingestion.pipeline import SOURCES, described
from orchestration.failing import failure, one_sentence
from orchestration.loading import pull
from orchestration.raw_translator import RawTableTranslator
from orchestration.resources import POOL, Reporter, run_settings

PULL_JOB = "sources_hourly_job"
RAW = dg.AssetSelection.groups(*(f"ingest_{source}" for source in SOURCES))
"""Every raw table of every source."""
_RETRIES = dg.RetryPolicy(max_retries=3, delay=60, backoff=dg.Backoff.EXPONENTIAL)


def raw_specs(source: str) -> list[dg.AssetSpec]:
    """The raw tables of a source, as the source itself declares them; no credentials, no network."""
    translator = RawTableTranslator()
    return [
        translator.get_asset_spec(DltResourceTranslatorData(resource=resource, pipeline=None))
        for resource in described(source).resources.values()
    ]


def raw_assets(source: str) -> dg.AssetsDefinition:
    """The step that pulls one source."""

    @dg.multi_asset(
        name=f"pull_{source}", specs=raw_specs(source), pool=POOL, retry_policy=_RETRIES
    )
    def _pull(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> Iterator[dg.MaterializeResult[None]]:
        reporter.step(f"pulling {source}")
        with one_sentence(context):
            loaded = pull(source, run_settings(context))
        if loaded.error is not None:
            raise failure(context, loaded.error) from loaded.error
        for key in context.selected_asset_keys:
            table = loaded.tables.get(key.path[-1])
            metadata: dict[str, str | int] = (
                {}
                if table is None
                else {
                    "dagster/row_count": table.rows,
                    "rows_changed": table.rows_changed,
                    "dlt_load_ids": ", ".join(loaded.load_ids),
                    "newest_ingested_at": str(table.newest_ingested_at),
                }
            )
            yield dg.MaterializeResult(asset_key=key, metadata=metadata)

    return _pull


def pull_job() -> Any:
    """The job that pulls every source."""
    return dg.define_asset_job(
        PULL_JOB, selection=RAW, description="Pull every source into its raw tables."
    )


def definitions() -> dg.Definitions:
    """Every source of the registry."""
    return dg.Definitions(assets=[raw_assets(source) for source in SOURCES])
