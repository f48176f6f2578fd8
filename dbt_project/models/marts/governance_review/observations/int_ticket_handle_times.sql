{{ config(access='protected') }}

-- Handle time of resolved tickets up to their last mature resolution. Grain: root ticket with a mature resolution.

with

cycles as (

    select
        *,
        row_number() over (partition by ticket_key order by cycle_no desc) as from_last
    from {{ ref('fct_resolution_cycles') }}
    where is_mature

),

tags as (

    select * from {{ ref('dim_tags') }}

),

resolved as (

    select
        cycles.tenant_id,
        cycles.ticket_key,
        cycles.cycle_key,
        cycles.ended_at as resolved_at,
        cycles.ended_month as month,
        tags.tag_key as reason_tag_key,
        lower(tags.name) as reason_name,
        cycles.platform,
        cycles.marketplace_account_key,
        cycles.channel_key,
        cycles.resolver_team_key as team_key
    from cycles
    left join tags
        on
        cycles.resolution_reason_tag_key = tags.tag_key
        and tags.kind = 'reason'
    where
        cycles.from_last = 1
        and not cycles.is_ticket_excluded

),

worked as (

    select
        resolved.ticket_key,
        sum(sessions.handle_s) as handle_s,
        count(*) as session_count
    from resolved
    inner join {{ ref('int_handle_sessions') }} as sessions
        on
        resolved.ticket_key = sessions.ticket_key
        and sessions.started_at <= resolved.resolved_at
    group by resolved.ticket_key

)

select
    resolved.*,
    cast(coalesce(worked.handle_s, 0) as bigint) as handle_s,
    coalesce(worked.session_count, 0) as session_count,
    worked.ticket_key is not null as has_session
from resolved
left join worked on resolved.ticket_key = worked.ticket_key
