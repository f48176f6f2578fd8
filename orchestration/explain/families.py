"""How the rows of a KPI are found in the core facts, one family per attribution rule of the catalogue (§4).

A family is a query that gives one row per counted thing with the columns ``tenant_id, row_key, ticket_key, at, what,
numerator, denominator, seconds, platform, marketplace_account_key, channel_key, team_key, agent_key, owner_rule``.
The KPI adds its condition. Wherever a rule reads the instant of the data it is ``{as_of}``.
"""

from __future__ import annotations

from dataclasses import dataclass

_TEAM_AT = """coalesce((
    select min(home.team_key) from intermediate.int_agent_home_teams as home
    where home.agent_key = {agent} and home.valid_from <= {at} and (home.valid_to > {at} or home.valid_to is null)
), {fallback})"""


def _home_team(agent: str, at: str, fallback: str) -> str:
    return _TEAM_AT.format(agent=agent, at=at, fallback=fallback)


_OBLIGATION = "turns.platform, turns.marketplace_account_key, turns.channel_key"
_TICKET = "tickets.platform, tickets.marketplace_account_key, tickets.channel_key"

REPLIES = f"""
    select turns.tenant_id, turns.obligation_key as row_key, turns.ticket_key, turns.satisfied_at as at,
        turns.kind || ' turn ' || turns.turn_no as what, {{numerator}} as numerator, 1 as denominator,
        {{numerator}} as seconds, {_OBLIGATION}, turns.responder_team_key as team_key,
        {{agent}} as agent_key, cast(null as varchar) as owner_rule
    from core.fct_response_obligations as turns
    join core.dim_tickets as tickets on turns.original_ticket_key = tickets.ticket_key
    left join intermediate.int_kpi_incident_turns as incidents on turns.obligation_key = incidents.obligation_key
    where turns.state = 'answered' and turns.kind in ('first', 'next')
        and not (tickets.origin = 'proxy' and turns.kind = 'first' and turns.started_at = tickets.created_at)
        and {{condition}} and {{numerator}} is not null
"""

ANY_ANSWERS = f"""
    select turns.tenant_id, turns.obligation_key as row_key, turns.ticket_key, turns.any_answer_at as at,
        'first answer of any kind' as what,
        (epoch_us(turns.any_answer_at) - epoch_us(turns.started_at)) // 1000000 as numerator, 1 as denominator,
        (epoch_us(turns.any_answer_at) - epoch_us(turns.started_at)) // 1000000 as seconds,
        {_OBLIGATION}, turns.team_key, cast(null as varchar) as agent_key, cast(null as varchar) as owner_rule
    from core.fct_response_obligations as turns
    join core.dim_tickets as tickets on turns.original_ticket_key = tickets.ticket_key
    where turns.kind = 'first' and turns.state <> 'excluded' and turns.any_answer_at is not null
        and not (tickets.origin = 'proxy' and turns.started_at = tickets.created_at)
        and {{condition}}
"""

VERDICTS = f"""
    select turns.tenant_id, turns.obligation_key as row_key, turns.ticket_key, turns.{{layer}}_verdict_at as at,
        turns.kind || ' turn ' || turns.turn_no || ' ' || turns.{{layer}}_verdict as what,
        case when turns.{{layer}}_verdict = '{{counted}}' then 1 else 0 end as numerator, 1 as denominator,
        turns.{{layer}}_overrun_s as seconds, {_OBLIGATION}, turns.{{layer}}_sla_owner_team_key as team_key,
        coalesce(turns.{{layer}}_sla_owner_agent_key, 'unowned') as agent_key, turns.{{layer}}_owner_rule as owner_rule
    from core.fct_response_obligations as turns
    where turns.{{layer}}_verdict in ('met', 'breached') and {{condition}}
"""

RESOLUTION_VERDICTS = """
    select verdicts.tenant_id, verdicts.sla_verdict_key as row_key, verdicts.ticket_key, verdicts.verdict_at as at,
        'cycle ' || verdicts.cycle_no || ' ' || verdicts.verdict as what,
        case when verdicts.verdict = 'met' then 1 else 0 end as numerator, 1 as denominator,
        verdicts.overrun_s as seconds, verdicts.platform, verdicts.marketplace_account_key, verdicts.channel_key,
        verdicts.sla_owner_team_key as team_key, coalesce(verdicts.sla_owner_agent_key, 'unowned') as agent_key,
        verdicts.owner_rule
    from core.fct_sla_verdicts as verdicts
    where verdicts.metric = 'resolution' and verdicts.layer = '{layer}' and verdicts.verdict in ('met', 'breached')
        and {condition}
"""

