"""A home with its landing folder and keys, in one folder that is copied as a whole: commands, plain builds, queries."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.pipeline import settle_keys
from orchestration.closing.restating import REBUILT_AFTER, record_restatements
from orchestration.ledger.tables import fill_raw_ledger
from orchestration.promoting import promote
from orchestration.publishing import stage
from orchestration.settings import Settings, read_settings
from orchestration.unchanged import begin_build, end_build, read_inputs
from orchestration.versions import mark_gated
from tests.e2e.homes import KeptHome
from tests.e2e.runner import Finished
from tests.landing_builder import write
from tests.pipeline import build, load

_KEPT = "kpi_monthly_key, value_presented, n_presented, status_presented, presented_as_of"
RESTATEMENTS = (
    "select restatement_id, month, kpi_id, scope_type, scope_id, old_value, new_value, old_status, new_status, "
    "reason_code, detail, detected_at from governance_review.restatements order by restatement_id"
)
"""What moved since the close."""

Rows = list[tuple[Any, ...]]


class House(KeptHome):
    """A home with its landing folder, its own key of persons and its own key of the ledger, in one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, folder / "home", DESKHOUSE_KEEP_TEXTS="all")
        del self.variables["DESKHOUSE_PRIVACY_KEY"]

    def command(self, *arguments: str, code: int = 0) -> Finished:
        """A command of the terminal; its run goes through the jobs that the schedules start."""
        done = super().command(*arguments)
        assert done.code == code, done.out + done.err
        return done

    def runs(self, as_of: datetime, *more: str) -> Finished:
        """A whole run over the landing files."""
        return self.command(*run_at(as_of), *more)

    def builds(self, as_of: datetime, select: Sequence[str] = ()) -> int:
        """What a run does until it publishes, by plain calls: no command, no Dagster, no gate, no test of dbt.

        Args:
            as_of: instant of the run.
            select: dbt selectors to build less than everything.

        Returns:
            How many restatements were recorded.
        """
        warehouse, settings = self.home / "warehouse.duckdb", self.settings(as_of)
        with self.inside():
            load(["landing"], self.home, as_of, self.landing)
            fill_raw_ledger(self.home)
            settle_keys(settings.ingestion)
            inputs = read_inputs(warehouse)
            build(self.home, as_of, select, full_refresh=begin_build(warehouse, inputs))
            end_build(warehouse, inputs)
            recorded = record_restatements(settings)
            if recorded:
                build(self.home, as_of, REBUILT_AFTER)
        return recorded

    def publishes(self, as_of: datetime) -> None:
        """Publish what was built."""
        settings = self.settings(as_of)
        with self.inside():
            candidate = stage(
                self.home / "warehouse.duckdb", settings.published_dir, as_of, run_id="by hand"
            )
            mark_gated(candidate, 1, 0)
            promote(settings.published_dir, candidate)

    def settings(self, as_of: datetime) -> Settings:
        """Settings of the home at an instant."""
        return read_settings({"DESKHOUSE_HOME": str(self.home)}, as_of.isoformat())

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What this process does in the block, it does with the keys of the house."""
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("DESKHOUSE_PRIVACY_KEY", raising=False)
            for name in ("DESKHOUSE_LEDGER_KEYS", "DESKHOUSE_KEEP_TEXTS"):
                patch.setenv(name, self.variables[name])
            yield

    def query(self, sql: str) -> Rows:
        """Rows of the working file."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def known(self) -> Rows:
        """What a forum would see of October: key, value, n, status, instant."""
        return self.query(
            "select kpi_monthly_key, value, n, status, as_of from governance_review.kpi_monthly "
            "where month = date '2026-10-01' and value is not null order by 1"
        )

    def kept(self) -> Rows:
        """What the forum saw of October, as the close has kept it."""
        return self.query(
            f"select {_KEPT} from governance_review.kpi_monthly where month = date '2026-10-01' "
            "and value_presented is not null order by 1"
        )

    def lands(self, desks: list[Any]) -> None:
        """Replace the landing files."""
        shutil.rmtree(self.landing, ignore_errors=True)
        write(desks, self.landing)

    def copied(self, folder: Path) -> House:
        """The house at another place."""
        return House(self.copied_to(folder))


def run_at(as_of: datetime) -> tuple[str, ...]:
    """Arguments of a whole run over the landing files; it ends with the table and the pack of one tenant only."""
    return (
        *("run", "--sources", "landing", "--tenant", "close-same"),
        *("--as-of", as_of.isoformat()),
    )
