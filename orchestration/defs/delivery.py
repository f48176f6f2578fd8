"""Alerts and reports in the graph: delivered after every publication, and by the clock what became due since."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.warehouse import MARTS_KEY
from orchestration.raw_translator import INGESTION_OWNERS
from orchestration.resources import POOL, Reporter, run_settings
from orchestration.settings import load_dotenv_file, read_settings

MESSAGES_KEY = dg.AssetKey(["delivery", "messages"])
DELIVERY_JOB = "delivery_job"
FAULTS = "faults"
"""Name of the metadata that hold what went wrong, in sentences without addresses."""


def messages_asset() -> dg.AssetsDefinition:
    """What is to be said of the publication; it never fails, as numbers must not wait for messages."""

    @dg.asset(
        key=MESSAGES_KEY,
        deps=[MARTS_KEY],
        group_name="delivery",
        owners=INGESTION_OWNERS,
        kinds={"sqlite"},
        pool=POOL,
        description="Alerts and reports that were sent to the recipients of recipients.yml, and what failed.",
    )
    def deliver_messages(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> dg.MaterializeResult[None]:
        from orchestration.delivery.passing import deliver

        passed = deliver(run_settings(context))
        if not passed.is_idle:
            reporter.step("telling whom alerts concern")
        for fault in passed.faults:
            context.log.warning(fault)
        return dg.MaterializeResult(
            metadata={
                "planned": passed.planned,
                "sent": passed.sent.sent,
                "failed": passed.sent.failed,
                "unknown": passed.sent.unknown,
                "left for later": passed.sent.left,
                FAULTS: dg.MetadataValue.json(passed.faults),
            }
        )

    return deliver_messages


def definitions() -> dg.Definitions:
    """The messages, and the schedule that starts them between two publications."""
    job = dg.define_asset_job(
        DELIVERY_JOB,
        selection=dg.AssetSelection.assets(MESSAGES_KEY),
        description="Send what is due: reports, escalations, what quiet hours held back, what failed before.",
    )

    @dg.schedule(
        name="delivery_schedule",
        job=job,
        cron_schedule="*/10 * * * *",
        execution_timezone="UTC",
        description="Every ten minutes, and only when something is due.",
    )
    def every_ten_minutes(
        context: dg.ScheduleEvaluationContext,
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        from orchestration.delivery.passing import what_is_due

        load_dotenv_file()
        due = what_is_due(read_settings())
        yield dg.RunRequest() if due else dg.SkipReason("Nothing is due.")

    return dg.Definitions(assets=[messages_asset()], jobs=[job], schedules=[every_ten_minutes])
