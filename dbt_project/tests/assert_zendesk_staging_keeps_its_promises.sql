{{ config(group='support_analytics') }}

-- What the raw tables of Zendesk hold is what the mapping expects: all promises of its staging, in one query.
{{ promises_kept([
    'zendesk__tool_measures',
    'zendesk__staff',
    'zendesk__ticket_channels',
    'stg_zendesk__brands',
    'stg_zendesk__groups',
    'stg_zendesk__macros',
    'stg_zendesk__satisfaction_ratings',
    'stg_zendesk__schedules',
    'stg_zendesk__ticket_events',
    'stg_zendesk__ticket_metric_events',
    'stg_zendesk__tickets',
    'stg_zendesk__users',
]) }}
