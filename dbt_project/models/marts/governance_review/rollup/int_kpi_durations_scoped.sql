{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- Durations per month and scope: sorted once, so that median, ninetieth percentile and the order statistics around them
-- are exact. Never a mean of medians: every scope is sorted from its own rows.

with

observed as (

    {% for model in [
        'int_kpi_reply_durations', 'int_kpi_bot_reply_durations', 'int_kpi_assignment_durations',
        'int_kpi_resolution_durations',
    ] %}
    select * from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

located as (

    select
        observed.tenant_id,
        observed.month,
        observed.kpi_id,
        observed.clock,
        observed.platform,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id,
        observed.agent_key,
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
        {{ kpi_scope_type() }} as scope_type,
        {{ kpi_scope_id() }} as scope_id,
        count(*) as n,
        sum(seconds) as seconds,
        {{ sorted_list('seconds') }} as sorted_seconds
    from located
    group by grouping sets (
        (tenant_id, month, kpi_id, clock),
        (tenant_id, month, kpi_id, clock, platform),
        (tenant_id, month, kpi_id, clock, marketplace_account_id),
        (tenant_id, month, kpi_id, clock, channel_id),
        (tenant_id, month, kpi_id, clock, team_id),
        (tenant_id, month, kpi_id, clock, agent_key)
    )

),

placed as (

    -- ranks of the interval: n p +- 1.96 sqrt(n p (1 - p)); outside the sample there is no bound
    select
        *,
    {% for name, tenths in [('median', 5), ('p90', 9)] %}
    -- whole numbers up to the last division: the interpolation must not depend on how 0.9 is stored
    cast(1 + floor((n - 1) * {{ tenths }} / {{ as_double(10) }}) as bigint) as {{ name }}_place,
    mod((n - 1) * {{ tenths }}, 10) as {{ name }}_tenths_above,
    floor(n * {{ tenths / 10 }} - 1.959963984540054 * sqrt(n * {{ tenths / 10 }} * {{ (10 - tenths) / 10 }})) as {{ name }}_low_place,
    1
    + ceil(n * {{ tenths / 10 }} + 1.959963984540054 * sqrt(n * {{ tenths / 10 }} * {{ (10 - tenths) / 10 }}))
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
        scope_type,
        scope_id,
        n,
        cast(seconds as bigint) as seconds,
    {% for name in ['median', 'p90'] %}
    (
        {{ list_item('sorted_seconds', name ~ '_place') }} * 10
        + {{ name }}_tenths_above * (
            {{ list_item('sorted_seconds', 'least(' ~ name ~ '_place + 1, n)') }}
            - {{ list_item('sorted_seconds', name ~ '_place') }}
        )
    ) / {{ as_double(10) }} as {{ name }}_s,
    case when {{ name }}_low_place >= 1 then {{ list_item('sorted_seconds', name ~ '_low_place') }} end as {{ name }}_low_s,
    case when {{ name }}_high_place <= n then {{ list_item('sorted_seconds', name ~ '_high_place') }} end
        as {{ name }}_high_s{{ ',' if not loop.last }}
    {% endfor %}
    from placed

)

select * from final
