{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Fallen verdicts by layer, in the month they fell and the name of their owner (attribution A2, A3 for resolutions).

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

verdicts as (

    select * from {{ ref('fct_sla_verdicts') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

judged as (

    {% for layer in ['marketplace', 'internal'] %}
    select
        tenant_id,
        kind as metric,
        '{{ layer }}' as layer,
        {{ layer }}_verdict as verdict,
        {{ layer }}_verdict_at as verdict_at,
        platform,
        marketplace_account_key,
        channel_key,
        {{ layer }}_sla_owner_team_key as team_key,
        {{ layer }}_sla_owner_agent_key as agent_key
    from obligations
    where {{ layer }}_verdict in ('met', 'breached')
    union all
    {% endfor %}
    select
        tenant_id,
        metric,
        layer,
        verdict,
        verdict_at,
        platform,
        marketplace_account_key,
        channel_key,
        sla_owner_team_key as team_key,
        sla_owner_agent_key as agent_key
    from verdicts
    where verdict in ('met', 'breached') and metric = 'resolution'

),

dated as (

    select
        judged.tenant_id,
        judged.metric,
        judged.layer,
        judged.verdict,
        judged.platform,
        judged.marketplace_account_key,
        judged.channel_key,
        judged.team_key,
        coalesce(judged.agent_key, 'unowned') as agent_key,
        {{ kpi_local_month('judged.verdict_at') }} as month
    from judged
    inner join tenants on judged.tenant_id = tenants.tenant_id

),

measured as (

    {% for kpi_id, stat, numerator, denominator, condition in [
        ('sla_compliance_first_reply', 'ratio', "case when verdict = 'met' then 1 else 0 end", '1', "metric = 'first'"),
        ('sla_compliance_next_reply', 'ratio', "case when verdict = 'met' then 1 else 0 end", '1', "metric = 'next'"),
        ('sla_compliance_resolution', 'ratio', "case when verdict = 'met' then 1 else 0 end", '1', "metric = 'resolution'"),
        ('sla_compliance', 'ratio', "case when verdict = 'met' then 1 else 0 end", '1', "metric <> 'resolution'"),
        ('sla_breach_count', 'count', '1', 'null', "metric <> 'resolution' and verdict = 'breached'"),
    ] %}
    select
        tenant_id,
        month,
        '{{ kpi_id }}' as kpi_id,
        '{{ stat }}' as stat,
        layer,
        'none' as variant,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        agent_key,
        cast(sum({{ numerator }}) as bigint) as numerator,
        cast(sum({{ denominator }}) as bigint) as denominator
    from dated
    where {{ condition }}
    group by tenant_id, month, layer, platform, marketplace_account_key, channel_key, team_key, agent_key
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from measured
