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
        {{ modules.re.sub('\\bscope_id\\b', 'scope_id_today as scope_id', canonical_columns('actions') | join(',\n        ')) }}
    from landed

)

select * from final
