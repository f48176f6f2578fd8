"""Runs that are repeated, killed or stopped by the gate: readers never notice, and the next run ends well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.versions import current_version
from tests.e2e.closed_month import AFTER, DAY_8, seen, state
from tests.e2e.house import House, run_at
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


def test_killed_at_every_step_readers_never_notice_and_the_next_run_ends_well(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The close died as it was about to publish, the run while it pulled, loaded, checked and built (``closed_month``).

    It ends where a house ends that nobody disturbed: ``test_person_keys`` compares the marts.
    """
    met, moved = seen(tmp_path_factory), state(tmp_path_factory, "moved")
    assert met.problems == []
    assert met.reads > 10
    *before, last = met.published
    assert len(before) == 5
    assert len(set(before)) == 1 and before[0] is not None
    assert last not in before
    assert not [path for path in moved.home.rglob("*") if _is_open(path)]


def test_the_last_run_is_in_nobodys_way(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What those before had loaded is not loaded again; meanwhile numbers are explained, another run is refused."""
    met = seen(tmp_path_factory)
    assert "landing 0" in met.run["out"]
    assert met.explained["code"] == 0, met.explained["err"]
    assert met.refused["code"] == 1
    assert f"process {met.run['pid']}: deskhouse run" in met.refused["err"]


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


def _differing(marts: Path, before: dict[str, tuple[int, str]]) -> list[str]:
    """Published tables with other rows than before; what the gates of earlier runs found is the runs' own history."""
    now = content(marts)
    return [name for name in now if now[name] != before.get(name) and name not in RUN_HISTORY]
