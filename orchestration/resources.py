"""What assets need from outside: dbt, the settings of their run, and somebody to tell how far they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, Protocol

import dagster as dg

from orchestration.locks import holds_run, run_lock
from orchestration.settings import Settings, load_dotenv_file, read_settings
from orchestration.warehouse import built_at, warehouse_lock

AS_OF_TAG = "deskhouse/as_of"
FULL_REFRESH_TAG = "deskhouse/full_refresh"
ATTENDED_TAG = "deskhouse/attended"
"""Set when a person waits at a terminal: failures are reported at once instead of being retried later."""
CLOSED_AT_TAG = "deskhouse/closed_at"
"""Instant of a monthly close; such a run judges at the instant the warehouse was built at, not at its own."""
CLOSED_BY_TAG = "deskhouse/closed_by"
WAIVED_TAG = "deskhouse/waived_gates"
TENANT_TAG = "deskhouse/tenant"
PUBLISH_PAST_TAG = "deskhouse/publish_past"
"""A run at an instant before the last publication replaces it; the ledger stays as it is."""
SECOND_TAG = "deskhouse/second"
POOL = "warehouse"
_LOCK_WAIT_SECONDS = 30

Context = dg.OpExecutionContext | dg.AssetExecutionContext | dg.AssetCheckExecutionContext


class Reporter(Protocol):
    """Hears how far a run is."""

    def step(self, text: str, total: int | None = None) -> None:
        """A new step begins, of ``total`` parts if that is known."""

    def advance(self, text: str) -> None:
        """One part of the step is done."""

    def say(self, text: str) -> None:
        """A sentence that a person must see, before the run goes on."""


class SilentReporter:
    """Dagster shows progress itself."""

    def step(self, text: str, total: int | None = None) -> None:
        """Nothing to show."""

    def advance(self, text: str) -> None:
        """Nothing to show."""

    def say(self, text: str) -> None:
        """Nothing to say: whoever reads the published tables finds it there."""


def run_settings(context: Context) -> Settings:
    """Settings with one ``as_of`` for a whole run: its tag, else ``DESKHOUSE_AS_OF``, else the run's creation."""
    load_dotenv_file()
    tagged = context.run.tags.get(AS_OF_TAG)
    if CLOSED_AT_TAG in context.run.tags and tagged is None:
        built = built_at(read_settings().warehouse)
        tagged = built.isoformat() if built else context.run.tags[CLOSED_AT_TAG]
    if tagged or os.environ.get("DESKHOUSE_AS_OF"):
        return read_settings(as_of=tagged)
    record = context.instance.get_run_record_by_id(context.run.run_id)
    if record is None:
        return read_settings()
    created = record.create_timestamp
    created = created if created.tzinfo else created.replace(tzinfo=timezone.utc)  # noqa: UP017
    return read_settings(as_of=_whole_second(created))


def _whole_second(instant: datetime) -> str:
    return instant.replace(microsecond=0).isoformat()


def is_set(context: Context, tag: str) -> bool:
    """Whether a run carries a yes/no tag."""
    return context.run.tags.get(tag) == "true"


@dg.resource(
    description="Holds the run's lock while a run of the schedules or the interface lasts."
)
def holding_reporter(context: dg.InitResourceContext) -> Iterator[SilentReporter]:
    """The reporter of runs that Dagster starts: it waits for the run before, says so in the log, and keeps others out.

    Every step takes the reporter, and all steps of a run are in one process, so it lives exactly as long as the run.
    """
    from orchestration.dead_runs import free_slots, process_tag

    home = read_settings().home
    if holds_run(home):
        yield SilentReporter()
        return
    purpose = f"Dagster's run {(context.run_id or '')[:8]}"
    say = context.log.info if context.log else None
    with run_lock(home, purpose, waiting=say):
        _finish_forgetting(say or (lambda _: None))
        if context.instance is not None and context.run_id is not None:
            context.instance.add_run_tags(context.run_id, process_tag(context.run_id))
            free_slots(context.instance, context.run_id)
        yield SilentReporter()


def _finish_forgetting(say: Callable[[str], None]) -> None:
    """Finish what ``deskhouse forget`` was killed in, before anything is read or published."""
    from orchestration.forgetting.erasing import finish_unfinished

    settings = read_settings()
    with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
        finish_unfinished(settings, say)


def resources(reporter: Reporter | None = None) -> Mapping[str, Any]:
    """Resources of the code location; the command line passes its own reporter and holds the run's lock itself."""
    own = dg.ResourceDefinition.hardcoded_resource(reporter) if reporter else holding_reporter
    return {"reporter": own}
