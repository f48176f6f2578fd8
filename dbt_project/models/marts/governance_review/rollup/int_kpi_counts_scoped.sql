-- Ratios, counts and scores per month and scope, rolled up from the observation models by adding their parts: agents with
-- the unowned row, teams, channels and the company always add up to the same.

with

observed as (

    select * from {{ ref('int_kpi_counts_observed') }}

),

added as (

    select
        computed_in,
        {{ kpi_observation_dimensions() }},
        stat,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(n) as n
    from observed
    group by computed_in, {{ kpi_observation_dimensions() }}, stat

),

located as (

    select
        added.*,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id
    from added
    left join {{ ref('dim_marketplace_accounts') }} as accounts
        on added.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels on added.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams on added.team_key = teams.team_key

),

rolled as (

    select
        computed_in,
        tenant_id,
        month,
        kpi_id,
        stat,
        clock,
        layer,
        variant,
        {{ kpi_scope_type() }} as scope_type,
        {{ kpi_scope_id() }} as scope_id,
        cast(sum(numerator) as decimal(28, 6)) as numerator,
        cast(sum(denominator) as decimal(28, 6)) as denominator,
        cast(sum(n) as bigint) as n
    from located
    group by {{ kpi_grouping_sets('computed_in, tenant_id, month, kpi_id, stat, clock, layer, variant') }}

)

select * from rolled
where scope_id is not null
