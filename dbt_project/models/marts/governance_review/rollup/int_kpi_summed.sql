{{ config(materialized=step()) }}

-- Numbers that are the ratio of what their rows add up to, though their rows are no facts of one scope each: weeks that name their scope, shares
-- of bookings beside the units they pay for. The rows are the model; scopes are summed here. A scope nobody booked anything on has no cost,
-- one without units no unit to divide by, and a cost per unit is never that of no channel or no team.

with

behind as (

    {% for model in ['int_kpi_agent_consistency', 'int_kpi_unit_costs'] %}
    select
        '{{ model }}' as computed_in,
        tenant_id,
        month,
        kpi_id,
        layer,
        variant,
        scope_type as own_scope_type,
        scope_id as own_scope_id,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        agent_key,
        subject_type,
        subject_id,
        numerator,
        denominator,
        n
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

located as (

    select
        behind.*,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id
    from behind
    left join {{ ref('dim_marketplace_accounts') }} as accounts on behind.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels on behind.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams on behind.team_key = teams.team_key
    where behind.own_scope_type is null

),

summed as (

    select
        computed_in,
        tenant_id,
        month,
        kpi_id,
        layer,
        variant,
        {{ kpi_scope_type() }} as scope_type,
        {{ kpi_scope_id() }} as scope_id,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(n) as n
    from located
    group by {{ kpi_grouping_sets('computed_in, tenant_id, month, kpi_id, layer, variant') }}

    union all

    select
        computed_in,
        tenant_id,
        month,
        kpi_id,
        layer,
        variant,
        own_scope_type as scope_type,
        own_scope_id as scope_id,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(n) as n
    from behind
    where own_scope_type is not null
    group by computed_in, tenant_id, month, kpi_id, layer, variant, own_scope_type, own_scope_id

)

select
    computed_in,
    tenant_id,
    month,
    kpi_id,
    'ratio' as stat,
    'none' as clock,
    layer,
    variant,
    scope_type,
    scope_id,
    {{ as_double('numerator') }} / {{ as_double('denominator') }} as value,
    cast(null as varchar) as value_text,
    cast(numerator as decimal(28, 9)) as numerator,
    cast(denominator as bigint) as denominator,
    cast(n as bigint) as n,
    -- money is no counted thing
    case when kpi_id = 'agent_consistency' then {{ wilson_bound('numerator', 'denominator', 'low') }} end as ci_low,
    case when kpi_id = 'agent_consistency' then {{ wilson_bound('numerator', 'denominator', 'high') }} end as ci_high
from summed
where
    scope_id is not null
    and denominator > 0
    and (
        kpi_id <> 'cost_per_unit'
        or (numerator <> 0 and scope_id not in ('no_channel', 'no_team'))
    )
