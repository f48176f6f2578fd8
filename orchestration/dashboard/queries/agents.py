"""Persons against the promises: fair bands, places, gates, coaching flags and the obligations behind them.

Persons whose employer shows no agent-level views (``agent_views`` = ``off``) are in none of these answers.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.queries.places import BY_CHANNEL, narrowed
from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication

_CARDS = """select cards.* replace (
            coalesce(basis.n, cards.n) as n, coalesce(basis.n_met, cards.n_met) as n_met,
            coalesce(basis.n_breached, cards.n_breached) as n_breached,
            coalesce(basis.raw_rate, cards.raw_rate) as raw_rate,
            coalesce(basis.ci_low, cards.ci_low) as ci_low, coalesce(basis.ci_high, cards.ci_high) as ci_high,
            coalesce(basis.observed_to_expected, cards.observed_to_expected) as observed_to_expected
        ), agents.display_name
        from agent_sla.agent_scorecards as cards
        inner join core.dim_agents as agents on agents.agent_key = cards.agent_key
        left join agent_sla.agent_scorecards as basis
            on basis.tenant_id = cards.tenant_id and basis.layer = cards.layer and basis.platform = cards.platform
                and basis.agent_key = cards.agent_key and basis.period_type = cards.band_basis
                and basis.period_end = cards.period_end
        where agents.agent_views <> 'off'
            and cards.period_start = (
                select max(period_start) from agent_sla.agent_scorecards as newest
                where newest.tenant_id = cards.tenant_id and newest.period_type = cards.period_type
            )"""
"""Cards of the newest periods that may be shown, with names. Their counts and raw share are of the period that the band
and the adjusted share come from: a card holds the counts of its own period, that of ``band_basis`` those of the longer
one."""
_VISIBLE = "agent_key not in (select agent_key from core.dim_agents where agent_views = 'off')"


def period_of(filters: Filters) -> str:
    """Period of the scorecards that the chosen days mean."""
    return f"{filters.days or '28'}d"


def scorecards(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Scorecards of the newest period: those with a band first, by band, then by name.

    Counts, shares and limits of one row are all of the period in ``band_basis``.
    """
    condition, values = narrowed(filters, "team", "agent", of="cards")
    return publication.frame(
        f"""
        {_CARDS} and {condition} and cards.period_type = ? and cards.layer = ? and cards.platform = ?
        order by list_position(['above', 'in_range', 'below', 'insufficient'], cards.band),
            agents.display_name nulls last, cards.agent_key
        """,
        [*values, period_of(filters), filters.layer or "internal", filters.platform or "all"],
    )


