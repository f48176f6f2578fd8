{% set holders = ['queue', 'sync_lag', 'agent', 'bot', 'closed'] -%}
{%- set grain = [
    'tenant_id', 'source_system', 'date_day', 'agent_key', 'team_key', 'platform', 'marketplace_account_key', 'channel_key',
    'customer_type', 'region', 'layer', 'policy_id', 'kind', 'priority', 'reason_tag_key',
] -%}
{%- set key_parts = [] -%}
{%- for column in grain -%}
{%- do key_parts.append("coalesce(cast(" ~ column ~ " as varchar), '')") -%}
{%- endfor -%}
{%- set of_promises = ['n_met', 'n_breached', 'n_pending_end', 'n_time_uncertain', 'overrun_sum_s'] -%}
{%- for class in ['met_answered', 'late_answered', 'missed_recovered_in_target', 'missed_recovered_late', 'missed_never'] -%}
{%- do of_promises.append('n_' ~ class) -%}
{%- endfor -%}
{%- for rule in ['responder', 'holder', 'fair_window', 'queue', 'sync_lag', 'closer', 'incident'] -%}
{%- do of_promises.append('n_owner_' ~ rule) -%}
{%- endfor -%}
{%- for holder in holders -%}
{%- do of_promises.append('held_' ~ holder ~ '_cal_s') -%}
{%- do of_promises.append('held_' ~ holder ~ '_target_s') -%}
{%- endfor -%}
{%- set numbers = of_promises + ['n_waived', 'n_excluded', 'n_no_target', 'n_replies'] -%}
{%- for clock in ['cal', 'bus'] -%}
{%- do numbers.append('n_replies_' ~ clock) -%}
{%- for statistic in ['sum', 'median', 'p90'] -%}
{%- do numbers.append('reply_' ~ statistic ~ '_' ~ clock ~ '_s') -%}
{%- endfor -%}
{%- endfor -%}
with contributions as (
    select * from {{ ref('int_agent_sla_contributions') }}
),

obligations as (
    select * from {{ ref('fct_response_obligations') }}
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

placed as (
    select
        obligations.tenant_id,
        obligations.source_system,
        days.date_day,
        {{ agent_key_kept('contributions.agent_key', 'days.are_agents_aggregated') }} as agent_key,
        contributions.team_key,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.customer_type,
        obligations.region,
        contributions.layer,
        contributions.policy_id,
        obligations.kind,
        obligations.priority,
        obligations.reason_tag_key,
        contributions.verdict,
        contributions.missed_class,
        contributions.owner_rule,
        contributions.overrun_s,
        contributions.is_time_uncertain,
        contributions.reply_cal_s,
        contributions.reply_bus_s,
        {% for holder in holders %}
        contributions.held_{{ holder }}_cal_s,
        contributions.held_{{ holder }}_target_s,
        {% endfor %}
        contributions.is_reply
    from contributions
    inner join obligations
        on contributions.obligation_key = obligations.obligation_key
    inner join days
        on obligations.tenant_id = days.tenant_id
        and cast(contributions.counted_at as date) = days.utc_date
        and contributions.counted_at >= days.day_start_at
        and contributions.counted_at < days.day_end_at
),

counted as (
    select
        {{ grain | join(',\n        ') }},
        {% for verdict in ['met', 'breached', 'pending', 'waived', 'excluded', 'no_target'] %}
        count(*) filter (where verdict = '{{ verdict }}') as n_{{ 'pending_end' if verdict == 'pending' else verdict }},
        {% endfor %}
        count(*) filter (where is_time_uncertain and verdict in ('met', 'breached')) as n_time_uncertain,
        {% for class in [
            'met_answered', 'late_answered', 'missed_recovered_in_target', 'missed_recovered_late', 'missed_never'
        ] %}
        count(*) filter (where missed_class = '{{ class }}') as n_{{ class }},
        {% endfor %}
        {% for rule in ['responder', 'holder', 'fair_window', 'queue', 'sync_lag', 'closer', 'incident'] %}
        count(*) filter (where owner_rule = '{{ rule }}' and verdict in ('met', 'breached')) as n_owner_{{ rule }},
        {% endfor %}
        count(*) filter (where is_reply) as n_replies,
        {% for clock in ['cal', 'bus'] %}
        count(reply_{{ clock }}_s) as n_replies_{{ clock }},
        cast(sum(reply_{{ clock }}_s) as bigint) as reply_sum_{{ clock }}_s,
        cast(percentile_cont(0.5) within group (order by reply_{{ clock }}_s) as decimal(18, 1)) as reply_median_{{ clock }}_s,
        cast(percentile_cont(0.9) within group (order by reply_{{ clock }}_s) as decimal(18, 1)) as reply_p90_{{ clock }}_s,
        {% endfor %}
        {% for holder in holders %}
        cast(coalesce(sum(held_{{ holder }}_cal_s), 0) as bigint) as held_{{ holder }}_cal_s,
        cast(coalesce(sum(held_{{ holder }}_target_s), 0) as bigint) as held_{{ holder }}_target_s,
        {% endfor %}
        cast(coalesce(sum(overrun_s) filter (where verdict = 'breached'), 0) as bigint) as overrun_sum_s
    from placed
    group by
        {{ grain | join(',\n        ') }}
),

unseen as (
    {{ kpi_gap_columns_of_sources(['contact_volume']) }}
),

unpromised as (
    select
        tenant_id,
        month,
        layer,
        reason
    from {{ ref('int_kpi_gaps') }}
    where kpi_id = 'sla_compliance' and variant = '*' and clock = '*' and layer <> '*'
),

-- Turns of a seller whose messages nobody delivers are the few that show otherwise (calls that somebody logged): no numbers of
-- theirs. Without a promise nothing can be kept or broken.
explained as (
    select
        counted.*,
        case when counted.kind <> 'case' then unseen.no_contact_volume end as unseen_reason,
        coalesce(case when counted.kind <> 'case' then unseen.no_contact_volume end, unpromised.reason) as not_measurable_reason
    from counted
    left join unseen
        on counted.tenant_id = unseen.tenant_id
        and counted.source_system = unseen.source_system
        and {{ month_start('counted.date_day') }} = unseen.month
    left join unpromised
        on counted.tenant_id = unpromised.tenant_id
        and {{ month_start('counted.date_day') }} = unpromised.month
        and counted.layer = unpromised.layer
),

final as (
    select
        {{ surrogate_key(key_parts) }} as agent_sla_daily_key,
        {{ grain | join(',\n        ') }},
        {%- for column in numbers %}
        case when {{ 'not_measurable_reason' if column in of_promises else 'unseen_reason' }} is null then {{ column }} end as {{ column }},
        {%- endfor %}
        not_measurable_reason
    from explained
)

select * from final
