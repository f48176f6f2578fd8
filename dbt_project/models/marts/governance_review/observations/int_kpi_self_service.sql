-- Visits of known customers to the help pages of a reason, three days old or more, and whether the desk was contacted about
-- it within 72 hours: as the help pages report it, or by a contact of the customer whose reference stands before a colon in
-- the session. Anonymous visits are outside.

with

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tags as (

    select * from {{ ref('dim_tags') }}

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

customers as (

    select * from {{ ref('core__customers') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

reasons as (

    select
        tenant_id,
        tag_id,
        min(lower(name)) as reason_name
    from tags
    where kind = 'reason'
    group by tenant_id, tag_id

),

events as (

    select
        events.tenant_id,
        events.event_key,
        events.session_ref,
        events.outcome,
        events.occurred_at,
        reasons.reason_name,
        min(events.occurred_at) over (partition by events.tenant_id, events.session_ref, reasons.reason_name) as started_at
    from {{ ref('core__self_service_events') }} as events
    inner join reasons
        on
        events.tenant_id = reasons.tenant_id
        and events.reason_tag_id = reasons.tag_id
    where
        not coalesce(events.is_anonymous, false)
        and events.occurred_at <= {{ as_of_at() }}
        and not events.is_deleted_in_source

),

visits as (

    select
        tenant_id,
        session_ref,
        reason_name,
        started_at,
        case when session_ref like '%:%' then split_part(session_ref, ':', 1) end as customer_ref,
        min(event_key) as fact_key,
        max(case when outcome = 'contacted_after' and occurred_at <= {{ add_seconds('started_at', 72 * 3600) }} then 1 else 0 end)
            as is_contact_reported,
        max(case when outcome <> 'viewed' then 1 else 0 end) as is_outcome_known
    from events
    group by tenant_id, session_ref, reason_name, started_at

),

contacts as (

    select
        obligations.tenant_id,
        customers.customer_ref,
        lower(tags.name) as reason_name,
        obligations.started_at
    from obligations
    inner join tickets on obligations.ticket_key = tickets.ticket_key
    inner join customers on tickets.customer_key = customers.customer_key
    inner join tags on tickets.resolution_reason_tag_key = tags.tag_key
    where
        obligations.kind in ('first', 'next')
        and obligations.state <> 'excluded'

),

followed as (

    select
        visits.tenant_id,
        visits.fact_key,
        count(*) as contacts
    from visits
    inner join contacts
        on
        visits.tenant_id = contacts.tenant_id
        and visits.customer_ref = contacts.customer_ref
        and visits.reason_name = contacts.reason_name
        and contacts.started_at > visits.started_at
        and contacts.started_at <= {{ add_seconds('visits.started_at', 72 * 3600) }}
    group by visits.tenant_id, visits.fact_key

),

judged as (

    select
        visits.tenant_id,
        visits.fact_key,
        cast(null as varchar) as ticket_key,
        visits.started_at as happened_at,
        {{ kpi_local_month('visits.started_at') }} as month,
        visits.reason_name,
        case when visits.is_contact_reported = 1 or followed.contacts > 0 then 0 else 1 end as is_deflected,
        case when visits.is_contact_reported = 1 or followed.contacts > 0 then 'contacted the desk' else 'no contact' end as detail,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key
    from visits
    inner join tenants on visits.tenant_id = tenants.tenant_id
    left join followed
        on
        visits.tenant_id = followed.tenant_id
        and visits.fact_key = followed.fact_key
    where
        visits.is_outcome_known = 1
        and {{ add_seconds('visits.started_at', 72 * 3600) }} <= {{ as_of_at() }}

),

measured as (

    {{ kpi_counts('judged', [
        {'kpi_id': 'deflection_rate', 'stat': 'ratio', 'clock': 'none', 'numerator': 'is_deflected', 'denominator': '1', 'subject_type': 'reason', 'subject_id': 'reason_name'},
    ]) }}

)

select * from measured
