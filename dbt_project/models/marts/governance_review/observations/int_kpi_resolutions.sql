{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Ends of resolution cycles, their genuine reopenings and the reason tag at the last of them, in the month of the end.

with

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tags as (

    select * from {{ ref('dim_tags') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

ended as (

    select
        cycles.tenant_id,
        {{ kpi_local_month('cycles.ended_at') }} as month,
        cycles.is_last,
        tickets.origin = 'inbound' as is_inbound,
        coalesce(tags.kind = 'reason', false) as is_tagged,
        -- a resolution younger than the reopening window would look better than it may turn out
        {{ add_seconds('cycles.ended_at', 604800) }} <= {{ as_of_at() }} as is_seven_days_old,
        coalesce(cycles.is_reopen_within_7d, false) as is_reopened,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        cycles.resolver_team_key as team_key,
        coalesce(cycles.resolver_agent_key, 'unowned') as agent_key
    from cycles
    inner join tickets on cycles.ticket_key = tickets.ticket_key
    inner join tenants on cycles.tenant_id = tenants.tenant_id
    left join tags on tickets.resolution_reason_tag_key = tags.tag_key
    where
        not tickets.is_excluded
        and cycles.ended_at is not null

),

measured as (

    {% for kpi_id, stat, numerator, denominator, condition in [
        ('resolution_volume', 'count', '1', 'null', 'true'),
        ('reopen_rate', 'ratio', 'case when is_reopened then 1 else 0 end', '1', 'is_seven_days_old'),
        ('tag_coverage', 'ratio', 'case when is_tagged then 1 else 0 end', '1', 'is_last and is_inbound'),
    ] %}
    select
        tenant_id,
        month,
        '{{ kpi_id }}' as kpi_id,
        '{{ stat }}' as stat,
        'none' as layer,
        'none' as variant,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        agent_key,
        cast({{ numerator }} as bigint) as numerator,
        cast({{ denominator }} as bigint) as denominator
    from ended
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from measured
