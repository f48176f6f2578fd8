-- Issues at their last resolution that is seven days old, credited to its resolver (A3): contacts needed, first-contact
-- resolution, repeat contacts. And solved tickets by the number of public replies they took, at their last solve.

with

issues as (

    select
        *,
        issue_key as fact_key,
        resolved_at as happened_at,
        cast(contacts as varchar) || ' contacts'
        || case when is_reopened_within_7d then ', reopened' else '' end
        || case when is_repeat then ', came back' else '' end as detail
    from {{ ref('int_resolved_issues') }}
    where is_matured

),

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

answered as (

    select
        ticket_key,
        sum(reply_count) as replies
    from cycles
    group by ticket_key

),

solved as (

    -- a ticket standing solved; reopened and answered again it has more than one reply
    select
        cycles.tenant_id,
        cycles.cycle_key as fact_key,
        cycles.ticket_key,
        cycles.ended_at as happened_at,
        cast(answered.replies as varchar) || ' replies' as detail,
        {{ kpi_local_month('cycles.ended_at') }} as month,
        answered.replies,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        cycles.resolver_team_key as team_key,
        coalesce(cycles.resolver_agent_key, 'unowned') as agent_key
    from cycles
    inner join tickets on cycles.ticket_key = tickets.ticket_key
    inner join answered on cycles.ticket_key = answered.ticket_key
    inner join tenants on cycles.tenant_id = tenants.tenant_id
    where
        cycles.is_last
        and cycles.ended_at is not null
        and answered.replies >= 1
        and not tickets.is_excluded

),

measured as (

    {{ kpi_counts('issues', [
        {'kpi_id': 'fcr_operational', 'stat': 'ratio', 'numerator': 'case when is_fcr then 1 else 0 end', 'denominator': '1', 'where': 'is_in_fcr'},
        {'kpi_id': 'contacts_to_resolve', 'stat': 'mean', 'numerator': 'contacts', 'denominator': '1', 'where': 'contacts > 0 and not is_reopened_within_7d'},
        {'kpi_id': 'contacts_to_resolve', 'stat': 'ratio', 'variant': 'resolved_in_1', 'numerator': 'case when contacts = 1 then 1 else 0 end', 'denominator': '1', 'where': 'contacts > 0 and not is_reopened_within_7d'},
        {'kpi_id': 'contacts_to_resolve', 'stat': 'ratio', 'variant': 'resolved_in_2', 'numerator': 'case when contacts = 2 then 1 else 0 end', 'denominator': '1', 'where': 'contacts > 0 and not is_reopened_within_7d'},
        {'kpi_id': 'contacts_to_resolve', 'stat': 'ratio', 'variant': 'resolved_in_3', 'numerator': 'case when contacts = 3 then 1 else 0 end', 'denominator': '1', 'where': 'contacts > 0 and not is_reopened_within_7d'},
        {'kpi_id': 'contacts_to_resolve', 'stat': 'ratio', 'variant': 'resolved_in_4_plus', 'numerator': 'case when contacts > 3 then 1 else 0 end', 'denominator': '1', 'where': 'contacts > 0 and not is_reopened_within_7d'},
        {'kpi_id': 'repeat_contact_rate', 'stat': 'ratio', 'numerator': 'case when is_repeat then 1 else 0 end', 'denominator': '1', 'agent_key': 'null'},
        {'kpi_id': 'repeat_contact_rate', 'stat': 'ratio', 'variant': 'other_reason', 'numerator': 'case when is_repeat_other_reason_only then 1 else 0 end', 'denominator': '1', 'agent_key': 'null'},
    ]) }}
    union all
    {{ kpi_counts('solved', [
        {'kpi_id': 'one_touch_rate', 'stat': 'ratio', 'numerator': 'case when replies = 1 then 1 else 0 end', 'denominator': '1'},
    ]) }}

)

select * from measured
