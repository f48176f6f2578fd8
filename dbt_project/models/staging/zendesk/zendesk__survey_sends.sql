with

audits as (

    select * from {{ ref('stg_zendesk__ticket_events') }}
    where changes like '%"type":"SurveyOffered"%' or changes like '%"score":"offered"%'

),

channels as (

    select * from {{ ref('zendesk__ticket_channels') }}

),

offers as (

    select
        audits.tenant_id,
        audits.ticket_id,
        audits.created_at,
        audits.ingested_at,
        audits.row_hash,
        audits.load_id,
        change.id as survey_sent_id
    from audits
    cross join lateral {{ json_rows('audits.changes', {'id': 'text', 'type': 'text', 'score': 'text'}) }} as change
    where change.type = 'SurveyOffered' or (change.type = 'SatisfactionRating' and change.score = 'offered')

),

final as (

    select
        offers.tenant_id,
        'zendesk' as source_system,
        offers.survey_sent_id as source_id,
        offers.survey_sent_id,
        offers.ticket_id,
        offers.created_at as sent_at,
        coalesce(channels.channel_id, 'zendesk_other') as channel_id,
        cast(null as varchar) as suppressed_reason,
        cast(null as varchar) as subject_system,
        offers.created_at as occurred_at,
        offers.ingested_at,
        offers.created_at as source_updated_at,
        false as is_deleted_in_source,
        offers.row_hash,
        greatest(offers.load_id, coalesce(channels.load_id, '')) as load_id,
        cast(null as varchar) as unmapped_values
    from offers
    left join channels
        on offers.tenant_id = channels.tenant_id and offers.ticket_id = channels.ticket_id

)

select * from final