WITHIN_24H = f"""
    select turns.tenant_id, turns.obligation_key as row_key, turns.ticket_key,
        coalesce(misses.due_at, turns.satisfied_at) as at,
        turns.kind || ' turn ' || turns.turn_no
            || case when misses.obligation_key is null then ' within 24 h' else ' later' end as what,
        case when misses.obligation_key is null then 1 else 0 end as numerator, 1 as denominator,
        turns.elapsed_cal_s as seconds, {_OBLIGATION},
        case when misses.obligation_key is null then turns.responder_team_key else misses.team_key end as team_key,
        case when misses.obligation_key is null then coalesce(turns.responder_agent_key, 'unowned')
            else misses.agent_key end as agent_key,
        cast(null as varchar) as owner_rule
    from core.fct_response_obligations as turns
    left join intermediate.int_kpi_owners_of_24h as misses on turns.obligation_key = misses.obligation_key
    where (misses.obligation_key is not null or (turns.kind in ('first', 'next') and turns.state = 'answered'
        and turns.elapsed_cal_s <= 86400)) and {{condition}}
"""

CYCLES = f"""
    select cycles.tenant_id, cycles.cycle_key as row_key, cycles.ticket_key, cycles.ended_at as at,
        'cycle ' || cycles.cycle_no as what, {{numerator}} as numerator, 1 as denominator,
        {{seconds}} as seconds, {_TICKET}, cycles.resolver_team_key as team_key,
        coalesce(cycles.resolver_agent_key, 'unowned') as agent_key, cast(null as varchar) as owner_rule
    from core.fct_resolution_cycles as cycles
    join core.dim_tickets as tickets on cycles.ticket_key = tickets.ticket_key
    left join core.dim_tags as tags on tickets.resolution_reason_tag_key = tags.tag_key
    where not tickets.is_excluded and cycles.ended_at is not null and {{condition}}
"""

SPANS = f"""
    select spans.tenant_id, spans.span_key as row_key, spans.ticket_key, spans.{{instant}} as at,
        'held since ' || cast(spans.from_at as varchar) as what, {{numerator}} as numerator, 1 as denominator,
        {{seconds}} as seconds, {_TICKET},
        {_home_team("spans.agent_key", "spans.{instant}", "spans.team_key")} as team_key,
        coalesce(spans.agent_key, 'unowned') as agent_key, cast(null as varchar) as owner_rule
    from core.fct_assignment_spans as spans
    join core.dim_tickets as tickets on spans.ticket_key = tickets.ticket_key
    where not tickets.is_excluded and spans.{{instant}} is not null and {{condition}}
"""

TRANSFERS = f"""
    with first_transfers as (
        select ticket_key, min_by(agent_key, to_at) as agent_key, min_by(team_key, to_at) as team_key, min(to_at) as at
        from core.fct_assignment_spans where is_transfer group by ticket_key
    )
    select cycles.tenant_id, cycles.cycle_key as row_key, cycles.ticket_key, cycles.ended_at as at,
        case when moves.ticket_key is null then 'kept' else 'transferred ' || cast(moves.at as varchar) end as what,
        case when moves.ticket_key is null then 0 else 1 end as numerator, 1 as denominator,
        cast(null as bigint) as seconds, {_TICKET},
        case when moves.ticket_key is null then cycles.resolver_team_key
            else {_home_team("moves.agent_key", "moves.at", "moves.team_key")} end as team_key,
        coalesce(case when moves.ticket_key is null then cycles.resolver_agent_key else moves.agent_key end, 'unowned')
            as agent_key,
        cast(null as varchar) as owner_rule
    from core.fct_resolution_cycles as cycles
    join core.dim_tickets as tickets on cycles.ticket_key = tickets.ticket_key
    left join first_transfers as moves on cycles.ticket_key = moves.ticket_key
    where cycles.is_last and cycles.ended_at is not null and not tickets.is_excluded
        and exists (select 1 from core.fct_response_obligations as turns
            where turns.ticket_key = cycles.ticket_key and turns.state = 'answered')
        and {{condition}}
"""

