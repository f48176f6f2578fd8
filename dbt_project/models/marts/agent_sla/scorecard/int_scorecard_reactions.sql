{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- The answers whose reaction a card compares: one row per period and obligation, with its stratum (catalogue §11.5). Turns of an outage
-- are nobody's; a quarter has no card of durations.
with final as (
    select
        obligations.tenant_id,
        periods.period_type,
        periods.period_start,
        obligations.obligation_key,
        obligations.ticket_key,
        obligations.responder_agent_key as agent_key,
        obligations.satisfied_at,
        strata.channel_class,
        strata.platform,
        strata.reason_group,
        strata.priority,
        strata.arrival,
        -- an answer within the second has no logarithm
        greatest(obligations.reaction_cal_s, 1) as reaction_s
    from {{ ref('fct_response_obligations') }} as obligations
    inner join {{ ref('int_turn_strata') }} as strata
        on obligations.obligation_key = strata.obligation_key
    left join {{ ref('int_kpi_incident_turns') }} as incidents
        on obligations.obligation_key = incidents.obligation_key and incidents.is_visible_inside
    inner join {{ ref('int_scorecard_periods') }} as periods
        on
        obligations.tenant_id = periods.tenant_id
        and obligations.satisfied_at >= periods.start_at
        and obligations.satisfied_at < periods.end_at
        and periods.period_type <> 'quarter'
    where
        obligations.state = 'answered'
        and obligations.kind in ('first', 'next')
        and not obligations.is_proxy
        and obligations.responder_agent_key is not null
        and obligations.reaction_cal_s is not null
        and incidents.obligation_key is null
)

select * from final
