-- A stock below zero would mean an exit without an entry.
select * from {{ ref('backlog_daily') }}
where n_new < 0 or n_open < 0 or n_pending < 0 or n_on_hold < 0
