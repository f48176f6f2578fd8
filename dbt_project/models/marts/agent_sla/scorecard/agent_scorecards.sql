{%- set keys = ['tenant_id', 'period_type', 'period_start', 'layer', 'platform', 'agent_key'] -%}
{%- set board = 'tenant_id, period_type, period_start, layer, platform' -%}
{%- set gates = scorecard_gates() -%}
{%- set rates = [
    'raw_rate', 'ci_low', 'ci_high', 'expected', 'observed_to_expected', 'overall_rate', 'basis_adjusted_rate', 'adjusted_low',
    'adjusted_high', 'team_mean', 'strength', 'shrunken_rate', 'goal', 'overdispersion',
] -%}
with standing as (
    select
        {{ keys | join(', ') }}, last_day, team_key, n, n_met, n_left_out, {{ rates | join(', ') }}, band_basis, eligibility_reason,
        band_before_gates
    from {{ ref('int_scorecard_standing') }}
    where is_allowed

    union all

    -- who was active and owed nothing has a card that says so
    select
        {{ keys | join(', ') }}, last_day, team_key, 0 as n, 0 as n_met, 0 as n_left_out,
        {% for column in rates %}null as {{ column }}, {% endfor %}period_type as band_basis, eligibility_reason,
        'insufficient' as band_before_gates
    from {{ ref('int_scorecard_idle') }}
),

-- Limits of everybody on one board in one order: how many lie surely above or below a person is read off two running counts.
ends as (
    select {{ board }}, agent_key, adjusted_low as limit_value, 1 as is_low
    from standing
    where eligibility_reason is null
    union all
    select {{ board }}, agent_key, adjusted_high as limit_value, 0 as is_low
    from standing
    where eligibility_reason is null
),

passed as (
    select
        *,
        sum(is_low) over (partition by {{ board }} order by limit_value desc, is_low, agent_key rows unbounded preceding) as lows_above,
        sum(1 - is_low) over (partition by {{ board }} order by limit_value desc, is_low, agent_key rows unbounded preceding) as highs_above
    from ends
),

places as (
    select
        {{ board }},
        agent_key,
        max(case when is_low = 0 then lows_above end) + 1 as place_from,
        max(case when is_low = 1 then highs_above end) as place_to
    from passed
    group by {{ board }}, agent_key
),

ranked as (
    select
        standing.*,
        case
            when standing.eligibility_reason is null
                then
                    rank() over (
                        partition by
                            standing.tenant_id, standing.period_type, standing.period_start, standing.layer, standing.platform,
                            case when standing.eligibility_reason is null then 1 else 0 end
                        order by standing.shrunken_rate desc
                    )
        end as place,
        places.place_from,
        places.place_to
    from standing
    left join places
        on
        {%- for key in keys %}
        {{ 'and ' if not loop.first }}standing.{{ key }} = places.{{ key }}
        {%- endfor %}
),

gated as (
    select
        ranked.*,
        conduct.closings,
        conduct.closings_without_reply,
        conduct.waivers,
        conduct.turns_ended,
        coalesce(conduct.is_closing_without_reply, false) as gate_closed_without_reply,
        coalesce(conduct.unanswered_deletions, 0) > 0 as gate_unanswered_deletions,
        coalesce(conduct.critical_errors, 0) > 0 as gate_critical_quality_error,
        coalesce(conduct.is_waiver_outlier, false) as gate_waivers,
        nullif(
            case
                when conduct.is_closing_without_reply
                    then
                        cast(conduct.closings_without_reply as varchar) || ' of ' || cast(conduct.closings as varchar)
                        || ' closings without reply, team '
                        || {{ rounded_text('100 * coalesce(conduct.peer_closed_without_reply_rate, 0)', 1) }} || ' %; '
                else ''
            end
            || case
                when conduct.unanswered_deletions > 0
                    then
                        cast(conduct.unanswered_deletions as varchar) || ' unanswered customer'
                        || case when conduct.unanswered_deletions = 1 then '' else 's' end
                        || ' deleted, blocked or marked as spam; '
                else ''
            end
            || case
                when conduct.critical_errors > 0
                    then
                        cast(conduct.critical_errors as varchar) || ' critical quality error'
                        || case when conduct.critical_errors = 1 then '; ' else 's; ' end
                else ''
            end
            || case
                when conduct.is_waiver_outlier
                    then
                        cast(conduct.waivers as varchar) || ' of ' || cast(conduct.turns_ended as varchar) || ' turns waived, team '
                        || {{ rounded_text('100 * coalesce(conduct.peer_waiver_rate, 0)', 1) }} || ' %; '
                else ''
            end,
            ''
        ) as gate_evidence
    from ranked
    left join {{ ref('int_scorecard_conduct') }} as conduct
        on
        ranked.tenant_id = conduct.tenant_id
        and ranked.period_type = conduct.period_type
        and ranked.period_start = conduct.period_start
        and ranked.agent_key = conduct.agent_key
),

