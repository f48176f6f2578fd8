with rules as (
    {% for rule in alert_rules() %}
    select
        '{{ rule.rule_id }}' as rule_id,
        '{{ rule.severity }}' as severity,
        '{{ rule.kpi_id }}' as kpi_id,
        '{{ rule.recipients }}' as recipients
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

raised as (
    select
        tenant_id,
        rule_id,
        scope_type,
        scope_id,
        agent_key,
        severity as own_severity,
        cast(opened_at as varchar) as episode,
        opened_at,
        resolved_at,
        value,
        n,
        ci_low,
        ci_high,
        threshold
    from {{ ref('int_alert_episodes') }}

    union all

    select
        tenant_id,
        rule_id,
        scope_type,
        scope_id,
        agent_key,
        severity as own_severity,
        cast(opened_at as varchar) as episode,
        opened_at,
        resolved_at,
        value,
        n,
        null as ci_low,
        null as ci_high,
        threshold
    from {{ ref('int_alert_turns') }}

    union all

    select
        tenant_id,
        'sensitive_burst' as rule_id,
        'agent' as scope_type,
        agent_key as scope_id,
        agent_key,
        null as own_severity,
        'until reviewed' as episode,
        opened_at,
        null as resolved_at,
        n as value,
        n,
        null as ci_low,
        null as ci_high,
        0 as threshold
    from {{ ref('int_alert_bursts') }}
),

keyed as (
    select
        raised.*,
        -- who it was about is forgotten with the other rows of persons, counted from its end; what is open is work of today
        raised.resolved_at is null
        or cast({{ utc_to_local('raised.resolved_at', 'tenants.reporting_tz') }} as date) >= {{ agent_rows_from() }} as is_person_kept,
        rules.severity,
        rules.kpi_id,
        rules.recipients,
        case
            when raised.episode = 'until reviewed'
                then {{ surrogate_key(['raised.tenant_id', 'raised.rule_id', 'raised.scope_type', 'raised.scope_id']) }}
            else {{ surrogate_key(['raised.tenant_id', 'raised.rule_id', 'raised.scope_type', 'raised.scope_id', 'raised.episode']) }}
        end as alert_id
    from raised
    inner join rules
        on raised.rule_id = rules.rule_id
    inner join {{ ref('dim_tenants') }} as tenants
        on raised.tenant_id = tenants.tenant_id
    left join {{ ref('dim_agents') }} as agents
        on raised.agent_key = agents.agent_key
    left join {{ ref('alert_rules') }} as possible
        on
        raised.tenant_id = possible.tenant_id
        and raised.rule_id = possible.rule_id
    where
        (raised.scope_type <> 'agent' or coalesce(agents.agent_views, 'named') <> 'off')
        -- a share or a chart of a part of what a rule needs is no finding; a single thing that was seen is one
        and (
            coalesce(possible.is_measurable, true)
            or raised.rule_id in ('obligation_at_risk', 'obligation_breached', 'oldest_overdue', 'case_deadline', 'sensitive_burst')
        )
),

-- A source of tickets that stopped makes every number about it look calm or alarming for the wrong reason from then on; what was
-- raised before was true then.
stale as (
    select
        tenant_id,
        {{ min_by('alert_id', 'cast(opened_at as varchar) || alert_id') }} as alert_id,
        min(opened_at) as opened_at
    from keyed
    where
        rule_id = 'data_stale'
        and resolved_at is null
        and split_part(scope_id, '|', 2) in ('tickets', 'ticket_events', 'messages')
    group by tenant_id
),

acknowledgements as (
    select * from {{ ref('int_alert_acknowledgements') }}
),

-- An alert about a person bore another id under a former key of the person.
known_as as (
    select
        alert_id,
        alert_id as recorded_id
    from keyed
    union
    select
        keyed.alert_id,
        {{ surrogate_key(['keyed.tenant_id', 'keyed.rule_id', 'keyed.scope_type', 'former.former_key', 'keyed.episode']) }} as recorded_id
    from keyed
    inner join {{ ref('core__former_person_keys') }} as former
        on
        keyed.scope_type = 'agent'
        and keyed.scope_id = former.agent_key
),

acknowledged as (
    select
        known_as.alert_id,
        {{ max_by('acknowledgements.acknowledged_by', 'acknowledgements.acknowledged_at') }} as acknowledged_by,
        max(acknowledgements.acknowledged_at) as acknowledged_at
    from known_as
    inner join acknowledgements
        on known_as.recorded_id = acknowledgements.alert_id
    group by known_as.alert_id
),

final as (
    select
        keyed.alert_id,
        keyed.tenant_id,
        keyed.rule_id,
        coalesce(keyed.own_severity, keyed.severity) as severity,
        keyed.scope_type,
        keyed.scope_id,
        case when keyed.is_person_kept then keyed.agent_key end as agent_key,
        keyed.kpi_id,
        {%- for column in ['value', 'ci_low', 'ci_high', 'threshold'] %}
        cast(round(keyed.{{ column }}, 6) as decimal(24, 6)) as {{ column }},
        {%- endfor %}
        cast(keyed.n as bigint) as n,
        keyed.opened_at,
        acknowledged.acknowledged_by,
        acknowledged.acknowledged_at,
        keyed.resolved_at,
        keyed.resolved_at is null as is_open,
        {{ alert_evidence() }} as evidence_query,
        keyed.recipients,
        case when keyed.rule_id not in ('data_stale', 'mapping_gap', 'completeness') then stale.alert_id end as suppressed_by,
        keyed.rule_id not in ('data_stale', 'mapping_gap', 'completeness') and stale.alert_id is not null as is_suppressed,
        {{ as_of_at() }} as as_of_at
    from keyed
    left join acknowledged
        on keyed.alert_id = acknowledged.alert_id
    left join stale
        on keyed.tenant_id = stale.tenant_id
        and keyed.opened_at >= stale.opened_at
    where keyed.scope_type <> 'agent' or keyed.is_person_kept
)

select * from final
