-- One hash over all reference rows that facts depend on: when it changes, every ticket is computed anew. Days on which a
-- calendar is closed count up to the horizon of business time, beyond which no fact looks: helpdesks add holidays two years
-- ahead every few weeks. `reference_hash_then` is the same up to the horizon of the previous build, to be compared with the
-- hash which that build kept.
{%- set last = last_finished_build() %}

with

horizons as (

    select
        {{ horizon_end(as_of_at()) }} as ends_at,
        {{ horizon_end("cast('" ~ last.as_of ~ "' as timestamp)" if last else as_of_at()) }} as ended_at
    from {{ ref('canonical__sla_targets') }}

),

exceptions as (

    select
        exceptions.*,
        exceptions.date <= horizons.ended_at as was_near
    from {{ ref('canonical__calendar_exceptions') }} as exceptions
    inner join horizons on exceptions.date <= horizons.ends_at

),

near_then as (

    select * from exceptions
    where was_near

),

contents as (
    {%- set tables = {
        'canonical__sla_policies': ['tenant_id', 'policy_id', 'version', 'layer', 'position', 'conditions', 'valid_from', 'valid_to'],
        'canonical__sla_targets': [
            'tenant_id', 'target_version_id', 'policy_id', 'version', 'metric', 'priority', 'target_seconds', 'target_business_days',
            'clock', 'calendar_id', 'clock_start', 'pause_statuses',
        ],
        'canonical__tenants': ['tenant_id', 'reporting_tz'],
        'canonical__business_calendars': ['tenant_id', 'calendar_id', 'tz'],
        'canonical__calendar_hours': ['tenant_id', 'calendar_id', 'weekday', 'opens', 'closes', 'valid_from', 'valid_to'],
        'canonical__channels': ['channel_key', 'platform', 'channel_class', 'modality', 'missed_policy'],
        'canonical__channel_policy': [
            'tenant_id', 'channel_id', 'missed_policy', 'short_abandon_s', 'obligation_mode', 'valid_from', 'valid_to',
        ],
        'canonical__agents': ['agent_key', 'is_bot'],
        'canonical__agent_identities': ['identity_text', 'keyed_as'],
        'canonical__teams': ['team_key', 'calendar_id'],
        'canonical__team_membership': ['tenant_id', 'source_system', 'agent_id', 'team_id', 'valid_from', 'valid_to'],
        'canonical__channel_teams': ['channel_key', 'team_id', 'valid_from', 'valid_to', 'is_deleted_in_source'],
        'canonical__tags': ['tag_key', 'canonical_tag_key'],
        'canonical__incident_windows': ['tenant_id', 'window_id', 'starts_at', 'ends_at', 'scope_type', 'scope_id', 'kind'],
    } %}
    {% for table, columns in tables.items() %}
    {{ fingerprint(ref(table), columns) | indent(4) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

others as (

    select cast({{ sorted_list('content_hash') }} as {{ dbt.type_string() }}) as hashed
    from contents

),

days as (

    {% set columns = ['tenant_id', 'calendar_id', 'date', 'is_open', 'opens', 'closes'] -%}
    {{ fingerprint('exceptions', columns) | indent(4) }}

),

days_then as (

    {{ fingerprint('near_then', columns) | indent(4) }}

)

select
    {{ hash_text("others.hashed || coalesce(days.content_hash, 'none')") }} as reference_hash,
    {{ hash_text("others.hashed || coalesce(days_then.content_hash, 'none')") }} as reference_hash_then
from others
cross join days
cross join days_then
