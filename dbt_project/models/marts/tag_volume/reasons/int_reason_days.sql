{{ config(materialized=step()) }}

-- Counted tickets per local day of creation, scope and reason by name (lower case; null = untagged): as primary reason, with
-- the reasons below, and by any tag.
with links as (
    select * from {{ ref('int_ticket_reason_links') }}
),

tickets as (
    select * from {{ ref('dim_tickets') }}
),

tags as (
    select * from {{ ref('dim_tags') }}
    where kind = 'reason'
),

-- A tag that is no reason of the taxonomy leaves its ticket untagged, and says nothing by any tag.
named as (
    select
        links.tenant_id,
        links.ticket_key,
        tickets.created_on as date_day,
        links.platform,
        links.marketplace_account_key,
        links.channel_key,
        tickets.team_key,
        lower(tags.name) as reason_name,
        max(links.is_primary) as is_primary,
        max(links.is_rollup) as is_rollup,
        max(case when tags.tag_key is null then links.is_primary else links.is_any end) as is_any
    from links
    inner join tickets
        on links.ticket_key = tickets.ticket_key
    left join tags
        on links.reason_tag_key = tags.tag_key
    where links.is_primary = 1 or tags.tag_key is not null
    group by
        links.tenant_id,
        links.ticket_key,
        tickets.created_on,
        links.platform,
        links.marketplace_account_key,
        links.channel_key,
        tickets.team_key,
        lower(tags.name)
),

placed as (
    select
        named.*,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id
    from named
    left join {{ ref('dim_marketplace_accounts') }} as accounts
        on named.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels
        on named.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams
        on named.team_key = teams.team_key
),

scoped as (
    {%- for scope_type, scope_id in [
        ('company', "'company'"),
        ('platform', 'platform'),
        ('marketplace_account', 'marketplace_account_id'),
        ('channel', 'channel_id'),
        ('team', 'team_id'),
    ] %}
    select
        tenant_id,
        date_day,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        {{ 'cast(null as varchar)' if scope_type in ['company', 'team'] else 'max(platform)' }} as platform,
        reason_name,
        sum(is_primary) as tickets,
        sum(is_rollup) as tickets_with_descendants,
        sum(is_any) as tickets_any_tag
    from placed
    where {{ scope_id }} is not null
    group by
        tenant_id,
        date_day,
        {{ scope_id }},
        reason_name
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from scoped
