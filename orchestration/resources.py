"""What assets need from outside: dbt, the settings of their run, and somebody to tell how far they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Protocol

import dagster as dg
from dagster_dbt import DbtCliResource

from orchestration.manifest import DBT_EXECUTABLE
from orchestration.settings import DBT_DIR, Settings, load_dotenv_file, read_settings
from orchestration.warehouse import built_at

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

Context = dg.OpExecutionContext | dg.AssetExecutionContext | dg.AssetCheckExecutionContext


class Reporter(Protocol):
    """Hears how far a run is."""

    def step(self, text: str, total: int | None = None) -> None:
        """A new step begins, of ``total`` parts if that is known."""

    def advance(self, text: str) -> None:
        """One part of the step is done."""


class SilentReporter:
    """Dagster shows progress itself."""

    def step(self, text: str, total: int | None = None) -> None:
        """Nothing to show."""

    def advance(self, text: str) -> None:
        """Nothing to show."""


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


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Variables that dbt's profile and its one clock macro read."""
    return {
        "DESKHOUSE_HOME": str(settings.home),
        "DESKHOUSE_WAREHOUSE": str(settings.warehouse),
        "DESKHOUSE_AS_OF": settings.as_of.isoformat(),
    }


def dbt_resource() -> DbtCliResource:
    """Dbt of this environment on the committed project; it reads nothing until it is used."""
    return DbtCliResource(
        project_dir=str(DBT_DIR),
        profiles_dir=str(DBT_DIR),
        dbt_executable=str(DBT_EXECUTABLE),
        # The file of a run keeps what happened; every statement of it would be some ten megabytes a day.
        global_config_flags=["--no-use-colors", "--no-version-check", "--log-level-file", "info"],
    )


def resources(reporter: Reporter | None = None) -> Mapping[str, Any]:
    """Resources of the code location; the command line passes its own reporter."""
    return {
        "dbt": dbt_resource(),
        "reporter": dg.ResourceDefinition.hardcoded_resource(reporter or SilentReporter()),
    }
