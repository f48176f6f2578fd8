with

tenants as (

    select * from {{ ref('edesk__tenants') }}

),

capabilities (capability, level, note) as (

    values
    ('event_log', 'partial', 'changes of status with time and author in the timeline; what it does not tell is inferred between two polls'),
    ('assignment_log', 'none', 'only the present holder is shown: changes are inferred between two polls, and several in one interval are one'),
    ('tag_log', 'none', 'only the present tags are shown: changes are inferred between two polls'),
    ('ticket_team', 'none', 'tickets name no team; the sheet channel_teams can say it by channel'),
    ('role_history', 'none', 'the list of users is as of today'),
    ('handle_time', 'none', 'no work on tickets is shown'),
    ('macro_id', 'none', 'nothing links a template to a message'),
    ('delete_log', 'none', 'a deleted item just disappears'),
    ('no_reply_flag', 'none', 'no such mark on messages'),
    ('survey_resolved_question', 'none', 'no list of ratings'),
    ('agent_state', 'none', 'presence is not shown'),
    ('business_calendar', 'none', 'opening hours are not offered by the interface'),
    ('due_date_published', 'none', 'time left to reply moves with the settings of the account and is not kept')

)

{{ declared_capabilities('edesk') }}
