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

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tags as (

    select * from {{ ref('dim_tags') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

resolved as (

    select
        cycles.tenant_id,
        cycles.ticket_key,
        cycles.cycle_key,
        cycles.ended_at as resolved_at,
        {{ kpi_local_month('cycles.ended_at') }} as month,
        tags.tag_key as reason_tag_key,
        lower(tags.name) as reason_name,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        cycles.resolver_team_key as team_key
    from cycles
    inner join tickets on cycles.ticket_key = tickets.ticket_key
    inner join tenants on cycles.tenant_id = tenants.tenant_id
    left join tags
        on
        tickets.resolution_reason_tag_key = tags.tag_key
        and tags.kind = 'reason'
    where
        cycles.from_last = 1
        and not tickets.is_excluded

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
