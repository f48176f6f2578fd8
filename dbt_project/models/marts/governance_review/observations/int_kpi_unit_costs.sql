-- Cost of a contact, a handled ticket, a resolution and an order: shares of bookings beside the units of the KPIs that count them; the number is
-- the ratio of their sums, for every scope that has both in the month, never below the team.

with

accounts as (

    select
        tenant_id,
        marketplace_account_id,
        min(marketplace_account_key) as marketplace_account_key
    from {{ ref('dim_marketplace_accounts') }}
    group by tenant_id, marketplace_account_id

),

channels as (

    select
        tenant_id,
        channel_id,
        min(channel_key) as channel_key
    from {{ ref('dim_channels') }}
    group by tenant_id, channel_id

),

teams as (

    select
        tenant_id,
        team_id,
        min(team_key) as team_key
    from {{ ref('dim_teams') }}
    group by tenant_id, team_id

),

shares as (

    select
        shares.*,
        accounts.marketplace_account_key,
        channels.channel_key,
        teams.team_key
    from {{ ref('int_cost_shares') }} as shares
    left join accounts
        on
        shares.tenant_id = accounts.tenant_id
        and shares.marketplace_account_id = accounts.marketplace_account_id
    left join channels
        on
        shares.tenant_id = channels.tenant_id
        and shares.channel_id = channels.channel_id
    left join teams
        on
        shares.tenant_id = teams.tenant_id
        and shares.team_id = teams.team_id

),

booked as (

    select distinct
        tenant_id,
        month
    from shares

),

parts as (

    -- without a booking in the month there is no number that units could be behind
    {% for unit, model, kpi_id, units in [
        ('per_contact', 'int_kpi_turns', 'contact_volume', 'numerator'),
        ('per_resolution', 'int_kpi_cycles', 'resolution_volume', 'numerator'),
        ('per_handled_ticket', 'int_kpi_assignments', 'transfer_rate', 'denominator'),
        ('per_order', 'int_kpi_order_contacts', 'contact_rate', 'denominator'),
    ] %}
    select
        counted.tenant_id,
        counted.month,
        '{{ unit }}' as variant,
        counted.platform,
        counted.marketplace_account_key,
        counted.channel_key,
        counted.team_key,
        counted.fact_key,
        counted.ticket_key,
        counted.happened_at,
        counted.detail,
        0 as amount,
        counted.{{ units }} as units
    from {{ ref(model) }} as counted
    inner join booked on counted.tenant_id = booked.tenant_id and counted.month = booked.month
    where
        counted.kpi_id = '{{ kpi_id }}'
        and counted.variant in ('none', 'contact_month')
        and counted.{{ units }} <> 0
    union all
    select
        tenant_id,
        month,
        '{{ unit }}' as variant,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        cost_key as fact_key,
        cast(null as varchar) as ticket_key,
        cast(month as timestamp) as happened_at,
        'share of ' || cost_type || ' ' || cost_id || case when is_final then '' else ', provisional' end as detail,
        amount,
        0 as units
    from shares
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

{{ kpi_rows('parts', 'cost_per_unit', {
    'variant': 'variant', 'platform': 'platform', 'marketplace_account_key': 'marketplace_account_key', 'channel_key': 'channel_key',
    'team_key': 'team_key', 'fact_key': 'fact_key', 'ticket_key': 'ticket_key', 'happened_at': 'happened_at', 'detail': 'detail',
    'numerator': 'amount', 'denominator': 'units', 'n': 'units',
}) }}
