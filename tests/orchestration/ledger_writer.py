"""Appends to a ledger from a process of its own, which imports as little as the append itself needs."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from pathlib import Path

from orchestration.closing.action_log import NewAction, add_action
from orchestration.settings import read_settings
from orchestration.warehouse import warehouse_lock

_ACTION = NewAction(
    *("monthly_business_review", "reopen_rate", "channel", "amazon_it", date(2026, 10, 1), "red"),
    *("Check the first answer of every return.", "process_fix", "Ada"),
    *(date(2026, 12, 1), date(2026, 12, 31)),
)


def log_actions(home: Path, writer: int, has_lock: bool) -> list[str]:
    """Record four actions, one after the other; returns their numbers.

    Args:
        home: whose ledger.
        writer: which of several.
        has_lock: whether each append holds the lock of the warehouse.
    """
    settings = read_settings({"DESKHOUSE_HOME": str(home)}, "2026-11-10T09:00:00Z")
    ids = []
    for _ in range(4):
        with warehouse_lock(home, 60) if has_lock else nullcontext():
            ids.append(add_action(settings, _ACTION, f"writer {writer}", "t"))
    return ids
