-- Reasons of the top five of the last 30 days, at each month's end, for which a locked macro is in force whose policy was
-- checked no longer than 180 days before and which fills in at least one field by itself. The list holds the last check only: one
-- after the month's end says that the same version of the text passes.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

ranks as (

    select * from {{ ref('int_reason_ranks') }}
    where
        window_days = 30
        and is_top5

),

macros as (

    select
        macros.tenant_id,
        lower(tags.name) as reason_name,
        macros.policy_checked_on,
        macros.valid_from,
        macros.valid_to
    from {{ ref('core__macros') }} as macros
    inner join {{ ref('dim_tags') }} as named on macros.reason_tag_key = named.tag_key
    inner join {{ ref('dim_tags') }} as tags
        on
        coalesce(named.canonical_tag_key, named.tag_key) = tags.tag_key
        and tags.kind = 'reason'
    where
        macros.is_locked
        and coalesce(macros.dynamic_fields, '[]') not in ('[]', '{}', 'null', '')

),

good as (

    select distinct
        months.tenant_id,
        months.month,
        macros.reason_name
    from months
    inner join macros
        on
        months.tenant_id = macros.tenant_id
        and months.snapshot_at >= macros.valid_from
        and (months.snapshot_at < macros.valid_to or macros.valid_to is null)
        and cast({{ dbt.dateadd('day', -180, 'months.snapshot_day') }} as date) <= macros.policy_checked_on

),

final as (

    select
        ranks.tenant_id,
        ranks.month,
        ranks.scope_type,
        ranks.scope_id,
        ranks.reason_name,
        good.reason_name is not null as is_covered
    from ranks
    left join good
        on
        ranks.tenant_id = good.tenant_id
        and ranks.month = good.month
        and ranks.reason_name = good.reason_name

)

select * from final
