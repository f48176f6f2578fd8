-- Published numbers per account as the platform states them (its own total, else its parts - categories, regions - added up when all of them
-- carry counts), and for a platform or the company only where every account
-- publishes both parts of the ratio: rates of accounts are never averaged.

with

marked as (

    select
        *,
        max(case when dimension_key is null then 1 else 0 end) over (
            partition by tenant_id, month, kpi_id, variant, marketplace_account_id
        ) as has_total
    from {{ ref('int_kpi_published_latest') }}

),

added as (

    select
        tenant_id,
        month,
        kpi_id,
        variant,
        marketplace_account_id,
        count(*) as parts,
        max(rate) as highest_rate,
        case when count(numerator) = count(*) then sum(numerator) end as numerator,
        case when count(denominator) = count(*) then sum(denominator) end as denominator,
        max(published_status) as published_status,
        max(target_value) as target_value,
        max(target_condition) as target_condition,
        max(captured_at) as captured_at,
        min(case when is_stale then 1 else 0 end) = 1 as is_stale
    from marked
    where has_total = 0 or dimension_key is null
    group by tenant_id, month, kpi_id, variant, marketplace_account_id

),

by_account as (

    select
        added.tenant_id,
        added.month,
        added.kpi_id,
        added.variant,
        added.marketplace_account_id,
        accounts.platform,
        case
            when added.variant = 'open_violations' then {{ as_double('added.numerator') }}
            when added.parts = 1 then {{ as_double('added.highest_rate') }}
            else {{ as_double('added.numerator') }} / nullif({{ as_double('added.denominator') }}, 0)
        end as value,
        added.numerator,
        added.denominator,
        added.published_status,
        added.target_value,
        added.target_condition,
        added.captured_at,
        added.is_stale
    from added
    left join {{ ref('dim_marketplace_accounts') }} as accounts
        on
        added.tenant_id = accounts.tenant_id
        and added.marketplace_account_id = accounts.marketplace_account_id

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
    from by_account
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
    from by_account

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
