{{ config(materialized='table') }}

-- All durations, one row per fact, KPI and clock: every observation model made by `kpi_durations`, without tickets
-- whose source does not tell what the KPI needs. Sorted: who asks for one KPI reads only its rows.

with

observed as (

    {% for model in [
        'int_kpi_assignments',
        'int_kpi_backlog',
        'int_kpi_breaches',
        'int_kpi_cycles',
        'int_kpi_handle_times',
        'int_kpi_messages',
        'int_kpi_overdue',
        'int_kpi_spans_of_tickets',
        'int_kpi_turns',
    ] %}
    select
        {{ kpi_observation_dimensions() }},
        fact_key,
        ticket_key,
        happened_at,
        detail,
        seconds
    from {{ ref(model) }}
    where stat = 'duration'
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
order by observed.kpi_id, observed.month
