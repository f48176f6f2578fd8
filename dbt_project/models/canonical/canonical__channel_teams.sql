{{ config(materialized=step()) }}

-- Which team works a channel, for sources whose tickets name no team; a sheet alone says it.

with

landed as (

    select * from {{ ref('stg_landing__channel_teams') }}

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'channel_id']) }} as channel_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'team_id']) }} as team_key,
        tenant_id,
        source_system,
        source_id,
        channel_id,
        valid_from,
        team_id,
        valid_to,
        occurred_at,
        ingested_at,
        source_updated_at,
        is_deleted_in_source,
        row_hash,
        load_id,
        unmapped_values,
        'landing' as origin
    from landed

)

select * from keyed
