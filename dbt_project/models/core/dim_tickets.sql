{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- One row per original ticket as known now; facts refer to the root, merged secondaries point at it.

with

tickets as (

    select * from {{ ref('int_tickets_visible') }}

),

current_states as (

    select
        ticket_key,
        max(case when attribute = 'priority' then value end) as priority,
        max(case when attribute = 'assignee' then value end) as assignee_agent_key,
        max(case when attribute = 'team' then value end) as team_key
    from {{ ref('int_ticket_states') }}
    where to_at is null
    group by ticket_key

),

cycles as (

    select
        lane_no,
        min(contact_us) as contact_us,
        min(end_us) as first_solved_us,
        max(end_us) as last_solved_us,
        count(*) as cycle_count
    from {{ ref('int_cycles') }}
    group by lane_no

)

select
    tickets.ticket_key,
    tickets.ticket_id,
    tickets.tenant_id,
    tickets.source_system,
    tickets.root_key as effective_ticket_key,
    tickets.ticket_key <> tickets.root_key as is_merged,
    {{ us_to_at('tickets.merged_us') }} as merged_at,
    {{ local_month(us_to_at('tickets.merged_us')) }} as merged_month,
    {{ surrogate_key(['tickets.tenant_id', 'tickets.source_system', 'coalesce(tickets.issue_key, tickets.root_key)']) }} as issue_key,
    tickets.channel_key,
    tickets.platform,
    tickets.channel_class,
    tickets.marketplace_account_key,
    tickets.order_key,
    tickets.customer_key,
    tickets.customer_type,
    tickets.region,
    tickets.language,
    {{ us_to_at('tickets.created_us') }} as created_at,
    {{ local_month(us_to_at('tickets.created_us')) }} as created_month,
    {{ local_day(us_to_at('tickets.created_us')) }} as created_on,
    tickets.created_by_role,
    tickets.origin,
    case
        when tickets.exclusion_reason in ('spam', 'deleted') then tickets.exclusion_reason
        else tickets.status
    end as status,
    current_states.priority,
    coalesce(current_states.assignee_agent_key, 'unowned') as assignee_agent_key,
    current_states.team_key,
    reasons.tag_key as reason_tag_key,
    reasons.resolution_tag_key as resolution_reason_tag_key,
    reasons.first_tag_key as first_reason_tag_key,
    tickets.exclusion_reason is not null as is_excluded,
    tickets.exclusion_reason,
    tickets.ticket_key = tickets.root_key
    and tickets.exclusion_reason is null
    and tickets.origin in ('inbound', 'proxy') as is_counted,
    {{ us_to_at('cycles.contact_us') }} as first_contact_at,
    {{ us_to_at('cycles.first_solved_us') }} as first_solved_at,
    {{ us_to_at('cycles.last_solved_us') }} as last_solved_at,
    cast(coalesce(cycles.cycle_count, 0) as integer) as cycle_count
from tickets
left join {{ ref('canonical__tenants') }} as tenants on tickets.tenant_id = tenants.tenant_id
left join current_states on tickets.ticket_key = current_states.ticket_key
left join {{ ref('int_ticket_reasons') }} as reasons on tickets.ticket_key = reasons.ticket_key
left join cycles on tickets.ticket_no = cycles.lane_no
order by created_at
