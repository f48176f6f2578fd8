"""Restatements before people: approved by name, shown to a forum (catalogue §10.4); facts added to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ingestion.canonical import tables
from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.former_keys import keys_of_today
from orchestration.ledger.operator import operator
from orchestration.ledger.tables import ledger_instant, ledger_of, rows_of, table_of
from orchestration.settings import Settings

REASONS = (
    "late_data",
    "source_correction",
    "late_cost",
    "mapping_fix",
    "dispute_outcome",
    "survey_changed",
    "unmerge_or_restore",
    "policy_backdated",
    "defect_fix",
    "definition_change",
)
_SHORTEST_ID = 6


class ReviewError(DeskhouseError):
    """The restatements cannot be reviewed; nothing was written."""


@dataclass(frozen=True)
class Picked:
    """Which restatements are meant; what is None or empty does not narrow."""

    ids: Sequence[str] = ()
    month: date | None = None
    kpi_id: str | None = None
    reason_code: str | None = None
    tenant_id: str | None = None

    def holds(self, row: dict[str, Any]) -> bool:
        """Whether a restatement is meant; an id may be given by its beginning."""
        named = not self.ids or any(row["restatement_id"].startswith(name) for name in self.ids)
        return named and all(
            wanted is None or row[column] == wanted
            for column, wanted in (
                ("month", self.month),
                ("kpi_id", self.kpi_id),
                ("reason_code", self.reason_code),
                ("tenant_id", self.tenant_id),
            )
        )


def listed_restatements(settings: Settings, picked: Picked) -> list[dict[str, Any]]:
    """Restatements of the ledger with what was said about them, those no forum has seen first, then the newest.

    Raises:
        ConfigurationError: an id that names none or several, or an unknown reason.
    """
    if picked.reason_code is not None:
        _refuse_reason(picked.reason_code)
    keys = keys_of_today(settings)
    rows = [
        row | {"scope_id": keys.get(row["scope_id"], row["scope_id"])}
        for row in rows_of(settings.home, "restatements")
    ]
    _refuse_ids(picked.ids, rows)
    approvals: dict[tuple[str, str], dict[str, Any]] = {}
    showings: dict[tuple[str, str], dict[str, Any]] = {}
    for review in rows_of(settings.home, "restatement_reviews"):
        key = (review["tenant_id"], review["restatement_id"])
        if review["kind"] == "approved":
            approvals[key] = review
        else:
            showings.setdefault(key, review)
    found = []
    for row in rows:
        approval = approvals.get((row["tenant_id"], row["restatement_id"]), {})
        showing = showings.get((row["tenant_id"], row["restatement_id"]), {})
        told = {
            **row,
            "approved_by": approval.get("person"),
            "reason_code": approval.get("reason_code") or row["reason_code"],
            "shown_in_forum_id": showing.get("forum_id"),
            "shown_in_forum_at": showing.get("reviewed_at"),
        }
        if picked.holds(told):
            found.append(told)
    return sorted(
        found,
        key=lambda row: (
            row["shown_in_forum_at"] is not None,
            -row["detected_at"].timestamp(),
            row["month"],
            row["kpi_id"],
            row["scope_type"] != "company",
            row["scope_type"],
            row["scope_id"],
            row["restatement_id"],
        ),
    )


def approve(
    settings: Settings, picked: Picked, by: str, note: str | None = None, reason: str | None = None
) -> int:
    """Approve restatements by name; returns how many. The caller holds the writer's lock.

    Args:
        settings: of this run; its instant is that of the approval.
        picked: which; what somebody approved before is left alone unless it is named by id.
        by: who approves.
        note: what he says about them.
        reason: another reason than the evidence gave, for those who know better.

    Raises:
        ReviewError: there is nothing to approve.
    """
    if reason is not None:
        _refuse_reason(reason)
        if not note:
            raise ConfigurationError(
                "Another reason than the evidence gives needs a --note that says why."
            )
    rows = [
        row
        for row in listed_restatements(settings, picked)
        if picked.ids or row["approved_by"] is None
    ]
    return _record(
        settings,
        rows,
        {"kind": "approved", "person": by, "note": note, "reason_code": reason},
        settings.as_of,
    )


def show(settings: Settings, picked: Picked, forum_id: str, by: str, at: datetime) -> int:
    """Record that a forum was shown restatements; returns how many it had not seen. The caller holds the writer's lock.

    Raises:
        ReviewError: there is nothing that no forum has seen.
    """
    forums = tables()["actions"].columns["forum_id"].allowed
    if forum_id not in forums:
        raise ConfigurationError(
            f"There is no forum {forum_id!r}; choose among {', '.join(forums)}."
        )
    rows = [
        row
        for row in listed_restatements(settings, picked)
        if row["shown_in_forum_at"] is None and row["detected_at"] <= ledger_instant(at)
    ]
    return _record(settings, rows, {"kind": "shown", "forum_id": forum_id, "person": by}, at)


def _record(
    settings: Settings, rows: list[dict[str, Any]], review: dict[str, Any], at: datetime
) -> int:
    if not rows:
        raise ReviewError(
            "There is no restatement left of this kind: deskhouse restatement list --all shows all."
        )
    records = [
        {
            **review,
            "tenant_id": row["tenant_id"],
            "restatement_id": row["restatement_id"],
            "reviewed_at": ledger_instant(at),
            "recorded_at": ledger_instant(settings.as_of),
            "recorded_by": review["person"],
            "operator": str(operator()),
        }
        for row in rows
    ]
    ledger_of(settings.home).append(
        {"restatement_reviews": table_of("restatement_reviews", records)}
    )
    return len(records)


def _refuse_ids(ids: Sequence[str], rows: list[dict[str, Any]]) -> None:
    for name in ids:
        count = sum(row["restatement_id"].startswith(name) for row in rows)
        if count == 0 or len(name) < _SHORTEST_ID:
            raise ConfigurationError(
                f"There is no restatement {name}: give an id of deskhouse restatement list, or its first "
                f"{_SHORTEST_ID} characters and more."
            )
        if count > 1:
            raise ConfigurationError(
                f"{name} names {count} restatements: give more of the id that deskhouse restatement list shows."
            )


def _refuse_reason(reason: str) -> None:
    if reason not in REASONS:
        raise ConfigurationError(
            f"There is no reason {reason!r}; choose among {', '.join(REASONS)}."
        )
