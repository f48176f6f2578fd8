-- Catalogue §11.7: beyond the limit no published mart tells a person apart, and within it nothing is aggregated.
with

named as (

    {%- for mart, day, key in [
        ('agent_sla_daily', 'date_day', 'agent_key'),
        ('operator_activity_daily', 'date_day', 'agent_key'),
        ('speed_volume', 'period_start', 'agent_key'),
        ('agent_scorecards', 'period_end', 'agent_key'),
        ('coaching_flags', 'week', 'agent_key'),
        ('coaching_evidence', 'cast(happened_at as date)', 'agent_key'),
        ('alerts', 'cast(coalesce(resolved_at, as_of_at) as date)', 'agent_key'),
        ('kpi_monthly', 'month', "case when scope_type = 'agent' then scope_id end"),
    ] %}
    select
        '{{ mart }}' as mart,
        tenant_id,
        {{ day }} as date_day,
        {{ key }} as agent_key
    from {{ ref(mart) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    named.mart,
    named.tenant_id,
    named.date_day,
    named.agent_key
from named
inner join {{ ref('canonical__tenants') }} as tenants on named.tenant_id = tenants.tenant_id
where
    named.agent_key is not null
    and case
        when named.agent_key = 'aggregated' then named.date_day >= {{ agent_rows_from() }}
        when named.agent_key = 'unowned' and named.mart <> 'kpi_monthly' then false
        -- an instant in UTC may lie a day before its local day
        when named.mart in ('alerts', 'coaching_evidence') then named.date_day < {{ add_days(agent_rows_from(), -1) }}
        else named.date_day < {{ agent_rows_from() }}
    end
