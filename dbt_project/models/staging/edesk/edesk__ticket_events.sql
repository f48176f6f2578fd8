-- Status words become what the contract calls them: spam and archive are marks beside the status that a ticket works in.
with

changes as (

    select * from {{ ref('edesk__status_changes') }}

),

worked as (

    -- the status before is the last one that is none of the two marks
    select
        *,
        coalesce(
            lag({{ edesk_status('to_word') }}) over (partition by tenant_id, ticket_id order by occurred_at, change_id), 'open'
        ) as status_before
    from changes
    where to_word not in ('Spam', 'Archived')

),

typed as (

    select
        tenant_id, ticket_id, change_id, actor_id, actor_role, time_precision_s, event_source, occurred_at, ingested_at, row_hash,
        load_id,
        'status_change' as event_type,
        status_before as from_value,
        {{ edesk_status('to_word') }} as to_value
    from worked
    where status_before <> {{ edesk_status('to_word') }}

    {% for word, on_entering, on_leaving in [('Spam', 'marked_spam', 'unmarked_spam'), ('Archived', 'deleted', 'restored')] %}
    union all

    select
        tenant_id, ticket_id, change_id || '-{{ on_entering }}' as change_id, actor_id, actor_role, time_precision_s, event_source,
        occurred_at, ingested_at, row_hash, load_id,
        case when to_word = '{{ word }}' then '{{ on_entering }}' else '{{ on_leaving }}' end as event_type,
        cast(null as varchar) as from_value,
        cast(null as varchar) as to_value
    from changes
    where to_word = '{{ word }}' or from_word = '{{ word }}'

    {% endfor %}
    union all

    select
        tenant_id,
        ticket_id,
        ticket_id || '-' || cast({{ epoch_us('seen_at') }} as varchar) || '-' || event_type || '-' || coalesce(to_value, from_value, '')
            as change_id,
        cast(null as varchar) as actor_id,
        'unknown' as actor_role,
        time_precision_s,
        'snapshot_diff' as event_source,
        seen_at as occurred_at,
        ingested_at,
        row_hash,
        load_id,
        event_type,
        from_value,
        to_value
    from {{ ref('edesk__tag_changes') }}

),

final as (

    select
        tenant_id,
        'edesk' as source_system,
        change_id as source_id,
        change_id as event_id,
        ticket_id,
        event_type,
        from_value,
        to_value,
        actor_id,
        actor_role,
        cast(time_precision_s as integer) as time_precision_s,
        event_source,
        cast(null as varchar) as reason_code,
        {{ event_seq('event_type') }} as seq,
        occurred_at,
        ingested_at,
        occurred_at as source_updated_at,
        false as is_deleted_in_source,
        row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from typed

)

select * from final
