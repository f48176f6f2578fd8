{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- What stands beside speed on a scorecard, one row per period and person: closings without reply, waivers, deletions of unanswered
-- customers, quality reviews, satisfaction, and resolutions against the handle time such tickets take (catalogue §11.6).
{% set facts = scorecard_facts() %}
with evidence as (
    select
        {{ scorecard_evidence('closer_agent_key', 'closed_at', {
            'closings': '1', 'closings_without_reply': 'case when is_without_reply then 1 else 0 end',
        }) }}
    from {{ ref('fct_closings') }} as closings
    where
        {{ kpi_is_seen('closings.ticket_key', 'closed_without_reply_rate') }}
        and is_human and not is_merge_or_spam and not is_ticket_excluded and (is_with_reply or is_without_reply)

    union all

    select
        {{ scorecard_evidence(
            "case state when 'waived' then waived_by_agent_key when 'answered' then responder_agent_key else closer_agent_key end",
            "case state when 'waived' then coalesce(waived_at, started_at) when 'answered' then satisfied_at else closed_at end",
            {'turns_ended': '1', 'waivers': "case when state = 'waived' then 1 else 0 end"}) }}
    from {{ ref('fct_response_obligations') }} as turns
    where
        {{ kpi_is_seen('turns.ticket_key', 'waiver_rate') }}
        and state in ('answered', 'waived', 'closed_unanswered') and kind in ('first', 'next')

    union all

    select {{ scorecard_evidence('agent_key', 'occurred_at', {'unanswered_deletions': '1'}) }}
    from {{ ref('agent_actions') }} as acts
    where is_unanswered_deletion and {{ kpi_is_seen('acts.ticket_key', 'unanswered_deletions') }}

    union all

    select {{ scorecard_evidence('agent_key', 'reviewed_at', {'critical_errors': '1'}) }}
    from {{ ref('core__qa_reviews') }}
    where
        critical_fail
        and review_type in ('regular', 'dispute_re_review')
        and status in ('submitted', 'final')
        and reviewed_at <= {{ as_of_at() }}
        and not coalesce(is_deleted_in_source, false)

    union all

    -- the quality part is `qa_score`: final regular reviews, of which one with a critical error earns nothing
    select {{ scorecard_evidence('agent_key', 'reviewed_at', {'qa_points': 'points_counted', 'qa_possible': 'points_possible'}) }}
    from {{ ref('fct_qa_reviews') }}
    where is_judged

    union all

    select {{ scorecard_evidence('agent_key', 'responded_at', {'answers': '1', 'satisfied': "case when sentiment = 'satisfied' then 1 else 0 end"}) }}
    from {{ ref('fct_satisfaction_responses') }}
    where is_latest and sentiment is not null and not is_ticket_excluded
),

added as (
    select
        evidence.tenant_id,
        periods.period_type,
        periods.period_start,
        periods.last_day,
        {%- for fact in facts %}
        sum(evidence.{{ fact }}) as {{ fact }},
        {%- endfor %}
        evidence.agent_key
    from evidence
    inner join {{ ref('int_scorecard_periods') }} as periods
        on
        evidence.tenant_id = periods.tenant_id
        and evidence.happened_at >= periods.start_at
        and evidence.happened_at < periods.end_at
        and periods.period_type <> 'quarter'
    where evidence.agent_key is not null and evidence.agent_key <> 'unowned'
    group by evidence.tenant_id, periods.period_type, periods.period_start, periods.last_day, evidence.agent_key
),

teamed as (
    select
        added.*,
        homes.team_key
    from added
    left join {{ ref('core__home_teams') }} as homes
        on
        added.agent_key = homes.agent_key
        and added.last_day >= cast(homes.valid_from as date)
        and (added.last_day < cast(homes.valid_to as date) or homes.valid_to is null)
),

-- A person is compared with the rest of the team: in a small team the one outlier would lift its own yardstick.
compared as (
    select
        {%- for fact in ['closings', 'closings_without_reply', 'turns_ended', 'waivers'] %}
        sum({{ fact }}) over (partition by tenant_id, period_type, period_start, team_key) - {{ fact }} as peer_{{ fact }},
        {%- endfor %}
        teamed.*
    from teamed
),

final as (
    select
        *,
        {{ as_double('peer_closings_without_reply') }} / nullif(peer_closings, 0) as peer_closed_without_reply_rate,
        {{ as_double('peer_waivers') }} / nullif(peer_turns_ended, 0) as peer_waiver_rate,
        closings_without_reply >= 5
        and {{ wilson_bound('closings_without_reply', 'closings', 'low') }}
        > greatest(3 * coalesce({{ as_double('peer_closings_without_reply') }} / nullif(peer_closings, 0), 0), 0.03) as is_closing_without_reply,
        waivers >= 5
        and {{ wilson_bound('waivers', 'turns_ended', 'low') }}
        > greatest(3 * coalesce({{ as_double('peer_waivers') }} / nullif(peer_turns_ended, 0), 0), 0.10) as is_waiver_outlier
    from compared
)

select * from final
