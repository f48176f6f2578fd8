"""The monthly pack in the graph: written when a month was closed and the marts were published with it."""

from datetime import date

import dagster as dg

from orchestration.defs.ledger import MONTH_CLOSE_KEY, MONTHS
from orchestration.defs.warehouse import MARTS_KEY
from orchestration.failing import one_sentence
from orchestration.raw_translator import INGESTION_OWNERS
from orchestration.resources import (
    ATTENDED_TAG,
    POOL,
    TENANT_TAG,
    Reporter,
    is_set,
    run_settings,
)
from orchestration.settings import Settings

PACK_KEY = dg.AssetKey(["reviews", "monthly_pack"])
REVIEW_GROUP = "reviews"


def monthly_pack_asset() -> dg.AssetsDefinition:
    """Every pack of the month after a scheduled close; after one by hand that of the company.

    Whoever closes by hand waits for it, and is told when a pack cannot be written: the close stands without it.
    """

    @dg.asset(
        key=PACK_KEY,
        deps=[MARTS_KEY, MONTH_CLOSE_KEY],
        partitions_def=MONTHS,
        group_name=REVIEW_GROUP,
        owners=INGESTION_OWNERS,
        kinds={"pdf", "xlsx", "html"},
        pool=POOL,
        description="The month as the forum reads it, with the numbers and the hash of the close.",
    )
    def monthly_pack(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> dg.MaterializeResult[None]:
        from orchestration.pack.reporting import one_line

        month = context.partition_time_window.start.date()
        reporter.step(f"writing the pack of {month:%Y-%m}")
        settings, tenant = run_settings(context), context.run.tags.get(TENANT_TAG)
        if not is_set(context, ATTENDED_TAG):
            with one_sentence(context):
                return _written(settings, month, tenant, is_whole=True)
        try:
            return _written(settings, month, tenant, is_whole=False)
        except Exception as error:
            reporter.say(one_line(error))
            return dg.MaterializeResult(metadata={"not written": one_line(error)})

    return monthly_pack


def _written(
    settings: Settings, month: date, tenant: str | None, *, is_whole: bool
) -> dg.MaterializeResult[None]:
    from orchestration.pack.writing import Wanted, write_all, write_packs
    from orchestration.presenting.languages import default_language

    if is_whole:
        found = write_all(settings, month, tenant)
    else:
        found = write_packs(settings, Wanted(month, language=default_language(), tenant=tenant))
    metadata: dict[str, str | int] = {"packs": len(found)}
    for written in found:
        if written.pack.audience.slug == "company":
            metadata[f"{written.pack.tenant_id}: hash"] = written.pack.hash
            metadata[f"{written.pack.tenant_id}: file"] = str(written.files["pdf"])
    return dg.MaterializeResult(metadata=metadata)


def definitions() -> dg.Definitions:
    """The pack."""
    return dg.Definitions(assets=[monthly_pack_asset()])
