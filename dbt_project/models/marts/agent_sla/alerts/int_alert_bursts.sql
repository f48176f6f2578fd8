{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- More than twenty closings in ten minutes, or a waiting customer deleted: one alert per person, open until somebody says it was
-- reviewed (§13). What was reviewed is in the ledger.
with reviewed as (
    select
        alert_id,
        acknowledged_at as reviewed_at
    from {{ ref('int_alert_acknowledgements') }}
),

bursts as (
    select
        tenant_id,
        agent_key,
        occurred_at as happened_at
    from {{ ref('agent_actions') }}
    where is_unanswered_deletion
    union all
    select
        closings.tenant_id,
        closings.closer_agent_key as agent_key,
        closings.closed_at as happened_at
    from {{ ref('int_closings_in_bulk') }} as bulk
    inner join {{ ref('fct_closings') }} as closings
        on bulk.closing_key = closings.closing_key
    where bulk.is_bulk_start
),

keyed as (
    select
        bursts.*,
        {{ surrogate_key(['bursts.tenant_id', "'sensitive_burst'", "'agent'", 'bursts.agent_key']) }} as burst_id
    from bursts
    inner join {{ ref('dim_agents') }} as agents
        on bursts.agent_key = agents.agent_key
    where bursts.agent_key <> 'unowned' and agents.agent_views <> 'off'
)

select
    keyed.tenant_id,
    keyed.agent_key,
    min(keyed.happened_at) as opened_at,
    max(keyed.happened_at) as last_at,
    count(*) as n
from keyed
left join reviewed
    on keyed.burst_id = reviewed.alert_id
where reviewed.reviewed_at is null or keyed.happened_at > reviewed.reviewed_at
group by keyed.tenant_id, keyed.agent_key
