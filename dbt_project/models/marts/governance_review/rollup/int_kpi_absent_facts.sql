{{ config(materialized=step()) }}

-- noqa: disable=LT02
-- What may be missing from a number, with the words for it: excluded, waived, not mature, not judged. `about` says when a reason is one: always, for
-- KPIs that count this fact, for those that measure time, for those that read the verdicts of a layer, or of facts that are counted all the same.
-- Grain: fact and reason.

{%- set excluded = "tickets.is_excluded" %}
{%- set mature_at = "cast(" ~ add_seconds('fact.ended_at', 604800) ~ " as timestamp)" %}
{%- set is_closed = 'not fact.is_ticket_excluded and not fact.is_merge_or_spam' %}
{%- set facts = [
    {'fact': 'dim_tickets', 'key': 'ticket_key', 'team': 'team_key', 'reasons': [
        {'about': 'always', 'words': "'tickets excluded: ' || coalesce(fact.exclusion_reason, 'unknown')", 'where': 'fact.is_excluded', 'at': 'created_at'},
        {'words': "'tickets merged into another'", 'where': 'fact.is_merged and not fact.is_excluded', 'at': 'created_at'},
        {'words': "'tickets that an agent opened and no customer answered'", 'at': 'created_at',
            'where': "fact.origin = 'outbound' and not fact.is_counted and not fact.is_excluded and not fact.is_merged"},
    ]},
    {'fact': 'fct_response_obligations', 'key': 'obligation_key', 'team': 'team_key', 'reasons': [
        {'words': "'turns excluded: ' || coalesce(fact.exclusion_reason, 'ticket')", 'where': "fact.state = 'excluded'", 'at': 'started_at'},
        {'words': "'turns waived: ' || coalesce(fact.waiver_reason, 'unknown')", 'where': "fact.state = 'waived'", 'at': 'started_at'},
        {'about': 'durations', 'words': "'turns without an answer yet, which have no duration'", 'at': 'started_at',
            'where': "fact.state in ('open', 'closed_unanswered', 'missed') and fact.satisfied_at is null"},
        {'about': 'durations', 'words': "'logged calls, answered at the call itself: no duration'", 'at': 'started_at',
            'where': 'fact.is_proxy and fact.started_at = fact.satisfied_at'},
    ]},
    {'fact': 'fct_resolution_cycles', 'key': 'cycle_key', 'team': 'resolver_team_key', 'is_placed_by_ticket': true, 'reasons': [
        {'words': "'cycles on excluded tickets'", 'where': excluded, 'at': 'started_at'},
        {'words': "'cycles without an end yet'", 'where': 'fact.ended_at is null and not ' ~ excluded, 'at': 'started_at'},
        {'words': "'ends not yet mature: less than 7 days old'", 'where': mature_at ~ ' > ' ~ as_of_at() ~ ' and not ' ~ excluded, 'at': 'ended_at'},
        {'words': "'ends followed by another cycle'", 'at': 'ended_at',
            'where': mature_at ~ ' <= ' ~ as_of_at() ~ ' and not fact.is_last and not ' ~ excluded},
    ]},
    {'fact': 'fct_closings', 'key': 'closing_key', 'team': 'closer_team_key', 'reasons': [
        {'words': "'closings on excluded tickets'", 'where': 'fact.is_ticket_excluded', 'at': 'closed_at'},
        {'words': "'closings by a merge or as spam'", 'where': 'fact.is_merge_or_spam and not fact.is_ticket_excluded', 'at': 'closed_at'},
        {'words': "'closings by machines'", 'where': 'not fact.is_human and ' ~ is_closed, 'at': 'closed_at'},
        {'words': "'closings that are neither with nor without reply'", 'at': 'closed_at',
            'where': 'fact.is_human and ' ~ is_closed ~ ' and not coalesce(fact.is_with_reply or fact.is_without_reply, false)'},
    ]},
    {'fact': 'fct_assignment_spans', 'key': 'span_key', 'team': 'team_key', 'is_placed_by_ticket': true, 'reasons': [
        {'words': "'assignments on excluded tickets'", 'where': excluded, 'at': 'from_at'},
        {'words': "'assignments that have not ended'", 'where': 'fact.to_at is null and not ' ~ excluded, 'at': 'from_at'},
    ]},
    {'fact': 'fct_messages', 'key': 'message_key', 'team': 'team_key', 'reasons': [
        {'words': "'messages on excluded tickets'", 'where': 'fact.is_ticket_excluded', 'at': 'sent_at'},
        {'words': "'messages delivered twice'", 'where': 'fact.is_duplicate and not fact.is_ticket_excluded', 'at': 'sent_at'},
        {'words': "'automated messages'", 'at': 'sent_at',
            'where': 'fact.is_automated and not fact.is_ticket_excluded and not coalesce(fact.is_duplicate, false)'},
        {'words': "'replies that were not delivered'", 'at': 'sent_at',
            'where': "fact.direction = 'outbound' and fact.delivery_status in ('failed', 'blocked_by_platform')"},
    ]},
    {'fact': 'fct_ticket_events', 'key': 'event_key', 'team': 'actor_team_key', 'reasons': [
        {'words': "'events on excluded tickets'", 'where': 'fact.is_ticket_excluded', 'at': 'occurred_at'},
    ]},
    {'fact': 'fct_satisfaction_responses', 'key': 'response_key', 'team': 'team_key', 'reasons': [
        {'words': "'answers on excluded tickets'", 'where': 'fact.is_ticket_excluded', 'at': 'responded_at'},
        {'words': "'answers replaced by a later one'", 'where': 'not fact.is_latest and not fact.is_ticket_excluded', 'at': 'responded_at'},
    ]},
    {'fact': 'fct_qa_reviews', 'key': 'review_key', 'team': 'team_key', 'reasons': [
        {'words': "'reviews on excluded tickets'", 'where': 'fact.is_ticket_excluded', 'at': 'reviewed_at'},
        {'words': "'reviews that do not count: ' || fact.review_type || ', ' || fact.status", 'where': 'not fact.is_ticket_excluded', 'at': 'reviewed_at'},
    ]},
] %}
{%- for layer in ['marketplace', 'internal'] %}
{%- do facts.append({'fact': 'fct_response_obligations', 'key': 'obligation_key', 'team': 'team_key', 'layer': layer, 'reasons': [
    {'about': 'verdicts', 'words': "'turns not judged yet'", 'where': 'fact.' ~ layer ~ "_verdict = 'pending'", 'at': 'started_at'},
    {'about': 'verdicts', 'words': "'turns without a target in this layer'", 'where': 'fact.' ~ layer ~ "_verdict = 'no_target'", 'at': 'started_at'},
    {'about': 'verdicts', 'words': "'turns whose verdict is excluded: ' || coalesce(fact.exclusion_reason, 'unknown')", 'at': 'started_at',
        'where': 'fact.' ~ layer ~ "_verdict = 'excluded' and fact.state <> 'excluded'"},
    {'about': 'counted', 'words': "'in an outage: counted, but in nobody''s name'", 'at': layer ~ '_verdict_at',
        'where': 'fact.' ~ layer ~ "_owner_rule = 'incident'"},
]}) %}
{%- endfor %}

with

absent as (

    {% for fact in facts %}
    {%- set is_last_fact = loop.last %}
    {%- for reason in fact.reasons %}
    select
        fact.tenant_id,
        '{{ fact.fact }}' as fact,
        fact.{{ fact.key }} as fact_key,
        '{{ reason.about | default('own') }}' as about,
        '{{ fact.layer | default('none') }}' as layer,
        {{ reason.words }} as reason,
        fact.{{ reason.at }} as happened_at,
        {{ 'tickets' if fact.is_placed_by_ticket else 'fact' }}.platform,
        {{ 'tickets' if fact.is_placed_by_ticket else 'fact' }}.marketplace_account_key,
        {{ 'tickets' if fact.is_placed_by_ticket else 'fact' }}.channel_key,
        fact.{{ fact.team }} as team_key
    from {{ ref(fact.fact) }} as fact
    {%- if fact.is_placed_by_ticket %}
    left join {{ ref('dim_tickets') }} as tickets on fact.ticket_key = tickets.ticket_key
    {%- endif %}
    where {{ reason.where }}
    {% if not (is_last_fact and loop.last) %}union all{% endif %}
    {%- endfor %}
    {%- endfor %}

)

select * from absent
