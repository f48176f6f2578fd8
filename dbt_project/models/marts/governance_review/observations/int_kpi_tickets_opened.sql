{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Tickets opened by or for customers, merge roots only, in the month of their creation.

with

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

opened as (

    select
        tickets.tenant_id,
        {{ kpi_local_month('tickets.created_at') }} as month,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        tickets.team_key,
        cast(null as varchar) as agent_key
    from tickets
    inner join tenants on tickets.tenant_id = tenants.tenant_id
    where tickets.is_counted

),

measured as (

    {% for kpi_id, stat, numerator, denominator, condition in [
        ('ticket_volume', 'count', '1', 'null', 'true'),
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
    from opened
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from measured
