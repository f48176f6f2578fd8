{#-
    Alert rules with their severity, KPI and recipients (roles): the table of catalogue §13. A rule can fire where its KPI can be
    measured, in one layer at least; one that looks at other rows than its KPI names what it needs as a card does.
-#}
{% macro alert_rules() -%}
    {%- set rules = [] -%}
    {%- for rule_id, severity, kpi_id, recipients in [
        ('agent_sla_below', 'high', 'sla_compliance', 'team_lead|agent'),
        ('agent_sla_watch', 'info', 'sla_compliance', 'team_lead'),
        ('obligation_at_risk', 'medium', 'sla_compliance', 'holder|team_lead'),
        ('obligation_breached', 'high', 'sla_breach_count', 'team_lead'),
        ('oldest_overdue', 'critical', 'unanswered_overdue', 'operations_manager'),
        ('headroom_low', 'critical', 'health_headroom', 'marketplace_manager|operations_manager'),
        ('case_deadline', 'critical', 'sla_compliance', 'holder|team_lead'),
        ('closed_unanswered_spike', 'high', 'closed_without_reply_rate', 'team_lead'),
        ('sensitive_burst', 'high', 'sensitive_actions', 'operations_manager'),
        ('unexplained_slowdown', 'medium', 'speed_volume_verdict', 'team_lead'),
        ('reason_surge', 'medium', 'reason_contact_rate', 'operations_manager|fix_owner'),
        ('csat_drop', 'medium', 'dsat', 'team_lead'),
        ('resolution_below', 'high', 'sla_compliance_resolution', 'team_lead|operations_manager'),
        ('backlog_high', 'high', 'backlog_days', 'team_lead|operations_manager'),
        ('data_stale', 'high', 'freshness_lag', 'data_owner'),
        ('mapping_gap', 'high', 'unmapped_rate', 'data_owner'),
        ('completeness', 'high', 'load_completeness', 'data_owner'),
    ] -%}
        {%- do rules.append({'rule_id': rule_id, 'severity': severity, 'kpi_id': kpi_id, 'recipients': recipients}) -%}
    {%- endfor -%}
    {%- set needs = {
        'case_deadline': ('', 'order_defects'),
        'reason_surge': ('', 'tickets|reason_tags|orders'),
        'sensitive_burst': ('event_log|delete_log', 'ticket_events|messages'),
    } -%}
    {%- for rule in rules if rule.rule_id in needs -%}
        {%- do rule.update({'capabilities': needs[rule.rule_id][0], 'inputs': needs[rule.rule_id][1]}) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}
