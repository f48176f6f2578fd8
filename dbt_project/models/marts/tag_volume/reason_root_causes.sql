with maps as (
    select * from {{ ref('core__root_cause_map') }}
),

signals as (
    select * from {{ ref('int_root_cause_signals') }}
),

final as (
    select
        {{ surrogate_key(['maps.tenant_id', 'maps.map_id', "coalesce(fixes.fix_id, '')"]) }} as reason_root_cause_key,
        maps.tenant_id,
        maps.map_id,
        signals.reason_name,
        maps.marketplace_platform as platform,
        maps.root_cause,
        maps.operational_defect,
        maps.fix as planned_fix,
        maps.fix_owner,
        signals.contacts as contacts_30d,
        signals.orders as orders_30d,
        cast(100.0 * signals.contacts / nullif(signals.orders, 0) as decimal(18, 6)) as contacts_per_100_orders_30d,
        maps.risk_metric,
        signals.risk_kpi_id,
        signals.accounts as risk_accounts,
        signals.accounts_off_target as risk_accounts_off_target,
        case
            when maps.risk_metric is null then null
            when signals.accounts = 0
                then 'warning sign, not proof: no published ' || maps.risk_metric || ' to look at'
            when signals.accounts_off_target = 0
                then 'warning sign, not proof: the published ' || maps.risk_metric || ' is on target in every account'
            else
                'warning sign, not proof: the published ' || maps.risk_metric || ' is off target in '
                || cast(signals.accounts_off_target as varchar) || ' of ' || cast(signals.accounts as varchar)
                || ' accounts; only the measured effect of a fix shows a cause'
        end as risk_answer,
        fixes.fix_id,
        fixes.status as fix_status,
        fixes.live_on as fix_live_on,
        cast(fixes.expected_contact_rate_change as decimal(18, 6)) as expected_effect,
        {% for name in ['touched_before', 'touched_after', 'control_before', 'control_after'] -%}
        cast(effects.{{ name }}_rate as decimal(18, 6)) as {{ name }}_rate,
        {% endfor -%}
        cast(case when effects.is_complete then effects.effect end as decimal(18, 6)) as effect,
        cast(case when effects.is_complete then effects.effect_low end as decimal(18, 6)) as effect_low,
        cast(case when effects.is_complete then effects.effect_high end as decimal(18, 6)) as effect_high,
        effects.is_weak as is_effect_weak,
        case
            when effects.is_complete then effects.verdict
            when fixes.live_on is not null then 'running: 8 weeks after going live are not over'
        end as effect_verdict
    from maps
    inner join signals
        on maps.tenant_id = signals.tenant_id
        and maps.map_id = signals.map_id
    left join {{ ref('core__fixes') }} as fixes
        on maps.tenant_id = fixes.tenant_id
        and maps.map_id = fixes.map_id
    left join {{ ref('int_fix_effects') }} as effects
        on fixes.tenant_id = effects.tenant_id
        and fixes.fix_id = effects.fix_id
)

select * from final