def by_platform(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Scorecards of every platform and layer in the newest period, whatever platform is chosen.

    Counts, shares and limits of one row are all of the period in ``band_basis``.
    """
    condition, values = narrowed(filters, "team", "agent", of="cards")
    return publication.frame(
        f"""
        {_CARDS} and {condition} and cards.period_type = ? and cards.platform <> 'all' and cards.n > 0
        order by agents.display_name nulls last, cards.agent_key, cards.platform, cards.layer
        """,
        [*values, period_of(filters)],
    )


def consistency(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Weeks on target of each person in the newest month that has them, with the bands of the last two months."""
    condition, values = narrowed(filters, of="numbers")
    return publication.frame(
        f"""
        with bands as (
            select agent_key, list(band order by period_start desc)[1:2] as last_bands
            from agent_sla.agent_scorecards
            where tenant_id = ? and period_type = 'month' and layer = ? and platform = 'all' and period_start <= ?
            group by agent_key
        )
        select numbers.scope_id as agent_key, value, numerator, denominator, n, status, status_reason, last_bands,
            coalesce(last_bands = ['above', 'above'], false) as is_above_twice
        from governance_review.kpi_monthly as numbers
        left join bands on numbers.scope_id = bands.agent_key
        where {condition} and kpi_id = 'agent_consistency' and scope_type = 'agent' and is_governed
            and layer = ? and month = ? and scope_id <> 'unowned'
            and scope_id not in (select agent_key from core.dim_agents where agent_views = 'off')
        order by value desc nulls last, scope_id
        """,
        [
            filters.tenant,
            filters.layer or "internal",
            filters.first_day,
            *values,
            filters.layer or "internal",
            filters.first_day,
        ],
    )


def consistency_month(publication: Publication, filters: Filters) -> str | None:
    """Newest month in which somebody's weeks were judged, as ``2026-10``."""
    found: str | None = publication.one(
        "select strftime(max(month), '%Y-%m') from governance_review.kpi_monthly "
        "where tenant_id = ? and kpi_id = 'agent_consistency' and scope_type = 'agent' and value is not null",
        [filters.tenant],
    )
    return found


def flags(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Coaching flags of the newest week."""
    condition, values = narrowed(filters, "team", "agent")
    return publication.frame(
        f"select * from agent_sla.coaching_flags where {condition} and {_VISIBLE} and week = "
        "(select max(week) from agent_sla.coaching_flags where tenant_id = ?) "
        "order by is_coaching desc, flag_id, agent_key",
        [*values, filters.tenant],
    )


def flag_evidence(publication: Publication, filters: Filters, flag: str) -> pd.DataFrame:
    """Rows behind one coaching flag, the newest first."""
    return publication.frame(
        "select happened_at, evidence.numerator, evidence.denominator, tickets.ticket_id, evidence.agent_key "
        "from agent_sla.coaching_evidence as evidence left join core.dim_tickets as tickets using (ticket_key) "
        f"where evidence.tenant_id = ? and coaching_flag_id = ? and {_VISIBLE} order by happened_at desc",
        [filters.tenant, flag],
    )


def silent_flags(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Coaching rules that cannot be raised, with the reason."""
    return publication.rows(
        "select rule_id, not_measurable_reason from agent_sla.coaching_rules where tenant_id = ? and not is_measurable "
        "order by rule_id",
        [filters.tenant],
    )


def activity(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Reaction and closings of each person in the days chosen; the median is computed from the turns themselves.

    The clock of the reaction is the calendar's unless business hours are chosen.
    """
    days = int(filters.days or 28)
    clock = "bus" if filters.clock == "business" else "cal"
    condition, values = narrowed(
        filters, "platform", "team", "agent", columns=BY_CHANNEL, of="daily"
    )
    turns, turn_values = narrowed(filters, "platform", of="turns")
    return publication.frame(
        f"""
        with last as (select max(date_day) as day from agent_sla.operator_activity_daily where tenant_id = ?),
        closings as (
            select agent_key, sum(replies_sent) as replies,
                sum(human_closed_with_reply) as with_reply, sum(human_closed_without_reply) as without_reply,
                sum(unanswered_deletions) as unanswered_deletions
            from agent_sla.operator_activity_daily as daily, last
            where {condition} and date_day > last.day - {days} and agent_key <> 'unowned'
            group by agent_key
        ),
        reactions as (
            select responder_agent_key as agent_key, median(reaction_{clock}_s) as reaction_median_s, count(*) as
                n_reactions
            from core.fct_response_obligations as turns, last
            inner join core.dim_dates as dates on dates.tenant_id = ? and dates.date_day = last.day
            where {turns} and reaction_{clock}_s is not null
                and satisfied_at >= dates.day_end_at - interval {days} day and satisfied_at < dates.day_end_at
            group by 1
        )
        select closings.*, reaction_median_s, coalesce(n_reactions, 0) as n_reactions,
            without_reply + with_reply as closed,
            without_reply::double / nullif(without_reply + with_reply, 0) as without_reply_rate
        from closings left join reactions using (agent_key)
        where closings.{_VISIBLE}
        order by without_reply_rate desc nulls last, agent_key
        """,
        [filters.tenant, *values, filters.tenant, *turn_values],
    )


def obligations(publication: Publication, filters: Filters) -> pd.DataFrame:
    """What one person answers for in the newest period and layer: breaches first, with owner rule and target
    version.
    """
    # a name of columns: nothing but these two may become part of the query
    layer = "marketplace" if filters.layer == "marketplace" else "internal"
    days = int(filters.days or 28)
    columns = {"team": f"{layer}_sla_owner_team_key"}
    condition, values = narrowed(filters, "platform", "team", columns=columns, of="turns")
    return publication.frame(
        f"""
        select tickets.ticket_id, turns.turn_no, turns.kind, turns.started_at, {layer}_due_at as due_at,
            turns.satisfied_at, {layer}_verdict as verdict, {layer}_overrun_s as overrun_s,
            {layer}_owner_rule as owner_rule, {layer}_target_version_id as target_version_id,
            turns.channel_key, turns.exclusion_reason
        from core.fct_response_obligations as turns
        inner join core.dim_tickets as tickets using (ticket_key)
        where {condition} and {layer}_sla_owner_agent_key = ?
            and {layer}_verdict_at > (select max(as_of) from governance_review.kpi_monthly) - interval {days} day
            and turns.{layer}_sla_owner_agent_key not in (select agent_key from core.dim_agents where
                agent_views = 'off')
        order by {layer}_verdict = 'breached' desc, {layer}_verdict_at desc
        """,
        [*values, filters.agent],
    )


def left_out(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """How many turns that the person answered are in no promise, by reason."""
    days = int(filters.days or 28)
    columns = {"team": "responder_team_key"}
    condition, values = narrowed(filters, "platform", "team", columns=columns)
    return publication.rows(
        "select coalesce(exclusion_reason, waiver_reason) as reason, count(*) as turns "
        f"from core.fct_response_obligations where {condition} and responder_agent_key = ? "
        f"and started_at > (select max(as_of) from governance_review.kpi_monthly) - interval {days} day "
        "and coalesce(exclusion_reason, waiver_reason) is not null group by 1 order by 2 desc",
        [*values, filters.agent],
    )


def is_off(publication: Publication, filters: Filters) -> bool:
    """Whether the chosen person's employer shows no agent-level views."""
    found = publication.one(
        "select agent_views from core.dim_agents where agent_key = ?", [filters.agent]
    )
    return bool(found == "off")


def case_promises(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Marketplace promises of each person in the chosen month: eBay's 24 hours, Amazon's answers."""
    condition, values = narrowed(filters, of="numbers")
    return publication.frame(
        f"""
        select scope_id as agent_key, kpi_id, value, ci_low, ci_high, n, status, status_reason, unit, stat, target
        from governance_review.kpi_monthly as numbers
        where {condition} and month = ? and scope_type = 'agent' and scope_id <> 'unowned' and is_governed
            and kpi_id = 'ebay_message_24h'
            and scope_id not in (select agent_key from core.dim_agents where agent_views = 'off')
        order by value nulls last, scope_id
        """,
        [*values, filters.first_day],
    )
