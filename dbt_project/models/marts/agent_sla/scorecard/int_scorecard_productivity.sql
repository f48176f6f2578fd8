{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- Resolutions weighted by the handle time such tickets take, over the hours a person was staffed; 1 = as all persons together
-- (catalogue §11.6). Without handle sessions or working time there is no row. As in `productivity` only resolutions with a reply of
-- the resolver count, so that closing without a reply earns nothing; sessions are those of the whole merge group.
with handled as (
    select
        ticket_key,
        sum(handle_s) as handle_s
    from {{ ref('int_handle_sessions') }}
    group by ticket_key
),

own_replies as (
    select
        cycles.cycle_key,
        count(*) as replies
    from {{ ref('fct_resolution_cycles') }} as cycles
    inner join {{ ref('fct_messages') }} as messages
        on
        cycles.ticket_key = messages.ticket_key
        and cycles.resolver_agent_key = messages.author_agent_key
        and messages.sent_at >= cycles.started_at
        and messages.sent_at <= cycles.ended_at
    where messages.is_human_public_reply
    group by cycles.cycle_key
),

resolved as (
    select
        cycles.tenant_id,
        periods.period_type,
        periods.period_start,
        cycles.resolver_agent_key as agent_key,
        tickets.channel_class,
        tickets.platform,
        coalesce(tickets.resolution_reason_tag_key, 'untagged') as reason,
        own_replies.replies is not null as has_own_reply,
        -- a ticket's handle time belongs to its last resolution
        case when cycles.is_last then handled.handle_s end as handle_s
    from {{ ref('fct_resolution_cycles') }} as cycles
    inner join {{ ref('dim_tickets') }} as tickets
        on cycles.ticket_key = tickets.ticket_key
    inner join {{ ref('int_scorecard_periods') }} as periods
        on
        cycles.tenant_id = periods.tenant_id
        and cycles.ended_at >= periods.start_at
        and cycles.ended_at < periods.end_at
        and periods.period_type <> 'quarter'
    left join own_replies
        on cycles.cycle_key = own_replies.cycle_key
    left join handled
        on cycles.ticket_key = handled.ticket_key
    where not tickets.is_excluded and cycles.resolver_agent_key is not null
),

weighted as (
    select
        tenant_id,
        period_type,
        period_start,
        agent_key,
        has_own_reply,
        avg(handle_s) over (partition by tenant_id, period_type, period_start, channel_class, platform, reason) as usual_s
    from resolved
),

earned as (
    select
        tenant_id,
        period_type,
        period_start,
        agent_key,
        count(*) as resolutions,
        sum(cast(round(usual_s, 6) as decimal(28, 6))) as earned_s
    from weighted
    where has_own_reply
    group by tenant_id, period_type, period_start, agent_key
),

staffed as (
    select
        hours.tenant_id,
        periods.period_type,
        periods.period_start,
        hours.agent_key,
        sum(hours.staffed_s) as staffed_s
    from {{ ref('int_staffed_hours') }} as hours
    inner join {{ ref('int_scorecard_periods') }} as periods
        on
        hours.tenant_id = periods.tenant_id
        and hours.date_day between periods.period_start and periods.last_day
        and periods.period_type <> 'quarter'
    group by hours.tenant_id, periods.period_type, periods.period_start, hours.agent_key
)

select
    earned.tenant_id,
    earned.period_type,
    earned.period_start,
    earned.agent_key,
    earned.resolutions,
    {{ as_double('earned.earned_s') }} / staffed.staffed_s
    / nullif(
        {{ as_double('sum(earned.earned_s) over (partition by earned.tenant_id, earned.period_type, earned.period_start)') }}
        / sum(staffed.staffed_s) over (partition by earned.tenant_id, earned.period_type, earned.period_start),
        0
    ) as productivity
from earned
inner join staffed
    on
    earned.tenant_id = staffed.tenant_id
    and earned.period_type = staffed.period_type
    and earned.period_start = staffed.period_start
    and earned.agent_key = staffed.agent_key
where staffed.staffed_s > 0 and earned.earned_s > 0
