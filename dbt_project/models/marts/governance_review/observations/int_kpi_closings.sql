-- Closings with and without an answer to every customer turn, by closer, in the month of the closing.

with

closings as (

    select * from {{ ref('fct_closings') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

closed as (

    select
        closings.tenant_id,
        closings.closing_key as fact_key,
        closings.ticket_key,
        closings.closed_at as happened_at,
        case when closings.is_without_reply then 'without reply' else 'with reply' end as detail,
        {{ kpi_local_month('closings.closed_at') }} as month,
        closings.is_with_reply,
        closings.is_without_reply,
        closings.is_repaired,
        closings.is_human,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        closings.closer_team_key as team_key,
        coalesce(closings.closer_agent_key, 'unowned') as agent_key
    from closings
    inner join tickets on closings.ticket_key = tickets.ticket_key
    inner join tenants on closings.tenant_id = tenants.tenant_id
    where
        not tickets.is_excluded
        and not closings.is_merge_or_spam
        and (closings.is_with_reply or closings.is_without_reply)

),

measured as (

    {{ kpi_counts('closed', [
        {'kpi_id': 'closed_with_reply', 'stat': 'count', 'where': 'is_with_reply'},
        {'kpi_id': 'closed_without_reply', 'stat': 'count', 'where': 'is_without_reply'},
        {'kpi_id': 'closed_without_reply', 'stat': 'count', 'variant': 'repaired', 'where': 'is_without_reply and is_repaired'},
        {'kpi_id': 'closed_without_reply_rate', 'stat': 'ratio', 'numerator': 'case when is_without_reply then 1 else 0 end', 'denominator': '1', 'where': 'is_human'},
    ]) }}

)

select * from measured
