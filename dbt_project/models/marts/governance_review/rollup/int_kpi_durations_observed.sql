{%- set members = [
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
{{
    config(
        materialized='view',
        meta={'tables': members | reject('equalto', 'int_kpi_spans_of_tickets') | list, 'sorted_by': ['kpi_id', 'month']},
    )
}}

-- All durations, one row per fact, KPI and clock: every observation model made by `kpi_durations`, without tickets
-- whose source does not tell what the KPI needs. The rows of one model are a table of their own in the schema of this name, sorted: who asks for
-- one KPI reads only its rows, and no build has to sort all of them at once. Half of all rows are spans, which lie sorted in int_ticket_spans as
-- they are here: writing them a second time would cost more than all other members.

with

observed as (

    {% for model in members %}
    {{ piece(model, loop.first) }}
    select
        {{ kpi_observation_dimensions() }},
        fact_key,
        ticket_key,
        happened_at,
        detail,
        seconds
    from {{ ref(model) }}
    where stat = 'duration'
    {% endfor %}
    {{ pieces_end() }}

)

select observed.*
from observed
{{ kpis_seen('observed') }}
