{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Amazon's message clock rebuilt: every inbound buyer message of the rolling windows that end with the month, late or in
-- time by the next human reply, as known at that instant. A message not answered yet is judged once its 24 hours are over.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

messages as (

    select * from {{ ref('fct_messages') }}

),

windows as (

    {% for days in [7, 30, 90] %}
    select
        tenant_id,
        month,
        snapshot_at,
        '{{ days }}d' as variant,
        {{ add_seconds('snapshot_at', -86400 * days) }} as window_start_at
    from months
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

received as (

    select
        tenant_id,
        message_key as fact_key,
        ticket_key,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        sent_at,
        first_reply_after_at,
        {{ seconds_between('sent_at', 'first_reply_after_at') }} as reply_s
    from messages
    where
        platform = 'amazon'
        and marketplace_account_key is not null
        and direction = 'inbound'
        and visibility = 'public'
        and author_role = 'customer'
        and not coalesce(no_reply_needed, false)
        and not coalesce(is_duplicate, false)
        and not is_ticket_excluded

),

judged as (

    select
        received.tenant_id,
        windows.month,
        windows.variant,
        received.fact_key,
        received.ticket_key,
        received.sent_at as happened_at,
        received.platform,
        received.marketplace_account_key,
        received.channel_key,
        received.team_key,
        cast(null as varchar) as agent_key,
        case
            when received.reply_s <= 86400 and received.first_reply_after_at <= windows.snapshot_at then 0
            else 1
        end as is_late
    from received
    inner join windows
        on
        received.tenant_id = windows.tenant_id
        and received.sent_at > windows.window_start_at
        and received.sent_at <= windows.snapshot_at
    where
        received.first_reply_after_at <= windows.snapshot_at
        or {{ add_seconds('received.sent_at', 86401) }} <= windows.snapshot_at

),

measured as (

    {{ kpi_counts('judged', [
        {'kpi_id': 'amz_late_response_rate_est', 'stat': 'ratio', 'variant': 'column:variant', 'numerator': 'is_late', 'denominator': '1',
            'detail': "case when is_late = 1 then 'late or unanswered' else 'in time' end"},
    ]) }}

)

select * from measured
