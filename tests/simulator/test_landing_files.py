"""The seller's sheets and the call log satisfy the landing contract and know only what has happened."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.config import IngestionSettings
from ingestion.simulator.landing.export import write_landing_files
from ingestion.simulator.world.people import TEAM_BY_SLUG
from ingestion.simulator.world.policies import policy_change_day
from ingestion.simulator.world.world import World
from ingestion.sources.landing.folder import LandingFolder
from tests.simulator.conftest import AS_OF

EARLY = datetime(2025, 10, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, world: World) -> Path:
    path = tmp_path_factory.mktemp("landing")
    write_landing_files(world, path, AS_OF)
    return path


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("at", [AS_OF, EARLY])
def test_every_row_is_accepted(tmp_path: Path, world: World, at: datetime) -> None:
    write_landing_files(world, tmp_path, at)
    folder = LandingFolder(IngestionSettings(tmp_path / "home", at), tmp_path)
    assert folder.unread == []
    for table in folder.files:
        news = folder.news(table)
        assert news.refusals == []
        assert (news.rows is not None and news.rows.num_rows) or at == EARLY
    said = [note for report in folder.reports.values() for note in report.notes]
    assert [note for note in said if "no rows" not in note] == []


def test_same_world_same_bytes(folder: Path, tmp_path: Path, world: World) -> None:
    for path in write_landing_files(world, tmp_path, AS_OF):
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_policies_change_in_the_middle(folder: Path, world: World) -> None:
    versions = {(row["policy_id"], row["version"]): row for row in rows(folder, "sla_policies")}
    first = versions["internal_marketplace_italy", "1"]
    second = versions["internal_marketplace_italy", "2"]
    assert first["valid_to"] == second["valid_from"]
    day = policy_change_day(world.options)
    assert (
        datetime.fromisoformat(second["valid_from"]).timestamp()
        < datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    )


def test_an_earlier_instant_knows_less(folder: Path, tmp_path: Path, world: World) -> None:
    write_landing_files(world, tmp_path, EARLY)
    assert {row["version"] for row in rows(tmp_path, "sla_policies")} == {"1"}
    assert not rows(tmp_path, "incident_windows")
    assert len(rows(folder, "incident_windows")) == 1
    assert 0 < len(rows(tmp_path, "tickets")) < len(rows(folder, "tickets"))
    limit = EARLY.strftime("%Y-%m-%dT%H:%M:%SZ")
    for row in rows(tmp_path, "messages"):
        for column in ("sent_at", "call_answered_at", "call_ended_at", "abandoned_at"):
            assert row[column] <= limit
    mover = str(world.staff.mover.agent_id)
    before = [row for row in rows(tmp_path, "team_membership") if row["agent_id"] == mover]
    after = [row for row in rows(folder, "team_membership") if row["agent_id"] == mover]
    assert [row["valid_to"] for row in before] == [""]
    north = str(TEAM_BY_SLUG["marketplace_north"].team_id)
    assert [row["team_id"] for row in after][1] == north
    assert after[0]["valid_to"] == after[1]["valid_from"]


def test_calls_are_answered_or_given_up(folder: Path) -> None:
    messages = rows(folder, "messages")
    assert all(bool(row["call_answered_at"]) != bool(row["abandoned_at"]) for row in messages)
    tickets = {row["ticket_id"]: row for row in rows(folder, "tickets")}
    for row in messages:
        assert bool(tickets[row["ticket_id"]]["assignee_id"]) == bool(row["call_answered_at"])
    agents = {row["agent_id"] for row in rows(folder, "agents")}
    assert {row["assignee_id"] for row in tickets.values()} - {""} <= agents
