{{ config(materialized=step(), schema='intermediate', access='protected', contract={'enforced': false}) }}

-- Late and judged buyer messages of the 7, 30 and 90 local days that end with each day.
with judged as (
    select * from {{ ref('int_late_response_messages') }}
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

sent as (
    select
        tenant_id,
        marketplace_account_key,
        day_no,
        sum(is_late) as late_messages,
        count(*) as judged_messages
    from judged
    group by
        tenant_id,
        marketplace_account_key,
        day_no
),

accounts as (
    select
        tenant_id,
        marketplace_account_key,
        min(day_no) as first_day_no
    from sent
    group by
        tenant_id,
        marketplace_account_key
),

calendar_days as (
    select distinct
        tenant_id,
        day_no,
        date_day
    from days
),

filled as (
    select
        accounts.tenant_id,
        accounts.marketplace_account_key,
        calendar_days.day_no,
        calendar_days.date_day,
        coalesce(sent.late_messages, 0) as late_messages,
        coalesce(sent.judged_messages, 0) as judged_messages
    from accounts
    inner join calendar_days
        on accounts.tenant_id = calendar_days.tenant_id
        and accounts.first_day_no <= calendar_days.day_no
    left join sent
        on accounts.marketplace_account_key = sent.marketplace_account_key
        and calendar_days.day_no = sent.day_no
),

final as (
    {%- for window_days in [7, 30, 90] %}
    select
        tenant_id,
        marketplace_account_key,
        date_day,
        '{{ window_days }}d' as window_length,
        cast({{ dbt.dateadd('day', 1 - window_days, 'date_day') }} as date) as window_from,
        sum(late_messages) over (
            partition by marketplace_account_key
            order by day_no
            rows between {{ window_days - 1 }} preceding and current row
        ) as late_messages,
        sum(judged_messages) over (
            partition by marketplace_account_key
            order by day_no
            rows between {{ window_days - 1 }} preceding and current row
        ) as judged_messages
    from filled
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
