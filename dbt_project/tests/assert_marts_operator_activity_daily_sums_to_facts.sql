-- R6: replies, notes, first replies, reactions, waivers of customer turns and closings of all people and `unowned` are those of the facts.
with counted as (
    select
        tenant_id,
        sum(replies_sent) as replies_sent,
        sum(internal_notes) as internal_notes,
        sum(first_replies_sent) as first_replies_sent,
        sum(n_reactions) as n_reactions,
        sum(waivers) as waivers,
        sum(closed_with_reply) as closed_with_reply,
        sum(closed_without_reply) as closed_without_reply
    from {{ ref('operator_activity_daily') }}
    group by tenant_id
),

messages as (
    select
        tenant_id,
        count(case when is_human_public_reply then 1 end) as replies_sent,
        count(case when visibility = 'internal' and author_role = 'agent' then 1 end) as internal_notes
    from {{ ref('fct_messages') }}
    where
        not is_duplicate
        and not is_ticket_excluded
        and ticket_key not in (
            select ticket_key from {{ ref('int_kpi_unseen_tickets') }}
            where kpi_id = 'replies_sent'
        )
    group by tenant_id
),

obligations as (
    select
        tenant_id,
        count(case when state = 'answered' and kind = 'first' then 1 end) as first_replies_sent,
        count(case when state = 'answered' and kind in ('first', 'next') and not is_proxy then 1 end) as n_reactions,
        count(
            case
                when
                    state = 'waived'
                    and kind in ('first', 'next')
                    and coalesce(ticket_key, '') not in (
                        select ticket_key from {{ ref('int_kpi_unseen_tickets') }}
                        where kpi_id = 'waiver_rate'
                    )
                    then 1
            end
        ) as waivers
    from {{ ref('fct_response_obligations') }}
    where
        coalesce(ticket_key, '') not in (
            select ticket_key from {{ ref('int_kpi_unseen_tickets') }}
            where kpi_id = 'first_replies_sent'
        )
    group by tenant_id
),

closings as (
    select
        closings.tenant_id,
        count(case when closings.is_with_reply then 1 end) as closed_with_reply,
        count(case when closings.is_without_reply then 1 end) as closed_without_reply
    from {{ ref('fct_closings') }} as closings
    inner join {{ ref('dim_tickets') }} as tickets
        on closings.ticket_key = tickets.ticket_key
    where
        not closings.is_merge_or_spam
        and not tickets.is_excluded
        and closings.ticket_key not in (
            select ticket_key from {{ ref('int_kpi_unseen_tickets') }}
            where kpi_id = 'closed_with_reply'
        )
    group by closings.tenant_id
),

compared as (
    select
        obligations.tenant_id,
        coalesce(counted.replies_sent, 0) - coalesce(messages.replies_sent, 0) as replies_sent,
        coalesce(counted.internal_notes, 0) - coalesce(messages.internal_notes, 0) as internal_notes,
        coalesce(counted.first_replies_sent, 0) - obligations.first_replies_sent as first_replies_sent,
        coalesce(counted.n_reactions, 0) - obligations.n_reactions as n_reactions,
        coalesce(counted.waivers, 0) - obligations.waivers as waivers,
        coalesce(counted.closed_with_reply, 0) - coalesce(closings.closed_with_reply, 0) as closed_with_reply,
        coalesce(counted.closed_without_reply, 0) - coalesce(closings.closed_without_reply, 0) as closed_without_reply
    from obligations
    left join messages on obligations.tenant_id = messages.tenant_id
    left join closings on obligations.tenant_id = closings.tenant_id
    left join counted on obligations.tenant_id = counted.tenant_id
)

-- what a seller cannot measure has no numbers to add up
select * from compared
where
    tenant_id not in (
        select tenant_id from {{ ref('int_kpi_gaps') }}
        where kpi_id in ('replies_sent', 'closed_with_reply', 'waiver_rate') and clock = '*'
    )
    and (
        replies_sent <> 0
        or internal_notes <> 0
        or first_replies_sent <> 0
        or n_reactions <> 0
        or waivers <> 0
        or closed_with_reply <> 0
        or closed_without_reply <> 0
    )
