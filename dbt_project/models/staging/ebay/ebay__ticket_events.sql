-- Changes of state that two polls of a mailbox let be inferred. Only the seller sets a conversation aside, so its closing is his own,
-- by nobody in particular. What the first poll met aside has been so at some time since something was last said: that is where it
-- stands, since a conversation that nobody touched any more was not open until somebody looked. Met aside again with a message that
-- was new, it has been set aside once more. Grain: change.

with

threads as (

    select * from {{ ref('ebay__threads') }}

),

messages as (

    select * from {{ ref('stg_ebay__conversation_messages') }}

),

states as (

    select
        states.tenant_id,
        states.conversation_id,
        states.seen_at,
        states.previous_seen_at,
        case states.status when 'archive' then 'closed' when 'delete' then 'deleted' else 'open' end as status,
        states.ingested_at,
        states.row_hash,
        threads.created_at,
        max(messages.sent_at) as said_at,
        greatest(states.load_id, threads.load_id) as load_id
    from {{ ref('stg_ebay__conversation_states') }} as states
    inner join threads
        on states.tenant_id = threads.tenant_id and states.conversation_id = threads.conversation_id
    left join messages
        on
        states.tenant_id = messages.tenant_id
        and states.conversation_id = messages.conversation_id
        and messages.sent_at <= states.seen_at
    group by
        states.tenant_id, states.conversation_id, states.seen_at, states.previous_seen_at, states.status, states.ingested_at,
        states.row_hash, threads.created_at, states.load_id, threads.load_id

),

timed as (

    select
        *,
        case when previous_seen_at is null then not_before else seen_at end as occurred_at,
        {{ seconds_between('not_before', 'seen_at') }} as time_precision_s
    from (
        select
            *,
            greatest(created_at, coalesce(previous_seen_at, created_at), coalesce(said_at, created_at)) as not_before
        from states
    ) as bounded

),

worked as (

    -- a deletion is a mark beside the state: the state before is the last one that is none
    select
        *,
        'status_change' as event_type,
        coalesce(lag(status) over (partition by tenant_id, conversation_id order by seen_at), 'open') as from_value,
        status as to_value
    from timed
    where status <> 'deleted'

),

marked as (

    select
        *,
        case status when 'deleted' then 'deleted' else 'restored' end as event_type,
        coalesce(lag(status) over (partition by tenant_id, conversation_id order by seen_at), 'open') = 'deleted' as was_deleted
    from timed

),

changes as (

    select
        tenant_id, conversation_id, seen_at, status, occurred_at, time_precision_s, ingested_at, row_hash, load_id, event_type,
        from_value,
        to_value
    from worked
    where from_value <> to_value or to_value = 'closed'

    union all

    select
        tenant_id, conversation_id, seen_at, status, occurred_at, time_precision_s, ingested_at, row_hash, load_id, event_type,
        cast(null as varchar) as from_value,
        cast(null as varchar) as to_value
    from marked
    where was_deleted <> (status = 'deleted')

),

final as (

    select
        tenant_id,
        'ebay_api' as source_system,
        conversation_id || '-' || cast({{ epoch_us('seen_at') }} as varchar) || '-' || event_type as source_id,
        conversation_id || '-' || cast({{ epoch_us('seen_at') }} as varchar) || '-' || event_type as event_id,
        conversation_id as ticket_id,
        event_type,
        from_value,
        to_value,
        cast(null as varchar) as actor_id,
        case when status = 'open' then 'unknown' else 'agent' end as actor_role,
        cast(time_precision_s as integer) as time_precision_s,
        'snapshot_diff' as event_source,
        cast(null as varchar) as reason_code,
        {{ event_seq('event_type') }} as seq,
        occurred_at,
        ingested_at,
        occurred_at as source_updated_at,
        false as is_deleted_in_source,
        row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from changes

)

select * from final
