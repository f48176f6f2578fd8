{{ config(materialized=step()) }}

-- Who a breach belongs to before incidents: the closer, the holder, or, when the holder received it inside the fair window, the one
-- who used up most of the target before (rule A2). Grain: breached measure and layer.

with

pieces as (

    select
        measure_no,
        layer,
        from_us,
        to_us,
        holder_class,
        agent_key,
        fair_window_s,
        spent_us
    from {{ ref('int_segment_clocks') }}
    where verdict = 'breached' and from_us <= verdict_us
    union all
    -- a breach at the start leaves no segment behind: whoever was assigned at that instant
    select
        verdicts.measure_no,
        verdicts.layer,
        verdicts.verdict_us as from_us,
        verdicts.verdict_us as to_us,
        case
            when states.value is null or measures.mode = 'live' then 'queue'
            when agents.is_bot then 'bot'
            else 'agent'
        end as holder_class,
        case when measures.mode <> 'live' and not coalesce(agents.is_bot, false) then states.value end as agent_key,
        cast(null as bigint) as fair_window_s,
        cast(null as bigint) as spent_us
    from {{ ref('int_measure_verdicts') }} as verdicts
    inner join {{ ref('int_measures') }} as measures
        on verdicts.measure_no = measures.measure_no
        and measures.start_us >= measures.held_until_us
    inner join {{ ref('int_lane_states') }} as states
        on measures.lane_no = states.lane_no
        and states.attribute = 'assignee'
        and verdicts.verdict_us >= states.from_us
        and verdicts.verdict_us < states.to_us
    left join {{ ref('int_persons') }} as agents on states.value = agents.agent_key
    where verdicts.verdict = 'breached'

),

holders as (

    -- who holds at an instant includes what happened at that instant
    select
        measure_no,
        layer,
        holder_class,
        agent_key
    from (
        select
            *,
            row_number() over (partition by measure_no, layer order by from_us desc) as latest_no
        from pieces
    ) as ranked
    where latest_no = 1

),

before_breach as (

    select
        pieces.*,
        holders.holder_class as holder_now,
        holders.agent_key as agent_now,
        pieces.holder_class = 'agent' and pieces.agent_key = holders.agent_key as is_own
    from pieces
    inner join holders
        on pieces.measure_no = holders.measure_no
        and pieces.layer = holders.layer
        and holders.holder_class = 'agent'
    where pieces.spent_us is not null

),

others as (

    select
        measure_no,
        layer,
        max(from_us) as last_other_us
    from before_breach
    where not is_own
    group by measure_no, layer

),

left_over as (

    select
        before_breach.measure_no,
        before_breach.layer,
        min(before_breach.fair_window_s) as fair_window_s,
        sum(case when before_breach.from_us > others.last_other_us then before_breach.spent_us else 0 end) as left_us
    from before_breach
    inner join others
        on before_breach.measure_no = others.measure_no
        and before_breach.layer = others.layer
    group by before_breach.measure_no, before_breach.layer

),

short_of_time as (

    select
        left_over.measure_no,
        left_over.layer,
        others.last_other_us
    from left_over
    inner join others
        on left_over.measure_no = others.measure_no
        and left_over.layer = others.layer
    where left_over.left_us < coalesce(left_over.fair_window_s, 3600) * 1000000

),

consumers as (

    select
        before_breach.measure_no,
        before_breach.layer,
        case
            when before_breach.holder_class in ('queue', 'bot') then 'queue'
            when before_breach.holder_class = 'sync_lag' then 'sync_lag'
            else 'agent'
        end as consumer_class,
        case when before_breach.holder_class in ('agent', 'closed') then before_breach.agent_key end as agent_key,
        sum(before_breach.spent_us) as spent_us,
        max(before_breach.to_us) as last_us
    from before_breach
    inner join short_of_time
        on before_breach.measure_no = short_of_time.measure_no
        and before_breach.layer = short_of_time.layer
        and before_breach.from_us <= short_of_time.last_other_us
    group by
        before_breach.measure_no,
        before_breach.layer,
        case
            when before_breach.holder_class in ('queue', 'bot') then 'queue'
            when before_breach.holder_class = 'sync_lag' then 'sync_lag'
            else 'agent'
        end,
        case when before_breach.holder_class in ('agent', 'closed') then before_breach.agent_key end

),

winners as (

    select
        measure_no,
        layer,
        agent_key,
        row_number() over (partition by measure_no, layer order by spent_us desc, last_us desc) as win_no
    from consumers

)

select
    holders.measure_no,
    holders.layer,
    case
        when winners.measure_no is not null then winners.agent_key
        when holders.holder_class in ('agent', 'closed') then holders.agent_key
    end as agent_key,
    case
        when winners.measure_no is not null then 'fair_window'
        when holders.holder_class = 'closed' then 'closer'
        when holders.holder_class = 'agent' then 'holder'
        when holders.holder_class = 'sync_lag' then 'sync_lag'
        else 'queue'
    end as owner_rule
from holders
left join winners
    on holders.measure_no = winners.measure_no
    and holders.layer = winners.layer
    and winners.win_no = 1
