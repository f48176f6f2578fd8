-- Tickets and their share per reason, of the month and of the rolling windows that end with it. Reason rows are of the whole
-- company, with `untagged` as a row of its own, so that they add up to the company row; there and in narrower scopes the share is
-- that of all tickets with a reason.

with

ranks as (

    select
        *,
        case when window_days = 0 then 'month' else cast(window_days as varchar) || 'd' end as variant
    from {{ ref('int_reason_ranks') }}

),

volumes as (

    select
        tenant_id,
        month,
        variant,
        scope_type,
        scope_id,
        max(scope_tickets) as tickets,
        max(scope_tagged_tickets) as tagged_tickets,
        max(scope_tickets) as all_tickets
    from ranks
    group by tenant_id, month, variant, scope_type, scope_id

    union all

    select
        tenant_id,
        month,
        variant,
        'reason' as scope_type,
        coalesce(reason_name, 'untagged') as scope_id,
        tickets,
        tickets as tagged_tickets,
        scope_tickets as all_tickets
    from ranks
    where scope_type = 'company'

),

counts as (

    select
        tenant_id,
        month,
        variant,
        scope_type,
        scope_id,
        tickets
    from volumes
    {%- for companion in ['any_tag', 'with_descendants'] %}
    union all
    select
        tenant_id,
        month,
        '{{ companion }}' as variant,
        'reason' as scope_type,
        coalesce(reason_name, 'untagged') as scope_id,
        tickets_{{ companion }} as tickets
    from ranks
    where scope_type = 'company' and window_days = 0
    {%- endfor %}

),

final as (

    select
        tenant_id,
        month,
        'tag_volume' as kpi_id,
        'count' as stat,
        'none' as clock,
        'none' as layer,
        variant,
        scope_type,
        scope_id,
        {{ as_double('tickets') }} as value,
        cast(null as varchar) as value_text,
        tickets as numerator,
        cast(null as bigint) as denominator,
        tickets as n,
        null as ci_low,
        null as ci_high
    from counts
    where tickets > 0
    union all
    select
        tenant_id,
        month,
        'tag_share' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        'none' as layer,
        variant,
        scope_type,
        scope_id,
        {{ as_double('tagged_tickets') }} / nullif({{ as_double('all_tickets') }}, 0) as value,
        null as value_text,
        tagged_tickets as numerator,
        all_tickets as denominator,
        all_tickets as n,
        {{ wilson_bound('tagged_tickets', 'all_tickets', 'low') }} as ci_low,
        {{ wilson_bound('tagged_tickets', 'all_tickets', 'high') }} as ci_high
    from volumes
    where all_tickets > 0 and tickets > 0

)

select * from final
