{{ config(materialized=step()) }}

-- Status of every monthly number by catalogue §10.2: distance to the target, tolerance, small n with the favourable
-- end of the interval (from ten cases on: of fewer a single one would decide the colour), and the first of the grey reasons that
-- applies. A count has no interval and no few: what was counted is there. Keys and numbers only: what cards say is joined in int_kpi_history.

with

targeted as (

    select * from {{ ref('int_kpi_targeted') }}

),

answered as (

    -- below a tenth of answers satisfaction says more about who answers than about the service (card of survey_response_rate)
    select
        tenant_id,
        month,
        scope_type,
        scope_id
    from targeted
    where
        kpi_id = 'survey_response_rate'
        and is_governed
        and value < 0.1

),

numbers as (

    select
        targeted.*,
        case
            when targeted.known_days < targeted.window_days
                then
                    'only ' || cast(cast(targeted.known_days as integer) as varchar) || ' of the ' || cast(targeted.window_days as varchar)
                    || ' days of its window are known yet'
        end as window_reason,
        answered.tenant_id is not null as is_seldom_answered
    from targeted
    left join answered
        on
        targeted.kpi_id = 'csat'
        and targeted.tenant_id = answered.tenant_id
        and targeted.month = answered.month
        and targeted.scope_type = answered.scope_type
        and targeted.scope_id = answered.scope_id

),

measured as (

    select
        numbers.*,
        {{ kpi_gap('value', 'target', 'target_high', 'direction') }} as gap_to_target,
        -- a count has no interval: its value is both ends
        {{ kpi_gap('coalesce(ci_low, value)', 'target', 'target_high', 'direction') }} as low_end_gap,
        {{ kpi_gap('coalesce(ci_high, value)', 'target', 'target_high', 'direction') }} as high_end_gap,
        direction in ('band', 'zero')
        and ci_low <= case when direction = 'zero' then -target else target end
        and ci_high >= coalesce(target_high, target) as is_band_inside_interval
    from numbers

),

missed as (

    select
        *,
        -- greatest alone would read a missing value as on target
        case when gap_to_target is not null then greatest(-gap_to_target, 0) end as miss,
        case
            when is_band_inside_interval then 0
            when stat in ('ratio', 'median', 'p90', 'score') and (ci_low is null or ci_high is null) then null
            when stat in ('mean', 'p95') then null
            else least(greatest(-low_end_gap, 0), greatest(-high_end_gap, 0))
        end as favourable_miss,
        direction in ('less_than', 'greater_than') and gap_to_target = 0 as is_strict_equality
    from measured

),

judged as (

    select
        *,
        case
            when not is_measurable then 'grey_not_measurable'
            when target is null then 'grey_no_target'
            when is_stale then 'grey_stale'
            when value is null or is_seldom_answered then 'grey_small_n'
            -- the pace of a few days is that of their weekdays
            when kpi_id = 'backlog_days' and window_reason is not null then 'grey_small_n'
            when n < min_n and (n >= 10 or stat = 'count') and coalesce(favourable_miss, 0) > amber_tolerance then 'red'
            when n < min_n then 'grey_small_n'
            when miss > amber_tolerance then 'red'
            when miss > 0 or is_strict_equality then 'amber'
            else 'green'
        end as status
    from missed

),

explained as (

    select
        *,
        case status
            when 'grey_not_measurable' then gap_reason
            when 'grey_no_target'
                then
                    case
                        when is_governed_clock then 'no target is in force for this statistic, scope and month'
                        else 'visible twin: the governed clock of this KPI is ' || governed_clock
                    end
            when 'grey_stale' then 'the last published value is older than the month'
            when 'grey_small_n'
                then
                    coalesce(
                        gap_reason,
                        case
                            when is_seldom_answered then 'less than 10 % of the surveys were answered'
                            -- where there is nothing below the line, more of what is above it would not help
                            when value is null and denominator = 0 and is_governed then 'no number: ' || denominator_meaning || ' = 0'
                            when value is null and denominator = 0 then 'no number: what it is divided by is 0'
                            when coalesce(n, 0) < min_n
                                then 'n = ' || cast(coalesce(n, 0) as varchar) || ', at least ' || cast(min_n as varchar) || ' needed'
                            when value is null then 'no number came of what was counted (n = ' || cast(coalesce(n, 0) as varchar) || ')'
                            else window_reason
                        end
                    )
        end as status_reason
    from judged

)

select
    series_key,
    month,
    tenant_id,
    value,
    numerator,
    n,
    min_n,
    -- what has an interval is a share of counted things; per 100, per hour and agreement beyond chance are none
    coalesce(stat = 'ratio' and ci_low is not null, false) as is_share,
    stat in ('ratio', 'score') as is_part,
    -- to which side it gets better: 1 up, -1 down, 0 where there is a best value, null where nobody says
    case
        when direction in ('band', 'zero', 'equals') then 0
        when better = 'higher' or direction in ('higher', 'greater_than') then 1
        when better = 'lower' or direction in ('lower', 'less_than') then -1
    end as good_side,
    is_governed,
    target,
    target_high,
    amber_tolerance,
    direction,
    target_class,
    target_version_id,
    gap_to_target,
    miss,
    status,
    status_reason,
    window_reason
from explained
