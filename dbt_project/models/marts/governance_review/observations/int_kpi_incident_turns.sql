{{ config(schema='intermediate', access='protected', contract={'enforced': false}, materialized='view') }}

-- Turns that an outage covers: those that became visible in it say nothing about the reaction of a person, those whose
-- 24 hours ended in it were nobody's miss.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

windows as (

    select * from {{ ref('canonical__incident_windows') }}
    where kind in ('outage', 'platform_outage', 'force_majeure')

),

accounts as (

    select * from {{ ref('dim_marketplace_accounts') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

teams as (

    select * from {{ ref('dim_teams') }}

),

disturbed as (

    select
        obligations.obligation_key,
        obligations.available_at >= windows.starts_at and obligations.available_at < windows.ends_at as is_visible_inside,
        {{ add_seconds('obligations.started_at', 86400) }} >= windows.starts_at
        and {{ add_seconds('obligations.started_at', 86400) }} < windows.ends_at as is_due_inside
    from obligations
    inner join windows
        on
        obligations.tenant_id = windows.tenant_id
        and obligations.started_at < windows.ends_at
        and {{ add_seconds('obligations.available_at', 86400) }} >= windows.starts_at
    left join accounts on obligations.marketplace_account_key = accounts.marketplace_account_key
    left join channels on obligations.channel_key = channels.channel_key
    left join teams on obligations.team_key = teams.team_key
    where
        windows.scope_type = 'company'
        or (windows.scope_type = 'platform' and windows.scope_id = obligations.platform)
        or (windows.scope_type = 'marketplace_account' and windows.scope_id = accounts.marketplace_account_id)
        or (windows.scope_type = 'channel' and windows.scope_id = channels.channel_id)
        or (windows.scope_type = 'team' and windows.scope_id = teams.team_id)

),

final as (

    select
        obligation_key,
        max(case when is_visible_inside then 1 else 0 end) = 1 as is_visible_inside,
        max(case when is_due_inside then 1 else 0 end) = 1 as is_due_inside
    from disturbed
    group by obligation_key

)

select * from final
