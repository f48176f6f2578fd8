-- Primary reason of a root ticket as canonical tag: now, first ever, and when it was last resolved. Grain: root ticket.

with

tags as (

    select
        tags.tag_key,
        coalesce(canonical_tags.tag_key, tags.tag_key) as canonical_tag_key
    from {{ ref('canonical__tags') }} as tags
    left join {{ ref('canonical__tags') }} as canonical_tags on tags.canonical_tag_key = canonical_tags.tag_key

),

reasons as (

    select
        tickets.ticket_no,
        tickets.ticket_key,
        coalesce(tags.canonical_tag_key, states.value) as tag_key,
        states.from_us,
        states.to_us
    from {{ ref('int_lane_states') }} as states
    inner join {{ ref('int_tickets_visible') }} as tickets on states.lane_no = tickets.ticket_no
    left join tags on states.value = tags.tag_key
    where states.attribute = 'reason' and tickets.ticket_key = tickets.root_key

),

resolutions as (

    select
        lane_no,
        max(end_us) as resolved_us
    from {{ ref('int_cycles') }}
    where end_us is not null
    group by lane_no

),

firsts as (

    select
        ticket_no,
        min(from_us) as from_us
    from reasons
    where tag_key is not null
    group by ticket_no

)

select
    reasons.ticket_key,
    reasons.tag_key,
    first_reasons.tag_key as first_tag_key,
    case
        when resolutions.lane_no is null then reasons.tag_key
        else resolved_reasons.tag_key
    end as resolution_tag_key
from reasons
left join firsts on reasons.ticket_no = firsts.ticket_no
left join reasons as first_reasons
    on firsts.ticket_no = first_reasons.ticket_no
    and firsts.from_us = first_reasons.from_us
left join resolutions on reasons.ticket_no = resolutions.lane_no
left join reasons as resolved_reasons
    on resolutions.lane_no = resolved_reasons.ticket_no
    and resolutions.resolved_us >= resolved_reasons.from_us
    and resolutions.resolved_us < resolved_reasons.to_us
where reasons.to_us = {{ far_us() }}
