{{ config(materialized='view') }}

-- Fallen verdicts by layer, in the month they fell and the name of their owner (attribution A2, A3 for resolutions).

{#- Not a step of its own: whoever asks for a month reads the rows of that month alone. -#}
{%- set obligations = ref('fct_response_obligations') %}

with

verdicts as (

    select * from {{ ref('fct_sla_verdicts') }}

),

judged as (

    {% for layer in ['marketplace', 'internal'] %}
    select
        tenant_id,
        obligation_key as fact_key,
        ticket_key,
        kind || ' turn ' || {{ layer }}_verdict || ', ' || coalesce({{ layer }}_owner_rule, 'no rule') as detail,
        kind as metric,
        false as is_reopened_after_met,
        '{{ layer }}' as layer,
        {{ layer }}_verdict as verdict,
        {{ layer }}_verdict_at as happened_at,
        {{ layer }}_verdict_month as month,
        platform,
        marketplace_account_key,
        channel_key,
        {{ layer }}_sla_owner_team_key as team_key,
        coalesce({{ layer }}_sla_owner_agent_key, 'unowned') as agent_key
    from {{ obligations }}
    where {{ layer }}_verdict in ('met', 'breached')
    union all
    {% endfor %}
    select
        tenant_id,
        sla_verdict_key as fact_key,
        ticket_key,
        metric || ' ' || verdict || ', ' || coalesce(owner_rule, 'no rule') as detail,
        metric,
        is_reopened_after_met,
        layer,
        verdict,
        verdict_at as happened_at,
        verdict_month as month,
        platform,
        marketplace_account_key,
        channel_key,
        sla_owner_team_key as team_key,
        coalesce(sla_owner_agent_key, 'unowned') as agent_key
    from verdicts
    where verdict in ('met', 'breached') and metric = 'resolution'

),

measured as (

    {% set is_met = "case when verdict = 'met' then 1 else 0 end" %}
    {{ kpi_counts('judged', [
        {'kpi_id': 'sla_compliance_first_reply', 'stat': 'ratio', 'layer': 'column:layer', 'numerator': is_met, 'denominator': '1', 'where': "metric = 'first'"},
        {'kpi_id': 'sla_compliance_next_reply', 'stat': 'ratio', 'layer': 'column:layer', 'numerator': is_met, 'denominator': '1', 'where': "metric = 'next'"},
        {'kpi_id': 'sla_compliance_resolution', 'stat': 'ratio', 'layer': 'column:layer', 'numerator': is_met, 'denominator': '1', 'where': "metric = 'resolution'"},
        {'kpi_id': 'sla_compliance_resolution', 'stat': 'ratio', 'variant': 'met_but_reopened_rate', 'layer': 'column:layer',
            'numerator': 'case when is_reopened_after_met then 1 else 0 end', 'denominator': '1', 'where': "metric = 'resolution' and verdict = 'met'"},
        {'kpi_id': 'sla_compliance', 'stat': 'ratio', 'layer': 'column:layer', 'numerator': is_met, 'denominator': '1', 'where': "metric <> 'resolution'"},
        {'kpi_id': 'sla_breach_count', 'stat': 'count', 'layer': 'column:layer', 'where': "metric <> 'resolution' and verdict = 'breached'"},
        {'kpi_id': 'sla_breach_count', 'stat': 'count', 'variant': 'resolution', 'layer': 'column:layer', 'where': "metric = 'resolution' and verdict = 'breached'"},
    ]) }}

)

select * from measured
