{{ config(materialized=step()) }}

-- Turns that became visible to agents during an outage that covers them: they say nothing about the reaction of a person.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

windows as (

    select * from {{ ref('core__incident_windows') }}
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

    select distinct obligations.obligation_key
    from obligations
    inner join windows
        on
        obligations.tenant_id = windows.tenant_id
        and obligations.available_at >= windows.starts_at
        and obligations.available_at < windows.ends_at
    left join accounts on obligations.marketplace_account_key = accounts.marketplace_account_key
    left join channels on obligations.channel_key = channels.channel_key
    left join teams on obligations.team_key = teams.team_key
    where
        windows.scope_type = 'company'
        or (windows.scope_type = 'platform' and windows.scope_id = obligations.platform)
        or (windows.scope_type = 'marketplace_account' and windows.scope_id = accounts.marketplace_account_id)
        or (windows.scope_type = 'channel' and windows.scope_id = channels.channel_id)
        or (windows.scope_type = 'team' and windows.scope_id = teams.team_id)

)

select
    obligation_key,
    true as is_visible_inside
from disturbed
