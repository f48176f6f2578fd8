with

tenants as (

    select
        tenant_id,
        min(ingested_at) as ingested_at,
        max(load_id) as load_id
    from {{ ref('stg_amazon__marketplace_participations') }}
    group by tenant_id

),

capabilities (capability, level, note) as (

    values
    ('event_log', 'none', 'Orders and reports only; no log of changes.'),
    ('role_history', 'none', 'No persons in this interface.'),
    ('handle_time', 'none', 'No work on messages is shown.'),
    ('macro_id', 'none', 'Buyer messages cannot be read through this interface.'),
    ('delete_log', 'none', 'Feedback that was removed just disappears; the connector notices it.'),
    ('no_reply_flag', 'none', 'Buyer messages cannot be read through this interface.'),
    ('survey_resolved_question', 'none', 'The yes/no survey is not delivered here.'),
    ('agent_state', 'none', 'No persons in this interface.'),
    ('business_calendar', 'none', 'The platform counts every hour.'),
    ('due_date_published', 'none', 'A-to-z claims are shown as counts, without deadlines.')

)

{{ declared_capabilities('amazon_sp') }}
