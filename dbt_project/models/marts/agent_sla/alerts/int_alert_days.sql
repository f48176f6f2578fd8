{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- Every reporting day with the instant at which its state is read: its end, the running day now.
select
    tenant_id,
    date_day,
    day_no,
    min(last_instant_at) as state_at
from {{ ref('int_reporting_days') }}
group by tenant_id, date_day, day_no
