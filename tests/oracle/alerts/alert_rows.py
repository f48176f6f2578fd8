"""Rows of ``agent_sla.alerts``: every episode of every rule of catalogue §13, severity, recipients, suppression."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.oracle.alerts import alert_desk, alert_persons, alert_series, alert_things
from tests.oracle.alerts.alert_states import Episode, State, episodes
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day
from tests.oracle.world.measurable import Measurable
from tests.oracle.world.retention import agent_rows_from

KEYS = ("rule_id", "scope_type", "scope_id", "opened_at")
RULES = {
    "agent_sla_below": ("high", "sla_compliance", "team_lead|agent"),
    "agent_sla_watch": ("info", "sla_compliance", "team_lead"),
    "obligation_at_risk": ("medium", "sla_compliance", "holder|team_lead"),
    "obligation_breached": ("high", "sla_breach_count", "team_lead"),
    "oldest_overdue": ("critical", "unanswered_overdue", "operations_manager"),
    "headroom_low": ("critical", "health_headroom", "marketplace_manager|operations_manager"),
    "case_deadline": ("critical", "sla_compliance", "holder|team_lead"),
    "closed_unanswered_spike": ("high", "closed_without_reply_rate", "team_lead"),
    "sensitive_burst": ("high", "sensitive_actions", "operations_manager"),
    "unexplained_slowdown": ("medium", "speed_volume_verdict", "team_lead"),
    "reason_surge": ("medium", "reason_contact_rate", "operations_manager|fix_owner"),
    "csat_drop": ("medium", "dsat", "team_lead"),
    "resolution_below": ("high", "sla_compliance_resolution", "team_lead|operations_manager"),
    "backlog_high": ("high", "backlog_days", "team_lead|operations_manager"),
    "data_stale": ("high", "freshness_lag", "data_owner"),
    "mapping_gap": ("high", "unmapped_rate", "data_owner"),
    "completeness": ("high", "load_completeness", "data_owner"),
}
"""Severity, KPI and recipients."""
_ABOUT_DATA = ("data_stale", "mapping_gap", "completeness")
_SEEN = {
    *("obligation_at_risk", "obligation_breached", "oldest_overdue", "case_deadline"),
    "sensitive_burst",
}
"""About single things: one that was seen is a finding, also where others are not."""
_NEEDS = {"reason_surge": ("tickets", "reason_tags", "orders")}
Out = dict[str, Any]


def states(facts: Facts) -> Iterator[State]:
    """States of all rules that are read at the ends of days."""
    persons, series = alert_persons, alert_series
    for part in (persons.below, persons.watch, persons.spikes, series.surges, series.slowdowns):
        yield from part(facts)
    for part in (alert_desk.below, alert_desk.backlog):
        yield from part(facts)
    for part in (series.drops, series.headrooms, series.data):
        yield from part(facts)


def _all(facts: Facts) -> Iterator[Episode]:
    yield from episodes(states(facts))
    things = alert_things
    for alerts in (things.at_risk, things.breached, things.overdue, things.deadlines):
        yield from alerts(facts)
    yield from alert_persons.bursts(facts)


def alert_rows(facts: Facts) -> dict[tuple[Any, ...], Out]:
    """Every alert of the tenant by ``KEYS``."""
    sources = Measurable(facts.world, facts.zone)
    found = [e for e in _all(facts) if e.last.rule in _SEEN or _can_fire(facts, sources, e)]
    stale_from = min((e.opened_at for e in found if _is_stale(e)), default=None)
    rows: dict[tuple[Any, ...], Out] = {}
    for episode in found:
        state = episode.last
        is_kept = _is_kept(facts, episode)
        if state.scope_type == "agent" and not is_kept:
            continue
        identity = (state.rule, state.scope_type, state.scope, episode.opened_at)
        is_since = stale_from is not None and episode.opened_at >= stale_from
        rows[identity] = _columns(episode, is_kept, is_since and state.rule not in _ABOUT_DATA)
    return rows


def _can_fire(facts: Facts, sources: Measurable, episode: Episode) -> bool:
    """Whether the sources tell what the rule of an episode needs, in one layer at least."""
    rule, month = episode.last.rule, local_day(facts.world.as_of, facts.zone).replace(day=1)
    if rule in _NEEDS:
        return not any(sources.lacks(name) for name in _NEEDS[rule])
    kpi = RULES[rule][1]
    layers = ("marketplace", "internal")
    return not all(sources.hides(kpi, "none", "none", layer, month) for layer in layers)


def _is_stale(episode: Episode) -> bool:
    """A source of tickets that is silent; a sheet of costs says nothing about replies."""
    is_flowing = episode.last.scope.split("|")[-1] in ("tickets", "ticket_events", "messages")
    return episode.last.rule == "data_stale" and episode.resolved_at is None and is_flowing


def _is_kept(facts: Facts, episode: Episode) -> bool:
    """Whether a person may still be named: what ended thirteen months ago tells nobody apart."""
    if episode.resolved_at is None:
        return True
    ended = local_day(episode.resolved_at, facts.zone)
    return ended >= agent_rows_from(facts.world.as_of, facts.zone)


def _columns(episode: Episode, is_kept: bool, is_suppressed: bool) -> Out:
    state = episode.last
    severity, kpi, recipients = RULES[state.rule]
    return {
        "severity": episode.severity or severity,
        "agent_key": state.agent if is_kept else None,
        "kpi_id": kpi,
        "value": state.value,
        "ci_low": state.low,
        "ci_high": state.high,
        "threshold": state.threshold,
        "n": None if state.n is None else round(state.n),
        "resolved_at": episode.resolved_at,
        "is_open": episode.resolved_at is None,
        "recipients": recipients,
        "is_suppressed": is_suppressed,
    }
