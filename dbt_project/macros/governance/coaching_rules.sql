{#-
    Coaching flags with the KPI an action about them is judged by, and the KPIs whose needs they share (`measured_as`, the first that
    is not measurable speaks): a flag can be raised where all of them can be measured. Beside KPIs stand the names of
    `coaching_needs`, for what no card asks.
-#}
{% macro coaching_rules() -%}
    {%- set rules = [] -%}
    {%- set person = ['coaching_of_persons'] -%}
    {%- for rule_id, kpi_id, is_coaching, measured_as in [
        ('slow_first_reply', 'reaction_time', true, ['reaction_time'] + person),
        ('slow_on_platform', 'sla_compliance', true, ['sla_compliance', 'slow_on_platform'] + person),
        ('high_aht_reason', 'aht', true, ['aht', 'top5_share'] + person),
        ('low_fcr_reason', 'fcr_operational', true, ['fcr_operational', 'top5_share'] + person),
        ('reopen_outlier', 'reopen_rate', true, ['reopen_rate'] + person),
        ('macro_unused', 'macro_usage_rate', true, ['macro_usage_rate', 'top5_share'] + person),
        ('retag_outlier', 'retag_rate', true, ['retag_rate'] + person),
        ('holds_unanswered', 'unanswered_holds', true, ['unanswered_holds'] + person),
        ('quality_below_min', 'qa_score', true, ['qa_score'] + person),
        ('knowledge_gap', 'training_error_share', true, ['training_error_share'] + person),
        ('overload', 'occupancy', false, ['overload']),
        ('recognition', 'sla_compliance', false, ['sla_compliance'] + scorecard_gates().values() | list + person),
    ] -%}
        {%- do rules.append({'rule_id': rule_id, 'kpi_id': kpi_id, 'is_coaching': is_coaching, 'measured_as': measured_as}) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}

{#-
    What flags need beyond the cards: platforms are those of described channels; overload is staffed hours of a team, without the live
    contacts of occupancy; a person who is not described may not be judged.
-#}
{% macro coaching_needs() -%}
    {{ return([
        {'rule_id': 'slow_on_platform', 'capabilities': '', 'inputs': 'channels'},
        {'rule_id': 'overload', 'capabilities': 'agent_state', 'inputs': 'agent_time|team_membership'},
        {'rule_id': 'coaching_of_persons', 'capabilities': '', 'inputs': 'judged_persons'},
    ]) }}
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
