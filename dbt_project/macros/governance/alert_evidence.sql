{% macro alert_evidence() -%}
{#- The query on the published marts that shows the rows behind an alert of `keyed`: those of its tenant, its scope, and what the
    rule looks at. Ids come from outside, so they are quoted. -#}
{%- set rows = {
    'resolution_below': ('core.fct_sla_verdicts', "metric = 'resolution' and verdict = 'breached'"),
    'backlog_high': ('agent_sla.backlog_daily', 'n_actionable > 0'),
    'csat_drop': ('core.fct_satisfaction_responses', "sentiment = 'dissatisfied'"),
    'oldest_overdue': ('core.fct_response_obligations', "state = 'open' and marketplace_verdict = 'breached'"),
    'unexplained_slowdown': ('agent_sla.speed_volume', "verdict = 'unexplained' and scope_type = 'channel_team'"),
    'headroom_low': ('marketplace_health.account_health_daily',),
    'reason_surge': ('tag_volume.tag_volume_daily',),
    'closed_unanswered_spike': ('core.fct_closings', 'is_without_reply'),
    'sensitive_burst': ('agent_sla.agent_actions', 'is_unanswered_deletion'),
    'agent_sla_below': ('agent_sla.agent_sla_daily',),
    'agent_sla_watch': ('agent_sla.agent_sla_daily',),
    'data_stale': ('data_quality.source_freshness', "freshness_status = 'red'"),
} -%}
{%- set scopes = {
    'obligation': ('core.fct_response_obligations',),
    'source': ('data_quality.check_results_daily', "status = 'failed'"),
} -%}
'select * from '
|| case
    {%- for column, known in {'rule_id': rows, 'scope_type': scopes}.items() %}
    {%- for name, of in known.items() %}
    when keyed.{{ column }} = '{{ name }}' then '{{ of | join(" where ") | replace("'", "''") }}{{ ' and ' if of | length > 1 else ' where ' }}'
    {%- endfor %}
    {%- endfor %}
end
|| 'tenant_id = ' || {{ sql_literal('keyed.tenant_id') }}
|| case keyed.scope_type
    when 'obligation' then ' and obligation_key = ' || {{ sql_literal('keyed.scope_id') }}
    when 'reason' then ' and reason_name = ' || {{ sql_literal('keyed.scope_id') }}
    when 'channel' then {{ alert_place('channel', 'keyed.scope_id') }}
    when 'team' then
        case keyed.rule_id
            when 'resolution_below'
                then ' and layer = ' || {{ sql_literal("split_part(keyed.scope_id, '|', 2)") }}
                || {{ alert_place('team', "split_part(keyed.scope_id, '|', 1)", 'sla_owner_team_key') }}
            else {{ alert_place('team', "split_part(keyed.scope_id, '|', 1)") }}
        end
    when 'channel_team' then
        {{ alert_place('channel', "split_part(keyed.scope_id, '|', 1)") }}
        || {{ alert_place('team', "split_part(keyed.scope_id, '|', 2)") }}
    when 'marketplace_account' then
        {{ alert_place('marketplace_account', "split_part(keyed.scope_id, '|', 1)") }}
        {%- for column in ['metric', 'program', 'evaluation', 'fulfilment', 'dimension_value', 'window_length'] %}
        || {{ alert_is(column, "split_part(keyed.scope_id, '|', " ~ (loop.index + 1) ~ ")") }}
        {%- endfor %}
    when 'agent' then
        case keyed.rule_id when 'closed_unanswered_spike' then ' and closer_agent_key = ' else ' and agent_key = ' end
        || {{ sql_literal('keyed.agent_key') }}
        {%- for column in ['layer', 'policy_id'] %}
        || {{ alert_is(column, "split_part(keyed.scope_id, '|', " ~ (loop.index + 1) ~ ")") }}
        {%- endfor %}
    else ''
end
{%- endmacro %}


{% macro sql_literal(value) -%}
'''' || replace({{ value }}, '''', '''''') || ''''
{%- endmacro %}


{% macro alert_is(column, value) -%}
{#- A part of a scope's id that says nothing asks for nothing. -#}
case when {{ value }} <> '' then ' and {{ column }} = ' || {{ sql_literal(value) }} else '' end
{%- endmacro %}


{% macro alert_place(kind, value, column=none) -%}
' and {{ column or kind ~ '_key' }} in (select {{ kind }}_key from core.dim_{{ kind }}s where {{ kind }}_id = ' || {{ sql_literal(value) }} || ')'
{%- endmacro %}
