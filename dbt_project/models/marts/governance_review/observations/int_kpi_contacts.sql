{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Customer turns and live contacts: how many arrived, how many have a target, how many first turns were answered.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

turns as (

    select
        obligations.tenant_id,
        obligations.kind,
        obligations.state,
        {{ kpi_local_month('obligations.started_at') }} as started_month,
        {{ kpi_local_month('obligations.satisfied_at') }} as answered_month,
        obligations.marketplace_target_version_id is not null as has_marketplace_target,
        obligations.internal_target_version_id is not null as has_internal_target,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.team_key as start_team_key,
        obligations.responder_team_key,
        coalesce(obligations.responder_agent_key, 'unowned') as responder_agent_key
    from obligations
    inner join tenants on obligations.tenant_id = tenants.tenant_id
    where obligations.state <> 'excluded'

),

measured as (

    {% set nobody = 'cast(null as varchar)' %}
    {% for kpi_id, stat, layer, month, team_key, agent_key, numerator, denominator, condition in [
        ('contact_volume', 'count', 'none', 'started_month', 'start_team_key', nobody, '1', 'null', "kind in ('first', 'next')"),
        ('first_replies_sent', 'count', 'none', 'answered_month', 'responder_team_key', 'responder_agent_key', '1', 'null', "kind = 'first' and state = 'answered'"),
        ('policy_coverage', 'ratio', 'marketplace', 'started_month', 'start_team_key', nobody, 'case when has_marketplace_target then 1 else 0 end', '1', 'true'),
        ('policy_coverage', 'ratio', 'internal', 'started_month', 'start_team_key', nobody, 'case when has_internal_target then 1 else 0 end', '1', 'true'),
    ] %}
    select
        tenant_id,
        {{ month }} as month,
        '{{ kpi_id }}' as kpi_id,
        '{{ stat }}' as stat,
        '{{ layer }}' as layer,
        'none' as variant,
        platform,
        marketplace_account_key,
        channel_key,
        {{ team_key }} as team_key,
        {{ agent_key }} as agent_key,
        cast({{ numerator }} as bigint) as numerator,
        cast({{ denominator }} as bigint) as denominator
    from turns
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from measured
