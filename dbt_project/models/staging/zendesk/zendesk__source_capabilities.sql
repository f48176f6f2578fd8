with

tenants as (

    select * from {{ ref('zendesk__tenants') }}

),

capabilities (capability, level, note) as (

    values
    ('event_log', 'full', 'audit log of every change with its author'),
    ('assignment_log', 'full', 'audit log of every change of holder and team'),
    ('tag_log', 'full', 'audit log of every change of tags and reason'),
    ('ticket_team', 'full', 'the group of a ticket and every change of it'),
    ('role_history', 'partial', 'roles are seen from the first load on; former agents are known by their assignments'),
    ('handle_time', 'none', 'needs the time tracking app'),
    ('macro_id', 'full', 'macro reference in the audit of the reply'),
    ('delete_log', 'partial', 'redacted comments with author; deletions of tickets only where an integration logs them'),
    ('no_reply_flag', 'full', 'tag no_reply_needed'),
    ('survey_resolved_question', 'none', 'the rating asks one question'),
    ('agent_state', 'none', 'needs the agent availability interface'),
    ('business_calendar', 'full', 'schedules and holidays as they are today'),
    ('due_date_published', 'none', 'helpdesk tickets carry no platform deadline')

)

{{ declared_capabilities('zendesk', ingested_at=as_of_at()) }}
