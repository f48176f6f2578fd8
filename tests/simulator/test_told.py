"""The seller's sheets are told again exactly when they would say something else or do not stand as they were left."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.simulator.landing.export import Desk, write_landing_files
from ingestion.simulator.landing.told import tell_sheets
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World

AT = datetime(2026, 1, 10, 6, tzinfo=UTC)
DESKS = (Desk("zendesk"),)


@pytest.fixture(scope="module")
def world() -> World:
    return World(SimulatorOptions(start=date(2026, 1, 1), days=12, tickets_per_day=3, as_of=AT))


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    """A landing folder with told sheets."""
    assert tell_sheets(world, tmp_path / "sheets", AT, DESKS)
    return tmp_path / "sheets"


def test_sheets_that_stand_are_not_told_again(world: World, folder: Path, tmp_path: Path) -> None:
    told = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert not tell_sheets(world, folder, AT, DESKS)
    write_landing_files(world, tmp_path / "anew", AT, DESKS)
    assert told == {path.name: path.read_bytes() for path in (tmp_path / "anew").iterdir()}


def test_another_instant_desk_or_seller_is_told(world: World, folder: Path) -> None:
    assert tell_sheets(world, folder, AT + timedelta(hours=1), DESKS)
    assert tell_sheets(world, folder, AT + timedelta(hours=1), (Desk("edesk"),))
    other = World(SimulatorOptions(start=date(2026, 1, 1), days=12, tickets_per_day=4, as_of=AT))
    assert tell_sheets(other, folder, AT + timedelta(hours=1), (Desk("edesk"),))


@pytest.mark.parametrize("harm", ["removed", "edited", "note lost", "note damaged"])
def test_what_does_not_stand_as_it_was_left_is_told(world: World, folder: Path, harm: str) -> None:
    sheet = folder / "tags.csv"
    before = sheet.read_bytes()
    note = folder.with_name("sheets.told.json")
    if harm == "removed":
        sheet.unlink()
    elif harm == "edited":
        sheet.write_bytes(before + b"main,manual,x\n")
    elif harm == "note lost":
        note.unlink()
    else:
        note.write_text("[1", encoding="utf-8")
    assert tell_sheets(world, folder, AT, DESKS)
    assert sheet.read_bytes() == before
