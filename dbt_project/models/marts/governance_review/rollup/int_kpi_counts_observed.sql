{{ config(materialized='view') }}

-- All ratios, counts and scores, one row per counted thing and KPI: every observation model made by `kpi_counts`, without
-- tickets whose source does not tell what the KPI needs.

with

observed as (

    {% for model in [
        'int_kpi_activity',
        'int_kpi_agent_quality',
        'int_kpi_agent_time',
        'int_kpi_at_risk',
        'int_kpi_audit_actions',
        'int_kpi_backlog',
        'int_kpi_bot_turns',
        'int_kpi_calibrations',
        'int_kpi_closings',
        'int_kpi_contacts',
        'int_kpi_defect_orders',
        'int_kpi_excluded_tickets',
        'int_kpi_forecast_errors',
        'int_kpi_handle_coverage',
        'int_kpi_holds',
        'int_kpi_issues',
        'int_kpi_late_messages',
        'int_kpi_loads',
        'int_kpi_macro_resolutions',
        'int_kpi_missed_contacts',
        'int_kpi_missed_policies',
        'int_kpi_obligation_checks',
        'int_kpi_order_contacts',
        'int_kpi_overdue',
        'int_kpi_pending_marks',
        'int_kpi_productivity',
        'int_kpi_quality',
        'int_kpi_reason_issues',
        'int_kpi_removed_comments',
        'int_kpi_resolutions',
        'int_kpi_restatements',
        'int_kpi_retags',
        'int_kpi_self_service',
        'int_kpi_staffing',
        'int_kpi_survey_sends',
        'int_kpi_surveys',
        'int_kpi_tickets_opened',
        'int_kpi_transfers',
        'int_kpi_verdicts',
        'int_kpi_waivers',
        'int_kpi_within_a_day',
    ] %}
    select
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
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select observed.*
from observed
left join {{ ref('int_kpi_unseen_tickets') }} as unseen
    on
    observed.ticket_key = unseen.ticket_key
    and observed.kpi_id = unseen.kpi_id
where unseen.ticket_key is null
