{{
    config(
        materialized='view',
        meta={
            'tables': [
                'int_kpi_at_risk',
                'int_kpi_backlog',
                'int_kpi_handle_times',
                'int_kpi_macro_resolutions',
                'int_kpi_overdue',
                'int_kpi_planning',
                'int_kpi_quality',
                'int_kpi_retags',
                'int_kpi_self_service',
                'int_kpi_sensitive_acts',
                'int_kpi_surveys',
                'int_kpi_tickets',
                'int_kpi_within_a_day',
            ],
            'sorted_by': ['kpi_id', 'month'],
        }
    )
}}

-- All ratios, counts and scores, one row per counted thing and KPI: every observation model made by `kpi_counts`, without
-- tickets whose source does not tell what the KPI needs. The rows of one model are a view of their own in the schema of this name,
-- or a table where computing them all is dear and writing them is not (the union reads it too).

with

observed as (

    {% for model in [
        'int_kpi_acts',
        'int_kpi_agent_quality',
        'int_kpi_agent_time',
        'int_kpi_assignments',
        'int_kpi_at_risk',
        'int_kpi_backlog',
        'int_kpi_breaches',
        'int_kpi_cycles',
        'int_kpi_defect_orders',
        'int_kpi_handle_times',
        'int_kpi_issues',
        'int_kpi_late_messages',
        'int_kpi_macro_resolutions',
        'int_kpi_messages',
        'int_kpi_order_contacts',
        'int_kpi_overdue',
        'int_kpi_planning',
        'int_kpi_productivity',
        'int_kpi_quality',
        'int_kpi_retags',
        'int_kpi_self_service',
        'int_kpi_sensitive_acts',
        'int_kpi_spans_of_tickets',
        'int_kpi_surveys',
        'int_kpi_system',
        'int_kpi_tickets',
        'int_kpi_turn_ends',
        'int_kpi_turns',
        'int_kpi_verdicts',
        'int_kpi_within_a_day',
    ] %}
    {{ piece(model, loop.first) }}
    select
        '{{ model }}' as computed_in,
        {{ kpi_observation_dimensions() }},
        fact_key,
        ticket_key,
        happened_at,
        detail,
        stat,
        numerator,
        denominator,
        n
    from {{ ref(model) }}
    where stat <> 'duration'
    {% endfor %}
    {{ pieces_end() }}

)

select observed.*
from observed
{{ kpis_seen('observed') }}
