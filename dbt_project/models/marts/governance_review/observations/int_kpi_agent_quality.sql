-- People above the quality minimum, one row per person and month: with five reviews or more they are judged, with fewer
-- they are only said to be too few (`coverage` is over everyone who was reviewed or wrote to customers).

{% set least_reviews = 5 %}

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

messages as (

    select * from {{ ref('fct_messages') }}

),

home_teams as (

    select * from {{ ref('core__home_teams') }}

),

scores as (

    select
        tenant_id,
        month,
        agent_key,
        sum(numerator) as earned,
        sum(denominator) as possible,
        sum(n) as reviews
    from {{ ref('int_kpi_quality') }}
    where kpi_id = 'qa_score'
    group by tenant_id, month, agent_key

),

people as (

    select
        tenant_id,
        month,
        agent_key
    from scores

    union

    select
        messages.tenant_id,
        messages.sent_month as month,
        messages.author_agent_key as agent_key
    from messages
    where
        messages.is_human_public_reply
        and not messages.is_ticket_excluded
        and messages.author_agent_key <> 'unowned'

),

minimums as (

    select
        months.tenant_id,
        months.month,
        {{ max_by('targets.target', 'targets.valid_from') }} as minimum
    from months
    inner join {{ ref('kpi_targets') }} as targets
        on
        months.tenant_id = targets.tenant_id
        and months.month >= targets.valid_from
        and (months.month < targets.valid_to or targets.valid_to is null)
    where
        targets.kpi_id = 'agent_quality_rate'
        and targets.stat = 'minimum'
    group by months.tenant_id, months.month

),

judged as (

    select
        people.tenant_id,
        people.month,
        people.agent_key as fact_key,
        cast(null as varchar) as ticket_key,
        months.snapshot_at as happened_at,
        'reviews: ' || cast(coalesce(scores.reviews, 0) as varchar)
        || coalesce(', points: ' || cast(round({{ as_double('100 * scores.earned') }} / nullif(scores.possible, 0), 1) as varchar) || ' %', '') as detail,
        case when coalesce(scores.reviews, 0) >= {{ least_reviews }} then 1 else 0 end as is_judged,
        case when scores.earned >= scores.possible * coalesce(minimums.minimum, 0.85) then 1 else 0 end as is_above,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        home_teams.team_key,
        cast(null as varchar) as agent_key
    from people
    inner join months
        on
        people.tenant_id = months.tenant_id
        and people.month = months.month
    left join scores
        on
        people.tenant_id = scores.tenant_id
        and people.month = scores.month
        and people.agent_key = scores.agent_key
    left join minimums
        on
        people.tenant_id = minimums.tenant_id
        and people.month = minimums.month
    left join home_teams
        on
        people.agent_key = home_teams.agent_key
        and months.snapshot_at >= home_teams.valid_from
        and (months.snapshot_at < home_teams.valid_to or home_teams.valid_to is null)

),

measured as (

    {{ kpi_counts('judged', [
        {'kpi_id': 'agent_quality_rate', 'stat': 'ratio', 'numerator': 'is_above', 'denominator': '1', 'where': 'is_judged = 1'},
        {'kpi_id': 'agent_quality_rate', 'stat': 'ratio', 'variant': 'coverage', 'numerator': 'is_judged', 'denominator': '1'},
    ]) }}

)

select * from measured
