{{ config(materialized=step(), schema='intermediate', access='protected', contract={'enforced': false}) }}

-- A person who closes more than 20 conversations within ten minutes closes in bulk. Closing i starts such a window when
-- the 20th closing after it is at most 600 s away; every closing of a window is marked, the first of a run starts it.
with closings as (
    select * from {{ ref('fct_closings') }}
    where is_human and closer_agent_key <> 'unowned'
),

ahead as (
    select
        closing_key,
        closer_agent_key,
        closed_at,
        lead(closed_at, 20) over (partition by closer_agent_key order by closed_at, closing_key) as twentieth_after_at
    from closings
),

windows as (
    select
        closing_key,
        closer_agent_key,
        closed_at,
        case
            when {{ seconds_between('closed_at', 'twentieth_after_at') }} <= 600 then 1 else 0
        end as is_window_start
    from ahead
),

marked as (
    select
        closing_key,
        closer_agent_key,
        closed_at,
        max(is_window_start) over (
            partition by closer_agent_key
            order by closed_at, closing_key
            rows between 20 preceding and current row
        ) as is_in_bulk
    from windows
),

final as (
    select
        closing_key,
        is_in_bulk = 1
        and coalesce(lag(is_in_bulk) over (partition by closer_agent_key order by closed_at, closing_key), 0) = 0
            as is_bulk_start
    from marked
)

select * from final
