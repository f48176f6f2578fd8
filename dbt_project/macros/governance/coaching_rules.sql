{#-
    Coaching flags with the KPI an action about them is judged by, and the KPIs whose needs they share (`measured_as`, the first that
    is not measurable speaks): a flag can be raised where all of them can be measured. One that reads other rows than any KPI
    names what it needs as a card does, under its own name.
-#}
{% macro coaching_rules() -%}
    {%- set rules = [] -%}
    {%- for rule_id, kpi_id, is_coaching, measured_as in [
        ('slow_first_reply', 'reaction_time', true, ['reaction_time']),
        ('slow_on_platform', 'sla_compliance', true, ['sla_compliance', 'slow_on_platform']),
        ('high_aht_reason', 'aht', true, ['aht', 'top5_share']),
        ('low_fcr_reason', 'fcr_operational', true, ['fcr_operational', 'top5_share']),
        ('reopen_outlier', 'reopen_rate', true, ['reopen_rate']),
        ('macro_unused', 'macro_usage_rate', true, ['macro_usage_rate', 'top5_share']),
        ('retag_outlier', 'retag_rate', true, ['retag_rate']),
        ('holds_unanswered', 'unanswered_holds', true, ['unanswered_holds']),
        ('quality_below_min', 'qa_score', true, ['qa_score']),
        ('knowledge_gap', 'training_error_share', true, ['training_error_share']),
        ('overload', 'occupancy', false, ['overload']),
        ('recognition', 'sla_compliance', false, ['sla_compliance'] + scorecard_gates().values() | list),
    ] -%}
        {%- do rules.append({'rule_id': rule_id, 'kpi_id': kpi_id, 'is_coaching': is_coaching, 'measured_as': measured_as}) -%}
    {%- endfor -%}
    {#- platforms are those of described channels; overload is staffed hours of a team, without the live contacts of occupancy -#}
    {%- set needs = {
        'slow_on_platform': ('', 'channels'),
        'overload': ('agent_state', 'agent_time|team_membership'),
    } -%}
    {%- for rule in rules if rule.rule_id in needs -%}
        {%- do rule.update({'capabilities': needs[rule.rule_id][0], 'inputs': needs[rule.rule_id][1]}) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}

{#- KPI an action about a flag is judged by. -#}
{% macro coaching_kpi() -%}
    case rule_id
        {%- for rule in coaching_rules() %}
        when '{{ rule.rule_id }}' then '{{ rule.kpi_id }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- Which KPIs a flag is measured as, one row each: rule_id, kpi_id and its place. -#}
{% macro coaching_measures() -%}
    select
        rules.rule_id,
        rules.measured_as,
        rules.place
    from (
        values
        {%- for rule in coaching_rules() %}
        {%- set last_rule = loop.last %}
        {%- for kpi_id in rule.measured_as %}
        ('{{ rule.rule_id }}', '{{ kpi_id }}', {{ loop.index }}){{ ',' if not (last_rule and loop.last) }}
        {%- endfor %}
        {%- endfor %}
    ) as rules (rule_id, measured_as, place)
{%- endmacro %}
