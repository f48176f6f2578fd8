"""Days of ``tag_volume.tag_volume_daily``: opened tickets by reason (cards `tag_volume`, E23, E24).

One row per local day of opening, platform, account, channel and reason; a ticket counts once as primary reason, also
for the reasons above it, and by any tag it carries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.oracle.numbers.kpis import Facts, platform_of
from tests.oracle.numbers.snapshots import counted
from tests.oracle.numbers.statistics import local_day
from tests.oracle.reasons.reasons import canonical_tag
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.keys import key
from tests.oracle.world.tickets import Ticket

KEYS = (
    "source_system",
    "date_day",
    "platform",
    "marketplace_account_key",
    "channel_key",
    "reason_tag_key",
)
Out = dict[str, Any]


def tag_days(facts: Facts) -> dict[tuple[Any, ...], Out]:
    """Every row of the tenant by ``KEYS``."""
    tenant = facts.world.tenant
    found: dict[tuple[Any, ...], Out] = defaultdict(
        lambda: {"tickets": 0, "tickets_with_descendants": 0, "tickets_any_tag": 0}
    )
    for ticket in counted(facts):
        row = ticket.row
        place = (
            row["source_system"],
            local_day(row["created_at"], facts.zone),
            platform_of(facts, ticket),
            key(tenant, row["marketplace_account_id"]),
            key(tenant, row["source_system"], row["channel_id"]),
        )
        primary, above, carried = _reasons(facts, ticket)
        for reason in {primary, *above, *carried}:
            out = found[(*place, key(tenant, row["source_system"], reason))]
            out |= _named(facts, row["source_system"], reason)
            out["tickets"] += reason == primary
            out["tickets_with_descendants"] += reason == primary or reason in above
            out["tickets_any_tag"] += reason == primary or reason in above or reason in carried
    return dict(found)


def _named(facts: Facts, source: str, reason: str | None) -> Out:
    if reason is None:
        return {"reason_name": "untagged", "is_untagged": True}
    tag = facts.world.tags.get((source, reason))
    return {"reason_name": tag["name"] if tag else "unknown", "is_untagged": False}


def _reasons(facts: Facts, ticket: Ticket) -> tuple[str | None, set[str], set[str]]:
    """Primary reason, the reasons above it, and every other reason the ticket carries with those above."""
    source = ticket.row["source_system"]
    primary = facts.reason_of(ticket)
    above = set(_above(facts, source, primary))
    carried: set[str] = set()
    for tag_id in ticket.row["tag_ids"] or []:
        tag = canonical_tag(facts, source, tag_id)
        if tag is not None and tag["kind"] == "reason":
            carried |= {tag["tag_id"], *_above(facts, source, tag["tag_id"])}
    return primary, above, carried


def _above(facts: Facts, source: str, tag_id: str | None) -> Iterator[str]:
    """Reasons above a tag, at most four."""
    tag: Row | None = facts.world.tags.get((source, tag_id))
    for _ in range(4):
        tag = canonical_tag(facts, source, tag["parent_tag_id"]) if tag is not None else None
        if tag is None:
            return
        yield tag["tag_id"]
