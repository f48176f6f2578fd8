{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- The judged obligations of a card: one row per period, layer and obligation of a person, with its stratum (catalogue §11.2). One whose
-- time is uncertain, or in a channel that names nobody, is shown as left out (`counts` = 0).
with judged as (
    select
        layers.tenant_id,
        layers.layer,
        layers.obligation_key,
        layers.counted_agent_key as agent_key,
        layers.counted_at,
        layers.is_time_uncertain,
        obligations.ticket_key,
        obligations.channel_key,
        strata.channel_class,
        strata.platform,
        strata.reason_group,
        strata.priority,
        strata.arrival,
        case when layers.verdict = 'met' then 1 else 0 end as met
    from {{ ref('int_obligation_layers') }} as layers
    inner join {{ ref('fct_response_obligations') }} as obligations
        on layers.obligation_key = obligations.obligation_key
    inner join {{ ref('int_turn_strata') }} as strata
        on layers.obligation_key = strata.obligation_key
    where layers.verdict in ('met', 'breached') and layers.counted_agent_key <> 'unowned'
),

final as (
    select
        periods.period_type,
        periods.period_start,
        judged.*,
        case when coalesce(channels.is_rated, true) and not judged.is_time_uncertain then 1 else 0 end as counts
    from judged
    inner join {{ ref('int_scorecard_periods') }} as periods
        on
        judged.tenant_id = periods.tenant_id
        and judged.counted_at >= periods.start_at
        and judged.counted_at < periods.end_at
    left join {{ ref('int_scorecard_channels') }} as channels
        on
        judged.tenant_id = channels.tenant_id
        and periods.period_type = channels.period_type
        and periods.period_start = channels.period_start
        and judged.channel_key = channels.channel_key
)

select * from final
