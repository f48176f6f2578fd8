{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- Raw and case-mix-adjusted compliance per person, period, layer and platform (`all` = every platform together), before
-- anybody is placed or put into a band (catalogue §11.2, §11.3).
with cells as (
    select * from {{ ref('int_scorecard_cells') }}
),

added as (
    select
        tenant_id,
        period_type,
        period_start,
        layer,
        agent_key,
        case when grouping(platform) = 0 then platform else 'all' end as platform,
        sum(n) as n,
        sum(n_met) as n_met,
        sum(n_left_out) as n_left_out,
        -- sums of rounded parts, so that the order of rows cannot show in the last digit
        sum(cast(round(n * pooled_rate, 9) as decimal(28, 9))) as expected,
        sum(cast(round(n * pooled_rate * (1 - pooled_rate), 9) as decimal(28, 9))) as expected_variance
    from cells
    group by grouping sets (
        (tenant_id, period_type, period_start, layer, agent_key),
        (tenant_id, period_type, period_start, layer, agent_key, platform)
    )
),

together as (
    select
        *,
        {{ as_double('sum(n_met) over (partition by tenant_id, period_type, period_start, layer, platform)') }}
        / nullif(sum(n) over (partition by tenant_id, period_type, period_start, layer, platform), 0) as overall_rate
    from added
),

final as (
    select
        *,
        round({{ as_double('n_met') }} / nullif(n, 0), 9) as raw_rate,
        {{ wilson_bound('n_met', 'n', 'low') }} as ci_low,
        {{ wilson_bound('n_met', 'n', 'high') }} as ci_high,
        round({{ as_double('n_met') }} / nullif({{ as_double('expected') }}, 0), 9) as observed_to_expected,
        -- Where the others met nothing of the same work, whoever met some is at the cap; who met none cannot be compared.
        case
            when expected > 0 then round(least({{ as_double('n_met') }} / {{ as_double('expected') }} * overall_rate, 1), 9)
            when n_met > 0 then 1
        end as adjusted_rate,
        -- The interval keeps its relative width: both ends are scaled like the rate; at the cap even the lower end reaches it.
        case
            when expected > 0 then n * overall_rate / {{ as_double('expected') }}
            when n_met > 0 then 1 / {{ wilson_bound('n_met', 'n', 'low') }}
        end as scale_to_adjusted,
        ({{ as_double('n_met') }} - {{ as_double('expected') }}) / nullif(sqrt({{ as_double('expected_variance') }}), 0) as z
    from together
)

select * from final
