-- The tickets behind the volumes and shares of reasons, once per scope and rolling window (`month` is the month itself). A share
-- of a reason is taken of all tickets of the company, so only its numerator is a sum of its rows.

with

links as (

    select
        links.tenant_id,
        links.ticket_key,
        links.created_at,
        links.platform,
        links.marketplace_account_key,
        links.channel_key,
        tickets.team_key,
        cast({{ utc_to_local('links.created_at', 'tenants.reporting_tz') }} as date) as date_day,
        lower(tags.name) as reason_name,
        max(links.is_primary) as is_primary,
        max(links.is_rollup) as is_rollup,
        max(case when tags.tag_key is null then links.is_primary else links.is_any end) as is_any
    from {{ ref('int_ticket_reason_links') }} as links
    inner join {{ ref('dim_tickets') }} as tickets on links.ticket_key = tickets.ticket_key
    inner join {{ ref('dim_tenants') }} as tenants on links.tenant_id = tenants.tenant_id
    left join {{ ref('dim_tags') }} as tags
        on
        links.reason_tag_key = tags.tag_key
        and tags.kind = 'reason'
    where links.is_primary = 1 or tags.tag_key is not null
    group by
        links.tenant_id, links.ticket_key, links.created_at, links.platform, links.marketplace_account_key, links.channel_key,
        tickets.team_key, tenants.reporting_tz, lower(tags.name)

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
        links.*,
        windows.month,
        windows.variant,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id
    from links
    inner join windows
        on
        links.tenant_id = windows.tenant_id
        and links.date_day >= windows.window_from
        and links.date_day <= windows.window_to
    left join {{ ref('dim_marketplace_accounts') }} as accounts on links.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels on links.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams on links.team_key = teams.team_key

),

kinds as (

    -- of which rows a ticket is one: joined, not united, so that who asks for one kind computes no other
    {% set scopes = {
        'company': "'company'", 'platform': 'dated.platform', 'marketplace_account': 'dated.marketplace_account_id', 'channel': 'dated.channel_id',
        'team': 'dated.team_id', 'reason': "coalesce(dated.reason_name, 'untagged')",
    } -%}
    {% for scope_type in scopes -%}
    select
        'primary' as kind,
        '{{ scope_type }}' as scope_type
    union all
    {% endfor -%}
    select
        'any_tag' as kind,
        'reason' as scope_type
    union all
    select
        'with_descendants' as kind,
        'reason' as scope_type

),

scoped as (

    select
        dated.*,
        kinds.kind,
        kinds.scope_type,
        case kinds.scope_type
            {%- for scope_type, scope_id in scopes.items() %}
            when '{{ scope_type }}' then {{ scope_id }}
            {%- endfor %}
        end as scope_id
    from dated
    cross join kinds
    where
        case kinds.kind
            when 'primary' then dated.is_primary = 1
            when 'any_tag' then dated.variant = 'month' and dated.is_any = 1
            else dated.variant = 'month' and dated.is_rollup = 1
        end

)

{% set columns = {
    'variant': 'variant', 'scope_type': 'scope_type', 'scope_id': 'scope_id', 'platform': 'platform',
    'marketplace_account_key': 'marketplace_account_key', 'channel_key': 'channel_key', 'team_key': 'team_key', 'subject_type': "'reason'",
    'subject_id': "coalesce(reason_name, 'untagged')", 'fact_key': 'ticket_key', 'ticket_key': 'ticket_key', 'happened_at': 'created_at',
    'detail': "coalesce(reason_name, 'untagged')", 'numerator': '1', 'n': '1',
} -%}
{{ kpi_rows('scoped', 'tag_volume', dict(columns, variant="case when kind = 'primary' then variant else kind end")) }}
union all
{{ kpi_rows('scoped', 'tag_share', dict(
    columns, numerator="case when reason_name is not null or scope_type = 'reason' then 1 else 0 end",
    denominator="case when scope_type <> 'reason' then 1 end", n="case when scope_type <> 'reason' then 1 end"
), "kind = 'primary'") }}
