-- The keys that persons of the house are hashed with, one a version; derived from the privacy key, never published.

with

final as (

    select
        version as key_version,
        inner_key,
        outer_key,
        is_current
    from {{ source('raw_identity', 'person_keys') }}

)

select * from final