unseen as (
    {{ kpi_gap_columns(gates.values() | list + ['sla_compliance', 'reaction_time']) }}
),

final as (
    select
        {{ surrogate_key(['gated.tenant_id', 'gated.period_type', 'cast(gated.period_start as varchar)', 'gated.layer', 'gated.platform', 'gated.agent_key']) }}
            as agent_scorecard_key,
        gated.tenant_id,
        gated.period_type,
        gated.period_start,
        gated.last_day as period_end,
        gated.layer,
        gated.platform,
        gated.agent_key,
        gated.team_key,
        -- verdicts of the few turns that show without their messages are no compliance of a person
        {%- for column, text in [
            ('n', 'gated.n'), ('n_met', 'gated.n_met'), ('n_breached', 'gated.n - gated.n_met'), ('n_left_out', 'gated.n_left_out'),
        ] %}
        case when unseen.no_sla_compliance is null then cast({{ text }} as bigint) end as {{ column }},
        {%- endfor %}
        {%- for column in rates %}
        case when unseen.no_sla_compliance is null then cast(round(gated.{{ column }}, 6) as decimal(18, 6)) end
            as {{ 'adjusted_rate' if column == 'basis_adjusted_rate' else column }},
        {%- endfor %}
        gated.band_basis,
        gated.eligibility_reason is null and unseen.no_sla_compliance is null as is_eligible,
        coalesce(unseen.no_sla_compliance, gated.eligibility_reason) as eligibility_reason,
        case
            when unseen.no_sla_compliance is not null then 'insufficient'
            when gated.gate_evidence is not null and gated.band_before_gates = 'above' then 'in_range'
            else gated.band_before_gates
        end as band,
        case when unseen.no_sla_compliance is null then gated.band_before_gates else 'insufficient' end as band_before_gates,
        case
            when unseen.no_sla_compliance is not null then unseen.no_sla_compliance
            when gated.band_before_gates = 'insufficient' then coalesce(gated.eligibility_reason, 'no goal is in force')
        end as band_reason,
        {%- for column, text in [
            ('place', 'gated.place'), ('place_from', 'least(gated.place_from, gated.place)'),
            ('place_to', 'greatest(gated.place_to, gated.place)'),
        ] %}
        case when unseen.no_sla_compliance is null then cast({{ text }} as integer) end as {{ column }},
        {%- endfor %}
        -- a gate that nobody can look through is neither open nor shut
        {%- for gate, kpi_id in gates.items() %}
        case when unseen.no_{{ kpi_id }} is null then gated.{{ gate }} end as {{ gate }},
        {%- endfor %}
        gated.gate_evidence,
        case when unseen.no_reaction_time is null then cast(coalesce(durations.n_reactions, 0) as bigint) end as n_reactions,
        {%- for column in ['duration_ratio', 'duration_ratio_low', 'duration_ratio_high'] %}
        cast(durations.{{ column }} as decimal(18, 6)) as {{ column }},
        {%- endfor %}
        {%- for column in ['sla_points', 'qa_points', 'csat_points', 'productivity_points', 'composite'] %}
        cast(composites.{{ column }} as decimal(18, 6)) as {{ column }},
        {%- endfor %}
        {{ kpi_gap_text('unseen', ['sla_compliance', 'reaction_time'] + gates.values() | list) }} as not_measurable_reason,
        case
            when coalesce(durations.n_reactions, 0) = 0 then 'no reaction counts in the period'
            when durations.duration_ratio_low is null then 'fewer than 10 reactions: no interval'
        end as duration_reason,
        case
            when composites.composite is not null then null
            when gated.platform <> 'all' then 'given for all platforms together'
            when gated.eligibility_reason is not null then 'no comparable compliance: ' || gated.eligibility_reason
            else 'neither reviews nor answers about satisfaction'
        end as composite_reason,
        {{ as_of_at() }} as as_of_at
    from gated
    left join unseen
        on
        gated.tenant_id = unseen.tenant_id
        and {{ month_start('gated.last_day') }} = unseen.month
    left join {{ ref('int_scorecard_durations') }} as durations
        on
        {%- for key in keys if key != 'layer' %}
        {{ 'and ' if not loop.first }}gated.{{ key }} = durations.{{ key }}
        {%- endfor %}
    left join {{ ref('int_scorecard_composites') }} as composites
        on
        gated.platform = 'all'
        {%- for key in keys if key != 'platform' %}
        and gated.{{ key }} = composites.{{ key }}
        {%- endfor %}
)

select * from final
