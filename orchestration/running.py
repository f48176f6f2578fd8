"""One run from the sources to the publication: the same jobs that the schedules start, executed in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import uuid4

import dagster as dg

from ingestion.errors import DeskhouseError
from orchestration.closing.month_close import CloseRequest
from orchestration.dagster_instance import open_instance
from orchestration.dead_runs import bury_dead_runs, free_slots, process_tag
from orchestration.forgetting.erasing import finish_unfinished
from orchestration.landing_report import last_load, sentences
from orchestration.locks import run_lock
from orchestration.permissions import protect_home
from orchestration.reading import sweep_snapshots
from orchestration.repeating import made_of, remember, repeated
from orchestration.resources import (
    AS_OF_TAG,
    ATTENDED_TAG,
    CLOSED_AT_TAG,
    CLOSED_BY_TAG,
    FULL_REFRESH_TAG,
    PUBLISH_PAST_TAG,
    SECOND_TAG,
    TENANT_TAG,
    WAIVED_TAG,
    Reporter,
)
from orchestration.settings import Settings, read_settings
from orchestration.stopping import ask, stoppable
from orchestration.warehouse import warehouse_lock

_LOCK_WAIT_SECONDS = 30
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class RunFailedError(DeskhouseError):
    """Nothing was published; the text says why."""


@dataclass
class Outcome:
    """What a run did.

    ``source_errors`` are sentences of the sources that failed, ``build_errors`` what kept the run from publishing,
    ``warnings`` findings of the gate that did not; ``traces`` are the tracebacks behind them for ``--debug``. A
    repetition found the same instant, rows and rules as the run before it: what that one published stands.
    ``message_faults`` say which alerts and reports did not arrive; no run fails by them.
    """

    rows_changed: dict[str, int] = field(default_factory=dict)
    source_errors: list[str] = field(default_factory=list)
    build_errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    message_faults: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    is_published: bool = False
    is_repetition: bool = False


@contextmanager
def holding(settings: Settings, reporter: Reporter, purpose: str) -> Iterator[Settings]:
    """Be the run of this home for the block, from the first pull to the publication.

    Args:
        settings: as they were read when the command began.
        reporter: hears for whom this run waits.
        purpose: what others are told they wait for.

    Yields:
        The settings, of the instant at which the waiting ended unless the instant was given.

    Raises:
        WarehouseLockedError: another run has not ended in the time that we wait (``DESKHOUSE_WAIT_SECONDS``).
        ConfigurationError: the group that may read the publication cannot be used.
    """
    protect_home(settings.home, settings.published_dir)
    with run_lock(settings.home, purpose, waiting=reporter.step):
        sweep_snapshots(settings.home)
        _finish_forgetting(settings, reporter)
        now = settings.as_of if settings.is_as_of_pinned else read_settings().as_of
        yield replace(settings, as_of=now)


def _finish_forgetting(settings: Settings, reporter: Reporter) -> None:
    """Finish what ``deskhouse forget`` was killed in, before anything is read or published."""
    with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
        finish_unfinished(settings, reporter.step)


def run_pipeline(
    settings: Settings,
    sources: Sequence[str],
    is_full_refresh: bool,
    reporter: Reporter,
    is_past_published: bool = False,
) -> Outcome:
    """Pull the sources, build, prove, publish.

    A source that fails does not keep the others from being built and published. When every source fails, nothing
    new exists and nothing is built; nor is it when the run would only repeat the last one. The caller holds the run's
    lock.

    Args:
        settings: of this run.
        sources: names of the sources to pull.
        is_full_refresh: rebuild incremental models and take new row-count baselines.
        reporter: hears the progress.
        is_past_published: replace what is published although it knows of a later instant.
    """
    from orchestration.defs.ingestion import PULL_JOB
    from orchestration.pulling import assemble_pull

    location = assemble_pull(reporter)
    tags = {AS_OF_TAG: settings.as_of.isoformat(), ATTENDED_TAG: "true"}
    if is_full_refresh:
        tags[FULL_REFRESH_TAG] = "true"
    if is_past_published:
        tags[PUBLISH_PAST_TAG] = "true"
    outcome = Outcome()
    with open_instance(settings) as instance:
        bury_dead_runs(instance)
        free_slots(instance)
        pulled = _execute(location, PULL_JOB, instance, tags, _raw_keys(location, sources))
        _note_pull(pulled, outcome)
        if "landing" in outcome.rows_changed:
            for sentence in sentences(last_load(settings.warehouse)):
                reporter.say(sentence)
        if sources and len(outcome.source_errors) == len(sources):
            return outcome
        digest = made_of(settings)
        before = None if is_full_refresh else repeated(settings, digest)
        if before is not None:
            outcome.is_published = outcome.is_repetition = True
            outcome.warnings = list(before.warnings)
            from orchestration.delivery.passing import deliver

            # What is published stands, but time has passed: somebody may have to be told all the same.
            outcome.message_faults = deliver(settings).faults
            return outcome
        # Only who builds needs all definitions; loading them parses the dbt project when it changed.
        from orchestration.definitions import assemble
        from orchestration.defs.schedules import BUILD_JOB

        built = _execute(assemble(reporter), BUILD_JOB, instance, tags)
        _note_build(built, outcome)
        if outcome.is_published and not outcome.build_errors:
            remember(settings, digest, outcome.warnings)
    return outcome


def run_close(settings: Settings, request: CloseRequest, reporter: Reporter) -> Outcome:
    """Close a month and publish the marts with it, through the job that the schedule starts; the caller holds the lock.

    Args:
        settings: of this run; its instant is that of the close, the data keep the instant they were built at.
        request: what to close, by whom, and what is signed off.
        reporter: hears the progress.
    """
    from orchestration.definitions import assemble
    from orchestration.defs.schedules import CLOSE_JOB

    tags = {
        CLOSED_AT_TAG: settings.as_of.isoformat(),
        CLOSED_BY_TAG: request.by,
        WAIVED_TAG: json.dumps(dict(request.waived)),
        ATTENDED_TAG: "true",
    }
    if request.second is not None:
        tags[SECOND_TAG] = request.second
    if request.tenant_id is not None:
        tags[TENANT_TAG] = request.tenant_id
    outcome = Outcome()
    with open_instance(settings) as instance:
        bury_dead_runs(instance)
        free_slots(instance)
        closed = _execute(
            assemble(reporter), CLOSE_JOB, instance, tags, partition_key=f"{request.month:%Y-%m-01}"
        )
        _note_build(closed, outcome)
    return outcome


def _raw_keys(location: dg.Definitions, sources: Sequence[str]) -> list[dg.AssetKey]:
    groups = {f"ingest_{source}" for source in sources}
    return [
        spec.key
        for definition in location.assets or []
        if isinstance(definition, dg.AssetsDefinition)
        for spec in definition.specs
        if spec.group_name in groups
    ]


def _execute(
    location: dg.Definitions,
    job: str,
    instance: dg.DagsterInstance,
    tags: dict[str, str],
    keys: list[dg.AssetKey] | None = None,
    partition_key: str | None = None,
) -> dg.ExecuteInProcessResult:
    run_id = str(uuid4())
    with stoppable():
        result = location.resolve_job_def(job).execute_in_process(
            instance=instance,
            run_id=run_id,
            # By the process a later run, or the daemon, finds out that this one was killed.
            tags={**tags, **process_tag(run_id)},
            run_config=_QUIET,
            asset_selection=keys,
            partition_key=partition_key,
            raise_on_error=False,
        )
        if any(event.event_type is dg.DagsterEventType.RUN_CANCELED for event in result.all_events):
            ask()
    return result


def _note_pull(result: dg.ExecuteInProcessResult, outcome: Outcome) -> None:
    outcome.source_errors, traces = failure_sentences(result)
    outcome.traces += traces
    for event in result.all_events:
        if event.is_step_materialization and event.asset_key is not None:
            changed = event.materialization.metadata.get("rows_changed")
            source = event.asset_key.path[0].removeprefix("raw_")
            count = changed.value or 0 if isinstance(changed, dg.IntMetadataValue) else 0
            outcome.rows_changed[source] = outcome.rows_changed.get(source, 0) + count


def _note_build(result: dg.ExecuteInProcessResult, outcome: Outcome) -> None:
    from orchestration.defs.delivery import FAULTS, MESSAGES_KEY
    from orchestration.defs.warehouse import MARTS_KEY

    outcome.is_published = any(
        event.asset_key == MARTS_KEY for event in result.all_events if event.is_step_materialization
    )
    outcome.build_errors, traces = failure_sentences(result)
    outcome.traces += traces
    for event in result.all_events:
        if event.is_step_materialization and event.asset_key == MESSAGES_KEY:
            faults = event.materialization.metadata.get(FAULTS)
            if isinstance(faults, dg.JsonMetadataValue):
                outcome.message_faults = [str(fault) for fault in faults.data or []]
    for evaluation in result.get_asset_check_evaluations():
        if evaluation.passed or not evaluation.check_name.startswith("gx_"):
            continue
        for name, value in evaluation.metadata.items():
            if name.startswith("critical: "):
                outcome.build_errors.append(str(value.value))
            elif name.startswith("warning: "):
                outcome.warnings.append(str(value.value))


def failure_sentences(result: dg.ExecuteInProcessResult) -> tuple[list[str], list[str]]:
    """A sentence and a traceback for every step that failed by itself."""
    sentences, traces = [], []
    for event in result.all_events:
        if not event.is_step_failure:
            continue
        failure = event.step_failure_data
        if failure.user_failure_data is not None and failure.user_failure_data.description:
            sentences.append(failure.user_failure_data.description)
        elif failure.error is not None:
            root = failure.error
            while root.cause is not None and (root.cls_name or "").startswith("Dagster"):
                root = root.cause
            # Dagster keeps errors as text "module.Class: message"; ours carry the whole sentence in the message.
            sentences.append(root.message.strip().split(": ", 1)[-1])
        if failure.error is not None:
            traces.append(failure.error.to_string())
    return sentences, traces
