"""Days of ``agent_sla.agent_sla_daily`` (catalogue §10.6): verdicts by owner, replies by author, what a day left open.

One row per local day, agent, team, platform, account, channel, customer type, region, layer, policy, kind, priority and
reason; seconds are whole and on the clock that the column names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.oracle.numbers.kpis import Facts, platform_of
from tests.oracle.numbers.statistics import local_day, quantile
from tests.oracle.turns.obligations import Obligation
from tests.oracle.turns.stretches import Verdict
from tests.oracle.world.calendar import midnight
from tests.oracle.world.canonical_rows import SECOND
from tests.oracle.world.history import team_key
from tests.oracle.world.keys import UNOWNED, agent_of, key
from tests.oracle.world.policies import LAYERS
from tests.oracle.world.retention import agent_rows_from
from tests.oracle.world.tickets import Ticket

KEYS = (
    "source_system",
    "date_day",
    "agent_key",
    "team_key",
    "platform",
    "marketplace_account_key",
    "channel_key",
    "customer_type",
    "region",
    "layer",
    "policy_id",
    "kind",
    "priority",
    "reason_tag_key",
)
AGGREGATED = "aggregated"
_HOLDERS = ("queue", "sync_lag", "agent", "bot", "closed")
_JUDGED = ("met", "breached")
_VERDICTS = {
    "met": "n_met",
    "breached": "n_breached",
    "pending": "n_pending_end",
    "waived": "n_waived",
    "excluded": "n_excluded",
    "no_target": "n_no_target",
}
_CLASSES = (
    "met_answered",
    "late_answered",
    "missed_recovered_in_target",
    "missed_recovered_late",
    "missed_never",
)
_RULES = ("responder", "holder", "fair_window", "queue", "sync_lag", "closer", "incident")
Identity = tuple[Any, ...]
Out = dict[str, Any]


@dataclass
class Day:
    """What one row adds up."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    replies: dict[str, list[int]] = field(default_factory=lambda: {"cal": [], "bus": []})

    def columns(self) -> Out:
        """Published columns."""
        names = [*_VERDICTS.values(), "n_time_uncertain", "n_replies", "overrun_sum_s"]
        names += [f"n_{name}" for name in _CLASSES] + [f"n_owner_{rule}" for rule in _RULES]
        names += [f"held_{holder}_{clock}_s" for holder in _HOLDERS for clock in ("cal", "target")]
        found: Out = {name: self.counts[name] for name in names}
        for clock, seconds in self.replies.items():
            found |= {
                f"n_replies_{clock}": len(seconds),
                f"reply_sum_{clock}_s": sum(seconds) if seconds else None,
                f"reply_median_{clock}_s": quantile(seconds, 0.5) if seconds else None,
                f"reply_p90_{clock}_s": quantile(seconds, 0.9) if seconds else None,
            }
        return found


@dataclass(frozen=True)
class _Place:
    """Where a countable thing belongs: instant, person and team."""

    when: int
    agent: str | None
    team: str | None


def agent_days(facts: Facts) -> dict[Identity, Out]:
    """Every row of the tenant by ``KEYS``."""
    days: dict[Identity, Day] = defaultdict(Day)
    for row in facts.obligations:
        for layer in LAYERS:
            verdict = row.layers[layer]
            if verdict.verdict != "pending":
                _judged(facts, days, row, layer, verdict)
            for place in _undecided(facts, row, verdict):
                days[_identity(facts, row, layer, place)].counts["n_pending_end"] += 1
            if row.state == "answered" and row.turn.satisfied_at is not None:
                place = _Place(row.turn.satisfied_at, row.turn.responder, row.responder_team)
                _reply(days[_identity(facts, row, layer, place)], row)
    return {identity: day.columns() for identity, day in days.items()}


def person(facts: Facts, source: str, agent: str | None, day: date) -> str:
    """Key of a person on a day; beyond the months in which persons are told apart one key for all."""
    name = agent_of(facts.world.tenant, source, agent) or UNOWNED
    if name == UNOWNED or day >= agent_rows_from(facts.world.as_of, facts.zone):
        return name
    return AGGREGATED


