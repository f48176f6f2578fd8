with charts as (
    select
        charts.*,
        residuals.slope,
        residuals.residual_z
    from {{ ref('int_speed_charts') }} as charts
    left join {{ ref('int_speed_residuals') }} as residuals
        on
        charts.tenant_id = residuals.tenant_id
        and charts.grain = residuals.grain
        and charts.scope_type = residuals.scope_type
        and charts.period_start = residuals.period_start
        and coalesce(charts.channel_key, '') = coalesce(residuals.channel_key, '')
        and coalesce(charts.team_key, '') = coalesce(residuals.team_key, '')
        and coalesce(charts.agent_key, '') = coalesce(residuals.agent_key, '')
    inner join {{ ref('dim_tenants') }} as tenants
        on charts.tenant_id = tenants.tenant_id
    left join {{ ref('dim_agents') }} as agents
        on charts.agent_key = agents.agent_key
    where
        charts.scope_type <> 'agent'
        or (
            charts.period_start >= {{ agent_rows_from() }}
            and agents.agent_views <> 'off'
            and agents.agent_analytics_allowed
            and not agents.is_bot
        )
),

staffed as (
    select
        *,
        -- below its own limits, or a tenth of the plan missing
        coalesce(is_staff_down, false) or coalesce(staff_ratio < 0.9, false) as is_short_of_staff
    from charts
),

-- Fewer hours raise the load too: that belongs to staffing, and only what more turns bring is a load to be explained by.
loaded as (
    select
        *,
        is_load_up and (not is_short_of_staff or is_turns_up) as is_demand_up
    from staffed
),

judged as (
    select
        *,
        case
            when speed_position is null or load_position is null then 'insufficient'
            when is_speed_up and is_demand_up and coalesce(residual_z, 0) > 2 then 'unexplained'
            when is_speed_up and is_demand_up then 'explained_by_volume'
            when is_speed_up and is_short_of_staff then 'explained_by_staffing'
            when is_speed_up then 'unexplained'
            when is_speed_down and is_silent_up then 'suspicious_gain'
            else 'normal'
        end as verdict
    from loaded
),

-- Why there is no verdict: the first thing that is missing.
reasoned as (
    select
        *,
        case
            when verdict <> 'insufficient' then null
            when n_reactions = 0 then 'nobody reacted in the period'
            when load is null then 'no working hours are known'
            when usual_speed_s is null then 'fewer than 3 of the same weekday in the 8 weeks before have reactions'
            when usual_load is null then 'no working hours are known of the same weekday in the 8 weeks before'
            else
                cast(least(speed_points, load_points) as varchar) || ' earlier '
                || case grain when 'day' then 'days' else 'weeks' end || ' to compare with, at least 12 needed'
        end as verdict_reason
    from judged
),

-- Whom and what to look at: persons beyond their own limits in the same period and team, and the longest reactions.
slow_persons as (
    select
        persons.tenant_id,
        persons.grain,
        persons.period_start,
        homes.team_key,
        persons.agent_key
    from judged as persons
    inner join {{ ref('core__home_teams') }} as homes
        on
        persons.agent_key = homes.agent_key
        and persons.period_start >= cast(homes.valid_from as date)
        and (persons.period_start < cast(homes.valid_to as date) or homes.valid_to is null)
    where persons.scope_type = 'agent' and persons.is_speed_up
),

reviewed_persons as (
    select
        judged.series_key,
        judged.period_start,
        {{ json_list_agg('slow_persons.agent_key') }} as review_agents
    from judged
    inner join slow_persons
        on
        judged.tenant_id = slow_persons.tenant_id
        and judged.grain = slow_persons.grain
        and judged.period_start = slow_persons.period_start
        and (judged.team_key = slow_persons.team_key or judged.team_key is null)
    where judged.verdict = 'unexplained' and judged.scope_type <> 'agent'
    group by judged.series_key, judged.period_start
),

longest as (
    select
        judged.series_key,
        judged.period_start,
        events.obligation_key,
        row_number() over (
            partition by judged.series_key, judged.period_start
            order by events.reaction_s desc, events.obligation_key
        ) as place
    from judged
    inner join {{ ref('dim_dates') }} as days
        on
        judged.tenant_id = days.tenant_id
        and judged.period_start = case judged.grain when 'day' then days.date_day else days.iso_week end
    inner join {{ ref('int_speed_events') }} as events
        on
        days.tenant_id = events.tenant_id
        and days.date_day = events.date_day
        and events.reaction_s is not null
        and (judged.channel_key is null or judged.channel_key = events.channel_key)
        and (judged.team_key is null or judged.team_key = events.team_key)
        and (judged.agent_key is null or judged.agent_key = events.agent_key)
    where judged.verdict = 'unexplained'
),

