{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- Every message, note and comment, with who held the ticket when it was sent and the next qualifying reply after it.

with

messages as (

    select * from {{ ref('int_messages_visible') }}

),

tickets as (

    select * from {{ ref('int_tickets_visible') }}

),

states as (

    select * from {{ ref('int_lane_states') }}

),

replies as (

    select
        lane_no,
        sent_us
    from {{ ref('int_lane_messages') }}
    where is_qualifying_reply
    group by lane_no, sent_us

),

inbound as (

    select
        messages.message_key,
        replies.sent_us as reply_us
    from messages
    {{ asof_left_join('replies', 'replies', [['messages.ticket_no', 'lane_no']], 'messages.sent_us', 'sent_us', '<=') }}
    where messages.is_public and messages.author_role = 'customer'

)

select
    messages.message_key,
    messages.message_id,
    tickets.tenant_id,
    tickets.source_system,
    tickets.root_key as ticket_key,
    tickets.ticket_key as original_ticket_key,
    {{ us_to_at('messages.sent_us') }} as sent_at,
    {{ local_month(us_to_at('messages.sent_us')) }} as sent_month,
    {{ us_to_at('messages.available_us') }} as available_at,
    messages.direction,
    messages.visibility,
    messages.author_role,
    case
        when messages.author_role in ('agent', 'bot') then coalesce(messages.author_agent_key, 'unowned')
    end as author_agent_key,
    coalesce(homes.team_key, teams.value) as team_key,
    case when holder_agents.is_bot then 'unowned' else coalesce(assignees.value, 'unowned') end as assignee_agent_key,
    coalesce(
        messages.is_human_public_reply
        and messages.author_agent_key is not null
        and messages.author_agent_key <> assignees.value,
        false
    ) as is_assist,
    messages.is_automated,
    messages.is_qualifying_reply,
    messages.is_human_public_reply,
    messages.is_live_contact,
    messages.macro_key,
    messages.macro_edit_ratio,
    messages.message_kind,
    messages.delivery_status,
    {{ us_to_at('messages.deleted_us') }} as deleted_at,
    messages.is_duplicate,
    tickets.root_exclusion_reason is not null as is_ticket_excluded,
    tickets.root_channel_key as channel_key,
    tickets.root_platform as platform,
    tickets.root_marketplace_account_key as marketplace_account_key,
    messages.is_flagged as no_reply_needed,
    messages.is_thanks_text as is_thanks,
    messages.is_solution,
    messages.body_chars,
    {{ us_to_at('inbound.reply_us') }} as first_reply_after_at
from messages
inner join tickets on messages.ticket_no = tickets.ticket_no
left join {{ ref('canonical__tenants') }} as tenants on tickets.tenant_id = tenants.tenant_id
left join inbound on messages.message_key = inbound.message_key
left join states as teams
    on messages.ticket_no = teams.lane_no
    and teams.attribute = 'team'
    and messages.sent_us >= teams.from_us
    and messages.sent_us < teams.to_us
left join states as assignees
    on messages.ticket_no = assignees.lane_no
    and assignees.attribute = 'assignee'
    and messages.sent_us >= assignees.from_us
    and messages.sent_us < assignees.to_us
left join {{ ref('int_persons') }} as holder_agents on assignees.value = holder_agents.agent_key
left join {{ ref('int_agent_home_teams') }} as homes
    on messages.author_agent_key = homes.agent_key
    and messages.sent_us >= homes.from_us
    and messages.sent_us < homes.to_us
order by sent_at
