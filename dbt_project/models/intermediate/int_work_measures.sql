-- What the targets of waiting, working, updating and team ownership are set for, of tenants that have such a target; grain: measure.
-- Waiting and working: each resolution cycle, on a clock that stands still while it is the turn of somebody else. Update: from
-- each reply on an unsolved root ticket to the next one or the solve. Ownership: each hold of a root ticket by one team until
-- another team, none or the solve.

with

wanted as (

    select distinct
        tenant_id,
        metric
    from {{ ref('int_targets') }}
    where metric in ('requester_wait', 'agent_work', 'update', 'group_ownership')

),

roots as (

    select * from {{ ref('int_tickets_visible') }}
    where ticket_key = root_key

),

solves as (

    select
        lane_no,
        from_us,
        to_us
    from {{ ref('int_lane_states') }}
    where attribute = 'status' and value in ('solved', 'closed')

),

replies as (

    select
        messages.ticket_no as lane_no,
        messages.sent_us,
        lead(messages.sent_us) over (partition by messages.ticket_no order by messages.sent_us, messages.message_id) as next_us,
        lead(messages.author_agent_key) over (partition by messages.ticket_no order by messages.sent_us, messages.message_id) as next_author_key
    from {{ ref('int_messages_visible') }} as messages
    inner join roots on messages.ticket_no = roots.ticket_no
    where messages.is_qualifying_reply and messages.message_kind not in ('call', 'chat_line')

),

updates as (

    -- solved with or before the reply: nobody waits for an update
    select
        replies.lane_no,
        replies.sent_us as start_us,
        nullif(least(coalesce(replies.next_us, {{ far_us() }}), coalesce(min(solves.from_us), {{ far_us() }})), {{ far_us() }}) as end_us,
        case when replies.next_us <= coalesce(min(solves.from_us), {{ far_us() }}) then replies.next_author_key end as ended_by_agent_key
    from replies
    left join solves
        on replies.lane_no = solves.lane_no
        and replies.sent_us < solves.to_us
    group by replies.lane_no, replies.sent_us, replies.next_us, replies.next_author_key
    having min(solves.from_us) > replies.sent_us or min(solves.from_us) is null

),

states as (

    select
        states.lane_no,
        states.attribute,
        case
            when states.attribute = 'team' then states.value
            when states.value in ('new', 'open', 'pending', 'on_hold') then 'unsolved'
        end as value,
        greatest(states.from_us, roots.created_us) as from_us,
        states.to_us
    from {{ ref('int_lane_states') }} as states
    inner join roots on states.lane_no = roots.ticket_no
    where
        states.attribute in ('status', 'team')
        and greatest(states.from_us, roots.created_us) < states.to_us

),

followed as (

    select
        *,
        lag(value) over (partition by lane_no, attribute order by from_us) as previous_value
    from states

),

numbered as (

    select
        *,
        sum(case when value is not distinct from previous_value then 0 else 1 end) over (
            partition by lane_no, attribute
            order by from_us
            rows between unbounded preceding and current row
        ) as stretch_no
    from followed

),

stretches as (

    select
        lane_no,
        attribute,
        value,
        min(from_us) as from_us,
        max(to_us) as to_us
    from numbered
    where value is not null
    group by lane_no, attribute, value, stretch_no

),

holds as (

    select
        teams.lane_no,
        teams.value as team_key,
        greatest(teams.from_us, statuses.from_us) as start_us,
        nullif(least(teams.to_us, statuses.to_us), {{ far_us() }}) as end_us
    from stretches as teams
    inner join stretches as statuses
        on teams.lane_no = statuses.lane_no
        and statuses.attribute = 'status'
        and teams.from_us < statuses.to_us
        and teams.to_us > statuses.from_us
    where teams.attribute = 'team'

),

united as (

    {% for metric in ['requester_wait', 'agent_work'] %}
    select
        '{{ metric }}' as metric,
        cycles.lane_no,
        cycles.cycle_no,
        cast(null as bigint) as span_no,
        cycles.start_us,
        cycles.available_us,
        cycles.end_us,
        case
            when cycles.ended_by_role = 'agent' then cycles.ended_by_agent_key
            else replies.last_replier_agent_key
        end as ended_by_agent_key,
        cast(null as {{ dbt.type_string() }}) as team_key
    from {{ ref('int_cycles') }} as cycles
    left join {{ ref('int_cycle_replies') }} as replies on cycles.cycle_id = replies.cycle_id
    union all
    {% endfor %}
    select
        'update' as metric,
        lane_no,
        cast(null as integer) as cycle_no,
        row_number() over (partition by lane_no order by start_us) as span_no,
        start_us,
        start_us as available_us,
        end_us,
        ended_by_agent_key,
        cast(null as {{ dbt.type_string() }}) as team_key
    from updates
    union all
    select
        'group_ownership' as metric,
        lane_no,
        cast(null as integer) as cycle_no,
        row_number() over (partition by lane_no order by start_us) as span_no,
        start_us,
        start_us as available_us,
        end_us,
        cast(null as {{ dbt.type_string() }}) as ended_by_agent_key,
        team_key
    from holds

)

select
    cast(
        1500000000 + row_number() over (order by united.lane_no, united.metric, united.cycle_no, united.span_no) as bigint
    ) as measure_no,
    roots.tenant_id,
    roots.source_system,
    roots.ticket_key,
    roots.created_us,
    roots.exclusion_reason is not null as is_excluded,
    united.metric,
    united.lane_no,
    united.cycle_no,
    cast(united.span_no as integer) as span_no,
    united.start_us,
    united.available_us,
    united.end_us,
    united.ended_by_agent_key,
    united.team_key
from united
inner join roots on united.lane_no = roots.ticket_no
inner join wanted
    on roots.tenant_id = wanted.tenant_id
    and united.metric = wanted.metric