SURVEYS = """
    select answers.tenant_id, answers.response_key as row_key, answers.ticket_key, answers.responded_at as at,
        answers.scale || ' ' || answers.raw_score || ', ' || answers.sentiment as what,
        {numerator} as numerator, 1 as denominator, cast(null as bigint) as seconds,
        answers.platform, answers.marketplace_account_key, answers.channel_key, answers.team_key,
        coalesce(answers.agent_key, 'unowned') as agent_key, cast(null as varchar) as owner_rule
    from core.fct_satisfaction_responses as answers
    where answers.is_latest and not answers.is_ticket_excluded and {condition}
"""

CONTACTS = f"""
    select turns.tenant_id, turns.obligation_key as row_key, turns.ticket_key, turns.started_at as at,
        turns.kind || ' turn ' || turns.turn_no || ' ' || turns.state as what, 1 as numerator,
        cast(null as bigint) as denominator, cast(null as bigint) as seconds, {_OBLIGATION}, turns.team_key,
        cast(null as varchar) as agent_key, cast(null as varchar) as owner_rule
    from core.fct_response_obligations as turns
    where turns.state <> 'excluded' and {{condition}}
"""

TICKETS = f"""
    select tickets.tenant_id, tickets.ticket_key as row_key, tickets.ticket_key, tickets.created_at as at,
        tickets.origin || ', now ' || tickets.status as what, 1 as numerator, cast(null as bigint) as denominator,
        cast(null as bigint) as seconds, {_TICKET}, tickets.team_key, cast(null as varchar) as agent_key,
        cast(null as varchar) as owner_rule
    from core.dim_tickets as tickets
    where tickets.is_counted and {{condition}}
"""

CLOSINGS = f"""
    select closings.tenant_id, closings.closing_key as row_key, closings.ticket_key, closings.closed_at as at,
        case when closings.is_without_reply then 'closed without reply' else 'closed with reply' end as what,
        {{numerator}} as numerator, 1 as denominator, cast(null as bigint) as seconds, {_TICKET},
        closings.closer_team_key as team_key, coalesce(closings.closer_agent_key, 'unowned') as agent_key,
        cast(null as varchar) as owner_rule
    from core.fct_closings as closings
    join core.dim_tickets as tickets on closings.ticket_key = tickets.ticket_key
    where not tickets.is_excluded and not closings.is_merge_or_spam
        and (closings.is_with_reply or closings.is_without_reply) and {{condition}}
"""

MESSAGES = """
    select messages.tenant_id, messages.message_key as row_key, messages.ticket_key, messages.sent_at as at,
        messages.visibility || ' ' || messages.message_kind as what, {numerator} as numerator, 1 as denominator,
        cast(null as bigint) as seconds, messages.platform, messages.marketplace_account_key, messages.channel_key,
        messages.team_key, coalesce(messages.author_agent_key, 'unowned') as agent_key,
        cast(null as varchar) as owner_rule
    from core.fct_messages as messages
    where messages.author_role = 'agent' and not messages.is_ticket_excluded
        and not coalesce(messages.is_duplicate, false) and {condition}
"""

REMOVALS = """
    select events.tenant_id, events.event_key as row_key, events.ticket_key, events.occurred_at as at,
        events.event_type as what, 1 as numerator, cast(null as bigint) as denominator, cast(null as bigint) as seconds,
        events.platform, events.marketplace_account_key, events.channel_key, events.actor_team_key as team_key,
        coalesce(events.actor_agent_key, 'unowned') as agent_key, cast(null as varchar) as owner_rule
    from core.fct_ticket_events as events
    join core.fct_messages as messages on events.message_key = messages.message_key
    where events.event_type in ('message_deleted', 'message_hidden') and events.actor_role = 'agent'
        and not events.is_ticket_excluded and messages.author_role = 'customer' and messages.visibility = 'public'
        and {condition}
"""

BOT_TURNS = f"""
    with ends as (
        select turns.obligation_key,
            min(case when cycles.ended_at >= turns.started_at then cycles.ended_at end) as next_end_at,
            max(case when cycles.ended_at < turns.started_at then cycles.ended_at end) as last_end_at
        from core.fct_response_obligations as turns
        join core.fct_resolution_cycles as cycles on turns.ticket_key = cycles.ticket_key
        where cycles.ended_at is not null group by turns.obligation_key
    )
    select turns.tenant_id, turns.obligation_key as row_key, turns.ticket_key,
        coalesce(ends.next_end_at, ends.last_end_at) as at, turns.state as what,
        case when turns.state = 'answered_by_bot' then 1 else 0 end as numerator, 1 as denominator,
        cast(null as bigint) as seconds, {_OBLIGATION}, turns.team_key, cast(null as varchar) as agent_key,
        cast(null as varchar) as owner_rule
    from core.fct_response_obligations as turns
    join ends on turns.obligation_key = ends.obligation_key
    where turns.is_bot_first and turns.state <> 'excluded' and {{condition}}
"""

