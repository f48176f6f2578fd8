"""The action log of the forums (catalogue §10.5): records in the ledger, the newest of an action counts."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from ingestion.canonical import tables
from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.former_keys import keys_of_today
from orchestration.ledger.accepting import lost_before
from orchestration.ledger.operator import operator
from orchestration.ledger.tables import TABLES, ledger_instant, ledger_of, rows_of, table_of
from orchestration.settings import DBT_DIR, Settings
from orchestration.warehouse import open_read_only


class ActionError(DeskhouseError):
    """The action cannot be recorded; nothing was written."""


@dataclass(frozen=True)
class NewAction:
    """A decision as a forum takes it; ``expected_change`` is signed and in the unit of the KPI."""

    forum_id: str
    kpi_id: str
    scope_type: str
    scope_id: str
    month: date | None
    trigger: str
    decision: str
    decision_type: str
    owner: str
    due_on: date
    evaluate_on: date
    expected_kpi: str | None = None
    expected_change: Decimal | None = None
    meeting_at: datetime | None = None


def add_action(settings: Settings, action: NewAction, by: str, tenant_id: str) -> str:
    """Record a new action and return its id, which was never given before.

    Raises:
        ActionError, ConfigurationError: a value is not of the catalogue; the text names it.
    """
    _refuse_unknown(action)
    tenant = tenant_id
    ledger = ledger_of(settings.home)
    with ledger.exclusive():
        known = latest_actions(settings)
        mine = [found for found_tenant, found in known if found_tenant == tenant]
        # Ids that went with a lost end of the ledger were given; none of them is given again.
        number = 1 + max([len(mine), lost_before(ledger.links), *map(_number, mine)])
        action_id = f"A{number:04d}"
        row = {
            **vars(action),
            "tenant_id": tenant,
            "action_id": action_id,
            "meeting_at": ledger_instant(action.meeting_at or settings.as_of),
            "status": "open",
        }
        _append(settings, row, by)
    return action_id


def close_action(
    settings: Settings,
    action_id: str,
    by: str,
    *,
    tenant_id: str,
    is_dropped: bool = False,
    evidence: str | None = None,
    follow_up: str | None = None,
) -> dict[str, Any]:
    """Record that an action is done or dropped; returns the record.

    Raises:
        ActionError: there is no such action, or it is closed already.
    """
    tenant = tenant_id
    with ledger_of(settings.home).exclusive():
        known = latest_actions(settings)
        row = known.get((tenant, action_id)) or _published(settings, tenant, action_id)
        if row is None:
            raise ActionError(
                f"There is no action {action_id} of {tenant}: deskhouse action list shows them."
            )
        if row["status"] in ("done", "dropped"):
            raise ActionError(
                f"Action {action_id} was {row['status']} on {row['closed_at']:%Y-%m-%d}."
            )
        closed = {
            **row,
            "status": "dropped" if is_dropped else "done",
            "closed_at": ledger_instant(settings.as_of),
            "evidence_ref": evidence or row["evidence_ref"],
            "follow_up_action_id": follow_up or row["follow_up_action_id"],
        }
        _append(settings, closed, by)
    return closed


def latest_actions(settings: Settings) -> dict[tuple[str, str], dict[str, Any]]:
    """The newest record of every action in the ledger by tenant and id."""
    return {(row["tenant_id"], row["action_id"]): row for row in rows_of(settings.home, "actions")}


def listed_actions(settings: Settings) -> list[dict[str, Any]]:
    """Actions as published (status and outcome derived), and those that the next run will publish."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    if settings.marts_file.exists():
        with open_read_only(settings.marts_file) as connection:
            if _exists(connection, "governance_review", "actions"):
                cursor = connection.execute("select * from governance_review.actions")
                names = [column[0] for column in cursor.description]
                for values in cursor.fetchall():
                    row = dict(zip(names, values, strict=True))
                    rows[row["tenant_id"], row["action_id"]] = row
    keys = keys_of_today(settings)
    for key, row in latest_actions(settings).items():
        row = row | {"scope_id": keys.get(row["scope_id"], row["scope_id"])}
        seen = rows.get(key)
        if seen is None or (row["status"] != "open" and seen["status"] in ("open", "overdue")):
            rows[key] = {**row, "outcome": None, "measured_change": None}
    return sorted(
        rows.values(), key=lambda row: (row["tenant_id"], row["due_on"], row["action_id"])
    )


def _append(settings: Settings, row: Mapping[str, Any], by: str) -> None:
    record = {name: row.get(name) for name in TABLES["actions"]}
    record |= {"recorded_at": ledger_instant(settings.as_of), "recorded_by": by}
    record["operator"] = str(operator())
    ledger_of(settings.home).append({"actions": table_of("actions", [record])})


def _number(action_id: str) -> int:
    digits = action_id.removeprefix("A")
    return int(digits) if digits.isascii() and digits.isdecimal() else 0


def _refuse_unknown(action: NewAction) -> None:
    columns = tables()["actions"].columns
    for name in ("forum_id", "scope_type", "trigger", "decision_type"):
        value, allowed = getattr(action, name), columns[name].allowed
        if value not in allowed:
            raise ConfigurationError(
                f"{name} {value!r} is unknown; choose among {', '.join(allowed)}."
            )
    registered = _registered_kpis()
    for kpi_id in (action.kpi_id, (action.expected_kpi or action.kpi_id).split("/")[0]):
        if kpi_id not in registered:
            raise ConfigurationError(
                f"{kpi_id!r} is no KPI of the registry (governance_review.kpi_definitions)."
            )
    if action.evaluate_on < action.due_on:
        raise ConfigurationError(
            f"The outcome would be judged on {action.evaluate_on}, before the action is due on {action.due_on}."
        )


def _registered_kpis() -> set[str]:
    path = DBT_DIR / "seeds" / "seed_kpi_definitions.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return {row["kpi_id"] for row in csv.DictReader(handle)}


def _published(settings: Settings, tenant: str, action_id: str) -> dict[str, Any] | None:
    for row in listed_actions(settings):
        if (row["tenant_id"], row["action_id"]) == (tenant, action_id):
            return row
    return None


def _exists(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    found = connection.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [schema, table],
    ).fetchall()
    return bool(found[0][0])
