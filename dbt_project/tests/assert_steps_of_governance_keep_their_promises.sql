{{ config(group='governance') }}

-- Promises of steps that are part of their readers' queries: no relation holds their rows, so one query makes them all.
{{ promises_kept([
    'int_kpi_forecasts',
    'int_ledger_closes',
    'int_ledger_snapshots',
    'int_restatements_reviewed',
    'int_ticket_handle_times',
]) }}
