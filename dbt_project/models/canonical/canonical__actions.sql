{{ config(materialized=step()) }}

with

landed as (

    select
        actions.*,
        {{ scope_of_today('actions') }} as scope_id_today
    from ({{ landed_rows_if_any('actions') }}) as actions
    left join {{ ref('canonical__former_person_keys') }} as former
        on
        {{ is_former_scope('actions') }}

),

final as (

    select
        {{ canonical_columns('actions') | join(',\n        ') | replace('scope_id', 'scope_id_today as scope_id') }}
    from landed

)

select * from final
