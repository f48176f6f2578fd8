with

ratings as (

    select * from {{ ref('stg_zendesk__satisfaction_ratings') }}
    where score in ('good', 'bad', 'good_with_comment', 'bad_with_comment', 'good_without_comment', 'bad_without_comment')

),

tickets as (

    select
        tenant_id,
        ticket_id,
        {{ json_field('custom_fields', 'order_id') }} as order_id,
        {{ json_field('custom_fields', 'contacts_needed') }} as contacts_needed,
        load_id
    from {{ ref('stg_zendesk__tickets') }}

),

ranked as (

    select
        ratings.*,
        tickets.order_id,
        tickets.contacts_needed,
        case when ratings.score like 'good%' then 'good' else 'bad' end as raw_score,
        lead(ratings.rating_id) over (
            partition by ratings.tenant_id, ratings.ticket_id
            order by ratings.updated_at, ratings.rating_id
        ) as superseded_by,
        -- a new rating changes what an older one of the ticket is
        greatest(
            max(ratings.load_id) over (partition by ratings.tenant_id, ratings.ticket_id),
            coalesce(tickets.load_id, '')
        ) as newest_load_id
    from ratings
    left join tickets
        on ratings.tenant_id = tickets.tenant_id and ratings.ticket_id = tickets.ticket_id

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        rating_id as source_id,
        rating_id as response_id,
        cast(null as varchar) as survey_sent_id,
        ticket_id,
        cast(null as integer) as resolution_cycle_no,
        order_id,
        -- the rating names the ticket's assignee, the customer did not
        cast(null as varchar) as agent_id,
        updated_at as responded_at,
        'binary' as scale,
        raw_score,
        {{ sentiment_of("'binary'", 'raw_score') }} as sentiment,
        cast(null as varchar) as resolved_answer,
        case when contacts_needed in ('1', '2', '3+') then contacts_needed end as contacts_needed_answer,
        comment_hash,
        superseded_by is null as is_latest,
        superseded_by,
        cast(null as varchar) as subject_system,
        updated_at as occurred_at,
        ingested_at,
        updated_at as source_updated_at,
        false as is_deleted_in_source,
        row_hash,
        newest_load_id as load_id,
        cast(null as varchar) as unmapped_values
    from ranked

)

select * from final
