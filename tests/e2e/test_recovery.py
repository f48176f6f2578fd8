"""Runs that are repeated, killed or stopped by the gate: the same marts in the end, and readers never notice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.versions import current_version
from tests.e2e.runner import (
    RUN_TIMEOUT_SECONDS,
    Finished,
    Reader,
    begun,
    deskhouse,
    environment,
    killed_at,
)
from tests.pipeline import run_landing
from tests.property.landing import write_seeds
from tests.warehouse_content import content

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

AS_OF = datetime(2026, 5, 20, 12, tzinfo=UTC)
LATER = datetime(2026, 5, 21, 12, tzinfo=UTC)
SEEDS = range(8)
RUN_HISTORY = {"data_quality.check_results_daily"}


class House:
    """A home with its landing folder."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.landing = folder / "landing"
        self.variables = environment(self.home, self.landing)

    def run(self, as_of: datetime = AS_OF, *more: str) -> Finished:
        return deskhouse(*self.arguments(as_of), *more, variables=self.variables)

    def arguments(self, as_of: datetime = AS_OF) -> tuple[str, ...]:
        return ("run", "--sources", "landing", "--as-of", as_of.isoformat())

    @property
    def marts(self) -> Path:
        return self.home / "published" / "marts.duckdb"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A home that was run once through the command; tests copy it."""
    house = House(tmp_path_factory.mktemp("published"))
    write_seeds(house.landing, SEEDS, AS_OF)
    done = house.run()
    assert done.code == 0, done.err
    return house


@pytest.fixture
def house(published: House, tmp_path: Path) -> Iterator[House]:
    """A copy of the published home that a test may break."""
    shutil.copytree(published.home, tmp_path / "home", symlinks=True)
    shutil.copytree(published.landing, tmp_path / "landing")
    yield House(tmp_path)


def test_a_second_run_at_the_same_instant_builds_nothing_and_says_so(house: House) -> None:
    before, first = content(house.marts), current_version(house.home / "published")
    done = house.run()
    assert done.code == 0, done.err
    assert "Nothing is new since the run before, at the same instant" in done.out
    assert "building the warehouse" not in done.err
    assert current_version(house.home / "published") == first
    assert _differing(house.marts, before) == []


def test_a_second_run_changes_nothing_and_is_in_nobodys_way(house: House) -> None:
    """While it builds, numbers are explained, a third run is refused in a sentence; afterwards one can go back."""
    before, first = content(house.marts), current_version(house.home / "published")
    # a run that does not know what the last one was made of builds
    (house.home / "last_run.json").unlink()
    asked = ("explain", "contact_volume", "2026-04")
    with begun("building the warehouse", *house.arguments(), variables=house.variables) as run:
        explained = deskhouse(*asked, variables=house.variables)
        refused = deskhouse(
            *house.arguments(), variables=house.variables | {"DESKHOUSE_WAIT_SECONDS": "0"}
        )
        assert run.poll() is None, "it has ended before anybody could be in its way"
        said = run.communicate(timeout=RUN_TIMEOUT_SECONDS)
    assert explained.code == 0, explained.err
    assert refused.code == 1
    assert f"process {run.pid}: deskhouse run" in refused.err
    assert run.returncode == 0, said
    assert "landing 0" in said[0]
    assert _differing(house.marts, before) == []
    assert current_version(house.home / "published") != first
    back = deskhouse("rollback", str(first), variables=house.variables)
    assert back.code == 0, back.err
    assert current_version(house.home / "published") == first
    assert not [path for path in house.home.rglob("*") if _is_open(path)]


def _is_open(path: Path) -> bool:
    return not path.is_symlink() and bool(path.stat().st_mode & 0o077)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, published: House) -> Path:
    """What the next day looks like when nobody is killed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    write_seeds(folder / "landing", SEEDS, LATER)
    shutil.copytree(published.home, folder / "home", symlinks=True)
    house = House(folder)
    done = house.run(LATER)
    assert done.code == 0, done.err
    return house.marts


def test_killed_at_every_step_the_next_run_ends_in_the_same_marts(
    house: House, undisturbed: Path
) -> None:
    """Extract, load, build, gate and publish, one kill after the other; each run starts from what was left."""
    shutil.rmtree(house.landing)
    write_seeds(house.landing, SEEDS, LATER)
    arguments = ("run", "--sources", "landing", "--as-of", LATER.isoformat())
    packages = house.home / "dlt" / "pipelines"
    with Reader(house.marts) as reader:
        killed_at("pulling landing", *arguments, variables=house.variables)
        killed_at(
            "pulling landing",
            *arguments,
            variables=house.variables,
            then=lambda: any(packages.glob("*/load/normalized/*/started_jobs/*")),
        )
        for step in ("building the warehouse", "gate: marts", "publishing"):
            killed_at(step, *arguments, variables=house.variables)
        done = house.run(LATER)
    assert done.code == 0, done.err
    assert not reader.problems
    assert reader.reads > 10
    assert _differing(house.marts, undisturbed) == []


def test_a_failed_gate_keeps_yesterdays_file_and_names_check_rows_and_remedy(house: House) -> None:
    version = current_version(house.home / "published")
    before = content(house.marts)
    _refuse_most_rows(house.landing / "ticket_events.jsonl")
    done = house.run(LATER)
    assert done.code == 1
    assert "most_rows_were_accepted" in done.err
    assert "ticket_events" in done.err
    assert "data_quality.quarantined_records" in done.err
    assert "Nothing was published" in done.err
    assert current_version(house.home / "published") == version
    assert content(house.marts) == before


def _refuse_most_rows(path: Path) -> None:
    """Behind the good rows of a file of events stand as many as make most of it unreadable words."""
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    with path.open("a", encoding="utf-8") as handle:
        for number in range(2000):
            bad = {"event_id": f"bad-{number}", "event_type": "no such type"}
            handle.write(f"{json.dumps(first | bad)}\n")


def test_the_marts_do_not_depend_on_the_way_they_were_built(
    published: House, tmp_path: Path
) -> None:
    """The command through Dagster and the plain calls of the test pipeline end in the same rows."""
    warehouse = run_landing(published.landing, tmp_path / "home", AS_OF)
    assert _differing(published.marts, warehouse) == []


def _differing(marts: Path, other: Path | dict[str, tuple[int, str]]) -> list[str]:
    """Published tables with other rows than there; what the gates of earlier runs found is the runs' own history."""
    one = content(marts)
    two = content(other) if isinstance(other, Path) else other
    return [name for name in one if one[name] != two.get(name) and name not in RUN_HISTORY]
