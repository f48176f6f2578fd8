"""Jobs and schedules: an hourly pull, a daily build with gate and publication, a monthly close; old texts go daily."""

from datetime import timedelta

import dagster as dg

from ingestion.texts.sweeping import drop_old
from orchestration.dead_runs import dead_runs_sensor
from orchestration.defs.ingestion import RAW, pull_job
from orchestration.defs.ledger import CLOSE_GROUP, MONTH_CLOSE_KEY, MONTHS
from orchestration.defs.reviews import REVIEW_GROUP
from orchestration.failing import one_sentence
from orchestration.resources import (
    AS_OF_TAG,
    CLOSED_AT_TAG,
    POOL,
    Reporter,
    run_settings,
)

BUILD_JOB = "warehouse_daily_job"
CLOSE_JOB = "month_close_job"
TEXTS_JOB = "texts_retention_daily_job"


def judged_at(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """A run that is judged at the instant it was scheduled for, however late it starts."""
    return dg.RunRequest(tags={AS_OF_TAG: context.scheduled_execution_time.isoformat()})


def definitions() -> dg.Definitions:
    """``make run`` executes both jobs in process, one after the other."""
    pull = pull_job()
    build = dg.define_asset_job(
        BUILD_JOB,
        selection=dg.AssetSelection.all()
        - RAW
        - dg.AssetSelection.groups(CLOSE_GROUP, REVIEW_GROUP),
        description="Build the warehouse from raw to marts, prove it, publish it.",
    )
    close = dg.define_asset_job(
        CLOSE_JOB,
        selection=dg.AssetSelection.assets(MONTH_CLOSE_KEY).downstream(),
        partitions_def=MONTHS,
        description="Close a month: prove its gates, write it into the ledger as presented, publish the marts with it.",
    )

    @dg.op(pool=POOL, description="Remove texts of messages whose days are over.")
    def drop_old_texts(
        context: dg.OpExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> None:
        reporter.step("removing old texts of messages")
        with one_sentence(context):
            context.log.info("%d texts were removed", drop_old(run_settings(context).ingestion))

    @dg.job(
        name=TEXTS_JOB,
        description="Remove texts of messages whose days are over, whether or not a vendor answers.",
    )
    def texts_retention() -> None:
        drop_old_texts()

    texts_daily = dg.schedule(
        name="texts_retention_daily_schedule",
        job=texts_retention,
        cron_schedule="50 3 * * *",
        execution_timezone="UTC",
        description="At 03:50 UTC every day; every pull does the same.",
    )(judged_at)

    hourly = dg.schedule(
        name="sources_hourly_schedule",
        job=pull,
        cron_schedule="10 * * * *",
        execution_timezone="UTC",
        description="At minute 10 of every hour (UTC): vendors' own exports lag by up to a few minutes past the hour.",
    )(judged_at)

    daily = dg.schedule(
        name="warehouse_daily_schedule",
        job=build,
        cron_schedule="30 4 * * *",
        execution_timezone="UTC",
        description="At 04:30 UTC every day: after midnight in every zone we report in, before the first huddle.",
    )(judged_at)

    @dg.schedule(
        name="month_close_schedule",
        job=close,
        cron_schedule="0 6,18 8 * *",
        execution_timezone="UTC",
        description="On day 8 at 06:00 UTC and, for zones west of it, at 18:00; closing twice changes nothing.",
    )
    def monthly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        instant = context.scheduled_execution_time
        last_month = (instant.replace(day=1) - timedelta(days=1)).strftime("%Y-%m-01")
        return dg.RunRequest(partition_key=last_month, tags={CLOSED_AT_TAG: instant.isoformat()})

    return dg.Definitions(
        jobs=[pull, build, close, texts_retention],
        schedules=[hourly, daily, monthly, texts_daily],
        sensors=[dead_runs_sensor],
    )
