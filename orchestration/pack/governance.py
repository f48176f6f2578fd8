"""The record of the month's governance: its close with the gates, and how each forum kept what it decided."""

from __future__ import annotations

import json
from datetime import date

from orchestration.pack.audience import Audience
from orchestration.pack.facts import Place
from orchestration.pack.numbers import number
from orchestration.pack.records import Close, ForumResult
from orchestration.presenting.publication import Publication


def close_of(publication: Publication, tenant_id: str, month: date) -> Close | None:
    """The close of a month; None before it."""
    rows = publication.rows(
        "select * from governance_review.month_closes where tenant_id = ? and month = ?",
        [tenant_id, month],
    )
    if not rows:
        return None
    gates = tuple(
        (gate["gate"], gate["state"], gate["seen"])
        for gate in json.loads(rows[0]["gate_results"] or "[]")
    )
    return Close(rows[0]["closed_at"], rows[0]["closed_by"], rows[0]["snapshot_hash"], gates)


def forum_results(publication: Publication, place: Place, audience: Audience) -> list[ForumResult]:
    """How the forum kept its decisions, without one every forum; a role has no such record."""
    if audience.role is not None:
        return []
    rows = publication.rows(
        "select * from governance_review.forum_results where tenant_id = $tenant and month = $month "
        "and ($forum is null or forum_id = $forum) order by forum_id",
        {"tenant": place.tenant_id, "month": place.month, "forum": audience.forum},
    )
    return [
        ForumResult(
            row["forum_id"],
            int(row["due_count"] or 0),
            number(row["on_time_share"]),
            int(row["red_count"] or 0),
            number(row["red_with_action_share"]),
            number(row["median_days_to_action"]),
            int(row["judged_count"] or 0),
            number(row["achieved_share"]),
        )
        for row in rows
    ]
