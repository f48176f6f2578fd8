{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Tickets per primary reason, local day of creation and scope dimensions: what the top-reason windows are cut from.

with

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

tags as (

    select * from {{ ref('dim_tags') }}

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

opened as (

    select
        tickets.tenant_id,
        cast({{ utc_to_local('tickets.created_at', 'tenants.reporting_tz') }} as date) as created_day,
        tags.tag_key,
        tags.name as tag_name,
        tags.valid_from as tag_valid_from,
        tickets.platform,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id
    from tickets
    inner join tenants on tickets.tenant_id = tenants.tenant_id
    left join tags on tickets.resolution_reason_tag_key = tags.tag_key and tags.kind = 'reason'
    left join accounts on tickets.marketplace_account_key = accounts.marketplace_account_key
    left join channels on tickets.channel_key = channels.channel_key
    left join teams on tickets.team_key = teams.team_key
    where tickets.is_counted

),

scoped as (

    {% for scope_type, scope_id in [
        ('company', "'company'"),
        ('platform', 'platform'),
        ('marketplace_account', 'marketplace_account_id'),
        ('channel', 'channel_id'),
        ('team', 'team_id'),
    ] %}
    select
        tenant_id,
        created_day,
        tag_key,
        tag_name,
        tag_valid_from,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        count(*) as tickets
    from opened
    where {{ scope_id }} is not null
    group by tenant_id, created_day, tag_key, tag_name, tag_valid_from, {{ scope_id }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from scoped
