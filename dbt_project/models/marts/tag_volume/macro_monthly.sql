with facts as (
    select * from {{ ref('int_macro_facts') }}
),

counted as (
    select
        tenant_id,
        month,
        macro_id,
        reason_name,
        platform,
        cast(count(uses) as bigint) as uses,
        cast(avg(edit_ratio) as decimal(18, 6)) as mean_edit_ratio,
        cast(count(is_judged) as bigint) as tickets_judged,
        cast(coalesce(sum(is_resolved), 0) as bigint) as tickets_resolved,
        cast(count(is_issue) as bigint) as issues,
        cast(coalesce(sum(is_fcr), 0) as bigint) as issues_first_contact,
        cast(count(handle_s) as bigint) as tickets_timed,
        cast(percentile_cont(0.5) within group (order by handle_s) as decimal(18, 1)) as handle_median_s
    from facts
    where macro_id is not null
    group by
        tenant_id,
        month,
        macro_id,
        reason_name,
        platform
),

plain as (
    select
        tenant_id,
        month,
        reason_name,
        platform,
        cast(count(is_issue) as bigint) as issues,
        cast(sum(is_fcr) as bigint) as issues_first_contact,
        cast(count(handle_s) as bigint) as tickets_timed,
        cast(percentile_cont(0.5) within group (order by handle_s) as decimal(18, 1)) as handle_median_s
    from facts
    where macro_id is null
    group by
        tenant_id,
        month,
        reason_name,
        platform
),

macros as (
    select
        tenant_id,
        macro_id,
        min(name) as macro_name
    from {{ ref('dim_macros') }}
    group by
        tenant_id,
        macro_id
),

final as (
    select
        {{ surrogate_key([
            'counted.tenant_id', 'cast(counted.month as varchar)', 'counted.macro_id', 'counted.reason_name',
            "coalesce(counted.platform, '')",
        ]) }} as macro_monthly_key,
        counted.tenant_id,
        counted.month,
        counted.macro_id,
        macros.macro_name,
        counted.reason_name,
        counted.platform,
        counted.uses,
        counted.mean_edit_ratio,
        counted.tickets_judged,
        counted.tickets_resolved,
        cast(1.0 * counted.tickets_resolved / nullif(counted.tickets_judged, 0) as decimal(18, 6)) as resolution_rate,
        counted.issues,
        counted.issues_first_contact,
        cast(1.0 * counted.issues_first_contact / nullif(counted.issues, 0) as decimal(18, 6)) as first_contact_resolution,
        coalesce(plain.issues, 0) as issues_without_macro,
        cast(1.0 * plain.issues_first_contact / nullif(plain.issues, 0) as decimal(18, 6))
            as first_contact_resolution_without_macro,
        counted.tickets_timed,
        counted.handle_median_s,
        coalesce(plain.tickets_timed, 0) as tickets_timed_without_macro,
        plain.handle_median_s as handle_median_without_macro_s,
        cast(counted.handle_median_s - plain.handle_median_s as decimal(18, 1)) as handle_delta_s
    from counted
    left join macros
        on counted.tenant_id = macros.tenant_id
        and counted.macro_id = macros.macro_id
    left join plain
        on counted.tenant_id = plain.tenant_id
        and counted.month = plain.month
        and counted.reason_name = plain.reason_name
        and coalesce(counted.platform, '') = coalesce(plain.platform, '')
)

select * from final
