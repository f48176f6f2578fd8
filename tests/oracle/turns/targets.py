"""Verdicts on turns by month and layer.

`sla_compliance`, `sla_breach_count`, `sdr_24h`, `ebay_message_24h`.
"""

from __future__ import annotations

from tests.oracle.numbers.kpis import Collector, platform_of
from tests.oracle.turns.obligations import Obligation
from tests.oracle.turns.stretches import Verdict
from tests.oracle.world.canonical_rows import DAY, SECOND
from tests.oracle.world.policies import LAYERS, Target
from tests.oracle.world.tickets import Ticket

_DAY_TARGET = Target("sdr_24h", "sdr_24h", 86_400, None, "calendar", None, "customer_message", ())


def count_verdicts(found: Collector, row: Obligation) -> None:
    for layer in LAYERS:
        verdict = row.layers[layer]
        if verdict.verdict not in ("met", "breached") or verdict.verdict_at is None:
            continue
        kpis = ["sla_compliance"]
        if row.turn.kind in ("first", "next"):
            kpis.append(f"sla_compliance_{row.turn.kind}_reply")
        for kpi in kpis:
            count_judged(found, kpi, row.scope, layer, verdict)
        if verdict.verdict == "breached":
            found.add(
                "sla_breach_count",
                verdict.verdict_at,
                row.scope,
                verdict.owner_team,
                verdict.owner,
                layer=layer,
            )


def count_judged(found: Collector, kpi: str, root: Ticket, layer: str, verdict: Verdict) -> None:
    assert verdict.verdict_at is not None
    hit = 1 if verdict.verdict == "met" else 0
    found.add(
        kpi,
        verdict.verdict_at,
        root,
        verdict.owner_team,
        verdict.owner,
        hit=hit,
        of=1,
        layer=layer,
    )


def count_within_a_day(found: Collector, row: Obligation) -> None:
    turn, judge = row.turn, found.facts.judge
    is_judged = row.state in ("answered", "open", "closed_unanswered", "missed")
    if turn.kind not in ("first", "next") or not is_judged or row.exclusion == "missed_policy":
        return
    is_ebay = platform_of(found.facts, row.root) == "ebay"
    kpis = ("sdr_24h", "ebay_message_24h") if is_ebay else ("sdr_24h",)
    if row.elapsed_cal_s is not None and row.elapsed_cal_s <= 86_400:
        assert turn.satisfied_at is not None
        for kpi in kpis:
            found.add(kpi, turn.satisfied_at, row.root, row.responder_team, turn.responder, of=1)
        return
    due = turn.started_at + DAY
    if found.facts.world.as_of < due + SECOND:
        return
    missed = Verdict("breached", _DAY_TARGET, due, due)
    owner, _ = judge.owner(turn, missed, due)
    team = judge.team_of(turn.ticket, owner, due)
    for kpi in kpis:
        found.add(kpi, due, row.root, team, owner, hit=0, of=1)
