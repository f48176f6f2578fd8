-- Cost of a contact, a handled ticket, a resolution and an order, for every scope that has both costs and units in the
-- month; never below the team. Units are those of the KPIs that count them.

with

units as (

    {% for unit, model, kpi_id, parts in [
        ('per_contact', 'int_kpi_turns', 'contact_volume', 'numerator'),
        ('per_resolution', 'int_kpi_cycles', 'resolution_volume', 'numerator'),
        ('per_handled_ticket', 'int_kpi_transfers', 'transfer_rate', 'denominator'),
        ('per_order', 'int_kpi_order_contacts', 'contact_rate', 'denominator'),
    ] %}
    select
        tenant_id,
        month,
        '{{ unit }}' as variant,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        sum({{ parts }}) as units
    from {{ ref(model) }}
    where
        kpi_id = '{{ kpi_id }}'
        and variant in ('none', 'contact_month')
    group by tenant_id, month, platform, marketplace_account_key, channel_key, team_key
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

parts as (

    select
        units.tenant_id,
        units.month,
        units.variant,
        units.platform,
        accounts.marketplace_account_id,
        channels.channel_id,
        teams.team_id,
        units.units,
        0 as amount
    from units
    left join {{ ref('dim_marketplace_accounts') }} as accounts on units.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels on units.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams on units.team_key = teams.team_key

    union all

    select
        tenant_id,
        month,
        unit_names.variant,
        platform,
        marketplace_account_id,
        channel_id,
        team_id,
        0 as units,
        amount
    from {{ ref('int_cost_shares') }}
    cross join (
        values ('per_contact'), ('per_resolution'), ('per_handled_ticket'), ('per_order')
    ) as unit_names (variant)

),

located as (

    select
        tenant_id,
        month,
        variant,
        platform,
        marketplace_account_id,
        coalesce(channel_id, 'no_channel') as channel_id,
        coalesce(team_id, 'no_team') as team_id,
        cast(null as varchar) as agent_key,
        cast(null as varchar) as subject_type,
        cast(null as varchar) as subject_id,
        cast(units as bigint) as units,
        cast(amount as decimal(28, 9)) as amount
    from parts

),

rolled as (

    select
        tenant_id,
        month,
        variant,
        {{ kpi_scope_type() }} as scope_type,
        {{ kpi_scope_id() }} as scope_id,
        sum(units) as units,
        sum(amount) as amount
    from located
    group by {{ kpi_grouping_sets('tenant_id, month, variant') }}

)

select
    tenant_id,
    month,
    'cost_per_unit' as kpi_id,
    'ratio' as stat,
    'none' as clock,
    'none' as layer,
    variant,
    scope_type,
    scope_id,
    {{ as_double('amount') }} / units as value,
    cast(null as varchar) as value_text,
    amount as numerator,
    units as denominator,
    units as n,
    {{ as_double('null') }} as ci_low,
    {{ as_double('null') }} as ci_high
from rolled
where
    scope_id is not null
    and scope_id not in ('no_channel', 'no_team')
    and amount <> 0
    and units > 0
