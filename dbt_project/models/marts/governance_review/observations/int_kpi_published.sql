-- Published numbers per account as the platform states them, and for a platform or the company only where every account
-- publishes both parts of the ratio: rates of accounts are never averaged.

with

accounts as (

    select * from {{ ref('int_kpi_published_accounts') }}

),

combined as (

    {% for scope_type, scope_id in [('platform', 'platform'), ('company', "'company'")] %}
    select
        tenant_id,
        month,
        kpi_id,
        variant,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        min(target_value) as lowest_target,
        max(target_value) as highest_target,
        max(target_condition) as target_condition,
        min(captured_at) as captured_at,
        max(case when is_stale then 1 else 0 end) = 1 as is_stale
    from accounts
    group by tenant_id, month, kpi_id, variant{{ ', platform' if scope_type == 'platform' }}
    having
        count(*) = count(numerator)
        and count(*) = count(denominator)
        and max({{ scope_id }}) is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        tenant_id,
        month,
        kpi_id,
        variant,
        'marketplace_account' as scope_type,
        marketplace_account_id as scope_id,
        value,
        case when value is null then published_status end as value_text,
        numerator,
        denominator,
        target_value,
        target_condition,
        captured_at,
        is_stale
    from accounts

    union all

    select
        tenant_id,
        month,
        kpi_id,
        variant,
        scope_type,
        scope_id,
        {{ as_double('numerator') }} / nullif({{ as_double('denominator') }}, 0) as value,
        cast(null as varchar) as value_text,
        numerator,
        denominator,
        -- accounts with different limits have no common one
        case when lowest_target = highest_target then lowest_target end as target_value,
        target_condition,
        captured_at,
        is_stale
    from combined

)

select * from final
