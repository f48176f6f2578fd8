"""A home whose October is closed and looked at again: told once a session, each state kept for tests to read or copy.

It moves through kills: the close and runs die at one step after the other, each goes on from what was left, and the
last one ends. Copies that a test changes are its own; the kept states are read only.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.versions import current_version
from tests.e2e.buyers_desk import buyers_desk
from tests.e2e.close_desks import at_close, later
from tests.e2e.house import House, run_at
from tests.e2e.runner import RUN_TIMEOUT_SECONDS, Reader, begun, deskhouse, killed_at
from tests.shared_build import built_once

DAY_8 = datetime(2026, 11, 8, 6, tzinfo=UTC)
AFTER = datetime(2026, 11, 12, 6, tzinfo=UTC)
CLOSE = (
    *("close-month", "2026-10", "--all-tenants", "--by", "Ada Lovelace"),
    *("--second", "Charles Babbage", "--waive", "costs", "--reason", "the sheet comes on day 12"),
    *("--as-of", DAY_8.isoformat()),
)
"""October closed, the missing cost sheet signed off."""
_SEEN = "seen.json"


@dataclass
class Seen:
    """What was seen on the way.

    ``published`` are the versions after the killed close, after each killed run behind it, and in the end; the rest is
    of a reader of all that time, and of what others met while the last run was building.
    """

    published: list[str | None]
    reads: int
    problems: list[str]
    run: dict[str, Any]
    explained: dict[str, Any]
    refused: dict[str, Any]


def known_at_close() -> list[Any]:
    """Desks as they are known on day 8."""
    return [*at_close(), buyers_desk()]


def known_later() -> list[Any]:
    """Desks as they are known four days later."""
    return [*later(), buyers_desk()]


def state(factory: pytest.TempPathFactory, name: str) -> House:
    """The home as it stood: ``open`` after the run of day 8, ``moved``, closed, after the run of day 12."""
    return House(_told(factory) / name)


def seen(factory: pytest.TempPathFactory) -> Seen:
    """What was seen from the close to the run of day 12."""
    return Seen(**json.loads((_told(factory) / _SEEN).read_text(encoding="utf-8")))


def _told(factory: pytest.TempPathFactory) -> Path:
    return built_once(factory, "closed-month", _tell)


def _tell(folder: Path) -> None:
    house = House(folder / "told")
    house.lands(known_at_close())
    house.runs(DAY_8)
    house.copied(folder / "open")
    with Reader(house.marts) as reader:
        killed_at("publishing", *CLOSE, variables=house.variables)
        house.lands(known_later())
        published = _die_on_the_way(house)
        run, explained, refused = _in_nobodys_way(house)
    published.append(current_version(house.home / "published"))
    told = Seen(published, reader.reads, reader.problems, run, explained, refused)
    (folder / _SEEN).write_text(json.dumps(asdict(told)), encoding="utf-8")
    house.folder.rename(folder / "moved")


def _die_on_the_way(house: House) -> list[str | None]:
    """Runs that die; returns the version that is published before the first and after each."""
    packages, run = house.home / "dlt" / "pipelines", run_at(AFTER)
    published = [current_version(house.home / "published")]

    def loading() -> bool:
        return any(packages.glob("*/load/normalized/*/started_jobs/*"))

    for step, then in (
        ("pulling landing", None),
        ("pulling landing", loading),
        ("gate: raw", None),
        ("building the warehouse", None),
    ):
        killed_at(step, *run, variables=house.variables, then=then)
        published.append(current_version(house.home / "published"))
    return published


def _in_nobodys_way(house: House) -> tuple[dict[str, Any], ...]:
    """The run, a question while it builds, and another run at that time."""
    with begun("building the warehouse", *run_at(AFTER), variables=house.variables) as run:
        explained = deskhouse("explain", "contact_volume", "2026-10", variables=house.variables)
        refused = deskhouse(
            *run_at(AFTER), variables=house.variables | {"DESKHOUSE_WAIT_SECONDS": "0"}
        )
        assert run.is_running, "it has ended before anybody could be in its way"
        code = run.wait(RUN_TIMEOUT_SECONDS)
        assert code == 0, run.err
        told = {"pid": run.pid, "out": run.out}
    return told, asdict(explained), asdict(refused)
