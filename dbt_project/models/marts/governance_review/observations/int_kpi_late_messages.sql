-- Amazon's message clock rebuilt: the judged buyer messages of the local days that end with the month (or now), the same ones as in
-- account_health_daily on its last day.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

messages as (

    select * from {{ ref('int_late_response_messages') }}

),

windows as (

    {% for days in [7, 30, 90] %}
    select
        tenant_id,
        month,
        snapshot_day,
        '{{ days }}d' as variant,
        cast({{ dbt.dateadd('day', 1 - days, 'snapshot_day') }} as date) as window_from
    from months
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

judged as (

    select
        messages.tenant_id,
        windows.month,
        windows.variant,
        messages.message_key as fact_key,
        messages.ticket_key,
        messages.sent_at as happened_at,
        messages.platform,
        messages.marketplace_account_key,
        messages.channel_key,
        messages.team_key,
        cast(null as varchar) as agent_key,
        messages.is_late
    from messages
    inner join windows
        on
        messages.tenant_id = windows.tenant_id
        and messages.date_day between windows.window_from and windows.snapshot_day

),

measured as (

    {{ kpi_counts('judged', [
        {'kpi_id': 'amz_late_response_rate_est', 'stat': 'ratio', 'variant': 'column:variant', 'numerator': 'is_late', 'denominator': '1',
            'detail': "case when is_late = 1 then 'late or unanswered' else 'in time' end"},
    ]) }}

)

select * from measured
