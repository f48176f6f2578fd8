{#- What int_scorecard_conduct counts. -#}
{% macro scorecard_facts() -%}
    {{ return([
        'closings', 'closings_without_reply', 'turns_ended', 'waivers', 'unanswered_deletions', 'critical_errors', 'qa_points',
        'qa_possible', 'answers', 'satisfied',
    ]) }}
{%- endmacro %}

{#- One row of evidence about a person: the facts given, 0 for the others. -#}
{% macro scorecard_evidence(agent, at, given) -%}
        tenant_id,
        {{ agent }} as agent_key,
        {{ at }} as happened_at
        {%- for fact in scorecard_facts() %},
        {{ given.get(fact, '0') }} as {{ fact }}
        {%- endfor %}
{%- endmacro %}

{#- Gates of a scorecard with the KPI whose needs each shares. -#}
{% macro scorecard_gates() -%}
    {{ return({
        'gate_closed_without_reply': 'closed_without_reply_rate',
        'gate_unanswered_deletions': 'unanswered_deletions',
        'gate_critical_quality_error': 'qa_score',
        'gate_waivers': 'waiver_rate',
    }) }}
{%- endmacro %}
