{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Closings with and without an answer to every customer turn, by closer, in the month of the closing.

with

closings as (

    select * from {{ ref('fct_closings') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

closed as (

    select
        closings.tenant_id,
        {{ kpi_local_month('closings.closed_at') }} as month,
        closings.is_with_reply,
        closings.is_without_reply,
        closings.is_human,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        closings.closer_team_key as team_key,
        coalesce(closings.closer_agent_key, 'unowned') as agent_key
    from closings
    inner join tickets on closings.ticket_key = tickets.ticket_key
    inner join tenants on closings.tenant_id = tenants.tenant_id
    where
        not tickets.is_excluded
        and not closings.is_merge_or_spam
        and (closings.is_with_reply or closings.is_without_reply)

),

measured as (

    {% for kpi_id, stat, numerator, denominator, condition in [
        ('closed_with_reply', 'count', '1', 'null', 'is_with_reply'),
        ('closed_without_reply', 'count', '1', 'null', 'is_without_reply'),
        ('closed_without_reply_rate', 'ratio', 'case when is_without_reply then 1 else 0 end', '1', 'is_human'),
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
    from closed
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from measured
