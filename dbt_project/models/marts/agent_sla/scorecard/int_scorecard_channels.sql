{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- Whether persons may be compared in a channel at all (catalogue §11.1): at least 95 % of its replies have a known author and
-- at least 98 % of its verdicts do not hang on the precision of the source. Grain: period and channel.
with periods as (
    select * from {{ ref('int_scorecard_periods') }}
),

evidence as (
    select
        tenant_id,
        channel_key,
        sent_at as happened_at,
        1 as replies,
        case when author_agent_key is not null then 1 else 0 end as known_replies,
        0 as verdicts,
        0 as certain_verdicts
    from {{ ref('fct_messages') }}
    where is_qualifying_reply

    union all

    select
        layers.tenant_id,
        obligations.channel_key,
        layers.counted_at as happened_at,
        0 as replies,
        0 as known_replies,
        1 as verdicts,
        case when layers.is_time_uncertain then 0 else 1 end as certain_verdicts
    from {{ ref('int_obligation_layers') }} as layers
    inner join {{ ref('fct_response_obligations') }} as obligations
        on layers.obligation_key = obligations.obligation_key
    where layers.verdict in ('met', 'breached')
),

counted as (
    select
        periods.tenant_id,
        periods.period_type,
        periods.period_start,
        evidence.channel_key,
        sum(evidence.replies) as replies,
        sum(evidence.known_replies) as known_replies,
        sum(evidence.verdicts) as verdicts,
        sum(evidence.certain_verdicts) as certain_verdicts
    from evidence
    inner join periods
        on
        evidence.tenant_id = periods.tenant_id
        and evidence.happened_at >= periods.start_at
        and evidence.happened_at < periods.end_at
    where evidence.channel_key is not null
    group by periods.tenant_id, periods.period_type, periods.period_start, evidence.channel_key
)

select
    *,
    known_replies * 100 >= replies * 95 and certain_verdicts * 100 >= verdicts * 98 as is_rated
from counted
