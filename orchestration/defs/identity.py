"""The key of persons in the graph, written before every build."""

import dagster as dg

from ingestion import person_keys
from ingestion.pipeline import settle_keys
from orchestration.failing import one_sentence
from orchestration.raw_translator import INGESTION_OWNERS
from orchestration.resources import POOL, Reporter, run_settings
from orchestration.warehouse import warehouse_lock

_LOCK_WAIT_SECONDS = 30


def person_keys_asset() -> dg.AssetsDefinition:
    """What dbt hashes persons of the house with; nothing of it is said to Dagster."""

    @dg.asset(
        key=dg.AssetKey([person_keys.SCHEMA, person_keys.TABLE]),
        group_name="identity",
        owners=INGESTION_OWNERS,
        kinds={"duckdb"},
        pool=POOL,
        description="Keys that persons of the house are hashed with, derived from the privacy key; never published.",
    )
    def write_person_keys(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> dg.MaterializeResult[None]:
        settings = run_settings(context)
        with one_sentence(context), warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
            settle_keys(settings.ingestion)
        return dg.MaterializeResult()

    return write_person_keys


def definitions() -> dg.Definitions:
    """The one asset."""
    return dg.Definitions(assets=[person_keys_asset()])
