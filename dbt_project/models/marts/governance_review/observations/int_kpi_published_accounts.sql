-- One published row per account, metric, variant and month: the account's own total where the platform gives one, else
-- its parts (categories, regions) added up when all of them carry counts.

with

latest as (

    select * from {{ ref('int_kpi_published_latest') }}

),

accounts as (

    select * from {{ ref('dim_marketplace_accounts') }}

),

marked as (

    select
        *,
        max(case when dimension_key is null then 1 else 0 end) over (
            partition by tenant_id, month, kpi_id, variant, marketplace_account_id
        ) as has_total
    from latest

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

final as (

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
    left join accounts
        on
        added.tenant_id = accounts.tenant_id
        and added.marketplace_account_id = accounts.marketplace_account_id

)

select * from final