def _identity(facts: Facts, row: Obligation, layer: str, place: _Place) -> Identity:
    root, source = row.scope.row, row.root.row["source_system"]
    tenant, day = facts.world.tenant, local_day(place.when, facts.zone)
    customer = facts.world.customers.get((source, root["customer_ref"]), {})
    target = row.layers[layer].target
    return (
        source,
        day,
        person(facts, source, place.agent, day),
        team_key(tenant, source, place.team),
        platform_of(facts, row.root),
        key(tenant, root["marketplace_account_id"]),
        key(tenant, source, root["channel_id"]),
        customer.get("customer_type"),
        customer.get("region"),
        layer,
        target.policy_id if target is not None else None,
        row.turn.kind,
        row.turn.ticket.value("priority").at(row.turn.started_at),
        key(tenant, source, _reason(facts, row.root)),
    )


def _reason(facts: Facts, root: Ticket) -> str | None:
    """Primary reason as known now, a synonym as its canonical tag."""
    value: str | None = root.own["reason"].at(facts.world.as_of)
    tag = facts.world.tags.get((root.row["source_system"], value))
    return (tag["canonical_tag_id"] or value) if tag else value


def _judged(
    facts: Facts, days: dict[Identity, Day], row: Obligation, layer: str, verdict: Verdict
) -> None:
    """A verdict on the day it fell, with its owner; without one the day the turn began."""
    turn = row.turn
    if verdict.verdict in _JUDGED:
        assert verdict.verdict_at is not None
        place = _Place(verdict.verdict_at, verdict.owner, verdict.owner_team)
    else:
        when, agent = waiver_of(row) if verdict.verdict == "waived" else (turn.started_at, None)
        home = facts.world.home_team(row.root.row["source_system"], agent, when)
        team = home if home is not None else turn.ticket.value("team").at(turn.started_at)
        place = _Place(turn.started_at, agent, team)
    counts = days[_identity(facts, row, layer, place)].counts
    counts[_VERDICTS[verdict.verdict]] += 1
    if verdict.missed_class is not None:
        counts[f"n_{verdict.missed_class}"] += 1
    if verdict.verdict not in _JUDGED:
        return
    counts["n_time_uncertain"] += row.is_time_uncertain
    counts[f"n_owner_{verdict.owner_rule}"] += 1
    if verdict.verdict == "breached":
        counts["overrun_sum_s"] += verdict.overrun_s or 0
    for holder, clock, seconds in _held(facts, row, verdict):
        counts[f"held_{holder}_{clock}_s"] += seconds


def waiver_of(row: Obligation) -> tuple[int, str | None]:
    """When a turn was waived and by which person (null: by a rule or the customer)."""
    turn = row.turn
    when = turn.ended_at if turn.ended_at is not None else turn.started_at
    role, actor = turn.waived_by or ("rule", None)
    return when, actor if role == "agent" and row.state == "waived" else None


def _held(facts: Facts, row: Obligation, verdict: Verdict) -> Iterator[tuple[str, str, int]]:
    """Whole seconds of every segment, cut on the running sum so that they add up to the turn's."""
    judge, turn, target = facts.judge, row.turn, verdict.target
    start, spent = turn.started_at, 0
    clock = anchor = None
    if target is not None and row.segments:
        clock = judge.clock(turn, target, row.segments[-1].stop)
        anchor = judge.anchor(turn, target, row.segments)
    for part in row.segments:
        yield part.holder, "cal", (part.stop - start) // SECOND - (part.start - start) // SECOND
        if clock is not None:
            begin = part.start if anchor is None else max(part.start, anchor)
            before, spent = spent, spent + clock.microseconds(begin, part.stop)
            yield part.holder, "target", spent // SECOND - before // SECOND


def _reply(day: Day, row: Obligation) -> None:
    """A reply; a logged call (E9) is one without a reply time."""
    day.counts["n_replies"] += 1
    if row.turn.mode == "proxy":
        return
    for clock, seconds in (("cal", row.elapsed_cal_s), ("bus", row.elapsed_bus_s)):
        if seconds is not None:
            day.replies[clock].append(seconds)


def _undecided(facts: Facts, row: Obligation, verdict: Verdict) -> Iterator[_Place]:
    """Ends of local days at which nothing was decided yet, each with the holder then (A6)."""
    turn, judge, as_of = row.turn, facts.judge, facts.world.as_of
    if verdict.verdict not in (*_JUDGED, "pending"):
        return
    decided = verdict.verdict_at if verdict.verdict in _JUDGED else None
    day = local_day(turn.started_at, facts.zone)
    last = local_day(as_of if decided is None else decided, facts.zone)
    while day < last or (decided is None and day == last):
        when = min(midnight(day + timedelta(days=1), facts.zone) - 1, as_of)
        _, agent = judge.holder(turn, when)
        yield _Place(when, agent, judge.team_of(turn.ticket, agent, when))
        day += timedelta(days=1)
