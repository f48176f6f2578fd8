{{ config(materialized='view') }}

-- All durations, one row per fact, KPI and clock: every observation model made by `kpi_durations`, without tickets
-- whose source does not tell what the KPI needs.

with

observed as (

    {% for model in [
        'int_kpi_assignment_durations',
        'int_kpi_backlog_ages',
        'int_kpi_bot_reply_durations',
        'int_kpi_handle_durations',
        'int_kpi_overdue_ages',
        'int_kpi_overruns',
        'int_kpi_reply_durations',
        'int_kpi_resolution_durations',
        'int_kpi_span_durations',
        'int_kpi_sync_lags',
    ] %}
    select
        {{ kpi_observation_dimensions() }},
        fact_key,
        ticket_key,
        happened_at,
        detail,
        seconds
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
