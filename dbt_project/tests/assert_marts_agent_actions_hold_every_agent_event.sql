-- The audit loses nothing: every ticket event by an agent and every message an agent wrote is one action.
with expected as (
    select event_key as action_key from {{ ref('fct_ticket_events') }}
    where actor_role = 'agent'
    union all
    select message_key from {{ ref('fct_messages') }}
    where author_role = 'agent' and not is_automated and not is_duplicate
)

select
    expected.action_key as expected_key,
    actions.action_key as found_key
from expected
full outer join {{ ref('agent_actions') }} as actions
    on expected.action_key = actions.action_key
where expected.action_key is null or actions.action_key is null