BACKLOG = f"""
    select states.tenant_id, states.ticket_key as row_key, states.ticket_key,
        months.month_start_at as at, states.value as what, 1 as numerator, cast(null as bigint) as denominator,
        cast(null as bigint) as seconds, {_TICKET},
        {_home_team("holders.value", "months.snapshot_at", "teams.value")} as team_key,
        coalesce(holders.value, 'unowned') as agent_key, cast(null as varchar) as owner_rule
    from intermediate.int_ticket_states as states
    join core.dim_tickets as tickets on states.ticket_key = tickets.ticket_key
    join intermediate.int_kpi_months as months
        on states.tenant_id = months.tenant_id and states.from_at <= months.snapshot_at
        and tickets.created_at <= months.snapshot_at
        and (states.to_at > months.snapshot_at or states.to_at is null)
    left join intermediate.int_ticket_states as holders
        on states.ticket_key = holders.ticket_key and holders.attribute = 'assignee'
        and holders.from_at <= months.snapshot_at and (holders.to_at > months.snapshot_at or holders.to_at is null)
    left join intermediate.int_ticket_states as teams
        on states.ticket_key = teams.ticket_key and teams.attribute = 'team'
        and teams.from_at <= months.snapshot_at and (teams.to_at > months.snapshot_at or teams.to_at is null)
    where states.attribute = 'status' and states.value in ('new', 'open', 'pending', 'on_hold')
        and not tickets.is_excluded and not tickets.is_merged and {{condition}}
"""

OVERDUE = f"""
    with held as (
        select turns.*, months.month_start_at, months.snapshot_at, (
            select max_by(
                {{{{'class': segments.holder_class, 'agent': coalesce(segments.agent_key, 'unowned'),
                    'team': segments.team_key}}}}, segments.segment_no)
            from core.fct_obligation_segments as segments
            where segments.obligation_key = turns.obligation_key and segments.from_at <= months.snapshot_at
        ) as holder
        from core.fct_response_obligations as turns
        join intermediate.int_kpi_months as months
            on turns.tenant_id = months.tenant_id and turns.{{layer}}_verdict_at <= months.snapshot_at
            and (turns.satisfied_at > months.snapshot_at or turns.satisfied_at is null)
        where turns.{{layer}}_verdict = 'breached' and turns.state in ('open', 'closed_unanswered', 'answered')
    )
    select turns.tenant_id, turns.obligation_key as row_key, turns.ticket_key, turns.month_start_at as at,
        turns.kind || ' turn ' || turns.turn_no || ' due ' || cast(turns.{{layer}}_due_at as varchar) as what,
        1 as numerator, cast(null as bigint) as denominator, cast(null as bigint) as seconds, {_OBLIGATION},
        case when turns.holder.class = 'agent'
            then {_home_team("turns.holder.agent", "turns.snapshot_at", "coalesce(turns.holder.team, turns.team_key)")}
            else coalesce(turns.holder.team, turns.team_key) end as team_key,
        case when turns.holder.class = 'agent' then turns.holder.agent else 'unowned' end as agent_key,
        turns.{{layer}}_owner_rule as owner_rule
    from held as turns
    where coalesce(turns.holder.class, 'queue') <> 'closed' and {{condition}}
"""


@dataclass(frozen=True)
class Family:
    """How one KPI uses a family; ``clock`` variants replace ``{clock}`` by ``cal`` or ``bus`` in the texts."""

    query: str
    condition: str = "true"
    numerator: str = "1"
    seconds: str = "cast(null as bigint)"
    agent: str = "coalesce(turns.responder_agent_key, 'unowned')"
    instant: str = "to_at"
    counted: str = "met"
    as_ratio: str | None = None
    """Condition of the base when the KPI is also shown as a ratio."""


_UNDISTURBED = (
    "case when not coalesce(incidents.is_visible_inside, false) "
    "then coalesce(turns.responder_agent_key, 'unowned') end"
)
_SEVEN_DAYS_OLD = "cycles.ended_at + interval 7 day <= {as_of}"

