"""A home whose October is closed and looked at again: told once a session, each state kept for tests to read or copy.

Copies that a test changes are its own; the kept states are read only.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.settings import Settings, read_settings
from tests.e2e.buyers_desk import buyers_desk
from tests.e2e.close_desks import at_close, later
from tests.e2e.runner import Finished, deskhouse, environment
from tests.landing_builder import write
from tests.pipeline import build, load
from tests.shared_build import built_once

DAY_8 = datetime(2026, 11, 8, 6, tzinfo=UTC)
AFTER = datetime(2026, 11, 12, 6, tzinfo=UTC)
CLOSE = (
    *("close-month", "2026-10", "--all-tenants", "--by", "Ada Lovelace"),
    *("--second", "Charles Babbage", "--waive", "costs", "--reason", "the sheet comes on day 12"),
    *("--as-of", DAY_8.isoformat()),
)
"""October closed, the missing cost sheet signed off."""
_KEPT = "kpi_monthly_key, value_presented, n_presented, status_presented, presented_as_of"

Rows = list[tuple[Any, ...]]


class House:
    """A home with its landing folder, its own key of persons and its own key of the ledger, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.landing = folder / "landing"
        self.variables = environment(
            self.home,
            self.landing,
            DESKHOUSE_LEDGER_KEYS=str(folder / "keys"),
            DESKHOUSE_KEEP_TEXTS="all",
        )
        del self.variables["DESKHOUSE_PRIVACY_KEY"]

    @property
    def marts(self) -> Path:
        """What readers open."""
        return self.home / "published" / "marts.duckdb"

    def command(self, *arguments: str, code: int = 0) -> Finished:
        """A command of the terminal; its run goes through the jobs that the schedules start."""
        done = deskhouse(*arguments, variables=self.variables)
        assert done.code == code, done.out + done.err
        return done

    def runs(self, as_of: datetime, *more: str) -> Finished:
        """A whole run over the landing files."""
        return self.command(*run_at(as_of), *more)

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

    def kept(self) -> Rows:
        """What the forum saw of October."""
        return self.query(
            f"select {_KEPT} from governance_review.kpi_monthly where month = date '2026-10-01' "
            "and value_presented is not null order by 1"
        )

    def lands(self, desks: list[Any]) -> None:
        """Replace the landing files."""
        shutil.rmtree(self.landing, ignore_errors=True)
        write(desks, self.landing)

    def copied(self, folder: Path) -> House:
        """The house at another place; links within it lead within the copy."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        return House(folder)


def run_at(as_of: datetime) -> tuple[str, ...]:
    """Arguments of a whole run over the landing files."""
    return ("run", "--sources", "landing", "--as-of", as_of.isoformat())


def known_at_close() -> list[Any]:
    """Desks as they are known on day 8."""
    return [*at_close(), buyers_desk()]


def known_later() -> list[Any]:
    """Desks as they are known four days later."""
    return [*later(), buyers_desk()]


def state(factory: pytest.TempPathFactory, name: str) -> House:
    """The home as it stood: ``open`` after the run of day 8, ``closed`` then, ``moved`` after the run of day 12."""
    return House(built_once(factory, "closed-month", _tell) / name)


def built_plainly(factory: pytest.TempPathFactory) -> House:
    """The home of day 8 as the plain calls of the test pipeline build it: no command, no Dagster, no gate."""

    def build_it(folder: Path) -> None:
        house = House(folder / "open")
        house.lands(known_at_close())
        house.home.mkdir()
        # persons bear the same keys in both
        shutil.copy(state(factory, "open").home / "privacy.key", house.home)
        with house.inside():
            load(["landing"], house.home, DAY_8, house.landing)
            build(house.home, DAY_8)

    return House(built_once(factory, "closed-month-plain", build_it) / "open")


def _tell(folder: Path) -> None:
    house = House(folder / "told")
    house.lands(known_at_close())
    house.runs(DAY_8)
    house.copied(folder / "open")
    house.command(*CLOSE)
    house.copied(folder / "closed")
    house.lands(known_later())
    house.runs(AFTER)
    house.folder.rename(folder / "moved")
