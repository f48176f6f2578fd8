{{ config(group='support_analytics') }}

-- Promises of steps that are part of their readers' queries: no relation holds their rows, so one query makes them all.
{{ promises_kept([
    'canonical__actions',
    'int_costs',
    'int_kpi_team_spans',
]) }}