FAMILIES: dict[str, Family] = {
    "frt": Family(REPLIES, "turns.kind = 'first'", "turns.elapsed_{clock}_s"),
    "nrt": Family(REPLIES, "turns.kind = 'next'", "turns.elapsed_{clock}_s"),
    "reaction_time": Family(REPLIES, "true", "turns.reaction_{clock}_s", agent=_UNDISTURBED),
    "frt_any": Family(ANY_ANSWERS),
    "first_resolution_time": Family(
        CYCLES,
        "cycles.cycle_no = 1 and cycles.first_contact_to_end_{clock}_s is not null",
        "cycles.first_contact_to_end_{clock}_s",
        "cycles.first_contact_to_end_{clock}_s",
    ),
    "full_resolution_time": Family(
        CYCLES,
        "cycles.is_last and cycles.is_mature and cycles.first_contact_to_end_{clock}_s is not null",
        "cycles.first_contact_to_end_{clock}_s",
        "cycles.first_contact_to_end_{clock}_s",
    ),
    "tat": Family(
        SPANS,
        "spans.tat_{clock}_s is not null",
        "spans.tat_{clock}_s",
        "spans.tat_{clock}_s",
        instant="tat_replied_at",
    ),
    "sla_compliance_first_reply": Family(VERDICTS, "turns.kind = 'first'"),
    "sla_compliance_next_reply": Family(VERDICTS, "turns.kind = 'next'"),
    "sla_compliance": Family(VERDICTS),
    "sla_breach_count": Family(VERDICTS, "turns.{layer}_verdict = 'breached'", counted="breached"),
    "sla_compliance_resolution": Family(RESOLUTION_VERDICTS),
    "sdr_24h": Family(WITHIN_24H),
    "unanswered_overdue": Family(OVERDUE),
    "reopen_rate": Family(
        CYCLES, _SEVEN_DAYS_OLD, "case when cycles.is_reopen_within_7d then 1 else 0 end"
    ),
    "resolution_volume": Family(CYCLES),
    "tag_coverage": Family(
        CYCLES,
        "cycles.is_last and tickets.origin = 'inbound'",
        "case when tags.kind = 'reason' then 1 else 0 end",
    ),
    "transfer_rate": Family(TRANSFERS),
    "unanswered_holds": Family(
        SPANS,
        "spans.is_unanswered_hold",
        "case when spans.is_unanswered_hold then 1 else 0 end",
        as_ratio="(spans.is_hold or spans.is_unanswered_hold)",
    ),
    "csat": Family(
        SURVEYS,
        "answers.sentiment is not null",
        "case when answers.sentiment = 'satisfied' then 1 else 0 end",
    ),
    "dsat": Family(
        SURVEYS,
        "answers.sentiment is not null",
        "case when answers.sentiment = 'dissatisfied' then 1 else 0 end",
    ),
    "contact_volume": Family(CONTACTS, "turns.kind in ('first', 'next')"),
    "ticket_volume": Family(TICKETS),
    "backlog": Family(BACKLOG),
    "replies_sent": Family(MESSAGES, "messages.is_human_public_reply"),
    "macro_usage_rate": Family(
        MESSAGES,
        "messages.is_human_public_reply",
        "case when messages.macro_key is not null then 1 else 0 end",
    ),
    "closed_with_reply": Family(CLOSINGS, "closings.is_with_reply"),
    "closed_without_reply": Family(CLOSINGS, "closings.is_without_reply"),
    "closed_without_reply_rate": Family(
        CLOSINGS, "closings.is_human", "case when closings.is_without_reply then 1 else 0 end"
    ),
    "comments_deleted": Family(REMOVALS),
    "bot_containment_rate": Family(BOT_TURNS),
}


def rows_query(kpi_id: str, stat: str, layer: str, clock: str, as_of: str) -> str | None:
    """The query of a KPI's rows over all months, or None when the KPI does not come from single rows.

    Args:
        kpi_id: of the registry.
        stat: a KPI that is a count and a ratio counts other rows for each.
        layer: marketplace, internal or none.
        clock: calendar, business or none.
        as_of: SQL literal of the instant the marts were judged at.
    """
    family = FAMILIES.get(kpi_id)
    if family is None:
        return None
    words = {
        "layer": layer,
        "clock": "bus" if clock == "business" else "cal",
        "as_of": as_of,
        "instant": family.instant,
        "counted": family.counted,
    }
    parts = {
        name: getattr(family, name).format(**words)
        for name in ("condition", "numerator", "seconds", "agent")
    }
    if stat == "ratio" and family.as_ratio is not None:
        parts["condition"] = family.as_ratio
    return family.query.format(**words, **parts)
