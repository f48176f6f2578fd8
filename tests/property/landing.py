"""Write many random tenants into one landing folder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from tests.landing_builder import Rows, write_rows
from tests.property.worlds import random_world


def tenant_name(seed: int) -> str:
    """Tenant of a seed."""
    return f"w{seed}"


def write_seeds(folder: Path, seeds: Iterable[int], as_of: datetime) -> None:
    """The random worlds of these seeds, one tenant each."""
    write_rows((random_world(seed, tenant_name(seed), as_of) for seed in seeds), folder)


def story(rows: Rows) -> str:
    """A tenant's history in order, one line per row: what a person reads to judge a difference."""
    lines = []
    for table in ("tickets", "messages", "ticket_events"):
        for row in rows.get(table, []):
            when = row.get("created_at") or row.get("sent_at") or row.get("occurred_at")
            hidden = ("tenant_id", "source_system", "created_at", "sent_at", "occurred_at")
            facts = {k: v for k, v in row.items() if v not in (None, False) and k not in hidden}
            lines.append((str(when), table, facts))
    told = [f"{when} {table}: {facts}" for when, table, facts in sorted(lines, key=lambda x: x[:2])]
    for table in (
        "sla_policies",
        "sla_targets",
        "channel_policy",
        "incident_windows",
        "calendar_hours",
    ):
        for row in rows.get(table, []):
            facts = {k: v for k, v in row.items() if v not in (None, "[]") and k != "tenant_id"}
            told.append(f"{table}: {facts}")
    return "\n".join(told)
