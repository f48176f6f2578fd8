"""A kept world is the told one, and is read only where it would be told the same and runs nothing."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.simulator import kept_world
from ingestion.simulator.kept_world import told_world
from ingestion.simulator.landing.export import Desk, write_landing_files
from ingestion.simulator.world.options import Fault, SimulatorOptions
from ingestion.simulator.world.world import World

AT = datetime(2026, 1, 10, 6, tzinfo=UTC)
OPTIONS = SimulatorOptions(start=date(2026, 1, 1), days=12, tickets_per_day=3, as_of=AT)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file that keeps the world of the options."""
    told_world(OPTIONS, tmp_path / "world")
    return tmp_path / "world"


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> list[SimulatorOptions]:
    """Options of every world that is told from here on."""
    told: list[SimulatorOptions] = []

    def tell(options: SimulatorOptions) -> World:
        told.append(options)
        return World(options)

    monkeypatch.setattr(kept_world, "World", _Telling(tell))
    return told


class _Telling(type(World)):
    """Stands for the class of worlds: counts what is told, knows what it has made."""

    def __new__(cls, _tell: Callable[[SimulatorOptions], World]) -> _Telling:
        return super().__new__(cls, "World", (), {})

    def __init__(cls, tell: Callable[[SimulatorOptions], World]) -> None:
        cls.tell = staticmethod(tell)

    def __call__(cls, options: SimulatorOptions) -> World:
        return cls.tell(options)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, World)


def _plain(told: object) -> object:
    """Values of a ticket and of its audits."""
    if isinstance(told, list):
        return [_plain(each) for each in told]
    slots = getattr(type(told), "__slots__", None)
    return {name: _plain(getattr(told, name)) for name in slots} if slots else told


def test_a_kept_world_shows_what_the_told_one_shows(
    kept: Path, telling: list[SimulatorOptions], tmp_path: Path
) -> None:
    world, told = told_world(OPTIONS, kept), World(OPTIONS)
    assert not telling
    assert [_plain(ticket) for ticket in world.tickets] == [
        _plain(ticket) for ticket in told.tickets
    ]
    sheets = [
        {
            path.name: path.read_bytes()
            for path in write_landing_files(each, tmp_path / name, AT, (Desk("zendesk"),))
        }
        for name, each in (("kept", world), ("told", told))
    ]
    assert sheets[0] == sheets[1]
    assert len(sheets[0]) > 20
    assert kept.stat().st_mode & 0o077 == 0


def test_clock_limits_and_faults_are_those_of_the_start(
    kept: Path, telling: list[SimulatorOptions]
) -> None:
    later = replace(OPTIONS, as_of=AT + timedelta(hours=1), faults=(Fault("500"),))
    world = told_world(later, kept)
    assert not telling
    assert world.options == world.staff.options == later
    assert OPTIONS.client_secret.encode() not in kept.read_bytes()


@pytest.mark.parametrize("change", [{"seed": 8}, {"days": 13}, {"tickets_per_day": 4.0}])
def test_another_seller_is_told_and_kept(
    kept: Path, telling: list[SimulatorOptions], change: dict[str, float]
) -> None:
    other = replace(OPTIONS, **change)
    told_world(other, kept)
    assert telling == [other]
    told_world(other, kept)
    assert telling == [other]


@pytest.mark.parametrize("harm", ["cut", "flipped", "empty", "removed"])
def test_a_damaged_file_is_told_anew(
    kept: Path, telling: list[SimulatorOptions], harm: str
) -> None:
    content = kept.read_bytes()
    if harm == "removed":
        kept.unlink()
    else:
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        kept.write_bytes({"cut": content[:-1], "flipped": flipped, "empty": b""}[harm])
    told_world(OPTIONS, kept)
    assert telling == [OPTIONS]
    assert kept.read_bytes() == content


class _Program:
    """What an attacker would put into the file: reading it makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return Path.mkdir, (self.folder,)


def test_a_file_put_in_its_place_runs_nothing(
    kept: Path, telling: list[SimulatorOptions], tmp_path: Path
) -> None:
    body = pickle.dumps(_Program(tmp_path / "made"))
    made_of = kept.read_bytes()[:16]
    kept.write_bytes(made_of + hashlib.blake2b(body, digest_size=16).digest() + body)
    told_world(OPTIONS, kept)
    assert telling == [OPTIONS]
    assert not (tmp_path / "made").exists()
