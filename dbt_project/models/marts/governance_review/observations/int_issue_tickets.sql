{{ config(access='protected', materialized='table') }}

-- Which issue a ticket belongs to: the key its source gives; else that of the ticket it follows up; else customer, order and
-- reason together; where one of those is unknown the ticket is an issue of its own. Only roots that are not excluded.
-- A pure function of the tickets as known now, so it is made anew in every build. Grain: root ticket.

with recursive

tickets as (

    select * from {{ ref('dim_tickets') }}

),

roots as (

    select * from tickets
    where
        ticket_key = effective_ticket_key
        and not is_excluded

),

sources as (

    select
        ticket_key,
        issue_key,
        follow_up_of_ticket_key
    from {{ ref('core__tickets') }}

),

hops as (

    select
        roots.ticket_key,
        followed.effective_ticket_key as into_key
    from roots
    inner join sources on roots.ticket_key = sources.ticket_key
    inner join tickets as followed on sources.follow_up_of_ticket_key = followed.ticket_key
    where followed.effective_ticket_key <> roots.ticket_key

),

walk as (

    select
        ticket_key,
        into_key as head_key,
        1 as depth
    from hops
    union all
    select
        walk.ticket_key,
        hops.into_key as head_key,
        walk.depth + 1 as depth
    from walk
    inner join hops on walk.head_key = hops.ticket_key
    where walk.depth < 32

),

heads as (

    -- a ring of follow-ups has no head: its tickets stand alone
    select
        ticket_key,
        {{ max_by('head_key', 'depth') }} as head_key
    from walk
    group by ticket_key
    having max(depth) < 32

),

final as (

    select
        roots.tenant_id,
        roots.ticket_key,
        case
            when sources.issue_key is not null
                then {{ hash_text("roots.tenant_id || '|' || roots.source_system || '|' || sources.issue_key") }}
            when
                head_tickets.customer_key is not null
                and head_tickets.order_key is not null
                and head_tickets.resolution_reason_tag_key is not null
                then
                    {{ hash_text(
                        "head_tickets.customer_key || '|' || head_tickets.order_key || '|' || head_tickets.resolution_reason_tag_key"
                    ) }}
            else head_tickets.ticket_key
        end as issue_key
    from roots
    inner join sources on roots.ticket_key = sources.ticket_key
    left join heads on roots.ticket_key = heads.ticket_key
    inner join tickets as head_tickets on coalesce(heads.head_key, roots.ticket_key) = head_tickets.ticket_key

)

select * from final
