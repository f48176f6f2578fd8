{{ config(access='protected') }}

-- Tickets in which a macro was used, one row per ticket and macro: resolved by it when it was in the last public reply before a
-- resolution that stood for seven days. Month and judgement of the ticket's last resolution that is seven days old.

with

cycles as (

    select
        *,
        row_number() over (partition by ticket_key order by ended_at desc, cycle_no desc) as choice
    from {{ ref('fct_resolution_cycles') }}
    where {{ add_seconds('ended_at', 604800) }} <= {{ as_of_at() }}

),

macros as (

    select * from {{ ref('dim_macros') }}

),

replies as (

    select
        cycles.ticket_key,
        messages.macro_key,
        row_number() over (partition by cycles.ticket_key order by messages.sent_at desc, messages.message_id desc) as from_end
    from cycles
    inner join {{ ref('fct_messages') }} as messages
        on
        cycles.ticket_key = messages.ticket_key
        and cycles.ended_at >= messages.sent_at
    where
        cycles.choice = 1
        and messages.is_human_public_reply

),

used as (

    select
        ticket_key,
        macro_key,
        min(from_end) = 1 as is_last_reply
    from replies
    where macro_key is not null
    group by ticket_key, macro_key

),

judged as (

    select
        cycles.tenant_id,
        used.ticket_key || used.macro_key as fact_key,
        used.ticket_key,
        cycles.ended_at as happened_at,
        coalesce(macros.name, 'unknown macro') || case when used.is_last_reply then ' in the last reply' else ' in an earlier reply' end
        || case when coalesce(cycles.is_reopen_within_7d, false) then ', reopened' else '' end as detail,
        cycles.ended_month as month,
        used.is_last_reply and not coalesce(cycles.is_reopen_within_7d, false) as is_resolved,
        coalesce(macros.macro_id, 'unknown') as macro_id,
        cycles.platform,
        cycles.marketplace_account_key,
        cycles.channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key
    from used
    inner join cycles on used.ticket_key = cycles.ticket_key
    left join macros on used.macro_key = macros.macro_key
    where cycles.choice = 1 and not cycles.is_ticket_excluded

),

measured as (

    {{ kpi_counts('judged', [
        {'kpi_id': 'macro_resolution_rate', 'stat': 'ratio', 'numerator': 'case when is_resolved then 1 else 0 end', 'denominator': '1', 'subject_type': 'macro', 'subject_id': 'macro_id'},
    ]) }}

)

select * from measured
