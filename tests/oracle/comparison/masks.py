"""Numbers that daily marts and cards do not show, because the tenant's sources cannot know them (catalogue §2.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tests.oracle.cycles import stock_days
from tests.oracle.numbers.kpis import Facts
from tests.oracle.people import agent_days, operator_days
from tests.oracle.world.measurable import Measurable

Identity = tuple[Any, ...]
Out = dict[str, Any]
_OF_PROMISES = {"n_met", "n_breached", "n_pending_end", "n_time_uncertain", "overrun_sum_s"}
_ACTIVITY = {
    "replies_sent": ("replies_sent",),
    "first_replies_sent": ("first_replies_sent",),
    "assist_replies": ("assist_replies",),
    "internal_notes": ("internal_notes",),
    "closed_with_reply": ("closed_with_reply", "human_closed_with_reply"),
    "closed_without_reply": ("closed_without_reply", "human_closed_without_reply"),
    "waiver_rate": ("waivers",),
    "comments_deleted": ("comments_deleted", "messages_deleted", "messages_hidden"),
    "unanswered_deletions": ("unanswered_deletions",),
    "sensitive_actions": (
        *("messages_edited", "bulk_closes", "author_blocks", "deletions"),
        *("policy_overrides", "sensitive_actions"),
    ),
    "reaction_time": ("n_reactions", "reaction_"),
}
"""Beginnings of the columns of a day that belong to a KPI."""
_GATES = {
    "gate_closed_without_reply": "closed_without_reply_rate",
    "gate_unanswered_deletions": "unanswered_deletions",
    "gate_critical_quality_error": "qa_score",
    "gate_waivers": "waiver_rate",
}
_OF_REASONS = {
    "reason_contact_rate": ("contacts", "contacts_per_100_orders"),
    "tag_aht": ("tickets_timed", "handle_mean_s", "handle_median_s"),
    "tag_fcr": ("issues", "first_contact_resolution"),
    "macro_usage_rate": ("replies", "macro_usage"),
    "tag_cost": ("labour_cost",),
}
_KEPT_ON_CARDS = {"period_end", "team_key", "band_basis", *_GATES, "gate_evidence", "n_reactions"}
_STAFF = ("staff", "planned", "is_", "baseline")


def hides(sources: Measurable, kpi: str, day: date, source: str | None = None) -> bool:
    """Whether a KPI without layers cannot be measured in the month of a day, of a source if one is named."""
    if source is not None and source in sources.silent(kpi):
        return True
    return sources.hides(kpi, "none", "none", "none", day.replace(day=1))


def agent_sla_daily(facts: Facts) -> dict[Identity, Out]:
    """Days of verdicts and replies: nothing of turns without messages, no verdicts without a promise."""
    sources = Measurable(facts.world, facts.zone)
    keys = agent_days.KEYS

    def blanked(identity: Identity, out: Out) -> set[str]:
        row = dict(zip(keys, identity, strict=True))
        day = row["date_day"]
        if row["kind"] != "case" and hides(sources, "contact_volume", day, row["source_system"]):
            return set(out)
        if sources.is_promised("sla_compliance", row["layer"], day.replace(day=1)):
            return set()
        owned = ("n_owner_", "held_", "n_met_", "n_late_", "n_missed_")
        return {name for name in out if name in _OF_PROMISES or name.startswith(owned)}

    return _blanked(agent_days.agent_days(facts), blanked)


def operator_activity_daily(facts: Facts) -> dict[Identity, Out]:
    """Days of persons: per KPI the columns that count it."""
    sources = Measurable(facts.world, facts.zone)

    def blanked(identity: Identity, out: Out) -> set[str]:
        row = dict(zip(operator_days.KEYS, identity, strict=True))
        day, source = row["date_day"], row["source_system"]
        hidden = [kpi for kpi in _ACTIVITY if hides(sources, kpi, day, source)]
        starts = tuple(start for kpi in hidden for start in _ACTIVITY[kpi])
        return {name for name in out if starts and name.startswith(starts)}

    return _blanked(operator_days.operator_days(facts), blanked)


def backlog_daily(facts: Facts) -> dict[Identity, Out]:
    """Stocks: none without a log of changes."""
    sources = Measurable(facts.world, facts.zone)

    def blanked(identity: Identity, out: Out) -> set[str]:
        row = dict(zip(stock_days.KEYS, identity, strict=True))
        is_hidden = hides(sources, "backlog", row["date_day"], row["source_system"])
        return set(out) if is_hidden else set()

    return _blanked(stock_days.stock_days(facts), blanked)


def _blanked(
    rows: Mapping[Identity, Out], columns: Callable[[Identity, Out], set[str]]
) -> dict[Identity, Out]:
    found = {}
    for identity, out in rows.items():
        hidden = columns(identity, out)
        found[identity] = {name: None if name in hidden else value for name, value in out.items()}
    return found


def shown_card(sources: Measurable, out: Out, last: date) -> Out:
    """A scorecard as shown: gates that nobody can look through are null, and compliance without messages is none."""
    shown = dict(out)
    for gate, kpi in _GATES.items():
        if hides(sources, kpi, last):
            shown[gate] = None
    if hides(sources, "reaction_time", last):
        shown["n_reactions"] = None
    reason = sources.missing_obligations()
    if reason is None:
        return shown
    parts = ("duration_", "sla_points", "qa_points", "csat_points", "productivity_", "composite")
    for name in shown.keys() - _KEPT_ON_CARDS:
        if not name.startswith(parts):
            shown[name] = None
    return shown | {
        "is_eligible": False,
        "eligibility_reason": reason,
        "band": "insufficient",
        "band_before_gates": "insufficient",
        "band_reason": reason,
    }


def speed_point(sources: Measurable, out: Out) -> Out:
    """A point of speed against volume as shown: of turns without messages only staffing remains."""
    if not sources.lacks("messages"):
        return out
    signals = {"speed_signal": "none", "load_signal": "none", "verdict": "insufficient"}
    signals["verdict_reason"] = "no source delivers messages"
    return {
        name: signals.get(name) if not name.startswith(_STAFF) else value
        for name, value in out.items()
    }


def tag_window(sources: Measurable, out: Out, month: date) -> Out:
    """A window of a reason as shown: per KPI null where it cannot be measured."""
    hidden = {
        name for kpi, names in _OF_REASONS.items() if hides(sources, kpi, month) for name in names
    }
    shown = {name: None if name in hidden else value for name, value in out.items()}
    return shown | ({"is_slow_top_reason": False} if "tickets_timed" in hidden else {})
