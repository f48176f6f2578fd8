{{ config(access='protected', materialized='table') }}

-- How each issue was resolved: its last end of a resolution cycle that is seven days old (else its last end, not matured yet),
-- the contacts and replies it took until then, and what came back within seven days. Grain: issue that was ever resolved.

with

tickets as (

    select
        tickets.ticket_key,
        tickets.created_at,
        tickets.is_counted,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        tickets.customer_key,
        tickets.order_key,
        tickets.resolution_reason_tag_key,
        -- one key, so that no plan ever pairs all turns of a customer, or all turns without an order
        tickets.customer_key || '|' || coalesce(tickets.order_key, 'none') as customer_order,
        issues.issue_key as shared_issue_key
    from {{ ref('dim_tickets') }} as tickets
    inner join {{ ref('int_issue_tickets') }} as issues on tickets.ticket_key = issues.ticket_key

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

tags as (

    select * from {{ ref('dim_tags') }}

),

ends as (

    select
        cycles.tenant_id,
        cycles.ticket_key,
        cycles.cycle_key,
        cycles.ended_at,
        cycles.reopened_at,
        cycles.is_reopen_within_7d,
        cycles.resolver_team_key,
        cycles.resolver_agent_key,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        tickets.customer_key,
        tickets.order_key,
        tickets.customer_order,
        tickets.resolution_reason_tag_key,
        tickets.shared_issue_key,
        {{ add_seconds('cycles.ended_at', 604800) }} as window_end_at,
        row_number() over (
            partition by tickets.shared_issue_key
            order by
                case when {{ add_seconds('cycles.ended_at', 604800) }} <= {{ as_of_at() }} then 0 else 1 end,
                cycles.ended_at desc,
                cycles.cycle_key
        ) as choice
    from {{ ref('fct_resolution_cycles') }} as cycles
    inner join tickets on cycles.ticket_key = tickets.ticket_key
    where cycles.ended_at is not null

),

resolutions as (

    select * from ends
    where choice = 1

),

turns as (

    -- a thank-you that needs no answer is no contact
    select
        obligations.state,
        obligations.started_at,
        tickets.shared_issue_key,
        tickets.customer_order
    from {{ ref('fct_response_obligations') }} as obligations
    inner join tickets on obligations.ticket_key = tickets.ticket_key
    where
        obligations.kind in ('first', 'next')
        and obligations.state <> 'excluded'
        and coalesce(obligations.waiver_reason, 'none') <> 'thank_you_rule'

),

contacts as (

    select
        resolutions.shared_issue_key,
        min(turns.started_at) as first_contact_at,
        count(*) as contacts,
        sum(case when turns.state = 'answered_by_bot' then 1 else 0 end) as bot_contacts
    from resolutions
    inner join turns
        on
        resolutions.shared_issue_key = turns.shared_issue_key
        and resolutions.ended_at >= turns.started_at
    group by resolutions.shared_issue_key

),

earlier_reopenings as (

    select
        resolutions.shared_issue_key,
        count(*) as reopenings
    from resolutions
    inner join ends
        on
        resolutions.shared_issue_key = ends.shared_issue_key
        and resolutions.ended_at >= ends.reopened_at
    group by resolutions.shared_issue_key

),

new_tickets as (

    select
        resolutions.shared_issue_key,
        count(*) as tickets
    from resolutions
    inner join tickets
        on
        resolutions.shared_issue_key = tickets.shared_issue_key
        and resolutions.ended_at < tickets.created_at
        and resolutions.window_end_at >= tickets.created_at
    where tickets.is_counted
    group by resolutions.shared_issue_key

),

repeats as (

    -- after any of its resolutions: one that came back and was resolved again stands at the later one. Same customer and same
    -- order, where both being without an order counts as the same
    select
        ends.shared_issue_key,
        max(case when ends.shared_issue_key = turns.shared_issue_key then 1 else 0 end) as is_same_issue
    from ends
    inner join resolutions
        on
        ends.shared_issue_key = resolutions.shared_issue_key
        and ends.ended_at <= resolutions.ended_at
    inner join turns
        on
        ends.customer_order = turns.customer_order
        and ends.ended_at < turns.started_at
        and ends.window_end_at >= turns.started_at
    group by ends.shared_issue_key

),

replies as (

    select
        resolutions.shared_issue_key,
        messages.macro_key,
        row_number() over (partition by resolutions.shared_issue_key order by messages.sent_at, messages.message_key) as place,
        row_number() over (
            partition by resolutions.shared_issue_key order by messages.sent_at desc, messages.message_key desc
        ) as place_from_end
    from resolutions
    inner join contacts on resolutions.shared_issue_key = contacts.shared_issue_key
    inner join tickets on resolutions.shared_issue_key = tickets.shared_issue_key
    inner join {{ ref('fct_messages') }} as messages
        on
        tickets.ticket_key = messages.ticket_key
        and contacts.first_contact_at <= messages.sent_at
        and resolutions.ended_at >= messages.sent_at
    where messages.is_human_public_reply

),

reply_ends as (

    select
        shared_issue_key,
        count(*) as reply_count,
        max(case when place = 1 then macro_key end) as first_reply_macro_key,
        max(case when place_from_end = 1 then macro_key end) as last_reply_macro_key
    from replies
    group by shared_issue_key

),

outcomes as (

    select
        resolutions.tenant_id,
        resolutions.shared_issue_key as issue_key,
        resolutions.ticket_key,
        resolutions.cycle_key,
        contacts.first_contact_at,
        resolutions.ended_at as resolved_at,
        {{ kpi_local_month('resolutions.ended_at') }} as month,
        resolutions.window_end_at <= {{ as_of_at() }} as is_matured,
        resolutions.is_reopen_within_7d as is_reopened_within_7d,
        new_tickets.tickets is not null as has_new_ticket_within_7d,
        coalesce(earlier_reopenings.reopenings, 0) as earlier_reopenings,
        cast(coalesce(contacts.contacts, 0) as integer) as contacts,
        cast(coalesce(contacts.bot_contacts, 0) as integer) as bot_contacts,
        cast(coalesce(reply_ends.reply_count, 0) as integer) as reply_count,
        repeats.shared_issue_key is not null as is_repeat,
        coalesce(repeats.is_same_issue = 0, false) as is_repeat_other_reason_only,
        resolutions.customer_key,
        resolutions.order_key,
        resolutions.platform,
        resolutions.marketplace_account_key,
        resolutions.channel_key,
        resolutions.resolver_team_key as team_key,
        coalesce(resolutions.resolver_agent_key, 'unowned') as agent_key,
        resolutions.resolution_reason_tag_key as reason_tag_key,
        lower(tags.name) as reason_name,
        reply_ends.first_reply_macro_key,
        reply_ends.last_reply_macro_key
    from resolutions
    inner join tenants on resolutions.tenant_id = tenants.tenant_id
    left join contacts on resolutions.shared_issue_key = contacts.shared_issue_key
    left join earlier_reopenings on resolutions.shared_issue_key = earlier_reopenings.shared_issue_key
    left join new_tickets on resolutions.shared_issue_key = new_tickets.shared_issue_key
    left join repeats on resolutions.shared_issue_key = repeats.shared_issue_key
    left join reply_ends on resolutions.shared_issue_key = reply_ends.shared_issue_key
    left join tags on resolutions.resolution_reason_tag_key = tags.tag_key

),

final as (

    select
        *,
        is_matured and contacts > bot_contacts as is_in_fcr,
        contacts = 1
        and bot_contacts = 0
        and earlier_reopenings = 0
        and not is_reopened_within_7d
        and not has_new_ticket_within_7d as is_fcr
    from outcomes

)

select * from final
