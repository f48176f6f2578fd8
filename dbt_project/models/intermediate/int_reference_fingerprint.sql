-- One hash over all reference rows that facts depend on: when it changes, every ticket is computed anew.

with

hashes as (
    {%- set tables = {
        'canonical__sla_policies': ['tenant_id', 'policy_id', 'version', 'layer', 'position', 'conditions', 'valid_from', 'valid_to'],
        'canonical__sla_targets': [
            'tenant_id', 'target_version_id', 'policy_id', 'version', 'metric', 'priority', 'target_seconds', 'target_business_days',
            'clock', 'calendar_id', 'clock_start', 'pause_statuses',
        ],
        'canonical__business_calendars': ['tenant_id', 'calendar_id', 'tz'],
        'canonical__calendar_hours': ['tenant_id', 'calendar_id', 'weekday', 'opens', 'closes', 'valid_from', 'valid_to'],
        'canonical__calendar_exceptions': ['tenant_id', 'calendar_id', 'date', 'is_open', 'opens', 'closes'],
        'canonical__channels': ['channel_key', 'platform', 'channel_class', 'modality', 'missed_policy'],
        'canonical__channel_policy': [
            'tenant_id', 'channel_id', 'missed_policy', 'short_abandon_s', 'obligation_mode', 'valid_from', 'valid_to',
        ],
        'canonical__agents': ['agent_key', 'is_bot'],
        'canonical__teams': ['team_key', 'calendar_id'],
        'canonical__team_membership': ['tenant_id', 'source_system', 'agent_id', 'team_id', 'valid_from', 'valid_to'],
        'canonical__tags': ['tag_key', 'canonical_tag_key'],
        'canonical__incident_windows': ['tenant_id', 'window_id', 'starts_at', 'ends_at', 'scope_type', 'scope_id', 'kind'],
    } %}
    {% for table, columns in tables.items() %}
    {{ fingerprint(ref(table), columns) | indent(4) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select {{ hash_text('cast(' ~ sorted_list('content_hash') ~ ' as ' ~ dbt.type_string() ~ ')') }} as reference_hash
from hashes
