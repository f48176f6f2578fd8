"""Rows of ``agent_sla.coaching_rules``: which flags the sources let be raised, told from what each flag reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.oracle.coaching.coaching_words import KPIS, PRAISE
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.snapshots import months
from tests.oracle.numbers.statistics import month_of
from tests.oracle.world.measurable import Measurable

KEYS = ("rule_id",)
OF_TEAMS = {"overload"}
_OF_REASONS = ("reason_tags", "tickets")
Out = dict[str, Any]


@dataclass(frozen=True)
class Reads:
    """Capabilities and inputs a flag reads."""

    capabilities: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


_READS = {
    "slow_first_reply": Reads((), ("messages",)),
    "slow_on_platform": Reads((), ("reply_obligations", "reply_targets", "channels")),
    "high_aht_reason": Reads(("handle_time",), ("handle_sessions", "messages", *_OF_REASONS)),
    "low_fcr_reason": Reads(("event_log",), ("ticket_events", "messages", *_OF_REASONS)),
    "reopen_outlier": Reads(("event_log",), ("ticket_events",)),
    "macro_unused": Reads(("macro_id",), ("any_messages", *_OF_REASONS)),
    "retag_outlier": Reads(("event_log", "tag_log"), ("reason_tags", "ticket_events")),
    "holds_unanswered": Reads(
        ("event_log", "assignment_log", "ticket_team"), ("ticket_events", "messages")
    ),
    "quality_below_min": Reads((), ("qa_reviews",)),
    "knowledge_gap": Reads((), ("qa_reviews", "qa_review_items")),
    "overload": Reads(("agent_state",), ("agent_time", "team_membership")),
    # without a gate somebody could look through, nobody is above it
    "recognition": Reads(
        ("event_log", "delete_log"),
        (*("reply_obligations", "reply_targets", "messages", "ticket_events"), "qa_reviews"),
    ),
}


def raisable(facts: Facts) -> dict[str, bool]:
    """Whether each flag can be raised, by its rule."""
    sources = Measurable(facts.world, facts.zone)
    month = month_of(facts.world.as_of, facts.zone)
    may_be_judged = any(
        row["agent_analytics_allowed"] and not row["is_bot"] for row in facts.world.tables["agents"]
    )
    return {
        rule: sources.delivers(reads.capabilities, reads.inputs, "internal", month)
        and (rule in OF_TEAMS or may_be_judged)
        for rule, reads in _READS.items()
    }


def untold(facts: Facts, rule: str) -> frozenset[str]:
    """Sources that do not tell what a flag reads where another of the seller does."""
    reads = _READS[rule]
    sources = Measurable(facts.world, facts.zone)
    return sources.silent_about((*reads.capabilities, *reads.inputs))


def coaching_rules(facts: Facts) -> dict[tuple[Any, ...], Out]:
    """Every flag of a seller who has a month."""
    if not months(facts):
        return {}
    return {
        (rule,): {
            "kpi_id": KPIS.get(rule, "sla_compliance"),
            "is_coaching": rule not in PRAISE,
            "is_measurable": is_measurable,
        }
        for rule, is_measurable in raisable(facts).items()
    }
