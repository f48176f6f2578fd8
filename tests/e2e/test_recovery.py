"""Runs that are repeated, killed or stopped by the gate: the same marts in the end, and readers never notice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.versions import current_version
from tests.e2e.closed_month import (
    AFTER,
    CLOSE,
    DAY_8,
    House,
    built_plainly,
    known_later,
    run_at,
    state,
)
from tests.e2e.runner import RUN_TIMEOUT_SECONDS, Reader, begun, deskhouse, killed_at
from tests.warehouse_content import content

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

RUN_HISTORY = {"data_quality.check_results_daily"}


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> House:
    """A home that was run once through the command, which a test may break."""
    return state(tmp_path_factory, "open").copied(tmp_path / "copy")


def test_a_second_run_at_the_same_instant_builds_nothing_and_says_so(house: House) -> None:
    before, first = content(house.marts), current_version(house.home / "published")
    done = house.runs(DAY_8)
    assert "Nothing is new since the run before, at the same instant" in done.out
    assert "building the warehouse" not in done.err
    assert current_version(house.home / "published") == first
    assert _differing(house.marts, before) == []


def test_killed_at_every_step_the_next_run_ends_in_the_same_marts(
    house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Close, extract, load, build, gate and publish, one kill after the other; each command starts from what was left.

    The last run is in nobody's way: meanwhile numbers are explained, another run is refused in a sentence; afterwards
    one can go back. It ends where the same close and the same run end that nobody disturbed.
    """
    first = current_version(house.home / "published")
    packages = house.home / "dlt" / "pipelines"
    with Reader(house.marts) as reader:
        killed_at("gate: marts", *CLOSE, variables=house.variables)
        house.lands(known_later())
        run = run_at(AFTER)
        killed_at("pulling landing", *run, variables=house.variables)
        killed_at(
            "pulling landing",
            *run,
            variables=house.variables,
            then=lambda: any(packages.glob("*/load/normalized/*/started_jobs/*")),
        )
        for step in ("gate: raw", "building the warehouse"):
            killed_at(step, *run, variables=house.variables)
        assert current_version(house.home / "published") == first
        # killed while it publishes, a run has either done so or not
        killed_at("publishing", *run, variables=house.variables)
        said = _in_nobodys_way(house)
    assert "landing 0" in said
    assert not reader.problems
    assert reader.reads > 10
    assert current_version(house.home / "published") != first
    assert _differing(house.marts, state(tmp_path_factory, "moved").marts) == []
    house.command("rollback", str(first))
    assert current_version(house.home / "published") == first
    assert not [path for path in house.home.rglob("*") if _is_open(path)]


def _in_nobodys_way(house: House) -> str:
    with begun("building the warehouse", *run_at(AFTER), variables=house.variables) as run:
        explained = deskhouse("explain", "contact_volume", "2026-10", variables=house.variables)
        refused = deskhouse(
            *run_at(AFTER), variables=house.variables | {"DESKHOUSE_WAIT_SECONDS": "0"}
        )
        assert run.is_running, "it has ended before anybody could be in its way"
        code = run.wait(RUN_TIMEOUT_SECONDS)
        assert code == 0, run.err
        said = run.out
    assert explained.code == 0, explained.err
    assert refused.code == 1
    assert f"process {run.pid}: deskhouse run" in refused.err
    return said


def _is_open(path: Path) -> bool:
    return not path.is_symlink() and bool(path.stat().st_mode & 0o077)


def test_a_failed_gate_keeps_yesterdays_file_and_names_check_rows_and_remedy(house: House) -> None:
    version = current_version(house.home / "published")
    before = content(house.marts)
    _refuse_most_rows(house.landing / "ticket_events.jsonl")
    (house.landing / "tickets.jsonl").unlink()
    (house.landing / "tickets.csv").write_text(
        "tenant_id,source_system,ticket,created_at\nmain,desk,1,2026-05-01T10:00:00Z\n",
        encoding="utf-8",
    )
    done = house.command(*run_at(AFTER), code=1).err
    assert "most_rows_were_accepted" in done
    assert "ticket_events" in done
    assert "data_quality.quarantined_records" in done
    assert "tickets.csv" in done and "ticket_id" in done, "a wrong column is named with its file"
    assert "Nothing was published" in done
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
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The command through Dagster and the plain calls of the test pipeline end in the same rows."""
    plain = built_plainly(tmp_path_factory).home / "warehouse.duckdb"
    assert _differing(state(tmp_path_factory, "open").marts, plain) == []


def _differing(marts: Path, other: Path | dict[str, tuple[int, str]]) -> list[str]:
    """Published tables with other rows than there; what the gates of earlier runs found is the runs' own history."""
    one = content(marts)
    two = content(other) if isinstance(other, Path) else other
    return [name for name in one if one[name] != two.get(name) and name not in RUN_HISTORY]
