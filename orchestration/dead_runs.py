"""Runs whose process is dead: they are ended, and what they still hold is freed.

Dagster keeps a slot of a pool until its run ends, so after a SIGKILL the next run would wait for the dead one without a
word: at the terminal, and in the queue of the schedules.
"""

from __future__ import annotations

import dagster as dg

from orchestration.process_identity import is_alive, own_identity
from orchestration.resources import ATTENDED_TAG, POOL

PROCESS_TAG = "deskhouse/process"
"""Process that executes a run, and the run's id; runs of the schedules have it once they hold the run's lock."""
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


def process_tag(run_id: str) -> dict[str, str]:
    """The tag of a run that this process executes; with its id, as a run that is repeated inherits all tags."""
    return {PROCESS_TAG: f"{own_identity()}/{run_id}"}


def bury_dead_runs(instance: dg.DagsterInstance) -> int:
    """End the runs whose process is dead, and free the slots that they hold; returns how many.

    A process is known by number and start: a number alone may be borne by another one by now. Runs of our own process
    are taken for those of a predecessor, so the caller has not begun one yet.
    """
    buried = 0
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=_UNFINISHED)):
        if _is_dead(run):
            number = run.tags[PROCESS_TAG].partition("@")[0]
            instance.report_run_failed(run, message=f"its process ({number}) was killed")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            buried += 1
    return buried


def _is_dead(run: dg.DagsterRun) -> bool:
    tag = run.tags.get(PROCESS_TAG, "")
    process, _, run_id = tag.rpartition("/")
    if run_id == run.run_id:
        return process == own_identity() or not is_alive(process)
    # An earlier release noted the bare number, by which nobody is known.
    return tag.isdecimal() and ATTENDED_TAG in run.tags and run.parent_run_id is None


def free_slots(instance: dg.DagsterInstance, run_id: str | None = None) -> None:
    """Take the pool's slot from every run but ours; the caller holds the run's lock, so whoever has one is dead."""
    storage = instance.event_log_storage
    if not storage.supports_global_concurrency_limits or POOL not in storage.get_concurrency_keys():
        return
    info = storage.get_concurrency_info(POOL)
    for other in {*info.active_run_ids, *info.pending_run_ids} - {run_id}:
        storage.free_concurrency_slots_for_run(other)


@dg.sensor(
    name="dead_runs_sensor",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Ends runs whose process was killed, so that they hold up nobody in the queue.",
)
def dead_runs_sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Start nothing; look once a minute."""
    return dg.SkipReason(f"{bury_dead_runs(context.instance)} dead runs were ended.")
