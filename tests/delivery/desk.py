"""A tiny published desk: tables as the YAML contracts type them, filled with what a test says."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.settings import DBT_DIR, Settings, read_settings

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
TABLES = {
    "agent_sla": ("alerts", "agent_scorecards"),
    "core": ("dim_agents", "dim_teams", "dim_tickets", "dim_channels", "fct_response_obligations"),
    "governance_review": ("kpi_monthly", "kpi_definitions"),
}


@cache
def contracts() -> dict[str, dict[str, str]]:
    """Columns with their types by model, of the models that a desk has."""
    wanted = {name for names in TABLES.values() for name in names}
    found = {}
    for path in (DBT_DIR / "models").rglob("*__models.yml"):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for model in content.get("models", []):
            if model["name"] in wanted and model.get("columns"):
                columns = {one["name"]: one["data_type"] for one in model["columns"]}
                found[model["name"]] = columns
    return found


@cache
def empty_marts() -> bytes:
    """A database with the tables of a desk, all empty; made once, as making tables takes longer than filling them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marts.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("begin")
            for schema, names in TABLES.items():
                connection.execute(f"create schema {schema}")
                for name in names:
                    columns = contracts()[name].items()
                    listed = ", ".join(f'"{column}" {type_}' for column, type_ in columns)
                    connection.execute(f"create table {schema}.{name} ({listed})")
            connection.execute("commit")
        return path.read_bytes()


def alert(alert_id: str, **values: Any) -> dict[str, Any]:
    """An open alert about a broken promise of team north, begun two hours before ``NOW``."""
    return {
        "alert_id": alert_id,
        "tenant_id": "main",
        "rule_id": "csat_drop",
        "severity": "high",
        "scope_type": "team",
        "scope_id": "north",
        "kpi_id": "dsat",
        "value": 0.4,
        "ci_low": 0.25,
        "ci_high": 0.55,
        "threshold": 0.12,
        "n": 40,
        "opened_at": NOW - timedelta(hours=2),
        "is_open": True,
        "is_suppressed": False,
        "recipients": "team_lead",
        "evidence_query": "select * from core.dim_teams",
        "as_of_at": NOW,
    } | values


class Desk:
    """A home whose publication a test replaces as often as it likes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.version = 0
        self.people: list[dict[str, Any]] = []
        self.teams = [
            {"team_key": f"{tenant}-{name}", "team_id": name, "tenant_id": tenant, "name": title}
            for tenant in ("main", "two")
            for name, title in (("north", "North Desk"), ("south", "South Desk"))
        ]
        home.mkdir(parents=True, exist_ok=True)

    def settings(self, at: datetime = NOW) -> Settings:
        """Settings whose instant is ``at``; the environment pins it too."""
        return read_settings({"DESKHOUSE_HOME": str(self.home), "DESKHOUSE_AS_OF": at.isoformat()})

    def publish(
        self,
        *alerts: Mapping[str, Any],
        as_of: datetime = NOW,
        tenants: Iterable[str] = ("main",),
        numbers: Iterable[Mapping[str, Any]] = (),
        **more: Iterable[Mapping[str, Any]],
    ) -> None:
        """Publish a new version with these alerts; ``more`` are rows by table."""
        self.version += 1
        folder = self.home / "published" / "versions" / f"v{self.version}"
        folder.mkdir(parents=True)
        company = [{"tenant_id": name, "as_of": as_of, "is_governed": False} for name in tenants]
        rows = {
            "alerts": alerts,
            "dim_agents": self.people,
            "dim_teams": self.teams,
            "agent_scorecards": [
                {
                    "agent_key": one["agent_key"],
                    "team_key": one["team_key"],
                    "period_end": NOW.date(),
                }
                for one in self.people
            ],
            "kpi_monthly": [*company, *({"as_of": as_of} | dict(one) for one in numbers)],
        } | {name: list(table) for name, table in more.items()}
        (folder / "marts.duckdb").write_bytes(empty_marts())
        with duckdb.connect(str(folder / "marts.duckdb"), config={"threads": 1}) as connection:
            connection.execute("begin")
            for schema, names in TABLES.items():
                for name in names:
                    _fill(connection, schema, name, rows.get(name, ()))
            connection.execute("commit")
        note = {"as_of": as_of.isoformat(), "version": f"v{self.version}"}
        published = self.home / "published"
        (folder / "publication.json").write_text(json.dumps(note), encoding="utf-8")
        (published / "next").symlink_to(folder / "marts.duckdb")
        (published / "next").replace(published / "marts.duckdb")

    def person(self, key: str, name: str, team: str, agent_id: str = "", **values: Any) -> None:
        """Somebody whose key the publication knows."""
        self.people.append(
            {
                "agent_key": key,
                "display_name": name,
                "team_key": f"main-{team}",
                "agent_id": agent_id or key,
                "tenant_id": "main",
                "agent_views": "named",
            }
            | values
        )

    def write(self, text: str, name: str = "recipients.yml") -> Path:
        """A file of the delivery."""
        path = self.home / name
        path.write_text(text, encoding="utf-8")
        return path


def _fill(
    connection: duckdb.DuckDBPyConnection, schema: str, name: str, rows: Iterable[Mapping[str, Any]]
) -> None:
    columns = contracts()[name]
    for row in rows:
        known = {key: value for key, value in row.items() if key in columns}
        marks = ", ".join("?" for _ in known)
        values = [
            value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
            for value in known.values()
        ]
        names = ", ".join(f'"{column}"' for column in known)
        connection.execute(f"insert into {schema}.{name} ({names}) values ({marks})", values)
