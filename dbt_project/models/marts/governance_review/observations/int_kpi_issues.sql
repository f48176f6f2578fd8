-- Issues at their last resolution that is seven days old: contacts needed, first-contact resolution and repeat contacts, credited to the
-- resolver (A3), and first-contact resolution by reason and by the macro of the first reply. By reason also what customers said in surveys.
-- Reason rows, with `untagged` among them, add up to the company.

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

tags as (

    select
        tag_key,
        lower(name) as reason_name
    from {{ ref('dim_tags') }}
    where kind = 'reason'

),

resolved as (

    select
        issues.tenant_id,
        issues.issue_key as fact_key,
        issues.ticket_key,
        issues.resolved_at as happened_at,
        cast(issues.contacts as varchar) || ' contacts' || case when issues.is_fcr then ', stayed solved' else '' end as detail,
        issues.month,
        issues.is_fcr,
        coalesce(tags.reason_name, 'untagged') as reason_name,
        case when issues.first_reply_macro_key is not null then coalesce(macros.macro_id, 'unknown') end as macro_id,
        issues.platform,
        issues.marketplace_account_key,
        issues.channel_key,
        issues.team_key,
        cast(null as varchar) as agent_key
    from {{ ref('int_resolved_issues') }} as issues
    left join tags on issues.reason_tag_key = tags.tag_key
    left join {{ ref('dim_macros') }} as macros on issues.first_reply_macro_key = macros.macro_key
    where issues.is_in_fcr

),

surveyed as (

    select
        responses.tenant_id,
        responses.response_key as fact_key,
        responses.ticket_key,
        responses.responded_at as happened_at,
        responses.contacts_needed_answer || ' contacts, said the customer' as detail,
        responses.responded_month as month,
        responses.contacts_needed_answer,
        coalesce(tags.reason_name, 'untagged') as reason_name,
        responses.platform,
        responses.marketplace_account_key,
        responses.channel_key,
        responses.team_key,
        cast(null as varchar) as agent_key
    from {{ ref('fct_satisfaction_responses') }} as responses
    inner join {{ ref('dim_tickets') }} as tickets on responses.ticket_key = tickets.ticket_key
    left join tags on tickets.resolution_reason_tag_key = tags.tag_key
    where
        responses.is_latest
        and not responses.is_ticket_excluded
        and responses.contacts_needed_answer is not null

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
    {{ kpi_counts('resolved', [
        {'kpi_id': 'tag_fcr', 'stat': 'ratio', 'numerator': 'case when is_fcr then 1 else 0 end', 'denominator': '1', 'variant': 'operational', 'subject_type': 'reason', 'subject_id': 'reason_name'},
        {'kpi_id': 'macro_fcr', 'stat': 'ratio', 'clock': 'none', 'numerator': 'case when is_fcr then 1 else 0 end', 'denominator': '1', 'where': 'macro_id is not null', 'subject_type': 'macro', 'subject_id': 'macro_id'},
    ]) }}
    union all
    {{ kpi_counts('surveyed', [
        {'kpi_id': 'tag_fcr', 'stat': 'ratio', 'numerator': "case when contacts_needed_answer = '1' then 1 else 0 end", 'denominator': '1', 'variant': 'survey', 'subject_type': 'reason', 'subject_id': 'reason_name'},
    ]) }}

)

select * from measured
