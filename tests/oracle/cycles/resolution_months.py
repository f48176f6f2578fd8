"""Resolution cycles by month.

`sla_compliance_resolution`, `sla_breach_count`, `resolution_volume`, `first_resolution_time`, `full_resolution_time`,
`reopen_rate`, `tag_coverage`.
"""

from __future__ import annotations

from tests.oracle.cycles.resolutions import MATURITY, Cycle
from tests.oracle.numbers.kpis import Collector
from tests.oracle.numbers.statistics import month_of
from tests.oracle.turns.targets import count_judged


def count_resolution(found: Collector, cycle: Cycle) -> None:
    for layer, verdict in cycle.layers.items():
        if verdict.verdict in ("met", "breached"):
            count_judged(found, "sla_compliance_resolution", cycle.root, layer, verdict)
            if verdict.verdict == "breached" and verdict.verdict_at is not None:
                found.add(
                    "sla_breach_count",
                    verdict.verdict_at,
                    cycle.root,
                    verdict.owner_team,
                    verdict.owner,
                    layer=layer,
                    variant="resolution",
                )
    ended = cycle.ended_at
    if ended is None:
        return
    root, team, agent = cycle.root, cycle.resolver_team, cycle.resolver
    found.add("resolution_volume", ended, root, team, agent)
    if _is_last_of_month(found, cycle, ended):
        found.add(
            "resolution_volume", ended, root, team, agent, variant="distinct_tickets_resolved"
        )
    times = (cycle.to_end_cal_s, cycle.to_end_bus_s)
    if cycle.number == 1:
        found.clocks("first_resolution_time", ended, root, team, agent, *times)
    if cycle.is_last and cycle.is_mature:
        found.clocks("full_resolution_time", ended, root, team, agent, *times)
    if ended + MATURITY <= found.facts.world.as_of:
        found.add(
            "reopen_rate", ended, root, team, agent, hit=int(cycle.is_reopened_within_7d), of=1
        )
    if cycle.is_last and root.row["origin"] == "inbound":
        reason = found.facts.reason_of(root)
        tag = found.facts.world.tags.get((root.row["source_system"], reason))
        hit = int(tag is not None and tag["kind"] == "reason")
        found.add("tag_coverage", ended, root, team, agent, hit=hit, of=1)
        other = int(tag is not None and bool(hit) and tag["name"].lower() == "other")
        found.add("tag_coverage", ended, root, team, agent, hit=other, of=1, variant="other_share")


def _is_last_of_month(found: Collector, cycle: Cycle, ended: int) -> bool:
    """Whether no later cycle of the ticket ended in the same month."""
    zone = found.facts.zone
    return not any(
        other.ended_at is not None
        and (other.ended_at, other.number) > (ended, cycle.number)
        and month_of(other.ended_at, zone) == month_of(ended, zone)
        for other in found.facts.cycles_of(cycle.root)
    )
