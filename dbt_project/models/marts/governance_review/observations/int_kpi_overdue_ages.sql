-- How long the turns of `unanswered_overdue` had been waiting at the month's snapshot; the greatest is the companion `oldest_age`.

with

overdue as (

    select * from {{ ref('int_kpi_overdue') }}

),

months as (

    select * from {{ ref('int_kpi_months') }}

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

aged as (

    select
        overdue.*,
        {{ seconds_between('obligations.started_at', 'months.snapshot_at') }} as age_s
    from overdue
    inner join obligations on overdue.fact_key = obligations.obligation_key
    inner join months on overdue.tenant_id = months.tenant_id and overdue.month = months.month

),

measured as (

    {{ kpi_durations('aged', [
        {'kpi_id': 'unanswered_overdue', 'variant': 'oldest_age', 'layer': 'column:layer', 'seconds': 'age_s'},
    ]) }}

)

select * from measured
