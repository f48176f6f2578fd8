-- Locked forecasts beside the contacts that came, one row per finished interval and channel, in the month the interval
-- began. Grains are variants and never mixed; an interval without contacts keeps its error.

with

forecasts as (

    select * from {{ ref('int_kpi_forecasts') }}

),

judged as (

    select
        tenant_id,
        month,
        forecast_key as fact_key,
        cast(null as varchar) as ticket_key,
        interval_start as happened_at,
        grain || ' of ' || channel_id || ': forecast ' || cast(round(forecast_contacts, 1) as varchar) || ', came '
        || cast(actual_contacts as varchar) as detail,
        grain,
        forecast_contacts - actual_contacts as error,
        actual_contacts,
        platform,
        cast(null as varchar) as marketplace_account_key,
        channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key
    from forecasts

),

measured as (

    {{ kpi_counts('judged', [
        {'kpi_id': 'forecast_wape', 'stat': 'ratio', 'variant': 'column:grain', 'numerator': 'abs(error)', 'denominator': 'actual_contacts', 'n': '1'},
        {'kpi_id': 'forecast_bias', 'stat': 'ratio', 'variant': 'column:grain', 'numerator': 'error', 'denominator': 'actual_contacts', 'n': '1'},
    ]) }}

)

select * from measured
