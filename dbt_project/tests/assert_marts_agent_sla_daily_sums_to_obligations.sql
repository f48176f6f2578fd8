-- R6, R7: per layer every obligation is counted once as met, breached, waived, excluded, without target or, at this
-- moment, pending; every answered one is one reply. Rows returned are layers and facts that do not add up.
{%- set verdicts = ['met', 'breached', 'waived', 'excluded', 'no_target'] %}
with counted as (
    select
        tenant_id,
        layer,
        {%- for verdict in verdicts %}
        sum(n_{{ verdict }}) as n_{{ verdict }},
        {%- endfor %}
        sum(n_replies) as n_replies,
        sum(overrun_sum_s) as overrun_sum_s,
        sum(reply_sum_cal_s) as reply_sum_cal_s,
        sum(n_owner_responder + n_owner_holder + n_owner_fair_window)
        + sum(n_owner_queue + n_owner_sync_lag + n_owner_closer + n_owner_incident) as n_owned,
        sum(held_queue_cal_s + held_sync_lag_cal_s + held_agent_cal_s + held_bot_cal_s + held_closed_cal_s) as held_s
    from {{ ref('agent_sla_daily') }}
    group by
        tenant_id,
        layer
),

expected as (
    {%- for layer in ['marketplace', 'internal'] %}
    select
        tenant_id,
        '{{ layer }}' as layer,
        {%- for verdict in verdicts %}
        count(case when {{ layer }}_verdict = '{{ verdict }}' then 1 end) as n_{{ verdict }},
        {%- endfor %}
        count(case when state = 'answered' then 1 end) as n_replies,
        coalesce(sum(case when {{ layer }}_verdict = 'breached' then {{ layer }}_overrun_s end), 0) as overrun_sum_s,
        sum(case when state = 'answered' and not is_proxy then elapsed_cal_s end) as reply_sum_cal_s
    from {{ ref('fct_response_obligations') }}
    where
        kind = 'case'
        or ticket_key not in (
            select ticket_key from {{ ref('int_kpi_unseen_tickets') }}
            where kpi_id = 'contact_volume'
        )
    group by tenant_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

held as (
    {%- for layer in ['marketplace', 'internal'] %}
    select
        obligations.tenant_id,
        '{{ layer }}' as layer,
        sum(segments.cal_s) as held_s
    from {{ ref('fct_response_obligations') }} as obligations
    inner join {{ ref('fct_obligation_segments') }} as segments
        on obligations.obligation_key = segments.obligation_key
    where
        obligations.{{ layer }}_verdict in ('met', 'breached')
        and (
            obligations.kind = 'case'
            or obligations.ticket_key not in (
                select ticket_key from {{ ref('int_kpi_unseen_tickets') }}
                where kpi_id = 'contact_volume'
            )
        )
    group by obligations.tenant_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

compared as (
    select
        expected.tenant_id,
        expected.layer,
        {%- for verdict in verdicts %}
        expected.n_{{ verdict }} - coalesce(counted.n_{{ verdict }}, 0) as missing_{{ verdict }},
        {%- endfor %}
        expected.n_replies - coalesce(counted.n_replies, 0) as missing_replies,
        expected.overrun_sum_s - coalesce(counted.overrun_sum_s, 0) as missing_overrun_s,
        coalesce(expected.reply_sum_cal_s, 0) - coalesce(counted.reply_sum_cal_s, 0) as missing_reply_s,
        expected.n_met + expected.n_breached - coalesce(counted.n_owned, 0) as missing_owners,
        coalesce(held.held_s, 0) - coalesce(counted.held_s, 0) as missing_held_s
    from expected
    left join counted
        on expected.tenant_id = counted.tenant_id
        and expected.layer = counted.layer
    left join held
        on expected.tenant_id = held.tenant_id
        and expected.layer = held.layer
)

-- a seller whose messages nobody delivers has no numbers of turns to add up
select * from compared
where
    tenant_id not in (
        select tenant_id from {{ ref('int_kpi_gaps') }}
        where kpi_id = 'contact_volume' and clock = '*'
    )
    and (
        {%- for verdict in verdicts %}
        missing_{{ verdict }} <> 0 or
        {%- endfor %}
        missing_replies <> 0
        or missing_overrun_s <> 0
        or missing_reply_s <> 0
        or missing_owners <> 0
        or missing_held_s <> 0
    )
