{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Top five reasons and the reasons needed for 80 percent, per scope and rolling window, ranked inside the scope. Untagged
-- tickets and `other` are never ranked; `other` still counts as tagged. Sources that name a reason alike have it in common.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

reason_tickets as (

    select * from {{ ref('int_kpi_reason_tickets') }}

),

windows as (

    {% for days in [30, 60, 90] %}
    select
        tenant_id,
        month,
        snapshot_day,
        '{{ days }}d' as variant,
        cast({{ dbt.dateadd('day', -days, 'snapshot_day') }} as date) as day_before
    from months
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    select
        reason_tickets.tenant_id,
        windows.month,
        windows.variant,
        reason_tickets.scope_type,
        reason_tickets.scope_id,
        lower(reason_tickets.tag_name) as reason_name,
        reason_tickets.tag_key is not null as is_tagged,
        reason_tickets.tag_key is not null and lower(reason_tickets.tag_name) <> 'other' as is_ranked,
        min(reason_tickets.tag_valid_from) as oldest_at,
        sum(reason_tickets.tickets) as tickets
    from reason_tickets
    inner join windows
        on
        reason_tickets.tenant_id = windows.tenant_id
        and reason_tickets.created_day > windows.day_before
        and reason_tickets.created_day <= windows.snapshot_day
    group by
        reason_tickets.tenant_id,
        windows.month,
        windows.variant,
        reason_tickets.scope_type,
        reason_tickets.scope_id,
        lower(reason_tickets.tag_name),
        reason_tickets.tag_key is not null

),

ranked as (

    select
        *,
        row_number() over (
            partition by tenant_id, month, variant, scope_type, scope_id, is_ranked
            order by tickets desc, oldest_at asc nulls last, reason_name asc nulls last
        ) as place,
        sum(tickets) over (
            partition by tenant_id, month, variant, scope_type, scope_id, is_ranked
            order by tickets desc, oldest_at asc nulls last, reason_name asc nulls last
            rows between unbounded preceding and current row
        ) as running_tickets,
        sum(case when is_tagged then tickets else 0 end) over (
            partition by tenant_id, month, variant, scope_type, scope_id
        ) as tagged_tickets
    from counted

),

summed as (

    select
        tenant_id,
        month,
        variant,
        scope_type,
        scope_id,
        cast(sum(tickets) as bigint) as all_tickets,
        cast(max(tagged_tickets) as bigint) as tagged_tickets,
        cast(sum(case when is_ranked and place <= 5 then tickets else 0 end) as bigint) as top5_tickets,
        min(case when is_ranked and running_tickets * 100 >= tagged_tickets * 80 then place end) as vital_few
    from ranked
    group by tenant_id, month, variant, scope_type, scope_id

),

final as (

    select
        tenant_id,
        month,
        'top5_share' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        'none' as layer,
        variant,
        scope_type,
        scope_id,
        {{ as_double('top5_tickets') }} / nullif({{ as_double('all_tickets') }}, 0) as value,
        cast(null as varchar) as value_text,
        top5_tickets as numerator,
        all_tickets as denominator,
        all_tickets as n,
        {{ wilson_bound('top5_tickets', 'all_tickets', 'low') }} as ci_low,
        {{ wilson_bound('top5_tickets', 'all_tickets', 'high') }} as ci_high
    from summed
    union all
    select
        tenant_id,
        month,
        'pareto_vital_few' as kpi_id,
        'count' as stat,
        'none' as clock,
        'none' as layer,
        variant,
        scope_type,
        scope_id,
        {{ as_double('vital_few') }} as value,
        cast(null as varchar) as value_text,
        vital_few as numerator,
        cast(null as bigint) as denominator,
        vital_few as n,
        null as ci_low,
        null as ci_high
    from summed
    where tagged_tickets > 0

)

select * from final
