with

tenants as (

    select
        tenant_id,
        min(ingested_at) as ingested_at,
        max(load_id) as load_id
    from {{ ref('ebay__accounts') }}
    group by tenant_id

),

capabilities (capability, level, note) as (

    values
    ('event_log', 'none', 'A conversation shows its present state only; that it was set aside is inferred between two polls.'),
    ('assignment_log', 'none', 'A conversation has no holder.'),
    ('tag_log', 'none', 'A conversation has no tags.'),
    ('ticket_team', 'none', 'A conversation names no team; the sheet channel_teams can say it by channel.'),
    ('role_history', 'none', 'The selling account is the author, not a person.'),
    ('handle_time', 'none', 'No work on messages is shown.'),
    ('macro_id', 'none', 'Templates are not marked on messages.'),
    ('delete_log', 'none', 'Deleted messages just disappear.'),
    ('no_reply_flag', 'none', 'The platform has no such mark.'),
    ('survey_resolved_question', 'none', 'No survey after a conversation.'),
    ('agent_state', 'none', 'The selling account is the author, not a person.'),
    ('business_calendar', 'none', 'The platform counts every hour, requests three business days.'),
    ('due_date_published', 'partial', 'Requests and disputes carry a deadline, conversations do not.')

)

{{ declared_capabilities('ebay_api') }}
