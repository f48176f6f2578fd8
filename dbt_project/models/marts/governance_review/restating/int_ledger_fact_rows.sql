{{ config(materialized=step()) }}

-- The source rows behind the monthly numbers, each with the month it belongs to and a hash of its content: what the ledger
-- takes fingerprints of at a close, to tell later why a number moved. Read only at a close and when a number has moved.
-- Areas `…_mappings` say what belongs where; their state names the scopes, so that a corrected mapping explains those alone.

{%- set by_subject = [
    ('messages', 'core__messages', 'ticket_key', 'sent_at'),
    ('ticket_events', 'core__ticket_events', 'ticket_key', 'occurred_at'),
    ('satisfaction_responses', 'core__satisfaction_responses', 'response_key', 'responded_at'),
    ('survey_sends', 'core__survey_sends', 'source_system', 'occurred_at'),
    ('qa_reviews', 'core__qa_reviews', 'review_id', 'reviewed_at'),
    ('orders', 'core__orders', 'source_system', 'occurred_at'),
    ('order_defects', 'core__order_defects', 'source_system', 'occurred_at'),
    ('account_health_snapshots', 'core__account_health_snapshots', 'source_system', 'occurred_at'),
    ('agent_time', 'core__agent_time', 'source_system', 'occurred_at'),
    ('handle_sessions', 'core__handle_sessions', 'source_system', 'occurred_at'),
    ('contact_forecast', 'core__contact_forecast', 'source_system', 'occurred_at'),
    ('self_service_events', 'core__self_service_events', 'source_system', 'occurred_at'),
    ('costs', 'core__costs', 'cost_id', 'cast(month as timestamp)'),
] %}
{#- A rule counts from its first day; the day it ends is a fact of its own, so that ending one tomorrow rewrites nothing. -#}
{%- set rules = [
    ('core__sla_policies', "'policy|' || layer || '|' || policy_id || '|' || version",
        ['name', 'position', 'conditions'], 'valid_from', 'valid_to'),
    ('core__calendar_hours',
        "'hours|' || calendar_id || '|' || cast(weekday as varchar) || '|' || opens || '|' || cast(valid_from as varchar)",
        ['closes'], 'valid_from', 'valid_to'),
    ('core__calendar_exceptions', "'exception|' || calendar_id || '|' || cast(date as varchar) || '|' || coalesce(opens, '')",
        ['is_open', 'closes'], 'date', 'null'),
    ('core__channel_policy', "'channel|' || channel_id || '|' || cast(valid_from as varchar)",
        ['missed_policy', 'short_abandon_s', 'obligation_mode'], 'valid_from', 'valid_to'),
    ('core__incident_windows', "'incident|' || window_id",
        ['starts_at', 'ends_at', 'scope_type', 'scope_id', 'kind'], 'starts_at', 'null'),
] %}

with

tenants as (

    select * from {{ ref('dim_tenants') }}

),

facts as (

    {% for area, model, subject, instant in by_subject -%}
    select
        tenant_id,
        '{{ area }}' as area,
        cast({{ subject }} as varchar) as subject_key,
        cast({{ instant }} as timestamp) as happened_at,
        coalesce(row_hash, '') || case when is_deleted_in_source then '-' else '' end as row_hash,
        cast(null as varchar) as state
    from {{ ref(model) }}
    union all
    {% endfor -%}
    select
        tenant_id,
        'tickets' as area,
        ticket_key as subject_key,
        created_at as happened_at,
        '' as row_hash,
        case when is_merged then 'merged' when is_excluded then 'excluded' else 'live' end as state
    from {{ ref('dim_tickets') }}
    union all
    select
        tickets.tenant_id,
        'ticket_mappings' as area,
        tickets.ticket_key as subject_key,
        tickets.created_at as happened_at,
        '' as row_hash,
        '|' || coalesce(tickets.platform, '') || '|' || coalesce(accounts.marketplace_account_id, '') || '|'
        || coalesce(channels.channel_id, '') || '|' as state
    from {{ ref('dim_tickets') }} as tickets
    left join {{ ref('dim_channels') }} as channels on tickets.channel_key = channels.channel_key
    left join {{ ref('dim_marketplace_accounts') }} as accounts
        on tickets.marketplace_account_key = accounts.marketplace_account_key
    union all
    select
        tenant_id,
        'channel_mappings' as area,
        channel_key as subject_key,
        cast('2000-01-01' as timestamp) as happened_at,
        channel_class || '|' || modality as row_hash,
        '|' || platform || '|' || channel_id || '|' as state
    from {{ ref('dim_channels') }}
    union all
    select
        tenant_id,
        'account_mappings' as area,
        marketplace_account_key as subject_key,
        cast('2000-01-01' as timestamp) as happened_at,
        '' as row_hash,
        '|' || platform || '|' || marketplace_account_id || '|' as state
    from {{ ref('dim_marketplace_accounts') }}
    union all
    select
        tags.tenant_id,
        'tag_mappings' as area,
        tags.tag_key as subject_key,
        cast('2000-01-01' as timestamp) as happened_at,
        tags.kind || '|' || coalesce(tags.parent_tag_key, '') as row_hash,
        '|' || lower(tags.name) || '|' || lower(canonical_tags.name) || '|' as state
    from {{ ref('dim_tags') }} as tags
    inner join {{ ref('dim_tags') }} as canonical_tags on tags.canonical_tag_key = canonical_tags.tag_key
    {% for instant in ['valid_from', 'valid_to'] -%}
    union all
    select
        tenant_id,
        'team_mappings' as area,
        agent_key || '|' || team_key || '|' || cast(valid_from as varchar) || '|{{ instant }}' as subject_key,
        {{ instant }} as happened_at,
        cast({{ instant }} as varchar) as row_hash,
        '|' || team_id || '|' || agent_key || '|' as state
    from {{ ref('core__team_membership') }}
    where {{ instant }} is not null
    {% endfor -%}
    {% for model, subject, columns, valid_from, valid_to in rules -%}
    union all
    select
        tenant_id,
        'policies' as area,
        {{ subject }} as subject_key,
        coalesce(cast({{ valid_from }} as timestamp), cast('2000-01-01' as timestamp)) as happened_at,
        {% for column in columns -%}
        coalesce(cast({{ column }} as varchar), '~'){{ " || '|' || " if not loop.last }}
        {%- endfor %} as row_hash,
        cast(null as varchar) as state
    from {{ ref(model) }}
    {% if valid_to != 'null' -%}
    union all
    select
        tenant_id,
        'policies' as area,
        {{ subject }} || '|end' as subject_key,
        cast({{ valid_to }} as timestamp) as happened_at,
        cast({{ valid_to }} as varchar) as row_hash,
        cast(null as varchar) as state
    from {{ ref(model) }}
    where {{ valid_to }} is not null
    {% endif -%}
    {% endfor -%}
    union all
    select
        targets.tenant_id,
        'policies' as area,
        'target|' || targets.target_version_id as subject_key,
        policies.valid_from as happened_at,
        {% for column in [
            'metric', 'priority', 'target_seconds', 'target_business_days', 'clock', 'calendar_id', 'clock_start', 'pause_statuses',
        ] -%}
        coalesce(cast(targets.{{ column }} as varchar), '~'){{ " || '|' || " if not loop.last }}
        {%- endfor %} as row_hash,
        cast(null as varchar) as state
    from {{ ref('core__sla_targets') }} as targets
    inner join {{ ref('core__sla_policies') }} as policies
        on
        targets.tenant_id = policies.tenant_id
        and targets.policy_id = policies.policy_id
        and targets.version = policies.version

),

final as (

    select
        facts.tenant_id,
        facts.area,
        facts.subject_key,
        {{ kpi_local_month('facts.happened_at') }} as month,
        facts.row_hash,
        facts.state
    from facts
    inner join tenants on facts.tenant_id = tenants.tenant_id
    where
        facts.happened_at <= {{ as_of_at() }}
        and facts.subject_key is not null

)

select * from final