reviewed_turns as (
    select
        series_key,
        period_start,
        {{ json_list_agg('obligation_key') }} as review_obligations
    from longest
    where place <= 5
    group by series_key, period_start
),

-- whether anybody delivers messages is the same in every month, also in the week before the first one
unseen as (
    {{ kpi_gap_columns_of_tenants(['contact_volume']) }}
),

final as (
    select
        {{ surrogate_key(['judged.series_key', 'cast(judged.period_start as varchar)']) }} as speed_volume_key,
        judged.tenant_id,
        judged.grain,
        judged.period_start,
        judged.scope_type,
        judged.channel_key,
        judged.team_key,
        judged.agent_key,
        judged.is_event_day,
        -- turns that show without their messages (calls that somebody logged) say nothing about load or speed
        case when unseen.no_contact_volume is null then cast(judged.turns as bigint) end as turns,
        case when unseen.no_contact_volume is null then cast(judged.n_reactions as bigint) end as n_reactions,
        case when unseen.no_contact_volume is null then cast(judged.reaction_median_s as decimal(18, 1)) end as reaction_median_s,
        {%- for column, text in [
            ('staffed_hours', 'judged.staffed_s / ' ~ as_double('3600')),
            ('planned_hours', 'judged.planned_s / ' ~ as_double('3600')),
            ('staff_ratio', 'judged.staff_ratio'),
            ('load', 'judged.load'),
            ('speed_low_s', 'exp(case when judged.speed_low > 20 then 20 else judged.speed_low end) * judged.usual_speed_s'),
            ('speed_expected_s', 'exp(case when judged.speed_centre > 20 then 20 else judged.speed_centre end) * judged.usual_speed_s'),
            ('speed_high_s', 'exp(case when judged.speed_high > 20 then 20 else judged.speed_high end) * judged.usual_speed_s'),
            ('load_low', 'judged.load_low * judged.usual_load'),
            ('load_expected', 'judged.load_centre * judged.usual_load'),
            ('load_high', 'judged.load_high * judged.usual_load'),
            ('speed_position', 'judged.speed_position'),
            ('load_position', 'judged.load_position'),
            ('staff_position', 'judged.staff_position'),
            ('speed_range_limit', xmr_range_limit('judged.speed_mean_range')),
            ('load_range_limit', xmr_range_limit('judged.load_mean_range')),
            ('load_slope', 'judged.slope'),
            ('residual_z', 'judged.residual_z'),
        ] %}
        {%- if column in ['staffed_hours', 'planned_hours', 'staff_ratio', 'staff_position'] %}
        cast(round({{ text }}, 6) as decimal(24, 6)) as {{ column }},
        {%- else %}
        case when unseen.no_contact_volume is null then cast(round({{ text }}, 6) as decimal(24, 6)) end as {{ column }},
        {%- endif %}
        {%- endfor %}
        cast(judged.speed_points as integer) as baseline_points,
        case
            when unseen.no_contact_volume is not null then 'none' when judged.is_speed_up then 'worse'
            when judged.is_speed_down then 'better' else 'none'
        end as speed_signal,
        case
            when unseen.no_contact_volume is not null then 'none' when judged.is_load_up then 'up'
            when judged.is_load_down then 'down' else 'none'
        end as load_signal,
        case
            when judged.staff_ratio is null then 'unknown' when judged.is_short_of_staff then 'down'
            when judged.is_staff_up then 'up' else 'none'
        end as staff_signal,
        judged.is_silent_up,
        case when unseen.no_contact_volume is null then judged.verdict else 'insufficient' end as verdict,
        coalesce(unseen.no_contact_volume, judged.verdict_reason) as verdict_reason,
        unseen.no_contact_volume as not_measurable_reason,
        reviewed_persons.review_agents,
        reviewed_turns.review_obligations
    from reasoned as judged
    left join unseen
        on judged.tenant_id = unseen.tenant_id
    left join reviewed_persons
        on judged.series_key = reviewed_persons.series_key and judged.period_start = reviewed_persons.period_start
    left join reviewed_turns
        on judged.series_key = reviewed_turns.series_key and judged.period_start = reviewed_turns.period_start
)

select * from final
