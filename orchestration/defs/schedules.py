"""Jobs and schedules: an hourly pull, a daily build with gate and publication."""

import dagster as dg

from ingestion.pipeline import SOURCES
from orchestration.resources import AS_OF_TAG

PULL_JOB = "sources_hourly_job"
BUILD_JOB = "warehouse_daily_job"


def _raw_selection() -> dg.AssetSelection:
    return dg.AssetSelection.groups(*(f"ingest_{source}" for source in SOURCES))


def definitions() -> dg.Definitions:
    """``make run`` executes both jobs in process, one after the other."""
    raw = _raw_selection()
    pull = dg.define_asset_job(
        PULL_JOB, selection=raw, description="Pull every source into its raw tables."
    )
    build = dg.define_asset_job(
        BUILD_JOB,
        selection=dg.AssetSelection.all() - raw,
        description="Build the warehouse from raw to marts, prove it, publish it.",
    )

    @dg.schedule(
        name="sources_hourly_schedule",
        job=pull,
        cron_schedule="10 * * * *",
        execution_timezone="UTC",
        description="At minute 10 of every hour (UTC): vendors' own exports lag by up to a few minutes past the hour.",
    )
    def hourly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(tags={AS_OF_TAG: context.scheduled_execution_time.isoformat()})

    @dg.schedule(
        name="warehouse_daily_schedule",
        job=build,
        cron_schedule="30 4 * * *",
        execution_timezone="UTC",
        description="At 04:30 UTC every day: after midnight in every zone we report in, before the first huddle.",
    )
    def daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(tags={AS_OF_TAG: context.scheduled_execution_time.isoformat()})

    return dg.Definitions(jobs=[pull, build], schedules=[hourly, daily])
