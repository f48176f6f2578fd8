-- Orders with a defect that counts against the seller, in the month of the first one, and what support knew before it: any
-- contact, a first reply that broke its promise, a conversation closed without reply, more than one contact. A coincidence
-- in time, no proof of a cause.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

defects as (

    select
        tenant_id,
        order_key,
        min(opened_at) as defect_at
    from {{ ref('core__order_defects') }}
    where
        opened_at <= {{ as_of_at() }}
        and not is_deleted_in_source
        and coalesce(counts_against_seller, true)
        and coalesce(outcome, 'pending') not in ('denied', 'withdrawn', 'removed')
    group by tenant_id, order_key

),

orders as (

    select
        order_key,
        max(platform) as platform,
        max(marketplace_account_key) as marketplace_account_key
    from {{ ref('core__orders') }}
    group by order_key

),

contacts as (

    select
        defects.order_key,
        obligations.ticket_key,
        obligations.channel_key,
        obligations.team_key,
        -- the platform's promise, else our own
        obligations.kind = 'first'
        and case
            when obligations.marketplace_verdict = 'no_target'
                then obligations.internal_verdict = 'breached' and obligations.internal_verdict_at < defects.defect_at
            else obligations.marketplace_verdict = 'breached' and obligations.marketplace_verdict_at < defects.defect_at
        end as is_late,
        row_number() over (
            partition by defects.order_key order by obligations.started_at, obligations.obligation_key
        ) as contact_no
    from defects
    inner join {{ ref('fct_response_obligations') }} as obligations
        on
        defects.order_key = obligations.order_key
        and defects.defect_at > obligations.started_at
    where
        obligations.kind in ('first', 'next')
        and obligations.state <> 'excluded'

),

contacted as (

    select
        order_key,
        count(*) as contacts,
        max(case when is_late then 1 else 0 end) = 1 as has_late_first_reply,
        max(case when contact_no = 1 then ticket_key end) as ticket_key,
        max(case when contact_no = 1 then channel_key end) as channel_key,
        max(case when contact_no = 1 then team_key end) as team_key
    from contacts
    group by order_key

),

closed_unanswered as (

    select distinct defects.order_key
    from defects
    inner join {{ ref('dim_tickets') }} as tickets on defects.order_key = tickets.order_key
    inner join {{ ref('fct_closings') }} as closings on tickets.ticket_key = closings.ticket_key
    where
        closings.is_without_reply
        and closings.closed_at < defects.defect_at
        and not tickets.is_excluded

),

linked as (

    select
        defects.tenant_id,
        defects.order_key as fact_key,
        contacted.ticket_key,
        defects.defect_at as happened_at,
        'defect after ' || cast(coalesce(contacted.contacts, 0) as varchar) || ' contacts' as detail,
        {{ kpi_local_month('defects.defect_at') }} as month,
        coalesce(contacted.contacts, 0) as contacts,
        coalesce(contacted.has_late_first_reply, false) as has_late_first_reply,
        closed_unanswered.order_key is not null as was_closed_unanswered,
        orders.platform,
        orders.marketplace_account_key,
        contacted.channel_key,
        contacted.team_key,
        cast(null as varchar) as agent_key
    from defects
    inner join tenants on defects.tenant_id = tenants.tenant_id
    left join orders on defects.order_key = orders.order_key
    left join contacted on defects.order_key = contacted.order_key
    left join closed_unanswered on defects.order_key = closed_unanswered.order_key

),

counted as (

    -- defects before the first ticket could not have had a contact
    select linked.*
    from linked
    inner join months
        on
        linked.tenant_id = months.tenant_id
        and linked.month = months.month

),

measured as (

    {{ kpi_counts('counted', [
        {'kpi_id': 'ticket_defect_link_rate', 'stat': 'ratio', 'numerator': 'case when contacts > 0 then 1 else 0 end', 'denominator': '1'},
        {'kpi_id': 'ticket_defect_link_rate', 'stat': 'ratio', 'variant': 'late_first_reply', 'numerator': 'case when has_late_first_reply then 1 else 0 end', 'denominator': '1', 'where': 'contacts > 0'},
        {'kpi_id': 'ticket_defect_link_rate', 'stat': 'ratio', 'variant': 'closed_without_reply', 'numerator': 'case when was_closed_unanswered then 1 else 0 end', 'denominator': '1', 'where': 'contacts > 0'},
        {'kpi_id': 'ticket_defect_link_rate', 'stat': 'ratio', 'variant': 'repeat_contact', 'numerator': 'case when contacts > 1 then 1 else 0 end', 'denominator': '1', 'where': 'contacts > 0'},
    ]) }}

)

select * from measured
