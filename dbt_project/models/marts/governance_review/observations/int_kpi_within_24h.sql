{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Turns answered within 24 calendar hours, in the month of the reply, and turns that were not, in the month the day ran out.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

owners as (

    select * from {{ ref('int_kpi_owners_of_24h') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

judged as (

    select
        obligations.tenant_id,
        coalesce(owners.due_at, obligations.satisfied_at) as judged_at,
        owners.obligation_key is null as is_met,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        case when owners.obligation_key is null then obligations.responder_team_key else owners.team_key end as team_key,
        case
            when owners.obligation_key is null then coalesce(obligations.responder_agent_key, 'unowned')
            else owners.agent_key
        end as agent_key
    from obligations
    left join owners on obligations.obligation_key = owners.obligation_key
    where
        owners.obligation_key is not null
        or (
            obligations.kind in ('first', 'next')
            and obligations.state = 'answered'
            and obligations.elapsed_cal_s <= 86400
            and coalesce(obligations.exclusion_reason, 'none') <> 'missed_policy'
        )

),

dated as (

    select
        judged.*,
        {{ kpi_local_month('judged.judged_at') }} as month
    from judged
    inner join tenants on judged.tenant_id = tenants.tenant_id

),

measured as (

    {% for kpi_id, stat, numerator, denominator, condition in [
        ('sdr_24h', 'ratio', 'case when is_met then 1 else 0 end', '1', 'true'),
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
    from dated
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from measured
