"""What is decided in a meeting, written by the same code as the commands: same ledger, same lock, operator
beside the name.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingestion.errors import ConfigurationError
from orchestration.closing.action_log import NewAction, add_action, close_action, listed_actions
from orchestration.closing.reviewing import Picked, listed_restatements, show
from orchestration.ledger.tables import ledger_of
from orchestration.settings import Settings
from orchestration.warehouse import warehouse_lock

_LOCK_WAIT_SECONDS = 5.0
"""A browser waits; a run that writes for longer is named to it."""


def named(by: str) -> str:
    """The name under which something is decided.

    Raises:
        ConfigurationError: nobody was named; a page is no terminal, so the account alone says too little.
    """
    if not by.strip():
        raise ConfigurationError("Say who decides: the name field is empty.")
    return by.strip()


def decide(settings: Settings, action: NewAction, by: str, tenant: str) -> str:
    """Log a decision; returns its id.

    Raises:
        ConfigurationError, ActionError: as :func:`orchestration.closing.action_log.add_action`, or a field is empty.
        WarehouseLockedError: a run is writing.
    """
    person = named(by)
    for field, text in (("decision", action.decision), ("owner", action.owner)):
        if not text.strip():
            raise ConfigurationError(f"The {field} is empty: write it in a few words.")
    with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
        return add_action(settings, action, person, tenant)


def finish(
    settings: Settings, action_id: str, by: str, tenant: str, *, is_dropped: bool, evidence: str
) -> str:
    """Say that an action is done or dropped; returns its status.

    Raises:
        ActionError: there is no such action, or it is closed already.
        WarehouseLockedError: a run is writing.
    """
    person = named(by)
    with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
        closed = close_action(
            settings,
            action_id,
            person,
            tenant_id=tenant,
            is_dropped=is_dropped,
            evidence=evidence.strip() or None,
        )
    return str(closed["status"])


def mark_shown(settings: Settings, forum: str, by: str, tenant: str, at: datetime) -> int:
    """Record that a forum was shown what it had not seen; returns how many restatements.

    Raises:
        ReviewError: there is nothing left to show.
        WarehouseLockedError: a run is writing.
    """
    person = named(by)
    with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS):
        return show(settings, Picked(tenant_id=tenant), forum, person, at)


def decisions(settings: Settings, tenant: str) -> list[dict[str, Any]]:
    """Decisions as published, and those that the next run will publish."""
    return [row for row in listed_actions(settings) if row["tenant_id"] == tenant]


def unseen(settings: Settings, tenant: str) -> list[dict[str, Any]]:
    """Restatements that no forum has seen."""
    rows = listed_restatements(settings, Picked(tenant_id=tenant))
    return [row for row in rows if row["shown_in_forum_at"] is None]


def ledger_state(settings: Settings) -> str:
    """Something that changes whenever the ledger grows."""
    path = ledger_of(settings.home).path
    try:
        found = path.stat()
    except FileNotFoundError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"
