with measured as (
    select * from {{ ref('int_account_health_measured') }}
),

accounts as (
    select * from {{ ref('dim_marketplace_accounts') }}
),

rules as (
    select * from {{ ref('marketplace_rules') }}
    where metric is not null and limit_value is not null
),

-- The limit the platform delivers wins; a rule of the account's site comes before one of the whole platform.
limited as (
    select
        measured.*,
        accounts.platform,
        coalesce(measured.target_value, site_rules.limit_value, platform_rules.limit_value) as limit_value,
        case
            when measured.target_value is not null
                then coalesce(measured.target_condition, site_rules.limit_condition, platform_rules.limit_condition)
            else coalesce(site_rules.limit_condition, platform_rules.limit_condition)
        end as limit_condition,
        case
            when measured.target_value is not null then 'platform'
            when coalesce(site_rules.limit_value, platform_rules.limit_value) is not null then 'rule'
        end as limit_source,
        coalesce(site_rules.count_guard, platform_rules.count_guard) as count_guard,
        coalesce(measured.published_value, 1.0 * measured.estimate_numerator / nullif(measured.estimate_denominator, 0))
            as judged_value
    from measured
    inner join accounts
        on measured.marketplace_account_key = accounts.marketplace_account_key
    left join rules as site_rules
        on accounts.platform = site_rules.platform
        and accounts.site = site_rules.site
        and replace(measured.metric, '_est', '') = site_rules.metric
        and measured.date_day >= site_rules.valid_from
        and (measured.date_day < site_rules.valid_to or site_rules.valid_to is null)
    left join rules as platform_rules
        on accounts.platform = platform_rules.platform
        and platform_rules.site is null
        and replace(measured.metric, '_est', '') = platform_rules.metric
        and measured.date_day >= platform_rules.valid_from
        and (measured.date_day < platform_rules.valid_to or platform_rules.valid_to is null)
),

-- The platform's own projection of the denominator, else the change of the last 30 days goes on for another 30.
earlier as (
    select
        *,
        lag(denominator, 30) over (
            partition by
                tenant_id, marketplace_account_key, metric, source_system, program, evaluation, fulfilment, dimension_key,
                dimension_value, window_length
            order by date_day
        ) as denominator_before
    from limited
),

projected as (
    select
        earlier.*,
        case
            when limit_condition in ('less_than', 'less_or_equal') then numerator
            when limit_condition in ('greater_than', 'greater_or_equal') then denominator - numerator
        end as defects,
        coalesce(
            max(case when evaluation = 'projected' then denominator end) over (
                partition by tenant_id, marketplace_account_key, metric, program, dimension_key, dimension_value, date_day
            ),
            case when denominator_before < 2 * denominator then 2 * denominator - denominator_before else 0 * denominator_before end
        ) as projected_denominator
    from earlier
),

-- F27: how many more defects the limit allows. For rates that must be high a defect is a case missing from the numerator.
allowances as (
    select
        projected.*,
        {%- for name, volume in [('rate_headroom', 'denominator'), ('projected_rate_headroom', 'projected_denominator')] %}
        case
            when limit_condition = 'less_than' then ceil(limit_value * {{ volume }}) - 1 - defects
            when limit_condition = 'less_or_equal' then floor(limit_value * {{ volume }}) - defects
            when limit_condition = 'greater_than' then ceil((1 - limit_value) * {{ volume }}) - 1 - defects
            when limit_condition = 'greater_or_equal' then floor((1 - limit_value) * {{ volume }}) - defects
        end as {{ name }},
        {%- endfor %}
        case
            when limit_condition in ('less_than', 'less_or_equal') then count_guard - numerator
        end as guard_headroom
    from projected
),

judged as (
    select
        allowances.*,
        {%- for name, rate_headroom in [('headroom', 'rate_headroom'), ('projected_headroom', 'projected_rate_headroom')] %}
        cast(
            case
                when denominator is null or numerator is null or denominator = 0 then null
                when guard_headroom > {{ rate_headroom }} then guard_headroom
                else {{ rate_headroom }}
            end as bigint
        ) as {{ name }},
        {%- endfor %}
        case
            when limit_condition = 'less_than' then judged_value < limit_value
            when limit_condition = 'less_or_equal' then judged_value <= limit_value
            when limit_condition = 'greater_than' then judged_value > limit_value
            when limit_condition = 'greater_or_equal' then judged_value >= limit_value
            when limit_condition = 'equals' then judged_value = limit_value
        end as is_on_target
    from allowances
),

final as (
    select
        {{ surrogate_key([
            'tenant_id', 'source_system', 'cast(date_day as varchar)', 'marketplace_account_key', 'metric',
            "coalesce(program, '')", "coalesce(evaluation, '')", "coalesce(fulfilment, '')", "coalesce(dimension_key, '')",
            "coalesce(dimension_value, '')", 'window_length',
        ]) }} as account_health_daily_key,
        tenant_id,
        source_system,
        date_day,
        marketplace_account_key,
        platform,
        metric,
        program,
        evaluation,
        fulfilment,
        dimension_key,
        dimension_value,
        window_length,
        window_from as window_from_date,
        window_to as window_to_date,
        cast(published_value as decimal(18, 6)) as published_value,
        cast(numerator as decimal(18, 6)) as numerator,
        cast(denominator as decimal(18, 6)) as denominator,
        cast(1.0 * numerator / nullif(denominator, 0) as decimal(18, 6)) as count_ratio,
        cast(limit_value as decimal(18, 6)) as target_value,
        limit_condition as target_condition,
        limit_source as target_source,
        published_status,
        is_on_target,
        headroom,
        case
            when {{ headroom_says_nothing('headroom', 'defects', 'denominator') }} then 'grey_small_n'
            when headroom >= 5 then 'green'
            when headroom >= 1 then 'amber'
            when headroom <= 0 then 'red'
        end as headroom_status,
        cast(projected_denominator as decimal(18, 6)) as projected_denominator,
        projected_headroom,
        case
            when is_on_target is null then 'grey_no_target'
            when days_since_capture > 30 then 'grey_stale'
            when is_on_target then 'green'
            when limit_condition <> 'equals' and abs(judged_value - limit_value) <= abs(limit_value) * 0.1 then 'amber'
            else 'red'
        end as status,
        cast(1.0 * estimate_numerator / nullif(estimate_denominator, 0) as decimal(18, 6)) as estimate_value,
        cast(
            case
                when estimate_denominator is not null then 1.0 * estimate_numerator / nullif(estimate_denominator, 0)
                else 1.0 * numerator / nullif(denominator, 0)
            end - published_value as decimal(18, 6)
        ) as reconciliation_delta,
        cast(days_since_status_change as bigint) as days_since_status_change,
        captured_at,
        cast(days_since_capture as bigint) as days_since_capture
    from judged
)

select * from final
