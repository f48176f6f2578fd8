-- Durations per month and scope: sorted once, so that median, ninetieth percentile and the order statistics around them
-- are exact. Never a mean of medians: every scope is sorted from its own rows.

with

observed as (

    select * from {{ ref('int_kpi_durations_observed') }}

),

located as (

    select
        observed.tenant_id,
        observed.month,
        observed.kpi_id,
        observed.clock,
        observed.layer,
        observed.variant,
        observed.platform,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id,
        observed.agent_key,
        observed.subject_type,
        observed.subject_id,
        observed.seconds
    from observed
    left join {{ ref('dim_marketplace_accounts') }} as accounts
        on observed.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels on observed.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams on observed.team_key = teams.team_key

),

rolled as (

    select
        tenant_id,
        month,
        kpi_id,
        clock,
        layer,
        variant,
        {{ kpi_scope_type() }} as scope_type,
        {{ kpi_scope_id() }} as scope_id,
        count(*) as n,
        sum(seconds) as seconds,
        {{ sorted_list('seconds') }} as sorted_seconds
    from located
    group by {{ kpi_grouping_sets('tenant_id, month, kpi_id, clock, layer, variant') }}

),

placed as (

    -- ranks of the interval: n p +- 1.96 sqrt(n p (1 - p)); outside the sample there is no bound
    select
        *,
    {% for name, twentieths in [('p10', 2), ('median', 10), ('p90', 18), ('p95', 19)] %}
    -- whole numbers up to the last division: the interpolation must not depend on how 0.9 is stored
    cast(1 + floor((n - 1) * {{ twentieths }} / {{ as_double(20) }}) as bigint) as {{ name }}_place,
    mod((n - 1) * {{ twentieths }}, 20) as {{ name }}_twentieths_above,
    floor(n * {{ twentieths / 20 }} - 1.959963984540054 * sqrt(n * {{ twentieths / 20 }} * {{ (20 - twentieths) / 20 }})) as {{ name }}_low_place,
    1
    + ceil(n * {{ twentieths / 20 }} + 1.959963984540054 * sqrt(n * {{ twentieths / 20 }} * {{ (20 - twentieths) / 20 }}))
        as {{ name }}_high_place{{ ',' if not loop.last }}
    {% endfor %}
    from rolled
    where scope_id is not null

),

final as (

    select
        tenant_id,
        month,
        kpi_id,
        clock,
        layer,
        variant,
        scope_type,
        scope_id,
        n,
        cast(seconds as bigint) as seconds,
        {{ list_item('sorted_seconds', '1') }} as min_s,
        {{ list_item('sorted_seconds', 'n') }} as max_s,
    {% for name in ['p10', 'median', 'p90', 'p95'] %}
    (
        {{ list_item('sorted_seconds', name ~ '_place') }} * 20
        + {{ name }}_twentieths_above * (
            {{ list_item('sorted_seconds', 'least(' ~ name ~ '_place + 1, n)') }}
            - {{ list_item('sorted_seconds', name ~ '_place') }}
        )
    ) / {{ as_double(20) }} as {{ name }}_s,
    case when {{ name }}_low_place >= 1 then {{ list_item('sorted_seconds', name ~ '_low_place') }} end as {{ name }}_low_s,
    case when {{ name }}_high_place <= n then {{ list_item('sorted_seconds', name ~ '_high_place') }} end
        as {{ name }}_high_s{{ ',' if not loop.last }}
    {% endfor %}
    from placed

)

select * from final
