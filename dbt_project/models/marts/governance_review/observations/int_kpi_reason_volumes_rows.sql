-- The tickets behind the volumes and shares of reasons, once per scope and rolling window (`month` is the month itself). A share
-- of a reason is taken of all tickets of the company, so only its numerator is a sum of its rows.

with

tickets as (

    -- each counts once, for its primary reason
    select
        tickets.tenant_id,
        tickets.ticket_key,
        tickets.created_at,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        tickets.team_key,
        tickets.created_on as date_day,
        lower(tags.name) as reason_name
    from {{ ref('dim_tickets') }} as tickets
    left join {{ ref('dim_tags') }} as tags
        on
        tickets.resolution_reason_tag_key = tags.tag_key
        and tags.kind = 'reason'
    where tickets.is_counted

),

windows as (

    {% for days in [30, 60, 90] -%}
    select
        tenant_id,
        month,
        '{{ days }}d' as variant,
        cast({{ dbt.dateadd('day', 1 - days, 'snapshot_day') }} as date) as window_from,
        snapshot_day as window_to
    from {{ ref('int_kpi_months') }}
    union all
    {% endfor -%}
    select
        tenant_id,
        month,
        'month' as variant,
        month as window_from,
        snapshot_day as window_to
    from {{ ref('int_kpi_months') }}

),

dated as (

    select
        tickets.*,
        windows.month,
        windows.variant,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id
    from tickets
    inner join windows
        on
        tickets.tenant_id = windows.tenant_id
        and tickets.date_day >= windows.window_from
        and tickets.date_day <= windows.window_to
    left join {{ ref('dim_marketplace_accounts') }} as accounts on tickets.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels on tickets.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams on tickets.team_key = teams.team_key

),

scopes as (

    -- joined, not united, so that who asks for one scope computes no other
    {% set scopes = {
        'company': "'company'", 'platform': 'dated.platform', 'marketplace_account': 'dated.marketplace_account_id', 'channel': 'dated.channel_id',
        'team': 'dated.team_id', 'reason': "coalesce(dated.reason_name, 'untagged')",
    } -%}
    {% for scope_type in scopes -%}
    select '{{ scope_type }}' as scope_type
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

scoped as (

    select
        dated.*,
        scopes.scope_type,
        case scopes.scope_type
            {%- for scope_type, scope_id in scopes.items() %}
            when '{{ scope_type }}' then {{ scope_id }}
            {%- endfor %}
        end as scope_id
    from dated
    cross join scopes

),

links as (

    -- reasons of a ticket's tags and what they belong to
    select
        links.tenant_id,
        links.ticket_key,
        lower(tags.name) as reason_name,
        max(links.is_rollup) as is_rollup,
        max(case when tags.tag_key is null then links.is_primary else links.is_any end) as is_any
    from {{ ref('int_ticket_reason_links') }} as links
    left join {{ ref('dim_tags') }} as tags
        on
        links.reason_tag_key = tags.tag_key
        and tags.kind = 'reason'
    where links.is_primary = 1 or tags.tag_key is not null
    group by links.tenant_id, links.ticket_key, lower(tags.name)

),

tagged as (

    {% for companion, condition in [('any_tag', 'links.is_any = 1'), ('with_descendants', 'links.is_rollup = 1')] -%}
    select
        dated.tenant_id,
        dated.month,
        '{{ companion }}' as companion,
        'reason' as scope_type,
        coalesce(links.reason_name, 'untagged') as scope_id,
        dated.platform,
        dated.marketplace_account_key,
        dated.channel_key,
        dated.team_key,
        dated.ticket_key,
        dated.created_at,
        links.reason_name
    from links
    inner join dated on links.ticket_key = dated.ticket_key
    where dated.variant = 'month' and {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

{% set columns = {
    'variant': 'variant', 'scope_type': 'scope_type', 'scope_id': 'scope_id', 'platform': 'platform',
    'marketplace_account_key': 'marketplace_account_key', 'channel_key': 'channel_key', 'team_key': 'team_key', 'subject_type': "'reason'",
    'subject_id': "coalesce(reason_name, 'untagged')", 'fact_key': 'ticket_key', 'ticket_key': 'ticket_key', 'happened_at': 'created_at',
    'detail': "coalesce(reason_name, 'untagged')", 'numerator': '1', 'n': '1',
} -%}
{{ kpi_rows('scoped', 'tag_volume', columns) }}
union all
{{ kpi_rows('tagged', 'tag_volume', dict(columns, variant='companion')) }}
union all
{{ kpi_rows('scoped', 'tag_share', dict(
    columns, numerator="case when reason_name is not null or scope_type = 'reason' then 1 else 0 end",
    denominator="case when scope_type <> 'reason' then 1 end", n="case when scope_type <> 'reason' then 1 end"
)) }}
